//! How long an import may stay staged.

use chrono::{DateTime, TimeDelta, Utc};

/// An import that is neither published nor discarded within this time of its beginning is forgotten: its client is
/// gone, and the numbers staged with it must not stay for ever.
pub const STAGED_IMPORT_LIFE: TimeDelta = TimeDelta::hours(24);

/// Imports staged before this instant are forgotten.
pub(crate) fn forgotten_before(now: DateTime<Utc>) -> DateTime<Utc> {
    now - STAGED_IMPORT_LIFE
}
