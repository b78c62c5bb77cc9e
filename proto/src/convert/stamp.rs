//! What a resource says of itself: when it was made and changed, and its etag.

use chrono::{DateTime, Utc};

/// The output-only fields at the end of every resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When it was made.
    pub create_time: DateTime<Utc>,
    /// When it was last changed.
    pub update_time: DateTime<Utc>,
    /// Changes with every change.
    pub etag: String,
}
