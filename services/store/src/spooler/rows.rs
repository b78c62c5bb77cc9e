//! Rows as the tables hold them, and their way to and from the domain.

mod printers;

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Text, Timestamp};
use formfeed_domain::spool::{
    Attempt, Decision, Job, JobEvent, JobId, JobSize, JobSpec, PlannedSheet, PrinterId, Sums,
    TriedSheet,
};
use formfeed_domain::{Money, PayerId, TaxYear};

use super::schema::{
    abandoned_sheets, attempts, console_sessions, decision_requests, decisions, job_events,
    job_forms, job_reports, job_shares, jobs, proposals, sheets, unknown_sheets,
};
use crate::StoreError;

pub(crate) use printers::{
    AccessRow, LeaseChangeRow, LeaseRow, LoadRow, PrinterRow, PrinterStateRow, TenureRow,
};

/// UTC, cut to microseconds, as both databases keep it.
pub(super) fn stored(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().trunc_subsecs(6)
}

/// What does not read back as it was written.
pub(super) fn corrupt(what: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(what.to_string())
}

fn word<T: FromStr>(table: &str, text: &str) -> Result<T, StoreError> {
    text.parse()
        .map_err(|_| corrupt(format!("a word in {table}")))
}

pub(super) fn count(number: i32) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| corrupt("a negative number"))
}

pub(super) fn small(number: u32) -> Result<i32, StoreError> {
    i32::try_from(number).map_err(|_| corrupt("a number beyond 2147483647"))
}

pub(super) fn serial(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| corrupt("a negative serial number"))
}

pub(super) fn job_id(text: String) -> Result<JobId, StoreError> {
    JobId::new(text).map_err(corrupt)
}

pub(super) fn printer_id(text: String) -> Result<PrinterId, StoreError> {
    PrinterId::new(text).map_err(corrupt)
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
pub(crate) struct JobRow {
    pub(crate) job_id: String,
    pub(crate) request_id: String,
    pub(crate) fingerprint_key_version: i32,
    pub(crate) fingerprint: Vec<u8>,
    pub(crate) user_name: String,
    pub(crate) submitted_by: String,
    pub(crate) payer_id: String,
    pub(crate) tax_year: i32,
    pub(crate) form_type: String,
    pub(crate) copy: String,
    pub(crate) stock: String,
    pub(crate) printer_id: String,
    pub(crate) priority: i32,
    pub(crate) sheets: i32,
    pub(crate) forms: i32,
    pub(crate) void_forms: i32,
    pub(crate) total_cents: i64,
    pub(crate) federal_cents: i64,
    pub(crate) state_cents: i64,
    pub(crate) notes: String,
    pub(crate) started: bool,
    pub(crate) held: bool,
    pub(crate) canceled_by: Option<String>,
    pub(crate) cancel_reason: Option<String>,
    pub(crate) canceled_at: Option<NaiveDateTime>,
    pub(crate) aborted: Option<String>,
    pub(crate) ended_at: Option<NaiveDateTime>,
    pub(crate) created_at: NaiveDateTime,
    pub(crate) updated_at: NaiveDateTime,
    pub(crate) version: i64,
    pub(crate) delivery: String,
    pub(crate) format_year: Option<i32>,
    pub(crate) kind: String,
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;
    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let canceled = match (row.canceled_by, row.cancel_reason, row.canceled_at) {
            (Some(by), Some(reason), Some(at)) => Some(Decision {
                by,
                reason,
                at: at.and_utc(),
            }),
            _ => None,
        };
        Ok(Self {
            id: job_id(row.job_id)?,
            spec: JobSpec {
                kind: word("jobs", &row.kind)?,
                payer: match row.payer_id.as_str() {
                    "" => None,
                    payer => Some(PayerId::new(payer).map_err(corrupt)?),
                },
                tax_year: TaxYear::new(row.tax_year).map_err(corrupt)?,
                format_year: TaxYear::new(row.format_year.unwrap_or(row.tax_year))
                    .map_err(corrupt)?,
                form_type: word("jobs", &row.form_type)?,
                copy: word("jobs", &row.copy)?,
                stock: row.stock,
                printer: printer_id(row.printer_id)?,
                priority: row.priority,
                delivery: word("jobs", &row.delivery)?,
            },
            size: JobSize {
                sealed: Sums {
                    sheets: count(row.sheets)?,
                    forms: count(row.forms)?,
                    void_forms: count(row.void_forms)?,
                    total: Money::from_cents(row.total_cents),
                    federal_withheld: Money::from_cents(row.federal_cents),
                    state_withheld: Money::from_cents(row.state_cents),
                },
            },
            request_id: row.request_id,
            user: row.user_name,
            notes: serde_json::from_str(&row.notes).map_err(corrupt)?,
            held: row.held,
            canceled,
            aborted: row.aborted,
            ended_at: row.ended_at.map(|at| at.and_utc()),
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = job_shares)]
pub(crate) struct ShareRow {
    pub(crate) job_id: String,
    pub(crate) first_sheet: i32,
    pub(crate) last_sheet: i32,
    pub(crate) printer_id: String,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = job_forms, treat_none_as_default_value = false)]
pub(crate) struct FormRow {
    pub(crate) job_id: String,
    pub(crate) place: i32,
    pub(crate) account_number: String,
    pub(crate) corrects: bool,
    pub(crate) key_version: i32,
    pub(crate) sealed: Vec<u8>,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = sheets, treat_none_as_default_value = false)]
