//! Who shares a TIN with whom, for the forms service: by key, never by number.

use formfeed_proto::convert::Violations;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::twin_service_server::TwinService;
use formfeed_store::vendor::Twin;
use tonic::{Request, Response, Status};

use crate::Handlers;
use crate::refusal::{store, valid};
use crate::versions::{missing, version_refs};

#[tonic::async_trait]
impl TwinService for Handlers {
    async fn batch_get_twins(
        &self,
        request: Request<pb::BatchGetTwinsRequest>,
    ) -> Result<Response<pb::BatchGetTwinsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let refs = version_refs(&mut bad, "refs", &request.refs);
        if request.refs.is_empty() {
            bad.add("refs", "is required");
        }
        let refs = valid(bad, Some(refs))?;
        let found = self.store.twins(&refs).await.map_err(store)?;
        let twins = refs.iter().zip(found).map(|(wanted, twins)| {
            let twins = twins.ok_or_else(|| missing(wanted))?;
            Ok(pb::Twins {
                others: twins.into_iter().map(message).collect(),
            })
        });
        let twins: Result<_, Status> = twins.collect();
        Ok(Response::new(pb::BatchGetTwinsResponse { twins: twins? }))
    }
}

fn message(twin: Twin) -> pb::Twin {
    pb::Twin {
        vendor_id: twin.vendor_id,
        versions: twin.versions,
    }
}
