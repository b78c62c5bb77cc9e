//! What the workers ask of the ledger in memory.

use std::cmp::Reverse;
use std::net::IpAddr;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use formfeed_domain::spool::{
    Attempt, AttemptState as A, Job, JobId, Printer, PrinterAccess, PrinterId, Tally, TriedSheet,
};
use formfeed_store::spooler::{
    Act, Aligned, Change, Chosen, Identity, JobView, Lease, Listener, OpenAttempts, Opened,
    PrinterStatus, Reservation, SpoolError, Tenure,
};

use super::memory::{Answer, Memory, Row, Tables, lately};
use crate::queue::ledger::{Ledger, WindowOf};

/// Attempts that are asked about after the decision, at most.
const LATE: usize = 8;

#[async_trait]
impl Ledger for Memory {
    async fn enroll(&self, me: &Identity, _address: &str) -> Answer<()> {
        let run = (me.name.clone(), me.instance.clone());
        self.tables().runs.extend([run]);
        Ok(())
    }

    async fn take_own(&self, me: &Identity) -> Answer<Vec<Lease>> {
        let mut tables = self.tables();
        let mut taken = Vec::new();
        for installed in tables.printers.values_mut() {
            let before = installed.lease.take();
            let lease = match before {
                Some(lease) if lease.spooler != me.name || lease.instance == me.instance => lease,
                before => Lease {
                    printer: installed.facts.id.clone(),
                    spooler: me.name.clone(),
                    instance: me.instance.clone(),
                    epoch: before.map_or(1, |lease| lease.epoch + 1),
                },
            };
            if lease.instance == me.instance {
                taken.push(lease.clone());
            }
            installed.lease = Some(lease);
        }
        Ok(taken)
    }

    async fn show_life(&self, me: &Identity) -> Answer<Vec<Lease>> {
        let tables = self.tables();
        if tables.runs.get(&me.name) != Some(&me.instance) {
            return Ok(Vec::new());
        }
        let leases = tables.printers.values().filter_map(|it| it.lease.clone());
        Ok(leases
            .filter(|lease| lease.instance == me.instance)
            .collect())
    }

    async fn retire(&self, _me: &Identity) -> Answer<()> {
        Ok(())
    }

    async fn in_force(&self, lease: &Lease) -> Answer<()> {
        self.tables().held(lease)
    }

    async fn note_condition(&self, _lease: &Lease, _condition: &str) -> Answer<()> {
        Ok(())
    }

    fn is_shared(&self) -> bool {
        false
    }

    async fn listen(&self) -> Answer<Option<Listener>> {
        Ok(None)
    }

    async fn printer(&self, id: &PrinterId) -> Answer<Printer> {
        self.tables().printer(id)
    }

    async fn printer_access(&self, _id: &PrinterId) -> Answer<PrinterAccess> {
        Ok(PrinterAccess::default())
    }

    async fn keep_address(&self, _id: &PrinterId, found: IpAddr, _act: &Act) -> Answer<IpAddr> {
        Ok(found)
    }

    async fn printer_status(&self, id: &PrinterId) -> Answer<PrinterStatus> {
        let mut tables = self.tables();
        let printer = tables.printer(id)?;
        let lease = tables.installed(id)?.lease.clone();
        let count = |rows: Vec<&Row>| u32::try_from(rows.len()).expect("few");
        Ok(PrinterStatus {
            printer,
            in_doubt: count(tables.on_printer(id, |state| state == A::InDoubt)),
            lease: lease.map(|lease| Tenure {
                spooler: lease.spooler,
                instance: lease.instance,
                epoch: lease.epoch,
                since: DateTime::UNIX_EPOCH,
                by: String::new(),
                reason: String::new(),
                address: String::new(),
                seen_at: None,
                shows_life: true,
                condition: String::new(),
            }),
        })
    }

    async fn alignment(&self, _printer: &PrinterId, _stock: &str) -> Answer<Option<Aligned>> {
        Ok(None)
    }

    async fn choose(
        &self,
        printer: &PrinterId,
        any_stock: bool,
        window: WindowOf<'_>,
    ) -> Answer<Option<Chosen>> {
        let mut tables = self.tables();
        let facts = tables.printer(printer)?;
        let in_doubt = !tables
            .on_printer(printer, |state| state == A::InDoubt)
            .is_empty();
        if facts.paused.is_some() || in_doubt {
            return Ok(None);
        }
        let load = facts.load.filter(|_| !any_stock);
        let free = match &load {
            None if any_stock => u32::MAX,
            None => return Ok(None),
            Some(load) => load.on_hand().unwrap_or(u32::MAX),
        };
        if free == 0 {
            return Ok(None);
        }
        let stock = load.as_ref().map(|load| load.stock.as_str());
        let Some(id) = tables.next(printer, stock) else {
            return Ok(None);
        };
        let kept = tables.kept(&id)?;
        let wanted = window(&kept.job, kept.job.size.sealed.sheets).min(free);
        let next = kept.next_on(printer);
        let chosen = next.iter().take(usize::try_from(wanted).expect("few"));
        Ok(Some(Chosen {
            sheets: chosen.copied().collect(),
            split: kept.shares.is_some(),
            load: load.map(|load| load.id),
            job: kept.job.clone(),
        }))
    }

