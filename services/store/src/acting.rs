//! For whom a task works: the request it serves, its user and the token that let it in.
//!
//! The server sets it around each handler, and what is written in the audit trail takes its actor from here.

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
    /// Name of the token that the call came with; none for a service's own work.
    pub token: Option<String>,
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
pub fn scope_now<T>(context: Context, run: impl FnOnce() -> T) -> T {
    CURRENT.sync_scope(context, run)
}
