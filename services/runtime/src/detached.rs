//! State-changing work that ends even when its caller leaves.

use tonic::Status;

use crate::{context, incident};

/// Runs work in a task of its own and waits for it. When the caller
/// disconnects or its deadline passes, only the waiting ends: the work goes on
/// with the same span, request id and user.
///
/// # Errors
/// The work's own; INTERNAL when it panicked.
pub async fn finish<T, F>(work: F) -> Result<T, Status>
where
    F: Future<Output = Result<T, Status>> + Send + 'static,
    T: Send + 'static,
{
    match context::spawn(work).await {
        Ok(outcome) => outcome,
        Err(broken) => Err(incident::internal(&broken)),
    }
}
