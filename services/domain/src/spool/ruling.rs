//! What a person may decide about a sheet of which it is known what became of it.

use super::{AttemptState, Outcome, SheetState};

/// A decision about sheets that are neither at work nor in doubt. Each is recorded before it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ruling {
    /// Print a sheet again: a good one is withdrawn, a spoiled or lost one gets the permission it lacks.
    Reprint,
    /// Print a sheet and all after it again, as far as they were printed.
    Restart,
    /// End the job without a sheet.
    Abandon,
    /// A sheet that counts as good is not: the earlier word about it was wrong.
    Correct(Outcome),
}

impl Ruling {
    /// The word in the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reprint => "reprint",
            Self::Restart => "restart",
            Self::Abandon => "abandon",
            Self::Correct(Outcome::Printed) => "correct-printed",
            Self::Correct(Outcome::Spoiled) => "correct-spoiled",
            Self::Correct(Outcome::Lost) => "correct-lost",
            Self::Correct(Outcome::NotPrinted) => "correct-not-printed",
        }
    }

    /// The one of that word.
    pub fn find(word: &str) -> Option<Self> {
        let outcome = word.strip_prefix("correct-").and_then(Outcome::find);
        let all = [Self::Reprint, Self::Restart, Self::Abandon];
        let named = all.into_iter().find(|ruling| ruling.as_str() == word);
        named.or_else(|| outcome.map(Self::Correct))
    }

    /// Whether paper that counts as good is left out by it.
    pub fn wastes(self, sheet: SheetState) -> bool {
        sheet == SheetState::Good && self.of_good().is_some()
    }

    /// Whether it may be made about a sheet in this state.
    pub fn fits(self, sheet: SheetState) -> bool {
        use SheetState::{Good, Lost, Pending, Spoiled};
        match self {
            Self::Reprint | Self::Restart => matches!(sheet, Good | Spoiled | Lost),
            Self::Abandon => matches!(sheet, Pending | Spoiled | Lost),
            Self::Correct(outcome) => sheet == Good && outcome != Outcome::Printed,
        }
    }

    /// Whether it leaves such a sheet as it is, among others that it is about.
    pub fn passes_over(self, sheet: SheetState) -> bool {
        let is_waiting = matches!(sheet, SheetState::Pending | SheetState::Abandoned);
        self == Self::Restart && is_waiting
    }

    /// Whether sheets go back to the queue.
    pub fn prints_again(self) -> bool {
        matches!(self, Self::Reprint | Self::Restart)
    }

    /// What a good sheet's attempt becomes.
    pub fn of_good(self) -> Option<AttemptState> {
        match self {
            Self::Reprint | Self::Restart => Some(AttemptState::Spoiled),
            Self::Correct(outcome) => Some(outcome.state()),
            Self::Abandon => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Ruling; 6] = [
        Ruling::Reprint,
        Ruling::Restart,
        Ruling::Abandon,
        Ruling::Correct(Outcome::Spoiled),
        Ruling::Correct(Outcome::Lost),
        Ruling::Correct(Outcome::NotPrinted),
    ];

    #[test]
    fn nothing_but_the_question_itself_is_decided_of_a_sheet_at_work_or_in_doubt() {
        use SheetState::{AwaitingConfirmation, InDoubt, Live};
        for ruling in ALL {
            for state in [Live, InDoubt, AwaitingConfirmation] {
                assert!(!ruling.fits(state), "{ruling:?} {state}");
                assert!(!ruling.passes_over(state), "{ruling:?} {state}");
            }
        }
    }

    #[test]
    fn each_is_found_by_its_word() {
        for ruling in ALL {
            assert_eq!(Ruling::find(ruling.as_str()), Some(ruling));
        }
        assert_eq!(Ruling::find("printed"), None);
    }

    #[test]
    fn a_good_sheet_is_withdrawn_and_one_that_was_wasted_is_not_again() {
        for ruling in ALL {
            assert_eq!(
                ruling.wastes(SheetState::Good),
                ruling != Ruling::Abandon,
                "{ruling:?}"
            );
            for state in [SheetState::Spoiled, SheetState::Lost, SheetState::Pending] {
                assert!(!ruling.wastes(state), "{ruling:?} {state}");
            }
        }
    }

    #[test]
    fn a_good_sheet_is_never_given_up_and_never_corrected_to_good() {
        assert!(!Ruling::Abandon.fits(SheetState::Good));
        assert!(!Ruling::Correct(Outcome::Printed).fits(SheetState::Good));
    }

    #[test]
    fn a_good_sheet_takes_only_steps_that_exist() {
        for ruling in ALL {
            if let Some(state) = ruling.of_good() {
                assert!(AttemptState::Good.step(state).is_ok(), "{ruling:?}");
            }
        }
    }
}
