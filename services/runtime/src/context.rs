//! What a task knows of the call it works for: its request id and its user.
//!
//! The server sets it around each handler; the client reads it for outgoing
//! headers. A task of one's own keeps it when started by [`spawn`].

use tokio::task::JoinHandle;
use tracing::Instrument;

tokio::task_local! {
    static CURRENT: Context;
}

/// The call a task works for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Id of the request, as in logs and in the response's `x-request-id`.
    pub request_id: String,
    /// The user the work is done for; none for a service's own work.
    pub user: Option<String>,
    /// What tells a collector of traces that calls made meanwhile belong to this one; none while no traces are sent.
    pub trace: Option<String>,
}

/// The context of the running task, if it works for a call.
pub fn current() -> Option<Context> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Runs a future within a context.
pub async fn scope<F: Future>(context: Context, future: F) -> F::Output {
    CURRENT.scope(context, future).await
}

/// Runs a function within a context.
pub(crate) fn scope_now<T>(context: Context, run: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(context, run)
}

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
