//! What a run at work reads and writes; private until it completes.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use formfeed_domain::VendorId;
use formfeed_domain::calculation::Chart;
use formfeed_domain::calculation::assemble::Records;
use formfeed_domain::history::Payment;

use super::CalculationStore;
use super::missing::{
    add_applications, missing_payments, missing_vouchers, payments_without_pay_vendor, vendors_of,
};
use crate::StoreError;
use crate::calculation::{RecipientResult, Run, RunPage, RunVendor};

/// Keys of one query, and rows of one insert.
const CHUNK: usize = 1_000;
/// Working rows after which a page is full; a page holds at least one recipient.
const PAGE_ROWS: i64 = 3_000;
/// Recipients of a page at most.
const PAGE_RECIPIENTS: i64 = 1_000;

impl CalculationStore {
    /// Takes note of vendors as they are when a run begins: those that changed since the last run get a version that
    /// holds from this run's stamp on. Doing so again changes nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note_vendors(&self, run: &Run, vendors: &[RunVendor]) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            for vendors in vendors.chunks(CHUNK) {
                let keys: Vec<_> = vendors.iter().map(|v| v.facts.vendor_id.as_str()).collect();
                let current = q::vendor_facts::current(c, &keys).await?;
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

    /// Finds what reached whom in one month (1 to 12) of the run's year. Short enough not to keep other writers waiting.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn find_work(&self, run: &Run, month: u32) -> Result<usize, StoreError> {
        let asked = &run.asked;
        let day = |month| NaiveDate::from_ymd_opt(asked.tax_year.year(), month, 1);
        let from_date = day(month).unwrap_or(asked.tax_year.first_day());
        let next = day(month + 1).and_then(|day| day.pred_opt());
        let to_date = next.unwrap_or(asked.tax_year.last_day());
        debug_assert_eq!(from_date.month(), to_date.month());
        on_write!(self.database, calculation, |c, q| {
            let part = q::run_work::Part {
                run_id: &asked.run_id,
                payer_id: asked.payer_id.as_str(),
                from_date,
                to_date,
                sequence: run.import_sequence,
                vendor_stamp: run.vendor_stamp,
                from_recipient: asked
                    .from_recipient_id
                    .as_ref()
                    .map_or("", VendorId::as_str),
                to_recipient: asked.to_recipient_id.as_ref().map_or("", VendorId::as_str),
                by_vendor_of_record: asked.method.goes_by_vendor_of_record(),
            };
            q::run_work::find(c, &part).await
        })
    }

    /// How many recipients the run has to go through.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn work_recipients(&self, run_id: &str) -> Result<i64, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::run_work::recipients(c, run_id).await
        })
    }

    /// The next page of recipients after a key, with everything that their calculation looks at; `None` at the end.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn page_after(
        &self,
        run: &Run,
        after: Option<&VendorId>,
    ) -> Result<Option<RunPage>, StoreError> {
        let (run_id, sequence) = (run.asked.run_id.as_str(), run.import_sequence);
        let after = after.map_or("", VendorId::as_str);
        on_read!(self.database, calculation, |c, q| {
            let next = q::run_work::recipients_after(c, run_id, after, PAGE_RECIPIENTS).await?;
            let Some(recipients) = full_page(next) else {
                return Ok(None);
            };
            let range = (
                recipients[0].as_str(),
                recipients[recipients.len() - 1].as_str(),
            );
            let mut records = Records {
                vouchers: q::vouchers::of_work(c, run_id, range, sequence).await?,
                lines: q::voucher_lines::of_work(c, run_id, range, sequence).await?,
                payments: q::payments::of_work(c, run_id, range, sequence).await?,
                applications: q::applications::of_work_vouchers(c, run_id, range, sequence).await?,
            };
            for keys in payments_without_pay_vendor(&records).chunks(CHUNK) {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                let applied = q::applications::of_payments(c, &keys, sequence).await?;
                add_applications(&mut records, applied);
            }
            for keys in missing_vouchers(&records).chunks(CHUNK) {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                let vouchers = q::vouchers::of_keys(c, &keys, sequence).await?;
                records.vouchers.extend(vouchers);
            }
            for keys in missing_payments(&records).chunks(CHUNK) {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                let payments = q::payments::of_keys(c, &keys, sequence).await?;
                records.payments.extend(payments);
            }
            let mut vendors = HashMap::new();
            for keys in vendors_of(&records, &recipients).chunks(CHUNK) {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                for vendor in q::vendor_facts::of_keys(c, &keys, run.vendor_stamp).await? {
                    vendors.insert(vendor.facts.vendor_id.clone(), vendor);
                }
            }
            let id = |text: &str| {
                VendorId::new(text).map_err(|error| StoreError::Corrupt(error.to_string()))
            };
            Ok(Some(RunPage {
                first: id(range.0)?,
                last: id(range.1)?,
                records,
                vendors,
            }))
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
        let (run_id, sequence) = (run.asked.run_id.as_str(), run.import_sequence);
        on_read!(self.database, calculation, |c, q| {
            let payments = q::payments::of_work(c, run_id, ("", ""), sequence).await?;
            let mut records = Records {
                payments,
                ..Records::default()
            };
            for keys in payments_without_pay_vendor(&records).chunks(CHUNK) {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                let applied = q::applications::of_payments(c, &keys, sequence).await?;
                records.applications.extend(applied);
            }
            for keys in missing_vouchers(&records).chunks(CHUNK) {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                let vouchers = q::vouchers::of_keys(c, &keys, sequence).await?;
                records.vouchers.extend(vouchers);
            }
            let mut vendors = HashMap::new();
            for keys in vendors_of(&records, &[]).chunks(CHUNK) {
                let keys: Vec<_> = keys.iter().map(String::as_str).collect();
                for vendor in q::vendor_facts::of_keys(c, &keys, run.vendor_stamp).await? {
                    vendors.insert(vendor.facts.vendor_id.clone(), vendor);
                }
            }
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
        results: &[RecipientResult],
    ) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            for results in results.chunks(CHUNK) {
                q::run_recipients::insert(c, run_id, results).await?;
                q::information::insert(c, run_id, results).await?;
                q::exceptions::insert(c, run_id, results).await?;
            }
            Ok::<(), StoreError>(())
        })
    }
}

/// As many recipients as fill a page, at least one; `None` when there are none.
fn full_page(next: Vec<(String, i64)>) -> Option<Vec<String>> {
    let mut rows = 0;
    let mut page = Vec::new();
    for (recipient_id, count) in next {
        rows += count;
        if rows > PAGE_ROWS && !page.is_empty() {
            break;
        }
        page.push(recipient_id);
    }
    (!page.is_empty()).then_some(page)
}
