//! One printer's worker: takes the next sheets while there are any, waits while there are none.

use std::sync::Arc;
use std::time::Duration;

use formfeed_domain::spool::{JobId, PrinterId};
use formfeed_store::StoreError;
use formfeed_store::spooler::SpoolError;
use tokio::sync::Notify;
use tracing::{error, info, warn};

use super::Shared;
use super::equipment::Equipment;
use super::leases::Held;

/// How often a worker without work looks, should a call of the bell be lost.
pub(super) const LOOK_ANYWAY: Duration = Duration::from_secs(60);

/// What came of one look at the queue.
pub(super) enum Turn {
    /// Something was done; look again at once.
    Again,
    /// Nothing to do; wait to be woken.
    Idle,
    /// It cannot be done now; look again after a while.
    Later,
    /// The printer is gone, or the spooler stops.
    End,
}

/// One printer's worker.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) printer: PrinterId,
    pub(super) held: Held,
    wake: Arc<Notify>,
    /// Whether the device was asked about what a restart found unfinished.
    recovered: bool,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, held: Held, wake: Arc<Notify>) -> Self {
        Self {
            shared,
            printer: held.lease.printer.clone(),
            held,
            wake,
            recovered: false,
        }
    }

    /// Works until the spooler stops, the printer is removed, or its lease is over.
    pub(super) async fn run(mut self) {
        let (first, most) = (
            self.shared.config.retry_first,
            self.shared.config.retry_most,
        );
        let mut pause = first;
        while !self.shared.stopping.is_cancelled() && !self.held.over.is_cancelled() {
            let turn = match self.turn().await {
                Ok(turn) => turn,
                Err(SpoolError::PrinterNotFound(_)) => Turn::End,
                Err(SpoolError::LeaseLost(_)) => {
                    warn!(printer = %self.printer, "Printer {} is another's by now", self.printer);
                    self.shared.leases.lose(&self.held.lease);
                    Turn::End
                }
                Err(failed) => {
                    error!(printer = %self.printer, error = %failed, "Printer {} waits for storage", self.printer);
                    Turn::Later
                }
            };
            match turn {
                Turn::Again => pause = first,
                Turn::Idle => {
                    pause = first;
                    self.wait(LOOK_ANYWAY).await;
                }
                Turn::Later => {
                    self.wait(pause).await;
                    pause = (pause * 2).min(most);
                }
                Turn::End => break,
            }
        }
        self.shared.board.set_work(&self.printer, None);
    }

    async fn turn(&mut self) -> Result<Turn, SpoolError> {
        let equipment = match self.equipment().await? {
            Ok(equipment) => equipment,
            Err(reason) => {
                self.trouble(None, vec![reason]).await?;
                return Ok(Turn::Later);
            }
        };
        if !self.recovered {
            match self.recover(&equipment).await? {
                true => self.recovered = true,
                false => return Ok(Turn::Later),
            }
        }
        self.print_next(&equipment).await
    }

    /// The device as its row describes it now; inner error in words when it cannot be set up.
    async fn equipment(&self) -> Result<Result<Equipment, String>, SpoolError> {
        let store = &self.shared.store;
        let facts = store.printer(&self.printer).await?;
        let access = match store.printer_access(&self.printer).await {
            Ok(access) => access,
            Err(SpoolError::Store(StoreError::Seal(error))) => return Ok(Err(error.to_string())),
            Err(failed) => return Err(failed),
        };
        Ok(self.shared.devices.set_up(facts, access))
    }

    pub(super) async fn wait(&self, limit: Duration) {
        tokio::select! {
            biased;
            () = self.wake.notified() => {}
            () = self.shared.stopping.cancelled() => {}
            () = self.held.over.cancelled() => {}
            () = tokio::time::sleep(limit) => {}
        }
    }

    /// Shows why the printer does not print, or that it does again; news become an event of the job they keep waiting.
    pub(super) async fn trouble(
        &self,
        job: Option<&JobId>,
        trouble: Vec<String>,
    ) -> Result<(), SpoolError> {
        let (better, words) = (trouble.is_empty(), trouble.join("; "));
        if !self.shared.board.set_trouble(&self.printer, trouble) {
            return Ok(());
        }
        let printer = &self.printer;
        match better {
            true => info!(%printer, "Printer {printer} goes on"),
            false => warn!(%printer, trouble = words, "Printer {printer} does not print"),
        }
        if let Some(job) = job {
            let event = match better {
                true => ("resumed", format!("printer {printer} goes on")),
                false => ("stopped", words),
            };
            let about = (event.0, event.1.as_str());
            self.shared
                .store
                .note_event(job, about, self.shared.now())
                .await?;
            self.shared.hub.ring(job);
        }
        Ok(())
    }
}
