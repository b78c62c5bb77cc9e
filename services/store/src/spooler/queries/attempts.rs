//! Tries to put sheets on paper. A state changes only by a guarded step.

use chrono::NaiveDateTime;
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::{Conn, insert_each};
use crate::StoreError;
use crate::among::among;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::AttemptRow;
use crate::spooler::schema::{attempts, jobs, stock_loads, unknown_sheets};

/// What goes with a step.
pub(crate) struct Step<'a> {
    /// Where the attempts must stand.
    pub(crate) from: &'a str,
    /// Where they go.
    pub(crate) to: &'a str,
    /// What the device showed; `None` keeps what is known.
    pub(crate) evidence: Option<&'a str>,
    /// Ground of a good one.
    pub(crate) basis: Option<&'a str>,
    /// Who decided; `None` keeps it.
    pub(crate) decided_by: Option<&'a str>,
    /// Why; `None` keeps it.
    pub(crate) reason: Option<&'a str>,
    /// When.
    pub(crate) now: NaiveDateTime,
}

/// Attempts of one device job that stand in the same state: no more is read of them, for they may be very many.
pub(crate) struct Together {
    /// Their job.
    pub(crate) job_id: String,
    /// The first of their sheets.
    pub(crate) first: i32,
    /// The last of them.
    pub(crate) last: i32,
    /// How many.
    pub(crate) count: usize,
}

#[derive(AsChangeset)]
#[diesel(table_name = attempts)]
struct Changes<'a> {
    state: &'a str,
    evidence: Option<&'a str>,
    basis: Option<&'a str>,
    decided_by: Option<&'a str>,
    reason: Option<&'a str>,
    updated_at: NaiveDateTime,
}

impl<'a> Step<'a> {
    fn changes(&self) -> Changes<'a> {
        Changes {
            state: self.to,
            evidence: self.evidence,
            basis: self.basis,
            decided_by: self.decided_by,
            reason: self.reason,
            updated_at: self.now,
        }
    }
}

/// Reserves sheets. A second attempt that would hold a sheet is refused by an index.
pub(crate) async fn insert(conn: &mut Conn, rows: Vec<AttemptRow>) -> Result<(), StoreError> {
    Ok(insert_each!(conn, attempts::table, rows)?)
}

/// Moves the attempts of one device job; answers how many stood where they must.
pub(crate) async fn step(
    conn: &mut Conn,
    token: &str,
    step: &Step<'_>,
) -> Result<usize, StoreError> {
    Ok(diesel::update(
        attempts::table
            .filter(attempts::token.eq(token))
            .filter(attempts::state.eq(step.from)),
    )
    .set(step.changes())
    .kept()
    .execute(conn)
    .await?)
}

/// Moves the attempts of some sheets of a job.
pub(crate) async fn step_sheets(
    conn: &mut Conn,
    job: &str,
    sheets: &[i32],
    step: &Step<'_>,
) -> Result<usize, StoreError> {
    Ok(diesel::update(
        attempts::table
            .filter(attempts::job_id.eq(job))
            .filter(among(attempts::sheet, sheets.to_vec()))
            .filter(attempts::state.eq(step.from)),
    )
    .set(step.changes())
    .kept()
    .execute(conn)
    .await?)
}

