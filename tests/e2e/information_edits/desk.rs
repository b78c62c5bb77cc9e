//! A clerk's desk: the small case calculated, and short words for the calls about its 1099 information.

use formfeed_proto::calculation as pb;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, request_id};
use formfeed_tests::world::World;
use pb::calculation_service_client::CalculationServiceClient;
use pb::information_edit_service_client::InformationEditServiceClient;
use tonic::{Code, Response, Status};

/// Payer TE1 in 2025.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a World,
    pub(crate) calculation: CalculationServiceClient<AuthChannel>,
    pub(crate) edits: InformationEditServiceClient<AuthChannel>,
    pub(crate) tax_year: i32,
}

impl<'a> Desk<'a> {
    /// The small case, calculated.
    pub(crate) async fn calculated(world: &'a World) -> Self {
        world.import_small().await;
        world.calculate("TE1", "2025").await;
        Self::at(world)
    }

    pub(crate) fn at(world: &'a World) -> Self {
        Self {
            world,
            calculation: CalculationServiceClient::new(world.channel(Service::Calculation)),
            edits: InformationEditServiceClient::new(world.channel(Service::Calculation)),
            tax_year: 2025,
        }
    }

    pub(crate) fn listing(&self) -> pb::ListInformationRequest {
        pb::ListInformationRequest {
            payer_id: "TE1".to_owned(),
            tax_year: self.tax_year,
            page_size: 3,
            ..pb::ListInformationRequest::default()
        }
    }