pub(crate) struct SheetRow {
    pub(crate) job_id: String,
    pub(crate) number: i32,
    pub(crate) first_form: i32,
    pub(crate) forms: i32,
    pub(crate) void_forms: i32,
    pub(crate) total_cents: i64,
    pub(crate) federal_cents: i64,
    pub(crate) state_cents: i64,
}

impl SheetRow {
    pub(super) fn of(job: &JobId, plan: &PlannedSheet) -> Result<Self, StoreError> {
        Ok(Self {
            job_id: job.as_str().to_owned(),
            number: small(plan.number)?,
            first_form: small(plan.first_form)?,
            forms: small(plan.sums.forms)?,
            void_forms: small(plan.sums.void_forms)?,
            total_cents: plan.sums.total.cents(),
            federal_cents: plan.sums.federal_withheld.cents(),
            state_cents: plan.sums.state_withheld.cents(),
        })
    }
}

impl TryFrom<SheetRow> for PlannedSheet {
    type Error = StoreError;
    fn try_from(row: SheetRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: count(row.number)?,
            first_form: count(row.first_form)?,
            sums: Sums {
                sheets: 1,
                forms: count(row.forms)?,
                void_forms: count(row.void_forms)?,
                total: Money::from_cents(row.total_cents),
                federal_withheld: Money::from_cents(row.federal_cents),
                state_withheld: Money::from_cents(row.state_cents),
            },
        })
    }
}

#[derive(Clone, Queryable, Insertable, Selectable)]
#[diesel(table_name = attempts, treat_none_as_default_value = false)]
pub(crate) struct AttemptRow {
    pub(crate) job_id: String,
    pub(crate) sheet: i32,
    pub(crate) number: i32,
    pub(crate) state: String,
    pub(crate) printer_id: String,
    pub(crate) load_id: Option<String>,
    pub(crate) device_job: String,
    pub(crate) token: String,
    pub(crate) evidence: String,
    pub(crate) basis: Option<String>,
    pub(crate) decided_by: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) created_at: NaiveDateTime,
    pub(crate) updated_at: NaiveDateTime,
    pub(crate) reprint: Option<String>,
    pub(crate) serial: Option<i64>,
    pub(crate) spooler: Option<String>,
    pub(crate) epoch: Option<i64>,
}

impl AttemptRow {
    /// The sheet it tries.
    pub(super) fn tried(&self) -> Result<TriedSheet, StoreError> {
        Ok(TriedSheet {
            sheet: count(self.sheet)?,
            attempt: count(self.number)?,
            serial: self.serial.map(serial).transpose()?,
        })
    }
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = StoreError;
    fn try_from(row: AttemptRow) -> Result<Self, StoreError> {
        Ok(Self {
            sheet: count(row.sheet)?,
            number: count(row.number)?,
            state: word("attempts", &row.state)?,
            printer: printer_id(row.printer_id)?,
            serial: row.serial.map(serial).transpose()?,
            token: row.token,
            evidence: row.evidence,
            basis: row.basis.map(|text| word("attempts", &text)).transpose()?,
            decided_by: row.decided_by,
            reason: row.reason,
            reprinted: row.reprint.is_some(),
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
        })
    }
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = job_events, treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    pub(crate) job_id: String,
    pub(crate) sequence: i64,
    pub(crate) at: NaiveDateTime,
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) sheet: Option<i32>,
}

