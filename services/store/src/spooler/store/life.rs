//! The steps of an attempt's life: guarded, recorded with their event, and the end of the job in the same transaction.

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{AttemptState, EvidencePolicy};

use super::lease::held;
use super::{Lease, SpoolerStore};
use crate::spooler::SpoolError;
use crate::spooler::rows::stored;

/// A step of the attempts of one device job, and what is learned by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where they must stand.
    pub from: AttemptState,
    /// Where they go.
    pub to: AttemptState,
    /// What the device showed, as a JSON document; `None` keeps what is known.
    pub evidence: Option<String>,
    /// Ground, where they become good.
    pub basis: Option<EvidencePolicy>,
    /// Who decided, where it was not the ordinary course.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Change {
    /// A bare step.
    pub fn new(from: AttemptState, to: AttemptState) -> Self {
        Self {
            from,
            to,
            evidence: None,
            basis: None,
            decided_by: None,
            reason: None,
        }
    }
}

/// Moves all attempts of a device job one step, with what follows from it. Within a writing transaction.
macro_rules! take_step {
    ($c:ident, $q:ident, $token:expr, $change:expr, $now:expr) => {{
        let (token, change): (&str, &crate::spooler::Change) = ($token, $change);
        let from = change.from.as_str();
        let Some(stand) = $q::attempts::of_token(&mut *$c, token, from).await? else {
            return Err(SpoolError::Overtaken);
        };
        let at = crate::spooler::rows::stored($now);
        $q::jobs::touch(&mut *$c, &stand.job_id, at).await?;
        let step = $q::attempts::Step {
            from,
            to: change.to.as_str(),
            evidence: change.evidence.as_deref(),
            basis: change
                .basis
                .map(formfeed_domain::spool::EvidencePolicy::as_str),
            decided_by: change.decided_by.as_deref(),
            reason: change.reason.as_deref(),
            now: at,
        };
        if $q::attempts::step(&mut *$c, token, &step).await? != stand.count {
            return Err(SpoolError::Overtaken);
        }
        if change.from == formfeed_domain::spool::AttemptState::InDoubt {
            let sheets = (stand.first, stand.last);
            $q::proposals::remove_between(&mut *$c, &stand.job_id, sheets).await?;
        }
        if let Some((kind, message)) =
            crate::spooler::store::life::event(change, (stand.first, stand.last))
        {
            let about = (kind, message.as_str(), Some(stand.first));
            $q::job_events::append(&mut *$c, &stand.job_id, about, at).await?;
        }
        // No job ends while a sheet of it is under way.
        if !change.to.is_under_way() {
            let job = crate::spooler::rows::job_id(stand.job_id)?;
            crate::spooler::store::ending::end_if_done!($c, $q, &job, $now);
        }
    }};
}

pub(super) use take_step;

impl SpoolerStore {
    /// Moves all attempts of a device job one step, durably, while the printer's lease is in force.
    ///
    /// # Errors
    /// [`SpoolError::LeaseLost`]; [`SpoolError::Overtaken`] when they do not all stand where they must; then nothing
    /// changes.
    pub async fn step(
        &self,
        lease: &Lease,
        token: &str,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Result<(), SpoolError> {
        change
            .from
            .step(change.to)
            .map_err(|_| SpoolError::Overtaken)?;
        on_write!(self.database, spooler, |c, q| {
            held!(c, q, lease);
            take_step!(c, q, token, change, now);
            Ok(())
        })
    }

    /// Keeps what the device showed of attempts, where they still stand in `state`, while the lease is in force.
    ///
    /// # Errors
    /// [`SpoolError::LeaseLost`].
    pub async fn note_evidence(
        &self,
        lease: &Lease,
        token: &str,
        state: AttemptState,
        evidence: &str,
        now: DateTime<Utc>,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            held!(c, q, lease);
            q::attempts::note(c, token, state.as_str(), evidence, stored(now)).await?;
            Ok::<_, SpoolError>(())
        })
    }

    /// Adds an event about a job that is no step: trouble at the device, and its end.
    ///
    /// # Errors
    /// Storage.
    pub async fn note_event(
        &self,
        job: &formfeed_domain::spool::JobId,
        (kind, message): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            q::jobs::touch(c, job.as_str(), stored(now)).await?;
            q::job_events::append(c, job.as_str(), (kind, message, None), stored(now)).await?;
            Ok::<_, SpoolError>(())
        })
    }
}

/// What is told of a step: a stable word and a sentence. Steps without news tell nothing.
pub(super) fn event(change: &Change, sheets: (i32, i32)) -> Option<(&'static str, String)> {
    let sheets = in_words(sheets);
    let why = || change.reason.clone().unwrap_or_default();
    Some(match change.to {
        AttemptState::Intent => ("sheet_started", format!("printing {sheets}")),
        AttemptState::Good => ("sheet_good", format!("{sheets} good")),
        AttemptState::AwaitingConfirmation => (
            "sheet_sent",
            format!("{sheets} sent; confirm what became of it"),
        ),
        AttemptState::InDoubt => ("sheet_in_doubt", format!("{sheets} in doubt: {}", why())),
        AttemptState::NotPrinted => (
            "sheet_not_printed",
            format!("{sheets} not printed: {}", why()),
        ),
        AttemptState::Released if change.from == AttemptState::Intent => {
            ("sheet_released", format!("{sheets} not sent: {}", why()))
        }
        _ => return None,
    })
}

/// `sheet 3` or `sheets 1 to 5`.
fn in_words((first, last): (i32, i32)) -> String {
    match first == last {
        true => format!("sheet {first}"),
        false => format!("sheets {first} to {last}"),
    }
}
