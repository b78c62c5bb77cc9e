//! *Voucher → box amounts* for one page of recipients: the domain decides, this only hands over and keeps.

use std::collections::HashMap;
use std::sync::Arc;

use formfeed_domain::calculation::assemble::{Dangling, Directory, Page, Records};
use formfeed_domain::calculation::{
    Chart, Exception, Outcome, RunContext, Standing, StateShare, by_state, calculate,
};
use formfeed_domain::history::Payment;
use formfeed_domain::{CashAccountId, PayerId, VendorId};
use formfeed_store::calculation::{RecipientResult, RunPage, RunVendor, Totals};

/// What is the same for all recipients of a run, as the vendor service answered when it began.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    /// Payer of every cash account whose organization has one.
    pub(crate) payers: Arc<HashMap<CashAccountId, PayerId>>,
    /// Cash accounts that no organization gives a payer.
    pub(crate) without_payer: Vec<String>,
    /// What accounts and codes mean.
    pub(crate) chart: Arc<Chart>,
}

/// Calculates every recipient of a page.
///
/// # Errors
/// [`Dangling`] when the page does not hold what its records name.
pub(crate) fn results(
    context: &RunContext,
    ground: &Ground,
    page: &RunPage,
) -> Result<Vec<RecipientResult>, Dangling> {
    formfeed_store::panic_point("calculation-page", &page.first);
    let directory = directory(ground, &page.vendors);
    let assembled = Page::new(context, &directory, &page.records)?;
    let recipients = assembled.recipients();
    let inside = recipients.filter(|id| (&page.first..=&page.last).contains(id));
    let mut results = Vec::new();
    for recipient_id in inside {
        let missing = || Dangling::Vendor(recipient_id.clone());
        let vendor = page.vendors.get(recipient_id).ok_or_else(missing)?;
        if let Some(history) = assembled.history(recipient_id)? {
            let outcome = calculate(context, &history);
            let states = by_state(&history, &outcome);
            results.push(result(vendor, outcome, states));
        }
    }
    Ok(results)
}

/// The outcome of one recipient, calculated again from what its run saw; `None` if nothing of it reached it.
///
/// # Errors
/// [`Dangling`] when the page does not hold what its records name.
pub(crate) fn outcome_of(
    context: &RunContext,
    ground: &Ground,
    page: &RunPage,
) -> Result<Option<Outcome>, Dangling> {
    let directory = directory(ground, &page.vendors);
    let assembled = Page::new(context, &directory, &page.records)?;
    let history = assembled.history(&page.first)?;
    Ok(history.map(|history| calculate(context, &history)))
}

/// The exceptions of payments that reached nobody, and of those that no payer made; `None` when there are none.
///
/// # Errors
/// [`Dangling`] when the records do not hold what they name.
pub(crate) fn nobodys(
    context: &RunContext,
    ground: &Ground,
    (records, vendors): &(Records, HashMap<VendorId, RunVendor>),
    orphans: &[Payment],
) -> Result<Option<RecipientResult>, Dangling> {
    let directory = directory(ground, vendors);
    let assembled = Page::new(context, &directory, records)?;
    let mut exceptions = assembled.exceptions().to_vec();
    let in_play =
        |payment: &&Payment| Standing::of(payment, context.tax_year) == Standing::ThisYear;
    let without_payer = |payment: &Payment| Exception::PaymentWithoutPayer {
        payment_id: payment.payment_id.clone(),
        cash_account_id: payment.cash_account_id.clone(),
        gross: payment.gross(),
    };
    exceptions.extend(orphans.iter().filter(in_play).map(without_payer));
    Ok((!exceptions.is_empty()).then(|| RecipientResult {
        recipient_id: None,
        vendor_version: 0,
        address_code: String::new(),
        recipient_name: String::new(),
        rows: Vec::new(),
        states: Vec::new(),
        skipped: None,
        exceptions,
    }))
}

/// Adds what came of some recipients to what a run has come to.
pub(crate) fn add(totals: &mut Totals, results: &[RecipientResult]) {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    for result in results {
        totals.recipients += count(result.recipient_id.iter().count());
        totals.rows += count(result.rows.len());
        totals.skipped += count(result.skipped.iter().count());
        totals.exceptions += count(result.exceptions.len());
        for row in &result.rows {
            match row.income_type {
                formfeed_domain::IncomeType::FederalIncomeTaxWithheld => {
                    totals.federal_tax_withheld += row.taxable_amount;
                }
                formfeed_domain::IncomeType::StateTaxWithheld => {
                    totals.state_tax_withheld += row.taxable_amount;
                }
                _ => totals.taxable += row.taxable_amount,
            }
        }
    }
}

fn directory(ground: &Ground, vendors: &HashMap<VendorId, RunVendor>) -> Directory {
    let facts = vendors.iter();
    Directory {
        vendors: facts
            .map(|(id, vendor)| (id.clone(), vendor.facts.clone()))
            .collect(),
        payers: ground.payers.clone(),
        chart: ground.chart.clone(),
    }
}

fn result(vendor: &RunVendor, outcome: Outcome, mut states: Vec<StateShare>) -> RecipientResult {
    states.retain(|share| !share.state.is_empty());
    RecipientResult {
        recipient_id: Some(vendor.facts.vendor_id.clone()),
        vendor_version: vendor.version,
        address_code: vendor.address_code.clone(),
        recipient_name: vendor.name.clone(),
        rows: outcome.rows().to_vec(),
        states,
        skipped: outcome.skipped(),
        exceptions: outcome.exceptions().to_vec(),
    }
}
