//! Work that computes for long.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::runtime::{Handle, RuntimeFlavor};

/// The work panicked.
pub(super) struct BrokeOff;

/// Does the work beside the tasks; on a runtime of one thread in its turn, so that what happens there happens in one order.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BrokeOff> {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::CurrentThread => catch_unwind(AssertUnwindSafe(work)).map_err(|_| BrokeOff),
        _ => tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| BrokeOff),
    }
}
