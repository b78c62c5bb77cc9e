//! How far long work is: a bar on a terminal, plain lines elsewhere.

use std::future::Future;
use std::io;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// Plain lines come no closer than this.
const LINE_EVERY: Duration = Duration::from_secs(2);

/// A bar moves no more often than this.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How far some work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stand {
    /// Units done.
    pub(crate) done: u64,
    /// Units in all; 0 while not known.
    pub(crate) total: u64,
    /// The same in words.
    pub(crate) text: String,
}

/// Progress of one piece of work, shown on stderr.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    last: Instant,
}

impl Progress {
    /// Nothing done yet.
    pub(crate) fn new(output: &Output<'_>) -> Self {
        let bar = output.terminal.then(|| {
            let style = ProgressStyle::with_template("{bar:30} {percent:>3}% {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style)
        });
        Self {
            bar,
            last: Instant::now(),
        }
    }

    /// Shows how far it is: at once on a bar, now and then as a line.
    ///
    /// # Errors
    /// When nobody reads on.
    pub(crate) fn show(&mut self, output: &mut Output<'_>, stand: &Stand) -> io::Result<()> {
        match &self.bar {
            Some(bar) => {
                bar.set_length(stand.total.max(stand.done).max(1));
                bar.set_position(stand.done);
                bar.set_message(stand.text.clone());
            }
            None if self.last.elapsed() >= LINE_EVERY => {
                self.last = Instant::now();
                output.note(&stand.text)?;
            }
            None => {}
        }
        Ok(())
    }

    /// A remark that must not be missed, above the bar.
    ///
    /// # Errors
    /// When nobody reads on.
    pub(crate) fn say(&mut self, output: &mut Output<'_>, text: &str) -> io::Result<()> {
        self.aside(|| output.note(text))
    }

    /// Writes something else while a bar is shown, which gives way for it.
    ///
    /// # Errors
    /// When nobody reads on.
    pub(crate) fn aside(&self, write: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Looks on while `work` is under way.
    ///
    /// # Errors
    /// When nobody reads on.
    pub(crate) async fn follow<T>(
        &mut self,
        output: &mut Output<'_>,
        work: impl Future<Output = T>,
        stand: impl Fn() -> Stand,
    ) -> io::Result<T> {
        let mut work = std::pin::pin!(work);
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                answer = &mut work => return Ok(answer),
                _ = ticks.tick() => self.show(output, &stand())?,
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
