//! What people ask of the ledger, and the ledger in memory's answers.

use std::collections::BTreeSet;

use async_trait::async_trait;
use formfeed_domain::spool::{
    AttemptState as A, Decision, EvidencePolicy, Job, JobId, JobSize, LoadEntry, Outcome,
    PlannedSheet, Printer, PrinterId, Ruling, SerialRange, SetUp, Shares, Sheet, SheetRange,
    SheetState, StockClass, StockCounts, StockLedger, StockLoad,
};
use formfeed_store::spooler::{Act, NewJob, NewLoad, SpoolError};

use super::memory::{Answer, Installed, Kept, Memory, Row, by_word, change_row};
use crate::queue::ledger::Ledger;

/// A ledger with the verbs of people, each named as in the store.
#[async_trait]
pub(super) trait Books: Ledger {
    async fn install(
        &self,
        id: &PrinterId,
        device: (&str, Option<EvidencePolicy>),
        act: &Act,
    ) -> Answer<()>;
    async fn submit(&self, new: NewJob) -> Answer<()>;
    async fn hold(&self, id: &JobId, act: &Act) -> Answer<()>;
    async fn release(&self, id: &JobId, act: &Act) -> Answer<()>;
    async fn cancel(&self, id: &JobId, act: &Act) -> Answer<()>;
    async fn set_priority(&self, id: &JobId, priority: i32, act: &Act) -> Answer<()>;
    async fn move_job(&self, id: &JobId, printer: &PrinterId, act: &Act) -> Answer<()>;
    async fn split_job(&self, id: &JobId, printer: &PrinterId, act: &Act) -> Answer<()>;
    async fn resolve(
        &self,
        id: &JobId,
        range: &SheetRange,
        outcome: Outcome,
        act: &Act,
    ) -> Answer<()>;
    async fn rule(&self, id: &JobId, range: &SheetRange, ruling: Ruling, act: &Act) -> Answer<()>;
    async fn resume(&self, id: &PrinterId, act: &Act) -> Answer<()>;
    async fn load_stock(&self, id: &PrinterId, new: &NewLoad, act: &Act) -> Answer<()>;
    async fn sheets(&self, id: &JobId) -> Answer<Vec<Sheet>>;
    async fn stock_ledger(&self, id: &PrinterId) -> Answer<StockLedger>;
}

#[async_trait]
impl Books for Memory {
    async fn install(
        &self,
        id: &PrinterId,
        device: (&str, Option<EvidencePolicy>),
        act: &Act,
    ) -> Answer<()> {
        let facts = Printer {
            id: id.clone(),
            uri: device.0.to_owned(),
            dialect: None,
            evidence: device.1,
            paused: None,
            load: None,
            request_id: act.id.clone(),
            set_up: SetUp::default(),
            created_at: act.at,
            updated_at: act.at,
            version: 1,
        };
        let installed = Installed {
            facts,
            loads: Vec::new(),
            mark: None,
            lease: None,
        };
        self.tables().printers.insert(id.clone(), installed);
        Ok(())
    }

    async fn submit(&self, new: NewJob) -> Answer<()> {
        let sealed = new.sheets.iter().map(|sheet| sheet.sums).sum();
        let job = Job {
            id: new.id.clone(),
            spec: new.spec,
            size: JobSize { sealed },
            request_id: new.request_id,
            user: new.user,
            notes: new.notes,
            held: false,
            canceled: None,
            aborted: None,
            ended_at: None,
            created_at: new.at,
            updated_at: new.at,
            version: 1,
        };
        let kept = Kept {
            job,
            started: false,
            sheets: new.sheets,
            attempts: Vec::new(),
            abandoned: BTreeSet::new(),
            shares: None,
            reports: Vec::new(),
        };
        self.tables().jobs.insert(new.id, kept);
        Ok(())
    }

    async fn hold(&self, id: &JobId, _act: &Act) -> Answer<()> {
        self.tables().open_job(id)?.job.held = true;
        Ok(())
    }

