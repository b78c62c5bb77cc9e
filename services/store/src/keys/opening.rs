//! Opening the keys of a database: the first start makes them, an older program's key file becomes the first of them.

use std::path::Path;

use chrono::Utc;

use super::columns::{Column, SealedRow};
use super::data_key::{self, DataKey, DataKeyRow, INDEX, SEAL};
use super::key_file;
use super::master::{MasterKey, MasterSource};
use super::{KeyBytes, KeyPlace, Keyring, Sealing};
use crate::{Database, SealError, StoreError};

/// Version of the first key.
const FIRST: i32 = 1;
/// Values of each column that prove an older program's key file.
const SAMPLES: i64 = 5;

/// The keys a service wants.
pub(crate) struct Wanted<'a> {
    /// What is sealed, and where.
    pub(crate) sealing: Sealing,
    /// Where its keys are.
    pub(crate) place: &'a KeyPlace,
    /// Whether there are digests; none where the service makes none.
    pub(crate) digests: Option<bool>,
}

/// Opens the keys: those of the table, or makes the first ones.
///
/// # Errors
/// [`StoreError::Seal`] when the master key cannot be had or is another one, or a key file of an older program is missing
/// or is not the one that sealed what is there.
pub(crate) async fn open(database: &Database, wanted: &Wanted<'_>) -> Result<Keyring, StoreError> {
    let source = wanted.place.source(wanted.sealing.service);
    let mut rows = rows(database).await?;
    let complete = |rows: &[DataKeyRow]| {
        let has = |purpose| rows.iter().any(|row| row.purpose == purpose);
        has(SEAL) && (has(INDEX) || wanted.digests.is_none())
    };
    if !complete(&rows) {
        let master = begin(database, wanted, &source, &rows).await?;
        rows = self::rows(database).await?;
        return unwrapped(wanted, &rows, &master);
    }
    let master = source.read().await?;
    unwrapped(wanted, &rows, &master)
}

/// Every key of a database.
pub(super) async fn rows(database: &Database) -> Result<Vec<DataKeyRow>, StoreError> {
    Ok(on_read!(database, keys, |c, q| q::all(c).await?))
}

fn unwrapped(
    wanted: &Wanted<'_>,
    rows: &[DataKeyRow],
    master: &MasterKey,
) -> Result<Keyring, StoreError> {
    let keys = rows
        .iter()
        .map(|row| row.unwrap_with(wanted.sealing.service, master));
    Ok(Keyring::of(keys.collect::<Result<_, _>>()?))
}

/// Makes the keys that are missing.
async fn begin(
    database: &Database,
    wanted: &Wanted<'_>,
    source: &MasterSource,
    rows: &[DataKeyRow],
) -> Result<MasterKey, StoreError> {
    let service = wanted.sealing.service;
    let has = |purpose| rows.iter().any(|row| row.purpose == purpose);
    let mut first = Vec::new();
    if !has(SEAL) {
        let samples = samples(database, wanted.sealing).await?;
        if samples.is_empty() {
            source.make().await?;
        }
        let bytes = match samples.is_empty() {
            true => data_key::random()?,
            false => before(&wanted.place.file(service), &samples)?,
        };
        first.push(first_key(SEAL, bytes));
    }
    if let (false, Some(digests)) = (has(INDEX), wanted.digests) {
        let bytes = match digests {
            false => data_key::random()?,
            true => key_file::read(&wanted.place.file(&format!("{service}-index")), false)?,
        };
        first.push(first_key(INDEX, bytes));
    }
    let master = source.read_to_wrap().await?;
    let now = Utc::now().naive_utc();
    let wrap = |key: &DataKey| key.wrap(service, &master, now);
    let made: Vec<_> = first.iter().map(wrap).collect::<Result<_, _>>()?;
    let kept: Result<(), StoreError> =
        on_write!(database, keys, |c, q| q::insert(c, made.clone()).await);
    match kept {
        // Another daemon began them in this moment: its keys hold.
        Ok(()) | Err(StoreError::Conflict(_)) => Ok(master),
        Err(error) => Err(error),
    }
}

fn first_key(purpose: &str, bytes: KeyBytes) -> DataKey {
    DataKey {
        purpose: purpose.to_owned(),
        version: FIRST,
        bytes,
    }
}

/// A sealed value of each column that has any.
async fn samples(
    database: &Database,
    sealing: Sealing,
) -> Result<Vec<(Column, SealedRow)>, StoreError> {
    let mut samples = Vec::new();
    for column in sealing.columns {
        let rows = on_read!(database, keys, |c, q| {
            q::older(c, column, i32::MAX, None, SAMPLES).await?
        });
        samples.extend(rows.into_iter().map(|row| (*column, row)));
    }
    Ok(samples)
}

/// The key of an older program, which sealed by the key file itself; proved by what it sealed, of which something may be
/// damaged.
fn before(path: &Path, samples: &[(Column, SealedRow)]) -> Result<KeyBytes, SealError> {
    let key = first_key(SEAL, key_file::read(path, false)?);
    let keyring = Keyring::of(vec![key]);
    let opens = |(column, row): &(Column, SealedRow)| {
        let id = row.place_id();
        keyring.open_sealed(column.place(&id), &row.value()).is_ok()
    };
    match samples.iter().any(opens) {
        true => key_file::read(path, false),
        false => Err(SealError::OtherKeyFile {
            path: path.to_owned(),
        }),
    }
}
