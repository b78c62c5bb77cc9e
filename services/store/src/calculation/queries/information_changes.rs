//! The history of edits. Entries are added and read, and that is all.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::IncomeType;
use formfeed_domain::edit::Snapshot;

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::information_changes;
use crate::calculation::{ChangeEntry, EditRequest, Selection, Signature};

#[derive(Queryable, Selectable)]
#[diesel(table_name = information_changes)]
struct Row {
    sequence: i64,
    recipient_id: String,
    income_type: String,
    kind: String,
    before_value: String,
    after_value: String,
    user_name: String,
    reason: String,
    change_time: NaiveDateTime,
}

impl TryFrom<Row> for ChangeEntry {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let snapshot = |json: &str| serde_json::from_str(json).map_err(column::corrupt);
        Ok(Self {
            sequence: row.sequence,
            recipient_id: row.recipient_id,
            income_type: column::optional_word(&row.income_type)?,
            kind: column::word(&row.kind)?,
            before: snapshot(&row.before_value)?,
            after: snapshot(&row.after_value)?,
            by: Signature {
                user: row.user_name,
                reason: row.reason,
                time: row.change_time.and_utc(),
            },
        })
    }
}

/// Adds an entry to the history of the request's payer and year.
pub(crate) async fn insert(
    conn: &mut Conn,
    request: &EditRequest,
    entry: &ChangeEntry,
) -> Result<(), StoreError> {
    diesel::insert_into(information_changes::table)
        .values((
            information_changes::payer_id.eq(request.payer_id.as_str()),
            information_changes::tax_year.eq(request.tax_year.year()),
            information_changes::sequence.eq(entry.sequence),
            information_changes::recipient_id.eq(&entry.recipient_id),
            information_changes::income_type.eq(entry.income_type.map_or("", IncomeType::as_str)),
            information_changes::kind.eq(entry.kind.as_str()),
            information_changes::before_value.eq(json(&entry.before)),
            information_changes::after_value.eq(json(&entry.after)),
            information_changes::user_name.eq(&entry.by.user),
            information_changes::reason.eq(&entry.by.reason),
            information_changes::change_time.eq(column::instant(entry.by.time)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Entries older than one (all if `None`), newest first.
pub(crate) async fn page_before(
    conn: &mut Conn,
    selection: &Selection,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<ChangeEntry>, StoreError> {
    let mut query = information_changes::table
        .filter(information_changes::payer_id.eq(selection.payer_id.as_str()))
        .filter(information_changes::tax_year.eq(selection.tax_year.year()))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(information_changes::sequence.lt(before));
    }
    if let Some(recipient_id) = &selection.recipient_id {
        query = query.filter(information_changes::recipient_id.eq(recipient_id.as_str()));
    }
    if let Some(income_type) = selection.income_type {
        query = query.filter(information_changes::income_type.eq(income_type.as_str()));
    }
    let rows: Vec<Row> = query
        .select(Row::as_select())
        .order(information_changes::sequence.desc())
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(ChangeEntry::try_from).collect()
}

fn json(snapshot: &Snapshot) -> String {
    serde_json::to_string(snapshot).expect("a snapshot has only text keys and nothing that fails")
}
