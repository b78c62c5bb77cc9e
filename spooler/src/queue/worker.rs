//! One printer's worker: takes the next sheets while there are any, waits while there are none.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use formfeed_domain::spool::{JobId, Printer, PrinterAccess, PrinterId};
use formfeed_store::StoreError;
use formfeed_store::spooler::SpoolError;
use tokio::sync::Notify;
use tracing::{error, info, warn};

use super::Shared;
use super::flaps::Flaps;
use super::leases::Held;
use crate::device::{self, Device, DeviceConfig, DeviceKind, DeviceUri};
use crate::render::{Dialect, DialectName};

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
    /// A device on the network while sheet follows sheet, with what it was made of: its connection serves the next one.
    connected: Option<Connected>,
    pub(super) flaps: Flaps,
}

struct Connected {
    uri: String,
    access: PrinterAccess,
    device: Arc<dyn Device>,
}

/// A printer's device, made from its row.
pub(super) struct Equipment {
    pub(super) facts: Printer,
    pub(super) kind: DeviceKind,
    pub(super) device: Arc<dyn Device>,
    pub(super) dialect: Option<&'static dyn Dialect>,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, held: Held, wake: Arc<Notify>) -> Self {
        Self {
            shared,
            printer: held.lease.printer.clone(),
            held,
            wake,
            recovered: false,
            connected: None,
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
                self.connected = None;
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
    async fn equipment(&mut self) -> Result<Result<Equipment, String>, SpoolError> {
        let store = &self.shared.store;
        let facts = store.printer(&self.printer).await?;
        let access = match store.printer_access(&self.printer).await {
            Ok(access) => access,
            Err(SpoolError::Store(StoreError::Seal(error))) => return Ok(Err(error.to_string())),
            Err(failed) => return Err(failed),
        };
        let connected = self.connected.take();
        let stands = |it: &Connected| it.uri == facts.uri && it.access == access;
        let device = connected.filter(stands).map(|it| it.device);
        let uri = facts.uri.clone();
        let equipment = set_up(facts, access.clone(), &self.shared.config.device, device);
        if let Ok(equipment) = &equipment
            && matches!(equipment.kind, DeviceKind::Ipp | DeviceKind::Ipps)
        {
            let device = equipment.device.clone();
            self.connected = Some(Connected {
                uri,
                access,
                device,
            });
        }
        Ok(equipment)
    }

    pub(super) async fn wait(&self, limit: Duration) {
        tokio::select! {
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
            self.shared.store.note_event(job, about, Utc::now()).await?;
            self.shared.hub.ring(job);
        }
        Ok(())
    }
}

/// A printer's device, or the one it has already.
pub(super) fn set_up(
    facts: Printer,
    access: PrinterAccess,
    config: &DeviceConfig,
    connected: Option<Arc<dyn Device>>,
) -> Result<Equipment, String> {
    let config = DeviceConfig {
        access,
        ..config.clone()
    };
    let uri = DeviceUri::parse(&facts.uri).map_err(|error| format!("its URI {error}"))?;
    let dialect = facts.dialect.as_deref().map(str::parse::<DialectName>);
    let dialect = dialect.transpose().map_err(|error| error.to_string())?;
    Ok(Equipment {
        kind: uri.kind(),
        device: match connected {
            Some(device) => device,
            None => device::open(&uri, &config).map_err(|error| error.to_string())?,
        },
        dialect: dialect.map(DialectName::dialect),
        facts,
    })
}
