//! Another master key around the data keys of a service, whether the service works or not.

use chrono::Utc;

use super::{KeyPlace, Keyed, MasterSource};
use crate::spooler::SpoolerStore;
use crate::vendor::VendorStore;
use crate::{DatabaseUrl, SealError, StoreError};

/// What the connections to PostgreSQL are called.
const INSTANCE: &str = "keys";

/// Wraps the data keys of a service by another master key; answers how many. Keys that are wrapped by it already stay as
/// they are, and a service that seals nothing has none. A service at work knows its data keys already, and needs the new
/// master key at its next start.
///
/// # Errors
/// When a master key cannot be had, the database does not open, or its keys are wrapped by neither: then nothing is changed.
pub async fn change_master(
    service: &str,
    url: &DatabaseUrl,
    place: &KeyPlace,
    to: &MasterSource,
) -> Result<usize, StoreError> {
    match service {
        "vendor" => {
            let open = async |place: &KeyPlace| VendorStore::open(url, place, Utc::now()).await;
            changed(open, place, to).await
        }
        "spooler" => {
            let open = async |place: &KeyPlace| SpoolerStore::open(url, place, INSTANCE).await;
            changed(open, place, to).await
        }
        _ => Ok(0),
    }
}

async fn changed<S: Keyed>(
    open: impl AsyncFn(&KeyPlace) -> Result<S, StoreError>,
    place: &KeyPlace,
    to: &MasterSource,
) -> Result<usize, StoreError> {
    match open(place).await {
        Ok(store) => store.keys().change_master(to).await,
        Err(StoreError::Seal(SealError::OtherMaster { .. })) => {
            let changed_before = KeyPlace {
                master: Some(to.clone()),
                ..place.clone()
            };
            open(&changed_before).await.map(|_| 0)
        }
        Err(error) => Err(error),
    }
}
