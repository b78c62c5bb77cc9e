//! What an operator does at the screen: the same calls as the commands make.

use formfeed_proto::spooler as pb;
use formfeed_runtime::service::Service;
use pb::job_service_client::JobServiceClient;
use pb::printer_service_client::PrinterServiceClient;
use tonic::{Response, Status};

use super::draw::lists::short;
use crate::connect::{ConnectArgs, client};
use crate::errors::CliError;
use crate::words::{id, kebab};

/// One call.
#[derive(Debug, Clone)]
pub(super) enum Action {
    Resolve(pb::ResolveSheetRequest),
    Reprint(pb::ReprintSheetsRequest),
    Abandon(pb::AbandonSheetsRequest),
    Restart(pb::RestartJobRequest),
    Hold(pb::HoldJobRequest),
    Release(pb::ReleaseJobRequest),
    Cancel(pb::CancelJobRequest),
    Move(pb::MoveJobRequest),
    Priority(pb::SetJobPriorityRequest),
    Pause(pb::PausePrinterRequest),
    Resume(pb::ResumePrinterRequest),
    Load(pb::LoadStockRequest),
    Approve(pb::ApprovePrinterRequest),
    Agree(pb::AgreeToProposalRequest),
    Withdraw(pb::WithdrawProposalRequest),
}

/// Does it, and says in words what came of it.
///
/// # Errors
/// Why it was refused, or did not get through.
pub(super) async fn act(connect: &ConnectArgs, action: Action) -> Result<String, String> {
    let call = call(connect, action).await;
    call.map_err(|error| error.text().replace("\n  ", "; "))
}

async fn call(connect: &ConnectArgs, action: Action) -> Result<String, CliError> {
    let link = connect.find()?.link(Service::Spooler)?;
    let mut jobs = client!(JobServiceClient, link);
    let mut printers = client!(PrinterServiceClient, link);
    let answer = match action {
        Action::Resolve(request) => job(jobs.resolve_sheet(request).await),
        Action::Reprint(request) => job(jobs.reprint_sheets(request).await),
        Action::Abandon(request) => job(jobs.abandon_sheets(request).await),
        Action::Restart(request) => job(jobs.restart_job(request).await),
        Action::Hold(request) => job(jobs.hold_job(request).await),
        Action::Release(request) => job(jobs.release_job(request).await),
        Action::Cancel(request) => job(jobs.cancel_job(request).await),
        Action::Move(request) => job(jobs.move_job(request).await),
        Action::Priority(request) => job(jobs.set_job_priority(request).await),
        Action::Pause(request) => printer(printers.pause_printer(request).await),
        Action::Resume(request) => printer(printers.resume_printer(request).await),
        Action::Load(request) => printer(printers.load_stock(request).await),
        Action::Approve(request) => printer(printers.approve_printer(request).await),
        Action::Agree(request) => job(jobs.agree_to_proposal(request).await),
        Action::Withdraw(request) => job(jobs.withdraw_proposal(request).await),
    };
    answer.map_err(|status| link.error(status))
}

fn job(answer: Result<Response<pb::Job>, Status>) -> Result<String, Status> {
    let job = answer?.into_inner();
    let state = kebab(job.state().as_str_name());
    Ok(format!("done: job {} is {state} now", short(&job.name)))
}

fn printer(answer: Result<Response<pb::Printer>, Status>) -> Result<String, Status> {
    let printer = answer?.into_inner();
    let state = kebab(printer.state().as_str_name());
    let stock = match printer.stock.as_str() {
        "" => String::new(),
        stock => format!(", {stock} loaded"),
    };
    Ok(format!("done: {} is {state} now{stock}", id(&printer.name)))
}
