//! Runs begin and end; one at a time for each user.

use chrono::{DateTime, Utc};
use formfeed_domain::{PayerId, TaxYear};

use super::CalculationStore;
use crate::StoreError;
use crate::audit::{Chain, Details};
use crate::calculation::{NewRun, Purpose, Run, RunState, Totals};

/// Why a run does not begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The caller waits for it, or cancels it.
    #[error("run {0} of the same user is at work")]
    InProgress(String),
    /// The caller's mistake: a request id belongs to one request.
    #[error("the request id was used before, with other content")]
    RequestReused,
    /// See [`StoreError`].
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<diesel::result::Error> for RunError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl CalculationStore {
    /// Begins a run that sees everything published so far, or answers the run that the same request made before
    /// (then its id is another than the one asked for).
    ///
    /// # Errors
    /// [`RunError::InProgress`] while the user's other run is at work; [`RunError::RequestReused`] for the
    /// request id of a request that asked for something else.
    pub async fn begin_run(&self, asked: &NewRun) -> Result<Run, RunError> {
        match self.try_begin_run(asked).await {
            // Another request was faster between our look and our entry: look again.
            Err(RunError::Store(StoreError::Conflict(_))) => self.try_begin_run(asked).await,
            answer => answer,
        }
    }

    async fn try_begin_run(&self, asked: &NewRun) -> Result<Run, RunError> {
        on_write!(self.database, calculation, |c, q| {
            if let Some(run) = q::runs::of_request(c, &asked.user, &asked.request_id).await? {
                return match run.asked.asks_the_same(asked) {
                    true => Ok(run),
                    false => Err(RunError::RequestReused),
                };
            }
            if let Some(run_id) = q::runs::at_work(c, &asked.user).await? {
                return Err(RunError::InProgress(run_id));
            }
            let sequence = q::imports::newest_sequence(c).await?;
            q::runs::insert(c, asked, sequence).await?;
            let details = about(asked).number("sequence", sequence);
            self.note_run(c, "run.calculate", &asked.run_id, details)
                .await?;
            let run = q::runs::get(c, &asked.run_id).await?;
            run.ok_or_else(|| RunError::Store(StoreError::Corrupt("a run is missing".to_owned())))
        })
    }

    async fn note_run<C: Chain>(
        &self,
        connection: &mut C,
        action: &str,
        run_id: &str,
        details: Details,
    ) -> Result<(), StoreError> {
        let subject = format!("runs/{run_id}");
        self.auditor
            .note(connection, action, subject, details)
            .await
    }

    /// Lets a run at work see everything published so far, not only what was when it began, and gives it a stamp
    /// of its own to note vendors under; answers the run.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn renew_sequence(&self, run_id: &str) -> Result<Option<Run>, StoreError> {
        on_write!(self.database, calculation, |c, q| {
            let sequence = q::imports::newest_sequence(c).await?;
            let stamp = q::runs::newest_stamp(c).await? + 1;
            q::runs::set_ground(c, run_id, sequence, stamp).await?;
            q::runs::get(c, run_id).await
        })
    }

    /// One run.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn run(&self, run_id: &str) -> Result<Option<Run>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::runs::get(c, run_id).await
        })
    }

    /// The run a user's request made before, if it made one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn run_of_request(
        &self,
        user: &str,
        request_id: &str,
    ) -> Result<Option<Run>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::runs::of_request(c, user, request_id).await
        })
    }

    /// Runs older than a run (`None`: from the newest), newest first; of one payer and year, or of all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn runs_before(
        &self,
        before: Option<&str>,
        payer_id: Option<&PayerId>,
        tax_year: Option<TaxYear>,
        limit: i64,
    ) -> Result<Vec<Run>, StoreError> {
        let before = before.unwrap_or_default();
        on_read!(self.database, calculation, |c, q| {
            q::runs::page_before(c, before, payer_id, tax_year, limit).await
        })
    }

    /// Completes a run: all it yielded becomes visible at once, beside the edits that it keeps, unless it was only made to be
    /// compared. Answers whether it was still at work.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn complete_run(
        &self,
        run: &NewRun,
        totals: &Totals,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        on_write!(self.database, calculation, |c, q| {
            let end = (RunState::Completed, "");
            q::information_turns::take(c, &run.payer_id, run.tax_year).await?;
            let ended = q::runs::end(c, &run.run_id, end, totals, now).await?;
            if ended && run.purpose == Purpose::Standing {
                q::published_recipients::switch(c, run).await?;
                q::kept_edits::mark(c, run).await?;
            }
            if ended {
                let (id, details) = (run.run_id.as_str(), about(run));
                self.note_run(c, "run.complete", id, details).await?;
            }
            Ok::<_, StoreError>(ended)
        })
    }

    /// Ends a run without effect, as failed or canceled. Answers whether it was still at work.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn abandon_run(
        &self,
        run_id: &str,
        state: RunState,
        failure: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        on_write!(self.database, calculation, |c, q| {
            let totals = Totals::default();
            let ended = q::runs::end(c, run_id, (state, failure), &totals, now).await?;
            if ended {
                let details = Details::new().word("state", state.as_str());
                self.note_run(c, "run.abandon", run_id, details).await?;
            }
            Ok(ended)
        })
    }

    /// Deletes the working rows of a completed run. Its results are kept, to be compared with later ones.
    ///
    /// # Errors
    /// See [`StoreError`]; then only space is lost until the next run.
    pub async fn clear_after_run(&self, run: &NewRun) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            q::run_work::delete(c, &run.run_id).await
        })
    }

    /// Deletes everything an ended run without effect left behind.
    ///
    /// # Errors
    /// See [`StoreError`]; then only space is lost.
    pub async fn clear_abandoned(&self, run_id: &str) -> Result<(), StoreError> {
        on_write!(self.database, calculation, |c, q| {
            q::run_work::delete(c, run_id).await?;
            q::run_chart::delete(c, run_id).await?;
            q::run_cash_accounts::delete(c, run_id).await?;
            q::published_recipients::delete_results(c, run_id).await
        })
    }

    /// After a crash: every run that was at work fails, without effect. Answers their ids.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn fail_runs_of_the_dead(
        &self,
        failure: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<String>, StoreError> {
        let run_ids = on_read!(self.database, calculation, |c, q| {
            q::runs::all_at_work(c).await
        })?;
        for run_id in &run_ids {
            self.abandon_run(run_id, RunState::Failed, failure, now)
                .await?;
            self.clear_abandoned(run_id).await?;
        }
        Ok(run_ids)
    }
}

/// What the audit trail says of a run.
fn about(run: &NewRun) -> Details {
    Details::new()
        .word("payer", &run.payer_id)
        .number("tax_year", run.tax_year.year())
        .word("purpose", run.purpose.as_str())
}