/// Keeps what the device showed of attempts that stand in a state.
pub(crate) async fn note(
    conn: &mut Conn,
    token: &str,
    state: &str,
    evidence: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(
        attempts::table
            .filter(attempts::token.eq(token))
            .filter(attempts::state.eq(state)),
    )
    .set((
        attempts::evidence.eq(evidence),
        attempts::updated_at.eq(now),
    ))
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets a sheet whose attempt marked paper be printed again, by a decision that a database guard wants.
pub(crate) async fn let_reprint(
    conn: &mut Conn,
    (job, sheet, number): (&str, i32, i32),
    decision: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(attempts::table.find((job, sheet, number)))
        .set((attempts::reprint.eq(decision), attempts::updated_at.eq(now)))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a good attempt back, by a decision that a database guard wants; `step.from` is `good`.
pub(crate) async fn withdraw(
    conn: &mut Conn,
    (job, sheet, number): (&str, i32, i32),
    reprint: Option<&str>,
    step: &Step<'_>,
) -> Result<usize, StoreError> {
    Ok(diesel::update(
        attempts::table
            .find((job, sheet, number))
            .filter(attempts::state.eq(step.from)),
    )
    .set((
        attempts::basis.eq(None::<&str>),
        attempts::reprint.eq(reprint),
        attempts::state.eq(step.to),
        attempts::decided_by.eq(step.decided_by),
        attempts::reason.eq(step.reason),
        attempts::updated_at.eq(step.now),
    ))
    .kept()
    .execute(conn)
    .await?)
}

/// The attempts of one device job that stand in a state; `None` when there is none.
pub(crate) async fn of_token(
    conn: &mut Conn,
    token: &str,
    state: &str,
) -> Result<Option<Together>, StoreError> {
    use diesel::dsl::{max, min};
    let found: Option<(String, Option<i32>, Option<i32>, i64)> = attempts::table
        .filter(attempts::token.eq(token))
        .filter(attempts::state.eq(state))
        .group_by(attempts::job_id)
        .select((
            attempts::job_id,
            min(attempts::sheet),
            max(attempts::sheet),
            count_star(),
        ))
        .first(conn)
        .await
        .optional()?;
    let Some((job_id, Some(first), Some(last), count)) = found else {
        return Ok(None);
    };
    Ok(Some(Together {
        job_id,
        first,
        last,
        count: usize::try_from(count).unwrap_or_default(),
    }))
}

/// Whether there is a device job of that name.
pub(crate) async fn knows(conn: &mut Conn, token: &str) -> Result<bool, StoreError> {
    let any = attempts::table.filter(attempts::token.eq(token));
    Ok(diesel::select(diesel::dsl::exists(any))
        .get_result(conn)
        .await?)
}

/// Attempts on a printer that stand in one of these states, in order.
pub(crate) async fn on_printer(
    conn: &mut Conn,
    printer: &str,
    states: &[&str],
) -> Result<Vec<AttemptRow>, StoreError> {
    Ok(attempts::table
        .filter(attempts::printer_id.eq(printer))
        .filter(attempts::state.eq_any(states))
        .order((attempts::job_id, attempts::sheet))
        .kept()
        .load(conn)
        .await?)
}

/// The job of the first attempt on a printer that stands in one of these states.
pub(crate) async fn job_on_printer(
    conn: &mut Conn,
    printer: &str,
    states: &[&str],
) -> Result<Option<String>, StoreError> {
    Ok(attempts::table
        .filter(attempts::printer_id.eq(printer))
        .filter(attempts::state.eq_any(states))
        .order((attempts::job_id, attempts::sheet))
        .select(attempts::job_id)
        .limit(1)
        .kept()
        .get_result(conn)
        .await
        .optional()?)
}

/// How many attempts on a printer stand in a state.
pub(crate) async fn count_on_printer(
    conn: &mut Conn,
    printer: &str,
    state: &str,
) -> Result<i64, StoreError> {
    Ok(attempts::table
        .filter(attempts::printer_id.eq(printer))
        .filter(attempts::state.eq(state))
        .count()
        .get_result(conn)
        .await?)
}

/// What attempts took from a load.
pub(crate) type Taken = (Option<String>, String, String, Option<i64>, i64);

/// Sheets that attempts took from the loads of a printer, by load, kind of job, state and serial number: one statement, so
/// one moment.
pub(crate) async fn taken_of_printer(
    conn: &mut Conn,
    printer: &str,
) -> Result<Vec<Taken>, StoreError> {
    let loads = stock_loads::table
        .filter(stock_loads::printer_id.eq(printer))
        .select(stock_loads::load_id.nullable());
    let by = (
        attempts::load_id,
        jobs::kind,
        attempts::state,
        attempts::serial,
    );
    Ok(attempts::table
        .inner_join(jobs::table.on(jobs::job_id.eq(attempts::job_id)))
        .filter(attempts::load_id.eq_any(loads))
        .group_by(by)
        .select((
            attempts::load_id,
            jobs::kind,
            attempts::state,
            attempts::serial,
            count_star(),
        ))
        .load(conn)
        .await?)
}

const GIVEN_BACK: [&str; 2] = ["released", "not_printed"];

/// The greatest serial number that was ever taken from a load.
pub(crate) async fn greatest_serial(
    conn: &mut Conn,
    load: &str,
) -> Result<Option<i64>, StoreError> {
    let greatest = diesel::sql_query(
        "SELECT MAX(serial) AS serial FROM ( \
            SELECT MAX(serial) AS serial FROM attempts WHERE load_id = $1 \
            UNION ALL SELECT MAX(serial) FROM unknown_sheets WHERE load_id = $1) AS taken",
    )
    .bind::<Text, _>(load)
    .kept()
    .get_result::<Greatest>(conn)
    .await?;
    Ok(greatest.serial)
}

/// The attempt that has a serial number of a load.
pub(crate) async fn holding_serial(
    conn: &mut Conn,
    load: &str,
    serial: i64,
) -> Result<Option<AttemptRow>, StoreError> {
    Ok(attempts::table
        .filter(attempts::load_id.eq(load))
        .filter(attempts::serial.eq(serial))
        .filter(attempts::state.ne_all(GIVEN_BACK))
        .first(conn)
        .await
        .optional()?)
}

/// A number between these that was taken from a load and not given back.
pub(crate) async fn serial_held_between(
    conn: &mut Conn,
    load: &str,
    (first, last): (i64, i64),
) -> Result<Option<i64>, StoreError> {
    let by_attempt: Option<i64> = attempts::table
        .filter(attempts::load_id.eq(load))
        .filter(attempts::serial.between(first, last))
        .filter(attempts::state.ne_all(GIVEN_BACK))
        .select(diesel::dsl::min(attempts::serial))
        .first(conn)
        .await?;
    let by_unknown: Option<i64> = unknown_sheets::table
        .filter(unknown_sheets::load_id.eq(load))
        .filter(unknown_sheets::serial.between(first, last))
        .select(diesel::dsl::min(unknown_sheets::serial))
        .first(conn)
        .await?;
    Ok(by_attempt.into_iter().chain(by_unknown).min())
}

#[derive(QueryableByName)]
struct Greatest {
    #[diesel(sql_type = Nullable<BigInt>)]
    serial: Option<i64>,
}

#[derive(QueryableByName)]
struct Serial {
    #[diesel(sql_type = BigInt)]
    serial: i64,
}

/// Numbers of a load that attempts gave back and no other took since, the lowest first.
pub(crate) async fn serials_given_back(
    conn: &mut Conn,
    load: &str,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let numbers = diesel::sql_query(
        "SELECT DISTINCT a.serial AS serial FROM attempts a \
         WHERE a.load_id = $1 AND a.serial IS NOT NULL AND a.state IN ('released', 'not_printed') \
           AND NOT EXISTS (SELECT 1 FROM attempts b WHERE b.load_id = a.load_id AND b.serial = a.serial \
                AND b.state NOT IN ('released', 'not_printed')) \
           AND NOT EXISTS (SELECT 1 FROM unknown_sheets u WHERE u.load_id = a.load_id AND u.serial = a.serial) \
         ORDER BY 1 LIMIT $2",
    )
    .bind::<Text, _>(load)
    .bind::<BigInt, _>(limit)
    .kept()
    .load::<Serial>(conn)
    .await?;
    Ok(numbers.into_iter().map(|number| number.serial).collect())
}

/// Attempts of some sheets of a job, by sheet and number.
pub(crate) async fn of_sheets(
    conn: &mut Conn,
    job: &str,
    sheets: &[i32],
) -> Result<Vec<AttemptRow>, StoreError> {
    Ok(attempts::table
        .filter(attempts::job_id.eq(job))
        .filter(among(attempts::sheet, sheets.to_vec()))
        .order((attempts::sheet, attempts::number))
        .load(conn)
        .await?)
}

/// The last attempt number of each of some sheets; sheets without attempts are missing.
pub(crate) async fn last_numbers(
    conn: &mut Conn,
    job: &str,
    sheets: &[i32],
) -> Result<Vec<(i32, Option<i32>)>, StoreError> {
    Ok(attempts::table
        .filter(attempts::job_id.eq(job))
        .filter(among(attempts::sheet, sheets.to_vec()))
        .group_by(attempts::sheet)
        .select((attempts::sheet, diesel::dsl::max(attempts::number)))
        .load(conn)
        .await?)
}

/// The last sheet of a job that ever had an attempt; 0 for none.
pub(crate) async fn last_sheet(conn: &mut Conn, job: &str) -> Result<i32, StoreError> {
    let last: Option<i32> = attempts::table
        .filter(attempts::job_id.eq(job))
        .select(diesel::dsl::max(attempts::sheet))
        .first(conn)
        .await?;
    Ok(last.unwrap_or(0))
}

/// Names of a job's device jobs that were not given up before a byte left.
pub(crate) async fn device_jobs(conn: &mut Conn, job: &str) -> Result<i64, StoreError> {
    Ok(attempts::table
        .filter(attempts::job_id.eq(job))
        .filter(attempts::state.ne("released"))
        .select(diesel::dsl::count(attempts::token).aggregate_distinct())
        .first(conn)
        .await?)
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Integer)]
    sheet: i32,
}

/// Sheets whose attempts all came to nothing, or may be followed by another by decision, in order: they wait again.
pub(crate) async fn returned(
    conn: &mut Conn,
    job: &str,
    limit: i32,
) -> Result<Vec<i32>, StoreError> {
    let numbers = diesel::sql_query(
        "SELECT DISTINCT a.sheet AS sheet FROM attempts a \
         WHERE a.job_id = $1 AND (a.state IN ('released', 'not_printed') OR a.reprint IS NOT NULL) \
           AND NOT EXISTS (SELECT 1 FROM attempts b WHERE b.job_id = a.job_id AND b.sheet = a.sheet \
                AND b.state NOT IN ('released', 'not_printed') AND b.reprint IS NULL) \
           AND NOT EXISTS (SELECT 1 FROM abandoned_sheets g WHERE g.job_id = a.job_id AND g.sheet = a.sheet) \
         ORDER BY a.sheet LIMIT $2",
    )
    .bind::<Text, _>(job)
    .bind::<Integer, _>(limit)
    .kept()
    .load::<Number>(conn)
    .await?;
    Ok(numbers.into_iter().map(|number| number.sheet).collect())
}
