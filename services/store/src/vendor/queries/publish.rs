//! Publication: staged records, some hundred at a time, into the tables that readers see.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDateTime;
use formfeed_domain::extract::File;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use super::{
    Conn, accounts, cash_accounts, import_records, organizations, payer_states, payers,
    relate_to_codes, vendor_addresses, vendor_versions, vendors,
};
use crate::vendor::FileCounts;
use crate::vendor::rows::{
    AccountRow, CashAccountRow, ImportRecordRow, ImportedRow, OrganizationRow, PayerRow,
    PayerStateRow, Read, RelateToRow, VendorAddressRow, VendorRow, VendorVersionRow, Verdict,
};
use crate::{Keyring, StoreError};

/// Records of a page: as a statement of PostgreSQL takes at most 65,535 values, fewer than that of the widest row.
const PAGE: i64 = 2_000;

/// What one page of staged records comes to.
struct Sorted<R> {
    new: Vec<R>,
    changed: Vec<R>,
    same: usize,
}

/// Publishes every staged record of one file.
pub(crate) async fn file(
    conn: &mut Conn,
    keyring: Arc<Keyring>,
    import: &str,
    which: File,
    now: NaiveDateTime,
) -> Result<FileCounts, StoreError> {
    let at = At { keyring, now };
    match which {
        File::Payers => pages::<PayerRow>(conn, &at, import).await,
        File::PayerStates => pages::<PayerStateRow>(conn, &at, import).await,
        File::Organizations => pages::<OrganizationRow>(conn, &at, import).await,
        File::CashAccounts => pages::<CashAccountRow>(conn, &at, import).await,
        File::Accounts => pages::<AccountRow>(conn, &at, import).await,
        File::RelateToCodes => pages::<RelateToRow>(conn, &at, import).await,
        File::Vendors => pages::<VendorVersionRow>(conn, &at, import).await,
        File::VendorAddresses => pages::<VendorAddressRow>(conn, &at, import).await,
        other => Err(StoreError::Corrupt(format!("{other} is not staged here"))),
    }
}

/// Publishes page by page; while one is written, the next is opened, compared and sealed.
async fn pages<R: Published>(
    conn: &mut Conn,
    at: &At,
    import: &str,
) -> Result<FileCounts, StoreError> {
    let name = R::FILE.name();
    let mut counts = FileCounts::none(R::FILE);
    let mut after = String::new();
    let mut sorting: Option<JoinHandle<Result<Sorted<R>, StoreError>>> = None;
    loop {
        let next = import_records::page_after(conn, import, name, &after, PAGE).await?;
        let last = next.last().map(|record| record.key.clone());
        let before = match last {
            Some(_) => {
                // No other page has rows of these keys.
                let stored = R::stored(conn, &keys(&next)).await?;
                sorting.replace(at.sort(next, stored))
            }
            None => sorting.take(),
        };
        if let Some(sorted) = before {
            let sorted = sorted.await.map_err(interrupted)??;
            counts += sorted.counts();
            R::write(conn, at, sorted).await?;
        }
        match last {
            Some(last) => after = last,
            None => return Ok(counts),
        }
    }
}

/// What a panic said is not told: it may hold a record.
fn interrupted(_: JoinError) -> StoreError {
    StoreError::Corrupt("reading staged records broke off".to_owned())
}

struct At {
    keyring: Arc<Keyring>,
    now: NaiveDateTime,
}

impl At {
    /// Reads staged records and holds them against what is stored, on a thread of its own.
    fn sort<R: ImportedRow>(
        &self,
        staged: Vec<ImportRecordRow>,
        stored: Vec<R>,
    ) -> JoinHandle<Result<Sorted<R>, StoreError>> {
        let (keyring, now) = (self.keyring.clone(), self.now);
        spawn_blocking(move || sorted(&keyring, staged, stored, now))
    }
}

fn sorted<R: ImportedRow>(
    keyring: &Keyring,
    staged: Vec<ImportRecordRow>,
    stored: Vec<R>,
    now: NaiveDateTime,
) -> Result<Sorted<R>, StoreError> {
    let stored: HashMap<_, _> = stored.into_iter().map(|row| (row.key(), row)).collect();
    let (mut new, mut changed, mut same) = (Vec::new(), Vec::new(), 0);
    for staged in staged {
        let staged = Read::of(keyring, staged)?;
        let before = stored.get(&staged.key);
        match staged.against(keyring, before, now)? {
            Verdict::New(row) => new.push(row),
            Verdict::Changed(row) => changed.push(row),
            Verdict::Same => same += 1,
        }
    }
    Ok(Sorted { new, changed, same })
}

impl<R: ImportedRow> Sorted<R> {
    fn counts(&self) -> FileCounts {
        FileCounts::of(R::FILE, self.new.len(), self.changed.len(), self.same)
    }
}

