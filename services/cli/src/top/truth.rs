//! What the screen shows: printers, the queue and the questions, as the spooler told them at one moment.

use chrono::{DateTime, Local};
use formfeed_proto::spooler as pb;
use pb::job::State;
use pb::job_service_client::JobServiceClient;
use pb::printer_service_client::PrinterServiceClient;

use super::question::Question;
use crate::commands::job_view::{listed_sheets, waits_for_a_person};
use crate::connect::{Link, client};
use crate::errors::CliError;
use crate::pages::{self, PAGE_SIZE};

/// More open jobs than this are not shown.
const MOST_JOBS: usize = 2_000;

/// The state of the print room.
#[derive(Debug, Clone)]
pub(super) struct Truth {
    /// By name.
    pub(super) printers: Vec<pb::Printer>,
    /// Those that have not ended: at work first, then in the order in which they are printed.
    pub(super) jobs: Vec<pb::Job>,
    /// Whether there are more jobs than these.
    pub(super) has_more: bool,
    /// What waits for a person, oldest job first.
    pub(super) questions: Vec<Question>,
    /// When it was told.
    pub(super) at: DateTime<Local>,
}

/// Asks the spooler.
///
/// # Errors
/// When it does not answer.
pub(super) async fn look(link: &Link) -> Result<Truth, CliError> {
    let printers = printers(link).await?;
    let (mut jobs, has_more) = open_jobs(link).await?;
    jobs.sort_by_key(place_in_line);
    let mut questions = Vec::new();
    let mut waiting: Vec<_> = jobs.iter().filter(|job| waits_for_a_person(job)).collect();
    waiting.sort_by_key(|job| created(job));
    for job in waiting {
        let undecided_only = job.state() != State::Stopped;
        let sheets = listed_sheets(link, &job.name, undecided_only).await?;
        questions.extend(Question::of(job, sheets));
    }
    Ok(Truth {
        printers,
        jobs,
        has_more,
        questions,
        at: Local::now(),
    })
}

/// At work, what keeps others waiting, the rest of the line; in each larger priorities, then older jobs first.
fn place_in_line(job: &pb::Job) -> (u8, i32, (i64, i32), String) {
    let class = match job.state() {
        State::Processing => 0,
        State::NeedsDecision | State::AwaitingConfirmation => 1,
        State::Stopped => 2,
        State::Pending => 3,
        _ => 4,
    };
    (class, -job.priority, created(job), job.name.clone())
}

fn created(job: &pb::Job) -> (i64, i32) {
    job.create_time
        .as_ref()
        .map(|time| (time.seconds, time.nanos))
        .unwrap_or_default()
}

async fn printers(link: &Link) -> Result<Vec<pb::Printer>, CliError> {
    let printers = client!(PrinterServiceClient, link);
    pages::all(|page_token| {
        let request = pb::ListPrintersRequest {
            page_size: PAGE_SIZE,
            page_token,
        };
        let mut printers = printers.clone();
        async move {
            let page = printers.list_printers(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.printers, page.next_page_token))
        }
    })
    .await
}

async fn open_jobs(link: &Link) -> Result<(Vec<pb::Job>, bool), CliError> {
    let mut client = client!(JobServiceClient, link);
    let (mut jobs, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListJobsRequest {
            page_size: PAGE_SIZE,
            page_token,
            open_only: true,
            ..pb::ListJobsRequest::default()
        };
        let page = client.list_jobs(request).await;
        let page = page.map_err(|status| link.error(status))?.into_inner();
        jobs.extend(page.jobs);
        page_token = page.next_page_token;
        if page_token.is_empty() || jobs.len() >= MOST_JOBS {
            return Ok((jobs, !page_token.is_empty()));
        }
    }
}
