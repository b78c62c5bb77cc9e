//! Form stock: the paper a device has loaded, preprinted or plain.
//!
//! Slots and pitch belong to the stock, not to the form: the same return is sold two and three to a sheet. On plain
//! paper ([`Stock::is_drawn`]) the form itself is drawn, for every copy but A.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::form::FormType;
use crate::placement::LINE_HEIGHT;
use crate::points::Points;
use crate::text::without_tins;
use crate::{TaxYear, own_files};

/// One kind of paper, from `layouts/stocks.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// Name by which it is loaded, such as `nec-3up`.
    pub name: String,
    /// What is printed on it.
    pub takes: Takes,
    /// Forms on one sheet.
    pub slots_per_sheet: usize,
    /// From the top of one form to the top of the next.
    pub pitch: Points,
    /// The same at 6 lines per inch.
    pub lines_per_form: i32,
    /// How far to the right of its place everything is printed; negative to the left.
    pub offset_left: Points,
    /// How far below its place everything is printed; negative above it.
    pub offset_top: Points,
    /// How the paper comes.
    pub feeds: Vec<Feed>,
    /// Copy A stock, which demands full sheets and is loaded by name.
    pub for_irs: bool,
    /// Whether the IRS shows such a sheet; `misc-3up` has a grid of our own.
    pub irs_sheet: bool,
    /// Plain paper: the form itself is drawn, so that only page printers can print on it. It is never Copy A stock.
    pub is_drawn: bool,
    /// For people.
    pub description: String,
}

/// What a stock is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Takes {
    /// A return.
    Form(FormType),
    /// Any return: plain paper.
    AnyForm,
    /// Form 1096.
    Transmittal,
}

/// How paper comes to a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// Single sheets, for laser printers.
    Laser,
    /// Pin-fed and folded, for impact printers.
    Continuous,
}

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(form_type) => form_type.fmt(f),
            Self::AnyForm => f.write_str("1099"),
            Self::Transmittal => f.write_str("1096"),
        }
    }
}

/// Not `nec`, `misc`, `any` or `1096`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown form: use nec, misc, any or 1096")]
pub struct UnknownTakes;

impl FromStr for Takes {
    type Err = UnknownTakes;
    fn from_str(word: &str) -> Result<Self, UnknownTakes> {
        match word {
            "1096" => Ok(Self::Transmittal),
            "any" => Ok(Self::AnyForm),
            form => form.parse().map(Self::Form).map_err(|_| UnknownTakes),
        }
    }
}

impl Stock {
    /// Whether that return is printed on it.
    pub fn takes_form(&self, form_type: FormType) -> bool {
        matches!(self.takes, Takes::AnyForm) || self.takes == Takes::Form(form_type)
    }
}

/// No stock of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no form stock {shown:?}; known are {known}", shown = without_tins(.name))]
pub struct UnknownStock {
    /// The name asked for.
    pub name: String,
    /// The names there are.
    pub known: String,
}

impl UnknownStock {
    /// The stable word for clients.
    pub fn reason(&self) -> &'static str {
        "STOCK_UNKNOWN"
    }
}

/// Every stock: the built-in ones in the order of their file, then the user's own.
pub fn all() -> &'static [Stock] {
    own_files::library().stocks()
}

/// The stock of that name.
///
/// # Errors
/// [`UnknownStock`] with the names there are.
pub fn find(name: &str) -> Result<&'static Stock, UnknownStock> {
    all()
        .iter()
        .find(|stock| stock.name == name)
        .ok_or_else(|| UnknownStock {
            name: name.to_owned(),
            known: all()
                .iter()
                .map(|stock| stock.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })
}

/// The plain paper that a return is drawn on when nobody says otherwise.
pub fn plain_paper(form_type: FormType) -> &'static Stock {
    all()
        .iter()
        .find(|stock| stock.is_drawn && stock.takes_form(form_type))
        .expect("there is a built-in stock of plain paper, and own files take none away")
}

/// What the virtual `file:` printer has loaded of preprinted stock when nobody says otherwise: the three-form stock of the return, or, in a
/// year that has no layout on it, the first stock of the return that has.
pub fn default_for_file(form_type: FormType, tax_year: TaxYear) -> &'static Stock {
    let library = own_files::library();
    let mut stocks: Vec<_> = library
        .stocks()
        .iter()
        .filter(|stock| stock.takes_form(form_type) && !stock.is_drawn)
        .collect();
    stocks.sort_by_key(|stock| stock.slots_per_sheet != 3);
    let serves = |stock: &&&Stock| {
        library
            .layouts()
            .iter()
            .any(|layout| layout.stock.name == stock.name && layout.tax_years.contains(&tax_year))
    };
    stocks
        .iter()
        .find(serves)
        .or_else(|| stocks.first())
        .expect("every return has a built-in stock")
}

