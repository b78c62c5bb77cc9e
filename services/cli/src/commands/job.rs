//! `formfeed job`: the queue, and decisions about sheets in doubt.

use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::spooler as pb;
use formfeed_runtime::service::Service;
use pb::job_service_client::JobServiceClient;
use pb::resolve_sheet_request::Outcome;
use serde_json::json;

use super::job_decide::{CorrectArgs, DecideArgs, MoveArgs, PriorityArgs, RestartArgs, SplitArgs};
use super::job_history;
use super::job_preview::{self, PreviewArgs};
use super::job_proposals::{self, AgreeArgs, WithdrawArgs};
use super::job_view::{self, JobView};
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{id, kebab, resource, time};

#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// List the jobs, newest first
    List(ListArgs),
    /// Show a job with its quantity and total, now and at any later time
    Show(ShowArgs),
    /// Draw one sheet for the eye, over the form in outline; TINs show their last four digits
    Preview(PreviewArgs),
    /// Follow a job's events to its end
    Watch(NameArgs),
    /// Keep a job from printing its next sheet
    Hold(NameArgs),
    /// Let a held job go on
    Release(NameArgs),
    /// End a job at the next sheet border; good sheets stay good and counted
    Cancel(CancelArgs),
    /// Say what became of a sheet in doubt
    Resolve(ResolveArgs),
    /// Say that sheets sent to an impact printer are good
    Confirm(ConfirmArgs),
    /// Print sheets again: good ones are withdrawn, spoiled and lost ones get a new try
    Reprint(DecideArgs),
    /// Print a sheet and all after it again, such as after a jam
    Restart(RestartArgs),
    /// End the job without sheets that are pending, spoiled or lost
    Abandon(DecideArgs),
    /// Say that sheets which count as good are not
    Correct(CorrectArgs),
    /// Send what is not sent yet to another printer
    Move(MoveArgs),
    /// Give sheets that wait to another printer; the rest goes where it went
    Split(SplitArgs),
    /// Put a job further in front, or back
    Priority(PriorityArgs),
    /// List the decisions that wait for a second person
    Proposals,
    /// Agree to a decision that another person proposed: it is carried out
    Agree(AgreeArgs),
    /// Withdraw a decision that waits for a second person: nothing comes of it
    Withdraw(WithdrawArgs),
}

#[derive(Debug, Args)]
pub(crate) struct NameArgs {
    /// The job: jobs/ID or ID
    job: String,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only jobs of this printer
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// Only jobs of this payer
    #[arg(
        long,
        value_name = "PAYER",
        default_value = "",
        hide_default_value = true
    )]
    payer: String,
    /// Only jobs that have not ended
    #[arg(long)]
    open: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// An earlier final report: its version, from 1
    #[arg(
        long,
        value_name = "VERSION",
        default_value_t = 0,
        hide_default_value = true
    )]
    report: i32,
    /// With its sheets: state, account numbers, amounts
    #[arg(long)]
    sheets: bool,
    /// With what people decided, and every try with its evidence
    #[arg(long)]
    history: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// Number of the sheet, from 1
    #[arg(long, value_name = "NUMBER")]
    sheet: i32,
    /// What became of it
    #[arg(value_enum)]
    outcome: OutcomeArg,
    /// Why; kept. Required unless printed
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
    /// Serial number as it stands on the sheet, where the stock is numbered: refused when the sheet was to take another
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
    serial: Option<i64>,
    /// The printer was switched off and on since, so that it can no longer print the sheet: it is not asked about
    /// not-printed
    #[arg(long)]
    device_restarted: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConfirmArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// Sheets that are good: one, or a range such as 1-20
    #[arg(long, value_name = "RANGE", value_parser = range)]
    sheets: (i32, i32),
    /// Sheets of the range that are left out, such as 7 or 7,9
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    except: Vec<i32>,
    /// Serial number as it stands on the first of them, where the stock is numbered: refused when it was to take another
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
    serial: Option<i64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OutcomeArg {
    /// It is on paper and good
    Printed,
    /// It was marked and is thrown away
    Spoiled,
    /// It is gone
    Lost,
    /// It was not marked; it may be printed again
    NotPrinted,
}

