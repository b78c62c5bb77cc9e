//! Loads into SQLite: one prepared statement for all rows of a table.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{ToSql, Transaction};

use super::rows::{Table, Value, Values};

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
    let marks = vec!["?"; table.columns.len()].join(", ");
    let (name, columns) = (table.name, table.column_list());
    let text = format!("INSERT INTO {name} ({columns}) VALUES ({marks})");
    let mut insert = transaction.prepare(&text)?;
    for values in rows {
        for (at, value) in (1..).zip(&values[..table.columns.len()]) {
            insert.raw_bind_parameter(at, value)?;
        }
        insert.raw_execute()?;
    }
    Ok(())
}