/// What the virtual `file:` printer has loaded of Form 1096 when nobody says otherwise: the first stock with a layout of the
/// year, or else the first there is.
pub fn default_for_transmittal(tax_year: TaxYear) -> &'static Stock {
    let library = own_files::library();
    let stocks = || {
        library
            .stocks()
            .iter()
            .filter(|stock| stock.takes == Takes::Transmittal)
    };
    stocks()
        .find(|stock| library.find_transmittal(tax_year, stock).is_ok())
        .or_else(|| stocks().next())
        .expect("there is a built-in stock of Form 1096, and own files take none away")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    stock: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: String,
    form: String,
    slots_per_sheet: usize,
    pitch: Points,
    lines_per_form: i32,
    #[serde(default)]
    offset_left: Points,
    #[serde(default)]
    offset_top: Points,
    feeds: Vec<Feed>,
    for_irs: bool,
    irs_sheet: bool,
    #[serde(default)]
    is_drawn: bool,
    description: String,
}

/// Reads a file of stocks.
///
/// # Errors
/// What is wrong, naming the stock.
pub(crate) fn read(text: &str) -> Result<Vec<Stock>, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    file.stock.into_iter().map(Raw::typed).collect()
}

impl Raw {
    fn typed(self) -> Result<Stock, String> {
        let wrong = |why: &str| Err(format!("stock {}: {why}", self.name));
        if !(1..=6).contains(&self.slots_per_sheet) {
            return wrong("slots_per_sheet is one of 1 to 6");
        }
        let by_lines = LINE_HEIGHT.times(self.lines_per_form.clamp(0, 1_000));
        let apart = (self.pitch - by_lines).thousandths().abs();
        if self.lines_per_form < 1 || apart >= LINE_HEIGHT.thousandths() {
            return wrong(
                "pitch and lines_per_form are the same length, within a line of 12 points",
            );
        }
        let takes = match self.form.parse() {
            Ok(takes) => takes,
            Err(error) => return wrong(&format!("form: {error}")),
        };
        if self.is_drawn && (self.for_irs || self.slots_per_sheet != 1) {
            return wrong("on plain paper one form is drawn to a sheet, and never for the IRS");
        }
        if takes == Takes::AnyForm && !self.is_drawn {
            return wrong("form: only plain paper takes any form");
        }
        Ok(Stock {
            name: self.name,
            takes,
            slots_per_sheet: self.slots_per_sheet,
            pitch: self.pitch,
            lines_per_form: self.lines_per_form,
            offset_left: self.offset_left,
            offset_top: self.offset_top,
            feeds: self.feeds,
            for_irs: self.for_irs,
            irs_sheet: self.irs_sheet,
            is_drawn: self.is_drawn,
            description: self.description,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stock_fills_a_letter_sheet_on_the_line_grid() {
        assert_eq!(all().len(), 6);
        for stock in all() {
            let slots = i32::try_from(stock.slots_per_sheet).unwrap();
            assert_eq!(stock.pitch.times(slots), Points::from_points(792.0));
            assert_eq!(
                stock.pitch,
                Points::from_points(12.0).times(stock.lines_per_form)
            );
        }
    }

    #[test]
    fn the_file_printer_has_three_forms_to_a_sheet_in_every_year_that_has_such_a_layout() {
        let name = |form_type, year| {
            default_for_file(form_type, TaxYear::new(year).unwrap())
                .name
                .as_str()
        };
        assert_eq!(name(FormType::Nec, 2025), "nec-3up");
        assert_eq!(name(FormType::Nec, 2021), "nec-3up");
        assert_eq!(name(FormType::Nec, 2020), "nec-2up");
        assert_eq!(name(FormType::Nec, 2026), "nec-2up");
        for year in 2019..=2026 {
            assert_eq!(name(FormType::Misc, year), "misc-3up");
        }
        assert!(!find("misc-3up").unwrap().irs_sheet);
    }

    #[test]
    fn an_unknown_stock_is_answered_with_the_names_there_are() {
        let error = find("nec-9up").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no form stock \"nec-9up\"; known are nec-3up, nec-2up, misc-2up, misc-3up, 1096-1up, blank"
        );
    }

    #[test]
    fn a_stock_that_contradicts_itself_is_refused_by_name() {
        let file = include_str!("../layouts/stocks.toml");
        for (from, to, why) in [
            (
                "slots_per_sheet = 3",
                "slots_per_sheet = 0",
                "slots_per_sheet",
            ),
            (
                "lines_per_form  = 22",
                "lines_per_form  = 24",
                "lines_per_form",
            ),
            ("\"nec\"", "\"1098\"", "form"),
        ] {
            let changed = file.replacen(from, to, 1);
            assert_ne!(changed, file);
            let error = read(&changed).unwrap_err();
            assert!(error.starts_with("stock nec-3up: "), "{error}");
            assert!(error.contains(why), "{error}");
        }
    }
}
