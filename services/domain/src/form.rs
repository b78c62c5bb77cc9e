//! The form: one information return, before it has a place on paper.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::edit::OccupationCode;
use crate::payer::PostalAddress;
use crate::{Money, TaxYear, Tin};

/// Which return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormType {
    /// Form 1099-NEC, Nonemployee Compensation.
    Nec,
    /// Form 1099-MISC, Miscellaneous Information (Income before 2021).
    Misc,
}

impl FormType {
    /// Both types, in the order reports list them.
    pub const ALL: [Self; 2] = [Self::Nec, Self::Misc];

    /// `nec` or `misc`: the word of the command line, the store and file names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nec => "nec",
            Self::Misc => "misc",
        }
    }

    /// `1099-NEC` or `1099-MISC`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nec => "1099-NEC",
            Self::Misc => "1099-MISC",
        }
    }
}

impl fmt::Display for FormType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// Not `nec` or `misc`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown form: use nec or misc")]
pub struct UnknownFormType;

impl FromStr for FormType {
    type Err = UnknownFormType;
    fn from_str(word: &str) -> Result<Self, UnknownFormType> {
        Self::ALL
            .into_iter()
            .find(|t| t.as_str() == word)
            .ok_or(UnknownFormType)
    }
}

/// Who gets a printing of a form.
///
/// Source: Instructions for Forms 1099-MISC and 1099-NEC, "Copies".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Copy {
    /// The IRS, on red stock.
    A,
    /// The recipient.
    B,
    /// The payer's own record.
    C,
    /// The state tax department.
    One,
    /// The recipient, for the state return.
    Two,
}

impl Copy {
    /// Every copy.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::One, Self::Two];

    /// `a`, `b`, `c`, `1` or `2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
            Self::One => "1",
            Self::Two => "2",
        }
    }

    /// The recipient's TIN is truncated on what the recipient gets.
    ///
    /// Source: Treas. Reg. § 301.6109-4(b).
    pub fn truncates_recipient_tin(self) -> bool {
        matches!(self, Self::B | Self::Two)
    }

    /// It shows the states what they want, on paper that the IRS never sees.
    pub fn is_for_states(self) -> bool {
        matches!(self, Self::One | Self::Two)
    }

    /// Blank slots of its sheets get an X in the VOID box: the IRS takes full sheets.
    ///
    /// Source: Costpoint, *Printing 1099 Information*.
    pub fn pads_with_void(self) -> bool {
        self == Self::A
    }
}

impl fmt::Display for Copy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().to_uppercase())
    }
}

/// Not a copy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown copy: use a, b, c, 1 or 2")]
pub struct UnknownCopy;

impl FromStr for Copy {
    type Err = UnknownCopy;
    fn from_str(word: &str) -> Result<Self, UnknownCopy> {
        Self::ALL
            .into_iter()
            .find(|c| c.as_str() == word)
            .ok_or(UnknownCopy)
    }
}

/// A numbered box of a form, as the revision prints it: `1`, `10`, `1a`. In the order of the form: `9` before `10`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct BoxId(pub String);

impl BoxId {
    /// The number and the letter behind it.
    fn parts(&self) -> (u32, &str) {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (number, letter) = self.0.split_at(digits);
        (number.parse().unwrap_or(u32::MAX), letter)
    }
}

impl Ord for BoxId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.parts()
            .cmp(&other.parts())
            .then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for BoxId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for BoxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for BoxId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A box that takes an X.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// VOID: never to be counted.
    Void,
    /// CORRECTED: filed again.
    Corrected,
    /// "2nd TIN not."
    SecondTinNotice,
    /// Direct sales of $5,000 or more.
    DirectSales,
    /// FATCA filing requirement.
    Fatca,
}

impl Mark {
    /// Every mark.
    pub const ALL: [Self; 5] = [
        Self::Void,
        Self::Corrected,
        Self::SecondTinNotice,
        Self::DirectSales,
        Self::Fatca,
    ];

    /// The name of its field in layout files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Void => "void",
            Self::Corrected => "corrected",
            Self::SecondTinNotice => "second_tin_notice",
            Self::DirectSales => "direct_sales",
            Self::Fatca => "fatca",
        }
    }
}

/// The parts of an address, for a form that has a field for each (1099-NEC from 2026 on).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressParts {
    /// Room, suite or apartment number; blank where the street's line holds it.
    pub unit: String,
    /// City or town.
    pub city: String,
    /// State or province, two letters.
    pub state: String,
    /// ZIP or foreign postal code.
    pub postal_code: String,
    /// Country, two letters; blank for the United States.
    pub country: String,
}

impl From<&PostalAddress> for AddressParts {
    /// The second street line is no unit by itself: it stays where the street's line has it.
    fn from(address: &PostalAddress) -> Self {
        Self {
            unit: String::new(),
            city: address.city.clone(),
            state: address.state.clone(),
            postal_code: address.postal_code.clone(),
            country: address.foreign_country().unwrap_or_default().to_owned(),
        }
    }
}

/// The upper left block: who files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerBlock {
    /// Name.
    pub name: String,
    /// First street line.
    pub street: String,
    /// City, state and ZIP on one line.
    pub city_line: String,
    /// The same apart; `None` for a form that was sealed or sent without.
    pub parts: Option<AddressParts>,
    /// Telephone.
    pub phone: String,
    /// Number, never truncated.
    pub tin: Option<Tin>,
}

/// Whom the form reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecipientBlock {
    /// First name line: the person or entity whose TIN is shown.
    pub name: String,
    /// Continuation of a long name; usually blank.
    pub name_2: String,
    /// Street.
    pub street: String,
    /// City, state and ZIP on one line.
    pub city_line: String,
    /// The same apart; `None` for a form that was sealed or sent without.
    pub parts: Option<AddressParts>,
    /// Full number; `None` leaves the cell blank.
    pub tin: Option<Tin>,
}

/// One of the two state rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateRow {
    /// State tax withheld.
    pub tax_withheld: Money,
    /// State and the payer's number there.
    pub state_and_number: String,
    /// Income for that state.
    pub income: Money,
}

/// One information return: payer, recipient, tax year, form type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Return type.
    pub form_type: FormType,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Vendor id, with a suffix when one recipient has several forms of a type.
    pub account_number: String,
    /// Who files.
    pub payer: PayerBlock,
    /// Whom it reports.
    pub recipient: RecipientBlock,
    /// Amounts by box; what is not here stays empty on paper.
    pub boxes: BTreeMap<BoxId, Money>,
    /// Treasury Tipped Occupation Codes of the box for cash tips, at most [`crate::edit::MAX_OCCUPATION_CODES`].
    pub occupation_codes: Vec<OccupationCode>,
    /// Boxes with an X.
    pub marks: BTreeSet<Mark>,
    /// At most two.
    pub states: Vec<StateRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_stand_in_the_order_of_the_form() {
        let mut boxes = ["10", "1b", "9", "1a", "1"].map(BoxId::from);
        boxes.sort();
        assert_eq!(boxes, ["1", "1a", "1b", "9", "10"].map(BoxId::from));
    }
}
