//! Decisions about sheets of which it is known what became of them: printed again, given up, corrected. Each is recorded
//! before it is carried out, in one transaction, and the database wants it there.

use formfeed_domain::spool::{AttemptState, Job, JobId, Ruling, SheetRange, SheetState};

use super::decide::{ROWS, as_proposed, decision, key, sheets_in_words, sheets_of, within};
use super::ending::end_if_done;
use super::propose::{Wanted, seconded};
use super::{Act, Kept, Quorum, SpoolerStore};
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::{
    AbandonedRow, AttemptRow, DecisionRequestRow, DecisionRow, corrupt, count, small, stored,
};

/// What makes a retry of a decision safe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// Chosen by the caller.
    pub request_id: String,
    /// Content of the request, to tell a retry from a reuse.
    pub fingerprint: String,
}

/// A sheet that a ruling changes, as it stands.
struct Case {
    sheet: i32,
    state: SheetState,
    last: Option<AttemptRow>,
}

impl SpoolerStore {
    /// Decides about sheets of a job: all of the range, or none. A job that had ended is open again while something of
    /// it is to be printed or decided; its next final report is another version. A retry decides nothing twice. More good
    /// sheets than the quorum leaves to one person are withdrawn by two only.
    ///
    /// # Errors
    /// [`SpoolError::JobEnded`] where a canceled job would print; [`SpoolError::SheetNotFound`],
    /// [`SpoolError::SheetStands`], [`SpoolError::Decided`], [`SpoolError::NothingToRestart`],
    /// [`SpoolError::RequestIdReused`], [`SpoolError::TakesTwo`], [`SpoolError::ProposalNotFound`],
    /// [`SpoolError::ProposalStale`].
    pub async fn rule(
        &self,
        id: &JobId,
        range: &SheetRange,
        ruling: Ruling,
        act: &Act,
        once: &Once,
        quorum: &Quorum,
    ) -> Result<(), SpoolError> {
        let numbers: Vec<i32> = range
            .sheets()
            .iter()
            .map(|sheet| small(*sheet))
            .collect::<Result<_, _>>()?;
        let kept: Option<Kept> = on_write!(self.database, spooler, |c, q| {
            q::jobs::touch(c, id.as_str(), stored(act.at)).await?;
            let row = q::jobs::find(c, id.as_str()).await?;
            let job = Job::try_from(row.ok_or_else(|| SpoolError::JobNotFound(id.clone()))?)?;
            if let Some(before) = q::decision_requests::find(c, &once.request_id).await? {
                return is_retry(&before, id, once).map(|()| None);
            }
            within(&job, range)?;
            let given_up = job.canceled.is_some() || job.aborted.is_some();
            if given_up && !matches!(ruling, Ruling::Correct(_)) {
                return Err(SpoolError::JobEnded(id.clone()));
            }
            let mut all = Vec::new();
            for sheets in numbers.chunks(ROWS) {
                let attempts = q::attempts::of_sheets(c, id.as_str(), sheets).await?;
                let abandoned = q::abandoned_sheets::among(c, id.as_str(), sheets).await?;
                for sheet in sheets {
                    let case = case(*sheet, &attempts, abandoned.contains(sheet))?;
                    if ruling.fits(case.state) {
                        all.push(case);
                    } else if !ruling.passes_over(case.state) {
                        let last = q::decisions::last_of_sheet(c, id.as_str(), *sheet).await?;
                        return Err(refusal(id, &case, last, ruling)?);
                    }
                }
            }
            if all.is_empty() {
                return Err(SpoolError::NothingToRestart(id.clone()));
            }
            let wanted: Vec<_> = all.iter().map(|case| case.wanted(ruling)).collect();
            let decided = (id, ruling.as_str());
            let seconded = seconded!(self, c, q, decided, &wanted, act, (quorum, Some(once)));
            for cases in all.chunks(ROWS) {
                let rows = cases.iter().map(|case| DecisionRow {
                    proposed_by: seconded.by.get(&case.sheet).cloned(),
                    wastes: ruling.wastes(case.state),
                    ..record(id, case, ruling, act)
                });
                let keys = q::decisions::insert(c, rows.collect()).await?;
                for (case, decision) in cases.iter().zip(&keys) {
                    let attempt = |last: &AttemptRow| (last.sheet, last.number);
                    match (case.state, case.last.as_ref().map(attempt)) {
                        (SheetState::Good, Some((sheet, number))) => {
                            let to = ruling.of_good().ok_or(SpoolError::Overtaken)?;
                            let step = q::attempts::Step {
                                from: AttemptState::Good.as_str(),
                                to: to.as_str(),
                                evidence: None,
                                basis: None,
                                decided_by: Some(&act.by),
                                reason: Some(&act.reason),
                                now: stored(act.at),
                            };
                            let reprint = ruling.prints_again().then_some(decision.as_str());
                            let attempt = (id.as_str(), sheet, number);
                            if q::attempts::withdraw(c, attempt, reprint, &step).await? != 1 {
                                return Err(SpoolError::Overtaken);
                            }
                        }
                        (_, Some((sheet, number))) if ruling.prints_again() => {
                            let attempt = (id.as_str(), sheet, number);
                            q::attempts::let_reprint(c, attempt, decision, stored(act.at)).await?;
                        }
                        _ => {}
                    }
                }
                if ruling == Ruling::Abandon {
                    let rows = cases.iter().zip(keys).map(|(case, key)| AbandonedRow {
                        job_id: id.as_str().to_owned(),
                        sheet: case.sheet,
                        decision_id: key,
                    });
                    q::abandoned_sheets::insert(c, rows.collect()).await?;
                }
                let sheets: Vec<i32> = cases.iter().map(|case| case.sheet).collect();
                q::proposals::remove(c, id.as_str(), &sheets).await?;
            }
            let request = DecisionRequestRow {
                request_id: once.request_id.clone(),
                job_id: id.as_str().to_owned(),
                fingerprint: once.fingerprint.clone(),
                created_at: stored(act.at),
            };
            q::decision_requests::insert(c, request).await?;
            // Who proposed it asked for the same: a retry of that is done as well.
            for (request_id, fingerprint) in &seconded.requests {
                if q::decision_requests::find(c, request_id).await?.is_none() {
                    let request = DecisionRequestRow {
                        request_id: request_id.clone(),
                        job_id: id.as_str().to_owned(),
                        fingerprint: fingerprint.clone(),
                        created_at: stored(act.at),
                    };
                    q::decision_requests::insert(c, request).await?;
                }
            }
            let with = seconded.names();
            let message = told(range, ruling, act, &with);
            let about = ("sheet_decided", message.as_str(), numbers.first().copied());
            q::job_events::append(c, id.as_str(), about, stored(act.at)).await?;
            if job.ended_at.is_some() {
                q::jobs::reopen(c, id.as_str()).await?;
                let about = (
                    "reopened",
                    "open again: the report before stays as it was",
                    None,
                );
                q::job_events::append(c, id.as_str(), about, stored(act.at)).await?;
            }
            end_if_done!(c, q, id, act.at);
            let action = match ruling {
                Ruling::Reprint => "sheet.reprint",
                Ruling::Restart => "job.restart",
                Ruling::Abandon => "sheet.abandon",
                Ruling::Correct(_) => "sheet.correct",
            };
            let details = sheets_of(range)
                .word("ruling", ruling.as_str())
                .word("proposed_by", &with);
            self.note_act(c, action, id.to_string(), act, details)
                .await?;
            Ok(None)
        })?;
        kept.map_or(Ok(()), |kept| Err(SpoolError::TakesTwo(kept)))
    }
}

