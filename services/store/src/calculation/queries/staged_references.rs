//! What staged records name in the vendor half.

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::MAX_FAULTS;

use super::staged_source::Source;
use super::{Conn, Db, sql};
use crate::StoreError;
use crate::calculation::{Reference, ReferenceKind};

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    record_key: String,
}

#[derive(QueryableByName)]
struct Place {
    #[diesel(sql_type = Integer)]
    line: i32,
    #[diesel(sql_type = Text)]
    record_key: String,
}

/// Every key of a kind that an import names, once each.
pub(crate) async fn keys(
    conn: &mut Conn,
    import_id: &str,
    kind: ReferenceKind,
) -> Result<Vec<String>, StoreError> {
    let source = Source::of(conn, import_id).await?;
    let parts = kind.columns().iter().map(|(file, column)| {
        format!(
            "SELECT DISTINCT s.{column} AS record_key FROM {table} s WHERE {ours} AND s.{column} <> ''",
            table = source.table(*file),
            ours = source.is_of_import("s"),
        )
    });
    let text = parts.collect::<Vec<_>>().join(" UNION ");
    let rows: Vec<Key> = sql(&text).bind::<Text, _>(import_id).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.record_key).collect())
}

/// Where an import names these keys of a kind, as far as a list of faults goes.
pub(crate) async fn places(
    conn: &mut Conn,
    import_id: &str,
    kind: ReferenceKind,
    keys: &[String],
) -> Result<Vec<Reference>, StoreError> {
    let marks = (2..2 + keys.len()).map(|n| format!("${n}"));
    let marks = marks.collect::<Vec<_>>().join(", ");
    let source = Source::of(conn, import_id).await?;
    let mut places = Vec::new();
    for &(file, column) in kind.columns() {
        let text = format!(
            "SELECT s.line, s.{column} AS record_key FROM {table} s WHERE {ours} AND s.{column} IN ({marks}) \
             ORDER BY s.{order} LIMIT {MAX_FAULTS}",
            table = source.table(file),
            ours = source.is_of_import("s"),
            order = source.order(),
        );
        let query = sql(&text).into_boxed::<Db>().bind::<Text, _>(import_id);
        let query = keys
            .iter()
            .fold(query, |query, key| query.bind::<Text, _>(key));
        let rows: Vec<Place> = query.load(conn).await?;
        places.extend(rows.into_iter().map(|row| Reference {
            file,
            line: row.line,
            column,
            key: row.record_key,
        }));
    }
    Ok(places)
}
