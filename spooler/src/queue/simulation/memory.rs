//! The ledger in memory: the rules of the tables, held by the decisions of the domain. What a table would refuse is a panic
//! here, for a worker that asks for it is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Days, Utc};
use formfeed_domain::spool::{
    Attempt, AttemptState as A, EvidencePolicy, Finality, Job, JobId, JobKind, JobReport,
    JobStanding, PlannedSheet, Printer, PrinterId, SerialRange, Shares, SheetState, StockClass,
    StockCounts, StockLoad, Tally,
};
use formfeed_store::spooler::{Change, Lease, SpoolError};

pub(super) type Answer<T> = Result<T, SpoolError>;

/// A try, with what only the store knows of it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) job: JobId,
    pub(super) attempt: Attempt,
    pub(super) load: Option<String>,
    pub(super) device_job: String,
    pub(super) spooler: String,
}

/// A job with all that belongs to it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) job: Job,
    pub(super) started: bool,
    pub(super) sheets: Vec<PlannedSheet>,
    pub(super) attempts: Vec<Row>,
    pub(super) abandoned: BTreeSet<u32>,
    pub(super) shares: Option<Shares>,
    pub(super) reports: Vec<JobReport>,
}

/// A printer with all that belongs to it.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) facts: Printer,
    /// The newest last.
    pub(super) loads: Vec<StockLoad>,
    pub(super) mark: Option<String>,
    pub(super) lease: Option<Lease>,
}

/// The tables.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) jobs: BTreeMap<JobId, Kept>,
    pub(super) printers: BTreeMap<PrinterId, Installed>,
    /// The present run of each spooler.
    pub(super) runs: BTreeMap<String, String>,
    /// Attempts of which the device said something after the decision.
    pub(super) late: BTreeSet<String>,
}

/// The tables, one transaction at a time.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Tables>);

impl Memory {
    pub(super) fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    pub(super) fn of_sheet(&self, sheet: u32) -> impl DoubleEndedIterator<Item = &Row> {
        let own = move |row: &&Row| row.attempt.sheet == sheet;
        self.attempts.iter().filter(own)
    }

    /// No attempt holds it, or marked it without a later permission, and it is not given up.
    pub(super) fn waits(&self, sheet: u32) -> bool {
        let came_to_nothing =
            |row: &Row| matches!(row.attempt.counts_as(), A::Released | A::NotPrinted);
        self.of_sheet(sheet).all(came_to_nothing) && !self.abandoned.contains(&sheet)
    }

    pub(super) fn state_of(&self, sheet: u32) -> SheetState {
        let given_up = self.abandoned.contains(&sheet);
        SheetState::of(
            self.of_sheet(sheet).map(|row| row.attempt.counts_as()),
            given_up,
        )
    }

    pub(super) fn shares(&self) -> Shares {
        let whole = || Shares::whole(self.job.size.sealed.sheets, self.job.spec.printer.clone());
        self.shares.clone().unwrap_or_else(whole)
    }

    /// Sheets that wait for a printer, in the order in which they go.
    pub(super) fn next_on(&self, printer: &PrinterId) -> Vec<u32> {
        let waiting = self
            .sheets
            .iter()
            .map(|sheet| sheet.number)
            .filter(|sheet| self.waits(*sheet));
        match &self.shares {
            Some(shares) => waiting
                .filter(|sheet| shares.printer_of(*sheet) == Some(printer))
                .collect(),
            None if self.job.spec.printer != *printer => Vec::new(),
            None => waiting.collect(),
        }
    }

    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::new();
        for sheet in &self.sheets {
            let state = self.state_of(sheet.number);
            tally.add(state, sheet.sums);
            if state == SheetState::Good {
                let good = self
                    .of_sheet(sheet.number)
                    .find(|row| row.attempt.state == A::Good);
                let basis = good.and_then(|row| row.attempt.basis);
                tally.add_good(basis.expect("a good attempt has a ground"), 1);
            }
        }
        let count = |wanted: &dyn Fn(&Attempt) -> bool| {
            let found = self.attempts.iter().filter(|row| wanted(&row.attempt));
            u32::try_from(found.count()).expect("few")
        };
        tally.spoiled_attempts = count(&|attempt| attempt.state == A::Spoiled);
        tally.lost_attempts = count(&|attempt| attempt.state == A::Lost);
        tally.reprints = count(&|attempt| attempt.reprinted);
        tally
    }

    /// What the report says now.
    pub(super) fn report(&self) -> Answer<JobReport> {
        if let (Some(_), Some(last)) = (self.job.ended_at, self.reports.last()) {
            return Ok(last.clone());
        }
        self.report_as(Finality::Provisional)
    }

    fn report_as(&self, finality: Finality) -> Answer<JobReport> {
        let before = u32::try_from(self.reports.len()).expect("few");
        let report = JobReport::of(self.job.spec.kind, &self.job.size, &self.tally(), finality)?;
        Ok(report.after(before))
    }

    pub(super) fn end_if_done(&mut self, now: DateTime<Utc>) -> Answer<()> {
        if self.job.ended_at.is_none() && JobStanding::ends(&self.job, &self.tally()) {
            let report = self.report_as(Finality::Final)?;
            self.reports.push(report);
            self.job.ended_at = Some(now);
        }
        Ok(())
    }
}

impl Tables {
    pub(super) fn kept(&mut self, id: &JobId) -> Answer<&mut Kept> {
        self.jobs
            .get_mut(id)
            .ok_or_else(|| SpoolError::JobNotFound(id.clone()))
    }

