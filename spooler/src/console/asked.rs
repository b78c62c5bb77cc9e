//! What a page needs of the spooler's services, asked as the person who reads it.

use formfeed_domain::spool::JobId;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::alignment_service_server::AlignmentService as _;
use formfeed_proto::spooler::job_service_server::JobService as _;
use formfeed_proto::spooler::printer_service_server::PrinterService as _;
use formfeed_store::spooler::Recorded;
use tonic::Status;

use super::person::Person;
use crate::service::refused;

/// Most printers of one console.
const PRINTERS: i32 = 500;
/// Decisions for a second person that are shown.
const PROPOSALS: i32 = 50;
/// Decisions of one read.
const DECISIONS: i32 = 1_000;

impl Person {
    pub(super) async fn job(&self, id: &str) -> Result<pb::Job, Status> {
        let request = pb::GetJobRequest {
            name: format!("jobs/{id}"),
            ..pb::GetJobRequest::default()
        };
        let request = self.asks("JobService/GetJob", request)?;
        let answer = self.console().handlers.get_job(request).await?;
        Ok(answer.into_inner())
    }

    pub(super) async fn jobs(
        &self,
        request: pb::ListJobsRequest,
    ) -> Result<pb::ListJobsResponse, Status> {
        let request = self.asks("JobService/ListJobs", request)?;
        let answer = self.console().handlers.list_jobs(request).await?;
        Ok(answer.into_inner())
    }

    /// The decisions that wait for a second person, the oldest first.
    pub(super) async fn proposals(&self) -> Result<pb::ListProposalsResponse, Status> {
        let request = pb::ListProposalsRequest {
            page_size: PROPOSALS,
            ..pb::ListProposalsRequest::default()
        };
        let request = self.asks("JobService/ListProposals", request)?;
        let answer = self.console().handlers.list_proposals(request).await?;
        Ok(answer.into_inner())
    }

    pub(super) async fn sheets(
        &self,
        request: pb::ListSheetsRequest,
    ) -> Result<pb::ListSheetsResponse, Status> {
        let request = self.asks("JobService/ListSheets", request)?;
        let answer = self.console().handlers.list_sheets(request).await?;
        Ok(answer.into_inner())
    }

    /// One sheet of a job.
    pub(super) async fn sheet(&self, job: &str, number: i32) -> Result<pb::Sheet, Status> {
        let none = || Status::not_found(format!("the job has no sheet {number}"));
        let ids = JobId::new(job).map_err(|_| none())?;
        // Rights and refusals of the list; the sheet itself is one of a page of one.
        self.asks("JobService/ListSheets", ())?;
        let before = u32::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let store = self.console().handlers.store();
        let found = store.sheets(&ids, before.ok_or_else(none)?, 1, false).await;
        let found = found.map_err(refused)?;
        let sheet = found.first().map(formfeed_proto::convert::job::sheet_to);
        sheet
            .filter(|sheet| sheet.number == number)
            .ok_or_else(none)
    }

    /// Every decision about a job, the oldest first.
    pub(super) async fn decisions(&self, job: &str) -> Result<Vec<pb::Decision>, Status> {
        let mut request = pb::ListDecisionsRequest {
            job: format!("jobs/{job}"),
            page_size: DECISIONS,
            ..pb::ListDecisionsRequest::default()
        };
        let mut all = Vec::new();
        loop {
            let asked = self.asks("JobService/ListDecisions", request.clone())?;
            let page = self.console().handlers.list_decisions(asked).await?;
            let page = page.into_inner();
            all.extend(page.decisions);
            if page.next_page_token.is_empty() {
                return Ok(all);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The newest decisions about a job, the newest first.
    pub(super) async fn newest_decisions(
        &self,
        job: &str,
        limit: usize,
    ) -> Result<Vec<Recorded>, Status> {
        self.asks("JobService/ListDecisions", ())?;
        let none = |_| Status::not_found("there is no such job");
        let job = JobId::new(job).map_err(none)?;
        let store = self.console().handlers.store();
        store.newest_decisions(&job, limit).await.map_err(refused)
    }

    pub(super) async fn printer(&self, id: &str) -> Result<pb::Printer, Status> {
        let request = pb::GetPrinterRequest {
            name: format!("printers/{id}"),
        };
        let request = self.asks("PrinterService/GetPrinter", request)?;
        let answer = self.console().handlers.get_printer(request).await?;
        Ok(answer.into_inner())
    }

    pub(super) async fn printers(&self) -> Result<Vec<pb::Printer>, Status> {
        let request = pb::ListPrintersRequest {
            page_size: PRINTERS,
            ..pb::ListPrintersRequest::default()
        };
        let request = self.asks("PrinterService/ListPrinters", request)?;
        let answer = self.console().handlers.list_printers(request).await?;
        Ok(answer.into_inner().printers)
    }

    pub(super) async fn stock_report(&self, printer: &str) -> Result<pb::StockReport, Status> {
        let request = pb::GetStockReportRequest {
            name: format!("printers/{printer}"),
        };
        let request = self.asks("PrinterService/GetStockReport", request)?;
        let answer = self.console().handlers.get_stock_report(request).await?;
        Ok(answer.into_inner())
    }

    pub(super) async fn alignments(&self, printer: &str) -> Result<Vec<pb::Alignment>, Status> {
        let request = pb::ListAlignmentsRequest {
            printer: format!("printers/{printer}"),
        };
        let request = self.asks("AlignmentService/ListAlignments", request)?;
        let answer = self.console().handlers.list_alignments(request).await?;
        Ok(answer.into_inner().alignments)
    }
}