impl From<OutcomeArg> for Outcome {
    fn from(outcome: OutcomeArg) -> Self {
        match outcome {
            OutcomeArg::Printed => Self::Printed,
            OutcomeArg::Spoiled => Self::Spoiled,
            OutcomeArg::Lost => Self::Lost,
            OutcomeArg::NotPrinted => Self::NotPrinted,
        }
    }
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: JobCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Spooler)?;
    let mut jobs = client!(JobServiceClient, link);
    let name = |given: &str| resource("jobs", given);
    let job = match command {
        JobCommand::List(args) => return list(args, &link, output).await,
        JobCommand::Show(args) => return show(args, &link, output).await,
        JobCommand::Preview(args) => return job_preview::run(args, &link, output).await,
        JobCommand::Watch(args) => return watch(&args, &link, output).await,
        JobCommand::Hold(args) => {
            jobs.hold_job(pb::HoldJobRequest {
                name: name(&args.job),
            })
            .await
        }
        JobCommand::Release(args) => {
            jobs.release_job(pb::ReleaseJobRequest {
                name: name(&args.job),
            })
            .await
        }
        JobCommand::Cancel(args) => {
            let CancelArgs { job, reason } = args;
            jobs.cancel_job(pb::CancelJobRequest {
                name: name(&job),
                reason,
            })
            .await
        }
        JobCommand::Resolve(args) => jobs.resolve_sheet(resolution(args)).await,
        JobCommand::Confirm(args) => jobs.resolve_sheet(confirmation(args)).await,
        JobCommand::Reprint(args) => jobs.reprint_sheets(args.reprint()).await,
        JobCommand::Restart(args) => jobs.restart_job(args.restart()).await,
        JobCommand::Abandon(args) => jobs.abandon_sheets(args.abandon()).await,
        JobCommand::Correct(args) => jobs.correct_sheets(args.correct()).await,
        JobCommand::Move(args) => jobs.move_job(args.request()).await,
        JobCommand::Split(args) => jobs.split_job(args.request()).await,
        JobCommand::Priority(args) => jobs.set_job_priority(args.request()).await,
        JobCommand::Proposals => return job_proposals::list(&link, output).await,
        JobCommand::Agree(args) => jobs.agree_to_proposal(args.request()).await,
        JobCommand::Withdraw(args) => jobs.withdraw_proposal(args.request()).await,
    };
    let job = job.map_err(|status| link.error(status))?.into_inner();
    let view = JobView::new(&job);
    view.tell(output)?;
    output.line(view.last_line())?;
    output.document(&view)?;
    Ok(Exit::Done)
}

fn resolution(args: ResolveArgs) -> pb::ResolveSheetRequest {
    pb::ResolveSheetRequest {
        job: resource("jobs", &args.job),
        sheet: args.sheet,
        outcome: Outcome::from(args.outcome).into(),
        reason: args.reason,
        device_restarted: args.device_restarted,
        serial: args.serial,
        ..pb::ResolveSheetRequest::default()
    }
}

fn confirmation(args: ConfirmArgs) -> pb::ResolveSheetRequest {
    pb::ResolveSheetRequest {
        job: resource("jobs", &args.job),
        sheet: args.sheets.0,
        last_sheet: args.sheets.1,
        except_sheets: args.except,
        outcome: Outcome::Printed.into(),
        serial: args.serial,
        ..pb::ResolveSheetRequest::default()
    }
}

/// `7` or `1-20`.
pub(crate) fn range(text: &str) -> Result<(i32, i32), String> {
    let number = |text: &str| text.parse::<i32>().ok().filter(|number| *number >= 1);
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = number(first)
        .zip(number(last))
        .filter(|(first, last)| first <= last);
    range.ok_or_else(|| "write a sheet's number or a range such as 1-20".to_owned())
}

async fn list(args: ListArgs, link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let jobs = client!(JobServiceClient, link);
    let printer = args
        .printer
        .map(|name| resource("printers", &name))
        .unwrap_or_default();
    let found = pages::all(|page_token| {
        let request = pb::ListJobsRequest {
            page_size: pages::PAGE_SIZE,
            page_token,
            printer: printer.clone(),
            payer_id: args.payer.clone(),
            open_only: args.open,
            ..pb::ListJobsRequest::default()
        };
        let mut jobs = jobs.clone();
        async move {
            let page = jobs.list_jobs(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.jobs, page.next_page_token))
        }
    });
    let found = found.await?;
    let heading = [
        "job", "state", "printer", "payer", "year", "form", ">sheets", ">good", ">total",
    ];
    let mut table = Table::new(&heading);
    for job in &found {
        let report = job.report.clone().unwrap_or_default();
        table.row([
            id(&job.name),
            &kebab(job.state().as_str_name()),
            id(&job.printer),
            &job.payer_id,
            &job.tax_year.to_string(),
            form_of(job),
            &job.sheets.to_string(),
            &report.sheets_printed.to_string(),
            &crate::words::amount(report.total_amount_cents),
        ]);
    }
    output.table(&table)?;
    let views: Vec<_> = found.iter().map(JobView::new).collect();
    output.document(&views)?;
    Ok(Exit::Done)
}

