//! Jobs.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Text};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::JobRow;
use crate::spooler::schema::{job_forms, job_reports, job_shares, jobs};

/// A job.
pub(crate) async fn find(conn: &mut Conn, id: &str) -> Result<Option<JobRow>, StoreError> {
    Ok(jobs::table.find(id).first(conn).await.optional()?)
}

/// The job that a request made.
pub(crate) async fn of_request(
    conn: &mut Conn,
    request_id: &str,
) -> Result<Option<JobRow>, StoreError> {
    Ok(jobs::table
        .filter(jobs::request_id.eq(request_id))
        .first(conn)
        .await
        .optional()?)
}

/// Adds a job.
pub(crate) async fn insert(conn: &mut Conn, row: JobRow) -> Result<(), StoreError> {
    diesel::insert_into(jobs::table)
        .values(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// What narrows a list of jobs; `None` lets all pass.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Narrow<'a> {
    /// The newest first: only older than this one.
    pub(crate) before: Option<&'a str>,
    /// In line: only further back than this one.
    pub(crate) behind: Option<&'a InLine>,
    pub(crate) printer: Option<&'a str>,
    pub(crate) payer: Option<&'a str>,
    pub(crate) tax_year: Option<i32>,
    pub(crate) account: Option<&'a str>,
    pub(crate) open_only: bool,
    pub(crate) ended_only: bool,
    pub(crate) reported_only: bool,
    /// What is begun first, then by priority, then as submitted, instead of the newest first.
    pub(crate) in_line: bool,
}

/// The place of a job in line.
pub(crate) async fn place(conn: &mut Conn, id: &str) -> Result<Option<InLine>, StoreError> {
    let row = jobs::table.filter(jobs::job_id.eq(id)).select((
        jobs::job_id,
        jobs::started,
        jobs::priority,
    ));
    Ok(row.first(conn).await.optional()?)
}

/// Jobs that are left, the newest first.
pub(crate) async fn page_before(
    conn: &mut Conn,
    narrow: Narrow<'_>,
    limit: i64,
) -> Result<Vec<JobRow>, StoreError> {
    let mut query = jobs::table.into_boxed();
    if let Some(before) = narrow.before {
        query = query.filter(jobs::job_id.lt(before));
    }
    if let Some(it) = narrow.behind {
        let as_begun = jobs::started.eq(it.started);
        let as_far = as_begun.and(jobs::priority.eq(it.priority));
        query = query.filter(
            (jobs::started.lt(it.started))
                .or(as_begun.and(jobs::priority.lt(it.priority)))
                .or(as_far.and(jobs::job_id.gt(&it.job_id))),
        );
    }
    if let Some(printer) = narrow.printer {
        let shared = job_shares::table
            .filter(job_shares::printer_id.eq(printer))
            .select(job_shares::job_id);
        query = query.filter(jobs::printer_id.eq(printer).or(jobs::job_id.eq_any(shared)));
    }
    if let Some(payer) = narrow.payer {
        query = query.filter(jobs::payer_id.eq(payer));
    }
    if let Some(year) = narrow.tax_year {
        query = query.filter(jobs::tax_year.eq(year));
    }
    if let Some(account) = narrow.account {
        let theirs = job_forms::table
            .filter(job_forms::account_number.eq(account))
            .select(job_forms::job_id);
        query = query.filter(jobs::job_id.eq_any(theirs));
    }
    if narrow.open_only {
        query = query.filter(jobs::ended_at.is_null());
    }
    if narrow.ended_only {
        query = query.filter(jobs::ended_at.is_not_null());
    }
    if narrow.reported_only {
        let reported = job_reports::table.select(job_reports::job_id);
        query = query.filter(jobs::job_id.eq_any(reported));
    }
    query = match narrow.in_line {
        true => query.order((
            jobs::started.desc(),
            jobs::priority.desc(),
            jobs::job_id.asc(),
        )),
        false => query.order(jobs::job_id.desc()),
    };
    Ok(query.limit(limit).load(conn).await?)
}

/// The greatest id.
pub(crate) async fn last_id(conn: &mut Conn) -> Result<Option<String>, StoreError> {
    let last = jobs::table.select(diesel::dsl::max(jobs::job_id));
    Ok(last.first(conn).await?)
}

/// Open jobs of a printer.
pub(crate) async fn count_open(conn: &mut Conn, printer: &str) -> Result<i64, StoreError> {
    Ok(jobs::table
        .filter(jobs::printer_id.eq(printer))
        .filter(jobs::ended_at.is_null())
        .count()
        .get_result(conn)
        .await?)
}

/// A job in the line of a printer: what is begun is first, then the larger priority, then the older job.
#[derive(Debug, Queryable, QueryableByName)]
pub(crate) struct InLine {
    #[diesel(sql_type = Text)]
    pub(crate) job_id: String,
    #[diesel(sql_type = Bool)]
    pub(crate) started: bool,
    #[diesel(sql_type = Integer)]
    pub(crate) priority: i32,
}

impl InLine {
    /// What sorts first is first in line.
    fn rank(&self) -> (bool, i32, &str) {
        (!self.started, -self.priority, self.job_id.as_str())
    }
}

/// The next job of a printer, split or not; see [`next_whole`].
pub(crate) async fn next(
    conn: &mut Conn,
    printer: &str,
    stock: Option<&str>,
) -> Result<Option<String>, StoreError> {
    let whole = next_whole(conn, printer, stock).await?;
    let split = super::job_shares::next(conn, printer, stock).await?;
    let both = whole.into_iter().chain(split);
    let first = both.min_by(|one, other| one.rank().cmp(&other.rank()));
    Ok(first.map(|first| first.job_id))
}

/// The next job that goes to a printer whole, with a sheet to print: what is begun first, then by priority, then as submitted.
///
/// `stock` is what is loaded; `None` for a printer that takes any.
async fn next_whole(
    conn: &mut Conn,
    printer: &str,
    stock: Option<&str>,
) -> Result<Option<InLine>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT j.job_id, j.started, j.priority FROM jobs j \
         WHERE j.printer_id = $1 AND j.ended_at IS NULL AND NOT j.held AND j.canceled_by IS NULL \
           AND NOT EXISTS (SELECT 1 FROM job_shares h WHERE h.job_id = j.job_id) \
           AND j.aborted IS NULL AND ($2 = 1 OR j.stock = $3) \
           AND (EXISTS (SELECT 1 FROM sheets s WHERE s.job_id = j.job_id \
                AND s.number > COALESCE((SELECT MAX(a.sheet) FROM attempts a WHERE a.job_id = j.job_id), 0) \
                AND NOT EXISTS (SELECT 1 FROM abandoned_sheets g WHERE g.job_id = s.job_id AND g.sheet = s.number)) \
             OR EXISTS (SELECT 1 FROM attempts a WHERE a.job_id = j.job_id \
                AND (a.state IN ('released', 'not_printed') OR a.reprint IS NOT NULL) \
                AND NOT EXISTS (SELECT 1 FROM attempts b WHERE b.job_id = a.job_id AND b.sheet = a.sheet \
                    AND b.state NOT IN ('released', 'not_printed') AND b.reprint IS NULL) \
                AND NOT EXISTS (SELECT 1 FROM abandoned_sheets g WHERE g.job_id = a.job_id AND g.sheet = a.sheet))) \
         ORDER BY j.started DESC, j.priority DESC, j.job_id LIMIT 1",
    )
    .bind::<Text, _>(printer)
    .bind::<Integer, _>(i32::from(stock.is_none()))
    .bind::<Text, _>(stock.unwrap_or_default())
    .kept()
    .get_result(conn)
    .await
    .optional()?)
}

