//! Loads into PostgreSQL: one statement for many rows of a table, each column an array.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryableByName;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use formfeed_domain::extract::{Fault, MAX_FAULTS};

use super::rows::{Kind, Table, Value, Values};
use super::staged_rows::Staging;
use crate::StoreError;
use crate::database::PostgresConn;

/// Adds rows to a table.
pub(crate) async fn insert(
    conn: &mut PostgresConn,
    table: &Table,
    rows: &[Values<'_>],
) -> Result<(), StoreError> {
    load(conn, table, rows, "").await?;
    Ok(())
}

/// Adds those rows of a file to its history whose keys are not there; answers what is wrong with the others.
///
/// Within a transaction. As a rule all can be added, and nothing is looked up for them.
pub(crate) async fn insert_once(
    conn: &mut PostgresConn,
    file: &Staging,
    rows: &[Values<'_>],
) -> Result<Vec<Fault>, StoreError> {
    conn.batch_execute("SAVEPOINT before_rows").await?;
    let added = load(conn, &file.in_place, rows, "ON CONFLICT DO NOTHING").await?;
    if added == rows.len() {
        return Ok(Vec::new());
    }
    conn.batch_execute("ROLLBACK TO SAVEPOINT before_rows")
        .await?;
    let there = lines(conn, file, rows).await?;
    let mut seen = HashMap::new();
    let (mut first_rows, mut twice) = (Vec::new(), Vec::new());
    for (values, there) in rows.iter().zip(there) {
        let key = file.shown_key(values);
        match there.or_else(|| seen.get(&key).copied()) {
            Some(first_line) => twice.push(file.twice(values, first_line)),
            None => {
                seen.insert(key, file.line(values));
                first_rows.push(*values);
            }
        }
    }
    insert(conn, &file.in_place, &first_rows).await?;
    twice.truncate(MAX_FAULTS);
    Ok(twice)
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = BigInt)]
    place: i64,
    #[diesel(sql_type = Integer)]
    line: i32,
}

/// For each row, the line of the record that has its key.
async fn lines(
    conn: &mut PostgresConn,
    file: &Staging,
    rows: &[Values<'_>],
) -> Result<Vec<Option<i32>>, StoreError> {
    let table = &file.in_place;
    let keys = &table.columns[file.keys()];
    let arrays = keys.iter().zip(1..);
    let arrays = arrays.map(|((_, kind), at)| format!("${at}::{}[]", kind.name()));
    let names = keys.iter().map(|(name, _)| format!("k.{name} = h.{name}"));
    let text = format!(
        "SELECT k.place, h.line FROM UNNEST({arrays}) WITH ORDINALITY k ({columns}, place) JOIN {table} h ON {same}",
        arrays = arrays.collect::<Vec<_>>().join(", "),
        columns = keys
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", "),
        table = table.name,
        same = names.collect::<Vec<_>>().join(" AND "),
    );
    let mut query = diesel::sql_query(text).into_boxed();
    for ((_, kind), at) in keys.iter().zip(file.keys()) {
        query = kind.bind(query, rows.iter().map(|values| values[at]));
    }
    let found: Vec<Line> = query.load(conn).await?;
    let mut lines = vec![None; rows.len()];
    for row in found {
        if let Some(line) = usize::try_from(row.place - 1)
            .ok()
            .and_then(|at| lines.get_mut(at))
        {
            *line = Some(row.line);
        }
    }
    Ok(lines)
}

/// Adds rows, with what is to be done about those of a key that is there; answers how many were added.
async fn load(
    conn: &mut PostgresConn,
    table: &Table,
    rows: &[Values<'_>],
    on_conflict: &str,
) -> Result<usize, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let arrays = table.columns.iter().zip(1..);
    let arrays = arrays.map(|((_, kind), at)| format!("${at}::{}[]", kind.name()));
    let (name, columns) = (table.name, table.column_list());
    let arrays = arrays.collect::<Vec<_>>().join(", ");
    let text =
        format!("INSERT INTO {name} ({columns}) SELECT * FROM UNNEST({arrays}) {on_conflict}");
    let mut query = diesel::sql_query(text).into_boxed();
    for (at, (_, kind)) in table.columns.iter().enumerate() {
        query = kind.bind(query, rows.iter().map(|values| values[at]));
    }
    Ok(query.execute(conn).await?)
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
