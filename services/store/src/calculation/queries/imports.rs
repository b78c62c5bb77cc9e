//! Imports.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::imports;
use crate::calculation::{FileCount, Import, ImportState};

/// In SQL, the number under which the import of id `$1` is staged.
pub(crate) const STAGE: &str = "(SELECT stage FROM imports WHERE import_id = $1)";

#[derive(Queryable, Selectable)]
#[diesel(table_name = imports)]
struct Row {
    import_id: String,
    state: String,
    content: String,
    user_name: String,
    sequence: Option<i64>,
    publish_time: Option<NaiveDateTime>,
    files: String,
    stage: i64,
    faultless: bool,
    in_place: bool,
}

impl TryFrom<Row> for Import {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = ImportState::from_word(&row.state);
        Ok(Self {
            import_id: row.import_id,
            state: state.ok_or_else(|| column::corrupt("unknown state of an import"))?,
            content: row.content,
            user: row.user_name,
            sequence: row.sequence,
            publish_time: row.publish_time.map(|time| time.and_utc()),
            files: serde_json::from_str(&row.files).map_err(column::corrupt)?,
            stage: row.stage,
            faultless: row.faultless,
            in_place: row.in_place,
        })
    }
}

/// One import.
pub(crate) async fn get(conn: &mut Conn, import_id: &str) -> Result<Option<Import>, StoreError> {
    let row = imports::table
        .find(import_id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Import::try_from).transpose()
}

/// Enters an import that begins to come in, or begins anew; in place or apart.
pub(crate) async fn begin(
    conn: &mut Conn,
    import_id: &str,
    user: &str,
    now: DateTime<Utc>,
    in_place: bool,
) -> Result<(), StoreError> {
    let newest: Option<i64> = imports::table
        .select(diesel::dsl::max(imports::stage))
        .first(conn)
        .await?;
    diesel::insert_into(imports::table)
        .values((
            imports::import_id.eq(import_id),
            imports::state.eq(ImportState::Staging.as_str()),
            imports::content.eq(""),
            imports::user_name.eq(user),
            imports::create_time.eq(column::instant(now)),
            imports::files.eq("[]"),
            imports::stage.eq(newest.unwrap_or_default() + 1),
            imports::faultless.eq(false),
            imports::in_place.eq(in_place),
        ))
        .on_conflict(imports::import_id)
        .do_update()
        .set((
            imports::state.eq(ImportState::Staging.as_str()),
            imports::content.eq(""),
            imports::user_name.eq(user),
            imports::create_time.eq(column::instant(now)),
            imports::faultless.eq(false),
            imports::in_place.eq(in_place),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that all was staged without a fault of its own.
pub(crate) async fn set_faultless(conn: &mut Conn, import_id: &str) -> Result<(), StoreError> {
    diesel::update(imports::table.find(import_id))
        .set(imports::faultless.eq(true))
        .execute(conn)
        .await?;
    Ok(())
}

/// Moves an import on, from one state only; answers whether it was in that state.
pub(crate) async fn advance(
    conn: &mut Conn,
    import_id: &str,
    from: ImportState,
    to: ImportState,
) -> Result<bool, StoreError> {
    let moved = diesel::update(imports::table.find(import_id))
        .filter(imports::state.eq(from.as_str()))
        .set(imports::state.eq(to.as_str()))
        .execute(conn)
        .await?;
    Ok(moved == 1)
}

/// Notes the fingerprint of all that is staged.
pub(crate) async fn set_content(
    conn: &mut Conn,
    import_id: &str,
    content: &str,
) -> Result<(), StoreError> {
    diesel::update(imports::table.find(import_id))
        .set(imports::content.eq(content))
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes an import the newest published one.
pub(crate) async fn publish(
    conn: &mut Conn,
    import_id: &str,
    user: &str,
    sequence: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(imports::table.find(import_id))
        .set((
            imports::state.eq(ImportState::Published.as_str()),
            imports::user_name.eq(user),
            imports::sequence.eq(sequence),
            imports::publish_time.eq(column::instant(now)),
            imports::in_place.eq(false),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes what the publication did.
pub(crate) async fn set_files(
    conn: &mut Conn,
    import_id: &str,
    files: &[FileCount],
) -> Result<(), StoreError> {
    let files = serde_json::to_string(files).map_err(column::corrupt)?;
    diesel::update(imports::table.find(import_id))
        .set(imports::files.eq(files))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets an import.
pub(crate) async fn delete(conn: &mut Conn, import_id: &str) -> Result<(), StoreError> {
    diesel::delete(imports::table.find(import_id))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sequence of the newest published import; 0 before the first.
pub(crate) async fn newest_sequence(conn: &mut Conn) -> Result<i64, StoreError> {
    let newest: Option<i64> = imports::table
        .select(diesel::dsl::max(imports::sequence))
        .first(conn)
        .await?;
    Ok(newest.unwrap_or_default())
}

/// Sets imports that were begun before a time and never published back to staging, so that nobody publishes them
/// from now on; answers their ids.
pub(crate) async fn take_stale(
    conn: &mut Conn,
    before: DateTime<Utc>,
) -> Result<Vec<String>, StoreError> {
    let (staging, staged) = (ImportState::Staging.as_str(), ImportState::Staged.as_str());
    let stale: Vec<String> = imports::table
        .filter(imports::state.eq_any([staging, staged]))
        .filter(imports::create_time.lt(column::instant(before)))
        .order(imports::import_id)
        .select(imports::import_id)
        .load(conn)
        .await?;
    let mut taken = Vec::new();
    for import_id in stale {
        let still = diesel::update(imports::table.find(&import_id))
            .filter(imports::state.eq_any([staging, staged]))
            .filter(imports::create_time.lt(column::instant(before)))
            .set(imports::state.eq(staging))
            .execute(conn)
            .await?;
        if still == 1 {
            taken.push(import_id);
        }
    }
    Ok(taken)
}

/// Imports in a state, by id.
pub(crate) async fn in_state(
    conn: &mut Conn,
    state: ImportState,
) -> Result<Vec<Import>, StoreError> {
    let rows: Vec<Row> = imports::table
        .filter(imports::state.eq(state.as_str()))
        .order(imports::import_id)
        .select(Row::as_select())
        .load(conn)
        .await?;
    rows.into_iter().map(Import::try_from).collect()
}

/// Published imports before a sequence, newest first.
pub(crate) async fn page_before(
    conn: &mut Conn,
    sequence: i64,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    let rows: Vec<Row> = imports::table
        .filter(imports::sequence.lt(sequence))
        .order(imports::sequence.desc())
        .select(Row::as_select())
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Import::try_from).collect()
}
