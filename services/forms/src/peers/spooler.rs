//! The spooler: printers, and the jobs that forms become.

use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_proto::spooler::printer_service_client::PrinterServiceClient;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::{Connector, sized};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use super::explained;

/// Sheets of a page.
const SHEETS_PER_PAGE: i32 = 500;

/// The way to the spooler.
#[derive(Debug, Clone)]
pub(crate) struct Spooler(pub(super) Connector);

/// The events of a job as they come.
pub(crate) struct Events {
    stream: Streaming<pb::JobEvent>,
    connector: Connector,
}

impl Spooler {
    /// Makes sure that there is such a printer.
    pub(crate) async fn printer(&self, name: &str) -> Result<pb::Printer, Status> {
        let request = pb::GetPrinterRequest {
            name: name.to_owned(),
        };
        let mut client = sized!(PrinterServiceClient::new(self.0.channel()), self.0.limits());
        let answered = client.get_printer(request).await;
        self.answer(answered.map(tonic::Response::into_inner))
    }

    /// Seals what comes through the channel as a job; the channel's end is the job's end.
    pub(crate) async fn submit(
        &self,
        parts: mpsc::Receiver<pb::SubmitJobRequest>,
    ) -> Result<pb::Job, Status> {
        let mut client = self.client();
        let answered = client.submit_job(ReceiverStream::new(parts)).await;
        self.answer(answered.map(tonic::Response::into_inner))
    }

    /// Seals a Form 1096 as a job.
    pub(crate) async fn submit_transmittal(
        &self,
        request: pb::SubmitTransmittalRequest,
    ) -> Result<pb::Job, Status> {
        let answered = self.client().submit_transmittal(request).await;
        self.answer(answered.map(tonic::Response::into_inner))
    }

    /// One job with its report.
    pub(crate) async fn job(&self, name: &str) -> Result<pb::Job, Status> {
        let request = pb::GetJobRequest {
            name: name.to_owned(),
            ..pb::GetJobRequest::default()
        };
        let answered = self.client().get_job(request).await;
        self.answer(answered.map(tonic::Response::into_inner))
    }

    /// The sheets of a job, by number.
    pub(crate) async fn sheets(&self, name: &str) -> Result<Vec<pb::Sheet>, Status> {
        let mut sheets = Vec::new();
        let mut request = pb::ListSheetsRequest {
            job: name.to_owned(),
            page_size: SHEETS_PER_PAGE,
            ..pb::ListSheetsRequest::default()
        };
        loop {
            let answered = self.client().list_sheets(request.clone()).await;
            let page = self.answer(answered.map(tonic::Response::into_inner))?;
            sheets.extend(page.sheets);
            if page.next_page_token.is_empty() {
                return Ok(sheets);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Every event of a job after a sequence number.
    pub(crate) async fn watch(&self, name: &str, after_sequence: i64) -> Result<Events, Status> {
        let request = pb::WatchJobRequest {
            name: name.to_owned(),
            after_sequence,
        };
        let answered = self.client().watch_job(request).await;
        Ok(Events {
            stream: self.answer(answered.map(tonic::Response::into_inner))?,
            connector: self.0.clone(),
        })
    }

    fn client(&self) -> JobServiceClient<AuthChannel> {
        sized!(JobServiceClient::new(self.0.channel()), self.0.limits())
    }

    fn answer<T>(&self, answered: Result<T, Status>) -> Result<T, Status> {
        answered.map_err(|status| explained(&self.0, status))
    }
}

impl Events {
    /// The next event; none when the job has ended.
    pub(crate) async fn next(&mut self) -> Result<Option<pb::JobEvent>, Status> {
        let next = self.stream.message().await;
        next.map_err(|status| explained(&self.connector, status))
    }
}
