//! The queue: one worker for each printer, so that a slow or dead one delays no other.
//!
//! A worker takes its printer's next sheets and walks them through the life of an attempt ([`print`]); after a restart
//! it first settles what can be settled ([`recovery`]). What is known lies in the store; only the live trouble of
//! devices lies in memory ([`board`]).

mod at_work;
mod board;
mod compose;
mod crash;
mod hub;
mod payload;
mod policy;
mod preview;
mod print;
mod recipient_files;
mod recovery;
mod situation;
mod strangers;
mod verdict;
mod whole_job;
mod worker;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use formfeed_domain::spool::PrinterId;
use formfeed_store::spooler::{SpoolError, SpoolerStore};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::warn;

pub(crate) use at_work::may_still_print;
pub(crate) use board::Board;
pub use crash::{CrashPoint, CrashPoints};
pub(crate) use hub::Hub;
pub(crate) use policy::{evidence_in_force, takes_any_stock};
pub(crate) use preview::{PictureFormat, preview};
pub(crate) use situation::situation;

use crate::config::SpoolerConfig;
use worker::Worker;

/// What every worker and every handler shares.
pub(crate) struct Shared {
    pub(crate) store: SpoolerStore,
    pub(crate) config: SpoolerConfig,
    pub(crate) board: Board,
    pub(crate) hub: Hub,
    pub(crate) crash: CrashPoints,
    /// Cancelled when no further sheet may be started.
    pub(crate) stopping: CancellationToken,
    /// Cancelled when what is under way must end, whatever it means for the sheet.
    pub(crate) cut_off: CancellationToken,
}

/// The workers.
pub(crate) struct Queue {
    shared: Arc<Shared>,
    workers: Mutex<HashMap<PrinterId, Running>>,
}

struct Running {
    wake: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Queue {
    /// A queue whose workers do not work yet.
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            workers: Mutex::default(),
        }
    }

    /// Starts a worker for every printer.
    ///
    /// # Errors
    /// Storage.
    pub(crate) async fn begin(&self) -> Result<(), SpoolError> {
        const PAGE: usize = 500;
        let mut after = String::new();
        loop {
            let printers = self.shared.store.printers_after(&after, PAGE).await?;
            let Some(last) = printers.last() else {
                return Ok(());
            };
            after = last.as_str().to_owned();
            for printer in printers {
                self.wake(&printer);
            }
        }
    }

    /// What the workers share with the handlers.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Tells a printer's worker to look again; starts one where there is none.
    pub(crate) fn wake(&self, printer: &PrinterId) {
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let running = workers
            .get(printer)
            .filter(|running| !running.task.is_finished());
        match running {
            Some(running) => running.wake.notify_one(),
            None if self.shared.stopping.is_cancelled() => {}
            None => {
                let wake = Arc::new(Notify::new());
                let worker = Worker::new(self.shared.clone(), printer.clone(), wake.clone());
                let task = tokio::spawn(worker.run());
                workers.insert(printer.clone(), Running { wake, task });
            }
        }
    }

    /// Lets the sheets at work end within the grace time, then cuts off what is left.
    pub(crate) async fn stop(&self) {
        self.shared.stopping.cancel();
        let tasks: Vec<_> = {
            let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            workers.drain().map(|(_, running)| running.task).collect()
        };
        let mut ended = futures::future::join_all(tasks);
        if tokio::time::timeout(self.shared.config.stop_grace, &mut ended)
            .await
            .is_ok()
        {
            return;
        }
        warn!("Cutting off the sheets at work; they will be in doubt");
        self.shared.cut_off.cancel();
        tokio::time::timeout(self.shared.config.stop_grace, ended)
            .await
            .ok();
    }

    /// Drops every worker where it stands, as a crash would.
    #[cfg(debug_assertions)]
    pub(crate) async fn abandon(&self) {
        let tasks: Vec<_> = {
            let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            workers.drain().map(|(_, running)| running.task).collect()
        };
        for task in tasks {
            task.abort();
            task.await.ok();
        }
    }
}
