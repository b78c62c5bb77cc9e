//! Shows life, keeps the leases known, tells the others what the devices are up to, and hears what they change.
//!
//! Its clock is monotonic; which sign of life is recent the database says by its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use formfeed_domain::spool::{JobId, PrinterId};
use formfeed_store::spooler::{Listener, News, SpoolError};
use tokio::time::MissedTickBehavior;
use tracing::{info, warn};

use super::{Queue, Shared};

/// Signs of life within the time for which one counts.
const SIGNS: u32 = 3;
/// Between two tries to listen to the database.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
/// Changes of a device within this time are told at once.
const TOLD_TOGETHER: Duration = Duration::from_millis(100);

impl Queue {
    /// Keeps the leases until the spooler ends.
    pub(super) async fn keep(self: Arc<Self>) {
        let shared = self.shared.clone();
        let mut beat = tokio::time::interval(shared.me.life / SIGNS);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = HashMap::new();
        loop {
            tokio::select! {
                biased;
                _ = beat.tick() => {
                    if let Err(error) = self.look_at_leases().await {
                        warn!(error = %error, "A sign of life cannot be given");
                    }
                }
                () = shared.board.changed(), if shared.store.is_shared() => {
                    tokio::time::sleep(TOLD_TOGETHER).await;
                    tell(&shared, &mut told).await;
                }
            }
        }
    }

    /// Shows life, and starts and ends workers as the leases say.
    pub(crate) async fn look_at_leases(&self) -> Result<(), SpoolError> {
        let _turn = self.looking.lock().await;
        let leases = self.shared.store.show_life(&self.shared.me).await?;
        let before = self.shared.leases.all();
        for lost in before.iter().filter(|lease| !leases.contains(lease)) {
            warn!(printer = %lost.printer, epoch = lost.epoch, "Printer {} is another's by now", lost.printer);
        }
        for printer in self.shared.leases.set(leases) {
            info!(%printer, "Driving printer {printer}");
            self.wake(&printer);
        }
        Ok(())
    }

    /// Hears what other daemons change until the spooler ends; where there can be none, at once.
    pub(super) async fn hear(self: Arc<Self>) {
        loop {
            match self.shared.store.listen().await {
                Ok(None) => return,
                Ok(Some(listener)) => {
                    // What changed before the ear was there.
                    self.look_everywhere().await;
                    let Err(error) = self.heed(listener).await;
                    warn!(error = %error, "The database tells no news");
                }
                Err(error) => warn!(error = %error, "The database tells no news"),
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    }

    async fn heed(&self, mut listener: Listener) -> Result<std::convert::Infallible, SpoolError> {
        loop {
            match listener.next().await? {
                News::Job(job) => self.job_changed(&job).await?,
                News::Printer(printer) => self.wake(&printer),
                News::Lease(_) => self.look_at_leases().await?,
            }
        }
    }

    async fn job_changed(&self, job: &JobId) -> Result<(), SpoolError> {
        self.shared.hub.ring(job);
        for printer in self.shared.store.printers_of(job).await? {
            self.wake(&printer);
        }
        Ok(())
    }

    async fn look_everywhere(&self) {
        if let Err(error) = self.look_at_leases().await {
            warn!(error = %error, "The leases cannot be read");
        }
        self.shared.hub.ring_all();
        for lease in self.shared.leases.all() {
            self.wake(&lease.printer);
        }
    }
}

/// Records the condition of each device where it differs from what was recorded.
async fn tell(shared: &Shared, told: &mut HashMap<(PrinterId, i64), String>) {
    for lease in shared.leases.all() {
        let condition = shared.board.of(&lease.printer).to_record();
        let key = (lease.printer.clone(), lease.epoch);
        if told.get(&key) == Some(&condition) {
            continue;
        }
        match shared.store.note_condition(&lease, &condition).await {
            Ok(()) => {
                told.insert(key, condition);
            }
            Err(error) => warn!(error = %error, "What a device is up to cannot be recorded"),
        }
    }
}
