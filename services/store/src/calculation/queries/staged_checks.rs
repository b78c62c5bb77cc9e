//! What is wrong between staged records of this half: keys that come twice, references to nothing.

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::{Fault, File, MAX_FAULTS};

use super::imports::STAGE;
use super::{Conn, sql};
use crate::StoreError;

/// The staged table of each file, with its key columns.
const TABLES: [(File, &str, &[&str]); 4] = [
    (File::Vouchers, "staged_vouchers", &["voucher_id"]),
    (
        File::VoucherLines,
        "staged_voucher_lines",
        &["voucher_id", "line_number"],
    ),
    (File::Payments, "staged_payments", &["payment_id"]),
    (
        File::PaymentApplications,
        "staged_applications",
        &["payment_id", "voucher_id"],
    ),
];

/// What each reference must find: file and column that refer, their table; file, table and column referred to.
const REFERENCES: [Reference; 3] = [
    Reference {
        file: File::VoucherLines,
        staged: "staged_voucher_lines",
        column: "voucher_id",
        to_file: File::Vouchers,
        to_staged: "staged_vouchers",
        to: "vouchers",
        what: "voucher",
    },
    Reference {
        file: File::PaymentApplications,
        staged: "staged_applications",
        column: "payment_id",
        to_file: File::Payments,
        to_staged: "staged_payments",
        to: "payments",
        what: "payment",
    },
    Reference {
        file: File::PaymentApplications,
        staged: "staged_applications",
        column: "voucher_id",
        to_file: File::Vouchers,
        to_staged: "staged_vouchers",
        to: "vouchers",
        what: "voucher",
    },
];

struct Reference {
    file: File,
    staged: &'static str,
    column: &'static str,
    to_file: File,
    to_staged: &'static str,
    to: &'static str,
    what: &'static str,
}

#[derive(QueryableByName)]
struct Twice {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Integer)]
    first_line: i32,
    #[diesel(sql_type = Text)]
    record_key: String,
}

#[derive(QueryableByName)]
struct Dangling {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Text)]
    record_key: String,
}

/// Keys that come twice in one file.
pub(crate) async fn duplicates(conn: &mut Conn, import_id: &str) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    for (file, table, keys) in TABLES {
        let columns = keys.join(", ");
        let same = keys.iter().map(|key| format!("s.{key} = t.{key}"));
        let same = same.collect::<Vec<_>>().join(" AND ");
        let first = keys.iter().map(|key| format!("f.{key} = t.{key}"));
        let first = first.collect::<Vec<_>>().join(" AND ");
        let shown = keys.iter().map(|key| format!("CAST(s.{key} AS TEXT)"));
        let shown = shown.collect::<Vec<_>>().join(" || ', ' || ");
        // CROSS JOIN tells SQLite to begin with the few keys that come twice.
        let text = format!(
            "SELECT s.line AS line, f.line AS first_line, {shown} AS record_key \
             FROM (SELECT {columns}, MIN(position) AS first_position FROM {table} WHERE stage = {STAGE} \
                   GROUP BY {columns} HAVING COUNT(*) > 1) t \
             CROSS JOIN {table} s CROSS JOIN {table} f \
             WHERE s.stage = {STAGE} AND {same} AND s.position > t.first_position \
             AND f.stage = {STAGE} AND {first} AND f.position = t.first_position \
             ORDER BY s.position LIMIT {MAX_FAULTS}"
        );
        let rows: Vec<Twice> = sql(&text).bind::<Text, _>(import_id).load(conn).await?;
        let column = file.key_columns().join(", ");
        faults.extend(rows.iter().map(|row| {
            let message = format!(
                "duplicate key {}: it stands on line {} already",
                row.record_key, row.first_line
            );
            Fault::new(
                file,
                u64::try_from(row.line).unwrap_or_default(),
                &column,
                message,
            )
        }));
    }
    Ok(faults)
}

/// References to vouchers and payments that are neither staged nor stored.
pub(crate) async fn dangling(conn: &mut Conn, import_id: &str) -> Result<Vec<Fault>, StoreError> {
    let mut faults = Vec::new();
    for reference in REFERENCES {
        let Reference {
            file,
            staged,
            column,
            to_file,
            to_staged,
            to,
            what,
        } = reference;
        let text = format!(
            "SELECT s.line AS line, s.{column} AS record_key FROM {staged} s WHERE s.stage = {STAGE} \
             AND NOT EXISTS (SELECT 1 FROM {to_staged} n WHERE n.stage = {STAGE} AND n.{column} = s.{column}) \
             AND NOT EXISTS (SELECT 1 FROM {to} h WHERE h.{column} = s.{column} AND h.until_sequence IS NULL) \
             AND NOT EXISTS (SELECT 1 FROM staged_unreadable u WHERE u.import_id = $1 AND u.file = '{to_file}' \
                             AND u.record_key = s.{column}) \
             ORDER BY s.position LIMIT {MAX_FAULTS}"
        );
        let rows: Vec<Dangling> = sql(&text).bind::<Text, _>(import_id).load(conn).await?;
        faults.extend(rows.iter().map(|row| {
            let message = format!(
                "there is no {what} {}: neither in {to_file} nor imported before",
                row.record_key
            );
            Fault::new(
                file,
                u64::try_from(row.line).unwrap_or_default(),
                column,
                message,
            )
        }));
    }
    Ok(faults)
}
