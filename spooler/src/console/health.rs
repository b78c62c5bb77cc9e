//! Whether the daemon works, for machines.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use super::Console;

/// `ok` while the tables answer.
pub(super) async fn show(State(console): State<Arc<Console>>) -> (StatusCode, &'static str) {
    match console.handlers.store().printers_after("", 1).await {
        Ok(_) if !console.stopping.is_cancelled() => (StatusCode::OK, "ok\n"),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}
