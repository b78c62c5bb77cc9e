//! Sizes, numbers and times a server keeps to.

use std::time::Duration;

use super::{ConfigError, seconds};

/// Sizes, numbers and times a server keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest message either way, in bytes; a request that would take more than sixteen times as much once it is read, or more
    /// than one token may hold, is refused. `FORMFEED_MAX_MESSAGE_BYTES`; default 8 MiB.
    pub max_message_bytes: usize,
    /// Bytes that the requests at the service hold together, on their way in and once they are read, but for the first 64 KiB of
    /// each call, and three quarters of them with one token; a call beyond them is refused.
    /// `FORMFEED_MAX_REQUEST_MEMORY_BYTES`; default 256 MiB.
    pub max_request_memory_bytes: usize,
    /// Calls at work at once on one connection; more are refused. `FORMFEED_MAX_CALLS_PER_CONNECTION`; default 64.
    pub calls_per_connection: usize,
    /// Calls a second of one token, over some time, ten times as many of a service's; five times as many at once. 0: any
    /// number. `FORMFEED_MAX_CALLS_PER_SECOND`; default 1000.
    pub calls_per_second: u32,
    /// Time for a unary call that names none. `FORMFEED_DEFAULT_DEADLINE_SECONDS`; default 120.
    pub default_deadline: Duration,
    /// Most time a unary call may ask for. `FORMFEED_MAX_DEADLINE_SECONDS`; default 3600.
    pub max_deadline: Duration,
    /// Most time for a call with a stream, from its first to its last message; also when it names none.
    /// `FORMFEED_MAX_STREAM_SECONDS`; default 86400.
    pub max_stream: Duration,
    /// Time for calls to end once the server is to stop. `FORMFEED_SHUTDOWN_GRACE_SECONDS`; default 10.
    pub shutdown_grace: Duration,
    /// Full TINs that a token may see within an hour. `FORMFEED_REVEALS_PER_HOUR`; default 20.
    pub reveals_per_hour: u32,
}

impl Limits {
    /// Refuses limits that contradict each other.
    ///
    /// # Errors
    /// Names the setting.
    pub fn check(&self) -> Result<(), ConfigError> {
        let refuse = |setting, rule| Err(ConfigError::Limit { setting, rule });
        if self.max_message_bytes < 64 * 1024 {
            return refuse("FORMFEED_MAX_MESSAGE_BYTES", "is at least 65536");
        }
        if self.max_request_memory_bytes / 8 < self.max_message_bytes {
            return refuse(
                "FORMFEED_MAX_REQUEST_MEMORY_BYTES",
                "is at least eight times FORMFEED_MAX_MESSAGE_BYTES",
            );
        }
        if self.calls_per_connection == 0 {
            return refuse("FORMFEED_MAX_CALLS_PER_CONNECTION", "is at least 1");
        }
        if self.default_deadline.is_zero() || self.default_deadline > self.max_deadline {
            return refuse(
                "FORMFEED_DEFAULT_DEADLINE_SECONDS",
                "is at least 1 and at most FORMFEED_MAX_DEADLINE_SECONDS",
            );
        }
        if self.max_stream.is_zero() {
            return refuse("FORMFEED_MAX_STREAM_SECONDS", "is at least 1");
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_message_bytes: 8 * 1024 * 1024,
            max_request_memory_bytes: 256 * 1024 * 1024,
            calls_per_connection: 64,
            calls_per_second: 1_000,
            default_deadline: seconds(120),
            max_deadline: seconds(3600),
            max_stream: seconds(24 * 3600),
            shutdown_grace: seconds(10),
            reveals_per_hour: 20,
        }
    }
}
