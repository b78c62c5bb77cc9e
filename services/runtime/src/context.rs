//! What a task knows of the call it works for: its request id and its user.
//!
//! The server sets it around each handler; the client reads it for outgoing
//! headers. A task of one's own keeps it when started by [`spawn`].

pub(crate) use formfeed_store::acting::scope_now;
pub use formfeed_store::acting::{Context, current, scope};
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::request_memory;

/// Starts a task that keeps the context and the tracing span of this one, and what its call holds in memory until it is done.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let future = future.in_current_span();
    let Some(context) = current() else {
        return tokio::spawn(future);
    };
    let future = scope(context, future);
    match request_memory::kept() {
        Some(share) => tokio::spawn(request_memory::keep(share, future)),
        None => tokio::spawn(future),
    }
}
