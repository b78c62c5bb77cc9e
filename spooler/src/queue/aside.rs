//! Work that computes for long.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// The work panicked.
pub(super) struct BrokeOff;

/// Does the work on this thread, which lets go of its other tasks first; on a runtime of one thread there is nobody to take
/// them, and what happens there happens in one order.
pub(super) fn aside<T>(work: impl FnOnce() -> T) -> Result<T, BrokeOff> {
    let work = || catch_unwind(AssertUnwindSafe(work)).map_err(|_| BrokeOff);
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => block_in_place(work),
        _ => work(),
    }
}
