//! How a job is shown, and what its state means for the one who waits.

use formfeed_proto::spooler as pb;
use pb::job::{Kind, State};
use pb::job_report::Finality;
use pb::job_service_client::JobServiceClient;
use serde::Serialize;

use super::job_history::History;
use crate::connect::{Link, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::words;

/// The kind of a job that prints Form 1096.
const TRANSMITTAL: &str = "transmittal";
/// Kinds of jobs that print a test sheet.
const ALIGNMENT: &str = "alignment";
const CALIBRATION: &str = "calibration";
/// The kind of all others.
const FORMS: &str = "forms";

/// A job with its report, as `--json` prints it. A public contract.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct JobView {
    job: String,
    kind: &'static str,
    state: String,
    state_reasons: Vec<String>,
    printer: String,
    printers: Vec<String>,
    payer: String,
    tax_year: i32,
    format_year: i32,
    form: &'static str,
    copy: &'static str,
    stock: String,
    user: String,
    forms_in_job: i32,
    sheets_in_job: i32,
    forms_printed: i32,
    forms_void: i32,
    sheets_printed: i32,
    sheets_spoiled: i32,
    sheets_lost: i32,
    sheets_in_doubt: i32,
    sheets_live: i32,
    sheets_awaiting_confirmation: i32,
    sheets_pending: i32,
    sheets_abandoned: i32,
    sheets_reprinted: i32,
    total_amount: String,
    total_amount_at_most: String,
    federal_tax_withheld: String,
    state_tax_withheld: String,
    report: &'static str,
    report_version: i32,
    evidence: String,
    notes: Vec<String>,
    create_time: String,
    update_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheets: Option<Vec<SheetView>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    history: Option<History>,
}

/// A sheet, so that an operator can tell the paper in hand.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SheetView {
    pub(crate) sheet: i32,
    pub(crate) state: String,
    pub(crate) accounts: Vec<String>,
    pub(crate) void_slots: i32,
    pub(crate) amount: String,
    pub(crate) attempts: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) serials: Vec<SerialView>,
}

/// A numbered sheet of paper that an attempt took, and what became of the attempt.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SerialView {
    pub(crate) serial: i64,
    pub(crate) state: String,
}

impl JobView {
    /// A job without its sheets.
    pub(crate) fn new(job: &pb::Job) -> Self {
        let report = job.report.clone().unwrap_or_default();
        Self {
            job: job.name.clone(),
            kind: match job.kind() {
                Kind::Transmittal => TRANSMITTAL,
                Kind::Alignment => ALIGNMENT,
                Kind::Calibration => CALIBRATION,
                Kind::Forms | Kind::Unspecified => FORMS,
            },
            state: words::kebab(job.state().as_str_name()),
            state_reasons: job.state_reasons.clone(),
            printer: job.printer.clone(),
            printers: job.printers.clone(),
            payer: job.payer_id.clone(),
            tax_year: job.tax_year,
            format_year: job.format_year,
            form: words::form_type(job.form_type()),
            copy: words::copy(job.copy()),
            stock: job.stock.clone(),
            user: job.user.clone(),
            forms_in_job: job.forms,
            sheets_in_job: job.sheets,
            forms_printed: report.forms_printed,
            forms_void: report.forms_void,
            sheets_printed: report.sheets_printed,
            sheets_spoiled: report.sheets_spoiled,
            sheets_lost: report.sheets_lost,
            sheets_in_doubt: report.sheets_in_doubt,
            sheets_live: report.sheets_live,
            sheets_awaiting_confirmation: report.sheets_awaiting_confirmation,
            sheets_pending: report.sheets_pending,
            sheets_abandoned: report.sheets_abandoned,
            sheets_reprinted: report.sheets_reprinted,
            total_amount: words::amount(report.total_amount_cents),
            total_amount_at_most: words::amount(report.total_amount_at_most_cents),
            federal_tax_withheld: words::amount(report.federal_tax_withheld_cents),
            state_tax_withheld: words::amount(report.state_tax_withheld_cents),
            report: match report.finality() {
                Finality::Final => "final",
                Finality::Provisional | Finality::Unspecified => "provisional",
            },
            report_version: report.version,
            evidence: report.evidence,
            notes: job.notes.clone(),
            create_time: words::time(job.create_time.as_ref()),
            update_time: words::time(job.update_time.as_ref()),
            sheets: None,
            history: None,
        }
    }

    /// The same with its sheets.
    pub(crate) fn with_sheets(mut self, sheets: Vec<SheetView>) -> Self {
        self.sheets = Some(sheets);
        self
    }

    /// The same with its history.
    pub(crate) fn with_history(mut self, history: History) -> Self {
        self.history = Some(history);
        self
    }

