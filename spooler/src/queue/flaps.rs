//! A printer that goes and comes back, again and again: a loose plug is for a person, not for the hundredth try.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// So many returns …
const RETURNS: usize = 10;
/// … within such a time are too many.
const WITHIN: Duration = Duration::from_secs(600);

/// How often a printer came back of late.
#[derive(Debug, Default)]
pub(super) struct Flaps {
    is_away: bool,
    returns: VecDeque<Instant>,
}

impl Flaps {
    /// Notes whether the printer is away now; answers whether it came back too often by that.
    pub(super) fn note(&mut self, is_away: bool, now: Instant) -> bool {
        let is_back = self.is_away && !is_away;
        self.is_away = is_away;
        if !is_back {
            return false;
        }
        self.returns.push_back(now);
        self.returns.retain(|at| now.duration_since(*at) < WITHIN);
        let too_often = self.returns.len() >= RETURNS;
        if too_often {
            self.returns.clear(); // a person looks after it, and then it counts anew
        }
        too_often
    }
}

/// In words for the operator.
pub(super) fn words(printer: &impl std::fmt::Display) -> String {
    let minutes = WITHIN.as_secs() / 60;
    format!(
        "it went off and came back {RETURNS} times within {minutes} minutes: look at its plugs and its network, then formfeed printer resume {printer}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_returns_count_and_only_those_of_late() {
        let mut flaps = Flaps::default();
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        for second in 0..100 {
            assert!(!flaps.note(true, at(second)), "it is away all the time");
        }
        // Once in two minutes is not too often.
        for round in 1..=30 {
            assert!(!flaps.note(false, at(round * 120)));
            assert!(!flaps.note(true, at(round * 120 + 1)));
        }
        let mut flaps = Flaps::default();
        let mut told = 0;
        for second in 0..40 {
            told += usize::from(flaps.note(second % 2 == 0, at(second)));
        }
        assert_eq!(told, 2, "twenty returns");
    }
}
