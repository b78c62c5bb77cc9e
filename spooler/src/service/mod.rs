//! The gRPC face of the queue: parse, load, decide, keep.

mod access;
mod act;
mod alignment;
mod carry_out;
mod check;
mod device;
mod duty;
mod error;
mod form_reader;
mod jobs;
mod located;
mod plan;
mod preview;
mod printers;
mod proposals;
mod questions;
mod reconcile;
mod submit;
mod transmittals;
mod view;
mod watch;

use std::sync::Arc;

use formfeed_store::spooler::SpoolerStore;

use crate::queue::{Queue, Shared};

pub(crate) use error::refused;
pub(crate) use proposals::{is_key, proposal_to};

/// The handlers of all services.
#[derive(Clone)]
pub(crate) struct Handlers {
    queue: Arc<Queue>,
    store: Arc<SpoolerStore>,
}

impl Handlers {
    pub(crate) fn new(queue: Arc<Queue>, store: Arc<SpoolerStore>) -> Self {
        Self { queue, store }
    }

    /// What the workers share.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        self.queue.shared()
    }

    /// The tables.
    pub(crate) fn store(&self) -> &SpoolerStore {
        &self.store
    }
}