impl Case {
    fn wanted(&self, ruling: Ruling) -> Wanted {
        Wanted {
            sheet: self.sheet,
            attempt: self.last.as_ref().map_or(0, |last| last.number),
            wastes: ruling.wastes(self.state),
        }
    }
}

fn is_retry(before: &DecisionRequestRow, id: &JobId, once: &Once) -> Result<(), SpoolError> {
    match before.job_id == id.as_str() && before.fingerprint == once.fingerprint {
        true => Ok(()),
        false => Err(SpoolError::RequestIdReused(once.request_id.clone())),
    }
}

/// How a sheet stands, after these attempts of it and others.
fn case(sheet: i32, attempts: &[AttemptRow], abandoned: bool) -> Result<Case, StoreError> {
    let own = || attempts.iter().filter(|attempt| attempt.sheet == sheet);
    let mut counted = Vec::new();
    for attempt in own() {
        let attempt = formfeed_domain::spool::Attempt::try_from(attempt.clone())?;
        counted.push(attempt.counts_as());
    }
    let state = SheetState::of(counted, abandoned);
    // A sheet that is good, spoiled or lost is so by the last attempt that was not given up.
    let told = |attempt: &&AttemptRow| attempt.state != AttemptState::Released.as_str();
    let marked =
        |attempt: &&AttemptRow| told(attempt) && attempt.state != AttemptState::NotPrinted.as_str();
    let last = match state {
        SheetState::Good | SheetState::Spoiled | SheetState::Lost => own().rfind(marked),
        _ => own().next_back(),
    };
    Ok(Case {
        sheet,
        state,
        last: last.cloned(),
    })
}

/// Why a ruling does not fit: somebody decided before, or the sheet simply stands elsewhere.
fn refusal(
    job: &JobId,
    case: &Case,
    decided: Option<DecisionRow>,
    ruling: Ruling,
) -> Result<SpoolError, StoreError> {
    let sheet = count(case.sheet)?;
    let number = case.last.as_ref().map(|last| last.number);
    let about_this = decided.filter(|decided| decided.attempt == number);
    Ok(match about_this {
        Some(decided) => SpoolError::Decided {
            sheet,
            by: decided.decided_by,
            same: decided.verb == ruling.as_str(),
            state: decided.verb,
        },
        None => SpoolError::SheetStands {
            job: job.clone(),
            sheet,
            state: case.state,
            verb: ruling.as_str(),
        },
    })
}

fn record(job: &JobId, case: &Case, ruling: Ruling, act: &Act) -> DecisionRow {
    match &case.last {
        Some(last) => decision(ruling.as_str(), job, Some(last), act),
        None => DecisionRow {
            decision_id: key(&act.id, case.sheet),
            sheet: Some(case.sheet),
            ..decision(ruling.as_str(), job, None, act)
        },
    }
}

fn told(range: &SheetRange, ruling: Ruling, act: &Act, with: &str) -> String {
    let (sheets, by, why) = (sheets_in_words(range), &act.by, &act.reason);
    let with = as_proposed(with);
    match ruling {
        Ruling::Reprint => format!("{by} has {sheets} printed again{with}: {why}"),
        Ruling::Restart => format!("{by} has {sheets} printed again where they were{with}: {why}"),
        Ruling::Abandon => format!("{by} gives {sheets} up{with}: {why}"),
        Ruling::Correct(outcome) => {
            format!(
                "{by} corrects {sheets} to {}{with}: {why}",
                outcome.as_str()
            )
        }
    }
}
