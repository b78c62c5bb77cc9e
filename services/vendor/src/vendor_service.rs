//! The methods of `VendorService`. Changes end even when their caller leaves.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_service_server::VendorService;
use formfeed_runtime::{access, detached};
use tonic::{Request, Response, Status};

use crate::Handlers;
use crate::versions::Vendors;

#[tonic::async_trait]
impl VendorService for Handlers {
    type StreamVendorsStream = Vendors;

    async fn get_vendor(
        &self,
        request: Request<pb::GetVendorRequest>,
    ) -> Result<Response<pb::Vendor>, Status> {
        Handlers::get_vendor(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_vendors(
        &self,
        request: Request<pb::ListVendorsRequest>,
    ) -> Result<Response<pb::ListVendorsResponse>, Status> {
        Handlers::list_vendors(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_vendor(
        &self,
        request: Request<pb::CreateVendorRequest>,
    ) -> Result<Response<pb::Vendor>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_vendor(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_vendor(
        &self,
        request: Request<pb::UpdateVendorRequest>,
    ) -> Result<Response<pb::Vendor>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_vendor(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn get_vendor_address(
        &self,
        request: Request<pb::GetVendorAddressRequest>,
    ) -> Result<Response<pb::VendorAddress>, Status> {
        Handlers::get_vendor_address(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_vendor_addresses(
        &self,
        request: Request<pb::ListVendorAddressesRequest>,
    ) -> Result<Response<pb::ListVendorAddressesResponse>, Status> {
        Handlers::list_vendor_addresses(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_vendor_address(
        &self,
        request: Request<pb::CreateVendorAddressRequest>,
    ) -> Result<Response<pb::VendorAddress>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::create_vendor_address(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn update_vendor_address(
        &self,
        request: Request<pb::UpdateVendorAddressRequest>,
    ) -> Result<Response<pb::VendorAddress>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::update_vendor_address(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn deactivate_vendor(
        &self,
        request: Request<pb::DeactivateVendorRequest>,
    ) -> Result<Response<pb::Vendor>, Status> {
        let (this, request) = (self.clone(), request.into_inner());
        let work = async move { Handlers::deactivate_vendor(&this, request).await };
        detached::finish(work).await.map(Response::new)
    }

    async fn stream_vendors(
        &self,
        _: Request<pb::StreamVendorsRequest>,
    ) -> Result<Response<Vendors>, Status> {
        Ok(Response::new(Handlers::stream_vendors(self)))
    }

    async fn batch_get_vendor_versions(
        &self,
        request: Request<pb::BatchGetVendorVersionsRequest>,
    ) -> Result<Response<pb::BatchGetVendorVersionsResponse>, Status> {
        Handlers::batch_get_vendor_versions(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn release_tins(
        &self,
        request: Request<pb::ReleaseTinsRequest>,
    ) -> Result<Response<pb::ReleaseTinsResponse>, Status> {
        let caller = access::caller(&request);
        let released = Handlers::release_tins(self, request.into_inner(), &caller).await;
        released.map(Response::new)
    }
}
