//! Layouts: where each field of a form sits on a stock, by tax year.
//!
//! Geometry is data (`layouts/*.toml`): points from the top left of the sheet and, for impact printers, the
//! 10 cpi × 6 lpi grid that the IRS's rules lie on, so that one layout serves laser and impact.
//! [`find`] chooses the layout, [`Layout::place`] puts one form on one slot. A form and year that nobody
//! has measured is [`LayoutError::NoLayout`], never a neighbour's geometry.

mod error;
mod faults;
mod field;
mod file;
mod place;

use std::sync::LazyLock;

pub use error::{FitError, LayoutError};
pub use field::{Field, FieldKind, Rect};

use crate::TaxYear;
use crate::form::{Copy, FormType};
use crate::stock::Stock;

/// The fields of one form revision on one stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Return type.
    pub form_type: FormType,
    /// Revision it was measured from.
    pub revision: String,
    /// Tax years it serves.
    pub tax_years: Vec<TaxYear>,
    /// Copies it serves.
    pub copies: Vec<Copy>,
    /// The paper, with its slots and pitch.
    pub stock: &'static Stock,
    /// The fields of the first slot.
    pub fields: Vec<Field>,
    /// Where the geometry was measured.
    pub source: String,
}

impl Layout {
    /// The field of that name, such as `recipient_name` or `box_1`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Every built-in layout.
pub fn all() -> &'static [Layout] {
    &LAYOUTS
}

/// The layout of a form, year and copy on a stock.
///
/// # Errors
/// [`LayoutError::NoLayout`] with what there is instead.
pub fn find(
    form_type: FormType,
    tax_year: TaxYear,
    copy: Copy,
    stock: &Stock,
) -> Result<&'static Layout, LayoutError> {
    let of_form = |layout: &&Layout| layout.form_type == form_type && layout.copies.contains(&copy);
    all()
        .iter()
        .filter(of_form)
        .find(|layout| layout.stock.name == stock.name && layout.tax_years.contains(&tax_year))
        .ok_or_else(|| LayoutError::NoLayout {
            form_type,
            tax_year,
            copy,
            stock: stock.name.clone(),
            known: known(all().iter().filter(of_form)),
        })
}

/// `nec-3up for 2022, 2023; nec-3up for 2025`, or `none`.
fn known<'a>(layouts: impl Iterator<Item = &'a Layout>) -> String {
    let known: Vec<_> = layouts
        .map(|layout| {
            let years: Vec<_> = layout.tax_years.iter().map(TaxYear::to_string).collect();
            format!("{} for {}", layout.stock.name, years.join(", "))
        })
        .collect();
    match known.is_empty() {
        true => "none".to_owned(),
        false => known.join("; "),
    }
}

static LAYOUTS: LazyLock<Vec<Layout>> = LazyLock::new(|| {
    BUILT_IN
        .iter()
        .map(|(name, text)| file::read(name, text))
        .collect::<Result<_, _>>()
        .expect("a test reads every built-in layout")
});

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../layouts/", $name)))),*]
    };
}

/// Every built-in layout file, by name.
const BUILT_IN: [(&str, &str); 5] = files![
    "nec_rev_2022_01_3up.toml",
    "nec_rev_2025_04_3up.toml",
    "misc_rev_2022_01_2up.toml",
    "misc_rev_2024_01_2up.toml",
    "misc_own_3up.toml",
];

#[cfg(test)]
mod tests;
