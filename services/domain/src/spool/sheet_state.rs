//! What is known of a sheet: always derived from its attempts, never stored.

use std::fmt;

use super::{Attempt, AttemptState, Sums};

/// What is known of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SheetState {
    /// Waits to be printed.
    Pending,
    /// An attempt is at work.
    Live,
    /// Sent in full, waits for the operator's word.
    AwaitingConfirmation,
    /// Nobody can prove whether it was marked.
    InDoubt,
    /// On paper.
    Good,
    /// Marked and thrown away; may be reprinted by decision.
    Spoiled,
    /// Gone; may be reprinted by decision.
    Lost,
    /// Given up: its job ended without it.
    Abandoned,
}

impl SheetState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Live,
        Self::AwaitingConfirmation,
        Self::InDoubt,
        Self::Good,
        Self::Spoiled,
        Self::Lost,
        Self::Abandoned,
    ];

    /// What a sheet is after these attempts, the oldest first, in a job that has `ended` or not.
    ///
    /// The attempt that holds the sheet decides; without one, the last that marked paper; what is not good when the
    /// job ends is abandoned.
    pub fn of(attempts: impl IntoIterator<Item = AttemptState>, ended: bool) -> Self {
        let mut state = Self::Pending;
        for attempt in attempts {
            state = match attempt {
                AttemptState::Reserved | AttemptState::Intent | AttemptState::InFlight => {
                    Self::Live
                }
                AttemptState::AwaitingConfirmation => Self::AwaitingConfirmation,
                AttemptState::InDoubt => Self::InDoubt,
                AttemptState::Good => Self::Good,
                AttemptState::Spoiled => Self::Spoiled,
                AttemptState::Lost => Self::Lost,
                AttemptState::NotPrinted | AttemptState::Released => state,
            };
        }
        state.at_end(ended)
    }

    /// The same once the job has `ended`.
    pub fn at_end(self, ended: bool) -> Self {
        match self {
            Self::Pending | Self::Spoiled | Self::Lost if ended => Self::Abandoned,
            state => state,
        }
    }

    /// The word of lists and of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Live => "live",
            Self::AwaitingConfirmation => "awaiting-confirmation",
            Self::InDoubt => "in-doubt",
            Self::Good => "good",
            Self::Spoiled => "spoiled",
            Self::Lost => "lost",
            Self::Abandoned => "abandoned",
        }
    }
}

impl fmt::Display for SheetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One sheet of a job as it was sealed: which forms, how many voids, what they add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedSheet {
    /// Number within the job, from 1.
    pub number: u32,
    /// Place of its first form in the job, from 0; its forms follow one another.
    pub first_form: u32,
    /// Forms, void forms and amounts; `sheets` is 1.
    pub sums: Sums,
}

/// A sheet with everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// As it was sealed.
    pub plan: PlannedSheet,
    /// What is known of it.
    pub state: SheetState,
    /// Account numbers of its forms, from top to bottom.
    pub accounts: Vec<String>,
    /// Every try, the oldest first.
    pub attempts: Vec<Attempt>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttemptState as A;

    #[test]
    fn a_sheet_is_what_its_attempts_make_it() {
        for (attempts, state) in [
            (&[][..], SheetState::Pending),
            (&[A::Released, A::NotPrinted], SheetState::Pending),
            (&[A::Released, A::Intent], SheetState::Live),
            (&[A::NotPrinted, A::Good], SheetState::Good),
            (&[A::Spoiled], SheetState::Spoiled),
            (&[A::Spoiled, A::Released], SheetState::Spoiled),
            (&[A::Lost, A::InDoubt], SheetState::InDoubt),
        ] {
            assert_eq!(SheetState::of(attempts.iter().copied(), false), state);
        }
    }

    #[test]
    fn what_is_not_good_at_the_end_is_abandoned_but_never_what_is_in_doubt() {
        assert_eq!(SheetState::of([A::Spoiled], true), SheetState::Abandoned);
        assert_eq!(SheetState::of([], true), SheetState::Abandoned);
        assert_eq!(SheetState::of([A::InDoubt], true), SheetState::InDoubt);
        assert_eq!(SheetState::of([A::Good], true), SheetState::Good);
    }
}