    async fn release(&self, id: &JobId, _act: &Act) -> Answer<()> {
        self.tables().open_job(id)?.job.held = false;
        Ok(())
    }

    async fn cancel(&self, id: &JobId, act: &Act) -> Answer<()> {
        let mut tables = self.tables();
        let kept = tables.kept(id)?;
        if kept.job.ended_at.is_some() {
            return Err(SpoolError::JobEnded(id.clone()));
        }
        if kept.job.canceled.is_none() {
            kept.job.canceled = Some(Decision {
                by: act.by.clone(),
                reason: act.reason.clone(),
                at: act.at,
            });
        }
        kept.end_if_done(act.at)
    }

    async fn set_priority(&self, id: &JobId, priority: i32, _act: &Act) -> Answer<()> {
        self.tables().open_job(id)?.job.spec.priority = priority;
        Ok(())
    }

    async fn move_job(&self, id: &JobId, printer: &PrinterId, _act: &Act) -> Answer<()> {
        let mut tables = self.tables();
        let kept = tables.open_job(id)?;
        let whole = Shares::whole(kept.job.size.sealed.sheets, printer.clone());
        if kept.shares() == whole {
            return Ok(());
        }
        let sheets = kept.tally().sheets(SheetState::InDoubt);
        if sheets > 0 {
            let job = id.clone();
            return Err(SpoolError::JobInDoubt { job, sheets });
        }
        kept.job.spec.printer = printer.clone();
        kept.shares = kept.shares.as_ref().map(|_| whole);
        Ok(())
    }

    async fn split_job(&self, id: &JobId, printer: &PrinterId, _act: &Act) -> Answer<()> {
        let mut tables = self.tables();
        let kept = tables.open_job(id)?;
        let shares = kept.shares();
        let numbers = kept.sheets.iter().map(|sheet| sheet.number);
        let waiting = numbers.filter(|sheet| kept.waits(*sheet));
        let elsewhere = |sheet: &u32| shares.printer_of(*sheet) != Some(printer);
        let mut elsewhere: Vec<_> = waiting.filter(elsewhere).collect();
        let given = elsewhere.split_off(elsewhere.len().div_ceil(2));
        if given.is_empty() {
            let job = id.clone();
            return Err(SpoolError::NotWaiting { job, sheet: None });
        }
        let shares = shares.with(&given, printer);
        if let [only] = shares.printers().as_slice() {
            kept.job.spec.printer = only.clone();
        }
        kept.shares = Some(shares);
        Ok(())
    }

    async fn resolve(
        &self,
        id: &JobId,
        range: &SheetRange,
        outcome: Outcome,
        act: &Act,
    ) -> Answer<()> {
        let mut tables = self.tables();
        let kept = tables.kept(id)?;
        for sheet in range.sheets() {
            let (job, sheet) = (id.clone(), *sheet);
            let of_sheet = |row: &&mut Row| row.attempt.sheet == sheet;
            let last = kept.attempts.iter_mut().rfind(of_sheet);
            match last.filter(|row| row.attempt.state.is_undecided()) {
                None => return Err(SpoolError::NothingToDecide { job, sheet }),
                Some(row) => {
                    let from = row.attempt.state;
                    let change = by_word(from, outcome.state(), &act.by, &act.reason);
                    change_row(row, &change, act.at);
                }
            }
        }
        kept.end_if_done(act.at)
    }

