//! The methods of edits. The rows' are in `row_edits.rs`, the address code's in `address_code_edits.rs`, the history's
//! in `information_changes.rs`.

use std::sync::Arc;

use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::information_edit_service_server::InformationEditService;
use formfeed_store::calculation::{CalculationStore, EditRequest};
use prost::Message;
use tonic::{Request, Response, Status};

use crate::edit_request::answer;
use crate::error::edit_status;
use crate::vendors::Vendors;

/// The handlers.
#[derive(Clone)]
pub(crate) struct EditHandlers {
    pub(crate) store: Arc<CalculationStore>,
    pub(crate) vendors: Vendors,
}

impl EditHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>, vendors: Vendors) -> Self {
        Self { store, vendors }
    }

    /// What the request was answered before, if it came before: then no other service is asked.
    pub(crate) async fn answered<M: Message + Default>(
        &self,
        request: &EditRequest,
    ) -> Result<Option<Response<M>>, Status> {
        let before = self.store.edit_answered(request).await;
        let before = before.map_err(|error| edit_status(error, &request.request_id))?;
        before.map(|bytes| answer(&bytes)).transpose()
    }
}

#[tonic::async_trait]
impl InformationEditService for EditHandlers {
    async fn edit_information(
        &self,
        request: Request<pb::EditInformationRequest>,
    ) -> Result<Response<pb::Information>, Status> {
        self.change_information(request).await
    }

    async fn edit_address_code(
        &self,
        request: Request<pb::EditAddressCodeRequest>,
    ) -> Result<Response<pb::EditAddressCodeResponse>, Status> {
        self.change_address(request).await
    }

    async fn add_information(
        &self,
        request: Request<pb::AddInformationRequest>,
    ) -> Result<Response<pb::Information>, Status> {
        self.add_row(request).await
    }

    async fn delete_information(
        &self,
        request: Request<pb::DeleteInformationRequest>,
    ) -> Result<Response<pb::Information>, Status> {
        self.delete_row(request).await
    }

    async fn revert_information(
        &self,
        request: Request<pb::RevertInformationRequest>,
    ) -> Result<Response<pb::RevertInformationResponse>, Status> {
        match request.get_ref().income_type.is_empty() {
            true => self.revert_address_code(request).await,
            false => self.revert_row(request).await,
        }
    }

    async fn list_information_changes(
        &self,
        request: Request<pb::ListInformationChangesRequest>,
    ) -> Result<Response<pb::ListInformationChangesResponse>, Status> {
        self.changes(request).await
    }
}
