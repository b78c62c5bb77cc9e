//! Why nothing is printed, and what a caller is told.

use formfeed_domain::printing::{Printing, Subject};
use formfeed_domain::rules::RuleError;
use formfeed_proto::convert::forms::printing_name;
use formfeed_runtime::{IntoStatus, Refusal, incident, reason};
use tonic::Status;

/// Why the forms service refuses a printing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum PrintError {
    /// The caller calculates first.
    #[error("payer {} has no 1099 information for {}: run a calculation first", .0.payer_id, .0.tax_year)]
    NotCalculated(Subject),
    /// Nothing to do, unless the amounts or the options change.
    #[error(
        "nobody gets {subject}: of {recipients} recipients none comes to that form; list the forms for the reasons"
    )]
    NobodyGetsOne {
        /// What was to be printed.
        subject: Subject,
        /// Recipients of the year.
        recipients: usize,
    },
    /// The caller gives a reason, or leaves it.
    #[error("{} was printed before as {} ({job}); give a reason to print it again", .first.subject, printing_name(&.first.id))]
    PrintedBefore {
        /// The first printing of the same.
        first: Box<Printing>,
        /// Its job.
        job: String,
    },
    /// The caller repeats that request, which finishes it.
    #[error(
        "{} is being handed to the spooler as {}, or that was cut off: repeat request id {} to finish it, or give a reason to print again",
        .0.subject, printing_name(&.0.id), .0.request_id
    )]
    HalfHandedOver(Box<Printing>),
    /// The caller prints or exports as before, or says that it was never sent.
    #[error(
        "{filed} has persons with several vendor ids {}, and what was filed stands: make {subject} with --twins {} too, or say first that it was never sent (formfeed forms not-sent)",
        told(*is_merged), if *is_merged { "merged" } else { "apart" }
    )]
    TwinsMixed {
        /// What was to be made.
        subject: Subject,
        /// The batch that was filed.
        filed: String,
        /// There they are merged.
        is_merged: bool,
    },
    /// The caller asks again.
    #[error("somebody else has filed or left out some of {0} meanwhile: ask again")]
    Meanwhile(Subject),
    /// There is no such printing.
    #[error("there is no {}", printing_name(.0))]
    NoSuchPrinting(String),
}

fn told(is_merged: bool) -> &'static str {
    match is_merged {
        true => "on one form each",
        false => "on a form for each vendor id",
    }
}

impl PrintError {
    /// The refusal to print what `first` has printed.
    pub(crate) fn printed_before(first: Box<Printing>) -> Self {
        match first.job.clone() {
            Some(job) => Self::PrintedBefore { first, job },
            None => Self::HalfHandedOver(first),
        }
    }
}

impl From<PrintError> for Status {
    fn from(error: PrintError) -> Self {
        let message = error.to_string();
        let subject = |refusal: Refusal, subject: &Subject| {
            refusal
                .with("payer_id", &subject.payer_id)
                .with("tax_year", subject.tax_year)
        };
        let printing = |refusal: Refusal, printing: &Printing| {
            subject(refusal, &printing.subject)
                .with("printing", printing_name(&printing.id))
                .with("request_id", &printing.request_id)
        };
        match &error {
            PrintError::NotCalculated(of) => subject(
                Refusal::failed_precondition(reason::NOT_CALCULATED, message),
                of,
            ),
            PrintError::NobodyGetsOne { subject: of, .. } => subject(
                Refusal::failed_precondition(reason::NOTHING_TO_PRINT, message),
                of,
            ),
            PrintError::PrintedBefore { first, job } => printing(
                Refusal::already_exists(reason::ALREADY_PRINTED, message),
                first,
            )
            .with("job", job),
            PrintError::HalfHandedOver(first) => printing(
                Refusal::already_exists(reason::ALREADY_PRINTED, message),
                first,
            ),
            PrintError::TwinsMixed {
                subject: of, filed, ..
            } => subject(
                Refusal::failed_precondition(reason::TWINS_MIXED, message),
                of,
            )
            .with("filed_as", filed),
            PrintError::Meanwhile(of) => subject(
                Refusal::new(tonic::Code::Aborted, reason::FILED_MEANWHILE, message),
                of,
            ),
            PrintError::NoSuchPrinting(id) => {
                Refusal::not_found(reason::PRINTING_NOT_FOUND, message)
                    .with("printing", printing_name(id))
            }
        }
        .into_status()
    }
}

/// A year or a return without rules: FAILED_PRECONDITION. A broken rule file is our bug.
pub(crate) fn rule_status(error: RuleError) -> Status {
    let message = error.to_string();
    match error {
        RuleError::NoRuleForYear { year, known } => {
            Refusal::failed_precondition(reason::NO_RULE_FOR_YEAR, message)
                .with("tax_year", year)
                .with("known", known)
        }
        RuleError::NoSuchForm { form_type, year } => {
            Refusal::failed_precondition(reason::NO_SUCH_FORM, message)
                .with("tax_year", year)
                .with("form", form_type.as_str())
        }
        RuleError::NoCurrentYear { year, known } => {
            Refusal::failed_precondition(reason::NO_RULE_FOR_YEAR, message)
                .with("tax_year", year)
                .with("known", known)
        }
        other => return incident::internal(&other),
    }
    .into_status()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use formfeed_domain::form::{Copy, FormType};
    use formfeed_domain::{Money, PayerId, TaxYear};
    use tonic::Code;

    fn first(job: Option<&str>) -> Box<Printing> {
        Box::new(Printing {
            id: "0198".to_owned(),
            request_id: "r-1".to_owned(),
            subject: Subject {
                payer_id: PayerId::new("TE1").unwrap(),
                tax_year: TaxYear::new(2025).unwrap(),
                form_type: FormType::Nec,
                copy: Copy::A,
            },
            format_year: TaxYear::new(2025).unwrap(),
            printer: "printers/laser".to_owned(),
            job: job.map(str::to_owned),
            forms: 7,
            total: Money::ZERO,
            user: "clara".to_owned(),
            again_reason: String::new(),
            warnings: Vec::new(),
            create_time: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_second_printing_is_refused_naming_the_first_and_its_job() {
        let status = Status::from(PrintError::printed_before(first(Some("jobs/9"))));
        assert_eq!(status.code(), Code::AlreadyExists);
        assert_eq!(
            status.message(),
            "1099-NEC Copy A of payer TE1 for 2025 was printed before as printings/0198 (jobs/9); give a reason to print it again"
        );
    }

    #[test]
    fn a_hand_over_that_was_cut_off_names_the_request_id_that_finishes_it() {
        let status = Status::from(PrintError::printed_before(first(None)));
        assert_eq!(status.code(), Code::AlreadyExists);
        assert!(
            status.message().contains("repeat request id r-1"),
            "{status}"
        );
    }
}
