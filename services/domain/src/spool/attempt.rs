//! One try to put one sheet on paper, and the only ways its life can go.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{EvidencePolicy, PrinterId};

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptState {
    /// Planned; no byte has left.
    Reserved,
    /// Recorded as about to leave, durable before the first byte does.
    Intent,
    /// The device has taken it.
    InFlight,
    /// Sent in full; the evidence policy wants the operator's word.
    AwaitingConfirmation,
    /// On paper.
    Good,
    /// Nobody can prove whether it was marked.
    InDoubt,
    /// Marked and thrown away.
    Spoiled,
    /// Gone without a trace.
    Lost,
    /// Known not to have been marked.
    NotPrinted,
    /// Given up with proof that no byte left.
    Released,
}

use AttemptState as S;

impl AttemptState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        S::Reserved,
        S::Intent,
        S::InFlight,
        S::AwaitingConfirmation,
        S::Good,
        S::InDoubt,
        S::Spoiled,
        S::Lost,
        S::NotPrinted,
        S::Released,
    ];

    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            S::Reserved => "reserved",
            S::Intent => "intent",
            S::InFlight => "in_flight",
            S::AwaitingConfirmation => "awaiting_confirmation",
            S::Good => "good",
            S::InDoubt => "in_doubt",
            S::Spoiled => "spoiled",
            S::Lost => "lost",
            S::NotPrinted => "not_printed",
            S::Released => "released",
        }
    }

    /// The states that may follow. There is none from doubt back to the queue: only [`S::NotPrinted`], a decision or
    /// the device's proof, lets a sheet be printed again. A good sheet leaves its state by a person's recorded decision
    /// alone ([`super::Ruling`]).
    pub fn next(self) -> &'static [Self] {
        match self {
            S::Reserved => &[S::Intent, S::Released],
            S::Intent => &[S::InFlight, S::InDoubt, S::Released],
            S::InFlight => &[S::Good, S::AwaitingConfirmation, S::InDoubt],
            S::AwaitingConfirmation | S::InDoubt => &[S::Good, S::Spoiled, S::Lost, S::NotPrinted],
            S::Good => &[S::Spoiled, S::Lost, S::NotPrinted],
            S::Spoiled | S::Lost | S::NotPrinted | S::Released => &[],
        }
    }

    /// Checks a step.
    ///
    /// # Errors
    /// [`IllegalStep`] for a step that [`AttemptState::next`] does not name.
    pub fn step(self, to: Self) -> Result<Self, IllegalStep> {
        match self.next().contains(&to) {
            true => Ok(to),
            false => Err(IllegalStep { from: self, to }),
        }
    }

    /// Under way by the daemon's own hand.
    pub fn is_under_way(self) -> bool {
        matches!(self, S::Reserved | S::Intent | S::InFlight)
    }

    /// Only a person, or proof from the device, can end it.
    pub fn is_undecided(self) -> bool {
        matches!(self, S::InDoubt | S::AwaitingConfirmation)
    }

    /// While an attempt of a sheet is in such a state, the sheet cannot get another.
    pub fn holds_sheet(self) -> bool {
        self.is_under_way() || self.is_undecided() || self == S::Good
    }

    /// It used up a sheet of the stock.
    pub fn consumed_stock(self) -> bool {
        matches!(self, S::Good | S::Spoiled | S::Lost)
    }
}

impl fmt::Display for AttemptState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().replace('_', " "))
    }
}

/// Not a state of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of an attempt")]
pub struct UnknownAttemptState;

impl FromStr for AttemptState {
    type Err = UnknownAttemptState;
    fn from_str(word: &str) -> Result<Self, UnknownAttemptState> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or(UnknownAttemptState)
    }
}

/// A step that no attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an attempt that is {from} cannot become {to}")]
pub struct IllegalStep {
    /// Where it stands.
    pub from: AttemptState,
    /// Where it cannot go.
    pub to: AttemptState,
}

/// One try, as it is kept for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Sheet of the job, from 1.
    pub sheet: u32,
    /// Number within the sheet, from 1.
    pub number: u32,
    /// Where it stands.
    pub state: AttemptState,
    /// The printer it was for.
    pub printer: PrinterId,
    /// Serial number of the sheet of paper it takes, where the stock is numbered.
    pub serial: Option<u64>,
    /// Name of the device's job; shared by the sheets that went in one.
    pub token: String,
    /// What the device showed, as a JSON document; blank when nothing is known.
    pub evidence: String,
    /// On what ground it counts as good.
    pub basis: Option<EvidencePolicy>,
    /// Who decided, when it was not the ordinary course.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// It marked paper that is no good, and a person let the sheet be printed again.
    pub reprinted: bool,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Attempt {
    /// What it means for its sheet: one that a person let be printed again is as good as none.
    pub fn counts_as(&self) -> AttemptState {
        match self.reprinted {
            true => AttemptState::NotPrinted,
            false => self.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_is_never_left_for_the_queue() {
        for state in [S::Reserved, S::Intent, S::InFlight, S::Released] {
            assert_eq!(
                S::InDoubt.step(state),
                Err(IllegalStep {
                    from: S::InDoubt,
                    to: state
                })
            );
        }
        assert_eq!(S::InDoubt.step(S::NotPrinted), Ok(S::NotPrinted));
    }

    #[test]
    fn no_attempt_is_good_whose_intent_was_not_recorded() {
        assert!(S::Reserved.step(S::Good).is_err());
        assert!(S::Reserved.step(S::InFlight).is_err());
        assert!(S::Intent.step(S::Good).is_err());
    }

    #[test]
    fn what_has_ended_stays_as_it_ended_but_a_good_sheet_may_be_withdrawn() {
        for state in S::ALL {
            assert_eq!(state.next().is_empty(), !state.holds_sheet(), "{state}");
        }
        for state in S::Good.next() {
            assert!(!state.holds_sheet(), "{state}");
        }
    }

    #[test]
    fn a_state_reads_back_as_it_was_written() {
        for state in S::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("queued".parse::<AttemptState>().is_err());
    }
}