    /// Where the job stands, for people; everything but the last line.
    pub(crate) fn tell(&self, output: &mut Output<'_>) -> Result<(), CliError> {
        let Self {
            job,
            state,
            printers,
            payer,
            tax_year,
            form,
            copy,
            stock,
            ..
        } = self;
        output.line(format!("{job} {state} on {}", printers.join(" and ")))?;
        let form = form.to_uppercase();
        output.line(match self.kind {
            TRANSMITTAL => {
                format!("  Form 1096 of {tax_year} for {payer} on {stock}, for 1099-{form}")
            }
            ALIGNMENT => format!("  an X in every place of 1099-{form} on {stock}"),
            CALIBRATION => format!("  three marks to measure on {stock}"),
            _ => format!(
                "  1099-{form} copy {} of {tax_year} for {payer} on {stock}: {} forms, {} sheets",
                copy.to_uppercase(),
                self.forms_in_job,
                self.sheets_in_job
            ),
        })?;
        for reason in self.state_reasons.iter().chain(&self.notes) {
            output.line(format!("  {reason}"))?;
        }
        let counts = [
            (self.sheets_pending, "to print"),
            (
                self.sheets_live - self.sheets_awaiting_confirmation,
                "at the printer",
            ),
            (self.sheets_awaiting_confirmation, "to confirm"),
            (self.sheets_in_doubt, "in doubt"),
            (self.sheets_spoiled, "spoiled"),
            (self.sheets_lost, "lost"),
            (self.sheets_abandoned, "abandoned"),
            (self.sheets_reprinted, "printed again by decision"),
        ];
        for (sheets, what) in counts.into_iter().filter(|(sheets, _)| *sheets > 0) {
            output.line(format!("  {sheets} sheets {what}"))?;
        }
        if self.report_version > 1 {
            output.line(format!("  report version {}", self.report_version))?;
        }
        if !self.evidence.is_empty() {
            output.line(format!("  evidence: {}", self.evidence))?;
        }
        if self.report == "provisional" && self.kind == FORMS {
            let most = &self.total_amount_at_most;
            output.line(format!("  provisional: the total may still become {most}"))?;
        }
        Ok(())
    }

    /// `printed 7 forms, 2 void, 3 sheets, total 12345.67`, or `printed Form 1096 on 1 sheets`: always the last line.
    pub(crate) fn last_line(&self) -> String {
        let Self {
            forms_printed,
            forms_void,
            sheets_printed,
            total_amount,
            ..
        } = self;
        match self.kind {
            TRANSMITTAL => format!("printed Form 1096 on {sheets_printed} sheets"),
            ALIGNMENT | CALIBRATION => format!("printed {sheets_printed} test sheets"),
            _ => format!(
                "printed {forms_printed} forms, {forms_void} void, {sheets_printed} sheets, total {total_amount}"
            ),
        }
    }
}

impl From<pb::Sheet> for SheetView {
    fn from(sheet: pb::Sheet) -> Self {
        Self {
            sheet: sheet.number,
            state: words::kebab(sheet.state().as_str_name()),
            void_slots: sheet.void_slots,
            amount: words::amount(sheet.amount_cents),
            attempts: sheet.attempts.len(),
            serials: sheet.attempts.iter().filter_map(numbered).collect(),
            accounts: sheet.account_numbers,
        }
    }
}

/// The number that an attempt took, unless it gave it back.
fn numbered(attempt: &pb::Attempt) -> Option<SerialView> {
    use pb::attempt::State;
    let back = matches!(attempt.state(), State::Released | State::NotPrinted);
    let serial = attempt.serial.filter(|_| !back)?;
    let state = words::kebab(attempt.state().as_str_name());
    Some(SerialView { serial, state })
}

/// The sheets of a job as they are shown; see [`listed_sheets`].
pub(crate) async fn sheets(
    link: &Link,
    job: &str,
    undecided_only: bool,
) -> Result<Vec<SheetView>, CliError> {
    let sheets = listed_sheets(link, job, undecided_only).await?;
    Ok(sheets.into_iter().map(SheetView::from).collect())
}

/// The sheets of a job, by number; `undecided_only` leaves those that wait for a person.
pub(crate) async fn listed_sheets(
    link: &Link,
    job: &str,
    undecided_only: bool,
) -> Result<Vec<pb::Sheet>, CliError> {
    let jobs = client!(JobServiceClient, link);
    pages::all(|page_token| {
        let request = pb::ListSheetsRequest {
            job: job.to_owned(),
            page_size: pages::PAGE_SIZE,
            page_token,
            undecided_only,
            ..pb::ListSheetsRequest::default()
        };
        let mut jobs = jobs.clone();
        async move {
            let page = jobs.list_sheets(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.sheets, page.next_page_token))
        }
    })
    .await
}

/// Whether nothing more happens to a job unless a person decides.
pub(crate) fn waits_for_a_person(job: &pb::Job) -> bool {
    let report = job.report.clone().unwrap_or_default();
    let open = report.sheets_pending + report.sheets_live;
    match job.state() {
        State::NeedsDecision | State::AwaitingConfirmation => true,
        State::Stopped => open == report.sheets_wasted,
        _ => false,
    }
}

/// How a command that printed ended: done only when every form is known to be on paper.
pub(crate) fn exit(job: &pb::Job) -> Exit {
    let abandoned = job.report.as_ref().map_or(0, |it| it.sheets_abandoned);
    match job.state() {
        State::Completed if abandoned == 0 => Exit::Done,
        _ => Exit::Failed,
    }
}

