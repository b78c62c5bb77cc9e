//! What a caller is told when the facts do not allow a change.

use formfeed_domain::layout::{FitError, LayoutError};
use formfeed_domain::rules::RuleError;
use formfeed_domain::spool::{NoPassword, SheetState};
use formfeed_domain::stock::Stock;
use formfeed_proto::convert::job::JobOrder;
use formfeed_proto::convert::printer::printer_name;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, incident, reason, request_id};
use formfeed_store::spooler::SpoolError;
use tonic::{Code, Status};

use super::duty;

/// A failure of the store or of the facts, as the caller sees it.
pub(crate) fn refused(error: SpoolError) -> Status {
    let sentence = error.to_string();
    let refusal = match error {
        SpoolError::Store(error) => return error.into_status(),
        SpoolError::Report(error) => return incident::internal(&error),
        SpoolError::Ledger(error) => return incident::internal(&error),
        SpoolError::JobSent { job, by } => return duty::sent(&job, &by),
        SpoolError::TakesTwo(kept) => return duty::takes_two(&sentence, &kept),
        SpoolError::ProposalNotFound(proposal) => {
            Refusal::not_found(reason::PROPOSAL_NOT_FOUND, sentence).with("proposal", proposal)
        }
        SpoolError::ProposalStale(proposal) => Refusal::failed_precondition(
            reason::SHEET_STATE,
            format!("{sentence}; look at what is left of it (`formfeed job proposals`)"),
        )
        .with("proposal", proposal),
        SpoolError::SetUpAnew { printer, by, change } => Refusal::aborted(
            reason::ETAG_MISMATCH,
            format!("{sentence}; look at it again (`formfeed printer show {printer}`)"),
        )
        .with("printer", printer_name(&printer))
        .with("set_up_by", by)
        .with("change", change),
        SpoolError::OwnSetUp { printer, by } => Refusal::failed_precondition(
            reason::DUTY_NOT_SEPARATE,
            format!("{sentence}, and may not approve that: another person does"),
        )
        .with("printer", printer_name(&printer))
        .with("user", by),
        SpoolError::JobNotFound(job) => {
            Refusal::not_found(reason::JOB_NOT_FOUND, sentence).with("job", job)
        }
        SpoolError::PrinterNotFound(printer) => Refusal::not_found(
            reason::PRINTER_NOT_FOUND,
            format!("{sentence}; `formfeed printer list` names those there are, `formfeed printer add` adds one"),
        )
        .with("printer", printer_name(&printer)),
        SpoolError::PrinterExists(printer) => {
            Refusal::already_exists(reason::RESOURCE_EXISTS, sentence)
                .with("printer", printer_name(&printer))
        }
        SpoolError::RequestIdReused(id) => request_id::reused(&id),
        SpoolError::JobRequestIdReused { request_id, job } => {
            request_id::reused(&request_id).with("job", job)
        }
        SpoolError::PrinterInUse { printer, jobs } => Refusal::failed_precondition(
            reason::PRINTER_IN_USE,
            format!("{sentence}; let them end, or cancel them"),
        )
        .with("printer", printer_name(&printer))
        .with("jobs", jobs),
        SpoolError::PrinterHolds { printer, sheets } => Refusal::failed_precondition(
            reason::PRINTER_IN_USE,
            format!("{sentence}; let them end, or say what became of them"),
        )
        .with("printer", printer_name(&printer))
        .with("sheets", sheets),
        SpoolError::JobInDoubt { job, sheets } => Refusal::failed_precondition(
            reason::SHEET_STATE,
            format!("{sentence}; say what became of them first"),
        )
        .with("job", job)
        .with("sheets", sheets),
        SpoolError::PrinterInDoubt { printer, sheets } => Refusal::failed_precondition(
            reason::SHEET_STATE,
            format!("{sentence}; say what became of them first"),
        )
        .with("printer", printer_name(&printer))
        .with("sheets", sheets),
        SpoolError::SerialTaken {
            stock,
            serial,
            printer,
            ..
        } => Refusal::failed_precondition(
            reason::SERIAL_TAKEN,
            format!("{sentence}; a number is one sheet of paper, in one place"),
        )
        .with("stock", stock)
        .with("serial", serial)
        .with("printer", printer_name(&printer)),
        SpoolError::JobEnded(job) => {
            Refusal::failed_precondition(reason::JOB_STATE, sentence).with("job", job)
        }
        SpoolError::SheetNotFound { job, sheet, .. } => {
            Refusal::not_found(reason::SHEET_NOT_FOUND, sentence)
                .with("job", job)
                .with("sheet", sheet)
        }
        SpoolError::NothingToDecide { job, sheet } => Refusal::failed_precondition(
            reason::SHEET_STATE,
            format!("{sentence}: it is neither in doubt nor awaits confirmation"),
        )
        .with("job", job)
        .with("sheet", sheet),
        SpoolError::OtherSerial {
            sheet, taken, read, ..
        } => Refusal::failed_precondition(reason::SERIAL_MISMATCH, sentence)
            .with("sheet", sheet)
            .with("taken", taken.map_or_else(String::new, |taken| taken.to_string()))
            .with("read", read),
        SpoolError::Decided {
            sheet,
            by,
            state,
            same,
        } => {
            let code = match same {
                true => Code::AlreadyExists,
                false => Code::Aborted,
            };
            Refusal::new(code, reason::SHEET_STATE, sentence)
                .with("sheet", sheet)
                .with("decided_by", by)
                .with("outcome", state)
        }
        SpoolError::SheetStands {
            job,
            sheet,
            state,
            verb,
        } => Refusal::failed_precondition(
            reason::SHEET_STATE,
            match state {
                SheetState::Live => {
                    format!("{sentence}: hold the job, and decide when the sheet is done")
                }
                SheetState::InDoubt | SheetState::AwaitingConfirmation => {
                    format!("{sentence}: say first what became of it")
                }
                _ => sentence,
            },
        )
        .with("job", job)
        .with("sheet", sheet)
        .with("state", state)
        .with("decision", verb),
        SpoolError::NothingToRestart(job) => {
            Refusal::failed_precondition(reason::SHEET_STATE, sentence).with("job", job)
        }
        SpoolError::ReportNotFound { job, version } => {
            Refusal::not_found(reason::REPORT_NOT_FOUND, sentence)
                .with("job", job)
                .with("version", version)
        }
        SpoolError::AlignedMeanwhile(printer) => {
            let message = format!("{sentence}: look at what is set now, and set it again");
            Refusal::aborted(reason::STORE_CONFLICT, message)
                .with("printer", printer_name(&printer))
        }
        SpoolError::NotWaiting { job, sheet } => {
            let refusal = Refusal::failed_precondition(reason::SHEET_STATE, sentence);
            let refusal = refusal.with("job", job);
            match sheet {
                Some(sheet) => refusal.with("sheet", sheet),
                None => refusal,
            }
        }
        SpoolError::HolderLives { printer, spooler } => Refusal::failed_precondition(
            reason::PRINTER_HELD,
            format!(
                "{sentence}: stop that one first, or take the printer all the same (--although-holder-lives); what it is printing is then in doubt"
            ),
        )
        .with("printer", printer_name(&printer))
        .with("spooler", spooler),
        SpoolError::SpoolerNotFound(spooler) => {
            Refusal::not_found(reason::SPOOLER_NOT_FOUND, format!("{sentence}; start it first"))
                .with("spooler", spooler)
        }
        SpoolError::NotNow | SpoolError::Overtaken => {
            Refusal::aborted(reason::STORE_CONFLICT, format!("{sentence}; retry"))
        }
        other => return incident::internal(&other),
    };
    refusal.into_status()
}

