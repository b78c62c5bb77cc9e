//! Layouts: where each field of a form sits on a stock, by tax year.
//!
//! Geometry is data (`layouts/*.toml`): points from the top left of the sheet and, for impact printers, the
//! 10 cpi × 6 lpi grid that the IRS's rules lie on, so that one layout serves laser and impact.
//! [`find`] chooses the layout, [`Layout::place`] puts one form on one slot. A form and year that nobody
//! has measured is [`LayoutError::NoLayout`], never a neighbour's geometry.
//!
//! [`find`] and [`all`] answer from the [`Library`] of this process: the built-in files and, where
//! [`crate::own_files::install`] was given any, the user's own in front of them.

mod crosses;
mod error;
mod faults;
mod field;
mod file;
mod ink;
mod library;
mod outline;
mod place;
mod transmittal;

pub use crosses::{TestLayout, newest_on};
pub use error::{FitError, LayoutError};
pub use field::{Field, FieldKind, Rect};
pub(crate) use file::kind;
pub use library::Library;
pub use outline::{Align, Cell, CellTitle, Column, Outline, Rule, Words};
pub use transmittal::TransmittalLayout;

use crate::TaxYear;
use crate::form::{Copy, FormType};
use crate::own_files;
use crate::stock::Stock;

/// The fields of one form revision on one stock.
///
/// The stock is the layout's own copy: whoever has other settings of a loaded stock (pitch, offsets) places on a layout
/// with a stock changed so.
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
    pub stock: Stock,
    /// The stock has the calendar year in print, so that the form has no field for it.
    pub year_is_preprinted: bool,
    /// The fields of the first slot; one name may have several where copies differ.
    pub fields: Vec<Field>,
    /// What is drawn of the form, where it is known: always on plain paper.
    pub outline: Option<Outline>,
    /// The windows of the envelope that the sheet was laid out for, if any.
    pub windows: Option<Windows>,
    /// Where the geometry was measured.
    pub source: String,
}

/// What shows of the folded sheet through both windows of an envelope, however it slides in there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Through the upper window.
    pub payer: Rect,
    /// Through the lower window.
    pub recipient: Rect,
}

impl Layout {
    /// The field of that name on a copy, such as `recipient_name` or `box_1`.
    pub fn field(&self, name: &str, copy: Copy) -> Option<&Field> {
        self.fields_on(copy).find(|field| field.name == name)
    }

    /// The fields that a copy has.
    pub fn fields_on(&self, copy: Copy) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.is_on(copy))
    }
}

/// Every layout of a form.
pub fn all() -> &'static [Layout] {
    own_files::library().layouts()
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
    own_files::library().find(form_type, tax_year, copy, stock)
}

/// The layout of Form 1096 of a year on a stock.
///
/// # Errors
/// [`LayoutError::NoTransmittalLayout`] with what there is instead.
pub fn find_transmittal(
    tax_year: TaxYear,
    stock: &Stock,
) -> Result<&'static TransmittalLayout, LayoutError> {
    own_files::library().find_transmittal(tax_year, stock)
}

#[cfg(test)]
mod tests;
