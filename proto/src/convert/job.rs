//! Jobs, sheets, attempts, events and reports of the spooler, and what is asked about them.

use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::money::MAX_CENTS;
use formfeed_domain::spool::{
    Attempt, AttemptState, Delivery, Finality, Job, JobEvent, JobId, JobKind, JobReport,
    JobStanding, JobState, Outcome, PRIORITIES, PrinterId, Sheet, SheetRange, SheetState,
    USUAL_PRIORITY,
};
use formfeed_domain::stock::Stock;
use formfeed_domain::{Money, PayerId, TaxYear, text};

use super::delivery::{delivery_to, read_delivery};
use super::form::{copy_to, form_type_to, read_copy, read_form_type};
use super::printer::{printer_name, read_printer_name};
use super::stock::read_stock;
use super::{Violations, read, read_optional, timestamp_to};
use crate::spooler as pb;

/// What a submission's header asks for; the stock is settled with the printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobOrder {
    /// Who files.
    pub payer: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Year whose revision the forms are printed in.
    pub format_year: TaxYear,
    /// Return type.
    pub form_type: FormType,
    /// Copy.
    pub copy: Copy,
    /// Stock asked for, which takes the form type; `None` means the one loaded.
    pub stock: Option<&'static Stock>,
    /// Where to.
    pub printer: PrinterId,
    /// Larger goes first.
    pub priority: i32,
    /// How the forms leave the job.
    pub delivery: Delivery,
    /// Sum of the income boxes as the sender counts it.
    pub control_total: Money,
    /// User the sender acts for.
    pub on_behalf_of: Option<String>,
}

/// Reads a submission's header, its request id aside. Bad fields are noted under `header.`.
pub fn job_order_from(bad: &mut Violations, header: &pb::JobHeader) -> Option<JobOrder> {
    let payer = read(bad, "header.payer_id", PayerId::new(&header.payer_id));
    let tax_year = read(bad, "header.tax_year", TaxYear::new(header.tax_year));
    let format_year = match header.format_year {
        0 => tax_year,
        year => read(bad, "header.format_year", TaxYear::new(year)),
    };
    let form_type = read_form_type(bad, "header.form_type", header.form_type);
    let copy = read_copy(bad, "header.copy", header.copy);
    let printer = read_printer_name(bad, "header.printer", &header.printer);
    let stock = read_stock(bad, "header.stock", &header.stock, form_type);
    let priority = read_priority(bad, "header.priority", header.priority);
    let delivery = read_delivery(bad, "header.delivery", header.delivery.as_ref(), copy);
    if !(0..=MAX_CENTS).contains(&header.control_total_cents) {
        bad.add("header.control_total_cents", "is no sum of income boxes");
    }
    let user = read_optional(bad, "header.on_behalf_of", &header.on_behalf_of, |name| {
        text::check(name).map(|()| name.to_owned())
    });
    if header.forms < 0 {
        bad.add("header.forms", "is a number of forms; 0 means not counted");
    }
    Some(JobOrder {
        payer: payer?,
        tax_year: tax_year?,
        format_year: format_year?,
        form_type: form_type?,
        copy: copy?,
        stock,
        printer: printer?,
        priority: priority?,
        delivery: delivery?,
        control_total: Money::from_cents(header.control_total_cents),
        on_behalf_of: user?,
    })
}

pub(super) fn read_priority(bad: &mut Violations, field: &str, given: i32) -> Option<i32> {
    let priority = match given {
        0 => USUAL_PRIORITY,
        given => given,
    };
    if !PRIORITIES.contains(&priority) {
        bad.add(field, "is 1 to 100, larger first; 0 means 50");
        return None;
    }
    Some(priority)
}

/// Reads `jobs/{id}`; anything else is noted under `field`.
pub fn read_job_name(violations: &mut Violations, field: &str, name: &str) -> Option<JobId> {
    let id = name
        .strip_prefix("jobs/")
        .and_then(|id| JobId::new(id).ok());
    if id.is_none() {
        violations.add(field, "is the name of a job: jobs/{id}");
    }
    id
}

/// Reads the name of a job.
///
/// # Errors
/// The violation of `field`.
pub fn job_name_from(field: &str, name: &str) -> Result<JobId, Violations> {
    let mut violations = Violations::new();
    let id = read_job_name(&mut violations, field, name);
    violations.finish(id)
}

/// Reads a decision about sheets: the job, the sheets, what became of them, why.
///
/// # Errors
/// All bad fields.
pub fn resolve_from(
    request: &pb::ResolveSheetRequest,
) -> Result<(JobId, SheetRange, Outcome, String), Violations> {
    let mut violations = Violations::new();
    let bad = &mut violations;
    let job = read_job_name(bad, "job", &request.job);
    let range = read(
        bad,
        "sheet",
        range_from(request.sheet, request.last_sheet, &request.except_sheets),
    );
    let outcome = outcome_from(request.outcome);
    if outcome.is_none() {
        bad.add(
            "outcome",
            "is required: PRINTED, SPOILED, LOST or NOT_PRINTED",
        );
    }
    match outcome.is_some_and(Outcome::wants_reason) {
        true => read(bad, "reason", text::check_required(&request.reason)),
        false => read(bad, "reason", text::check(&request.reason)),
    };
    if request.serial.is_some_and(|serial| serial < 1) {
        bad.add("serial", "is 1 or more");
    }
    let all = job
        .zip(range)
        .zip(outcome)
        .map(|((job, range), outcome)| (job, range, outcome, request.reason.clone()));
    violations.finish(all)
}

