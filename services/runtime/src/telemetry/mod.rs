//! Log lines on stderr, and traces for who collects them. Work never waits for either: when nobody takes them, they are
//! dropped; log lines are counted then.

mod trace;

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use tracing::{Level, Metadata};
use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::{EnvFilter, prelude::*};

use crate::{config::ServiceConfig, discretion, service::Service};

pub(crate) use trace::{HEADER as TRACE_HEADER, Trace};

/// Counts the lines that were dropped.
static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

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

/// The lines and traces that still wait are sent when this is dropped, unless nobody takes them.
#[must_use = "what still waits is lost without it"]
#[derive(Debug)]
pub struct Logging {
    _waiting: WorkerGuard,
}

impl Drop for Logging {
    fn drop(&mut self) {
        trace::finish();
    }
}

/// Sends log lines to stderr, and traces of these services where the configuration says so, from here on, for as long as
/// what it answers lives. A second call changes nothing.
///
/// # Errors
/// A sentence when the filter of log lines or the address for traces cannot be used.
pub fn init(config: &ServiceConfig, services: &[Service]) -> Result<Logging, String> {
    let logging = log(&config.log, config.log_format)?;
    discretion::into_log_lines();
    if let Some(endpoint) = &config.otlp_endpoint {
        trace::start(endpoint, services)?;
    }
    Ok(logging)
}

/// Log lines that were dropped so far.
pub(crate) fn dropped_lines() -> u64 {
    let dropped = DROPPED.get().map_or(0, ErrorCounter::dropped_lines);
    u64::try_from(dropped).unwrap_or(u64::MAX)
}

/// `filter` is a `tracing` filter such as `info` or `info,formfeed_spooler=debug`.
fn log(filter: &str, format: LogFormat) -> Result<Logging, String> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("FORMFEED_LOG is no filter of log lines: {error}"))?;
    let builder = NonBlockingBuilder::default().buffered_lines_limit(LINES);
    let (lines, waiting) = builder.lossy(true).finish(io::stderr());
    let dropped = lines.error_counter();
    DROPPED.set(dropped.clone()).ok();
    let lines = Lines {
        lines,
        dropped,
        told: Arc::default(),
        format,
    };
    let registry = tracing_subscriber::registry()
        .with(filter)
        .with(filter_fn(tells_no_rows));
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

/// PostgreSQL's driver would tell every value of every row from `debug` on: whatever the filter wants, it does not.
fn tells_no_rows(of: &Metadata<'_>) -> bool {
    *of.level() <= Level::INFO || !of.target().starts_with("tokio_postgres")
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
