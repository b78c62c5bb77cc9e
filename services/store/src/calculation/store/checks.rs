//! What of the year's history reaches no form for want of a payer or an income type.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use formfeed_domain::history::PaymentMethod;
use formfeed_domain::{Money, TaxYear};

use super::CalculationStore;
use crate::StoreError;

/// Cash accounts named in one query.
const CASH_ACCOUNTS: usize = 500;

/// A payment of a cash account that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPayment {
    /// Key.
    pub payment_id: String,
    /// What it was drawn on.
    pub cash_account_id: String,
    /// Vendor paid; blank is the voucher's vendor's pay vendor.
    pub pay_vendor_id: String,
    /// When.
    pub payment_date: NaiveDate,
    /// Paid out and kept back for the tax office.
    pub gross: Money,
}

/// What of a year is on one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountUse {
    /// Voucher lines paid in the year, accountable-plan reimbursements aside.
    pub voucher_lines: i64,
    /// One of their vouchers; blank if there are none.
    pub voucher_id: String,
    /// Payments without vouchers.
    pub payments: i64,
    /// One of them; blank if there are none.
    pub payment_id: String,
}

impl CalculationStore {
    /// Direct, unvoided payments of a year drawn on none of these cash accounts, after a key, by key.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn payments_beside(
        &self,
        cash_accounts: &HashSet<String>,
        tax_year: TaxYear,
        (after, limit): (&str, i64),
    ) -> Result<Vec<CheckedPayment>, StoreError> {
        let (days, methods) = (days(tax_year), direct_methods());
        on_read!(self.database, calculation, |c, q| {
            let used = q::history_checks::cash_accounts(c, days, &methods).await?;
            let mut others: Vec<_> = used
                .into_iter()
                .filter(|id| !cash_accounts.contains(id))
                .collect();
            others.sort_unstable();
            let mut found = Vec::new();
            for part in others.chunks(CASH_ACCOUNTS) {
                let page = (after, limit);
                found.extend(q::history_checks::payments_of(c, days, &methods, part, page).await?);
            }
            found.sort_unstable();
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let payment = |(payment_id, cash_account_id, pay_vendor_id, payment_date, cents)| {
                CheckedPayment {
                    payment_id,
                    cash_account_id,
                    pay_vendor_id,
                    payment_date,
                    gross: Money::from_cents(cents),
                }
            };
            Ok(found.into_iter().map(payment).collect())
        })
    }

    /// The accounts that direct, unvoided payments of a year drawn on these cash accounts went to; a blank key stands
    /// for no account.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn accounts_used(
        &self,
        cash_accounts: &[String],
        tax_year: TaxYear,
    ) -> Result<BTreeMap<String, AccountUse>, StoreError> {
        let (days, methods) = (days(tax_year), direct_methods());
        let mut used: BTreeMap<String, AccountUse> = BTreeMap::new();
        for part in cash_accounts.chunks(CASH_ACCOUNTS) {
            let (lines, payments) = on_read!(self.database, calculation, |c, q| {
                let lines = q::history_checks::accounts_of_lines(c, days, &methods, part).await?;
                (
                    lines,
                    q::history_checks::accounts_of_payments(c, days, &methods, part).await?,
                )
            });
            for (account_id, count, example) in lines {
                let on = used.entry(account_id).or_default();
                on.voucher_lines += count;
                on.voucher_id = example.unwrap_or_default();
            }
            for (account_id, count, example) in payments {
                let on = used.entry(account_id).or_default();
                on.payments += count;
                on.payment_id = example.unwrap_or_default();
            }
        }
        Ok(used)
    }
}

fn days(tax_year: TaxYear) -> (NaiveDate, NaiveDate) {
    (tax_year.first_day(), tax_year.last_day())
}

fn direct_methods() -> Vec<&'static str> {
    let direct = PaymentMethod::ALL
        .into_iter()
        .filter(|method| method.is_direct());
    direct.map(PaymentMethod::as_str).collect()
}
