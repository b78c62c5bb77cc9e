//! Sheets and amounts of a job by what is known of the sheets: one statement, so one moment.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;
use formfeed_domain::Money;
use formfeed_domain::spool::{AttemptState, SheetState, Sums, Tally};

use super::Conn;
use crate::StoreError;
use crate::kept::KeepPrepared as _;
use crate::spooler::rows::corrupt;

#[derive(QueryableByName)]
struct Group {
    /// `sheets` or `attempts`: what is counted.
    #[diesel(sql_type = Text)]
    counted: String,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    basis: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = BigInt)]
    forms: i64,
    #[diesel(sql_type = BigInt)]
    void_forms: i64,
    #[diesel(sql_type = BigInt)]
    total: i64,
    #[diesel(sql_type = BigInt)]
    federal: i64,
    #[diesel(sql_type = BigInt)]
    state_tax: i64,
}

/// A sheet is what the attempt that holds it is; without one, given up by decision, or what the last that marked paper
/// was, unless it may be printed again; else it waits.
const QUERY: &str = "\
SELECT 'sheets' AS counted, state, basis, CAST(COUNT(*) AS BIGINT) AS number, \
  CAST(SUM(forms) AS BIGINT) AS forms, CAST(SUM(void_forms) AS BIGINT) AS void_forms, \
  CAST(SUM(total_cents) AS BIGINT) AS total, CAST(SUM(federal_cents) AS BIGINT) AS federal, \
  CAST(SUM(state_cents) AS BIGINT) AS state_tax \
FROM (SELECT s.forms, s.void_forms, s.total_cents, s.federal_cents, s.state_cents, \
    COALESCE(h.basis, '') AS basis, \
    COALESCE(h.state, (SELECT 'abandoned' FROM abandoned_sheets g WHERE g.job_id = s.job_id AND g.sheet = s.number), \
      (SELECT a.state FROM attempts a WHERE a.job_id = s.job_id AND a.sheet = s.number \
        AND a.state IN ('spoiled', 'lost') AND a.reprint IS NULL ORDER BY a.number DESC LIMIT 1), 'pending') AS state \
  FROM sheets s LEFT JOIN attempts h ON h.job_id = s.job_id AND h.sheet = s.number \
    AND h.state IN ('reserved', 'intent', 'in_flight', 'awaiting_confirmation', 'in_doubt', 'good') \
  WHERE s.job_id = $1) AS known \
GROUP BY state, basis \
UNION ALL \
SELECT 'attempts', state, '', CAST(COUNT(*) AS BIGINT), 0, 0, 0, 0, 0 FROM attempts \
WHERE job_id = $1 AND state IN ('spoiled', 'lost') GROUP BY state \
UNION ALL \
SELECT 'attempts', 'reprinted', '', CAST(COUNT(*) AS BIGINT), 0, 0, 0, 0, 0 FROM attempts \
WHERE job_id = $1 AND reprint IS NOT NULL";

/// The tally of an open job.
pub(crate) async fn of_job(conn: &mut Conn, job: &str) -> Result<Tally, StoreError> {
    let groups = diesel::sql_query(QUERY)
        .bind::<Text, _>(job)
        .kept()
        .load::<Group>(conn)
        .await?;
    let mut tally = Tally::new();
    for group in groups {
        add(&mut tally, &group)?;
    }
    Ok(tally)
}

fn add(tally: &mut Tally, group: &Group) -> Result<(), StoreError> {
    let count = |number: i64| u32::try_from(number).map_err(|_| corrupt("a count"));
    let number = count(group.number)?;
    match (group.counted.as_str(), group.state.as_str()) {
        ("attempts", "spoiled") => tally.spoiled_attempts = number,
        ("attempts", "reprinted") => tally.reprints = number,
        ("attempts", _) => tally.lost_attempts = number,
        (_, state) => {
            let sums = Sums {
                sheets: number,
                forms: count(group.forms)?,
                void_forms: count(group.void_forms)?,
                total: Money::from_cents(group.total),
                federal_withheld: Money::from_cents(group.federal),
                state_withheld: Money::from_cents(group.state_tax),
            };
            tally.add(sheet_state(state)?, sums);
            if !group.basis.is_empty() {
                tally.add_good(group.basis.parse().map_err(corrupt)?, number);
            }
        }
    }
    Ok(())
}

fn sheet_state(word: &str) -> Result<SheetState, StoreError> {
    match word {
        "pending" => Ok(SheetState::Pending),
        "abandoned" => Ok(SheetState::Abandoned),
        _ => word
            .parse::<AttemptState>()
            .map(|state| SheetState::of([state], false))
            .map_err(corrupt),
    }
}
