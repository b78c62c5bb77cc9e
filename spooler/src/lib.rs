//! The print spooler: sealed jobs, full sheets, and a count that is always right.
//!
//! Nothing is lost, nothing is marked twice without an operator's recorded decision, and the reported quantity and
//! total equal the sum over the sheets known to be good: after any crash, at any moment.
//!
//! It never decides who gets a form or what is in a box; it prints the sealed snapshot and nothing else. Start at
//! [`start()`], then at `queue` for *sheet → device*, `service` for the gRPC face, `console` for the operators' screens, [`render`] for bytes and
//! [`device`] for where they go. The life of an attempt is `formfeed_domain::spool`.

mod config;
mod console;
pub mod device;
mod identity;
mod journal;
mod lock;
mod queue;
pub mod render;
mod service;
mod start;

pub use config::{SpoolerArgs, SpoolerConfig};
pub use console::{ConsoleConfig, ConsoleError};
pub use identity::HOME_FILE;
pub use journal::{JOURNAL_FILE, journal_path, position as journal_position};
pub use lock::LockError;
pub use queue::{CrashPoint, CrashPoints};
pub use start::{Running, StartError, start, start_with};
