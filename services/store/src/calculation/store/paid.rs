//! What a payer paid to one pay vendor, as the history stands.

use chrono::NaiveDate;
use formfeed_domain::{Money, VendorId};

use super::CalculationStore;
use crate::StoreError;

/// Cash accounts of one query.
const CHUNK: usize = 1_000;

/// Direct, unvoided payments that name a pay vendor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaidTo {
    /// What the pay vendor was paid, tax kept back included.
    pub gross: Money,
    /// What of it was kept back for the IRS.
    pub federal_tax_withheld: Money,
}

impl CalculationStore {
    /// Adds up what was paid to a pay vendor from these cash accounts between two dates, both included.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn paid_to(
        &self,
        pay_vendor: &VendorId,
        cash_accounts: &[String],
        dates: (NaiveDate, NaiveDate),
    ) -> Result<PaidTo, StoreError> {
        let mut paid = PaidTo::default();
        for accounts in cash_accounts.chunks(CHUNK) {
            let part = on_read!(self.database, calculation, |c, q| {
                q::paid::to_pay_vendor(c, pay_vendor.as_str(), accounts, dates).await?
            });
            for (gross, federal) in part {
                paid.gross += gross;
                paid.federal_tax_withheld += federal;
            }
        }
        Ok(paid)
    }

    /// Whether the history holds any payment from these cash accounts between two dates, both included.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn has_payments(
        &self,
        cash_accounts: &[String],
        dates: (NaiveDate, NaiveDate),
    ) -> Result<bool, StoreError> {
        for accounts in cash_accounts.chunks(CHUNK) {
            let any = on_read!(self.database, calculation, |c, q| {
                q::paid::any(c, accounts, dates).await?
            });
            if any {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
