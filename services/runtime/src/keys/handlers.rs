//! The methods of `KeyService`.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use formfeed_proto::convert;
use formfeed_proto::keys as pb;
use formfeed_proto::keys::key_service_server::KeyService;
use formfeed_store::StoreError;
use formfeed_store::keys::{Keyed, VersionState};
use tonic::{Request, Response, Status};
use tracing::info;

use super::resealing::Work;
use crate::detached;
use crate::reason;
use crate::status::{IntoStatus as _, Refusal};

/// The handlers of one service's keys.
#[derive(Clone)]
pub struct KeyHandlers {
    pub(super) store: Arc<dyn Keyed>,
    pub(super) work: Arc<Work>,
}

#[tonic::async_trait]
impl KeyService for KeyHandlers {
    async fn get_keys(
        &self,
        _: Request<pb::GetKeysRequest>,
    ) -> Result<Response<pb::GetKeysResponse>, Status> {
        let state = self.store.keys().state().await;
        let state = state.map_err(|error| error.into_status())?;
        let newest = state.versions.last().map_or(0, |key| key.version);
        let walked = self.work.walked.load(Ordering::Relaxed);
        let resealing = state.versions.len() > 1 && walked < newest;
        let unreadable = match resealing {
            true => 0,
            false => self.work.unreadable.load(Ordering::Relaxed),
        };
        Ok(Response::new(pb::GetKeysResponse {
            master_source: state.master_source,
            master_check: state.master_check,
            versions: state.versions.into_iter().map(version).collect(),
            resealing,
            unreadable: number(unreadable),
        }))
    }

    async fn rotate_key(
        &self,
        request: Request<pb::RotateKeyRequest>,
    ) -> Result<Response<pb::RotateKeyResponse>, Status> {
        let reason = convert::rotate_key_from(request.get_ref());
        let reason = reason.map_err(|bad| Refusal::violations(&bad).into_status())?;
        let this = self.clone();
        let version = detached::finish(async move { this.rotate(&reason).await }).await?;
        Ok(Response::new(pb::RotateKeyResponse { version }))
    }
}

impl KeyHandlers {
    async fn rotate(&self, reason: &str) -> Result<i32, Status> {
        let made = self.store.keys().rotate(reason).await;
        let version = made.map_err(refused)?;
        let service = self.store.keys().service();
        info!(
            version,
            "Version {version} of the {service} key seals from now on"
        );
        self.work.wanted.notify_one();
        Ok(version)
    }
}

/// Why the master key does not serve is for who administers it.
fn refused(error: StoreError) -> Status {
    match error {
        StoreError::Seal(error) => {
            Refusal::failed_precondition(reason::MASTER_KEY_UNUSABLE, error.to_string())
                .into_status()
        }
        other => other.into_status(),
    }
}

fn version(state: VersionState) -> pb::KeyVersion {
    pb::KeyVersion {
        version: state.version,
        create_time: Some(convert::timestamp_to(state.created)),
        values: number(state.values),
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
