//! Loads into SQLite: one prepared statement for all rows of a table.

use formfeed_domain::extract::{Fault, MAX_FAULTS};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Statement, ToSql, Transaction};

use super::rows::{Table, Value, Values};
use super::staged_rows::Staging;

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Integer(number) => ToSqlOutput::Owned(i64::from(*number).into()),
            Self::BigInt(number) => ToSqlOutput::Owned((*number).into()),
            Self::Bool(is) => ToSqlOutput::Owned((*is).into()),
            // As Diesel keeps it: ISO 8601, as text.
            Self::Date(date) => ToSqlOutput::Owned(date.map(|date| date.to_string()).into()),
        })
    }
}

/// Adds rows to a table.
pub(crate) fn insert<'a>(
    transaction: &Transaction<'_>,
    table: &Table,
    rows: impl Iterator<Item = Values<'a>>,
) -> rusqlite::Result<()> {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    let mut insert = transaction.prepare(&insert_text(table))?;
    let mut before = None;
    for values in rows {
        execute(&mut insert, table, &values, before.as_ref())?;
        before = Some(values);
    }
    Ok(())
}

/// Adds those rows of a file to its history whose keys are not there; answers what is wrong with the others.
pub(crate) fn insert_once<'a>(
    transaction: &Transaction<'_>,
    file: &Staging,
    rows: impl Iterator<Item = Values<'a>>,
) -> rusqlite::Result<Vec<Fault>> {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return Ok(Vec::new());
    }
    let table = &file.in_place;
    let text = insert_text(table) + " ON CONFLICT DO NOTHING";
    let mut insert = transaction.prepare(&text)?;
    let (mut twice, mut before) = (Vec::new(), None);
    for values in rows {
        let added = execute(&mut insert, table, &values, before.as_ref())?;
        if added == 0 && twice.len() < MAX_FAULTS {
            twice.push(file.twice(&values, first_line(transaction, file, &values)?));
        }
        before = Some(values);
    }
    Ok(twice)
}

/// The line of the record that has the key of a row.
fn first_line(
    transaction: &Transaction<'_>,
    file: &Staging,
    values: &Values<'_>,
) -> rusqlite::Result<i32> {
    let key: Vec<_> = file.key(values).collect();
    let same: Vec<_> = key.iter().map(|(name, _)| format!("{name} = ?")).collect();
    let text = format!(
        "SELECT line FROM {} WHERE {}",
        file.in_place.name,
        same.join(" AND ")
    );
    let key = rusqlite::params_from_iter(key.iter().map(|(_, value)| value));
    transaction.prepare(&text)?.query_row(key, |row| row.get(0))
}

fn insert_text(table: &Table) -> String {
    let marks = vec!["?"; table.columns.len()].join(", ");
    let (name, columns) = (table.name, table.column_list());
    format!("INSERT INTO {name} ({columns}) VALUES ({marks})")
}

/// Adds a row. What stands in a column as in the row `before` is bound already: rows that follow each other share much.
fn execute(
    insert: &mut Statement<'_>,
    table: &Table,
    values: &Values<'_>,
    before: Option<&Values<'_>>,
) -> rusqlite::Result<usize> {
    for (at, value) in values[..table.columns.len()].iter().enumerate() {
        if before.is_none_or(|before| before[at] != *value) {
            insert.raw_bind_parameter(at + 1, value)?;
        }
    }
    insert.raw_execute()
}
