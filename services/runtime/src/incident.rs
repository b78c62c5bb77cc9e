//! Our own bugs: the log has the cause, the caller an incident id.

use std::error::Error;

use tokio::task::JoinError;
use tonic::{Code, Status};
use tracing::error;

use crate::{
    reason,
    status::{IntoStatus, Refusal},
};

/// INTERNAL for a bug of ours: logs the error with its causes and answers an incident id only. What a panic said is not told.
pub fn internal(cause: &(dyn Error + 'static)) -> Status {
    internal_because(&chain(cause))
}

/// As [`internal`], for what is known as a sentence. The sentence goes to the log, never to the caller.
pub fn internal_because(cause: &str) -> Status {
    let incident = uuid::Uuid::new_v4().simple().to_string();
    error!(incident, cause, "Failed inside, incident {incident}");
    Refusal::new(
        Code::Internal,
        reason::INTERNAL,
        format!(
            "an error inside Formfeed; the server's log has the cause under incident {incident}"
        ),
    )
    .with("incident", incident)
    .into_status()
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = one(error);
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {}", one(error));
        cause = error.source();
    }
    text
}

/// A task that panicked would repeat the panic's message, which may have anything in it.
pub(crate) fn one(error: &(dyn Error + 'static)) -> String {
    match error.downcast_ref::<JoinError>() {
        Some(broken) if broken.is_panic() => "a task panicked".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the table cannot be read")]
    struct Unread(#[source] JoinError);

    #[tokio::test]
    async fn what_a_task_said_when_it_panicked_is_not_repeated() {
        let digits = "900700001".to_owned();
        let task = tokio::spawn(async move { panic!("no such number: {digits}") });
        let broken: JoinError = task.await.unwrap_err();
        assert!(broken.to_string().contains("900700001"), "tokio repeats it");
        assert_eq!(
            chain(&Unread(broken)),
            "the table cannot be read: a task panicked"
        );
    }
}
