//! One printer's worker: takes the next sheets while there are any, waits while there are none.

use std::sync::Arc;
use std::time::Duration;

use formfeed_domain::spool::{JobId, PrinterAccess, PrinterId};
use formfeed_store::spooler::SpoolError;
use formfeed_store::{StoreError, at_once};
use tokio::sync::Notify;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::Shared;
use super::address::Sought;
use super::equipment::Equipment;
use super::flaps::Flaps;
use super::leases::Held;
use crate::device::{Device, DeviceKind};

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

/// Why a printer cannot be used now, in words.
enum Hindrance {
    /// One person alone set it up.
    NotApproved(String),
    /// Its device cannot be set up.
    NoDevice(String),
}

/// One printer's worker.
pub(super) struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) printer: PrinterId,
    pub(super) held: Held,
    wake: Arc<Notify>,
    /// Whether the device was asked about what a restart found unfinished.
    recovered: bool,
    kept: Option<Kept>,
    pub(super) flaps: Flaps,
}

/// A device between two turns, with what it was made of. A port that is closed and opened again forgets that the printer
/// asked to wait, and lets others in between: it is let go of when nothing was done on it for [`LOOK_ANYWAY`]. A
/// connection serves the next sheet, while there is one.
struct Kept {
    uri: String,
    access: PrinterAccess,
    device: Arc<dyn Device>,
    is_port: bool,
    used: Instant,
    /// Whether anything was done on it since it was set up.
    has_served: bool,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, held: Held, wake: Arc<Notify>) -> Self {
        Self {
            shared,
            printer: held.lease.printer.clone(),
            held,
            wake,
            recovered: false,
            kept: None,
            flaps: Flaps::default(),
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
                    self.waits_for_storage(&failed);
                    Turn::Later
                }
            };
            if !matches!(turn, Turn::Again) {
                self.kept = self.kept.take().filter(|kept| kept.is_port);
            }
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
        if let Some(older) = self.shared.journal.trouble() {
            self.trouble(None, vec![older]).await?;
            return Ok(Turn::Idle);
        }
        let equipment = match at_once(self.equipment()).await? {
            Ok(equipment) => equipment,
            Err(Hindrance::NotApproved(reason)) => {
                // Who approves it sees where it is.
                if let Sought::Kept = self.find_address().await? {
                    return Ok(Turn::Again);
                }
                self.trouble(None, vec![reason]).await?;
                return Ok(Turn::Later);
            }
            Err(Hindrance::NoDevice(reason)) => {
                let reason = match self.find_address().await? {
                    Sought::Kept => return Ok(Turn::Again),
                    Sought::Missing(words) => words,
                    Sought::Known => reason,
                };
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
        let turn = self.print_next(&equipment).await;
        if let (Ok(Turn::Again), Some(kept)) = (&turn, self.kept.as_mut()) {
            kept.used = Instant::now();
            kept.has_served = true;
        }
        let is_idle = matches!(turn, Ok(Turn::Idle));
        if is_idle && self.look(&equipment).await {
            // What was opened for a look alone is let go of.
            self.kept = self.kept.take().filter(|kept| kept.has_served);
        }
        turn
    }

    /// The device as its row describes it now; inner error in words when it cannot be used.
    async fn equipment(&mut self) -> Result<Result<Equipment, Hindrance>, SpoolError> {
        let store = &self.shared.store;
        // Before the facts, which tell of an access that was changed since that nobody has approved it.
        let access = store.printer_access(&self.printer).await;
        let facts = store.printer(&self.printer).await?;
        if let Some(words) = self.shared.waits_for_approval(&facts) {
            self.kept = None;
            return Ok(Err(Hindrance::NotApproved(words)));
        }
        let access = match access {
            Ok(access) => access,
            Err(SpoolError::Store(StoreError::Seal(error))) => {
                return Ok(Err(Hindrance::NoDevice(error.to_string())));
            }
            Err(failed) => return Err(failed),
        };
        let kept = self.kept.take().filter(|kept| {
            (kept.uri.as_str(), &kept.access) == (facts.uri.as_str(), &access)
                && kept.used.elapsed() < LOOK_ANYWAY
        });
        let device = kept.as_ref().map(|kept| Arc::clone(&kept.device));
        let equipment = self.shared.devices.set_up(facts, access.clone(), device);
        self.kept = kept.or_else(|| {
            let equipment = equipment.as_ref().ok()?;
            let is_port = match equipment.kind {
                DeviceKind::Serial | DeviceKind::Parallel => true,
                DeviceKind::Ipp | DeviceKind::Ipps => false,
                DeviceKind::File | DeviceKind::Socket => return None,
            };
            Some(Kept {
                uri: equipment.facts.uri.clone(),
                access,
                device: Arc::clone(&equipment.device),
                is_port,
                used: Instant::now(),
                has_served: false,
            })
        });
        Ok(equipment.map_err(Hindrance::NoDevice))
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

    /// Shows that the printer waits until something can be recorded again; no event of it can be.
    pub(super) fn waits_for_storage(&self, failed: &SpoolError) {
        let words = format!("nothing can be recorded: {failed}");
        self.shared.board.set_trouble(&self.printer, vec![words]);
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
