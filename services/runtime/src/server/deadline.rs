//! How long a call may take.
//!
//! A unary call has the time its `grpc-timeout` names, at most
//! `max_deadline`; without one, `default_deadline`. A call with a stream has
//! the time it names for all of its messages, at most `max_stream`, which is
//! also what it has when it names none.

use std::time::Duration;

use http::HeaderMap;
use tonic::{Code, Status};

use crate::{
    config::Limits,
    methods, reason,
    status::{IntoStatus, Refusal},
};

/// The one method without a stream that is not of our own contract. Who has no token may call it.
pub(super) const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";
const HEALTH: &str = "/grpc.health.v1.Health/";
/// Time until its methods answer, whatever is asked for: they answer at once, and no caller keeps the place of others who ask.
const HEALTH_WITHIN: Duration = Duration::from_secs(10);

/// The time a call to `path` with these headers has.
pub(super) fn time_allowed(path: &str, headers: &HeaderMap, limits: &Limits) -> Duration {
    let asked = headers
        .get("grpc-timeout")
        .and_then(|value| value.to_str().ok())
        .and_then(parse);
    if path == HEALTH_CHECK {
        return asked.unwrap_or(HEALTH_WITHIN).min(HEALTH_WITHIN);
    }
    let is_stream = methods::shape(path).is_none_or(methods::Shape::is_stream);
    match (is_stream, asked) {
        (true, asked) => asked.unwrap_or(limits.max_stream).min(limits.max_stream),
        (false, asked) => asked
            .unwrap_or(limits.default_deadline)
            .min(limits.max_deadline),
    }
}

/// The time until the first answer, where that is less.
pub(super) fn time_to_answer(path: &str) -> Option<Duration> {
    path.starts_with(HEALTH).then_some(HEALTH_WITHIN)
}

/// DEADLINE_EXCEEDED.
pub(super) fn exceeded(allowed: Duration) -> Status {
    Refusal::new(
        Code::DeadlineExceeded,
        reason::DEADLINE_EXCEEDED,
        format!(
            "the call took longer than its deadline of {} ms",
            allowed.as_millis()
        ),
    )
    .with("deadline_ms", allowed.as_millis())
    .into_status()
}

// At most eight digits and a unit: gRPC over HTTP/2, "Timeout".
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}
