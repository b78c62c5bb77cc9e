//! Why there is no Form 1096 now, which jobs are in the way, and the way out.

use formfeed_domain::printing::{Printing, Subject};
use formfeed_domain::transmittal::TransmittalPrinting;
use formfeed_proto::convert::forms::printing_name;
use formfeed_proto::spooler::job::State;
use formfeed_runtime::{IntoStatus as _, Refusal, reason};
use tonic::Status;

/// Why there is no Form 1096 now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum TransmittalError {
    /// Someone looks at the sheets, and says what became of them.
    #[error(
        "{sheets} sheets of {job} are in doubt, and so is what Form 1096 would say: look at them, then say what became of each (formfeed job resolve {job} --sheet NUMBER …)"
    )]
    InDoubt {
        /// Whose sheets.
        job: String,
        /// How many.
        sheets: i32,
    },
    /// Someone looks at the sheets, and confirms them.
    #[error(
        "{sheets} sheets of {job} were sent and await a word: look whether they are good, then say so (formfeed job confirm {job} --sheets …)"
    )]
    Unconfirmed {
        /// Whose sheets.
        job: String,
        /// How many.
        sheets: i32,
    },
    /// The caller waits, or ends the job.
    #[error(
        "{job} has not ended, it is {}: wait for its end (formfeed job watch {job}), or cancel it; Form 1096 counts what is on paper then",
        .state.as_str_name().to_ascii_lowercase().replace('_', " ")
    )]
    NotEnded {
        /// Which.
        job: String,
        /// Where it stands.
        state: State,
    },
    /// The caller repeats the request that printed, which finishes it.
    #[error(
        "{} was cut off while it was handed to the spooler as {}: repeat request id {} to finish it, or print again",
        .0.subject, printing_name(&.0.id), .0.request_id
    )]
    CutOff(Box<Printing>),
    /// Nothing to add up.
    #[error("no form of {subject} is on paper{}: print them first", named(.jobs))]
    NothingPrinted {
        /// What would have to be.
        subject: Subject,
        /// Jobs that have ended without a form on paper.
        jobs: Vec<String>,
    },
    /// The caller says which paper goes to the IRS.
    #[error(
        "{last} ended with {printed} of its {forms} forms on paper, and there are sheets of {} too: say whose sheets go to the IRS (--job JOB), or print all forms again",
        .others.join(", ")
    )]
    Ambiguous {
        /// The last printing's job.
        last: String,
        /// Its forms on paper.
        printed: i32,
        /// Its forms.
        forms: i32,
        /// Jobs of earlier printings.
        others: Vec<String>,
    },
    /// The caller names another job.
    #[error("{job} printed no {subject}: list the jobs for those that did")]
    NotPrintedBy {
        /// The job asked for.
        job: String,
        /// What it should have printed.
        subject: Subject,
    },
    /// The caller gives a reason, or leaves it.
    #[error(
        "the Form 1096 of {} was printed before{}; give a reason to print it again",
        .0.of_jobs.join(", "), as_job(.0)
    )]
    PrintedBefore(Box<TransmittalPrinting>),
}

fn named(jobs: &[String]) -> String {
    match jobs.is_empty() {
        true => String::new(),
        false => format!(", {} ended without one", jobs.join(", ")),
    }
}

fn as_job(first: &TransmittalPrinting) -> String {
    match &first.job {
        Some(job) => format!(" as {job}"),
        None => format!(
            ", or that was cut off: repeat request id {} to finish it",
            first.request_id
        ),
    }
}

impl From<TransmittalError> for Status {
    fn from(error: TransmittalError) -> Self {
        use TransmittalError as E;
        let message = error.to_string();
        let refusal = |reason| Refusal::failed_precondition(reason, message.clone());
        match &error {
            E::InDoubt { job, sheets } | E::Unconfirmed { job, sheets } => {
                refusal(reason::PRINTING_UNDECIDED)
                    .with("job", job)
                    .with("sheets", sheets)
            }
            E::NotEnded { job, .. } => refusal(reason::PRINTING_NOT_ENDED).with("job", job),
            E::CutOff(printing) => refusal(reason::PRINTING_NOT_ENDED)
                .with("printing", printing_name(&printing.id))
                .with("request_id", &printing.request_id),
            E::NothingPrinted { jobs, .. } => {
                refusal(reason::NOTHING_PRINTED).with("jobs", jobs.join(" "))
            }
            E::Ambiguous { last, others, .. } => refusal(reason::PRINTING_AMBIGUOUS)
                .with("jobs", format!("{last} {}", others.join(" "))),
            E::NotPrintedBy { job, .. } => {
                Refusal::not_found(reason::PRINTING_NOT_FOUND, message).with("job", job)
            }
            E::PrintedBefore(first) => Refusal::already_exists(reason::ALREADY_PRINTED, message)
                .with("job", first.job.as_deref().unwrap_or_default())
                .with("request_id", &first.request_id),
        }
        .into_status()
    }
}
