//! Events of a job, where the printer keeps them for who fetches them (RFC 3995; RFC 3996, `ippget`).
//!
//! An event proves nothing: it says that now is the time to ask. A printer that holds the answer back until something
//! happens (Event Wait Mode) need not be asked in between.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::IppDevice;
use super::attributes::{group, integer};
use super::printer::PrinterStatus;
use ipp::model::DelimiterTag;

/// What is heard of one job.
#[derive(Default)]
pub(super) struct Events {
    /// Rung whenever the printer tells something.
    pub(super) bell: Notify,
    waiting: AtomicBool,
}

impl Events {
    /// Whether the printer holds an answer back until something happens.
    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Listens until the printer has no more to tell; at once where it offers no events, or keeps nobody waiting.
    pub(super) async fn listen(&self, device: &IppDevice, printer: &PrinterStatus, job: i32) {
        if !printer.offers_events {
            return;
        }
        let Ok(answer) = device.ask(device.requests.subscribe(job)).await else {
            return;
        };
        let subscription = group(&answer, DelimiterTag::SubscriptionAttributes);
        let Some(id) = integer(subscription, "notify-subscription-id") else {
            return;
        };
        let Ok(request) = super::built(device.requests.get_notifications(id)) else {
            return;
        };
        let mut parts = 0;
        let heard = || {
            parts += 1;
            // The first part tells what was, and that the others will come.
            self.waiting.store(true, Ordering::Relaxed);
            if parts > 1 {
                self.bell.notify_one();
            }
        };
        if let Err(error) = device.client.listen(request, heard).await {
            tracing::debug!(%error, "The printer's events end");
        }
        self.waiting.store(false, Ordering::Relaxed);
    }
}
