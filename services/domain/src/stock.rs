//! Form stock: the preprinted paper a device has loaded.
//!
//! Slots and pitch belong to the stock, not to the form: the same return is sold two and three to a sheet.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::form::FormType;
use crate::points::Points;

/// One kind of preprinted paper, from `layouts/stocks.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// Name by which it is loaded, such as `nec-3up`.
    pub name: String,
    /// The return printed on it.
    pub form_type: FormType,
    /// Forms on one sheet.
    pub slots_per_sheet: usize,
    /// From the top of one form to the top of the next.
    pub pitch: Points,
    /// The same at 6 lines per inch.
    pub lines_per_form: i32,
    /// Copy A stock, which demands full sheets and is loaded by name.
    pub for_irs: bool,
    /// Whether the IRS shows such a sheet; `misc-3up` has a grid of our own.
    pub irs_sheet: bool,
    /// For people.
    pub description: String,
}

/// No stock of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no form stock {name:?}; known are {known}")]
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

/// Every stock, in the order of the file.
pub fn all() -> &'static [Stock] {
    &STOCKS
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

/// What the virtual `file:` printer has loaded when nobody says otherwise: the three-form stock of the return.
pub fn default_for_file(form_type: FormType) -> &'static Stock {
    all()
        .iter()
        .find(|stock| stock.form_type == form_type && stock.slots_per_sheet == 3)
        .expect("a test finds a three-form stock of every return")
}

static STOCKS: LazyLock<Vec<Stock>> = LazyLock::new(|| {
    let file: File = toml::from_str(include_str!("../layouts/stocks.toml"))
        .expect("a test reads the built-in stocks");
    file.stock.into_iter().map(Raw::typed).collect()
});

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
    for_irs: bool,
    irs_sheet: bool,
    description: String,
}

impl Raw {
    fn typed(self) -> Stock {
        Stock {
            name: self.name,
            form_type: self.form.parse().expect("a test reads the built-in stocks"),
            slots_per_sheet: self.slots_per_sheet,
            pitch: self.pitch,
            lines_per_form: self.lines_per_form,
            for_irs: self.for_irs,
            irs_sheet: self.irs_sheet,
            description: self.description,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stock_fills_a_letter_sheet_on_the_line_grid() {
        assert_eq!(all().len(), 3);
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
    fn the_file_printer_has_three_forms_to_a_sheet() {
        assert_eq!(default_for_file(FormType::Nec).name, "nec-3up");
        assert_eq!(default_for_file(FormType::Misc).name, "misc-3up");
        assert!(!default_for_file(FormType::Misc).irs_sheet);
    }

    #[test]
    fn an_unknown_stock_is_answered_with_the_names_there_are() {
        let error = find("nec-9up").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no form stock \"nec-9up\"; known are nec-3up, misc-2up, misc-3up"
        );
    }
}
