//! `formfeed job reprint|restart|abandon|correct|move|priority`: decisions about sheets of which it is known what became of
//! them, and about a job's place in line.

use clap::{Args, ValueEnum};
use formfeed_proto::spooler as pb;
use formfeed_runtime::request_id;
use pb::resolve_sheet_request::Outcome;

use super::job::range;
use crate::words::resource;

#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// The sheet, or a range such as 3-7
    #[arg(long, value_name = "RANGE", value_parser = range)]
    sheet: (i32, i32),
    /// Sheets of the range that are left out, such as 5 or 5,6
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    except: Vec<i32>,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct RestartArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// First sheet that is printed again
    #[arg(long, value_name = "NUMBER")]
    sheet: i32,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct CorrectArgs {
    #[command(flatten)]
    sheets: DecideArgs,
    /// What really became of them
    #[arg(value_enum)]
    outcome: CorrectionArg,
}

#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// Where to; the job's stock must be loaded there
    #[arg(long, value_name = "NAME")]
    printer: String,
    /// Why; kept
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct SplitArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// Printer that the sheets go to; the job's stock must be loaded there
    #[arg(long, value_name = "NAME")]
    printer: String,
    /// Sheets that go there, all of them waiting: one, or a range such as 10-20 [default: the second half of those that wait]
    #[arg(long, value_name = "RANGE", value_parser = super::job::range)]
    sheets: Option<(i32, i32)>,
    /// Why; kept
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
}

impl SplitArgs {
    pub(super) fn request(self) -> pb::SplitJobRequest {
        let (first_sheet, last_sheet) = self.sheets.unwrap_or_default();
        pb::SplitJobRequest {
            name: resource("jobs", &self.job),
            printer: resource("printers", &self.printer),
            first_sheet,
            last_sheet,
            reason: self.reason,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct PriorityArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// 1 to 100, larger goes first; 50 is usual
    priority: i32,
    /// Why; kept
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum CorrectionArg {
    /// They were marked and are thrown away
    Spoiled,
    /// They are gone
    Lost,
    /// They were not marked; they wait to be printed
    NotPrinted,
}

impl DecideArgs {
    pub(super) fn reprint(self) -> pb::ReprintSheetsRequest {
        pb::ReprintSheetsRequest {
            request_id: request_id::new(),
            job: resource("jobs", &self.job),
            sheet: self.sheet.0,
            last_sheet: self.sheet.1,
            except_sheets: self.except,
            reason: self.reason,
        }
    }

    pub(super) fn abandon(self) -> pb::AbandonSheetsRequest {
        pb::AbandonSheetsRequest {
            request_id: request_id::new(),
            job: resource("jobs", &self.job),
            sheet: self.sheet.0,
            last_sheet: self.sheet.1,
            except_sheets: self.except,
            reason: self.reason,
        }
    }
}

impl RestartArgs {
    pub(super) fn restart(self) -> pb::RestartJobRequest {
        pb::RestartJobRequest {
            request_id: request_id::new(),
            name: resource("jobs", &self.job),
            sheet: self.sheet,
            reason: self.reason,
        }
    }
}

impl CorrectArgs {
    pub(super) fn correct(self) -> pb::CorrectSheetsRequest {
        let outcome = match self.outcome {
            CorrectionArg::Spoiled => Outcome::Spoiled,
            CorrectionArg::Lost => Outcome::Lost,
            CorrectionArg::NotPrinted => Outcome::NotPrinted,
        };
        pb::CorrectSheetsRequest {
            request_id: request_id::new(),
            job: resource("jobs", &self.sheets.job),
            sheet: self.sheets.sheet.0,
            last_sheet: self.sheets.sheet.1,
            except_sheets: self.sheets.except,
            outcome: outcome.into(),
            reason: self.sheets.reason,
        }
    }
}

impl MoveArgs {
    pub(super) fn request(self) -> pb::MoveJobRequest {
        pb::MoveJobRequest {
            name: resource("jobs", &self.job),
            printer: resource("printers", &self.printer),
            reason: self.reason,
        }
    }
}

impl PriorityArgs {
    pub(super) fn request(self) -> pb::SetJobPriorityRequest {
        pb::SetJobPriorityRequest {
            name: resource("jobs", &self.job),
            priority: self.priority,
            reason: self.reason,
        }
    }
}
