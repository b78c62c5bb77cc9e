//! The runs at work in this process: begun, followed, canceled.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Utc;
use formfeed_domain::rules;
use formfeed_runtime::{IntoStatus, Refusal, context, incident, reason};
use formfeed_store::StoreError;
use formfeed_store::calculation::{CalculationStore, NewRun, Run, RunError, RunState};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::Status;
use tracing::{error, info, warn};

use crate::error::{rule_status, run_status};
use crate::publication::Turn;
use crate::run::{Progress, Stop, Worker};
use crate::vendors::Vendors;

/// What a run of a process that died says.
const DIED: &str = "the calculation service ended while the run was at work; calculate again";
/// What a run says that is cut off by a stopping service.
const STOPPED: &str =
    "the calculation service was stopped while the run was at work; calculate again";

/// The runs at work. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Runs {
    store: Arc<CalculationStore>,
    vendors: Vendors,
    publication: Turn,
    shutdown: CancellationToken,
    live: Arc<Mutex<HashMap<String, Live>>>,
    /// Held from a run's entry in the tables to that in `live`.
    beginning: Arc<Mutex<()>>,
    tasks: TaskTracker,
}

/// A run at work.
struct Live {
    progress: watch::Receiver<Progress>,
    cancel: CancellationToken,
}

impl Runs {
    pub(crate) fn new(
        store: Arc<CalculationStore>,
        vendors: Vendors,
        publication: Turn,
        shutdown: CancellationToken,
    ) -> Self {
        Self {
            store,
            vendors,
            publication,
            shutdown,
            live: Arc::default(),
            beginning: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Lets the runs fail that were at work when the process before this one ended.
    pub(crate) async fn bury_the_dead(&self) -> Result<(), StoreError> {
        for run_id in self.store.fail_runs_of_the_dead(DIED, Utc::now()).await? {
            warn!(run = %run_id, "Run {run_id} was cut off and has failed");
        }
        Ok(())
    }

    /// Waits until every run at work has noticed the wish to stop.
    pub(crate) async fn all_ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Begins a run, or finds the one that the same request began; answers where its progress shows.
    pub(crate) async fn begin(&self, asked: NewRun) -> Result<watch::Receiver<Progress>, Status> {
        let request = asked.request_id.clone();
        let first = self.store.run_of_request(&asked.user, &request).await;
        if let Some(first) = first.map_err(IntoStatus::into_status)? {
            return match first.asked.asks_the_same(&asked) {
                true => self.follow(first).await,
                false => Err(run_status(RunError::RequestReused, &request)),
            };
        }
        let rules = rules::for_year(asked.tax_year);
        rules.map_err(|error| rule_status(&error, asked.tax_year))?;
        self.vendors.payer_exists(&asked.payer_id).await?;
        let beginning = self.beginning.lock().await;
        let begun = self.store.begin_run(&asked).await;
        let run = begun.map_err(|error| run_status(error, &request))?;
        if run.asked.run_id != asked.run_id {
            drop(beginning);
            return self.follow(run).await;
        }
        let (sender, progress) = watch::channel(Progress {
            run: run.clone(),
            recipients_total: 0,
        });
        let cancel = self.shutdown.child_token();
        let entry = Live {
            progress: progress.clone(),
            cancel: cancel.clone(),
        };
        let run_id = run.asked.run_id.clone();
        self.live.lock().await.insert(run_id, entry);
        drop(beginning);
        let worker = Worker {
            store: self.store.clone(),
            vendors: self.vendors.clone(),
            publication: self.publication.clone(),
            run,
            progress: sender,
            cancel,
        };
        let runs = self.clone();
        let task = context::spawn(async move { runs.see_through(worker).await });
        self.tasks.spawn(async move {
            task.await.ok();
        });
        Ok(progress)
    }

    /// Where the progress of a run shows; of an ended one its end.
    pub(crate) async fn follow(&self, run: Run) -> Result<watch::Receiver<Progress>, Status> {
        drop(self.beginning.lock().await);
        if let Some(live) = self.live.lock().await.get(&run.asked.run_id) {
            return Ok(live.progress.clone());
        }
        let run = self.get(&run.asked.run_id).await?;
        let recipients_total = run.totals.recipients;
        let progress = Progress {
            run,
            recipients_total,
        };
        Ok(watch::channel(progress).1)
    }

    /// One run; of one at work what it has come to so far.
    pub(crate) async fn get(&self, run_id: &str) -> Result<Run, Status> {
        if let Some(live) = self.live.lock().await.get(run_id) {
            return Ok(live.progress.borrow().run.clone());
        }
        let run = self.store.run(run_id).await;
        run.map_err(IntoStatus::into_status)?.ok_or_else(|| {
            Refusal::not_found(reason::RUN_NOT_FOUND, format!("there is no runs/{run_id}"))
                .with("run", format!("runs/{run_id}"))
                .into_status()
        })
    }

    /// Stops a run at work and waits until it has stopped.
    pub(crate) async fn cancel(&self, run_id: &str) -> Result<Run, Status> {
        let live = self.live.lock().await;
        let wished = live.get(run_id).map(|live| {
            live.cancel.cancel();
            live.progress.clone()
        });
        drop(live);
        let Some(mut progress) = wished else {
            return Err(ended(&self.get(run_id).await?));
        };
        let end = progress.wait_for(|progress| progress.run.state != RunState::Running);
        let shown = end.await.ok().map(|progress| progress.run.clone());
        let run = match shown {
            Some(run) => run,
            None => self.get(run_id).await?,
        };
        match run.state {
            RunState::Canceled => Ok(run),
            _ => Err(ended(&run)),
        }
    }

    /// Does the work of a run, and sees to its end whatever happens.
    async fn see_through(&self, worker: Worker) {
        let run_id = worker.run.asked.run_id.clone();
        let worker = Arc::new(worker);
        let at_work = worker.clone();
        let done = context::spawn(async move { at_work.work().await }).await;
        let ended = match done {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Stop::Canceled)) if self.shutdown.is_cancelled() => {
                worker.abandon(RunState::Failed, STOPPED).await
            }
            Ok(Err(Stop::Canceled)) => worker.abandon(RunState::Canceled, "").await,
            Ok(Err(Stop::Failed(status))) => {
                warn!(run = %run_id, failure = status.message(), "Run {run_id} has failed");
                worker.abandon(RunState::Failed, status.message()).await
            }
            Err(broken) => {
                let status = incident::internal(&broken);
                worker.abandon(RunState::Failed, status.message()).await
            }
        };
        if let Err(error) = ended {
            error!(run = %run_id, error = %error, "Run {run_id} has ended, but that could not be noted");
        }
        self.show_end(&worker).await;
        if let Ok(Some(run)) = self.store.run(&run_id).await
            && run.state == RunState::Completed
        {
            self.tidy(&run).await;
        }
    }

