//! What a task knows of the call it works for: its request id and its user.
//!
//! The server sets it around each handler; the client reads it for outgoing
//! headers. A task of one's own keeps it when started by [`spawn`].

pub(crate) use formfeed_store::acting::scope_now;
pub use formfeed_store::acting::{Context, current, scope};
use tokio::task::JoinHandle;
use tracing::Instrument;

/// Starts a task that keeps the context and the tracing span of this one.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let future = future.in_current_span();
    match current() {
        Some(context) => tokio::spawn(scope(context, future)),
        None => tokio::spawn(future),
    }
}
