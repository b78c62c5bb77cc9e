//! The methods of `PayerService`. Changes end even when their caller leaves.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::payer_service_server::PayerService;
use formfeed_runtime::detached;
use tonic::{Request, Response, Status};

use crate::Handlers;

#[tonic::async_trait]
impl PayerService for Handlers {
    async fn get_payer(
        &self,
        request: Request<pb::GetPayerRequest>,
    ) -> Result<Response<pb::Payer>, Status> {
        Handlers::get_payer(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_payers(
        &self,
        request: Request<pb::ListPayersRequest>,
    ) -> Result<Response<pb::ListPayersResponse>, Status> {
        Handlers::list_payers(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_payer(
        &self,
        request: Request<pb::CreatePayerRequest>,
    ) -> Result<Response<pb::Payer>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_payer(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_payer(
        &self,
        request: Request<pb::UpdatePayerRequest>,
    ) -> Result<Response<pb::Payer>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_payer(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn get_organization(
        &self,
        request: Request<pb::GetOrganizationRequest>,
    ) -> Result<Response<pb::Organization>, Status> {
        Handlers::get_organization(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_organizations(
        &self,
        request: Request<pb::ListOrganizationsRequest>,
    ) -> Result<Response<pb::ListOrganizationsResponse>, Status> {
        Handlers::list_organizations(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_organization(
        &self,
        request: Request<pb::CreateOrganizationRequest>,
    ) -> Result<Response<pb::Organization>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_organization(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_organization(
        &self,
        request: Request<pb::UpdateOrganizationRequest>,
    ) -> Result<Response<pb::Organization>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_organization(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn get_cash_account(
        &self,
        request: Request<pb::GetCashAccountRequest>,
    ) -> Result<Response<pb::CashAccount>, Status> {
        Handlers::get_cash_account(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_cash_accounts(
        &self,
        request: Request<pb::ListCashAccountsRequest>,
    ) -> Result<Response<pb::ListCashAccountsResponse>, Status> {
        Handlers::list_cash_accounts(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_cash_account(
        &self,
        request: Request<pb::CreateCashAccountRequest>,
    ) -> Result<Response<pb::CashAccount>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_cash_account(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_cash_account(
        &self,
        request: Request<pb::UpdateCashAccountRequest>,
    ) -> Result<Response<pb::CashAccount>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_cash_account(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }
}
