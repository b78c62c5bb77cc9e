//! JobService.

use formfeed_domain::spool::{JobId, Outcome, PRIORITIES, PrinterId};
use formfeed_domain::text;
use formfeed_proto::convert::job::{
    job_name_from, read_job_name, report_to, resolve_from, sheet_to,
};
use formfeed_proto::convert::printer::{printer_name, read_printer_name};
use formfeed_proto::convert::{Violations, ruling, timestamp_to};
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_server::JobService;
use formfeed_runtime::page;
use formfeed_runtime::status::IntoStatus;
use formfeed_store::spooler::{JobPage, Recorded};
use tonic::{Request, Response, Status, Streaming};

use super::Handlers;
use super::act::act;
use super::carry_out::{Resolution, Verb};
use super::error::refused;
use super::plan::suits;
use super::watch::Events;

#[tonic::async_trait]
impl JobService for Handlers {
    type WatchJobStream = Events;

    async fn submit_job(
        &self,
        request: Request<Streaming<pb::SubmitJobRequest>>,
    ) -> Result<Response<pb::Job>, Status> {
        self.submit(request).await.map(Response::new)
    }

    async fn submit_transmittal(
        &self,
        request: Request<pb::SubmitTransmittalRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        self.submit_transmittal_of_jobs(request)
            .await
            .map(Response::new)
    }

    async fn get_job(
        &self,
        request: Request<pb::GetJobRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let id = read_job_name(&mut violations, "name", &request.name);
        let version = u32::try_from(request.report_version);
        if version.is_err() {
            violations.add("report_version", "is 0 or more");
        }
        let id = violations.finish(id).map_err(IntoStatus::into_status)?;
        let mut job = self.job(&id).await.map_err(refused)?;
        if let Ok(version @ 1..) = version {
            let report = self.store.final_report(&id, version).await;
            job.report = Some(report_to(&report.map_err(refused)?));
        }
        Ok(Response::new(job))
    }

    async fn list_jobs(
        &self,
        request: Request<pb::ListJobsRequest>,
    ) -> Result<Response<pb::ListJobsResponse>, Status> {
        let (query, size, page) = read_list(request.into_inner())?;
        let store = &self.store;
        let mut views = store.jobs(&page).await.map_err(refused)?;
        let next = page::cut(&mut views, size, |view| view.job.id.as_str().to_owned());
        let mut jobs = Vec::with_capacity(views.len());
        for view in &views {
            jobs.push(self.job_message(view).await.map_err(refused)?);
        }
        Ok(Response::new(pb::ListJobsResponse {
            jobs,
            next_page_token: next.map(|key| query.token_after(&key)).unwrap_or_default(),
        }))
    }