/// A row that an import publishes.
trait Published: ImportedRow {
    /// What is stored under these keys, of a composite key under its first part; more may be answered.
    fn stored(
        conn: &mut Conn,
        keys: &[String],
    ) -> impl Future<Output = Result<Vec<Self>, StoreError>> + Send;

    /// Writes a page to where readers see it.
    fn write(
        conn: &mut Conn,
        at: &At,
        sorted: Sorted<Self>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Another writer changed the row since this transaction read it.
fn unchanged(replaced: bool) -> Result<(), StoreError> {
    match replaced {
        true => Ok(()),
        false => Err(StoreError::Conflict(
            diesel::result::Error::RollbackTransaction,
        )),
    }
}

/// Keys of a page; of a composite key, the part before the slash.
fn keys(page: &[ImportRecordRow]) -> Vec<String> {
    let first = |key: &str| key.split('/').next().unwrap_or_default().to_owned();
    let mut keys: Vec<_> = page.iter().map(|record| first(&record.key)).collect();
    keys.dedup();
    keys
}

impl Published for PayerRow {
    async fn stored(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError> {
        payers::among(conn, keys).await
    }

    async fn write(conn: &mut Conn, _: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        payers::insert(conn, sorted.new).await?;
        for row in &sorted.changed {
            unchanged(payers::replace(conn, row, row.revision - 1).await?)?;
        }
        Ok(())
    }
}

impl Published for PayerStateRow {
    async fn stored(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError> {
        payer_states::of_payers(conn, keys).await
    }

    async fn write(conn: &mut Conn, at: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        payer_states::upsert(conn, &sorted.new).await?;
        payer_states::upsert(conn, &sorted.changed).await?;
        let changed = sorted.new.iter().chain(&sorted.changed);
        let mut changed: Vec<_> = changed.map(|row| row.payer_id.clone()).collect();
        changed.sort();
        changed.dedup();
        payers::touch(conn, &changed, at.now).await
    }
}

impl Published for OrganizationRow {
    async fn stored(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError> {
        organizations::among(conn, keys).await
    }

    async fn write(conn: &mut Conn, _: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        organizations::insert(conn, sorted.new).await?;
        for row in &sorted.changed {
            unchanged(organizations::replace(conn, row, row.revision - 1).await?)?;
        }
        Ok(())
    }
}

impl Published for CashAccountRow {
    async fn stored(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError> {
        cash_accounts::among(conn, keys).await
    }

    async fn write(conn: &mut Conn, _: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        cash_accounts::insert(conn, sorted.new).await?;
        for row in &sorted.changed {
            unchanged(cash_accounts::replace(conn, row, row.revision - 1).await?)?;
        }
        Ok(())
    }
}

impl Published for AccountRow {
    async fn stored(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError> {
        accounts::among(conn, keys).await
    }

    async fn write(conn: &mut Conn, _: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        accounts::insert(conn, sorted.new).await?;
        for row in &sorted.changed {
            unchanged(accounts::replace(conn, row, row.revision - 1).await?)?;
        }
        Ok(())
    }
}

impl Published for RelateToRow {
    async fn stored(conn: &mut Conn, _: &[String]) -> Result<Vec<Self>, StoreError> {
        relate_to_codes::all(conn).await
    }

    async fn write(conn: &mut Conn, _: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        relate_to_codes::insert(conn, sorted.new).await?;
        for row in &sorted.changed {
            unchanged(relate_to_codes::replace(conn, row, row.revision - 1).await?)?;
        }
        Ok(())
    }
}

/// A changed vendor becomes a new version; the old ones stay.
impl Published for VendorVersionRow {
    async fn stored(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError> {
        let stored = vendors::among(conn, keys).await?;
        Ok(stored.into_iter().map(|(_, version)| version).collect())
    }

    async fn write(conn: &mut Conn, at: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        let first = sorted.new.iter();
        let first = first.map(|row| VendorRow::first(&row.vendor_id, at.now));
        let changed = sorted.changed.iter().map(|row| row.vendor_id.clone());
        vendors::insert(conn, first.collect()).await?;
        vendors::advance(conn, &changed.collect::<Vec<_>>(), at.now).await?;
        vendor_versions::insert(conn, sorted.new).await?;
        vendor_versions::insert(conn, sorted.changed).await
    }
}

impl Published for VendorAddressRow {
    async fn stored(conn: &mut Conn, keys: &[String]) -> Result<Vec<Self>, StoreError> {
        vendor_addresses::of_vendors(conn, keys).await
    }

    async fn write(conn: &mut Conn, _: &At, sorted: Sorted<Self>) -> Result<(), StoreError> {
        vendor_addresses::insert(conn, sorted.new).await?;
        vendor_addresses::replace_all(conn, sorted.changed).await
    }
}
