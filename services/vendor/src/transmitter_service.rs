//! The methods of `TransmitterService`. Changes end even when their caller leaves.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::transmitter_service_server::TransmitterService;
use formfeed_runtime::detached;
use tonic::{Request, Response, Status};

use crate::Handlers;

#[tonic::async_trait]
impl TransmitterService for Handlers {
    async fn get_transmitter(
        &self,
        _: Request<pb::GetTransmitterRequest>,
    ) -> Result<Response<pb::Transmitter>, Status> {
        Handlers::get_transmitter(self).await.map(Response::new)
    }

    async fn update_transmitter(
        &self,
        request: Request<pb::UpdateTransmitterRequest>,
    ) -> Result<Response<pb::Transmitter>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_transmitter(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }
}
