//! Who did what, when and why.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Conn, run_batch};
use crate::StoreError;
use crate::spooler::rows::DecisionRow;
use crate::spooler::schema::{deciders, decisions};
use crate::spooler::succession;

/// Characters of the id of an act, at the head of the key of each decision that it made.
const ACT: usize = 36;

/// Records decisions, several rows in a statement; they come after all there are. Answers their keys, which are others where a
/// later act came first.
pub(crate) async fn insert(
    conn: &mut Conn,
    mut rows: Vec<DecisionRow>,
) -> Result<Vec<String>, StoreError> {
    let last: Option<String> = decisions::table
        .select(diesel::dsl::max(decisions::decision_id))
        .first(conn)
        .await?;
    let last_act = last.as_deref().and_then(|last| last.get(..ACT));
    for row in &mut rows {
        let act = row.decision_id.get(..ACT);
        if let Some(act) = act.filter(|_| act != last_act) {
            let act = succession::after(last_act, act);
            row.decision_id.replace_range(..ACT, &act);
        }
    }
    let keys = rows.iter().map(|row| row.decision_id.clone());
    let keys = keys.collect();
    run_batch!(conn, diesel::insert_into(decisions::table).values(rows))?;
    Ok(keys)
}

/// Makes acts in one name wait for each other, until the end of the transaction.
pub(crate) async fn take_turn(conn: &mut Conn, name: &str) -> Result<(), StoreError> {
    diesel::insert_into(deciders::table)
        .values(deciders::name.eq(name))
        .on_conflict(deciders::name)
        .do_update()
        .set(deciders::name.eq(name))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sheets of stock that a person called spoiled or lost since a moment, and nobody else with that person.
pub(crate) async fn wasted_by_one(
    conn: &mut Conn,
    name: &str,
    since: NaiveDateTime,
) -> Result<i64, StoreError> {
    Ok(decisions::table
        .filter(decisions::decided_by.eq(name))
        .filter(decisions::decided_at.gt(since))
        .filter(decisions::wastes)
        .filter(decisions::proposed_by.is_null())
        .count()
        .get_result(conn)
        .await?)
}

/// Records one decision and answers the key it got.
pub(crate) async fn insert_one(
    conn: &mut Conn,
    mut row: DecisionRow,
) -> Result<String, StoreError> {
    let last: Option<String> = decisions::table
        .select(diesel::dsl::max(decisions::decision_id))
        .first(conn)
        .await?;
    row.decision_id = succession::after(
        last.as_deref().and_then(|id| id.get(..ACT)),
        &row.decision_id,
    );
    let key = row.decision_id.clone();
    diesel::insert_into(decisions::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(key)
}

/// The last decision about a sheet, if there is any.
pub(crate) async fn last_of_sheet(
    conn: &mut Conn,
    job: &str,
    sheet: i32,
) -> Result<Option<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::job_id.eq(job))
        .filter(decisions::sheet.eq(sheet))
        .order(decisions::decision_id.desc())
        .first(conn)
        .await
        .optional()?)
}

/// The last decision about one attempt of a sheet.
pub(crate) async fn last_of_attempt(
    conn: &mut Conn,
    job: &str,
    (sheet, attempt): (i32, i32),
) -> Result<Option<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::job_id.eq(job))
        .filter(decisions::sheet.eq(sheet))
        .filter(decisions::attempt.eq(attempt))
        .order(decisions::decision_id.desc())
        .first(conn)
        .await
        .optional()?)
}

/// The newest decisions about a job, the newest first.
pub(crate) async fn newest_of_job(
    conn: &mut Conn,
    job: &str,
    limit: i64,
) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::job_id.eq(job))
        .order(decisions::decision_id.desc())
        .limit(limit)
        .load(conn)
        .await?)
}

/// The decisions about a job after one, the oldest first.
pub(crate) async fn of_job_after(
    conn: &mut Conn,
    job: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::job_id.eq(job))
        .filter(decisions::decision_id.gt(after))
        .order(decisions::decision_id)
        .limit(limit)
        .load(conn)
        .await?)
}

/// The newest decisions about a printer itself, the newest first.
pub(crate) async fn of_printer(
    conn: &mut Conn,
    printer: &str,
    limit: i64,
) -> Result<Vec<DecisionRow>, StoreError> {
    Ok(decisions::table
        .filter(decisions::printer_id.eq(printer))
        .filter(decisions::job_id.is_null())
        .order(decisions::decision_id.desc())
        .limit(limit)
        .load(conn)
        .await?)
}
