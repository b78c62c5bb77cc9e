//! Our own bugs: the log has the cause, the caller an incident id.

use std::error::Error;

use tonic::{Code, Status};
use tracing::error;

use crate::{
    reason,
    status::{IntoStatus, Refusal},
};

/// INTERNAL for a bug of ours: logs the error with its causes and answers an incident id only.
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
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
