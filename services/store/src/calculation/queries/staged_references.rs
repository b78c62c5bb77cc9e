//! What staged records name in the vendor half.

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::extract::MAX_FAULTS;

use super::imports::STAGE;
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
    let parts = kind.columns().iter().map(|(table, _, column)| {
        format!(
            "SELECT {column} AS record_key FROM {table} WHERE stage = {STAGE} AND {column} <> ''"
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
    let mut places = Vec::new();
    for (table, file, column) in kind.columns() {
        let text = format!(
            "SELECT line, {column} AS record_key FROM {table} WHERE stage = {STAGE} AND {column} IN ({marks}) \
             ORDER BY position LIMIT {MAX_FAULTS}"
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
