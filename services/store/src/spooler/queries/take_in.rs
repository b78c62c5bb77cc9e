//! Takes attempts that the journal knows into a database that has forgotten them: in doubt where it has their job, as lost
//! sheets of stock where it has not. Each function is part of one transaction.

use chrono::NaiveDateTime;
use formfeed_domain::spool::{JournalIntent, JournalLoad, TriedSheet};

use super::attempts::{self, Step};
use super::{Conn, abandoned_sheets, decisions, job_events, jobs, printers, sheets, stock_loads};
use super::{journal, unknown_sheets};
use crate::StoreError;
use crate::spooler::rows::{
    AttemptRow, DecisionRow, LoadRow, PrinterRow, UnknownSheetRow, corrupt, small,
};
use crate::spooler::succession;

/// Rows in a statement: SQLite takes 32,766 values.
const ROWS: usize = 1_000;
/// Who made an attempt that only the journal tells of: no running daemon.
const BY_JOURNAL: &str = "(journal)";
/// A printer that is not there any more has no address.
const NO_URI: &str = "unknown:";

/// Who reconciles, when and why; each decision gets a key of its own.
pub(crate) struct Pen<'a> {
    pub(crate) by: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) at: NaiveDateTime,
    id: String,
}

impl<'a> Pen<'a> {
    /// The first key comes after `id`, the last decision after all others.
    pub(crate) fn new(id: &str, by: &'a str, reason: &'a str, at: NaiveDateTime) -> Self {
        Self {
            by,
            reason,
            at,
            id: id.to_owned(),
        }
    }

    fn key(&mut self) -> String {
        self.id = succession::after(Some(&self.id), &self.id);
        self.id.clone()
    }

    /// Records a decision and answers its key.
    pub(crate) async fn decide(
        &mut self,
        conn: &mut Conn,
        verb: &str,
        about: About<'_>,
    ) -> Result<String, StoreError> {
        let row = DecisionRow {
            decision_id: self.key(),
            verb: verb.to_owned(),
            job_id: about.job.map(str::to_owned),
            sheet: about.attempt.map(|(sheet, _)| sheet),
            attempt: about.attempt.map(|(_, number)| number),
            printer_id: about.printer.map(str::to_owned),
            decided_by: self.by.to_owned(),
            reason: self.reason.to_owned(),
            decided_at: self.at,
            proposed_by: None,
            wastes: false,
        };
        let key = decisions::insert_one(conn, row).await?;
        self.id.clone_from(&key);
        Ok(key)
    }
}

/// What a decision is about.
#[derive(Default, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) job: Option<&'a str>,
    pub(crate) attempt: Option<(i32, i32)>,
    pub(crate) printer: Option<&'a str>,
}

/// Adds a load of stock that the database has forgotten; it is in no printer that is in use where that is unknown too.
pub(crate) async fn load(
    conn: &mut Conn,
    pen: &Pen<'_>,
    load: &JournalLoad,
) -> Result<(), StoreError> {
    printer(conn, pen, &load.printer).await?;
    let known = journal::loads_among(conn, vec![load.load.clone()]).await?;
    if !known.is_empty() {
        return Ok(());
    }
    let row = LoadRow {
        load_id: load.load.clone(),
        printer_id: load.printer.clone(),
        stock: load.stock.clone(),
        sheets: load.sheets.map(small).transpose()?,
        loaded_by: pen.by.to_owned(),
        loaded_at: pen.at,
        first_serial: load
            .first_serial
            .map(i64::try_from)
            .transpose()
            .map_err(corrupt)?,
    };
    stock_loads::insert(conn, row).await
}

/// Adds a printer that the database has forgotten, as one that was removed: it can be added again.
async fn printer(conn: &mut Conn, pen: &Pen<'_>, id: &str) -> Result<(), StoreError> {
    if printers::find(conn, id).await?.is_some() {
        return Ok(());
    }
    let row = PrinterRow {
        printer_id: id.to_owned(),
        uri: NO_URI.to_owned(),
        dialect: None,
        evidence: None,
        paused: None,
        request_id: format!("reconcile-{}-{id}", pen.id),
        fingerprint: String::new(),
        removed_at: Some(pen.at),
        created_at: pen.at,
        updated_at: pen.at,
        version: 1,
        changes: 0,
        changed_by: String::new(),
        approved_by: None,
    };
    printers::insert(conn, row).await
}

