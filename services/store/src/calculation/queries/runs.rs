//! Runs.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formfeed_domain::{Money, PayerId, TaxYear, VendorId};

use super::{Conn, column};
use crate::StoreError;
use crate::calculation::schema::runs;
use crate::calculation::{NewRun, Purpose, Run, RunState, Totals};

#[derive(Queryable, Selectable)]
#[diesel(table_name = runs)]
struct Row {
    run_id: String,
    user_name: String,
    request_id: String,
    payer_id: String,
    tax_year: i32,
    method: String,
    from_recipient_id: String,
    to_recipient_id: String,
    state: String,
    failure: String,
    import_sequence: i64,
    recipients: i64,
    information_rows: i64,
    skipped: i64,
    exceptions: i64,
    taxable_amount_cents: i64,
    federal_tax_withheld_cents: i64,
    state_tax_withheld_cents: i64,
    create_time: NaiveDateTime,
    end_time: Option<NaiveDateTime>,
    vendor_stamp: i64,
    purpose: String,
}

impl TryFrom<Row> for Run {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = RunState::from_word(&row.state);
        Ok(Self {
            asked: NewRun {
                run_id: row.run_id,
                user: row.user_name,
                request_id: row.request_id,
                payer_id: column::id(row.payer_id, PayerId::new)?,
                tax_year: TaxYear::new(row.tax_year).map_err(column::corrupt)?,
                method: column::word(&row.method)?,
                from_recipient_id: column::optional_id(row.from_recipient_id, VendorId::new)?,
                to_recipient_id: column::optional_id(row.to_recipient_id, VendorId::new)?,
                create_time: row.create_time.and_utc(),
                purpose: Purpose::from_word(&row.purpose)
                    .ok_or_else(|| column::corrupt("unknown purpose of a run"))?,
            },
            state: state.ok_or_else(|| column::corrupt("unknown state of a run"))?,
            failure: row.failure,
            import_sequence: row.import_sequence,
            vendor_stamp: row.vendor_stamp,
            totals: Totals {
                recipients: row.recipients,
                rows: row.information_rows,
                skipped: row.skipped,
                exceptions: row.exceptions,
                taxable: Money::from_cents(row.taxable_amount_cents),
                federal_tax_withheld: Money::from_cents(row.federal_tax_withheld_cents),
                state_tax_withheld: Money::from_cents(row.state_tax_withheld_cents),
            },
            end_time: row.end_time.map(|time| time.and_utc()),
        })
    }
}

