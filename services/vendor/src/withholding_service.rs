//! The methods of `WithholdingService`. Changes end even when their caller leaves.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::withholding_service_server::WithholdingService;
use formfeed_runtime::detached;
use tonic::{Request, Response, Status};

use crate::Handlers;

#[tonic::async_trait]
impl WithholdingService for Handlers {
    async fn get_withholding_configuration(
        &self,
        request: Request<pb::GetWithholdingConfigurationRequest>,
    ) -> Result<Response<pb::WithholdingConfiguration>, Status> {
        Handlers::get_withholding_configuration(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_withholding_configurations(
        &self,
        request: Request<pb::ListWithholdingConfigurationsRequest>,
    ) -> Result<Response<pb::ListWithholdingConfigurationsResponse>, Status> {
        Handlers::list_withholding_configurations(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_withholding_configuration(
        &self,
        request: Request<pb::CreateWithholdingConfigurationRequest>,
    ) -> Result<Response<pb::WithholdingConfiguration>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_withholding_configuration(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_withholding_configuration(
        &self,
        request: Request<pb::UpdateWithholdingConfigurationRequest>,
    ) -> Result<Response<pb::WithholdingConfiguration>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_withholding_configuration(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn get_withholding_order(
        &self,
        request: Request<pb::GetWithholdingOrderRequest>,
    ) -> Result<Response<pb::WithholdingOrder>, Status> {
        Handlers::get_withholding_order(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_withholding_orders(
        &self,
        request: Request<pb::ListWithholdingOrdersRequest>,
    ) -> Result<Response<pb::ListWithholdingOrdersResponse>, Status> {
        Handlers::list_withholding_orders(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_withholding_order(
        &self,
        request: Request<pb::CreateWithholdingOrderRequest>,
    ) -> Result<Response<pb::WithholdingOrder>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_withholding_order(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_withholding_order(
        &self,
        request: Request<pb::UpdateWithholdingOrderRequest>,
    ) -> Result<Response<pb::WithholdingOrder>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_withholding_order(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn compute_withholding(
        &self,
        request: Request<pb::ComputeWithholdingRequest>,
    ) -> Result<Response<pb::Withholding>, Status> {
        Handlers::compute_withholding(self, request.into_inner())
            .await
            .map(Response::new)
    }
}