/// From a sheet to a last one, which is 0 for the sheet alone, with exceptions.
pub(super) fn range_from(
    sheet: i32,
    last_sheet: i32,
    except: &[i32],
) -> Result<SheetRange, formfeed_domain::spool::SheetRangeError> {
    // A negative number is no sheet, as 0 is none.
    let number = |number: i32| u32::try_from(number).unwrap_or(0);
    let first = number(sheet);
    let last = match last_sheet {
        0 => first,
        last => number(last),
    };
    let except: Vec<_> = except.iter().map(|n| number(*n)).collect();
    SheetRange::new(first, last, &except)
}

pub(super) fn outcome_from(message: i32) -> Option<Outcome> {
    use pb::resolve_sheet_request::Outcome as Message;
    match Message::try_from(message).ok()? {
        Message::Unspecified => None,
        Message::Printed => Some(Outcome::Printed),
        Message::Spoiled => Some(Outcome::Spoiled),
        Message::Lost => Some(Outcome::Lost),
        Message::NotPrinted => Some(Outcome::NotPrinted),
    }
}

/// A job as it stands.
pub fn job_to(job: &Job, standing: &JobStanding, report: &JobReport, etag: String) -> pb::Job {
    let (spec, sealed) = (&job.spec, &job.size.sealed);
    let (kind, copy, forms) = match spec.kind {
        JobKind::Forms => (pb::job::Kind::Forms, copy_to(spec.copy), sealed.forms),
        JobKind::Transmittal => (pb::job::Kind::Transmittal, pb::Copy::Unspecified, 0),
        JobKind::Alignment => (pb::job::Kind::Alignment, pb::Copy::Unspecified, 0),
        JobKind::Calibration => (pb::job::Kind::Calibration, pb::Copy::Unspecified, 0),
    };
    pb::Job {
        name: job.id.to_string(),
        payer_id: spec
            .payer
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        tax_year: spec.tax_year.year(),
        form_type: form_type_to(spec.form_type).into(),
        copy: copy.into(),
        stock: spec.stock.clone(),
        printer: printer_name(&spec.printer),
        state: job_state_to(standing.state).into(),
        state_reasons: standing.reasons.clone(),
        user: job.user.clone(),
        forms: count(forms),
        sheets: count(sealed.sheets),
        void_forms: count(sealed.void_forms),
        control_total_cents: sealed.total.cents(),
        report: Some(report_to(report)),
        notes: job.notes.clone(),
        create_time: Some(timestamp_to(job.created_at)),
        update_time: Some(timestamp_to(job.updated_at)),
        priority: spec.priority,
        etag,
        kind: kind.into(),
        delivery: Some(delivery_to(spec.delivery)),
        format_year: spec.format_year.year(),
        printers: vec![printer_name(&spec.printer)],
    }
}

fn job_state_to(state: JobState) -> pb::job::State {
    match state {
        JobState::Pending => pb::job::State::Pending,
        JobState::Held => pb::job::State::Held,
        JobState::Processing => pb::job::State::Processing,
        JobState::Stopped => pb::job::State::Stopped,
        JobState::Canceled => pb::job::State::Canceled,
        JobState::Aborted => pb::job::State::Aborted,
        JobState::Completed => pb::job::State::Completed,
        JobState::NeedsDecision => pb::job::State::NeedsDecision,
        JobState::AwaitingConfirmation => pb::job::State::AwaitingConfirmation,
    }
}

/// A report.
pub fn report_to(report: &JobReport) -> pb::JobReport {
    let finality = match report.finality {
        Finality::Provisional => pb::job_report::Finality::Provisional,
        Finality::Final => pb::job_report::Finality::Final,
    };
    pb::JobReport {
        finality: finality.into(),
        forms_printed: count(report.forms_printed),
        forms_void: count(report.forms_void),
        sheets_printed: count(report.sheets_printed),
        sheets_spoiled: count(report.sheets_spoiled),
        sheets_in_doubt: count(report.sheets_in_doubt),
        sheets_pending: count(report.sheets_pending),
        sheets_abandoned: count(report.sheets_abandoned),
        total_amount_cents: report.total.cents(),
        federal_tax_withheld_cents: report.federal_withheld.cents(),
        state_tax_withheld_cents: report.state_withheld.cents(),
        total_amount_at_most_cents: report.total_at_most.cents(),
        version: count(report.version),
        evidence: report.evidence.clone(),
        sheets_live: count(report.sheets_live),
        sheets_lost: count(report.sheets_lost),
        sheets_reprinted: count(report.sheets_reprinted),
        sheets_wasted: count(report.sheets_wasted),
        sheets_awaiting_confirmation: count(report.sheets_awaiting_confirmation),
    }
}