/// Enters a run that begins.
pub(crate) async fn insert(
    conn: &mut Conn,
    run: &NewRun,
    import_sequence: i64,
) -> Result<(), StoreError> {
    diesel::insert_into(runs::table)
        .values((
            (
                runs::run_id.eq(&run.run_id),
                runs::user_name.eq(&run.user),
                runs::request_id.eq(&run.request_id),
                runs::payer_id.eq(run.payer_id.as_str()),
                runs::tax_year.eq(run.tax_year.year()),
                runs::method.eq(run.method.as_str()),
                runs::from_recipient_id.eq(column::text_of(run.from_recipient_id.as_ref())),
                runs::to_recipient_id.eq(column::text_of(run.to_recipient_id.as_ref())),
                runs::state.eq(RunState::Running.as_str()),
                runs::failure.eq(""),
                runs::import_sequence.eq(import_sequence),
            ),
            (
                runs::recipients.eq(0_i64),
                runs::information_rows.eq(0_i64),
                runs::skipped.eq(0_i64),
                runs::exceptions.eq(0_i64),
                runs::taxable_amount_cents.eq(0_i64),
                runs::federal_tax_withheld_cents.eq(0_i64),
                runs::state_tax_withheld_cents.eq(0_i64),
                runs::create_time.eq(column::instant(run.create_time)),
                runs::purpose.eq(run.purpose.as_str()),
            ),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest stamp that a run has noted vendors under; 0 before the first.
pub(crate) async fn newest_stamp(conn: &mut Conn) -> Result<i64, StoreError> {
    let newest: Option<i64> = runs::table
        .select(diesel::dsl::max(runs::vendor_stamp))
        .first(conn)
        .await?;
    Ok(newest.unwrap_or_default())
}

/// Changes what a run at work sees of the history and of the vendors.
pub(crate) async fn set_ground(
    conn: &mut Conn,
    run_id: &str,
    import_sequence: i64,
    vendor_stamp: i64,
) -> Result<(), StoreError> {
    diesel::update(runs::table.find(run_id))
        .filter(runs::state.eq(RunState::Running.as_str()))
        .set((
            runs::import_sequence.eq(import_sequence),
            runs::vendor_stamp.eq(vendor_stamp),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// One run.
pub(crate) async fn get(conn: &mut Conn, run_id: &str) -> Result<Option<Run>, StoreError> {
    let row = runs::table
        .find(run_id)
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Run::try_from).transpose()
}

/// The run a user's request made.
pub(crate) async fn of_request(
    conn: &mut Conn,
    user: &str,
    request_id: &str,
) -> Result<Option<Run>, StoreError> {
    let row = runs::table
        .filter(runs::user_name.eq(user))
        .filter(runs::request_id.eq(request_id))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    row.map(Run::try_from).transpose()
}

/// The run of a user that is at work.
pub(crate) async fn at_work(conn: &mut Conn, user: &str) -> Result<Option<String>, StoreError> {
    let run_id = runs::table
        .filter(runs::user_name.eq(user))
        .filter(runs::state.eq(RunState::Running.as_str()))
        .select(runs::run_id)
        .first(conn)
        .await
        .optional()?;
    Ok(run_id)
}

/// Every run at work.
pub(crate) async fn all_at_work(conn: &mut Conn) -> Result<Vec<String>, StoreError> {
    Ok(runs::table
        .filter(runs::state.eq(RunState::Running.as_str()))
        .select(runs::run_id)
        .load(conn)
        .await?)
}

/// Ends a run at work; answers whether it was still at work.
pub(crate) async fn end(
    conn: &mut Conn,
    run_id: &str,
    (state, failure): (RunState, &str),
    totals: &Totals,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let ended = diesel::update(runs::table.find(run_id))
        .filter(runs::state.eq(RunState::Running.as_str()))
        .set((
            runs::state.eq(state.as_str()),
            runs::failure.eq(failure),
            runs::recipients.eq(totals.recipients),
            runs::information_rows.eq(totals.rows),
            runs::skipped.eq(totals.skipped),
            runs::exceptions.eq(totals.exceptions),
            runs::taxable_amount_cents.eq(totals.taxable.cents()),
            runs::federal_tax_withheld_cents.eq(totals.federal_tax_withheld.cents()),
            runs::state_tax_withheld_cents.eq(totals.state_tax_withheld.cents()),
            runs::end_time.eq(column::instant(now)),
        ))
        .execute(conn)
        .await?;
    Ok(ended == 1)
}

/// Runs older than a run (all if blank), newest first; of one payer and year, or of all.
pub(crate) async fn page_before(
    conn: &mut Conn,
    before: &str,
    payer_id: Option<&PayerId>,
    tax_year: Option<TaxYear>,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let mut query = runs::table.into_boxed();
    if !before.is_empty() {
        query = query.filter(runs::run_id.lt(before));
    }
    if let Some(payer_id) = payer_id {
        query = query.filter(runs::payer_id.eq(payer_id.as_str()));
    }
    if let Some(tax_year) = tax_year {
        query = query.filter(runs::tax_year.eq(tax_year.year()));
    }
    let rows: Vec<Row> = query
        .select(Row::as_select())
        .order(runs::run_id.desc())
        .limit(limit)
        .load(conn)
        .await?;
    rows.into_iter().map(Run::try_from).collect()
}
