//! How fast jobs go, as seen from here.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use formfeed_proto::spooler as pb;
use pb::job::State;

/// What was longer ago says nothing of the pace now.
const OVER: Duration = Duration::from_secs(300);

/// Sheets done of the jobs at work, whenever that changed.
#[derive(Debug, Default)]
pub(super) struct Pace {
    of: HashMap<String, VecDeque<(Instant, i32)>>,
}

impl Pace {
    /// Takes note of how far jobs are.
    pub(super) fn saw(&mut self, jobs: &[pb::Job], now: Instant) {
        let at_work = |name: &str| {
            jobs.iter()
                .any(|job| job.name == name && job.state() == State::Processing)
        };
        self.of.retain(|name, _| at_work(name));
        for job in jobs.iter().filter(|job| job.state() == State::Processing) {
            let seen = self.of.entry(job.name.clone()).or_default();
            let done = job.sheets - to_do(job);
            if seen.back().is_none_or(|(_, before)| *before != done) {
                seen.push_back((now, done));
            }
            while seen.front().is_some_and(|(at, _)| now - *at > OVER) && seen.len() > 2 {
                seen.pop_front();
            }
        }
    }

    /// Tenths of a page a minute; `None` while nothing was seen to come out.
    pub(super) fn tenths_a_minute(&self, job: &str) -> Option<u64> {
        let (sheets, took) = self.seen(job)?;
        Some(sheets * 600_000 / took)
    }

    /// How long the rest of a job takes at this pace.
    pub(super) fn left(&self, job: &pb::Job) -> Option<Duration> {
        let (sheets, took) = self.seen(&job.name)?;
        let rest = u64::try_from(to_do(job)).ok()?;
        Some(Duration::from_millis(rest * took / sheets))
    }

    /// Sheets, and the milliseconds they took.
    fn seen(&self, job: &str) -> Option<(u64, u64)> {
        let seen = self.of.get(job)?;
        let ((from, first), (to, last)) = (seen.front()?, seen.back()?);
        let sheets = u64::try_from(last - first).ok().filter(|it| *it > 0)?;
        let took = u64::try_from((*to - *from).as_millis()).ok()?;
        (took > 0).then_some((sheets, took))
    }
}

/// Sheets that the printer has still to do: those that wait for a person's word are none of them.
pub(super) fn to_do(job: &pb::Job) -> i32 {
    let Some(report) = &job.report else {
        return job.sheets;
    };
    let waiting = report.sheets_wasted + report.sheets_awaiting_confirmation;
    report.sheets_pending + report.sheets_live - waiting
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(pending: i32) -> pb::Job {
        pb::Job {
            name: "jobs/1".to_owned(),
            state: State::Processing.into(),
            sheets: 10,
            report: Some(pb::JobReport {
                sheets_pending: pending,
                ..pb::JobReport::default()
            }),
            ..pb::Job::default()
        }
    }

    #[test]
    fn the_pace_is_known_once_a_sheet_came_out_and_tells_how_long_the_rest_takes() {
        let (mut pace, begin) = (Pace::default(), Instant::now());
        pace.saw(&[job(10)], begin);
        assert_eq!(pace.tenths_a_minute("jobs/1"), None);
        pace.saw(&[job(8)], begin + Duration::from_secs(6));
        assert_eq!(pace.tenths_a_minute("jobs/1"), Some(200));
        assert_eq!(pace.left(&job(8)), Some(Duration::from_secs(24)));
        pace.saw(&[], begin);
        assert_eq!(pace.left(&job(8)), None);
    }

    #[test]
    fn a_sheet_that_was_sent_is_behind_the_printer_though_its_word_is_wanted() {
        let sent = |sheets: i32| {
            let mut job = job(9 - sheets);
            if let Some(report) = &mut job.report {
                report.sheets_live = sheets + 1;
                report.sheets_awaiting_confirmation = sheets;
            }
            job
        };
        let (mut pace, begin) = (Pace::default(), Instant::now());
        pace.saw(&[sent(0)], begin);
        pace.saw(&[sent(4)], begin + Duration::from_secs(12));
        assert_eq!(to_do(&sent(4)), 6);
        assert_eq!(pace.tenths_a_minute("jobs/1"), Some(200));
        assert_eq!(pace.left(&sent(4)), Some(Duration::from_secs(18)));
    }
}
