//! What is made of files, made anew when one of them changes.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{info, warn};

use crate::{
    config::ConfigError,
    stamp::{self, Stamp},
};

/// How often the files are looked at, at most.
const LOOK_EVERY: Duration = Duration::from_secs(2);

type Make<T> = Box<dyn Fn() -> Result<T, ConfigError> + Send + Sync>;

/// What is made of files. While they cannot be used, what was made of them before stays.
pub(super) struct Made<T> {
    files: Vec<PathBuf>,
    make: Make<T>,
    kept: Mutex<Kept<T>>,
}

struct Kept<T> {
    made: Arc<T>,
    of: Vec<Option<Stamp>>,
    looked: Instant,
}

impl<T> Made<T> {
    /// Makes it of the files, for the first time.
    pub(super) fn new(
        files: Vec<PathBuf>,
        make: impl Fn() -> Result<T, ConfigError> + Send + Sync + 'static,
    ) -> Result<Self, ConfigError> {
        let of = stamps(&files);
        let made = Arc::new(make()?);
        Ok(Self {
            files,
            make: Box::new(make),
            kept: Mutex::new(Kept {
                made,
                of,
                looked: Instant::now(),
            }),
        })
    }

    /// As the files are now, or were some seconds ago.
    pub(super) fn now(&self) -> Arc<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.looked.elapsed() >= LOOK_EVERY {
            kept.looked = Instant::now();
            let of = stamps(&self.files);
            if of != kept.of {
                kept.of = of;
                match (self.make)() {
                    Ok(made) => {
                        kept.made = Arc::new(made);
                        info!(files = ?self.files, "Read the changed certificates");
                    }
                    Err(error) => {
                        let error: &dyn std::error::Error = &error;
                        warn!(error, files = ?self.files, "The changed certificates cannot be used; the old ones stay");
                    }
                }
            }
        }
        kept.made.clone()
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    files
        .iter()
        .map(|file| stamp::of(file).ok().flatten())
        .collect()
}
