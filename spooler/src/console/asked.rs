//! What a page needs of the spooler's services, asked as the person who reads it.

use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::alignment_service_server::AlignmentService as _;
use formfeed_proto::spooler::job_service_server::JobService as _;
use formfeed_proto::spooler::printer_service_server::PrinterService as _;
use tonic::Status;

use super::person::Person;

/// Most printers of one console.
const PRINTERS: i32 = 500;

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
        let ids = formfeed_domain::spool::JobId::new(job).map_err(|_| none())?;
        // Rights and refusals of the list; the sheet itself is one of a page of one.
        self.asks("JobService/ListSheets", ())?;
        let before = u32::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let store = self.console().handlers.store();
        let found = store.sheets(&ids, before.ok_or_else(none)?, 1, false).await;
        let found = found.map_err(crate::service::refused)?;
        let sheet = found.first().map(formfeed_proto::convert::job::sheet_to);
        sheet
            .filter(|sheet| sheet.number == number)
            .ok_or_else(none)
    }

    pub(super) async fn decisions(&self, job: &str) -> Result<Vec<pb::Decision>, Status> {
        let request = pb::ListDecisionsRequest {
            job: format!("jobs/{job}"),
            page_size: 200,
            ..pb::ListDecisionsRequest::default()
        };
        let request = self.asks("JobService/ListDecisions", request)?;
        let answer = self.console().handlers.list_decisions(request).await?;
        Ok(answer.into_inner().decisions)
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
