//! Where the sheets of form stock are: every sheet put into a printer is in one class, and the classes add up.

use std::collections::BTreeMap;

use super::{AttemptState, JobKind, SerialRange, StockLoad};

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
    /// Marked to see how ink lies on the stock.
    Alignment,
}

impl StockClass {
    /// The class of the sheet that an attempt of a kind of job took; `None` when it gave the sheet back.
    pub fn of(kind: JobKind, state: AttemptState) -> Option<Self> {
        use AttemptState as S;
        match state {
            S::Good if kind.is_test_sheet() => Some(Self::Alignment),
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
    /// Marked to see how ink lies on the stock.
    pub alignment: u32,
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
            StockClass::Alignment => &mut self.alignment,
        } += sheets;
    }

    /// Used up for good: stock consumed = good + spoiled + lost + alignment.
    pub fn consumed(&self) -> u32 {
        self.good + self.spoiled + self.lost + self.alignment
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
            alignment: self.alignment + other.alignment,
        }
    }
}

/// Where a numbered sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SerialClass {
    /// An attempt took it.
    Taken(StockClass),
    /// No attempt took it.
    OnHand,
    /// No attempt took it from this load; it was taken out, and is part of a later load.
    MovedOn,
}

/// Numbers that follow each other and are in the same class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SerialRun {
    /// Where they are.
    pub class: SerialClass,
    /// The lowest number.
    pub first: u64,
    /// The greatest number.
    pub last: u64,
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
    /// A number is in no class or in two, or is none of the load's.
    #[error("serial number {serial} of load {load} is not in one class")]
    Serial {
        /// Key of the load.
        load: String,
        /// The number.
        serial: u64,
    },
    /// The classes of the numbers are not all sheets of the load.
    #[error("the classes of load {load} are not {loaded} sheets")]
    Sum {
        /// Key of the load.
        load: String,
        /// Sheets put in.
        loaded: u32,
    },
}

/// What is known of one load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadEntry {
    /// The load.
    pub load: StockLoad,
    /// The numbers that attempts took from it.
    pub taken: Vec<(u64, StockClass)>,
    /// The numbers of later loads of the same stock, on any printer.
    pub later: Vec<SerialRange>,
}

/// Where every sheet of one load is: loaded = good + spoiled + lost + alignment + in doubt + live + moved on + on hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadLedger {
    /// The load.
    pub load: StockLoad,
    /// Sheets that are part of a later load.
    pub moved_on: u32,
    /// Sheets that no attempt took; `None` when the load was not counted.
    pub on_hand: Option<u32>,
    /// Every number of the load, in order; empty when it has none.
    pub serials: Vec<SerialRun>,
}

impl LoadLedger {
    fn of(entry: LoadEntry) -> Result<Self, LedgerError> {
        let load = &entry.load;
        let taken = load.counts.taken();
        if let Some(loaded) = load.sheets.filter(|loaded| *loaded < taken) {
            let load = load.id.clone();
            return Err(LedgerError::MoreThanLoaded {
                load,
                loaded,
                taken,
            });
        }
        let Some(range) = load.serials else {
            return Ok(Self {
                on_hand: load.on_hand(),
                load: entry.load,
                moved_on: 0,
                serials: Vec::new(),
            });
        };
        let serials = runs(range, &classes(&entry, range)?);
        let sheets = |class| {
            serials
                .iter()
                .filter(|run| run.class == class)
                .map(SerialRun::sheets)
                .sum()
        };
        let (moved_on, on_hand) = (sheets(SerialClass::MovedOn), sheets(SerialClass::OnHand));
        match load.sheets {
            Some(loaded) if loaded == taken + moved_on + on_hand => Ok(Self {
                load: entry.load,
                moved_on,
                on_hand: Some(on_hand),
                serials,
            }),
            loaded => Err(LedgerError::Sum {
                load: load.id.clone(),
                loaded: loaded.unwrap_or(0),
            }),
        }
    }

    /// The number that the next attempt takes.
    pub fn next_serial(&self) -> Option<u64> {
        let free = self
            .serials
            .iter()
            .find(|run| run.class == SerialClass::OnHand);
        free.map(|run| run.first)
    }
}

impl SerialRun {
    fn sheets(&self) -> u32 {
        u32::try_from(self.last - self.first + 1).unwrap_or(u32::MAX)
    }
}

/// The numbers that are not on hand; none of them twice.
fn classes(
    entry: &LoadEntry,
    range: SerialRange,
) -> Result<BTreeMap<u64, SerialClass>, LedgerError> {
    let mut classes = BTreeMap::new();
    let taken = entry
        .taken
        .iter()
        .map(|(serial, class)| (*serial, SerialClass::Taken(*class)));
    let moved = entry.later.iter().filter_map(|later| later.overlap(range));
    let mut moved: Vec<u64> = moved.flat_map(|both| both.first()..=both.last()).collect();
    moved.sort_unstable();
    moved.dedup(); // moved on more than once
    let moved = moved
        .into_iter()
        .map(|serial| (serial, SerialClass::MovedOn));
    for (serial, class) in taken.chain(moved) {
        let stray = serial < range.first() || serial > range.last();
        if stray || classes.insert(serial, class).is_some() {
            let load = entry.load.id.clone();
            return Err(LedgerError::Serial { load, serial });
        }
    }
    Ok(classes)
}

/// All numbers of the range, those of one class that follow each other together.
fn runs(range: SerialRange, classes: &BTreeMap<u64, SerialClass>) -> Vec<SerialRun> {
    let mut runs: Vec<SerialRun> = Vec::new();
    for serial in range.first()..=range.last() {
        let class = classes.get(&serial).copied().unwrap_or(SerialClass::OnHand);
        match runs.last_mut() {
            Some(run) if run.class == class => run.last = serial,
            _ => runs.push(SerialRun {
                class,
                first: serial,
                last: serial,
            }),
        }
    }
    runs
}