impl TryFrom<EventRow> for JobEvent {
    type Error = StoreError;
    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            sequence: row.sequence,
            at: row.at.and_utc(),
            kind: row.kind,
            message: row.message,
            sheet: row.sheet.map(count).transpose()?,
        })
    }
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub(crate) struct DecisionRow {
    pub(crate) decision_id: String,
    pub(crate) verb: String,
    pub(crate) job_id: Option<String>,
    pub(crate) sheet: Option<i32>,
    pub(crate) attempt: Option<i32>,
    pub(crate) printer_id: Option<String>,
    pub(crate) decided_by: String,
    pub(crate) reason: String,
    pub(crate) decided_at: NaiveDateTime,
    pub(crate) proposed_by: Option<String>,
    pub(crate) wastes: bool,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = proposals, treat_none_as_default_value = false)]
pub(crate) struct ProposalRow {
    pub(crate) proposal: String,
    pub(crate) job_id: String,
    pub(crate) sheet: i32,
    pub(crate) attempt: i32,
    pub(crate) verb: String,
    pub(crate) proposed_by: String,
    pub(crate) reason: String,
    pub(crate) proposed_at: NaiveDateTime,
    pub(crate) request_id: Option<String>,
    pub(crate) fingerprint: Option<String>,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = abandoned_sheets)]
pub(crate) struct AbandonedRow {
    pub(crate) job_id: String,
    pub(crate) sheet: i32,
    pub(crate) decision_id: String,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = decision_requests)]
pub(crate) struct DecisionRequestRow {
    pub(crate) request_id: String,
    pub(crate) job_id: String,
    pub(crate) fingerprint: String,
    pub(crate) created_at: NaiveDateTime,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = job_reports, treat_none_as_default_value = false)]
pub(crate) struct ReportRow {
    pub(crate) job_id: String,
    pub(crate) version: i32,
    pub(crate) content: String,
    pub(crate) created_at: NaiveDateTime,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = console_sessions, treat_none_as_default_value = false)]
pub(crate) struct ConsoleSessionRow {
    pub(crate) session: String,
    pub(crate) spooler: String,
    pub(crate) token_name: String,
    pub(crate) token_made: NaiveDateTime,
    pub(crate) used_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = unknown_sheets, treat_none_as_default_value = false)]
pub(crate) struct UnknownSheetRow {
    pub(crate) token: String,
    pub(crate) sheet: i32,
    pub(crate) number: i32,
    pub(crate) job_id: String,
    pub(crate) printer_id: String,
    pub(crate) load_id: Option<String>,
    pub(crate) serial: Option<i64>,
    pub(crate) noted_by: String,
    pub(crate) noted_at: NaiveDateTime,
}

/// Sheets of one job on one printer that wait for the same kind of decision.
#[derive(QueryableByName)]
pub(crate) struct QuestionRow {
    #[diesel(sql_type = Text)]
    pub(crate) job_id: String,
    #[diesel(sql_type = Text)]
    pub(crate) printer_id: String,
    #[diesel(sql_type = Text)]
    pub(crate) state: String,
    #[diesel(sql_type = Integer)]
    pub(crate) first: i32,
    #[diesel(sql_type = Integer)]
    pub(crate) last: i32,
    #[diesel(sql_type = BigInt)]
    pub(crate) sheets: i64,
    #[diesel(sql_type = Timestamp)]
    pub(crate) since: NaiveDateTime,
}

/// A word and how many there are of it.
#[derive(QueryableByName)]
pub(crate) struct CountRow {
    #[diesel(sql_type = Text)]
    pub(crate) word: String,
    #[diesel(sql_type = BigInt)]
    pub(crate) number: i64,
}
