//! The methods of `BNoticeService`. Changes end even when their caller leaves.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::b_notice_service_server::BNoticeService;
use formfeed_runtime::detached;
use tonic::{Request, Response, Status};

use crate::Handlers;
use crate::b_notice_letters::Letters;

#[tonic::async_trait]
impl BNoticeService for Handlers {
    type WriteBNoticeLettersStream = Letters;

    async fn get_b_notice(
        &self,
        request: Request<pb::GetBNoticeRequest>,
    ) -> Result<Response<pb::BNotice>, Status> {
        Handlers::get_b_notice(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_b_notices(
        &self,
        request: Request<pb::ListBNoticesRequest>,
    ) -> Result<Response<pb::ListBNoticesResponse>, Status> {
        Handlers::list_b_notices(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_b_notice(
        &self,
        request: Request<pb::CreateBNoticeRequest>,
    ) -> Result<Response<pb::BNotice>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_b_notice(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn delete_b_notice(
        &self,
        request: Request<pb::DeleteBNoticeRequest>,
    ) -> Result<Response<pb::DeleteBNoticeResponse>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::delete_b_notice(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn get_b_notice_standing(
        &self,
        request: Request<pb::GetBNoticeStandingRequest>,
    ) -> Result<Response<pb::BNoticeStanding>, Status> {
        Handlers::get_b_notice_standing(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn write_b_notice_letters(
        &self,
        request: Request<pb::WriteBNoticeLettersRequest>,
    ) -> Result<Response<Letters>, Status> {
        Handlers::write_b_notice_letters(self, request.into_inner())
            .await
            .map(Response::new)
    }
}