/// FAILED_PRECONDITION: nobody has measured that form on that stock, or Copy A on plain paper.
pub(super) fn no_layout(error: &LayoutError) -> Status {
    let reason = match error {
        LayoutError::CopyANotDrawn { .. } => reason::COPY_A_NOT_DRAWN,
        _ => reason::NO_LAYOUT,
    };
    Refusal::failed_precondition(reason, error.to_string()).into_status()
}

/// FAILED_PRECONDITION: the format of another year, which that stock does not take.
pub(super) fn no_layout_of_format(error: &LayoutError, order: &JobOrder) -> Status {
    if matches!(error, LayoutError::CopyANotDrawn { .. }) {
        return no_layout(error);
    }
    let way_out = format!(
        "{error}; print in the forms' own format (--format-of own), or in that of a year which has one (--format-of YEAR)"
    );
    of_format(way_out, order)
}

/// FAILED_PRECONDITION: the stock says another year than the forms.
pub(super) fn year_in_print(stock: &Stock, order: &JobOrder) -> Status {
    let (year, format) = (order.tax_year, order.format_year);
    let message = format!(
        "{} of {format} has the year in print, and the forms say {year}: print in their own format (--format-of own)",
        stock.name
    );
    of_format(message, order)
}

fn of_format(message: String, order: &JobOrder) -> Status {
    Refusal::failed_precondition(reason::NO_LAYOUT, message)
        .with("tax_year", order.tax_year)
        .with("format_year", order.format_year)
        .into_status()
}

/// FAILED_PRECONDITION: no rules for that year.
pub(super) fn no_rules(error: &RuleError, year: i32) -> Status {
    Refusal::failed_precondition(reason::NO_RULE_FOR_YEAR, error.to_string())
        .with("tax_year", year)
        .into_status()
}

/// FAILED_PRECONDITION naming the forms that do not fit their slots.
pub(super) fn do_not_fit(errors: &[FitError]) -> Status {
    let count = errors.len();
    let sentence = match errors {
        [only] => format!("{only}; nothing was stored"),
        _ => format!("{count} forms do not fit their slots; nothing was stored"),
    };
    let refusal =
        Refusal::failed_precondition(reason::VALUE_TOO_LONG, sentence).with("forms", count);
    errors
        .iter()
        .fold(refusal, |refusal, error| {
            let account = error.account_number().unwrap_or_default();
            refusal.precondition(error.reason(), account, error.to_string())
        })
        .into_status()
}

/// FAILED_PRECONDITION naming the forms whose files could not be locked.
pub(super) fn no_password(forms: &[(String, NoPassword)]) -> Status {
    let sentence = match forms {
        [(account, why)] => format!("{account} {why}; nothing was stored"),
        _ => format!(
            "{} recipients have nothing that a password could be made of; nothing was stored",
            forms.len()
        ),
    };
    let refusal = Refusal::failed_precondition(reason::NO_PASSWORD, sentence);
    forms
        .iter()
        .fold(
            refusal.with("forms", forms.len()),
            |refusal, (account, why)| {
                refusal.precondition(reason::NO_PASSWORD, account, why.to_string())
            },
        )
        .into_status()
}
