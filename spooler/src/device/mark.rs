//! How far a device has come, to see later whether somebody else used it meanwhile.

use serde::{Deserialize, Serialize};

/// How far a device has come in its own counting. Kept as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mark {
    /// The last job that is accounted for. Numbers may start anew with the device.
    pub job_id: Option<i32>,
    /// Sides it marked in its life, where it counts.
    pub impressions: Option<i32>,
}

/// What happened on a device since a [`Mark`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Since {
    /// Names of jobs that came and went, ours among them, the oldest first.
    pub jobs: Vec<String>,
    /// Sides that it marked, where it counts.
    pub impressions: Option<i32>,
    /// How far it is now.
    pub now: Mark,
}