    async fn watch_job(
        &self,
        request: Request<pb::WatchJobRequest>,
    ) -> Result<Response<Events>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let id = read_job_name(&mut violations, "name", &request.name);
        if request.after_sequence < 0 {
            violations.add("after_sequence", "is 0 or more");
        }
        let id = violations.finish(id).map_err(IntoStatus::into_status)?;
        self.watch(id, request.after_sequence)
            .await
            .map(Response::new)
    }

    async fn list_sheets(
        &self,
        request: Request<pb::ListSheetsRequest>,
    ) -> Result<Response<pb::ListSheetsResponse>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let job = read_job_name(&mut violations, "job", &request.job);
        let size = page::size(&mut violations, request.page_size);
        let query = page::Query::new("sheets")
            .filter("job", &request.job)
            .filter("undecided_only", request.undecided_only)
            .filter("first_sheet", request.first_sheet);
        let first = u32::try_from(request.first_sheet);
        if first.is_err() {
            violations.add("first_sheet", "is 0 or more");
        }
        let after = query.key_after(&mut violations, &request.page_token);
        let job = violations.finish(job).map_err(IntoStatus::into_status)?;
        let before_first = first.unwrap_or_default().saturating_sub(1);
        let after = after
            .and_then(|key| key.parse().ok())
            .unwrap_or(before_first);
        let store = &self.store;
        let sheets = store.sheets(&job, after, size + 1, request.undecided_only);
        let mut sheets = sheets.await.map_err(refused)?;
        let next = page::cut(&mut sheets, size, |sheet| sheet.plan.number.to_string());
        Ok(Response::new(pb::ListSheetsResponse {
            sheets: sheets.iter().map(sheet_to).collect(),
            next_page_token: next.map(|key| query.token_after(&key)).unwrap_or_default(),
        }))
    }

    async fn list_questions(
        &self,
        request: Request<pb::ListQuestionsRequest>,
    ) -> Result<Response<pb::ListQuestionsResponse>, Status> {
        self.questions(&request.into_inner())
            .await
            .map(Response::new)
    }

    async fn preview_sheet(
        &self,
        request: Request<pb::PreviewSheetRequest>,
    ) -> Result<Response<pb::PreviewSheetResponse>, Status> {
        self.preview(request.into_inner()).await.map(Response::new)
    }

    async fn hold_job(
        &self,
        request: Request<pb::HoldJobRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let act = act(&request, "");
        self.change_job(named(&request.into_inner().name)?, Verb::Hold(act))
            .await
    }

    async fn release_job(
        &self,
        request: Request<pb::ReleaseJobRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let act = act(&request, "");
        self.change_job(named(&request.into_inner().name)?, Verb::Release(act))
            .await
    }

    async fn cancel_job(
        &self,
        request: Request<pb::CancelJobRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let act = act(&request, &request.get_ref().reason);
        let mut violations = Violations::new();
        let id = read_job_name(&mut violations, "name", &request.get_ref().name);
        if let Err(error) = text::check_required(&act.reason) {
            violations.add("reason", error);
        }
        let id = violations.finish(id).map_err(IntoStatus::into_status)?;
        let only_unsent = self.cancels_only_unsent(&id, &act.by).await?;
        self.change_job(id, Verb::Cancel(only_unsent, act)).await
    }

    async fn resolve_sheet(
        &self,
        request: Request<pb::ResolveSheetRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let (id, range, outcome, reason) =
            resolve_from(request.get_ref()).map_err(IntoStatus::into_status)?;
        let act = act(&request, &reason);
        self.may_decide(&id, &act.by).await?;
        if outcome == Outcome::NotPrinted && !request.get_ref().device_restarted {
            self.refuse_at_work(&id, &range).await?;
        }
        let said = Resolution {
            sheets: range,
            outcome,
            serial: request.get_ref().serial,
        };
        let quorum = self.quorum(None)?;
        self.change_job(id, Verb::Resolve(said, quorum, act)).await
    }

    async fn reprint_sheets(
        &self,
        request: Request<pb::ReprintSheetsRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let id = request.get_ref().request_id.clone();
        self.rule(&request, id, ruling::reprint_from).await
    }

    async fn restart_job(
        &self,
        request: Request<pb::RestartJobRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let id = request.get_ref().request_id.clone();
        self.rule(&request, id, ruling::restart_from).await
    }

    async fn abandon_sheets(
        &self,
        request: Request<pb::AbandonSheetsRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let id = request.get_ref().request_id.clone();
        self.rule(&request, id, ruling::abandon_from).await
    }

    async fn correct_sheets(
        &self,
        request: Request<pb::CorrectSheetsRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let id = request.get_ref().request_id.clone();
        self.rule(&request, id, ruling::correct_from).await
    }

    async fn move_job(
        &self,
        request: Request<pb::MoveJobRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let message = request.get_ref();
        let mut bad = Violations::new();
        let id = read_job_name(&mut bad, "name", &message.name);
        let printer = read_printer_name(&mut bad, "printer", &message.printer);
        if let Err(error) = text::check(&message.reason) {
            bad.add("reason", error);
        }
        let order = bad.finish(id.zip(printer));
        let (id, printer) = order.map_err(IntoStatus::into_status)?;
        let store = &self.store;
        let spec = store.job(&id).await.map_err(refused)?.job.spec;
        let from = store.printers_of(&id).await.map_err(refused)?;
        let to = store.printer(&printer).await.map_err(refused)?;
        self.may_print_on(&to)?;
        suits(&spec, &to)?;
        let act = act(&request, &message.reason);
        let moved = self.change_job(id, Verb::Move(printer, act)).await?;
        for printer in &from {
            self.queue.wake(printer);
        }
        Ok(moved)
    }

    async fn split_job(
        &self,
        request: Request<pb::SplitJobRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let message = request.get_ref();
        let (id, printer, sheets) = read_split(message)?;
        let store = &self.store;
        let spec = store.job(&id).await.map_err(refused)?.job.spec;
        let to = store.printer(&printer).await.map_err(refused)?;
        self.may_print_on(&to)?;
        suits(&spec, &to)?;
        let act = act(&request, &message.reason);
        self.change_job(id, Verb::Split(printer, sheets, act)).await
    }

    async fn set_job_priority(
        &self,
        request: Request<pb::SetJobPriorityRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let message = request.get_ref();
        let mut bad = Violations::new();
        let id = read_job_name(&mut bad, "name", &message.name);
        if !PRIORITIES.contains(&message.priority) {
            bad.add("priority", "is 1 to 100, larger first");
        }
        if let Err(error) = text::check(&message.reason) {
            bad.add("reason", error);
        }
        let id = bad.finish(id).map_err(IntoStatus::into_status)?;
        let act = act(&request, &message.reason);
        self.change_job(id, Verb::Priority(message.priority, act))
            .await
    }

    async fn list_decisions(
        &self,
        request: Request<pb::ListDecisionsRequest>,
    ) -> Result<Response<pb::ListDecisionsResponse>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let job = read_job_name(&mut violations, "job", &request.job);
        let size = page::size(&mut violations, request.page_size);
        let query = page::Query::new("decisions").filter("job", &request.job);
        let after = query.key_after(&mut violations, &request.page_token);
        let job = violations.finish(job).map_err(IntoStatus::into_status)?;
        let store = &self.store;
        let decisions = store.decisions_after(&job, after.as_deref().unwrap_or_default(), size + 1);
        let mut decisions = decisions.await.map_err(refused)?;
        let next = page::cut(&mut decisions, size, |decision| decision.id.clone());
        Ok(Response::new(pb::ListDecisionsResponse {
            decisions: decisions.into_iter().map(decision_to).collect(),
            next_page_token: next.map(|key| query.token_after(&key)).unwrap_or_default(),
        }))
    }

    async fn list_proposals(
        &self,
        request: Request<pb::ListProposalsRequest>,
    ) -> Result<Response<pb::ListProposalsResponse>, Status> {
        self.proposals(&request.into_inner())
            .await
            .map(Response::new)
    }

    async fn agree_to_proposal(
        &self,
        request: Request<pb::AgreeToProposalRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        self.agree(request).await
    }

    async fn withdraw_proposal(
        &self,
        request: Request<pb::WithdrawProposalRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        self.withdraw(&request).await
    }
}

