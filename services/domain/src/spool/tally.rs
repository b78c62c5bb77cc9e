//! Sheets and amounts of a job, summed by what is known of the sheets.

use std::collections::BTreeMap;
use std::ops::{Add, AddAssign};

use super::{EvidencePolicy, SheetState};
use crate::Money;

/// How many, and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Sheets.
    pub sheets: u32,
    /// Forms on them, void forms not counted.
    pub forms: u32,
    /// Void forms on them.
    pub void_forms: u32,
    /// Boxes that make Form 1096 box 5.
    pub total: Money,
    /// Federal income tax withheld: Form 1096 box 4.
    pub federal_withheld: Money,
    /// State tax withheld.
    pub state_withheld: Money,
}

impl Add for Sums {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            sheets: self.sheets + other.sheets,
            forms: self.forms + other.forms,
            void_forms: self.void_forms + other.void_forms,
            total: self.total + other.total,
            federal_withheld: self.federal_withheld + other.federal_withheld,
            state_withheld: self.state_withheld + other.state_withheld,
        }
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::iter::Sum for Sums {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::default(), Add::add)
    }
}

/// A job's sheets by what is known of them, at one moment, while the job is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    by_state: BTreeMap<SheetState, Sums>,
    good_by_evidence: BTreeMap<EvidencePolicy, u32>,
    /// Attempts that spoiled a sheet; a sheet may spoil more than once.
    pub spoiled_attempts: u32,
    /// Attempts that lost a sheet.
    pub lost_attempts: u32,
    /// Attempts after which a person let the sheet be printed again.
    pub reprints: u32,
}

impl Tally {
    /// Nothing counted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds sheets of a state.
    pub fn add(&mut self, state: SheetState, sums: Sums) {
        *self.by_state.entry(state).or_default() += sums;
    }

    /// Notes on what ground so many sheets are good.
    pub fn add_good(&mut self, evidence: EvidencePolicy, sheets: u32) {
        *self.good_by_evidence.entry(evidence).or_default() += sheets;
    }

    /// Sheets of a state.
    pub fn sheets(&self, state: SheetState) -> u32 {
        self.of(state).sheets
    }

    /// Sums over the sheets of a state.
    pub fn of(&self, state: SheetState) -> Sums {
        self.by_state.get(&state).copied().unwrap_or_default()
    }

    /// Sums over all sheets.
    pub fn all(&self) -> Sums {
        self.by_state.values().copied().sum()
    }

    /// On what grounds sheets are good.
    pub fn grounds(&self) -> impl Iterator<Item = (EvidencePolicy, u32)> {
        self.good_by_evidence
            .iter()
            .map(|(evidence, sheets)| (*evidence, *sheets))
    }

    /// No sheet is at work, in doubt or waits for a word.
    pub fn is_settled(&self) -> bool {
        [
            SheetState::Live,
            SheetState::InDoubt,
            SheetState::AwaitingConfirmation,
        ]
        .into_iter()
        .all(|state| self.sheets(state) == 0)
    }

    /// Every sheet is good, or given up by decision.
    pub fn is_complete(&self) -> bool {
        self.sheets(SheetState::Good) + self.sheets(SheetState::Abandoned) == self.all().sheets
    }

    /// The same once the job has ended: what is not good is abandoned.
    pub fn at_end(mut self) -> Self {
        for (state, sums) in std::mem::take(&mut self.by_state) {
            self.add(state.at_end(true), sums);
        }
        self
    }
}