/// Names the sheets that wait for a person, and the way out.
pub(crate) async fn tell_the_way_out(
    link: &Link,
    job: &pb::Job,
    output: &mut Output<'_>,
) -> Result<(), CliError> {
    let id = words::id(&job.name);
    let sheets = sheets(link, &job.name, true).await?;
    for sheet in sheets.iter().filter(|sheet| sheet.state == "in-doubt") {
        let (number, accounts) = (sheet.sheet, sheet.accounts.join(", "));
        output.note(format!(
            "sheet {number} ({accounts}) is in doubt: look whether it was printed, then say so:"
        ))?;
        output.note(format!(
            "  formfeed job resolve {id} --sheet {number} printed (or not-printed|spoiled|lost --reason TEXT)"
        ))?;
    }
    let waiting = sheets
        .iter()
        .filter(|sheet| sheet.state == "awaiting-confirmation");
    let numbers: Vec<_> = waiting.map(|sheet| sheet.sheet).collect();
    tell_of_waste(link, job, output).await?;
    if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
        output.note(format!(
            "sheets {first} to {last} were sent: look whether they are good, then say so:"
        ))?;
        output.note(format!(
            "  formfeed job confirm {id} --sheets {first}-{last} [--except NUMBER]"
        ))?;
    }
    Ok(())
}

/// Names the spoiled and lost sheets that keep a job from its end, and the two ways out.
async fn tell_of_waste(
    link: &Link,
    job: &pb::Job,
    output: &mut Output<'_>,
) -> Result<(), CliError> {
    if job.state() != State::Stopped || !waits_for_a_person(job) {
        return Ok(());
    }
    let id = words::id(&job.name);
    let sheets = sheets(link, &job.name, false).await?;
    let wasted = sheets
        .iter()
        .filter(|sheet| matches!(sheet.state.as_str(), "spoiled" | "lost"));
    for sheet in wasted {
        let SheetView { sheet, state, .. } = sheet;
        output.note(format!(
            "sheet {sheet} is {state}: print it again, or end the job without it:"
        ))?;
        output.note(format!(
            "  formfeed job reprint {id} --sheet {sheet} --reason TEXT"
        ))?;
        output.note(format!(
            "  formfeed job abandon {id} --sheet {sheet} --reason TEXT"
        ))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn job(state: State) -> pb::Job {
        pb::Job {
            name: "jobs/7".to_owned(),
            state: state.into(),
            form_type: pb::FormType::Nec.into(),
            report: Some(pb::JobReport {
                finality: Finality::Final.into(),
                forms_printed: 7,
                forms_void: 2,
                sheets_printed: 3,
                total_amount_cents: 1_234_567,
                federal_tax_withheld_cents: 5,
                ..pb::JobReport::default()
            }),
            ..pb::Job::default()
        }
    }

    #[test]
    fn the_last_line_and_the_keys_are_those_promised() {
        let view = JobView::new(&job(State::Completed));
        assert_eq!(
            view.last_line(),
            "printed 7 forms, 2 void, 3 sheets, total 12345.67"
        );
        let document = serde_json::to_value(&view).unwrap();
        let expected = [
            ("job", "jobs/7".into()),
            ("state", "completed".into()),
            ("forms_printed", 7.into()),
            ("forms_void", 2.into()),
            ("sheets_printed", 3.into()),
            ("sheets_spoiled", 0.into()),
            ("sheets_in_doubt", 0.into()),
            ("total_amount", "12345.67".into()),
            ("federal_tax_withheld", "0.05".into()),
            ("report", serde_json::Value::from("final")),
        ];
        for (key, value) in expected {
            assert_eq!(document[key], value, "{key}");
        }
        assert!(document.get("sheets").is_none());
    }

    #[test]
    fn a_sheet_carries_what_tells_the_paper_in_hand() {
        let sheet = pb::Sheet {
            number: 2,
            state: pb::sheet::State::InDoubt.into(),
            account_numbers: vec!["V1".to_owned()],
            void_slots: 2,
            amount_cents: 60_000,
            attempts: vec![pb::Attempt::default()],
        };
        let view = JobView::new(&job(State::NeedsDecision)).with_sheets(vec![sheet.into()]);
        assert_eq!(
            serde_json::to_value(&view).unwrap()["sheets"],
            serde_json::json!([{"sheet": 2, "state": "in-doubt", "accounts": ["V1"], "void_slots": 2, "amount": "600.00", "attempts": 1}])
        );
    }

    #[test]
    fn only_a_completed_job_is_done_and_doubt_does_not_wait_for_ever() {
        assert_eq!(exit(&job(State::Completed)), Exit::Done);
        for state in [State::Canceled, State::Aborted, State::NeedsDecision] {
            assert_eq!(exit(&job(state)), Exit::Failed);
        }
        assert!(waits_for_a_person(&job(State::NeedsDecision)));
        assert!(waits_for_a_person(&job(State::AwaitingConfirmation)));
        let mut out_of_paper = job(State::Stopped);
        out_of_paper.report.as_mut().unwrap().sheets_pending = 1;
        assert!(!waits_for_a_person(&out_of_paper));
    }
}