    /// Every row of a listing, page by page.
    pub(crate) async fn list(&self, listing: pb::ListInformationRequest) -> Vec<pb::Information> {
        let mut rows = Vec::new();
        let mut request = listing;
        loop {
            let mut calculation = self.calculation.clone();
            let page = calculation.list_information(request.clone()).await;
            let page = page.unwrap().into_inner();
            rows.extend(page.information);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                return rows;
            }
        }
    }

    pub(crate) async fn rows(&self) -> Vec<pb::Information> {
        self.list(self.listing()).await
    }

    /// One row, deleted or not.
    pub(crate) async fn row(&self, recipient: &str, income_type: &str) -> pb::Information {
        let listing = pb::ListInformationRequest {
            recipient_id: recipient.to_owned(),
            income_type: income_type.to_owned(),
            show_deleted: true,
            ..self.listing()
        };
        let mut rows = self.list(listing).await;
        assert_eq!(rows.len(), 1, "{recipient} {income_type}");
        rows.remove(0)
    }

    /// An edit of a row as it stands.
    pub(crate) fn edit(&self, row: &pb::Information, cents: i64) -> pb::EditInformationRequest {
        pb::EditInformationRequest {
            payer_id: row.payer_id.clone(),
            tax_year: row.tax_year,
            recipient_id: row.recipient_id.clone(),
            income_type: row.income_type.clone(),
            taxable_amount_cents: Some(cents),
            parts: None,
            reason: "the invoice says so".to_owned(),
            etag: row.etag.clone(),
            request_id: request_id::new(),
        }
    }

    pub(crate) async fn send(
        &self,
        request: pb::EditInformationRequest,
    ) -> Result<pb::Information, Status> {
        let edited = self.edits.clone().edit_information(request).await;
        edited.map(Response::into_inner)
    }

    pub(crate) fn addition(
        &self,
        recipient: &str,
        income_type: &str,
        cents: i64,
    ) -> pb::AddInformationRequest {
        pb::AddInformationRequest {
            payer_id: "TE1".to_owned(),
            tax_year: self.tax_year,
            recipient_id: recipient.to_owned(),
            income_type: income_type.to_owned(),
            taxable_amount_cents: cents,
            parts: None,
            reason: "paid in cash".to_owned(),
            request_id: request_id::new(),
        }
    }

    pub(crate) async fn add(
        &self,
        request: pb::AddInformationRequest,
    ) -> Result<pb::Information, Status> {
        let added = self.edits.clone().add_information(request).await;
        added.map(Response::into_inner)
    }

    pub(crate) async fn delete(&self, row: &pb::Information) -> Result<pb::Information, Status> {
        let request = pb::DeleteInformationRequest {
            payer_id: row.payer_id.clone(),
            tax_year: row.tax_year,
            recipient_id: row.recipient_id.clone(),
            income_type: row.income_type.clone(),
            reason: "not ours".to_owned(),
            etag: row.etag.clone(),
            request_id: request_id::new(),
        };
        let deleted = self.edits.clone().delete_information(request).await;
        deleted.map(Response::into_inner)
    }

    /// Reverts the edit of a row; with a blank income type that of the address code.
    pub(crate) async fn revert(
        &self,
        row: &pb::Information,
        income_type: &str,
    ) -> Result<Vec<pb::Information>, Status> {
        let request = pb::RevertInformationRequest {
            payer_id: row.payer_id.clone(),
            tax_year: row.tax_year,
            recipient_id: row.recipient_id.clone(),
            income_type: income_type.to_owned(),
            reason: "a mistake".to_owned(),
            etag: row.etag.clone(),
            request_id: request_id::new(),
        };
        let reverted = self.edits.clone().revert_information(request).await;
        reverted.map(|reverted| reverted.into_inner().information)
    }

    pub(crate) async fn address(
        &self,
        row: &pb::Information,
        code: &str,
    ) -> Result<Vec<pb::Information>, Status> {
        let request = pb::EditAddressCodeRequest {
            payer_id: row.payer_id.clone(),
            tax_year: row.tax_year,
            recipient_id: row.recipient_id.clone(),
            address_code: code.to_owned(),
            reason: "moved".to_owned(),
            etag: row.etag.clone(),
            request_id: request_id::new(),
        };
        let edited = self.edits.clone().edit_address_code(request).await;
        edited.map(|edited| edited.into_inner().information)
    }

    /// The history, newest first, two entries a page.
    pub(crate) async fn changes(&self, recipient: &str) -> Vec<pb::InformationChange> {
        let mut changes = Vec::new();
        let mut request = pb::ListInformationChangesRequest {
            payer_id: "TE1".to_owned(),
            tax_year: self.tax_year,
            recipient_id: recipient.to_owned(),
            page_size: 2,
            ..pb::ListInformationChangesRequest::default()
        };
        loop {
            let mut edits = self.edits.clone();
            let page = edits.list_information_changes(request.clone()).await;
            let page = page.unwrap().into_inner();
            changes.extend(page.changes);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                return changes;
            }
        }
    }

    /// The exceptions `kept_edit`, among all of them page by page.
    pub(crate) async fn kept(&self) -> Vec<pb::CalculationException> {
        let mut exceptions = Vec::new();
        let mut request = pb::ListExceptionsRequest {
            payer_id: "TE1".to_owned(),
            tax_year: self.tax_year,
            page_size: 2,
            ..pb::ListExceptionsRequest::default()
        };
        loop {
            let mut calculation = self.calculation.clone();
            let page = calculation.list_exceptions(request.clone()).await;
            let page = page.unwrap().into_inner();
            exceptions.extend(page.exceptions);
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        let ids: Vec<_> = exceptions.iter().map(|e| e.recipient_id.clone()).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        exceptions.retain(|exception| exception.reason == "kept_edit");
        exceptions
    }

    pub(crate) async fn calculate(&self) {
        self.world
            .calculate("TE1", &self.tax_year.to_string())
            .await;
    }

    /// The newest run.
    pub(crate) async fn last_run(&self) -> pb::Run {
        let request = pb::ListRunsRequest {
            page_size: 1,
            ..pb::ListRunsRequest::default()
        };
        let runs = self.calculation.clone().list_runs(request).await.unwrap();
        runs.into_inner().runs.remove(0)
    }
}

/// Code and reason.
pub(crate) fn told<T: std::fmt::Debug>(refused: Result<T, Status>) -> (Code, String) {
    let status = refused.unwrap_err();
    (status.code(), reason_of(&status).unwrap_or_default())
}

/// `told` that went as expected.
pub(crate) fn expect(code: Code, reason: &str) -> (Code, String) {
    (code, reason.to_owned())
}
