//! Why the pool gets no connection: it tries again until its caller's patience ends, and tells nobody else.

use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bb8::ErrorSink;

/// Between two lines of the log about the same pool.
const QUIET: Duration = Duration::from_secs(10);

/// Tells the log, once in a while.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    service: String,
    told: Arc<Mutex<Option<Instant>>>,
}

impl Log {
    /// For the pool of a service.
    pub(crate) fn of(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            told: Arc::default(),
        }
    }

    /// Whether it was quiet for long enough; then it is not from now on.
    fn is_due(&self, now: Instant) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = told.is_none_or(|told| now.duration_since(told) >= QUIET);
        if is_due {
            *told = Some(now);
        }
        is_due
    }
}

impl<E: Debug + Display + Send + Sync + 'static> ErrorSink<E> for Log {
    fn sink(&self, error: E) {
        if self.is_due(Instant::now()) {
            tracing::warn!(service = %self.service, error = %error, "No connection to PostgreSQL");
        }
    }

    fn boxed_clone(&self) -> Box<dyn ErrorSink<E>> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_told_once_in_a_while() {
        let log = Log::of("vendor");
        let start = Instant::now();
        assert!(log.is_due(start));
        assert!(!log.is_due(start + Duration::from_secs(9)));
        assert!(log.is_due(start + QUIET));
        assert!(!log.clone().is_due(start + QUIET));
    }
}