/// The loads of a printer at one moment; each of them adds up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLedger {
    loads: Vec<LoadLedger>,
}

/// All loads of one stock, added up; a sheet that moved on from one load to another is counted with the other.
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
    /// The ledger of these loads, the newest of which comes first and is in the printer.
    ///
    /// # Errors
    /// [`LedgerError`] when a counted load does not add up, or one of its numbers is not in exactly one class.
    pub fn of(entries: Vec<LoadEntry>) -> Result<Self, LedgerError> {
        let loads = entries
            .into_iter()
            .map(LoadLedger::of)
            .collect::<Result<_, _>>()?;
        Ok(Self { loads })
    }

    /// The loads, the newest first.
    pub fn loads(&self) -> &[LoadLedger] {
        &self.loads
    }

    /// The same by stock, in order of names.
    pub fn by_stock(&self) -> Vec<StockTotal> {
        let mut totals: BTreeMap<&str, StockTotal> = BTreeMap::new();
        for ledger in &self.loads {
            let load = &ledger.load;
            let total = totals.entry(&load.stock).or_insert_with(|| StockTotal {
                stock: load.stock.clone(),
                loads: 0,
                sheets: Some(0),
                counts: StockCounts::default(),
                on_hand: Some(0),
            });
            let both = |one: Option<u32>, other: Option<u32>| Some(one? + other?);
            total.loads += 1;
            total.sheets = both(
                total.sheets,
                load.sheets.map(|sheets| sheets - ledger.moved_on),
            );
            total.counts = total.counts.plus(load.counts);
            total.on_hand = both(total.on_hand, ledger.on_hand);
        }
        totals.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn load(stock: &str, sheets: Option<u32>, states: &[(AttemptState, u32)]) -> StockLoad {
        let mut counts = StockCounts::default();
        for (state, sheets) in states {
            if let Some(class) = StockClass::of(JobKind::Forms, *state) {
                counts.add(class, *sheets);
            }
        }
        StockLoad {
            id: format!("{stock}-1"),
            stock: stock.to_owned(),
            sheets,
            serials: None,
            counts,
            loaded_by: "ada".to_owned(),
            loaded_at: DateTime::UNIX_EPOCH,
        }
    }

    fn plain(load: StockLoad) -> LoadEntry {
        LoadEntry {
            load,
            taken: vec![],
            later: vec![],
        }
    }

    /// Ten sheets from 1001 on, of which attempts took these.
    fn numbered(taken: &[(u64, AttemptState)]) -> LoadEntry {
        let states: Vec<_> = taken.iter().map(|(_, state)| (*state, 1)).collect();
        let serials = SerialRange::new(1_001, 10).ok();
        let class = |(serial, state): &(u64, AttemptState)| {
            Some((*serial, StockClass::of(JobKind::Forms, *state)?))
        };
        LoadEntry {
            load: StockLoad {
                serials,
                ..load("nec-3up", Some(10), &states)
            },
            taken: taken.iter().filter_map(class).collect(),
            later: vec![],
        }
    }

    #[test]
    fn every_number_is_in_one_class() {
        use AttemptState as S;
        let mut entry = numbered(&[
            (1_001, S::Good),
            (1_002, S::Good),
            (1_003, S::NotPrinted),
            (1_004, S::Spoiled),
            (1_005, S::InDoubt),
        ]);
        entry.later = vec![SerialRange::new(1_008, 100).unwrap()];
        let ledger = StockLedger::of(vec![entry]).unwrap();
        let only = &ledger.loads()[0];
        let told: Vec<_> = only
            .serials
            .iter()
            .map(|run| (run.class, run.first, run.last))
            .collect();
        use SerialClass::{MovedOn, OnHand, Taken};
        assert_eq!(
            told,
            [
                (Taken(StockClass::Good), 1_001, 1_002),
                (OnHand, 1_003, 1_003),
                (Taken(StockClass::Spoiled), 1_004, 1_004),
                (Taken(StockClass::InDoubt), 1_005, 1_005),
                (OnHand, 1_006, 1_007),
                (MovedOn, 1_008, 1_010),
            ]
        );
        assert_eq!((only.on_hand, only.moved_on), (Some(3), 3));
        assert_eq!(only.next_serial(), Some(1_003));
    }

    #[test]
    fn a_number_in_two_classes_or_of_another_load_is_no_ledger() {
        use AttemptState as S;
        let twice = numbered(&[(1_001, S::Good), (1_001, S::Spoiled)]);
        let stray = numbered(&[(1_011, S::Good)]);
        let mut used_elsewhere = numbered(&[(1_001, S::Good)]);
        used_elsewhere.later = vec![SerialRange::new(1_001, 1).unwrap()];
        for (entry, serial) in [(twice, 1_001), (stray, 1_011), (used_elsewhere, 1_001)] {
            let load = "nec-3up-1".to_owned();
            assert_eq!(
                StockLedger::of(vec![entry]),
                Err(LedgerError::Serial { load, serial })
            );
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
        assert!(StockLedger::of(vec![plain(load)]).is_ok());
    }

    #[test]
    fn more_than_was_put_in_is_no_ledger() {
        let over = load("nec-3up", Some(1), &[(AttemptState::Good, 2)]);
        assert_eq!(
            StockLedger::of(vec![plain(over)]),
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
        let totals = StockLedger::of(loads.into_iter().map(plain).collect())
            .unwrap()
            .by_stock();
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
