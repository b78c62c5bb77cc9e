//! What a person decides about sheets of which it is known what became of them.

use formfeed_domain::spool::{JobId, Outcome, Ruling, SheetRange};
use formfeed_domain::text;

use super::job::{outcome_from, range_from, read_job_name};
use super::{Violations, read};
use crate::spooler as pb;

/// A decision about sheets of a job. A restart names its first sheet alone: the job knows its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulingOrder {
    /// The job.
    pub job: JobId,
    /// The sheets.
    pub sheets: SheetRange,
    /// What is decided.
    pub ruling: Ruling,
    /// Why.
    pub reason: String,
}

/// Reads a decision to print sheets again; its request id aside.
pub fn reprint_from(
    bad: &mut Violations,
    request: &pb::ReprintSheetsRequest,
) -> Option<RulingOrder> {
    let sheets = (
        request.sheet,
        request.last_sheet,
        &request.except_sheets[..],
    );
    let (job, reason) = (("job", &request.job[..]), &request.reason);
    order(bad, job, sheets, Some(Ruling::Reprint), reason)
}

/// Reads a decision to print a job again from a sheet on; its request id aside.
pub fn restart_from(bad: &mut Violations, request: &pb::RestartJobRequest) -> Option<RulingOrder> {
    let sheets = (request.sheet, 0, &[][..]);
    let (job, reason) = (("name", &request.name[..]), &request.reason);
    order(bad, job, sheets, Some(Ruling::Restart), reason)
}

/// Reads a decision to end a job without sheets; its request id aside.
pub fn abandon_from(
    bad: &mut Violations,
    request: &pb::AbandonSheetsRequest,
) -> Option<RulingOrder> {
    let sheets = (
        request.sheet,
        request.last_sheet,
        &request.except_sheets[..],
    );
    let (job, reason) = (("job", &request.job[..]), &request.reason);
    order(bad, job, sheets, Some(Ruling::Abandon), reason)
}

/// Reads a correction of what was said of sheets; its request id aside.
pub fn correct_from(
    bad: &mut Violations,
    request: &pb::CorrectSheetsRequest,
) -> Option<RulingOrder> {
    let outcome = outcome_from(request.outcome).filter(|outcome| *outcome != Outcome::Printed);
    if outcome.is_none() {
        bad.add("outcome", "is required: SPOILED, LOST or NOT_PRINTED");
    }
    let sheets = (
        request.sheet,
        request.last_sheet,
        &request.except_sheets[..],
    );
    let (job, reason) = (("job", &request.job[..]), &request.reason);
    order(bad, job, sheets, outcome.map(Ruling::Correct), reason)
}

fn order(
    bad: &mut Violations,
    (field, job): (&str, &str),
    (sheet, last_sheet, except): (i32, i32, &[i32]),
    ruling: Option<Ruling>,
    reason: &str,
) -> Option<RulingOrder> {
    let job = read_job_name(bad, field, job);
    let sheets = read(bad, "sheet", range_from(sheet, last_sheet, except));
    let told = read(bad, "reason", text::check_required(reason));
    told?;
    Some(RulingOrder {
        job: job?,
        sheets: sheets?,
        ruling: ruling?,
        reason: text::without_tins(reason),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_names_every_field_it_lacks_and_nothing_is_corrected_to_good() {
        let mut request = pb::CorrectSheetsRequest {
            outcome: pb::resolve_sheet_request::Outcome::Printed.into(),
            ..pb::CorrectSheetsRequest::default()
        };
        let mut violations = Violations::new();
        assert_eq!(correct_from(&mut violations, &request), None);
        let fields: Vec<_> = violations.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["outcome", "job", "sheet", "reason"]);
        request = pb::CorrectSheetsRequest {
            job: "jobs/0192f3a4-0000-7000-8000-000000000001".to_owned(),
            sheet: 2,
            outcome: pb::resolve_sheet_request::Outcome::Lost.into(),
            reason: "the tray was empty".to_owned(),
            ..request
        };
        let mut none = Violations::new();
        let order = correct_from(&mut none, &request).unwrap();
        assert_eq!(order.ruling, Ruling::Correct(Outcome::Lost));
        assert_eq!(order.sheets.sheets(), [2]);
    }
}
