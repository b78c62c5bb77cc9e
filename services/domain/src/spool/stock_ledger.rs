//! Where the sheets of form stock are: every sheet put into a printer is in one class, and the classes add up.

use std::collections::BTreeMap;

use super::{AttemptState, StockLoad};

/// What became of a sheet of stock that an attempt took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StockClass {
    /// On paper and good.
    Good,
    /// Marked and thrown away.
    Spoiled,
    /// Gone without a trace.
    Lost,
    /// Nobody can prove whether it was marked.
    InDoubt,
    /// At work, or sent and waiting for the operator's word.
    Live,
}

impl StockClass {
    /// The class of the sheet that an attempt took; `None` when it gave the sheet back.
    pub fn of(state: AttemptState) -> Option<Self> {
        use AttemptState as S;
        match state {
            S::Good => Some(Self::Good),
            S::Spoiled => Some(Self::Spoiled),
            S::Lost => Some(Self::Lost),
            S::InDoubt => Some(Self::InDoubt),
            S::Reserved | S::Intent | S::InFlight | S::AwaitingConfirmation => Some(Self::Live),
            S::NotPrinted | S::Released => None,
        }
    }
}

/// Sheets of stock that attempts took, by class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StockCounts {
    /// On paper and good.
    pub good: u32,
    /// Marked and thrown away.
    pub spoiled: u32,
    /// Gone without a trace.
    pub lost: u32,
    /// Nobody can prove whether they were marked.
    pub in_doubt: u32,
    /// At work, or waiting for the operator's word.
    pub live: u32,
}

impl StockCounts {
    /// Adds sheets of a class.
    pub fn add(&mut self, class: StockClass, sheets: u32) {
        *match class {
            StockClass::Good => &mut self.good,
            StockClass::Spoiled => &mut self.spoiled,
            StockClass::Lost => &mut self.lost,
            StockClass::InDoubt => &mut self.in_doubt,
            StockClass::Live => &mut self.live,
        } += sheets;
    }

    /// Used up for good: stock consumed = good + spoiled + lost.
    pub fn consumed(&self) -> u32 {
        self.good + self.spoiled + self.lost
    }

    /// Used up, or perhaps so.
    pub fn taken(&self) -> u32 {
        self.consumed() + self.in_doubt + self.live
    }

    fn plus(self, other: Self) -> Self {
        Self {
            good: self.good + other.good,
            spoiled: self.spoiled + other.spoiled,
            lost: self.lost + other.lost,
            in_doubt: self.in_doubt + other.in_doubt,
            live: self.live + other.live,
        }
    }
}

/// A ledger that does not add up is never given out: our bug, or rows edited by hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// More sheets were taken from a load than were put in.
    #[error("{taken} sheets were taken from load {load}, which had {loaded}")]
    MoreThanLoaded {
        /// Key of the load.
        load: String,
        /// Sheets put in.
        loaded: u32,
        /// Sheets taken.
        taken: u32,
    },
}

/// The loads of a printer at one moment; each of them adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLedger {
    loads: Vec<StockLoad>,
}

/// All loads of one stock, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTotal {
    /// Name of the stock.
    pub stock: String,
    /// Times it was loaded.
    pub loads: u32,
    /// Sheets put in; `None` when some load was not counted.
    pub sheets: Option<u32>,
    /// Sheets that attempts took.
    pub counts: StockCounts,
    /// Sheets on hand; `None` when some load was not counted.
    pub on_hand: Option<u32>,
}

impl StockLedger {
    /// The ledger of these loads, the newest of which is in the printer.
    ///
    /// # Errors
    /// [`LedgerError`] when loaded = good + spoiled + lost + in doubt + live + on hand does not hold of a counted load.
    pub fn of(loads: Vec<StockLoad>) -> Result<Self, LedgerError> {
        for load in &loads {
            check(load)?;
        }
        Ok(Self { loads })
    }

    /// The loads, the newest first.
    pub fn loads(&self) -> &[StockLoad] {
        &self.loads
    }

    /// The same by stock, in order of names.
    pub fn by_stock(&self) -> Vec<StockTotal> {
        let mut totals: BTreeMap<&str, StockTotal> = BTreeMap::new();
        for load in &self.loads {
            let total = totals.entry(&load.stock).or_insert_with(|| StockTotal {
                stock: load.stock.clone(),
                loads: 0,
                sheets: Some(0),
                counts: StockCounts::default(),
                on_hand: Some(0),
            });
            let both = |one: Option<u32>, other: Option<u32>| Some(one? + other?);
            total.loads += 1;
            total.sheets = both(total.sheets, load.sheets);
            total.counts = total.counts.plus(load.counts);
            total.on_hand = both(total.on_hand, load.on_hand());
        }
        totals.into_values().collect()
    }
}

fn check(load: &StockLoad) -> Result<(), LedgerError> {
    let taken = load.counts.taken();
    match load.sheets {
        Some(loaded) if loaded < taken => Err(LedgerError::MoreThanLoaded {
            load: load.id.clone(),
            loaded,
            taken,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn load(stock: &str, sheets: Option<u32>, states: &[(AttemptState, u32)]) -> StockLoad {
        let mut counts = StockCounts::default();
        for (state, sheets) in states {
            if let Some(class) = StockClass::of(*state) {
                counts.add(class, *sheets);
            }
        }
        StockLoad {
            id: format!("{stock}-1"),
            stock: stock.to_owned(),
            sheets,
            counts,
            loaded_by: "ada".to_owned(),
            loaded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_was_put_in_is_used_up_at_stake_or_on_hand() {
        use AttemptState as S;
        let states = [
            (S::Good, 5),
            (S::Spoiled, 2),
            (S::Lost, 1),
            (S::InDoubt, 1),
            (S::InFlight, 1),
            (S::AwaitingConfirmation, 3),
            (S::NotPrinted, 4),
            (S::Released, 7),
        ];
        let load = load("nec-3up", Some(20), &states);
        assert_eq!(load.counts.consumed(), 8);
        assert_eq!((load.counts.in_doubt, load.counts.live), (1, 4));
        assert_eq!(load.on_hand(), Some(7));
        assert!(StockLedger::of(vec![load]).is_ok());
    }

    #[test]
    fn more_than_was_put_in_is_no_ledger() {
        let over = load("nec-3up", Some(1), &[(AttemptState::Good, 2)]);
        assert_eq!(
            StockLedger::of(vec![over]),
            Err(LedgerError::MoreThanLoaded {
                load: "nec-3up-1".to_owned(),
                loaded: 1,
                taken: 2
            })
        );
    }

    #[test]
    fn a_stock_with_an_uncounted_load_has_no_sum_on_hand() {
        let loads = vec![
            load("nec-3up", Some(10), &[(AttemptState::Good, 4)]),
            load("nec-3up", None, &[(AttemptState::Good, 3)]),
            load("blank", Some(10), &[(AttemptState::Lost, 1)]),
            load("blank", Some(5), &[]),
        ];
        let totals = StockLedger::of(loads).unwrap().by_stock();
        let told: Vec<_> = totals
            .iter()
            .map(|it| {
                (
                    it.stock.as_str(),
                    it.loads,
                    it.sheets,
                    it.counts.consumed(),
                    it.on_hand,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("blank", 2, Some(15), 1, Some(14)),
                ("nec-3up", 2, None, 7, None)
            ]
        );
    }
}