    /// Shows the run as it is stored to everybody who follows it.
    async fn show_end(&self, worker: &Worker) {
        let run_id = &worker.run.asked.run_id;
        let stored = self.store.run(run_id).await;
        let mut live = self.live.lock().await;
        worker.progress.send_modify(|progress| match stored {
            Ok(Some(run)) => progress.run = run,
            _ => {
                progress.run.state = RunState::Failed;
                progress.run.failure =
                    "the database does not answer; look at the run again".to_owned();
            }
        });
        live.remove(run_id);
        drop(live);
        let run = worker.progress.borrow().run.clone();
        info!(
            run = %run_id, state = run.state.as_str(), recipients = run.totals.recipients, rows = run.totals.rows,
            "Run {run_id} has ended"
        );
    }

    /// Deletes what a completed run needed, and what it has replaced.
    async fn tidy(&self, run: &Run) {
        if let Err(error) = self.store.clear_after_run(&run.asked).await {
            warn!(run = %run.asked.run_id, error = %error, "Working rows of a run could not be deleted");
        }
    }
}

fn ended(run: &Run) -> Status {
    let name = format!("runs/{}", run.asked.run_id);
    let message = format!("{name} has ended: it is {}", run.state.as_str());
    Refusal::failed_precondition(reason::RUN_ENDED, message)
        .with("run", name)
        .into_status()
}
