//! What was decided, in words that stay.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::edit::{OccupationCode, Part, Parts};
use crate::form::{BoxId, Mark};
use crate::rules::FormRules;
use crate::state_rows::StateParts;
use crate::{IncomeType, Money};

/// A form, or the reason for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The recipient gets the form.
    Form(Content),
    /// The recipient gets none of this type.
    NoForm(NoForm),
}

/// What stands on the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Amounts by box, federal tax withheld among them.
    pub boxes: BTreeMap<BoxId, Money>,
    /// Treasury Tipped Occupation Codes, where tips are reported apart.
    pub occupation_codes: Vec<OccupationCode>,
    /// The X that the amounts bring: direct sales.
    pub marks: BTreeSet<Mark>,
    /// State tax withheld, for all states.
    pub state_withheld: Money,
    /// What of the amounts is which state's, once it is known.
    pub states: StateParts,
    /// The IRS gets no such form: it is for the states alone.
    pub for_states_only: bool,
    /// What the recipient also has and the form does not show.
    pub left_off: Vec<LeftOff>,
}

impl Content {
    /// Reports the parts of an income type's amount in their own boxes, where the form shows the amount and has such boxes.
    pub fn report_apart(&mut self, income_type: IncomeType, parts: &Parts, form: &FormRules) {
        let Some(whole) = form
            .place(income_type)
            .filter(|whole| self.boxes.contains_key(&whole.id))
        else {
            return;
        };
        let boxes = &mut self.boxes;
        for (part, amount) in [
            (Part::CashTips, parts.cash_tips),
            (Part::Overtime, parts.overtime),
        ] {
            if let Some(rule) = form.part(part, &whole.id).filter(|_| amount.is_positive()) {
                *boxes.entry(rule.id.clone()).or_default() += amount;
            }
        }
        if form.part(Part::OccupationCodes, &whole.id).is_some() {
            for code in &parts.occupation_codes {
                if !self.occupation_codes.contains(code) {
                    self.occupation_codes.push(code.clone());
                }
            }
        }
    }
}

/// Why a recipient gets no form of a type, with every amount that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoForm {
    /// Why not.
    pub reason: NoFormReason,
    /// The amounts, each with its own reason.
    pub amounts: Vec<LeftOff>,
}

/// Why there is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoFormReason {
    /// Something is reportable, but no box reaches its threshold.
    BelowThreshold,
    /// No box has more than nothing.
    NothingToReport,
    /// A person has left it out before filing.
    Voided,
    /// Its amounts are on the form of another vendor id with the same TIN.
    Merged,
}

/// An amount that a form does not show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOff {
    /// The box it would have printed in.
    pub box_id: BoxId,
    /// The amount.
    pub amount: Money,
    /// Why it is left off.
    pub reason: LeftOffReason,
}

/// Why an amount is left off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftOffReason {
    /// Less than the threshold of its box.
    BelowThreshold {
        /// From how much on it is reported.
        threshold: Money,
    },
    /// Below zero: an exception that wants looking into. Form boxes take no sign.
    Negative,
    /// Zero.
    Nothing,
    /// State tax withheld brings out no form by itself.
    StateTaxAlone,
}

impl NoFormReason {
    /// The stable word: `below_threshold`, `nothing_to_report`, `voided` or `merged`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BelowThreshold => "below_threshold",
            Self::NothingToReport => "nothing_to_report",
            Self::Voided => "voided",
            Self::Merged => "merged",
        }
    }
}

impl LeftOffReason {
    /// The stable word: `below_threshold`, `negative`, `nothing` or `state_tax_alone`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BelowThreshold { .. } => "below_threshold",
            Self::Negative => "negative",
            Self::Nothing => "nothing",
            Self::StateTaxAlone => "state_tax_alone",
        }
    }

    /// Whether someone should look into it.
    pub fn is_exception(self) -> bool {
        matches!(self, Self::Negative | Self::StateTaxAlone)
    }
}

impl fmt::Display for NoForm {
    /// One sentence: `below the threshold: box 1: 599.99 is less than 600.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            NoFormReason::BelowThreshold => "below the threshold",
            NoFormReason::NothingToReport => "nothing to report",
            NoFormReason::Voided => "left out before filing",
            NoFormReason::Merged => "on the form of another vendor id with the same TIN",
        })?;
        for (index, amount) in self.amounts.iter().enumerate() {
            write!(f, "{} {amount}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl fmt::Display for LeftOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, amount) = (&self.box_id, self.amount);
        match self.reason {
            LeftOffReason::BelowThreshold { threshold } => {
                write!(f, "box {id}: {amount} is less than {threshold}")
            }
            LeftOffReason::Negative => write!(f, "box {id}: {amount} is negative"),
            LeftOffReason::Nothing => write!(f, "box {id}: {amount}"),
            LeftOffReason::StateTaxAlone => {
                write!(
                    f,
                    "box {id}: state tax of {amount} brings out no form by itself"
                )
            }
        }
    }
}
