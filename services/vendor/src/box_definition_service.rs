//! The methods of `BoxDefinitionService`. Changes end even when their caller leaves.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::box_definition_service_server::BoxDefinitionService;
use formfeed_runtime::detached;
use tonic::{Request, Response, Status};

use crate::Handlers;

#[tonic::async_trait]
impl BoxDefinitionService for Handlers {
    async fn get_box_definition(
        &self,
        request: Request<pb::GetBoxDefinitionRequest>,
    ) -> Result<Response<pb::BoxDefinition>, Status> {
        Handlers::get_box_definition(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_box_definitions(
        &self,
        request: Request<pb::ListBoxDefinitionsRequest>,
    ) -> Result<Response<pb::ListBoxDefinitionsResponse>, Status> {
        Handlers::list_box_definitions(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_box_definition(
        &self,
        request: Request<pb::CreateBoxDefinitionRequest>,
    ) -> Result<Response<pb::BoxDefinition>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_box_definition(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_box_definition(
        &self,
        request: Request<pb::UpdateBoxDefinitionRequest>,
    ) -> Result<Response<pb::BoxDefinition>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_box_definition(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn delete_box_definition(
        &self,
        request: Request<pb::DeleteBoxDefinitionRequest>,
    ) -> Result<Response<pb::DeleteBoxDefinitionResponse>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::delete_box_definition(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }
}
