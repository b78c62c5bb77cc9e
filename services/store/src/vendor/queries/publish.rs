//! Publication: staged records, some hundred at a time, into the tables that readers see.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use formfeed_domain::extract::File;

use super::{
    Conn, accounts, cash_accounts, import_records, organizations, payer_states, payers,
    relate_to_codes, vendor_addresses, vendor_versions, vendors,
};
use crate::vendor::rows::{
    AccountRow, CashAccountRow, ImportRecordRow, ImportedRow, OrganizationRow, PayerRow,
    PayerStateRow, RelateToRow, VendorAddressRow, VendorRow, VendorVersionRow, Verdict, judge,
};
use crate::vendor::{FileCounts, PAGE};
use crate::{Keyring, StoreError};

/// What one page of staged records comes to.
struct Sorted<R> {
    new: Vec<R>,
    changed: Vec<R>,
    same: usize,
}

/// Publishes every staged record of one file.
pub(crate) async fn file(
    conn: &mut Conn,
    keyring: &Keyring,
    import: &str,
    which: File,
    now: NaiveDateTime,
) -> Result<FileCounts, StoreError> {
    let mut counts = FileCounts::none(which);
    let mut after = String::new();
    loop {
        let page = import_records::page_after(conn, import, which.name(), &after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(counts);
        };
        after = last.key.clone();
        let at = At { keyring, now };
        counts += match which {
            File::Payers => payer_page(conn, at, &page).await?,
            File::PayerStates => payer_state_page(conn, at, &page).await?,
            File::Organizations => organization_page(conn, at, &page).await?,
            File::CashAccounts => cash_account_page(conn, at, &page).await?,
            File::Accounts => account_page(conn, at, &page).await?,
            File::RelateToCodes => relate_to_page(conn, at, &page).await?,
            File::Vendors => vendor_page(conn, at, &page).await?,
            File::VendorAddresses => address_page(conn, at, &page).await?,
            other => return Err(StoreError::Corrupt(format!("{other} is not staged here"))),
        };
    }
}

#[derive(Clone, Copy)]
struct At<'a> {
    keyring: &'a Keyring,
    now: NaiveDateTime,
}

impl At<'_> {
    fn sort<R: ImportedRow>(
        self,
        page: &[ImportRecordRow],
        stored: Vec<R>,
    ) -> Result<Sorted<R>, StoreError> {
        let stored: HashMap<_, _> = stored.into_iter().map(|row| (row.key(), row)).collect();
        let (mut new, mut changed, mut same) = (Vec::new(), Vec::new(), 0);
        for staged in page {
            match judge(self.keyring, staged, stored.get(&staged.key), self.now)? {
                Verdict::New(row) => new.push(row),
                Verdict::Changed(row) => changed.push(row),
                Verdict::Same => same += 1,
            }
        }
        Ok(Sorted { new, changed, same })
    }
}

impl<R: ImportedRow> Sorted<R> {
    fn counts(&self) -> FileCounts {
        FileCounts::of(R::FILE, self.new.len(), self.changed.len(), self.same)
    }
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

async fn payer_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let sorted = at.sort::<PayerRow>(page, payers::among(conn, &keys(page)).await?)?;
    payers::insert(conn, &sorted.new).await?;
    for row in &sorted.changed {
        unchanged(payers::replace(conn, row, row.revision - 1).await?)?;
    }
    Ok(sorted.counts())
}

async fn payer_state_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let stored = payer_states::of_payers(conn, &keys(page)).await?;
    let sorted = at.sort::<PayerStateRow>(page, stored)?;
    payer_states::upsert(conn, &sorted.new).await?;
    payer_states::upsert(conn, &sorted.changed).await?;
    let changed = sorted.new.iter().chain(&sorted.changed);
    let mut changed: Vec<_> = changed.map(|row| row.payer_id.clone()).collect();
    changed.sort();
    changed.dedup();
    payers::touch(conn, &changed, at.now).await?;
    Ok(sorted.counts())
}

async fn organization_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let stored = organizations::among(conn, &keys(page)).await?;
    let sorted = at.sort::<OrganizationRow>(page, stored)?;
    organizations::insert(conn, &sorted.new).await?;
    for row in &sorted.changed {
        unchanged(organizations::replace(conn, row, row.revision - 1).await?)?;
    }
    Ok(sorted.counts())
}

async fn cash_account_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let stored = cash_accounts::among(conn, &keys(page)).await?;
    let sorted = at.sort::<CashAccountRow>(page, stored)?;
    cash_accounts::insert(conn, &sorted.new).await?;
    for row in &sorted.changed {
        unchanged(cash_accounts::replace(conn, row, row.revision - 1).await?)?;
    }
    Ok(sorted.counts())
}

async fn account_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let sorted = at.sort::<AccountRow>(page, accounts::among(conn, &keys(page)).await?)?;
    accounts::insert(conn, &sorted.new).await?;
    for row in &sorted.changed {
        unchanged(accounts::replace(conn, row, row.revision - 1).await?)?;
    }
    Ok(sorted.counts())
}

async fn relate_to_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let sorted = at.sort::<RelateToRow>(page, relate_to_codes::all(conn).await?)?;
    relate_to_codes::insert(conn, &sorted.new).await?;
    for row in &sorted.changed {
        unchanged(relate_to_codes::replace(conn, row, row.revision - 1).await?)?;
    }
    Ok(sorted.counts())
}

/// A changed vendor becomes a new version; the old ones stay.
async fn vendor_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let stored = vendors::among(conn, &keys(page)).await?;
    let stored = stored.into_iter().map(|(_, version)| version).collect();
    let sorted = at.sort::<VendorVersionRow>(page, stored)?;
    let first: Vec<_> = sorted
        .new
        .iter()
        .map(|row| VendorRow::first(&row.vendor_id, at.now))
        .collect();
    let changed: Vec<_> = sorted
        .changed
        .iter()
        .map(|row| row.vendor_id.clone())
        .collect();
    vendors::insert(conn, &first).await?;
    vendors::advance(conn, &changed, at.now).await?;
    vendor_versions::insert(conn, &sorted.new).await?;
    vendor_versions::insert(conn, &sorted.changed).await?;
    Ok(sorted.counts())
}

async fn address_page(
    conn: &mut Conn,
    at: At<'_>,
    page: &[ImportRecordRow],
) -> Result<FileCounts, StoreError> {
    let stored = vendor_addresses::of_vendors(conn, &keys(page)).await?;
    let sorted = at.sort::<VendorAddressRow>(page, stored)?;
    vendor_addresses::insert(conn, &sorted.new).await?;
    vendor_addresses::replace_all(conn, &sorted.changed).await?;
    Ok(sorted.counts())
}
