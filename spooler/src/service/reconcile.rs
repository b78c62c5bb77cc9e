//! What was printed that the database, put back, has forgotten: told, and taken in by a person's word.

use formfeed_domain::spool::{JournalIntent, JournalLoad, PrinterId};
use formfeed_domain::text;
use formfeed_proto::convert::Violations;
use formfeed_proto::spooler as pb;
use formfeed_runtime::detached;
use formfeed_runtime::status::IntoStatus;
use formfeed_store::spooler::{Act, Forgotten, Reconciled, SpoolError};
use tonic::{Response, Status};

use super::Handlers;
use super::error::refused;
use crate::journal::Trouble;

impl Handlers {
    /// What the journal knows and the database does not.
    pub(super) async fn what_was_forgotten(&self) -> Result<Response<pb::Reconciliation>, Status> {
        let journal = &self.shared().journal;
        let trouble = journal.look_again(&self.store).await.map_err(refused)?;
        let answer = trouble.map(|trouble| answer_to(&trouble, &Reconciled::default()));
        Ok(Response::new(answer.unwrap_or_default()))
    }

    /// Takes it in, and has every printer go on.
    pub(super) async fn take_in_what_was_forgotten(
        &self,
        act: Act,
    ) -> Result<Response<pb::Reconciliation>, Status> {
        let mut bad = Violations::new();
        if let Err(error) = text::check_required(&act.reason) {
            bad.add("reason", error);
        }
        bad.finish(Some(())).map_err(IntoStatus::into_status)?;
        self.may_reconcile(&act.by).await?;
        let handlers = self.clone();
        detached::finish(async move {
            let shared = handlers.shared();
            let done = shared.journal.reconcile(&handlers.store, &act).await;
            let (trouble, done) = done.map_err(refused)?;
            for job in trouble.forgotten.printed.iter().map(|intent| &intent.job) {
                if let Ok(job) = formfeed_domain::spool::JobId::new(job.as_str()) {
                    shared.hub.ring(&job);
                }
            }
            handlers.queue.wake_all();
            let mut answer = answer_to(&trouble, &done);
            answer.trouble.clear();
            Ok(Response::new(answer))
        })
        .await
    }

    /// Writes into the journal which stock is in a printer now.
    pub(super) async fn journal_load(&self, id: &PrinterId) -> Result<(), SpoolError> {
        let Some(load) = self.store.printer(id).await?.load else {
            return Ok(());
        };
        self.shared().journal.note_load(JournalLoad {
            load: load.id,
            printer: id.as_str().to_owned(),
            stock: load.stock,
            sheets: load.sheets,
            first_serial: load.serials.map(|serials| serials.first()),
        });
        Ok(())
    }
}

fn answer_to(trouble: &Trouble, done: &Reconciled) -> pb::Reconciliation {
    let Forgotten {
        printed,
        loads,
        known_jobs,
    } = &trouble.forgotten;
    let sheets = |intent: &JournalIntent| {
        let known = known_jobs.contains(&intent.job);
        sheets_to(intent, known)
    };
    pb::Reconciliation {
        trouble: trouble.words(),
        incomplete: trouble.incomplete.is_some(),
        sheets: printed.iter().flat_map(sheets).collect(),
        loads: loads.iter().map(load_to).collect(),
        held_jobs: done
            .held
            .iter()
            .map(|job| format!("jobs/{}", job.as_str()))
            .collect(),
    }
}

fn sheets_to(intent: &JournalIntent, job_known: bool) -> Vec<pb::ForgottenSheets> {
    let told = intent.sheets.iter().map(|span| pb::ForgottenSheets {
        job: format!("jobs/{}", intent.job),
        job_known,
        printer: format!("printers/{}", intent.printer),
        first_sheet: small(span.first),
        last_sheet: small(span.last),
        attempt: small(span.attempt),
        first_serial: span.serial.and_then(|serial| i64::try_from(serial).ok()),
    });
    told.collect()
}

fn load_to(load: &JournalLoad) -> pb::ForgottenLoad {
    pb::ForgottenLoad {
        printer: format!("printers/{}", load.printer),
        stock: load.stock.clone(),
        sheets: load.sheets.map(small),
        first_serial: load
            .first_serial
            .and_then(|serial| i64::try_from(serial).ok()),
    }
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