/// `nec` or `misc`, `1096`, or `test` for a test sheet.
fn form_of(job: &pb::Job) -> &'static str {
    match job.kind() {
        pb::job::Kind::Transmittal => "1096",
        pb::job::Kind::Alignment | pb::job::Kind::Calibration => "test",
        pb::job::Kind::Forms | pb::job::Kind::Unspecified => {
            crate::words::form_type(job.form_type())
        }
    }
}

async fn show(args: ShowArgs, link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let name = resource("jobs", &args.job);
    let job = load_version(link, name, args.report).await?;
    let mut view = JobView::new(&job);
    view.tell(output)?;
    if args.sheets {
        let sheets = job_view::sheets(link, &job.name, false).await?;
        let mut table = Table::new(&[
            "sheet",
            "state",
            ">void",
            ">amount",
            ">attempts",
            "serials",
            "accounts",
        ]);
        for sheet in &sheets {
            table.row([
                &sheet.sheet.to_string(),
                &sheet.state,
                &sheet.void_slots.to_string(),
                &sheet.amount,
                &sheet.attempts.to_string(),
                &serials(&sheet.serials),
                &sheet.accounts.join(", "),
            ]);
        }
        output.table(&table)?;
        view = view.with_sheets(sheets);
    }
    if args.history {
        let history = job_history::of(link, &job.name).await?;
        history.tell(output)?;
        view = view.with_history(history);
    }
    job_view::tell_the_way_out(link, &job, output).await?;
    output.line(view.last_line())?;
    output.document(&view)?;
    Ok(Exit::Done)
}

/// `1004 spoiled, 1007 good`.
fn serials(serials: &[job_view::SerialView]) -> String {
    let told = serials
        .iter()
        .map(|it| format!("{} {}", it.serial, it.state));
    told.collect::<Vec<_>>().join(", ")
}

/// A job as it stands.
pub(crate) async fn load(link: &Link, name: String) -> Result<pb::Job, CliError> {
    load_version(link, name, 0).await
}

/// A job with a version of its final report; 0 for the report as it stands.
async fn load_version(link: &Link, name: String, report_version: i32) -> Result<pb::Job, CliError> {
    let mut jobs = client!(JobServiceClient, link);
    let request = pb::GetJobRequest {
        name,
        report_version,
    };
    let job = jobs.get_job(request).await;
    Ok(job.map_err(|status| link.error(status))?.into_inner())
}

/// Follows a job until it has ended or waits for a person.
pub(crate) async fn to_the_end(
    link: &Link,
    name: &str,
    output: &mut Output<'_>,
) -> Result<pb::Job, CliError> {
    let mut jobs = client!(JobServiceClient, link);
    let request = pb::WatchJobRequest {
        name: name.to_owned(),
        after_sequence: 0,
    };
    let events = jobs.watch_job(request).await;
    let mut events = events.map_err(|status| link.error(status))?.into_inner();
    while let Some(event) = events
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        let waits = event.job.as_ref().is_some_and(job_view::waits_for_a_person);
        output.note(event.message)?;
        if waits {
            break;
        }
    }
    load(link, name.to_owned()).await
}

async fn watch(args: &NameArgs, link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let name = resource("jobs", &args.job);
    let mut jobs = client!(JobServiceClient, link);
    let request = pb::WatchJobRequest {
        name: name.clone(),
        after_sequence: 0,
    };
    let events = jobs
        .watch_job(request)
        .await
        .map_err(|status| link.error(status))?;
    let mut events = events.into_inner();
    let mut asked = false;
    while let Some(event) = events
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        output.line(format!("{} {}", time(event.time.as_ref()), event.message))?;
        let state = event
            .job
            .as_ref()
            .map(|job| kebab(job.state().as_str_name()));
        output.json_line(&json!({
            "sequence": event.sequence,
            "time": time(event.time.as_ref()),
            "kind": event.kind,
            "message": event.message,
            "sheet": event.sheet,
            "state": state,
        }))?;
        output.flush()?;
        let waits = event
            .job
            .as_ref()
            .filter(|job| job_view::waits_for_a_person(job));
        if let Some(job) = waits.filter(|_| !asked) {
            job_view::tell_the_way_out(link, job, output).await?;
        }
        asked = waits.is_some();
    }
    let job = load(link, name).await?;
    let view = JobView::new(&job);
    output.line(view.last_line())?;
    output.json_line(&view)?;
    Ok(job_view::exit(&job))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_sheets_is_read_and_a_wrong_one_refused() {
        assert_eq!(range("7"), Ok((7, 7)));
        assert_eq!(range("1-20"), Ok((1, 20)));
        for bad in ["", "0", "5-4", "-3", "a", "1-", "1-2-3"] {
            assert!(range(bad).is_err(), "{bad}");
        }
    }
}
