//! Log lines on stderr. Work never waits for them: when nobody takes them, they are dropped and counted.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::{EnvFilter, prelude::*};

/// Lines that wait for stderr at most.
const LINES: usize = 8_192;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The lines that still wait are written when this is dropped, unless nobody takes them.
#[must_use = "lines that still wait are lost without it"]
#[derive(Debug)]
pub struct Logging {
    _waiting: WorkerGuard,
}

/// Sends log lines to stderr from here on, for as long as what it answers lives. `filter` is a `tracing` filter such as
/// `info` or `info,formfeed_spooler=debug`. A second call changes nothing.
///
/// # Errors
/// A sentence when the filter cannot be read.
pub fn init(filter: &str, format: LogFormat) -> Result<Logging, String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("FORMFEED_LOG is no filter of log lines: {error}"))?;
    let builder = NonBlockingBuilder::default().buffered_lines_limit(LINES);
    let (lines, waiting) = builder.lossy(true).finish(io::stderr());
    let dropped = lines.error_counter();
    let lines = Lines {
        lines,
        dropped,
        told: Arc::default(),
        format,
    };
    let registry = tracing_subscriber::registry().with(filter);
    let layer = fmt::layer().with_writer(lines);
    let started = match format {
        LogFormat::Json => registry.with(layer.json()).try_init(),
        LogFormat::Text => registry
            .with(layer.with_ansi(io::stderr().is_terminal()))
            .try_init(),
    };
    drop(started); // a second start in one process keeps the first
    Ok(Logging { _waiting: waiting })
}

/// Lines on their way to stderr, and how many were dropped.
struct Lines {
    lines: NonBlocking,
    dropped: ErrorCounter,
    /// Of those dropped, how many a line has told.
    told: Arc<AtomicUsize>,
    format: LogFormat,
}

impl Lines {
    /// Tells, in a line of its own, how many are missing since the last time it did.
    fn tell(&self) {
        let dropped = self.dropped.dropped_lines();
        let before = self.told.load(Ordering::Relaxed);
        if dropped == before {
            return;
        }
        let missing = dropped - before;
        let line = match self.format {
            LogFormat::Text => {
                format!("{missing} log lines are missing here: stderr was not read\n")
            }
            LogFormat::Json => format!(
                "{{\"level\":\"WARN\",\"fields\":{{\"message\":\"log lines are missing here: stderr was not read\",\"missing\":{missing}}}}}\n"
            ),
        };
        let mut lines = self.lines.clone();
        let taken = lines.write_all(line.as_bytes());
        // One more is missing when there was no room for it either.
        if taken.is_ok() && self.dropped.dropped_lines() == dropped {
            self.told.store(dropped, Ordering::Relaxed);
        }
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = NonBlocking;

    fn make_writer(&'a self) -> NonBlocking {
        self.tell();
        self.lines.clone()
    }
}
