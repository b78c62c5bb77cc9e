//! Loads into PostgreSQL: one statement for many rows of a table, each column an array.

use chrono::NaiveDate;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text};
use diesel_async::RunQueryDsl as _;

use super::rows::{Kind, Table, Value, Values};
use crate::StoreError;
use crate::database::PostgresConn;

/// Adds rows to a table.
pub(crate) async fn insert(
    conn: &mut PostgresConn,
    table: &Table,
    rows: &[Values<'_>],
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let arrays = table.columns.iter().zip(1..);
    let arrays = arrays.map(|((_, kind), at)| format!("${at}::{}[]", kind.name()));
    let (name, columns) = (table.name, table.column_list());
    let arrays = arrays.collect::<Vec<_>>().join(", ");
    let text = format!("INSERT INTO {name} ({columns}) SELECT * FROM UNNEST({arrays})");
    let mut query = diesel::sql_query(text).into_boxed();
    for (at, (_, kind)) in table.columns.iter().enumerate() {
        query = kind.bind(query, rows.iter().map(|values| values[at]));
    }
    query.execute(conn).await?;
    Ok(())
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::BigInt => "bigint",
            Self::Bool => "boolean",
            Self::Date => "date",
        }
    }

    /// Adds a column as an array; its values are all of this kind.
    fn bind<'a>(
        self,
        query: BoxedSqlQuery<'a, Pg, SqlQuery>,
        column: impl Iterator<Item = Value<'a>>,
    ) -> BoxedSqlQuery<'a, Pg, SqlQuery> {
        macro_rules! array {
            ($kind:ident, $sql:ty, $native:ty) => {{
                let values = column.filter_map(|value| match value {
                    Value::$kind(value) => Some(value),
                    _ => None,
                });
                query.bind::<Array<$sql>, _>(values.collect::<Vec<$native>>())
            }};
        }
        match self {
            Self::Text => array!(Text, Text, &'a str),
            Self::Integer => array!(Integer, Integer, i32),
            Self::BigInt => array!(BigInt, BigInt, i64),
            Self::Bool => array!(Bool, Bool, bool),
            Self::Date => array!(Date, Nullable<Date>, Option<NaiveDate>),
        }
    }
}
