//! The methods of `AccountService`. Changes end even when their caller leaves.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::account_service_server::AccountService;
use formfeed_runtime::detached;
use tonic::{Request, Response, Status};

use crate::Handlers;

#[tonic::async_trait]
impl AccountService for Handlers {
    async fn get_account(
        &self,
        request: Request<pb::GetAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        Handlers::get_account(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_accounts(
        &self,
        request: Request<pb::ListAccountsRequest>,
    ) -> Result<Response<pb::ListAccountsResponse>, Status> {
        Handlers::list_accounts(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_account(
        &self,
        request: Request<pb::CreateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_account(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_account(
        &self,
        request: Request<pb::UpdateAccountRequest>,
    ) -> Result<Response<pb::Account>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_account(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn get_relate_to_code(
        &self,
        request: Request<pb::GetRelateToCodeRequest>,
    ) -> Result<Response<pb::RelateToCode>, Status> {
        Handlers::get_relate_to_code(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_relate_to_codes(
        &self,
        request: Request<pb::ListRelateToCodesRequest>,
    ) -> Result<Response<pb::ListRelateToCodesResponse>, Status> {
        Handlers::list_relate_to_codes(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_relate_to_code(
        &self,
        request: Request<pb::CreateRelateToCodeRequest>,
    ) -> Result<Response<pb::RelateToCode>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_relate_to_code(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_relate_to_code(
        &self,
        request: Request<pb::UpdateRelateToCodeRequest>,
    ) -> Result<Response<pb::RelateToCode>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_relate_to_code(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }
}
