//! Sealing anew with the newest key what older ones sealed: a batch of rows in a transaction of its own, until none is left.

use chrono::{DateTime, TimeDelta, Utc};

use super::columns::{Column, SealedRow};
use super::data_key::SEAL;
use super::{Keys, opening};
use crate::StoreError;
use crate::seal::Sealed;

/// Rows of a transaction: the print queue waits for its turn no longer than they take.
const ROWS: i64 = 100;

/// How long after a newer key is made values may still come that were sealed with the older one: by daemons that have not
/// learned it yet, and by imports that take their time.
const SETTLES_AFTER: TimeDelta = TimeDelta::minutes(10);

/// A key with which not everything may be sealed anew yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsettled {
    /// Its version.
    pub version: i32,
    /// From when on a walk that finds nothing is the last.
    pub settles: DateTime<Utc>,
}

/// Where a walk through all columns is.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// The key that it seals with.
    version: i32,
    /// Rows sealed anew by now: a walk that found some is followed by another, for rows that were on their way meanwhile.
    resealed: u64,
    column: usize,
    after: Option<Vec<String>>,
}

/// What became of some rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batch {
    /// Sealed anew.
    pub resealed: u64,
    /// Do not open, and stay as they are.
    pub unreadable: u64,
    /// A walk has ended that found something; another one begins.
    pub begins_again: bool,
    /// Nothing is left.
    pub done: bool,
}

impl Pass {
    fn with(version: i32) -> Self {
        Self {
            version,
            ..Self::default()
        }
    }
}

impl Keys<'_> {
    /// The newest key, where it is not the only one and values may still be sealed with an older one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsettled(&self) -> Result<Option<Unsettled>, StoreError> {
        let rows = opening::rows(self.database).await?;
        let mut seal = rows.iter().filter(|row| row.purpose == SEAL).rev();
        let newest = seal.next().filter(|row| row.settle_time.is_none());
        let only = seal.next().is_none();
        Ok(newest.filter(|_| !only).map(|row| Unsettled {
            version: row.version,
            settles: row.create_time.and_utc() + SETTLES_AFTER,
        }))
    }

    /// Seals the next rows of a walk anew. A row that does not open is left as it is, and logged.
    ///
    /// # Errors
    /// When the database fails; the walk may go on from where it was.
    pub async fn reseal(&self, pass: &mut Pass) -> Result<Batch, StoreError> {
        let newest = self.keyring.newest();
        if pass.version != newest {
            *pass = Pass::with(newest);
        }
        let Some(column) = self.sealing.columns.get(pass.column) else {
            let again = pass.resealed > 0;
            *pass = Pass::with(newest);
            return match again {
                true => Ok(Batch {
                    begins_again: true,
                    ..Batch::default()
                }),
                false => self.settle(newest).await,
            };
        };
        let after = pass.after.as_deref();
        let rows = on_read!(self.database, keys, |c, q| {
            q::older(c, column, newest, after, ROWS).await?
        });
        let Some(last) = rows.last().map(SealedRow::key) else {
            (pass.column, pass.after) = (pass.column + 1, None);
            return Ok(Batch::default());
        };
        let batch = self.replace(column, rows).await?;
        pass.after = Some(last);
        pass.resealed += batch.resealed;
        Ok(batch)
    }

    async fn replace(&self, column: &Column, rows: Vec<SealedRow>) -> Result<Batch, StoreError> {
        let all = rows.len();
        let mut anew = Vec::with_capacity(all);
        for row in rows {
            self.know(row.key_version).await?;
            match self.again(column, &row) {
                Ok(sealed) => anew.push((row, sealed)),
                Err(error) => tracing::error!(
                    row = %row.place_id(),
                    "{error}; the row {} of {} stays as it is",
                    row.place_id(),
                    column.table
                ),
            }
        }
        let done: Result<(), StoreError> = on_write!(self.database, keys, |c, q| {
            for (row, sealed) in &anew {
                q::replace(c, column, row, sealed).await?;
            }
            Ok(())
        });
        done?;
        Ok(Batch {
            resealed: anew.len() as u64,
            unreadable: (all - anew.len()) as u64,
            ..Batch::default()
        })
    }

    fn again(&self, column: &Column, row: &SealedRow) -> Result<Sealed, crate::SealError> {
        let id = row.place_id();
        let place = column.place(&id);
        let value = self.keyring.open_sealed(place, &row.value())?;
        self.keyring.seal(place, &value)
    }

    /// A walk has found nothing: the last one where nobody seals with an older key any more.
    async fn settle(&self, newest: i32) -> Result<Batch, StoreError> {
        let due = self
            .unsettled()
            .await?
            .filter(|key| key.settles <= Utc::now());
        if due.is_some_and(|key| key.version == newest) {
            let now = Utc::now().naive_utc();
            let done: Result<(), StoreError> = on_write!(self.database, keys, |c, q| {
                q::settle(c, (SEAL, newest), now).await
            });
            done?;
        }
        Ok(Batch {
            done: true,
            ..Batch::default()
        })
    }
}
