//! Printers of no metal: each has a life of its own, which no crash of the spooler ends, and a tray with what it marked.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::device::{DeviceKind, TerminalState};

/// What goes wrong with the next job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It works for somebody else.
    Busy,
    /// It takes the whole document, prints it, and the answer is lost.
    LosesAnswer,
    /// The connection is cut; it has enough of the document to print it.
    CutLate,
    /// The connection is cut; it has not enough.
    CutEarly,
    /// It takes the document and gives it up unprinted.
    Drops,
    /// It prints and says that it gave up.
    AbortsPrinted,
    /// It says completed and counts no side.
    Contradicts,
    /// It prints, and forgets the job at once.
    Forgets,
    /// It stands still until it is switched off and on.
    Hangs,
}

/// A job in the printer's memory.
#[derive(Debug, Clone)]
pub(super) struct OnDevice {
    pub(super) id: i32,
    pub(super) uuid: String,
    pub(super) name: String,
    /// Work that is left.
    pub(super) left: Duration,
    pub(super) marks: bool,
    pub(super) marked: bool,
    pub(super) hangs: bool,
    pub(super) forgets: bool,
    pub(super) ends_as: TerminalState,
    pub(super) ended: bool,
}

/// A printer.
pub(super) struct Hardware {
    pub(super) kind: DeviceKind,
    /// Time for a sheet.
    pub(super) pace: Duration,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
pub(super) struct Inner {
    seen: Option<Instant>,
    pub(super) jobs: Vec<OnDevice>,
    last_id: i32,
    uuids: u64,
    pub(super) off: bool,
    pub(super) jam: bool,
    pub(super) fault: Option<Fault>,
    /// Marks by the name of their job.
    pub(super) tray: BTreeMap<String, u32>,
    pub(super) sides: i32,
}

impl Hardware {
    pub(super) fn new(kind: DeviceKind, pace: Duration) -> Self {
        Self {
            kind,
            pace,
            inner: Mutex::default(),
        }
    }

    /// As it is at this moment.
    pub(super) fn now(&self) -> MutexGuard<'_, Inner> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.advance(self.pace);
        inner
    }

    pub(super) fn jam(&self, jam: bool) {
        self.now().jam = jam;
    }

    pub(super) fn switch(&self, off: bool) {
        self.now().off = off;
    }

    pub(super) fn next_fails(&self, fault: Option<Fault>) {
        self.now().fault = fault;
    }

    /// Off and on: its memory is gone, and its numbers begin anew. What lies in a folder stays.
    pub(super) fn reboot(&self) {
        let mut inner = self.now();
        if self.kind == DeviceKind::File {
            return;
        }
        inner.jobs.clear();
        inner.last_id = 0;
    }

    /// Somebody else prints a sheet.
    pub(super) fn stranger(&self) {
        let mut inner = self.now();
        inner.accept("somebody else's", None, self.pace);
    }

    /// How often it marked the sheet of an attempt.
    pub(super) fn marks(&self, token: &str) -> u32 {
        self.now().tray.get(token).copied().unwrap_or(0)
    }

    pub(super) fn tokens(&self) -> Vec<String> {
        self.now().tray.keys().cloned().collect()
    }

    /// Whether nothing may come out of it any more by itself.
    pub(super) fn is_idle(&self) -> bool {
        self.now().jobs.iter().all(|job| job.ended)
    }

    /// Everything a person can do is done.
    pub(super) fn heal(&self) {
        let mut inner = self.now();
        (inner.off, inner.jam, inner.fault) = (false, false, None);
        if inner.jobs.iter().any(|job| job.hangs) {
            inner.jobs.clear();
        }
    }
}

impl Inner {
    fn advance(&mut self, pace: Duration) {
        let now = Instant::now();
        let mut time = now.duration_since(self.seen.replace(now).unwrap_or(now));
        if self.off || self.jam {
            return;
        }
        for job in self.jobs.iter_mut().filter(|job| !job.ended) {
            if job.hangs {
                break;
            }
            let used = time.min(job.left);
            (time, job.left) = (time - used, job.left - used);
            if job.left <= pace / 2 && !job.marked {
                job.marked = true;
                if job.marks {
                    *self.tray.entry(job.name.clone()).or_default() += 1;
                    self.sides += 1;
                }
            }
            job.ended = job.left.is_zero();
            if !job.ended {
                break;
            }
        }
        self.jobs.retain(|job| !(job.ended && job.forgets));
    }

    pub(super) fn accept(&mut self, name: &str, fault: Option<Fault>, pace: Duration) -> OnDevice {
        self.last_id += 1;
        self.uuids += 1;
        let unmarked = matches!(
            fault,
            Some(Fault::Drops | Fault::CutEarly | Fault::Contradicts)
        );
        let aborts = matches!(
            fault,
            Some(Fault::Drops | Fault::CutEarly | Fault::AbortsPrinted)
        );
        let job = OnDevice {
            id: self.last_id,
            uuid: format!("urn:uuid:{}", self.uuids),
            name: name.to_owned(),
            left: pace,
            marks: !unmarked,
            marked: false,
            hangs: fault == Some(Fault::Hangs),
            forgets: fault == Some(Fault::Forgets),
            ends_as: match aborts {
                true => TerminalState::Aborted,
                false => TerminalState::Completed,
            },
            ended: false,
        };
        self.jobs.push(job.clone());
        job
    }
}