    async fn rule(&self, id: &JobId, range: &SheetRange, ruling: Ruling, act: &Act) -> Answer<()> {
        let mut tables = self.tables();
        let kept = tables.kept(id)?;
        if kept.job.canceled.is_some() && !matches!(ruling, Ruling::Correct(_)) {
            return Err(SpoolError::JobEnded(id.clone()));
        }
        // The sheets of a job that ended stand as before its end, but for those that were given up one by one.
        let states = range
            .sheets()
            .iter()
            .map(|sheet| (*sheet, kept.state_of(*sheet)));
        let mut cases = Vec::new();
        for (sheet, state) in states {
            match (ruling.fits(state), ruling.passes_over(state)) {
                (true, _) => cases.push((sheet, state)),
                (false, true) => {}
                (false, false) => {
                    return Err(SpoolError::SheetStands {
                        job: id.clone(),
                        sheet,
                        state,
                        verb: ruling.as_str(),
                    });
                }
            }
        }
        if cases.is_empty() {
            return Err(SpoolError::NothingToRestart(id.clone()));
        }
        for (sheet, state) in cases {
            let marked = |row: &&mut Row| {
                let given_back = matches!(row.attempt.state, A::Released | A::NotPrinted);
                row.attempt.sheet == sheet && !given_back
            };
            let last = kept.attempts.iter_mut().rfind(marked);
            match (state, last, ruling) {
                (_, _, Ruling::Abandon) => {
                    kept.abandoned.insert(sheet);
                }
                (SheetState::Good, Some(row), _) => {
                    let to = ruling.of_good().expect("it fits a good sheet");
                    row.attempt.basis = None;
                    row.attempt.reprinted = ruling.prints_again();
                    change_row(row, &by_word(A::Good, to, &act.by, &act.reason), act.at);
                }
                (_, Some(row), _) if ruling.prints_again() => row.attempt.reprinted = true,
                _ => {}
            }
        }
        kept.job.ended_at = None;
        kept.end_if_done(act.at)
    }

    async fn resume(&self, id: &PrinterId, _act: &Act) -> Answer<()> {
        let mut tables = self.tables();
        let in_doubt = tables.on_printer(id, |state| state == A::InDoubt).len();
        if in_doubt > 0 {
            let (printer, sheets) = (id.clone(), i64::try_from(in_doubt).expect("few"));
            return Err(SpoolError::PrinterInDoubt { printer, sheets });
        }
        tables.installed(id)?.facts.paused = None;
        Ok(())
    }

    async fn load_stock(&self, id: &PrinterId, new: &NewLoad, act: &Act) -> Answer<()> {
        let load = StockLoad {
            id: act.id.clone(),
            stock: new.stock.clone(),
            sheets: new.sheets,
            serials: new.serials,
            counts: StockCounts::default(),
            loaded_by: act.by.clone(),
            loaded_at: act.at,
        };
        self.tables().installed(id)?.loads.push(load);
        Ok(())
    }

    async fn sheets(&self, id: &JobId) -> Answer<Vec<Sheet>> {
        let mut tables = self.tables();
        let kept = tables.kept(id)?;
        let ended = kept.job.ended_at.is_some();
        let sheet = |plan: &PlannedSheet| {
            let own = kept.of_sheet(plan.number);
            Sheet {
                plan: *plan,
                state: kept.state_of(plan.number).at_end(ended),
                accounts: Vec::new(),
                attempts: own.map(|row| row.attempt.clone()).collect(),
            }
        };
        Ok(kept.sheets.iter().map(sheet).collect())
    }

    async fn stock_ledger(&self, id: &PrinterId) -> Answer<StockLedger> {
        let mut tables = self.tables();
        let loads = tables.installed(id)?.loads.clone();
        let mut entries = Vec::new();
        for (at, load) in loads.iter().enumerate() {
            let later = loads[at + 1..].iter().filter_map(|load| load.serials);
            let later: Vec<SerialRange> = later.collect();
            let numbered = |(serial, class): (Option<u64>, StockClass)| Some((serial?, class));
            let taken = tables.classes(&load.id).into_iter().filter_map(numbered);
            entries.push(LoadEntry {
                taken: taken.collect(),
                later,
                load: StockLoad {
                    counts: tables.counts(&load.id),
                    ..load.clone()
                },
            });
        }
        entries.reverse();
        Ok(StockLedger::of(entries)?)
    }
}
