//! Something that happened to a job.

use chrono::{DateTime, Utc};

/// An entry of a job's history, in the order of its sequence numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEvent {
    /// Counts up within the job, from 1.
    pub sequence: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Stable word, such as `submitted`, `sheet_good`, `completed`.
    pub kind: String,
    /// The event in a sentence.
    pub message: String,
    /// Sheet it is about.
    pub sheet: Option<u32>,
}