/// A sheet with its attempts.
pub fn sheet_to(sheet: &Sheet) -> pb::Sheet {
    let state = match sheet.state {
        SheetState::Pending => pb::sheet::State::Pending,
        SheetState::Live => pb::sheet::State::Live,
        SheetState::AwaitingConfirmation => pb::sheet::State::AwaitingConfirmation,
        SheetState::InDoubt => pb::sheet::State::InDoubt,
        SheetState::Good => pb::sheet::State::Good,
        SheetState::Spoiled => pb::sheet::State::Spoiled,
        SheetState::Lost => pb::sheet::State::Lost,
        SheetState::Abandoned => pb::sheet::State::Abandoned,
    };
    pb::Sheet {
        number: count(sheet.plan.number),
        state: state.into(),
        account_numbers: shown(&sheet.accounts),
        void_slots: count(sheet.plan.sums.void_forms),
        amount_cents: sheet.plan.sums.total.cents(),
        attempts: sheet.attempts.iter().map(attempt_to).collect(),
    }
}

/// Account numbers as they are shown: some payers number their vendors by TIN.
fn shown(accounts: &[String]) -> Vec<String> {
    let shown = accounts.iter();
    shown.map(|it| text::with_tins_truncated(it)).collect()
}

fn attempt_to(attempt: &Attempt) -> pb::Attempt {
    let state = match attempt.state {
        AttemptState::Reserved => pb::attempt::State::Reserved,
        AttemptState::Intent => pb::attempt::State::Intent,
        AttemptState::InFlight => pb::attempt::State::InFlight,
        AttemptState::AwaitingConfirmation => pb::attempt::State::AwaitingConfirmation,
        AttemptState::Good => pb::attempt::State::Good,
        AttemptState::InDoubt => pb::attempt::State::InDoubt,
        AttemptState::Spoiled => pb::attempt::State::Spoiled,
        AttemptState::Lost => pb::attempt::State::Lost,
        AttemptState::NotPrinted => pb::attempt::State::NotPrinted,
        AttemptState::Released => pb::attempt::State::Released,
    };
    pb::Attempt {
        number: count(attempt.number),
        state: state.into(),
        printer: printer_name(&attempt.printer),
        token: attempt.token.clone(),
        evidence_json: attempt.evidence.clone(),
        create_time: Some(timestamp_to(attempt.created_at)),
        update_time: Some(timestamp_to(attempt.updated_at)),
        decided_by: attempt.decided_by.clone().unwrap_or_default(),
        decision_reason: attempt.reason.clone().unwrap_or_default(),
        reprinted: attempt.reprinted,
        serial: attempt.serial.and_then(|serial| i64::try_from(serial).ok()),
    }
}

/// An event, with the job as it stood when it was told.
pub fn event_to(event: &JobEvent, job: pb::Job) -> pb::JobEvent {
    pb::JobEvent {
        sequence: event.sequence,
        time: Some(timestamp_to(event.at)),
        kind: event.kind.clone(),
        message: event.message.clone(),
        sheet: event.sheet.map_or(0, count),
        job: Some(job),
    }
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_a_header_is_named() {
        let header = pb::JobHeader {
            payer_id: "a/b".to_owned(),
            tax_year: 25,
            printer: "laser".to_owned(),
            priority: 101,
            control_total_cents: -1,
            stock: "nec\u{1b}".to_owned(),
            forms: -1,
            ..pb::JobHeader::default()
        };
        let mut violations = Violations::new();
        assert_eq!(job_order_from(&mut violations, &header), None);
        let fields: Vec<_> = violations.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "header.payer_id",
                "header.tax_year",
                "header.form_type",
                "header.printer",
                "header.stock",
                "header.priority",
                "header.control_total_cents",
                "header.forms"
            ]
        );
    }

    #[test]
    fn a_decision_without_an_outcome_or_its_reason_is_refused() {
        let mut request = pb::ResolveSheetRequest {
            job: "jobs/0192f3a4-0000-7000-8000-000000000001".to_owned(),
            sheet: 1,
            last_sheet: 20,
            except_sheets: vec![7],
            ..pb::ResolveSheetRequest::default()
        };
        assert!(resolve_from(&request).is_err());
        request.outcome = pb::resolve_sheet_request::Outcome::Spoiled.into();
        let violations = resolve_from(&request).unwrap_err();
        assert_eq!(violations.list()[0].field, "reason");
        request.outcome = pb::resolve_sheet_request::Outcome::Printed.into();
        let (_, range, outcome, _) = resolve_from(&request).unwrap();
        assert_eq!((range.sheets().len(), outcome), (19, Outcome::Printed));
        request.sheet = -1;
        assert!(resolve_from(&request).is_err());
    }
}
