//! The calculation service: 1099 information, and who was skipped.

use formfeed_domain::{PayerId, TaxYear};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::calculation_service_client::CalculationServiceClient;
use formfeed_proto::calculation::information_edit_service_client::InformationEditServiceClient;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::{Connector, sized};
use tonic::Status;

use super::explained;
use super::standing_runs::{has_results, standing};
use crate::feed::Pages;

/// Entries of a page of runs.
const RUNS_PER_PAGE: i32 = 100;
/// Entries of a page of changes.
const CHANGES_PER_PAGE: i32 = 1_000;

/// The way to the calculation service.
#[derive(Debug, Clone)]
pub(crate) struct Calculation(pub(super) Connector);

impl Calculation {
    /// Whether a run of the payer and year was ever completed.
    pub(crate) async fn has_completed_run(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<bool, Status> {
        let last = self.last_run(payer_id, tax_year).await?;
        Ok(last.is_some())
    }

    /// Whether a user made a run whose figures are in the 1099 information of the payer and year.
    pub(crate) async fn was_calculated_by(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
        user: &str,
    ) -> Result<bool, Status> {
        let mut runs = Vec::new();
        let mut token = String::new();
        loop {
            let page = self.runs(payer_id, tax_year, token).await?;
            runs.extend(page.runs);
            token = page.next_page_token;
            if token.is_empty() {
                let standing = standing(runs);
                return Ok(standing.iter().any(|run| run.user == user));
            }
        }
    }

    /// Whether a user ever changed the 1099 information of the payer and year.
    pub(crate) async fn was_edited_by(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
        user: &str,
    ) -> Result<bool, Status> {
        let mut edits = sized!(
            InformationEditServiceClient::new(self.0.channel()),
            self.0.limits()
        );
        let mut request = pb::ListInformationChangesRequest {
            payer_id: payer_id.to_string(),
            tax_year: tax_year.year(),
            page_size: CHANGES_PER_PAGE,
            ..pb::ListInformationChangesRequest::default()
        };
        loop {
            let answered = edits.list_information_changes(request.clone()).await;
            let page = answered
                .map_err(|status| explained(&self.0, status))?
                .into_inner();
            if page.changes.iter().any(|change| change.user == user) {
                return Ok(true);
            }
            if page.next_page_token.is_empty() {
                return Ok(false);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// How the last completed run of the payer and year calculated; none if there is no such run.
    pub(crate) async fn last_method(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<Option<pb::Method>, Status> {
        let last = self.last_run(payer_id, tax_year).await?;
        Ok(last.map(|run| run.method()))
    }

    async fn last_run(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<Option<pb::Run>, Status> {
        let mut token = String::new();
        loop {
            let page = self.runs(payer_id, tax_year, token).await?;
            if let Some(run) = page.runs.into_iter().find(has_results) {
                return Ok(Some(run));
            }
            token = page.next_page_token;
            if token.is_empty() {
                return Ok(None);
            }
        }
    }

    /// A page of the runs of the payer and year, newest first.
    async fn runs(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
        page_token: String,
    ) -> Result<pb::ListRunsResponse, Status> {
        let request = pb::ListRunsRequest {
            page_size: RUNS_PER_PAGE,
            page_token,
            payer_id: payer_id.to_string(),
            tax_year: tax_year.year(),
        };
        let answered = self.client().list_runs(request).await;
        let page = answered.map_err(|status| explained(&self.0, status))?;
        Ok(page.into_inner())
    }

    /// The rows of one recipient: one for each income type at most.
    pub(crate) async fn information_of(
        &self,
        (payer_id, tax_year): (&str, i32),
        recipient_id: &str,
    ) -> Result<Vec<pb::Information>, Status> {
        let request = pb::ListInformationRequest {
            payer_id: payer_id.to_owned(),
            tax_year,
            recipient_id: recipient_id.to_owned(),
            ..pb::ListInformationRequest::default()
        };
        let answered = self.client().list_information(request).await;
        let page = answered.map_err(|status| explained(&self.0, status))?;
        Ok(page.into_inner().information)
    }

    fn client(&self) -> CalculationServiceClient<AuthChannel> {
        sized!(
            CalculationServiceClient::new(self.0.channel()),
            self.0.limits()
        )
    }
}

/// The pages of the 1099 information of a payer and year.
pub(crate) struct InformationPages {
    pub(crate) calculation: Calculation,
    pub(crate) payer_id: PayerId,
    pub(crate) tax_year: TaxYear,
    pub(crate) page_size: i32,
}

impl Pages for InformationPages {
    type Entry = pb::Information;

    async fn page(&self, token: String) -> Result<(Vec<pb::Information>, String), Status> {
        let request = pb::ListInformationRequest {
            payer_id: self.payer_id.to_string(),
            tax_year: self.tax_year.year(),
            page_size: self.page_size,
            page_token: token,
            ..pb::ListInformationRequest::default()
        };
        let answered = self.calculation.client().list_information(request).await;
        let page = answered
            .map_err(|status| explained(&self.calculation.0, status))?
            .into_inner();
        Ok((page.information, page.next_page_token))
    }

    fn recipient(entry: &pb::Information) -> &str {
        &entry.recipient_id
    }
}

/// The pages of the recipients of a payer and year without 1099 information.
pub(crate) struct SkippedPages {
    pub(crate) calculation: Calculation,
    pub(crate) payer_id: PayerId,
    pub(crate) tax_year: TaxYear,
    pub(crate) page_size: i32,
}

impl Pages for SkippedPages {
    type Entry = pb::SkippedRecipient;

    async fn page(&self, token: String) -> Result<(Vec<pb::SkippedRecipient>, String), Status> {
        let request = pb::ListSkippedRecipientsRequest {
            payer_id: self.payer_id.to_string(),
            tax_year: self.tax_year.year(),
            page_size: self.page_size,
            page_token: token,
        };
        let mut client = self.calculation.client();
        let answered = client.list_skipped_recipients(request).await;
        let page = answered
            .map_err(|status| explained(&self.calculation.0, status))?
            .into_inner();
        Ok((page.skipped, page.next_page_token))
    }

    fn recipient(entry: &pb::SkippedRecipient) -> &str {
        &entry.recipient_id
    }
}

/// The pages of the exceptions of a payer and year.
pub(crate) struct ExceptionPages {
    pub(crate) calculation: Calculation,
    pub(crate) payer_id: PayerId,
    pub(crate) tax_year: TaxYear,
    pub(crate) page_size: i32,
}

impl Pages for ExceptionPages {
    type Entry = pb::CalculationException;

    async fn page(&self, token: String) -> Result<(Vec<pb::CalculationException>, String), Status> {
        let request = pb::ListExceptionsRequest {
            payer_id: self.payer_id.to_string(),
            tax_year: self.tax_year.year(),
            page_size: self.page_size,
            page_token: token,
        };
        let answered = self.calculation.client().list_exceptions(request).await;
        let page = answered
            .map_err(|status| explained(&self.calculation.0, status))?
            .into_inner();
        Ok((page.exceptions, page.next_page_token))
    }

    fn recipient(entry: &pb::CalculationException) -> &str {
        &entry.recipient_id
    }
}
