//! How long a printer's jobs take: when to ask it whether one has ended.
//!
//! Asked too rarely, a printer stands still between two sheets; asked too often, it has less time to print.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Between two questions where the end may come at any moment.
const DENSE: Duration = Duration::from_millis(10);
/// What a tenth is, of the time that a job took before: so much earlier or later may the next one end.
const TENTH: u32 = 10;

/// What is known of one printer.
#[derive(Debug, Clone, Default)]
pub(super) struct Rhythm {
    /// The last job that ended, for each of its sheets.
    per_sheet: Arc<Mutex<Option<Duration>>>,
}

impl Rhythm {
    /// A job of so many sheets ended so long after its last byte was sent.
    pub(super) fn took(&self, sheets: u32, time: Duration) {
        let mut per_sheet = self
            .per_sheet
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *per_sheet = Some(time / sheets.max(1));
    }

    /// How long to wait for the next question about a job of so many sheets, so long after its last byte was sent; never
    /// longer than `most`.
    ///
    /// Around the time at which it will have ended, going by the last one, the questions are dense; after it, and
    /// while nothing is known, an eighth of the time that went by lies between them.
    pub(super) fn pause(&self, sheets: u32, since: Duration, most: Duration) -> Duration {
        let per_sheet = *self
            .per_sheet
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let usual = per_sheet.map(|time| time * sheets.max(1));
        let pause = match usual {
            Some(usual) if since < usual + usual / TENTH => {
                (usual - usual / TENTH).saturating_sub(since)
            }
            Some(usual) => (since - usual) / 8,
            None => since / 8,
        };
        pause.max(DENSE).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_millis(500);

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    /// Asks until the job has ended; how often, and how late the end was seen.
    fn follow(rhythm: &Rhythm, sheets: u32, ends: Duration) -> (u32, Duration) {
        let (mut questions, mut since) = (1, Duration::ZERO);
        while since < ends {
            since += rhythm.pause(sheets, since, MOST);
            questions += 1;
        }
        rhythm.took(sheets, since);
        (questions, since - ends)
    }

    #[test]
    fn the_end_of_a_steady_printers_sheet_is_seen_at_once_and_it_is_hardly_asked_before() {
        let rhythm = Rhythm::default();
        follow(&rhythm, 1, ms(3_000));
        for ends in [3_000, 2_950, 3_100, 3_000] {
            let (questions, late) = follow(&rhythm, 1, ms(ends));
            assert!(late <= DENSE, "{ends}: {late:?} late");
            assert!(questions < 60, "{ends}: {questions} questions");
        }
        // A job of several sheets goes by what one took.
        assert!(follow(&rhythm, 5, ms(15_000)).1 <= DENSE);
    }

    #[test]
    fn a_printer_never_seen_before_and_one_that_stumbles_are_asked_more_and_more_rarely() {
        for (rhythm, before) in [(Rhythm::default(), None), (Rhythm::default(), Some(1_000))] {
            if let Some(time) = before {
                rhythm.took(1, ms(time));
            }
            let (questions, late) = follow(&rhythm, 1, ms(60_000));
            assert!(late <= MOST);
            assert!(questions < 250, "{before:?}: {questions} questions");
        }
    }

    #[test]
    fn no_pause_is_longer_than_the_longest() {
        let rhythm = Rhythm::default();
        rhythm.took(1, ms(600_000));
        assert_eq!(rhythm.pause(1, ms(0), MOST), MOST);
        assert_eq!(rhythm.pause(1, ms(0), ms(5)), ms(5));
    }
}
