//! The queue: one worker for each printer, so that a slow or dead one delays no other.
//!
//! A worker takes its printer's next sheets and walks them through the life of an attempt ([`print`]); after a restart
//! it first settles what can be settled ([`recovery`]). What is known lies in the store; only the live trouble of
//! devices lies in memory ([`board`]). It works for the printers whose lease this run has ([`leases`], [`keeper`]).
//!
//! Store, devices and clock are met behind traits ([`ledger`], [`equipment`], [`clock`]), so that a simulation can drive them.

mod address;
mod approval;
mod aside;
mod at_work;
mod board;
mod calibration;
mod clock;
mod compose;
mod crash;
mod equipment;
mod flaps;
mod hub;
mod keeper;
mod leases;
mod ledger;
mod look;
mod payload;
mod policy;
mod prepare;
mod preview;
mod print;
mod recipient_files;
mod recovery;
mod sealed_sheets;
#[cfg(test)]
mod simulation;
mod situation;
mod strangers;
mod tell;
mod verdict;
mod whole_job;
mod worker;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use formfeed_domain::spool::PrinterId;
use formfeed_runtime::access::DutySwitch;
use formfeed_store::spooler::{Identity, SpoolError};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing::warn;

pub(crate) use at_work::may_still_print;
pub(crate) use board::{Board, Condition};
pub(crate) use clock::WallClock;
pub use crash::{CrashPoint, CrashPoints};
pub(crate) use equipment::ByUri;
pub(crate) use hub::Hub;
pub(crate) use leases::Leases;
pub(crate) use look::{Looks, PATIENCE, Said};
pub(crate) use policy::{evidence_in_force, takes_any_stock};
pub(crate) use preview::{PictureFormat, preview};
pub(crate) use situation::{condition, situation};

use crate::config::SpoolerConfig;
use crate::journal::Journal;
use clock::Clock;
use equipment::Devices;
use ledger::Ledger;
use worker::Worker;

/// What every worker and every handler shares.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Ledger>,
    /// Where printers are reached.
    pub(crate) devices: Box<dyn Devices>,
    pub(crate) clock: Box<dyn Clock>,
    /// What this run is on the database.
    pub(crate) me: Identity,
    /// The printers that it drives.
    pub(crate) leases: Leases,
    pub(crate) config: SpoolerConfig,
    /// Whether one person may do everything.
    pub(crate) duty: DutySwitch,
    pub(crate) board: Board,
    pub(crate) hub: Hub,
    /// Who wants to know whether a printer is there.
    pub(crate) looks: Looks,
    pub(crate) crash: CrashPoints,
    /// What was printed, beside the database; where they do not agree, nothing is printed.
    pub(crate) journal: Journal,
    /// Cancelled when no further sheet may be started.
    pub(crate) stopping: CancellationToken,
    /// Cancelled when what is under way must end, whatever it means for the sheet.
    pub(crate) cut_off: CancellationToken,
}

impl Shared {
    /// The time of day.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// The workers.
pub(crate) struct Queue {
    shared: Arc<Shared>,
    workers: Mutex<BTreeMap<PrinterId, Running>>,
    /// What shows life and hears the others.
    keepers: Mutex<Vec<JoinHandle<()>>>,
    /// Whose turn it is to read the leases: an older answer never takes the place of a newer one.
    looking: tokio::sync::Mutex<()>,
}

struct Running {
    wake: Arc<Notify>,
    epoch: i64,
    task: JoinHandle<()>,
}

impl Queue {
    /// A queue whose workers do not work yet.
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            workers: Mutex::default(),
            keepers: Mutex::default(),
            looking: tokio::sync::Mutex::default(),
        }
    }

    /// Takes the printers that are this spooler's own and starts a worker for each. `address` is where it answers.
    ///
    /// # Errors
    /// Storage, or a name or key that the database does not have of this spooler.
    pub(crate) async fn begin(self: &Arc<Self>, address: &str) -> Result<(), SpoolError> {
        let shared = &self.shared;
        shared.store.enroll(&shared.me, address).await?;
        let own = shared.store.take_own(&shared.me).await?;
        for printer in shared.leases.set(own) {
            self.wake(&printer);
        }
        let mut keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
        keepers.push(tokio::spawn(self.clone().keep()));
        keepers.push(tokio::spawn(self.clone().hear()));
        Ok(())
    }

    /// Has every worker look again.
    pub(crate) fn wake_all(&self) {
        for lease in self.shared.leases.all() {
            self.wake(&lease.printer);
        }
    }

    /// What the workers share with the handlers.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Tells a printer's worker to look again; starts one where there is none. What another daemon drives, the database
    /// has told that one.
    pub(crate) fn wake(&self, printer: &PrinterId) {
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(held) = self.shared.leases.of(printer) else {
            return;
        };
        let running = workers
            .get(printer)
            .filter(|running| running.epoch == held.lease.epoch && !running.task.is_finished());
        match running {
            Some(running) => running.wake.notify_one(),
            None if self.shared.stopping.is_cancelled() => {}
            None => {
                let before = workers.remove(printer).map(|running| running.task);
                let (wake, epoch) = (Arc::new(Notify::new()), held.lease.epoch);
                let worker = Worker::new(self.shared.clone(), held, wake.clone());
                let task = tokio::spawn(async move {
                    if let Some(before) = before {
                        before.await.ok(); // of an epoch that is over: it ends
                    }
                    worker.run().await;
                });
                workers.insert(printer.clone(), Running { wake, epoch, task });
            }
        }
    }

    /// Lets the sheets at work end within the grace time, then cuts off what is left.
    pub(crate) async fn stop(&self) {
        self.shared.stopping.cancel();
        let tasks: Vec<_> = {
            let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *workers)
                .into_values()
                .map(|running| running.task)
                .collect()
        };
        let mut ended = futures::future::join_all(tasks);
        if tokio::time::timeout(self.shared.config.stop_grace, &mut ended)
            .await
            .is_ok()
        {
            return self.retire().await;
        }
        warn!("Cutting off the sheets at work; they will be in doubt");
        self.shared.cut_off.cancel();
        let ended = tokio::time::timeout(self.shared.config.stop_grace, ended).await;
        if ended.is_ok() {
            self.retire().await;
        }
    }

    /// Nothing is at work any more: the printers may be taken over at once.
    async fn retire(&self) {
        self.end_keepers().await;
        if let Err(error) = self.shared.store.retire(&self.shared.me).await {
            warn!(error = %error, "The end of this spooler cannot be recorded");
        }
    }

    async fn end_keepers(&self) {
        let keepers: Vec<_> = {
            let mut keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
            keepers.drain(..).collect()
        };
        for keeper in keepers {
            keeper.abort();
            keeper.await.ok();
        }
    }

    /// Drops every worker where it stands, as a crash would.
    #[cfg(debug_assertions)]
    pub(crate) async fn abandon(&self) {
        self.end_keepers().await;
        let tasks: Vec<_> = {
            let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *workers)
                .into_values()
                .map(|running| running.task)
                .collect()
        };
        for task in tasks {
            task.abort();
            task.await.ok();
        }
    }
}
