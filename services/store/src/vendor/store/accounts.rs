//! General-ledger accounts.

use chrono::{DateTime, Utc};
use formfeed_domain::account::Account;

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::{AccountRow, ImportedRow as _, instant};
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The account of this key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn account(&self, id: &str) -> Result<Option<Stored<Account>>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| q::accounts::get(c, id)
            .await?);
        row.map(Stored::try_from).transpose()
    }

    /// At most `rows` accounts after a key, in order of keys.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn accounts_after(
        &self,
        after: Option<&str>,
        unmapped_only: bool,
        rows: usize,
    ) -> Result<Vec<Stored<Account>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::accounts::page_after(c, after, unmapped_only, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Adds an account and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_account(
        &self,
        request: &CreateRequest,
        account: &Account,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<Account>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let mut row = AccountRow::from(account);
        row.succeed(None, instant(now));
        let answer = answer(row.clone().try_into()?);
        let made = ("account.create", format!("accounts/{}", row.account_id));
        create!(self, request, answer, now, made, |c, q| {
            q::accounts::insert(c, vec![row.clone()]).await?
        })
    }

    /// Replaces an account that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_account(
        &self,
        account: &Account,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<Account>, KeepError> {
        let mut row = AccountRow::from(account);
        row.revision = read.revision + 1;
        row.create_time = instant(read.create_time);
        row.update_time = instant(now);
        on_write!(self.database, vendor, |c, q| {
            replaced(q::accounts::replace(c, &row, read.revision).await?)?;
            let subject = format!("accounts/{}", row.account_id);
            let details = revision(row.revision);
            self.auditor
                .note(c, "account.update", subject, details)
                .await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.try_into()?)
    }
}