    /// The job, or an error when there is none or it has ended.
    pub(super) fn open_job(&mut self, id: &JobId) -> Answer<&mut Kept> {
        let kept = self.kept(id)?;
        match kept.job.ended_at.is_some() || kept.job.canceled.is_some() {
            true => Err(SpoolError::JobEnded(id.clone())),
            false => Ok(kept),
        }
    }

    pub(super) fn installed(&mut self, id: &PrinterId) -> Answer<&mut Installed> {
        let found = self.printers.get_mut(id);
        found.ok_or_else(|| SpoolError::PrinterNotFound(id.clone()))
    }

    /// The printer with its load.
    pub(super) fn printer(&mut self, id: &PrinterId) -> Answer<Printer> {
        let installed = self.installed(id)?;
        let (mut facts, load) = (installed.facts.clone(), installed.loads.last().cloned());
        facts.load = load.map(|load| StockLoad {
            counts: self.counts(&load.id),
            ..load
        });
        Ok(facts)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.jobs.values().flat_map(|kept| &kept.attempts)
    }

    pub(super) fn on_printer(&self, printer: &PrinterId, state: impl Fn(A) -> bool) -> Vec<&Row> {
        let own = |row: &&Row| row.attempt.printer == *printer && state(row.attempt.state);
        let mut rows: Vec<_> = self.rows().filter(own).collect();
        rows.sort_by_key(|row| (&row.job, row.attempt.sheet));
        rows
    }

    /// What became of the sheets that attempts took from a load.
    pub(super) fn classes(&self, load: &str) -> Vec<(Option<u64>, StockClass)> {
        let own = self.rows().filter(|row| row.load.as_deref() == Some(load));
        let class = |row: &Row| {
            let class = StockClass::of(JobKind::Forms, row.attempt.state)?;
            Some((row.attempt.serial, class))
        };
        own.filter_map(class).collect()
    }

    pub(super) fn counts(&self, load: &str) -> StockCounts {
        let mut counts = StockCounts::default();
        for (_, class) in self.classes(load) {
            counts.add(class, 1);
        }
        counts
    }

    pub(super) fn free_numbers(&self, load: &str, range: SerialRange, wanted: usize) -> Vec<u64> {
        let own = || self.rows().filter(|row| row.load.as_deref() == Some(load));
        let given_back = |row: &Row| matches!(row.attempt.state, A::Released | A::NotPrinted);
        let held: BTreeSet<u64> = own()
            .filter(|row| !given_back(row))
            .filter_map(|row| row.attempt.serial)
            .collect();
        let all: BTreeSet<u64> = own().filter_map(|row| row.attempt.serial).collect();
        let back: Vec<u64> = all.difference(&held).copied().collect();
        range.lowest_free(&back, all.last().copied(), wanted)
    }

    pub(super) fn held(&mut self, lease: &Lease) -> Answer<()> {
        match self.installed(&lease.printer)?.lease.as_ref() == Some(lease) {
            true => Ok(()),
            false => Err(SpoolError::LeaseLost(lease.printer.clone())),
        }
    }

    /// The job that is first in line on a printer.
    pub(super) fn next(&self, printer: &PrinterId, stock: Option<&str>) -> Option<JobId> {
        let goes = |kept: &&Kept| {
            let job = &kept.job;
            job.ended_at.is_none()
                && !job.held
                && job.canceled.is_none()
                && stock.is_none_or(|stock| job.spec.stock == stock)
                && !kept.next_on(printer).is_empty()
        };
        let rank = |kept: &&Kept| (!kept.started, -kept.job.spec.priority, kept.job.id.clone());
        let first = self.jobs.values().filter(goes).min_by_key(rank);
        first.map(|kept| kept.job.id.clone())
    }

    /// Moves all attempts of a device job one step.
    pub(super) fn step(&mut self, token: &str, change: &Change, now: DateTime<Utc>) -> Answer<()> {
        change
            .from
            .step(change.to)
            .map_err(|_| SpoolError::Overtaken)?;
        let stands = |row: &Row| row.attempt.token == token && row.attempt.state == change.from;
        let found = self
            .jobs
            .values_mut()
            .find(|kept| kept.attempts.iter().any(stands));
        let kept = found.ok_or(SpoolError::Overtaken)?;
        for row in kept.attempts.iter_mut().filter(|row| stands(row)) {
            change_row(row, change, now);
        }
        kept.end_if_done(now)
    }
}

/// As the tables would: a ground where it is good and only there, somebody's word for what a person decides.
pub(super) fn change_row(row: &mut Row, change: &Change, now: DateTime<Utc>) {
    let attempt = &mut row.attempt;
    attempt.state = change.to;
    attempt.basis = change.basis.or(attempt.basis);
    if let Some(evidence) = &change.evidence {
        attempt.evidence.clone_from(evidence);
    }
    attempt.decided_by = change.decided_by.clone().or(attempt.decided_by.take());
    attempt.reason = change.reason.clone().or(attempt.reason.take());
    attempt.updated_at = now;
    assert_eq!(
        attempt.state == A::Good,
        attempt.basis.is_some(),
        "the ground of {attempt:?}"
    );
    let is_decided = attempt.decided_by.is_some() && attempt.reason.is_some();
    let wants_word = matches!(attempt.state, A::Spoiled | A::Lost | A::NotPrinted);
    assert!(is_decided || !wants_word, "nobody's word for {attempt:?}");
}

/// What a person's word makes of an attempt.
pub(super) fn by_word(from: A, to: A, by: &str, reason: &str) -> Change {
    Change {
        basis: (to == A::Good).then_some(EvidencePolicy::Operator),
        decided_by: Some(by.to_owned()),
        reason: Some(reason.to_owned()),
        ..Change::new(from, to)
    }
}

/// Since when a device is asked about what was decided.
pub(super) fn lately(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_days(Days::new(3)).unwrap_or(now)
}
