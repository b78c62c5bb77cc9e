//! An operator who looks into the trays, and tells the truth.

use formfeed_proto::spooler as pb;
use formfeed_tests::spool::Client;
use pb::attempt::State as AttemptState;
use pb::resolve_sheet_request::Outcome;
use pb::sheet::State as SheetState;

use super::{PRINTERS, Run, lost_or_refused};

impl Run {
    /// Does something an operator or a caller might do.
    pub(super) async fn act(&mut self, client: &Client) {
        match self.rng.u8(0..12) {
            0..=4 => self.submit(client).await,
            5..=8 => self.answer(client).await,
            9 => self.hold_or_release(client).await,
            10 => self.reprint(client).await,
            _ => self.move_or_reorder(client).await,
        }
    }

    /// Answers what the spooler asks, by what lies in the trays; releases what was held.
    pub(super) async fn answer(&mut self, client: &Client) {
        for job in self.jobs(client).await {
            if job.state() == pb::job::State::Held {
                let name = job.name.clone();
                told(
                    client
                        .jobs()
                        .release_job(pb::ReleaseJobRequest { name })
                        .await,
                );
            }
            for sheet in sheets(client, &job.name).await {
                self.answer_about(client, &job, &sheet).await;
            }
        }
        resume(client).await;
    }

    async fn answer_about(&mut self, client: &Client, job: &pb::Job, sheet: &pb::Sheet) {
        match sheet.state() {
            SheetState::InDoubt | SheetState::AwaitingConfirmation => {
                let Some(open) = sheet.attempts.iter().find(|it| is_open(it.state())) else {
                    return;
                };
                let at = PRINTERS.iter().position(|it| open.printer.ends_with(it));
                let printer = &self.printers[at.expect("one of ours")];
                if !printer.is_idle() {
                    return; // the sheet may still come out
                }
                let is_marked = printer.marked().contains(&open.token);
                let outcome = match (is_marked, self.rng.u8(0..6)) {
                    (false, _) => Outcome::NotPrinted,
                    (true, 0) => Outcome::Spoiled,
                    (true, 1) => Outcome::Lost,
                    (true, _) => Outcome::Printed,
                };
                let request = pb::ResolveSheetRequest {
                    job: job.name.clone(),
                    sheet: sheet.number,
                    outcome: outcome.into(),
                    reason: "looked in the tray".to_owned(),
                    ..pb::ResolveSheetRequest::default()
                };
                told(client.jobs().resolve_sheet(request).await);
            }
            SheetState::Spoiled | SheetState::Lost => {
                let id = job.name.trim_start_matches("jobs/");
                let request_id = format!("{id}-{}-{}", sheet.number, sheet.attempts.len());
                let (job, number) = (job.name.clone(), sheet.number);
                let reason = "it is no good".to_owned();
                if self.rng.u8(0..8) == 0 {
                    let request = pb::AbandonSheetsRequest {
                        request_id,
                        job,
                        sheet: number,
                        reason,
                        ..pb::AbandonSheetsRequest::default()
                    };
                    told(client.jobs().abandon_sheets(request).await);
                } else {
                    let request = pb::ReprintSheetsRequest {
                        request_id,
                        job,
                        sheet: number,
                        reason,
                        ..pb::ReprintSheetsRequest::default()
                    };
                    told(client.jobs().reprint_sheets(request).await);
                }
            }
            _ => {}
        }
    }

    /// Coffee on a good sheet, now and then.
    async fn reprint(&mut self, client: &Client) {
        let jobs = self.jobs(client).await;
        let Some(job) = self.rng.choice(jobs) else {
            return;
        };
        let sheets = sheets(client, &job.name).await.into_iter();
        let good: Vec<_> = sheets
            .filter(|sheet| sheet.state() == SheetState::Good)
            .collect();
        let Some(sheet) = self.rng.choice(good).filter(|_| self.wanted_again < 3) else {
            return;
        };
        self.wanted_again += 1;
        let request = pb::ReprintSheetsRequest {
            request_id: format!("coffee-{}", self.wanted_again),
            job: job.name,
            sheet: sheet.number,
            reason: "coffee".to_owned(),
            ..pb::ReprintSheetsRequest::default()
        };
        told(client.jobs().reprint_sheets(request).await);
    }

    async fn hold_or_release(&mut self, client: &Client) {
        let jobs = self.jobs(client).await;
        let Some(job) = self.rng.choice(jobs) else {
            return;
        };
        let name = job.name.clone();
        if job.state() == pb::job::State::Held {
            told(
                client
                    .jobs()
                    .release_job(pb::ReleaseJobRequest { name })
                    .await,
            );
        } else {
            told(client.jobs().hold_job(pb::HoldJobRequest { name }).await);
        }
    }

    async fn move_or_reorder(&mut self, client: &Client) {
        let jobs = self.jobs(client).await;
        let Some(job) = self.rng.choice(jobs) else {
            return;
        };
        let name = job.name.clone();
        if self.rng.bool() {
            let to = PRINTERS[self.rng.usize(..2)];
            let request = pb::MoveJobRequest {
                name,
                printer: format!("printers/{to}"),
                reason: "the other is free".to_owned(),
            };
            told(client.jobs().move_job(request).await);
        } else {
            let request = pb::SetJobPriorityRequest {
                name,
                priority: self.rng.i32(1..=100),
                reason: "first things first".to_owned(),
            };
            told(client.jobs().set_job_priority(request).await);
        }
    }
}

/// Lets printers go on that wait for somebody to look at them: he has.
async fn resume(client: &Client) {
    for name in PRINTERS.map(|name| format!("printers/{name}")) {
        let request = pb::GetPrinterRequest { name: name.clone() };
        match client.printers().get_printer(request).await {
            Ok(printer) if printer.get_ref().state() == pb::printer::State::Stopped => {
                let resume = pb::ResumePrinterRequest { name };
                told(client.printers().resume_printer(resume).await);
            }
            Ok(_) => {}
            Err(status) => lost_or_refused(&status),
        }
    }
}

/// All sheets of a job; none when the daemon is gone.
async fn sheets(client: &Client, job: &str) -> Vec<pb::Sheet> {
    let request = pb::ListSheetsRequest {
        job: job.to_owned(),
        page_size: 1_000,
        ..pb::ListSheetsRequest::default()
    };
    match client.jobs().list_sheets(request).await {
        Ok(answer) => answer.into_inner().sheets,
        Err(status) => {
            lost_or_refused(&status);
            Vec::new()
        }
    }
}

fn is_open(state: AttemptState) -> bool {
    matches!(
        state,
        AttemptState::InDoubt | AttemptState::AwaitingConfirmation
    )
}

fn told<T>(answer: Result<T, tonic::Status>) {
    if let Err(status) = answer {
        lost_or_refused(&status);
    }
}
