//! What the messages of requests become in memory, told while their bytes come.
//!
//! A part of a message that says nothing takes two bytes on the wire and hundreds once it is read: a message within
//! `max_message_bytes` could become gigabytes. So its bytes are followed as prost would read them, and a call is ended before
//! a message is read that would become too large.

mod schema;
mod walk;

use tonic::{Code, Status};

use crate::{
    config::Limits,
    reason,
    request_memory::Budget,
    status::{IntoStatus, Refusal},
};

use schema::Schema;
pub(super) use walk::Walk;

/// How many times `max_message_bytes` a message may become. No list of texts or numbers gets there, however short they are
/// (a blank text takes two bytes on the wire and 24 in memory), nor do 2,000 records of an import or 500 forms of a job,
/// which become two megabytes beside their texts.
const TIMES: u64 = 16;

/// Where only small messages are taken: what 2,000 records of an import become, and as much again many times.
const LEAST: u64 = 16 * 1024 * 1024;

/// What the messages of a server's requests may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weights {
    most: u64,
}

impl Weights {
    /// In proportion to the largest message, and never more than one token may hold beside it.
    pub(super) fn new(limits: &Limits) -> Self {
        let largest = u64::try_from(limits.max_message_bytes).unwrap_or(u64::MAX);
        let of_one = Budget::new(limits.max_request_memory_bytes).of_one();
        let left = of_one.saturating_sub(limits.max_message_bytes);
        let left = u64::try_from(left).unwrap_or(u64::MAX);
        Self {
            most: largest.saturating_mul(TIMES).max(LEAST).min(left),
        }
    }

    /// Follows the messages of a call; none when its method is not of the contract.
    pub(super) fn walk(self, path: &str) -> Option<Walk> {
        let schema = Schema::ours();
        let request = schema.request(path)?;
        Some(Walk::new(schema, request, self.most))
    }
}

/// How a call ends whose message would become too large: RESOURCE_EXHAUSTED `TOO_MANY_PARTS`.
pub(super) fn refused() -> Status {
    let message = "the message holds too many parts: send fewer at a time";
    Refusal::new(Code::ResourceExhausted, reason::TOO_MANY_PARTS, message).into_status()
}