/// Takes in the attempts of a device job.
pub(crate) async fn intent(
    conn: &mut Conn,
    pen: &mut Pen<'_>,
    intent: &JournalIntent,
) -> Result<(), StoreError> {
    printer(conn, pen, &intent.printer).await?;
    let load = match &intent.load {
        Some(load) => stock_loads::find(conn, load).await?,
        None => None,
    };
    let tried: Vec<TriedSheet> = intent
        .sheets
        .iter()
        .flat_map(|span| span.sheets())
        .collect();
    let job = jobs::find(conn, &intent.job).await?;
    let ended = job.as_ref().is_some_and(|job| job.ended_at.is_some());
    if job.is_some() {
        jobs::touch(conn, &intent.job, pen.at).await?;
    }
    let (mut doubtful, mut moved, mut first) = (0, 0, None);
    for chunk in tried.chunks(ROWS) {
        let mut unknown = Vec::new();
        if job.is_none() {
            unknown.extend_from_slice(chunk);
        } else {
            let (rows, others, at_work) = place(conn, pen, intent, load.as_ref(), chunk).await?;
            first = first.or(rows.first().map(|row| row.sheet));
            doubtful += rows.len() + at_work;
            attempts::insert(conn, rows).await?;
            unknown.extend(others);
        }
        let mut rows = Vec::with_capacity(unknown.len());
        for one in unknown {
            let load = free(conn, pen, load.as_ref(), one.serial).await?;
            rows.push(lost(pen, intent, load, one)?);
        }
        unknown_sheets::insert(conn, rows).await?;
    }
    if doubtful == 0 {
        return Ok(());
    }
    let why = "the database, which was put back, knew nothing of it";
    for (from, to) in [("reserved", "intent"), ("intent", "in_doubt")] {
        let step = step(pen, (from, to), None, Some(why));
        moved = attempts::step(conn, &intent.token, &step).await?;
    }
    if moved < doubtful {
        return Err(corrupt("attempts of the journal that do not move together"));
    }
    let about = About {
        job: Some(&intent.job),
        printer: Some(&intent.printer),
        ..About::default()
    };
    pen.decide(conn, "reconcile", about).await?;
    if ended {
        jobs::reopen(conn, &intent.job).await?;
    }
    let message = format!("{doubtful} sheets in doubt: {why}");
    let about = ("sheet_in_doubt", message.as_str(), first);
    job_events::append(conn, &intent.job, about, pen.at).await
}

/// The rows of new attempts, the sheets for which there can be none, and how many attempts are there as reserved.
async fn place(
    conn: &mut Conn,
    pen: &mut Pen<'_>,
    intent: &JournalIntent,
    load: Option<&LoadRow>,
    tried: &[TriedSheet],
) -> Result<(Vec<AttemptRow>, Vec<TriedSheet>, usize), StoreError> {
    let numbers: Vec<i32> = tried
        .iter()
        .map(|one| small(one.sheet))
        .collect::<Result<_, _>>()?;
    let planned = sheets::numbered(conn, &intent.job, &numbers).await?;
    let given_up = abandoned_sheets::among(conn, &intent.job, &numbers).await?;
    let before = attempts::of_sheets(conn, &intent.job, &numbers).await?;
    let (mut rows, mut unknown, mut at_work) = (Vec::new(), Vec::new(), 0);
    for one in tried {
        let (sheet, number) = (small(one.sheet)?, small(one.attempt)?);
        let own = || before.iter().filter(|row| row.sheet == sheet);
        if let Some(row) = own().find(|row| row.number == number) {
            at_work += usize::from(row.state == "reserved");
            continue;
        }
        let is_planned = planned.iter().any(|row| row.number == sheet);
        if !is_planned || given_up.contains(&sheet) || own().any(|row| row.number > number) {
            unknown.push(*one);
            continue;
        }
        let load = free(conn, pen, load, one.serial).await?;
        // The number may have been one of this very sheet.
        for row in attempts::of_sheets(conn, &intent.job, &[sheet]).await? {
            make_way(conn, pen, &row).await?;
        }
        rows.push(row_of(pen, intent, load, one)?);
    }
    Ok((rows, unknown, at_work))
}

/// What came before the last attempt of a sheet was decided by somebody, whose word is lost: the sheet was printed again.
async fn make_way(conn: &mut Conn, pen: &mut Pen<'_>, row: &AttemptRow) -> Result<(), StoreError> {
    match row.state.as_str() {
        "reserved" => return go(conn, pen, row, &["reserved", "released"]).await,
        "released" | "not_printed" => return Ok(()),
        "spoiled" | "lost" if row.reprint.is_some() => return Ok(()),
        "intent" => go(conn, pen, row, &["intent", "in_doubt", "lost"]).await?,
        "in_flight" => go(conn, pen, row, &["in_flight", "in_doubt", "lost"]).await?,
        "in_doubt" => go(conn, pen, row, &["in_doubt", "lost"]).await?,
        "awaiting_confirmation" => go(conn, pen, row, &["awaiting_confirmation", "lost"]).await?,
        _ => {}
    }
    let decision = pen.decide(conn, "reprint", about(row)).await?;
    let attempt = (row.job_id.as_str(), row.sheet, row.number);
    if row.state == "good" {
        let step = step(pen, ("good", "spoiled"), Some(pen.by), Some(pen.reason));
        attempts::withdraw(conn, attempt, Some(&decision), &step).await?;
        return Ok(());
    }
    attempts::let_reprint(conn, attempt, &decision, pen.at).await
}

