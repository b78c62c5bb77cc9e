//! The end of a job: its final report is stored in the transaction that ended it.

use formfeed_domain::spool::{Job, JobKind, JobReport, JobStanding};

/// `printed 7 forms, 2 void, 3 sheets, total 12345.67`, or `printed Form 1096 on 1 sheets`.
pub(super) fn line(job: &Job, report: &JobReport) -> String {
    let sheets = report.sheets_printed;
    match job.spec.kind {
        JobKind::Forms => format!(
            "printed {} forms, {} void, {sheets} sheets, total {}",
            report.forms_printed, report.forms_void, report.total
        ),
        JobKind::Transmittal => format!("printed Form 1096 on {sheets} sheets"),
        JobKind::Alignment => format!("printed {sheets} alignment sheets"),
        JobKind::Calibration => format!("printed {sheets} sheets of marks"),
    }
}

/// The word of the event that ends a job.
pub(super) fn kind(job: &Job) -> &'static str {
    match job {
        Job {
            canceled: Some(_), ..
        } => "canceled",
        Job {
            aborted: Some(_), ..
        } => "aborted",
        _ => "completed",
    }
}

/// Whether facts and sheets make an end.
pub(super) fn ends(job: &Job, tally: &formfeed_domain::spool::Tally) -> bool {
    job.ended_at.is_none() && JobStanding::ends(job, tally)
}

/// Stores the final report and ends the job, if nothing of it is open any more. Within a writing transaction, after
/// `jobs::touch` took the job's row.
macro_rules! end_if_done {
    ($c:ident, $q:ident, $job:expr, $now:expr) => {{
        use formfeed_domain::spool::{Finality, JobReport};
        let id: &formfeed_domain::spool::JobId = $job;
        let row = $q::jobs::find(&mut *$c, id.as_str()).await?;
        let row = row.ok_or_else(|| SpoolError::JobNotFound(id.clone()))?;
        let job = formfeed_domain::spool::Job::try_from(row)?;
        let tally = $q::tally::of_job(&mut *$c, id.as_str()).await?;
        if crate::spooler::store::ending::ends(&job, &tally) {
            let versions = $q::job_reports::versions(&mut *$c, id.as_str()).await?;
            let report = JobReport::of(job.spec.kind, &job.size, &tally, Finality::Final)?
                .after(crate::spooler::rows::count(versions)?);
            let at = crate::spooler::rows::stored($now);
            let content = serde_json::to_string(&report).map_err(crate::spooler::rows::corrupt)?;
            let row = crate::spooler::rows::ReportRow {
                job_id: id.as_str().to_owned(),
                version: crate::spooler::rows::small(report.version)?,
                content,
                created_at: at,
            };
            $q::job_reports::insert(&mut *$c, row).await?;
            $q::jobs::end(&mut *$c, id.as_str(), at).await?;
            let message = crate::spooler::store::ending::line(&job, &report);
            let about = (
                crate::spooler::store::ending::kind(&job),
                message.as_str(),
                None,
            );
            $q::job_events::append(&mut *$c, id.as_str(), about, at).await?;
        }
    }};
}

pub(super) use end_if_done;