fn decision_to(decision: Recorded) -> pb::Decision {
    let number = |number: Option<u32>| number.map_or(0, |n| i32::try_from(n).unwrap_or(i32::MAX));
    pb::Decision {
        verb: decision.verb,
        sheet: number(decision.sheet),
        attempt: number(decision.attempt),
        printer: decision
            .printer
            .as_ref()
            .map(printer_name)
            .unwrap_or_default(),
        decided_by: decision.by,
        proposed_by: decision.proposed_by.unwrap_or_default(),
        reason: decision.reason,
        time: Some(timestamp_to(decision.at)),
    }
}

/// Job, printer, and the sheets that are named, if any are.
type Split = (JobId, PrinterId, Option<(u32, u32)>);

fn read_split(message: &pb::SplitJobRequest) -> Result<Split, Status> {
    let mut bad = Violations::new();
    let id = read_job_name(&mut bad, "name", &message.name);
    let printer = read_printer_name(&mut bad, "printer", &message.printer);
    if let Err(error) = text::check(&message.reason) {
        bad.add("reason", error);
    }
    let sheet = |number: i32| u32::try_from(number).ok();
    let sheets = match (sheet(message.first_sheet), sheet(message.last_sheet)) {
        (Some(0), Some(0)) => None,
        (Some(first @ 1..), Some(0)) => Some((first, first)),
        (Some(first @ 1..), Some(last)) if first <= last => Some((first, last)),
        _ => {
            bad.add("first_sheet", "is 1 or more, and not after `last_sheet`");
            None
        }
    };
    let order = bad.finish(id.zip(printer));
    let (id, printer) = order.map_err(IntoStatus::into_status)?;
    Ok((id, printer, sheets))
}

fn named(name: &str) -> Result<JobId, Status> {
    job_name_from("name", name).map_err(IntoStatus::into_status)
}

fn read_list(request: pb::ListJobsRequest) -> Result<(page::Query, usize, JobPage), Status> {
    let mut violations = Violations::new();
    let size = page::size(&mut violations, request.page_size);
    let printer = match request.printer.is_empty() {
        true => None,
        false => read_printer_name(&mut violations, "printer", &request.printer),
    };
    let query = page::Query::new("jobs")
        .filter("printer", &request.printer)
        .filter("payer_id", &request.payer_id)
        .filter("open_only", request.open_only)
        .filter("tax_year", request.tax_year)
        .filter("account_number", &request.account_number)
        .filter("ended_only", request.ended_only)
        .filter("reported_only", request.reported_only)
        .filter("in_line", request.in_line);
    let before = query.key_after(&mut violations, &request.page_token);
    violations
        .finish(Some(()))
        .map_err(IntoStatus::into_status)?;
    let page = JobPage {
        before,
        printer,
        payer: Some(request.payer_id).filter(|payer| !payer.is_empty()),
        tax_year: Some(request.tax_year).filter(|year| *year != 0),
        account: Some(request.account_number).filter(|account| !account.is_empty()),
        open_only: request.open_only,
        ended_only: request.ended_only,
        reported_only: request.reported_only,
        in_line: request.in_line,
        limit: size + 1,
    };
    Ok((query, size, page))
}
