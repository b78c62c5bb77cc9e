//! What a run at work reads and writes; private until it completes.

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use diesel_async::AsyncConnection as _;
use formfeed_domain::VendorId;
use formfeed_domain::calculation::Chart;
use formfeed_domain::calculation::assemble::Records;
use formfeed_domain::history::Payment;
use rusqlite::Transaction;

use super::CalculationStore;
use crate::calculation::dialect::result_rows::{EXCEPTIONS, INFORMATION, RECIPIENTS, STATES, Told};
use crate::calculation::dialect::{postgres, sqlite};
use crate::calculation::{RecipientResult, Run, RunPage, RunVendor};
use crate::{Database, StoreError};

/// Keys of one query, and rows of one insert.
const CHUNK: usize = 1_000;
/// Payments after which a page is full; a page holds at least one recipient.
const PAGE_PAYMENTS: i64 = 2_000;

impl CalculationStore {
    /// Takes note of vendors as they are when a run begins: those that changed since the last run get a version that
    /// holds from this run's stamp on. Doing so again changes nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_vendors(&self, run: &Run, vendors: &[RunVendor]) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            for vendors in vendors.chunks(CHUNK) {
                let keys = vendors.iter().map(|v| v.facts.vendor_id.to_string());
                let current = q::vendor_facts::current(c, keys.collect()).await?;
                let current: HashMap<_, _> =
                    current.iter().map(|v| (&v.facts.vendor_id, v)).collect();
                let changed = |v: &&RunVendor| current.get(&v.facts.vendor_id) != Some(v);
                let changed: Vec<_> = vendors.iter().filter(changed).collect();
                if changed.is_empty() {
                    continue;
                }
                let keys: Vec<_> = changed.iter().map(|v| v.facts.vendor_id.as_str()).collect();
                q::vendor_facts::end(c, &keys, run.vendor_stamp).await?;
                q::vendor_facts::insert(c, run.vendor_stamp, &changed).await?;
            }
            Ok::<(), StoreError>(())
        })
    }

    /// Keeps what accounts and codes mean when a run begins.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_chart(&self, run_id: &str, chart: &Chart) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            q::run_chart::insert(c, run_id, chart).await
        })
    }

    /// Keeps the cash accounts that have a payer, each with it, as they are when a run begins.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_cash_accounts(
        &self,
        run_id: &str,
        accounts: &[(String, String)],
    ) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            q::run_cash_accounts::insert(c, run_id, accounts).await
        })
    }

    /// Notes what reached whom without naming them in one month (1 to 12) of the run's year. Short enough not to keep other writers waiting.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_work(&self, run: &Run, month: u32) -> Result<usize, StoreError> {
        let year = run.asked.tax_year;
        let day = |month| NaiveDate::from_ymd_opt(year.year(), month, 1);
        let from_date = day(month).unwrap_or(year.first_day());
        let next = day(month + 1).and_then(|day| day.pred_opt());
        let to_date = next.unwrap_or(year.last_day());
        debug_assert_eq!(from_date.month(), to_date.month());
        on_write!(self.database, calculation, |c, q| {
            q::run_work::find(c, run, (from_date, to_date)).await
        })
    }

    /// How many recipients the run has to go through.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn work_recipients(&self, run: &Run) -> Result<i64, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::run_work::recipients(c, run).await
        })
    }

    /// The next recipients after a key, as many as fill a page, by key; `None` at the end.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn recipients_after(
        &self,
        run: &Run,
        after: Option<&str>,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let after = after.unwrap_or_default();
        on_read!(self.database, calculation, |c, q| {
            let next = q::run_work::recipients_after(c, run, after, PAGE_PAYMENTS + 1).await?;
            Ok(full_page(next))
        })
    }

    /// Everything that the calculation of some recipients looks at; they are one stretch of all there are, by key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn page(&self, run: &Run, recipients: &[String]) -> Result<RunPage, StoreError> {
        let empty = || StoreError::Corrupt("a page without recipients".to_owned());
        let first = recipients.first().ok_or_else(empty)?;
        let last = recipients.last().ok_or_else(empty)?;
        let range = (first.as_str(), last.as_str());
        on_read!(self.database, calculation, |c, q| {
            let mut paid = q::payments::of_pay_vendors(c, run, range).await?;
            let mut noted = q::run_work::payments_of(c, &run.asked.run_id, range).await?;
            if !noted.is_empty() {
                let there: HashSet<_> = paid.iter().map(|p| p.payment_id.as_str()).collect();
                noted.retain(|payment_id| !there.contains(payment_id.as_str()));
                paid.extend(q::payments::of_keys(c, noted, run.import_sequence).await?);
            }
            let records = q::whole_records::of_payments(c, run, paid).await?;
            let vendors = q::whole_records::vendors(c, run, &records, recipients).await?;
            let id = |text: &str| {
                VendorId::new(text).map_err(|error| StoreError::Corrupt(error.to_string()))
            };
            Ok(RunPage {
                first: id(first)?,
                last: id(last)?,
                records,
                vendors,
            })
        })
    }

    /// The payments that may have reached nobody, whole.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn payments_to_nobody(
        &self,
        run: &Run,
    ) -> Result<(Records, HashMap<VendorId, RunVendor>), StoreError> {
        on_read!(self.database, calculation, |c, q| {
            let noted = q::run_work::payments_of(c, &run.asked.run_id, ("", "")).await?;
            let paid = q::payments::of_keys(c, noted, run.import_sequence).await?;
            let records = q::whole_records::of_payments(c, run, paid).await?;
            let vendors = q::whole_records::vendors(c, run, &records, &[]).await?;
            Ok((records, vendors))
        })
    }

    /// The payments of the run's year drawn on some cash accounts: those that belong to no payer.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn payments_of_accounts(
        &self,
        run: &Run,
        cash_account_ids: &[String],
    ) -> Result<Vec<Payment>, StoreError> {
        let year = run.asked.tax_year;
        let days = (year.first_day(), year.last_day());
        on_read!(self.database, calculation, |c, q| {
            let mut payments = Vec::new();
            for keys in cash_account_ids.chunks(CHUNK) {
                let found = q::payments::of_cash_accounts(c, keys, days, run.import_sequence);
                payments.extend(found.await?);
            }
            Ok::<_, StoreError>(payments)
        })
    }

    /// Keeps what came of some recipients; seen by nobody until the run completes.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_results(
        &self,
        run_id: &str,
        results: Vec<RecipientResult>,
    ) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(database) => {
                let run_id = run_id.to_owned();
                let work = move |tx: &Transaction<'_>| {
                    let told: Vec<_> = results.iter().map(Told::new).collect();
                    let recipients = told.iter().map(|told| told.recipient(&run_id));
                    sqlite::insert(tx, &RECIPIENTS, recipients)?;
                    let rows = told.iter().flat_map(|told| told.information(&run_id));
                    sqlite::insert(tx, &INFORMATION, rows)?;
                    let rows = told.iter().flat_map(|told| told.states(&run_id));
                    sqlite::insert(tx, &STATES, rows)?;
                    let rows = told.iter().flat_map(|told| told.exceptions(&run_id));
                    sqlite::insert(tx, &EXCEPTIONS, rows)
                };
                database.load(work).await
            }
            Database::Postgres(database) => {
                let mut connection = database.connection().await?;
                let told: Vec<_> = results.iter().map(Told::new).collect();
                let recipients: Vec<_> = told.iter().map(|told| told.recipient(run_id)).collect();
                let information = told.iter().flat_map(|told| told.information(run_id));
                let information: Vec<_> = information.collect();
                let states = told.iter().flat_map(|told| told.states(run_id));
                let states: Vec<_> = states.collect();
                let exceptions = told.iter().flat_map(|told| told.exceptions(run_id));
                let exceptions: Vec<_> = exceptions.collect();
                connection
                    .transaction(async |c| {
                        postgres::insert(c, &RECIPIENTS, &recipients).await?;
                        postgres::insert(c, &INFORMATION, &information).await?;
                        postgres::insert(c, &STATES, &states).await?;
                        postgres::insert(c, &EXCEPTIONS, &exceptions).await
                    })
                    .await
            }
        }
    }
}

/// As many recipients as fill a page, at least one; `None` when there are none. The last of those that are `next` may
/// have more payments than are counted, and more may come behind it: it goes on no page with others.
fn full_page(next: Vec<(String, i64)>) -> Option<Vec<String>> {
    let mut payments = 0;
    let mut page = Vec::new();
    for (recipient_id, count) in next {
        payments += count;
        if payments > PAGE_PAYMENTS && !page.is_empty() {
            break;
        }
        page.push(recipient_id);
    }
    (!page.is_empty()).then_some(page)
}
