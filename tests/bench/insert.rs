//! `bench-insert DIR DATABASE`: the baseline of imports. The rows of an AP extract as `bench-extract` writes it, by
//! prepared statements straight into SQLite tables of the same columns and keys, durable like Formfeed's: no gRPC, no
//! checks, no versions, no index but the key.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::ExitCode;

use rusqlite::Connection;

/// Rows of a transaction.
const COMMIT_EVERY: u64 = 10_000;

/// The files, with their columns of whole cents and the columns of their key.
const FILES: [(&str, &[&str], &str); 6] = [
    ("vendors", &[], "vendor_id"),
    ("vendor_addresses", &[], "vendor_id, address_code"),
    ("vouchers", &["invoice_amount"], "voucher_id"),
    (
        "voucher_lines",
        &["amount", "sales_tax"],
        "voucher_id, line",
    ),
    (
        "payments",
        &["amount", "federal_tax_withheld", "state_tax_withheld"],
        "payment_id",
    ),
    (
        "payment_applications",
        &["amount", "discount"],
        "payment_id, voucher_id",
    ),
];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [dir, database] = arguments.as_slice() else {
        eprintln!("usage: bench-insert DIR DATABASE");
        return ExitCode::from(2);
    };
    match load(Path::new(dir), database) {
        Ok(rows) => {
            println!("{rows}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Loads every file and answers how many rows there were.
fn load(dir: &Path, database: &str) -> Result<u64, Box<dyn Error>> {
    let connection = Connection::open(database)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    let mut rows = 0;
    for (name, cents, key) in FILES {
        rows += load_file(&connection, dir, name, cents, key)?;
    }
    Ok(rows)
}

fn load_file(
    connection: &Connection,
    dir: &Path,
    name: &str,
    cents: &[&str],
    key: &str,
) -> Result<u64, Box<dyn Error>> {
    let mut lines = BufReader::with_capacity(1 << 18, File::open(dir.join(format!("{name}.csv")))?);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    let columns: Vec<_> = line.trim_end().split(',').map(str::to_owned).collect();
    let is_cents: Vec<_> = columns
        .iter()
        .map(|c| cents.contains(&c.as_str()))
        .collect();
    let types = columns
        .iter()
        .zip(&is_cents)
        .map(|(column, cents)| match cents {
            true => format!("{column} BIGINT NOT NULL"),
            false => format!("{column} TEXT NOT NULL"),
        });
    let types = types.collect::<Vec<_>>().join(", ");
    connection.execute_batch(&format!(
        "CREATE TABLE {name} ({types}, PRIMARY KEY ({key})) WITHOUT ROWID; BEGIN IMMEDIATE;"
    ))?;
    let marks = vec!["?"; columns.len()].join(", ");
    let mut insert = connection.prepare(&format!("INSERT INTO {name} VALUES ({marks})"))?;
    let mut rows = 0;
    loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            break;
        }
        for ((at, value), cents) in (1..).zip(line.trim_end().split(',')).zip(&is_cents) {
            match cents {
                true => insert.raw_bind_parameter(at, whole_cents(value)?)?,
                false => insert.raw_bind_parameter(at, value)?,
            }
        }
        insert.raw_execute()?;
        rows += 1;
        if rows % COMMIT_EVERY == 0 {
            connection.execute_batch("COMMIT; BEGIN IMMEDIATE;")?;
        }
    }
    connection.execute_batch("COMMIT;")?;
    Ok(rows)
}

/// Reads `-12.34`; both decimals are always there.
fn whole_cents(value: &str) -> Result<i64, std::num::ParseIntError> {
    value.replace('.', "").parse()
}
