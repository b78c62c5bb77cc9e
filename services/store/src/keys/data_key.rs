//! A data key: random, wrapped by the master key for its place in the table.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::master::MasterKey;
use super::schema::data_keys;
use super::{KEY_BYTES, KeyBytes};
use crate::SealError;
use crate::seal::{self, Place, Sealed};

/// Seals values.
pub(crate) const SEAL: &str = "seal";
/// Makes digests.
pub(crate) const INDEX: &str = "index";
/// The key that wraps has no version: it is told by its check.
const MASTER_VERSION: i32 = 0;

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = data_keys, treat_none_as_default_value = false)]
pub(crate) struct DataKeyRow {
    pub(crate) purpose: String,
    pub(crate) version: i32,
    pub(crate) wrapped: Vec<u8>,
    pub(crate) master_check: String,
    pub(crate) create_time: NaiveDateTime,
    /// When everything was sealed anew with it.
    pub(crate) settle_time: Option<NaiveDateTime>,
}

/// A key in the open.
pub(crate) struct DataKey {
    pub(crate) purpose: String,
    pub(crate) version: i32,
    pub(crate) bytes: KeyBytes,
}

/// A new random key.
pub(crate) fn random() -> Result<KeyBytes, SealError> {
    let mut bytes = KeyBytes::new([0_u8; KEY_BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| SealError::NoRandomness)?;
    Ok(bytes)
}

/// Wraps a key for its place in the table of a service.
pub(crate) fn wrap(
    service: &str,
    (purpose, version): (&str, i32),
    bytes: &KeyBytes,
    master: &MasterKey,
    now: NaiveDateTime,
) -> Result<DataKeyRow, SealError> {
    let id = place_id(service, purpose, version);
    let sealed = seal::seal_with(&master.cipher, MASTER_VERSION, place(&id), bytes.as_slice())?;
    Ok(DataKeyRow {
        purpose: purpose.to_owned(),
        version,
        wrapped: sealed.bytes,
        master_check: master.check.clone(),
        create_time: now,
        settle_time: None,
    })
}

impl DataKey {
    /// Wraps it for the table of a service.
    pub(crate) fn wrap(
        &self,
        service: &str,
        master: &MasterKey,
        now: NaiveDateTime,
    ) -> Result<DataKeyRow, SealError> {
        let place = (self.purpose.as_str(), self.version);
        wrap(service, place, &self.bytes, master, now)
    }
}

impl DataKeyRow {
    /// Unwraps it.
    ///
    /// # Errors
    /// [`SealError::OtherMaster`], [`SealError::DoesNotOpen`].
    pub(crate) fn unwrap_with(
        &self,
        service: &str,
        master: &MasterKey,
    ) -> Result<DataKey, SealError> {
        if self.master_check != master.check {
            return Err(SealError::OtherMaster {
                wanted: self.master_check.clone(),
                found: master.check.clone(),
                source_name: master.source.clone(),
            });
        }
        let id = place_id(service, &self.purpose, self.version);
        let sealed = Sealed {
            key_version: MASTER_VERSION,
            bytes: self.wrapped.clone(),
        };
        let opened = seal::open_with(&master.cipher, place(&id), &sealed)?;
        let bytes = KeyBytes::try_from_slice(&opened).ok_or_else(|| SealError::DoesNotOpen {
            table: "data_keys".to_owned(),
            column: "wrapped".to_owned(),
        })?;
        Ok(DataKey {
            purpose: self.purpose.clone(),
            version: self.version,
            bytes,
        })
    }
}

fn place_id(service: &str, purpose: &str, version: i32) -> String {
    format!("{service}/{purpose}/{version}")
}

fn place(id: &str) -> Place<'_> {
    Place {
        table: "data_keys",
        column: "wrapped",
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_for_its_place_by_its_master_only() {
        let master = MasterKey::of("one", random().unwrap());
        let key = DataKey {
            purpose: SEAL.to_owned(),
            version: 1,
            bytes: random().unwrap(),
        };
        let row = key
            .wrap("vendor", &master, NaiveDateTime::default())
            .unwrap();
        let opened = row.unwrap_with("vendor", &master).unwrap();
        assert_eq!(opened.bytes.as_slice(), key.bytes.as_slice());
        let moved = DataKeyRow {
            version: 2,
            ..row.clone()
        };
        let does_not_open = |row: &DataKeyRow, service: &str| {
            matches!(
                row.unwrap_with(service, &master),
                Err(SealError::DoesNotOpen { .. })
            )
        };
        assert!(does_not_open(&moved, "vendor"));
        assert!(does_not_open(&row, "spooler"));
        let other = MasterKey::of("other", random().unwrap());
        assert!(matches!(
            row.unwrap_with("vendor", &other),
            Err(SealError::OtherMaster { .. })
        ));
    }
}