/// The load that a sheet was taken from; `None` where it cannot have been. A serial number that the journal tells was taken
/// later was not marked by the attempt that has it here.
async fn free<'a>(
    conn: &mut Conn,
    pen: &mut Pen<'_>,
    load: Option<&'a LoadRow>,
    serial: Option<u64>,
) -> Result<Option<&'a LoadRow>, StoreError> {
    let Some(load) = load.filter(|load| fits(load, serial)) else {
        return Ok(None);
    };
    let Some(serial) = serial else {
        return Ok(Some(load));
    };
    let serial = i64::try_from(serial).map_err(corrupt)?;
    let Some(row) = attempts::holding_serial(conn, &load.load_id, serial).await? else {
        return Ok(Some(load));
    };
    match row.state.as_str() {
        "reserved" => go(conn, pen, &row, &["reserved", "released"]).await?,
        "intent" => go(conn, pen, &row, &["intent", "in_doubt", "not_printed"]).await?,
        "in_flight" => go(conn, pen, &row, &["in_flight", "in_doubt", "not_printed"]).await?,
        "in_doubt" => go(conn, pen, &row, &["in_doubt", "not_printed"]).await?,
        "awaiting_confirmation" => {
            go(conn, pen, &row, &["awaiting_confirmation", "not_printed"]).await?;
        }
        "good" => {
            let verb = "correct-not-printed";
            pen.decide(conn, verb, about(&row)).await?;
            let step = step(pen, ("good", "not_printed"), Some(pen.by), Some(pen.reason));
            let attempt = (row.job_id.as_str(), row.sheet, row.number);
            attempts::withdraw(conn, attempt, None, &step).await?;
        }
        // Used up: two sheets cannot have it.
        _ => return Ok(None),
    }
    Ok(Some(load))
}

/// Takes one attempt through states, the last of them by decision where it is one.
async fn go(
    conn: &mut Conn,
    pen: &mut Pen<'_>,
    row: &AttemptRow,
    states: &[&str],
) -> Result<(), StoreError> {
    for pair in states.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let decided = matches!(to, "lost" | "not_printed");
        if decided {
            pen.decide(conn, to, about(row)).await?;
        }
        let by = decided.then_some(pen.by);
        let step = step(pen, (from, to), by, Some(pen.reason));
        attempts::step_sheets(conn, &row.job_id, &[row.sheet], &step).await?;
    }
    Ok(())
}

fn about(row: &AttemptRow) -> About<'_> {
    About {
        job: Some(&row.job_id),
        attempt: Some((row.sheet, row.number)),
        printer: Some(&row.printer_id),
    }
}

fn step<'a>(
    pen: &Pen<'_>,
    (from, to): (&'a str, &'a str),
    decided_by: Option<&'a str>,
    reason: Option<&'a str>,
) -> Step<'a> {
    Step {
        from,
        to,
        evidence: None,
        basis: None,
        decided_by,
        reason,
        now: pen.at,
    }
}

/// Whether a sheet can be one of a load's.
fn fits(load: &LoadRow, serial: Option<u64>) -> bool {
    let serial = serial.and_then(|serial| i64::try_from(serial).ok());
    match (load.first_serial, load.sheets, serial) {
        (None, _, None) => true,
        (Some(first), Some(sheets), Some(serial)) => {
            (first..first + i64::from(sheets)).contains(&serial)
        }
        _ => false,
    }
}

fn row_of(
    pen: &Pen<'_>,
    intent: &JournalIntent,
    load: Option<&LoadRow>,
    one: &TriedSheet,
) -> Result<AttemptRow, StoreError> {
    let serial = one.serial.filter(|_| load.is_some());
    Ok(AttemptRow {
        job_id: intent.job.clone(),
        sheet: small(one.sheet)?,
        number: small(one.attempt)?,
        state: "reserved".to_owned(),
        printer_id: intent.printer.clone(),
        load_id: load.map(|load| load.load_id.clone()),
        device_job: intent.device_job.clone(),
        token: intent.token.clone(),
        evidence: String::new(),
        basis: None,
        decided_by: None,
        reason: None,
        created_at: pen.at,
        updated_at: pen.at,
        reprint: None,
        serial: serial.map(i64::try_from).transpose().map_err(corrupt)?,
        spooler: Some(BY_JOURNAL.to_owned()),
        epoch: None,
    })
}

fn lost(
    pen: &Pen<'_>,
    intent: &JournalIntent,
    load: Option<&LoadRow>,
    one: TriedSheet,
) -> Result<UnknownSheetRow, StoreError> {
    Ok(UnknownSheetRow {
        token: intent.token.clone(),
        sheet: small(one.sheet)?,
        number: small(one.attempt)?,
        job_id: intent.job.clone(),
        printer_id: intent.printer.clone(),
        load_id: load.map(|load| load.load_id.clone()),
        serial: one
            .serial
            .filter(|_| load.is_some())
            .map(i64::try_from)
            .transpose()
            .map_err(corrupt)?,
        noted_by: pen.by.to_owned(),
        noted_at: pen.at,
    })
}
