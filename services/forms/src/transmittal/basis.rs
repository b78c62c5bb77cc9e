//! Which printings a Form 1096 stands for: of Copy A the last that left forms on paper, for it replaces the ones before.
//! Corrections replace nothing: theirs is asked for by their job.

use std::collections::BTreeSet;

use formfeed_domain::correction::FilingKind;
use formfeed_domain::form::Copy;
use formfeed_domain::printing::{Printing, Subject};
use formfeed_proto::convert::transmittal::TransmittalQuery;
use formfeed_proto::spooler::{Job, JobReport, job::State, job_report::Finality};
use formfeed_runtime::IntoStatus as _;
use tonic::Status;

use super::error::TransmittalError;
use super::figures::Figures;
use crate::print::Desk;

/// What the printing comes to that a query is about.
pub(super) async fn of_query(desk: &Desk, query: &TransmittalQuery) -> Result<Figures, Status> {
    match &query.job {
        Some(job) => of_jobs(desk, query, std::slice::from_ref(job)).await,
        None => of_the_last(desk, query).await,
    }
}

/// What these jobs come to. Each is one of the subject's printings, and at its end.
pub(super) async fn of_jobs(
    desk: &Desk,
    query: &TransmittalQuery,
    jobs: &[String],
) -> Result<Figures, Status> {
    let (subject, printings) = printings(desk, query).await?;
    let mut figures = Figures::default();
    for name in jobs {
        let of_job = |printing: &&Printing| printing.job.as_ref() == Some(name);
        let printing = printings.iter().find(of_job);
        let printing = printing.ok_or_else(|| TransmittalError::NotPrintedBy {
            job: name.clone(),
            subject: subject.clone(),
        })?;
        let job = desk.peers.spooler.job(name).await?;
        ended(&job)?;
        figures.add(printing, &job);
    }
    match figures.forms {
        0 => Err(nothing_printed(subject, jobs.to_vec())),
        _ => Ok(figures),
    }
}

async fn of_the_last(desk: &Desk, query: &TransmittalQuery) -> Result<Figures, Status> {
    let (subject, mut printings) = printings(desk, query).await?;
    let filings = desk.store.filings(&query.payer_id, query.tax_year).await;
    let filings = filings.map_err(|error| error.into_status())?;
    let corrections = filings
        .iter()
        .filter(|filing| filing.kind != FilingKind::Originals);
    let corrections: BTreeSet<_> = corrections.map(|filing| filing.id.as_str()).collect();
    printings.retain(|printing| !corrections.contains(printing.id.as_str()));
    let mut figures = Figures::default();
    let mut without_forms = Vec::new();
    for (at, printing) in printings.iter().enumerate() {
        let job = job_of(desk, printing).await?;
        ended(&job)?;
        if forms_printed(&job) == 0 {
            figures.warnings.push(format!(
                "{} left no form on paper: this Form 1096 stands for the printing before it",
                job.name
            ));
            without_forms.push(job.name);
            continue;
        }
        if forms_printed(&job) < job.forms {
            let others = others(desk, &printings[at + 1..]).await?;
            if !others.is_empty() {
                return Err(TransmittalError::Ambiguous {
                    printed: forms_printed(&job),
                    forms: job.forms,
                    last: job.name,
                    others,
                }
                .into());
            }
        }
        figures.add(printing, &job);
        return Ok(figures);
    }
    Err(nothing_printed(subject, without_forms))
}

/// The printings of Copy A, newest first.
async fn printings(
    desk: &Desk,
    query: &TransmittalQuery,
) -> Result<(Subject, Vec<Printing>), Status> {
    let subject = Subject {
        payer_id: query.payer_id.clone(),
        tax_year: query.tax_year,
        form_type: query.form_type,
        copy: Copy::A,
    };
    let printings = desk.store.all_of(&subject).await;
    let printings = printings.map_err(|error| error.into_status())?;
    Ok((subject, printings))
}

async fn job_of(desk: &Desk, printing: &Printing) -> Result<Job, Status> {
    match &printing.job {
        Some(name) => desk.peers.spooler.job(name).await,
        None => Err(TransmittalError::CutOff(Box::new(printing.clone())).into()),
    }
}

/// Jobs of earlier printings that have put something on paper, or may have.
async fn others(desk: &Desk, earlier: &[Printing]) -> Result<Vec<String>, Status> {
    let mut names = Vec::new();
    for name in earlier.iter().filter_map(|printing| printing.job.as_ref()) {
        let job = desk.peers.spooler.job(name).await?;
        if forms_printed(&job) > 0 || ended(&job).is_err() {
            names.push(job.name);
        }
    }
    Ok(names)
}

fn report(job: &Job) -> JobReport {
    job.report.clone().unwrap_or_default()
}

fn forms_printed(job: &Job) -> i32 {
    report(job).forms_printed
}

/// Only a final report can be added up.
fn ended(job: &Job) -> Result<(), TransmittalError> {
    let (name, report) = (job.name.clone(), report(job));
    match job.state() {
        State::NeedsDecision => Err(TransmittalError::InDoubt {
            job: name,
            sheets: report.sheets_in_doubt,
        }),
        State::AwaitingConfirmation => Err(TransmittalError::Unconfirmed {
            job: name,
            sheets: report.sheets_live,
        }),
        _ if report.finality() == Finality::Final => Ok(()),
        state => Err(TransmittalError::NotEnded { job: name, state }),
    }
}

fn nothing_printed(subject: Subject, jobs: Vec<String>) -> Status {
    TransmittalError::NothingPrinted { subject, jobs }.into()
}