    async fn first_in_line(&self, printer: &PrinterId) -> Answer<Option<Job>> {
        let tables = self.tables();
        let next = tables.next(printer, None);
        Ok(next
            .and_then(|id| tables.jobs.get(&id))
            .map(|kept| kept.job.clone()))
    }

    async fn job(&self, id: &JobId) -> Answer<JobView> {
        let mut tables = self.tables();
        let kept = tables.kept(id)?;
        let tally = match kept.job.ended_at {
            Some(_) => Tally::new(),
            None => kept.tally(),
        };
        Ok(JobView {
            job: kept.job.clone(),
            tally,
            report: kept.report()?,
            printers: kept.shares().printers(),
        })
    }

    async fn printers_of(&self, id: &JobId) -> Answer<Vec<PrinterId>> {
        Ok(self.tables().kept(id)?.shares().printers())
    }

    async fn next_attempt(&self, job: &JobId, sheet: u32) -> Answer<u32> {
        Ok(next_number(&mut self.tables(), job, sheet)?)
    }

    async fn device_jobs(&self, job: &JobId) -> Answer<i64> {
        let mut tables = self.tables();
        let went = tables.kept(job)?.attempts.iter();
        let went = went.filter(|row| row.attempt.state != A::Released);
        let mut tokens: Vec<_> = went.map(|row| row.attempt.token.as_str()).collect();
        tokens.sort_unstable();
        tokens.dedup();
        Ok(i64::try_from(tokens.len()).expect("few"))
    }

    /// Blank forms: what is on a sheet changes nothing here.
    async fn opened(&self, _job: &Job, sheets: &[u32]) -> Answer<Opened> {
        Ok(Opened::Forms(sheets.iter().map(|_| Vec::new()).collect()))
    }

    async fn note_event(
        &self,
        _job: &JobId,
        _event: (&str, &str),
        _now: DateTime<Utc>,
    ) -> Answer<()> {
        Ok(())
    }

    async fn reserve(
        &self,
        lease: &Lease,
        new: &Reservation,
        now: DateTime<Utc>,
    ) -> Answer<Vec<TriedSheet>> {
        let mut tables = self.tables();
        tables.held(lease)?;
        let printer = tables.printer(&lease.printer)?;
        let in_doubt = !tables
            .on_printer(&lease.printer, |state| state == A::InDoubt)
            .is_empty();
        let kept = tables.kept(&new.job)?;
        let (job, shares) = (&kept.job, kept.shares());
        let goes_here = |sheet: &u32| shares.printer_of(*sheet) == Some(&lease.printer);
        let job_stands = job.held
            || job.canceled.is_some()
            || job.ended_at.is_some()
            || !new.sheets.iter().all(goes_here);
        let holds = |sheet: &u32| {
            kept.of_sheet(*sheet)
                .any(|row| row.attempt.state.holds_sheet())
        };
        let is_held = new.sheets.iter().any(holds);
        let load = printer.load.as_ref();
        let other_load = new.load.is_some() && load.map(|load| &load.id) != new.load.as_ref();
        if job_stands || is_held || printer.paused.is_some() || in_doubt || other_load {
            return Err(SpoolError::NotNow);
        }
        for sheet in &new.sheets {
            assert!(
                kept.waits(*sheet),
                "sheet {sheet} is printed again by decision only"
            );
        }
        let range = load
            .filter(|_| new.load.is_some())
            .and_then(|load| load.serials);
        let serials = match (range, &new.load) {
            (Some(range), Some(load)) => {
                let free = tables.free_numbers(load, range, new.sheets.len());
                if free.len() < new.sheets.len() {
                    return Err(SpoolError::NotNow);
                }
                free
            }
            _ => Vec::new(),
        };
        let mut tried = Vec::new();
        for (place, sheet) in new.sheets.iter().enumerate() {
            let number = next_number(&mut tables, &new.job, *sheet)?;
            let row = Row {
                job: new.job.clone(),
                attempt: Attempt {
                    sheet: *sheet,
                    number,
                    state: A::Reserved,
                    printer: lease.printer.clone(),
                    serial: serials.get(place).copied(),
                    token: new.token.clone(),
                    evidence: String::new(),
                    basis: None,
                    decided_by: None,
                    reason: None,
                    reprinted: false,
                    created_at: now,
                    updated_at: now,
                },
                load: new.load.clone(),
                device_job: new.device_job.clone(),
                spooler: lease.spooler.clone(),
            };
            let kept = tables.kept(&new.job)?;
            tried.push(TriedSheet {
                sheet: *sheet,
                attempt: number,
                serial: row.attempt.serial,
            });
            kept.attempts.push(row);
            kept.started = true;
        }
        Ok(tried)
    }

