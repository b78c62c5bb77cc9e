//! A port that stands still: said once when it lasts, again when the reason is another, and once when it is over.

use std::time::{Duration, Instant};

use crate::device::{Context, Progress, Reason};

pub(super) struct Stall<'a> {
    notice: Duration,
    context: &'a Context,
    since: Option<Instant>,
    told: Vec<Reason>,
}

impl<'a> Stall<'a> {
    /// Tells of what lasts longer than `notice`.
    pub(super) fn new(notice: Duration, context: &'a Context) -> Self {
        Self {
            notice,
            context,
            since: None,
            told: Vec::new(),
        }
    }

    /// Sleeps a little; answers whether there was news to tell.
    pub(super) fn wait(&mut self, reasons: &[Reason], pause: Duration) -> bool {
        let since = *self.since.get_or_insert_with(Instant::now);
        let is_news = since.elapsed() >= self.notice && self.told != reasons;
        if is_news {
            self.told = reasons.to_vec();
            self.context.report(Progress::Attention(reasons.to_vec()));
        }
        std::thread::sleep(pause);
        is_news
    }

    /// The port moves again.
    pub(super) fn over(&mut self) {
        self.since = None;
        if !std::mem::take(&mut self.told).is_empty() {
            self.context.report(Progress::Attention(Vec::new()));
        }
    }
}
