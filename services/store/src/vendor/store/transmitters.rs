//! The transmitter of electronic files, and its number.

use chrono::{DateTime, Utc};
use formfeed_domain::Tin;
use formfeed_domain::transmitter::Transmitter;

use super::VendorStore;
use super::requests::{replaced, revision, tin_word};
use crate::vendor::rows::TransmitterRow;
use crate::vendor::sealed_tin::TinColumns;
use crate::vendor::{KeepError, Stamp, TransmitterRecord};
use crate::{StoreError, panic_point};

impl VendorStore {
    /// The transmitter, once it is set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn transmitter(&self) -> Result<Option<TransmitterRecord>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::transmitters::get(c).await?
        });
        row.map(TransmitterRow::record).transpose()
    }

    /// Sets the transmitter, or replaces one that still is as it was `read`. Without a number it keeps the one it had.
    ///
    /// # Errors
    /// [`KeepError::Stale`]; [`StoreError::Conflict`] when another has set it meanwhile.
    pub async fn keep_transmitter(
        &self,
        transmitter: &Transmitter,
        read: Option<&Stamp>,
        now: DateTime<Utc>,
    ) -> Result<TransmitterRecord, KeepError> {
        let stamp = read.map_or_else(|| Stamp::first(now), |read| read.next(now));
        let mut row = TransmitterRow::new(transmitter, &stamp);
        let tin = transmitter.tin.as_ref();
        row.set_tin(TinColumns::seal(&self.keyring, TransmitterRow::PLACE, tin)?);
        let row = on_write!(self.database, vendor, |c, q| {
            let mut row = row.clone();
            match read {
                None => q::transmitters::insert(c, &row).await?,
                Some(read) => {
                    if let (None, Some(before)) = (tin, q::transmitters::get(c).await?) {
                        row.set_tin(before.tin());
                    }
                    replaced(q::transmitters::replace(c, &row, read.revision).await?)?;
                }
            }
            panic_point("vendor-transaction", tin.map_or("none", Tin::digits));
            let details = revision(stamp.revision).word("tin", tin_word(tin.is_none()));
            self.auditor
                .note(c, "transmitter.update", "transmitter", details)
                .await?;
            Ok::<_, KeepError>(row)
        })?;
        Ok(row.record()?)
    }

    /// The transmitter's number, for an electronic file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_transmitter_tin(&self) -> Result<Option<Tin>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::transmitters::get(c).await?
        });
        match row {
            Some(row) => row.tin().open(&self.keyring, TransmitterRow::PLACE),
            None => Ok(None),
        }
    }
}