    async fn step(
        &self,
        lease: &Lease,
        token: &str,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        let mut tables = self.tables();
        tables.held(lease)?;
        tables.step(token, change, now)
    }

    async fn note_evidence(
        &self,
        lease: &Lease,
        token: &str,
        state: A,
        evidence: &str,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        let mut tables = self.tables();
        tables.held(lease)?;
        let rows = tables.jobs.values_mut().flat_map(|kept| &mut kept.attempts);
        for row in rows.filter(|row| row.attempt.token == token && row.attempt.state == state) {
            evidence.clone_into(&mut row.attempt.evidence);
            row.attempt.updated_at = now;
        }
        Ok(())
    }

    async fn recover(&self, lease: &Lease, now: DateTime<Utc>) -> Answer<()> {
        let mut tables = self.tables();
        for open in open(&tables, &lease.printer, A::is_under_way) {
            let to = match open.state {
                A::Reserved => A::Released,
                _ => A::InDoubt,
            };
            tables.held(lease)?;
            tables.step(&open.token, &Change::new(open.state, to), now)?;
        }
        Ok(())
    }

    async fn open_attempts(&self, printer: &PrinterId) -> Answer<Vec<OpenAttempts>> {
        let is_open = |state: A| state.is_under_way() || state.is_undecided();
        Ok(open(&self.tables(), printer, is_open))
    }

    async fn printer_mark(&self, printer: &PrinterId) -> Answer<Option<String>> {
        Ok(self.tables().installed(printer)?.mark.clone())
    }

    async fn mark_printer(
        &self,
        printer: &PrinterId,
        mark: &str,
        _now: DateTime<Utc>,
    ) -> Answer<()> {
        self.tables().installed(printer)?.mark = Some(mark.to_owned());
        Ok(())
    }

    async fn pause(&self, printer: &PrinterId, act: &Act) -> Answer<()> {
        self.tables().installed(printer)?.facts.paused = Some(act.reason.clone());
        Ok(())
    }

    async fn pause_for_stranger(&self, printer: &PrinterId, mark: &str, act: &Act) -> Answer<()> {
        let mut tables = self.tables();
        let installed = tables.installed(printer)?;
        installed.facts.paused = Some(act.reason.clone());
        installed.mark = Some(mark.to_owned());
        Ok(())
    }

    async fn is_ours(&self, token: &str) -> Answer<bool> {
        Ok(self.tables().rows().any(|row| row.attempt.token == token))
    }

    async fn decided_lately(
        &self,
        printer: &PrinterId,
        device: &str,
        now: DateTime<Utc>,
    ) -> Answer<Vec<OpenAttempts>> {
        let tables = self.tables();
        let decided = tables.on_printer(printer, |state| matches!(state, A::NotPrinted | A::Lost));
        let lately = |row: &&Row| {
            let attempt = &row.attempt;
            attempt.decided_by.as_deref().is_some_and(|by| by != device)
                && attempt.updated_at > lately(now)
                && !tables.late.contains(&attempt.token)
        };
        let mut decided: Vec<_> = decided.into_iter().filter(lately).collect();
        decided.sort_by_key(|row| Reverse(row.attempt.updated_at));
        Ok(grouped(decided.into_iter().take(LATE)))
    }

    async fn note_late_result(
        &self,
        printer: &PrinterId,
        (attempt, _): (&OpenAttempts, &str),
        act: &Act,
    ) -> Answer<()> {
        let mut tables = self.tables();
        assert!(tables.late.insert(attempt.token.clone()), "told twice");
        tables.installed(printer)?.facts.paused = Some(act.reason.clone());
        Ok(())
    }
}

fn next_number(tables: &mut Tables, job: &JobId, sheet: u32) -> Answer<u32> {
    let kept = tables.kept(job)?;
    let last = kept.of_sheet(sheet).map(|row| row.attempt.number).max();
    Ok(last.unwrap_or(0) + 1)
}

fn open(tables: &Tables, printer: &PrinterId, state: impl Fn(A) -> bool) -> Vec<OpenAttempts> {
    grouped(tables.on_printer(printer, state).into_iter())
}

/// Attempts by device job and state.
fn grouped<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<OpenAttempts> {
    let mut open: Vec<OpenAttempts> = Vec::new();
    for row in rows {
        let attempt = &row.attempt;
        let same = open
            .iter_mut()
            .find(|it| it.token == attempt.token && it.state == attempt.state);
        match same {
            Some(same) => same.sheets.push(attempt.sheet),
            None => open.push(OpenAttempts {
                job: row.job.clone(),
                token: attempt.token.clone(),
                device_job: row.device_job.clone(),
                state: attempt.state,
                sheets: vec![attempt.sheet],
                evidence: attempt.evidence.clone(),
                spooler: Some(row.spooler.clone()),
            }),
        }
    }
    open
}
