//! A newer data key in the place of another, and what may be shown of them.

use chrono::{DateTime, Utc};

use super::columns::VersionCount;
use super::data_key::{self, DataKey, DataKeyRow, SEAL};
use super::master::MasterKey;
use super::{Keys, opening};
use crate::audit::Details;
use crate::{SealError, StoreError};

/// The keys of a service, as they may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    /// Where this service took the master key from when it started.
    pub master_source: String,
    /// Tells the master key that wraps the newest key now from others.
    pub master_check: String,
    /// The keys that seal, the newest last.
    pub versions: Vec<VersionState>,
}

/// A key that seals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionState {
    /// Its version.
    pub version: i32,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// Values that are sealed with it now.
    pub values: u64,
}

impl Keys<'_> {
    /// Which service's.
    pub fn service(&self) -> &'static str {
        self.sealing.service
    }

    /// Version of the key that seals.
    pub fn newest(&self) -> i32 {
        self.keyring.newest()
    }

    /// The keys, and how many values each has sealed: every table is read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn state(&self) -> Result<KeyState, StoreError> {
        let rows = opening::rows(self.database).await?;
        let mut counts: Vec<VersionCount> = Vec::new();
        for column in self.sealing.columns {
            counts.extend(on_read!(self.database, keys, |c, q| q::counts(c, column).await?));
        }
        let seal = rows.iter().filter(|row| row.purpose == SEAL);
        let newest = seal.clone().next_back();
        let versions: Vec<_> = seal
            .map(|row| VersionState {
                version: row.version,
                created: row.create_time.and_utc(),
                values: counted(&counts, row.version),
            })
            .collect();
        Ok(KeyState {
            master_source: self.master.to_string(),
            master_check: newest.map_or_else(String::new, |row| row.master_check.clone()),
            versions,
        })
    }

    /// Makes a newer data key, which seals from now on; answers its version. The master key is read for it.
    ///
    /// # Errors
    /// [`StoreError::Seal`] when the master key cannot be had, or was changed since the service started;
    /// [`StoreError::Conflict`] when another daemon makes one in this moment.
    pub async fn rotate(&self, reason: &str) -> Result<i32, StoreError> {
        let service = self.sealing.service;
        let master = self.master.read().await?;
        let bytes = data_key::random()?;
        let now = Utc::now().naive_utc();
        let details = Details::new().text("reason", reason);
        let version = on_write!(self.database, keys, |c, q| {
            let before = q::locked(c).await?;
            proved(service, &before, &master)?;
            let version = newest(&before) + 1;
            let row = data_key::wrap(service, (SEAL, version), &bytes, &master, now)?;
            q::insert(c, vec![row]).await?;
            let details = details.clone().number("version", i64::from(version));
            self.auditor.note(c, "key.rotate", "keys", details).await?;
            Ok::<_, StoreError>(version)
        })?;
        self.keyring.add(&DataKey {
            purpose: SEAL.to_owned(),
            version,
            bytes,
        });
        Ok(version)
    }

    /// Learns a key that another daemon of this database has made. Where the master key cannot be had now, what waits for
    /// it waits.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub(crate) async fn know(&self, version: i32) -> Result<(), StoreError> {
        if self.keyring.knows(version) {
            return Ok(());
        }
        self.learn().await.map_err(|error| match error {
            StoreError::Seal(
                cause @ (SealError::Master { .. }
                | SealError::OtherMaster { .. }
                | SealError::KeyFile { .. }),
            ) => StoreError::Unavailable(Box::new(cause)),
            other => other,
        })
    }

    /// Learns the keys that other daemons of this database have made; a newer one seals from now on.
    ///
    /// # Errors
    /// When the database fails, or as for the master key.
    pub async fn learn(&self) -> Result<(), StoreError> {
        let rows = opening::rows(self.database).await?;
        let unknown = |row: &&DataKeyRow| row.purpose == SEAL && !self.keyring.knows(row.version);
        let rows: Vec<_> = rows.iter().filter(unknown).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let master = self.master.read().await?;
        for row in rows {
            let key = row.unwrap_with(self.sealing.service, &master)?;
            self.keyring.add(&key);
        }
        Ok(())
    }
}

fn newest(rows: &[DataKeyRow]) -> i32 {
    let seal = rows.iter().filter(|row| row.purpose == SEAL);
    seal.map(|row| row.version).max().unwrap_or(0)
}

/// Refuses to wrap by another master key than the one around what is there.
fn proved(service: &str, rows: &[DataKeyRow], master: &MasterKey) -> Result<(), SealError> {
    let unwrap = |row: &DataKeyRow| row.unwrap_with(service, master).map(drop);
    rows.iter().try_for_each(unwrap)
}

fn counted(counts: &[VersionCount], version: i32) -> u64 {
    let of = counts.iter().filter(|count| count.key_version == version);
    of.map(|count| u64::try_from(count.sealed_rows).unwrap_or(0))
        .sum()
}
