//! One return of one year: its revision and its boxes.

use std::collections::BTreeSet;

use super::StateCopies;
use crate::IncomeType;
use crate::edit::Part;
use crate::form::{BoxId, FormType, Mark};

/// A return as one revision of the form has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRules {
    /// Return type.
    pub form_type: FormType,
    /// The words under the form's number, such as `Nonemployee Compensation`.
    pub title: String,
    /// Revision as printed in the form's foot, such as `Rev. April 2025`.
    pub revision: String,
    /// Number that the IRS's scanner reads at the top left of Copy A.
    pub scan_id: String,
    /// Office of Management and Budget number.
    pub omb_number: String,
    /// Code of the return in Form 1096 box 6.
    pub transmittal_code: String,
    /// Forms on one sheet of the IRS's own Copy A stock.
    pub slots_per_sheet: usize,
    /// Marks the form has, numbered boxes included.
    pub marks: BTreeSet<Mark>,
    /// Numbered boxes, in the order of the form.
    pub boxes: Vec<BoxRule>,
    /// When a state wants the form for its income alone.
    pub state_copies: StateCopies,
    /// Where this stands.
    pub source: String,
}

/// One numbered box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxRule {
    /// Number as printed.
    pub id: BoxId,
    /// Title as printed, in short.
    pub title: String,
    /// What it takes.
    pub kind: BoxKind,
    /// The X it takes, where [`BoxKind::Mark`].
    pub mark: Option<Mark>,
    /// Income types that print in it; several are summed.
    pub income: Vec<IncomeType>,
    /// Counts towards the form's total: Form 1096 box 5.
    pub in_total: bool,
    /// What part of which box it takes, where it takes one.
    pub part: Option<PartBox>,
}

/// A box that reports a part of another box apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartBox {
    /// Which part.
    pub part: Part,
    /// The box whose amount includes it.
    pub of: BoxId,
}

/// What a box takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoxKind {
    /// An amount of income.
    Amount,
    /// An X.
    Mark,
    /// Federal income tax withheld.
    FederalWithheld,
    /// State tax withheld, one line per state.
    StateWithheld,
    /// State and the payer's number there, one line per state.
    StateNumber,
    /// Income for the state, one line per state.
    StateIncome,
    /// A part or detail of another box, which no income type feeds.
    Detail,
    /// Reserved or shaded.
    Reserved,
}

impl FormRules {
    /// The box of that number.
    pub fn find(&self, id: &BoxId) -> Option<&BoxRule> {
        self.boxes.iter().find(|rule| rule.id == *id)
    }

    /// The box an income type prints in.
    pub fn place(&self, income_type: IncomeType) -> Option<&BoxRule> {
        self.boxes
            .iter()
            .find(|rule| rule.income.contains(&income_type))
    }

    /// The box that reports a part of another box apart.
    pub fn part(&self, part: Part, of: &BoxId) -> Option<&BoxRule> {
        let is_it = |found: &PartBox| found.part == part && found.of == *of;
        self.boxes
            .iter()
            .find(|rule| rule.part.as_ref().is_some_and(is_it))
    }

    /// The first box of a kind.
    pub fn of_kind(&self, kind: BoxKind) -> Option<&BoxRule> {
        self.boxes.iter().find(|rule| rule.kind == kind)
    }

    /// The boxes whose amounts make the form's total: Form 1096 box 5.
    pub fn total_boxes(&self) -> impl Iterator<Item = &BoxId> {
        self.boxes
            .iter()
            .filter(|rule| rule.in_total)
            .map(|rule| &rule.id)
    }
}