/// Notes that a job has begun.
pub(crate) async fn start(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id).filter(jobs::started.eq(false)))
        .set(jobs::started.eq(true))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that something belonging to a job changed.
pub(crate) async fn touch(conn: &mut Conn, id: &str, now: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id))
        .set((
            jobs::updated_at.eq(now),
            jobs::version.eq(jobs::version + 1),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// The oldest job of a user that has not ended.
pub(crate) async fn first_open_of(
    conn: &mut Conn,
    user: &str,
) -> Result<Option<String>, StoreError> {
    Ok(jobs::table
        .filter(jobs::ended_at.is_null())
        .filter(jobs::user_name.eq(user))
        .order(jobs::job_id)
        .select(jobs::job_id)
        .first(conn)
        .await
        .optional()?)
}

/// Jobs that have not ended and are not held, the oldest first.
pub(crate) async fn open_and_not_held(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(jobs::table
        .filter(jobs::ended_at.is_null())
        .filter(jobs::held.eq(false))
        .filter(jobs::canceled_at.is_null())
        .order(jobs::job_id)
        .select(jobs::job_id)
        .load(conn)
        .await?)
}

/// Holds a job, or lets it go on.
pub(crate) async fn set_held(conn: &mut Conn, id: &str, held: bool) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id))
        .set(jobs::held.eq(held))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes a cancellation.
pub(crate) async fn cancel(
    conn: &mut Conn,
    id: &str,
    by: &str,
    reason: &str,
    now: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id))
        .set((
            jobs::canceled_by.eq(by),
            jobs::cancel_reason.eq(reason),
            jobs::canceled_at.eq(now),
        ))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Sends the sheets of a job that are not sent yet to another printer.
pub(crate) async fn move_to(conn: &mut Conn, id: &str, printer: &str) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id))
        .set(jobs::printer_id.eq(printer))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes a job's place in line.
pub(crate) async fn set_priority(
    conn: &mut Conn,
    id: &str,
    priority: i32,
) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id))
        .set(jobs::priority.eq(priority))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Opens a job again that had ended.
pub(crate) async fn reopen(conn: &mut Conn, id: &str) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id))
        .set(jobs::ended_at.eq(None::<NaiveDateTime>))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes the end of a job.
pub(crate) async fn end(conn: &mut Conn, id: &str, now: NaiveDateTime) -> Result<(), StoreError> {
    diesel::update(jobs::table.find(id).filter(jobs::ended_at.is_null()))
        .set(jobs::ended_at.eq(now))
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}
