//! The time of day. How long something takes is measured by the runtime's own clock, which the simulation can drive.

use chrono::{DateTime, Utc};

/// Who tells the time of day.
pub(crate) trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine.
pub(crate) struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}
