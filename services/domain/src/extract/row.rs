//! One row, read column by column; everything wrong with it is collected.

use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;

use super::{Fault, Header};
use crate::entry::check_date;
use crate::ids::IdError;
use crate::payer::PostalAddress;
use crate::{IncomeType, Money, Tin, TinKind, text};

/// A row of a file with the faults found in it so far.
#[derive(Debug)]
pub struct Row<'a> {
    header: &'a Header,
    line: u64,
    fields: Vec<&'a str>,
    faults: Vec<Fault>,
    /// Where the column after the last one asked for is looked for first.
    next: usize,
}

impl<'a> Row<'a> {
    pub(super) fn new(header: &'a Header, line: u64, fields: Vec<&'a str>) -> Self {
        let (got, wanted) = (fields.len(), header.width);
        let message = || format!("has {got} values where the header has {wanted} columns");
        let faults = match got == wanted {
            true => Vec::new(),
            false => vec![Fault::of_row(header.file(), line, message())],
        };
        Self {
            header,
            line,
            fields,
            faults,
            next: 0,
        }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Notes a fault of a column.
    pub(super) fn fault(&mut self, column: &str, message: impl Display) {
        let fault = Fault::new(self.header.file(), self.line, column, message);
        self.faults.push(fault);
    }

    /// The value as it stands; blank when the column is left out.
    pub(super) fn value(&mut self, column: &str) -> &'a str {
        let Some(place) = self.header.place(column, self.next) else {
            return "";
        };
        self.next = place + 1;
        self.fields.get(place).copied().unwrap_or_default()
    }

    /// What `read` makes of a value that is not blank; a fault when it makes nothing of it.
    fn read<T, E: Display>(
        &mut self,
        column: &str,
        read: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Option<T> {
        match self.value(column) {
            "" => None,
            value => read(value).map_err(|e| self.fault(column, e)).ok(),
        }
    }

    /// As [`Row::read`], and blank is a fault.
    fn require<T, E: Display>(
        &mut self,
        column: &str,
        read: impl FnOnce(&'a str) -> Result<T, E>,
    ) -> Option<T> {
        match self.value(column) {
            "" => {
                self.fault(column, "is required");
                None
            }
            value => read(value).map_err(|e| self.fault(column, e)).ok(),
        }
    }

    /// A key that must be there.
    pub(super) fn id<T>(
        &mut self,
        column: &str,
        new: impl FnOnce(&'a str) -> Result<T, IdError>,
    ) -> Option<T> {
        self.require(column, new)
    }

    /// A key that may be blank.
    pub(super) fn optional_id<T>(
        &mut self,
        column: &str,
        new: impl FnOnce(&'a str) -> Result<T, IdError>,
    ) -> Option<T> {
        self.read(column, new)
    }

    /// A word of a closed list, which must be there.
    pub(super) fn word<T: FromStr<Err: Display>>(&mut self, column: &str) -> Option<T> {
        self.require(column, str::parse)
    }

    /// A word of a closed list, which may be blank.
    pub(super) fn optional_word<T: FromStr<Err: Display>>(&mut self, column: &str) -> Option<T> {
        self.read(column, str::parse)
    }

    /// Free text that may be blank.
    pub(super) fn text(&mut self, column: &str) -> String {
        let checked = |value: &'a str| text::check(value).map(|()| value.to_owned());
        self.read(column, checked).unwrap_or_default()
    }

    /// Free text that must be there.
    pub(super) fn required_text(&mut self, column: &str) -> Option<String> {
        self.require(column, |value| {
            text::check_required(value).map(|()| value.to_owned())
        })
    }

    /// An amount that must be there.
    pub(super) fn amount(&mut self, column: &str) -> Option<Money> {
        self.require(column, str::parse)
    }

    /// An amount; blank is zero.
    pub(super) fn optional_amount(&mut self, column: &str) -> Money {
        self.read(column, str::parse).unwrap_or_default()
    }

    /// A date that must be there.
    pub(super) fn date(&mut self, column: &str) -> Option<NaiveDate> {
        self.require(column, date)
    }

    /// A date that may be blank.
    pub(super) fn optional_date(&mut self, column: &str) -> Option<NaiveDate> {
        self.read(column, date)
    }

    /// `Y` or `N`; blank is `N`.
    pub(super) fn flag(&mut self, column: &str) -> bool {
        let flag = |value: &str| match value {
            "Y" => Ok(true),
            "N" => Ok(false),
            _ => Err("not a flag: use Y or N"),
        };
        self.read(column, flag).unwrap_or_default()
    }

    /// The two capital letters of a state; blank stays blank.
    pub(super) fn state(&mut self, column: &str) -> String {
        let state = |value: &str| match value.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(value.to_owned()),
            _ => Err("not a state: use two capital letters, such as ME"),
        };
        self.read(column, state).unwrap_or_default()
    }

    /// What transactions report as. The withheld types are refused: Relate To codes and the payment's columns feed those.
    pub(super) fn income_type(&mut self, column: &str) -> Option<IncomeType> {
        let income_type = self.optional_word::<IncomeType>(column)?;
        match income_type.is_withheld() {
            false => Some(income_type),
            true => {
                self.fault(
                    column,
                    "tax withheld is not income: use a Relate To code or the payment's columns",
                );
                None
            }
        }
    }

    /// A TIN of a known kind; blank is none. The fault never repeats it.
    pub(super) fn tin(&mut self, column: &str, kind: TinKind) -> Option<Tin> {
        self.read(column, |value| Tin::enter(kind, value))
    }

    /// The parts of an address, the street lines under names of their own.
    pub(super) fn address(&mut self, line_1: &str, line_2: &str) -> PostalAddress {
        PostalAddress {
            line_1: self.text(line_1),
            line_2: self.text(line_2),
            city: self.text("city"),
            state: self.text("state"),
            postal_code: self.text("postal_code"),
            country: self.text("country"),
        }
    }
}

/// ISO 8601, and nothing shorter: `2026-03-31`; a day that may be entered.
fn date(text: &str) -> Result<NaiveDate, String> {
    calendar_date(text)
        .map_err(str::to_owned)
        .and_then(|date| check_date(date).map_err(|error| error.to_string()))
}

fn calendar_date(text: &str) -> Result<NaiveDate, &'static str> {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let fits = text.len() == 10 && text.bytes().enumerate().all(shape);
    let parts = || {
        Some((
            text[..4].parse().ok()?,
            text[5..7].parse().ok()?,
            text[8..].parse().ok()?,
        ))
    };
    fits.then(parts)
        .flatten()
        .and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day))
        .ok_or("not a date: write year, month and day, such as 2026-03-31")
}
