//! A table by its columns, and a row of it, for loads of many rows at once.

use std::fmt;

use chrono::NaiveDate;

/// A table to load into.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    BigInt,
    Bool,
    Date,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Integer(i32),
    BigInt(i64),
    Bool(bool),
    Date(Option<NaiveDate>),
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => number.fmt(f),
            Self::BigInt(number) => number.fmt(f),
            Self::Bool(is) => is.fmt(f),
            Self::Date(date) => date.map_or(Ok(()), |date| date.fmt(f)),
        }
    }
}

/// The values of a row in the order of its table's columns; what is beyond these stays blank.
pub(crate) type Values<'a> = [Value<'a>; MOST_COLUMNS];

/// Columns of the widest table.
const MOST_COLUMNS: usize = 15;

/// A row of so many values.
pub(crate) fn row<'a, const WIDTH: usize>(of: [Value<'a>; WIDTH]) -> Values<'a> {
    let mut values = [Value::Text(""); MOST_COLUMNS];
    values[..WIDTH].copy_from_slice(&of);
    values
}

impl Table {
    /// Its columns, as SQL lists them.
    pub(crate) fn column_list(&self) -> String {
        let columns = self.columns.iter().map(|(column, _)| *column);
        columns.collect::<Vec<_>>().join(", ")
    }
}
