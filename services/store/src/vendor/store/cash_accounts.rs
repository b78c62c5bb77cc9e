//! Cash accounts.

use chrono::{DateTime, Utc};
use formfeed_domain::organization::CashAccount;

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::{CashAccountRow, ImportedRow as _, instant};
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The cash account of this key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cash_account(&self, id: &str) -> Result<Option<Stored<CashAccount>>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::cash_accounts::get(c, id).await?
        });
        row.map(Stored::try_from).transpose()
    }

    /// At most `rows` cash accounts after a key, in order of keys; of one organization when it is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cash_accounts_after(
        &self,
        after: Option<&str>,
        org_id: Option<&str>,
        rows: usize,
    ) -> Result<Vec<Stored<CashAccount>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::cash_accounts::page_after(c, after, org_id, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Adds a cash account and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_cash_account(
        &self,
        request: &CreateRequest,
        account: &CashAccount,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<CashAccount>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let mut row = CashAccountRow::from(account);
        row.succeed(None, instant(now));
        let answer = answer(row.clone().try_into()?);
        let made = (
            "cash-account.create",
            format!("cashAccounts/{}", row.cash_account_id),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::cash_accounts::insert(c, vec![row.clone()]).await?
        })
    }

    /// Replaces a cash account that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_cash_account(
        &self,
        account: &CashAccount,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<CashAccount>, KeepError> {
        let mut row = CashAccountRow::from(account);
        row.revision = read.revision + 1;
        row.create_time = instant(read.create_time);
        row.update_time = instant(now);
        on_write!(self.database, vendor, |c, q| {
            replaced(q::cash_accounts::replace(c, &row, read.revision).await?)?;
            let subject = format!("cashAccounts/{}", row.cash_account_id);
            let details = revision(row.revision);
            self.auditor
                .note(c, "cash-account.update", subject, details)
                .await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.try_into()?)
    }
}
