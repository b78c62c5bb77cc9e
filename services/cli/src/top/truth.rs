//! What the screen shows: printers, the queue and the questions, as the spooler told them at one moment.

use chrono::{DateTime, Local};
use formfeed_proto::spooler as pb;
use pb::job::State;
use pb::job_service_client::JobServiceClient;
use pb::printer::State as Printer;
use pb::printer_service_client::PrinterServiceClient;
use pb::sheet::State as Sheet;

use super::question::Question;
use crate::connect::{Link, client};
use crate::errors::CliError;
use crate::pages::{self, PAGE_SIZE};

/// Of more open jobs than this only the front of the line is shown.
const MOST_JOBS: usize = 1_000;
/// Of more questions than this only those that wait longest are shown.
const MOST_QUESTIONS: i32 = 100;

/// The state of the print room.
#[derive(Debug, Clone)]
pub(super) struct Truth {
    /// By name.
    pub(super) printers: Vec<pb::Printer>,
    /// Those that have not ended: at work first, then in the order in which they are printed.
    pub(super) jobs: Vec<pb::Job>,
    /// Whether there are more jobs than these, further back in line.
    pub(super) has_more: bool,
    /// What waits for a person: sheets, who waits longest first, then decisions for a second person, then printers that do not print.
    pub(super) questions: Vec<Question>,
    /// Whether more sheets wait than these.
    pub(super) more_questions: bool,
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
    let stand = stand(link, &printers, &jobs, has_more).await?;
    let (mut questions, mut more_questions) = asked(link, &mut jobs).await?;
    let (proposed, more) = proposed(link).await?;
    questions.extend(proposed);
    more_questions |= more;
    questions.extend(stand);
    jobs.sort_by_key(place_in_line);
    Ok(Truth {
        printers,
        jobs,
        has_more,
        questions,
        more_questions,
        at: Local::now(),
    })
}

/// What waits, whatever its job is up to, and whether there is more. A job that is none of the front of the line joins them.
async fn asked(link: &Link, jobs: &mut Vec<pb::Job>) -> Result<(Vec<Question>, bool), CliError> {
    let mut client = client!(JobServiceClient, link);
    let request = pb::ListQuestionsRequest {
        page_size: MOST_QUESTIONS,
        ..pb::ListQuestionsRequest::default()
    };
    let page = client.list_questions(request).await;
    let page = page.map_err(|status| link.error(status))?.into_inner();
    let mut questions: Vec<Question> = Vec::new();
    for wait in &page.questions {
        let at = match jobs.iter().position(|job| job.name == wait.job) {
            Some(at) => at,
            None => {
                let request = pb::GetJobRequest {
                    name: wait.job.clone(),
                    ..pb::GetJobRequest::default()
                };
                let job = client.get_job(request).await;
                jobs.push(job.map_err(|status| link.error(status))?.into_inner());
                jobs.len() - 1
            }
        };
        for question in Question::of(&jobs[at], waiting(link, wait).await?) {
            if !questions.iter().any(|it| it.key() == question.key()) {
                questions.push(question);
            }
        }
    }
    Ok((questions, !page.next_page_token.is_empty()))
}

/// The decisions that wait for a second person, and whether there are more.
async fn proposed(link: &Link) -> Result<(Vec<Question>, bool), CliError> {
    let mut client = client!(JobServiceClient, link);
    let request = pb::ListProposalsRequest {
        page_size: MOST_QUESTIONS,
        ..pb::ListProposalsRequest::default()
    };
    let page = client.list_proposals(request).await;
    let page = page.map_err(|status| link.error(status))?.into_inner();
    let questions = page.proposals.into_iter().map(Question::of_proposal);
    Ok((questions.collect(), !page.next_page_token.is_empty()))
}

/// The sheets that a question is about, by number.
async fn waiting(link: &Link, wait: &pb::Question) -> Result<Vec<pb::Sheet>, CliError> {
    let mut client = client!(JobServiceClient, link);
    let undecided_only = !matches!(wait.state(), Sheet::Spoiled | Sheet::Lost);
    // An attempt after the one that wasted a sheet may have left nothing on another printer.
    let is_there = |sheet: &pb::Sheet| {
        let last = sheet.attempts.last();
        !undecided_only || last.is_some_and(|it| it.printer == wait.printer)
    };
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListSheetsRequest {
            job: wait.job.clone(),
            page_size: (wait.last_sheet - wait.first_sheet + 1).clamp(1, PAGE_SIZE),
            page_token,
            undecided_only,
            first_sheet: wait.first_sheet,
        };
        let page = client.list_sheets(request).await;
        let page = page.map_err(|status| link.error(status))?.into_inner();
        let last = page.sheets.last().map_or(i32::MAX, |sheet| sheet.number);
        let sheets = page.sheets.into_iter();
        let asked = sheets.filter(|sheet| sheet.number <= wait.last_sheet);
        found.extend(asked.filter(|it| it.state() == wait.state() && is_there(it)));
        page_token = page.next_page_token;
        if page_token.is_empty() || last >= wait.last_sheet {
            return Ok(found);
        }
    }
}

/// Printers that do not print, because they are stopped or because of what their next job wants. `jobs` are the front of the
/// line, in line.
async fn stand(
    link: &Link,
    printers: &[pb::Printer],
    jobs: &[pb::Job],
    has_more: bool,
) -> Result<Vec<Question>, CliError> {
    let mut stand = Vec::new();
    for printer in printers {
        let reasons = match printer.state() {
            Printer::Stopped => Some(printer.state_reasons.clone()),
            Printer::Quarantined => None, // the sheet in doubt is a question of its own
            _ => {
                let own = |job: &&pb::Job| job.printers.contains(&printer.name);
                let next = jobs
                    .iter()
                    .filter(own)
                    .find(|job| wants_paper(job))
                    .cloned();
                let next = match next {
                    None if has_more => next_of(link, printer).await?,
                    next => next,
                };
                next.filter(|job| job.state() == State::Stopped)
                    .map(|job| job.state_reasons)
            }
        };
        stand.extend(reasons.map(|reasons| Question::of_printer(printer, reasons)));
    }
    Ok(stand)
}

/// Whether a job has a sheet that may be printed without a decision.
fn wants_paper(job: &pb::Job) -> bool {
    let report = job.report.as_ref();
    let pending = report.map_or(job.sheets, |it| it.sheets_pending - it.sheets_wasted);
    pending > 0 && job.state() != State::Held
}

/// The next job of a printer that has none among the front of the whole line.
async fn next_of(link: &Link, printer: &pb::Printer) -> Result<Option<pb::Job>, CliError> {
    let mut client = client!(JobServiceClient, link);
    let request = pb::ListJobsRequest {
        page_size: PAGE_SIZE,
        printer: printer.name.clone(),
        open_only: true,
        in_line: true,
        ..pb::ListJobsRequest::default()
    };
    let page = client.list_jobs(request).await;
    let page = page.map_err(|status| link.error(status))?.into_inner();
    Ok(page.jobs.into_iter().find(wants_paper))
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
            in_line: true,
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
