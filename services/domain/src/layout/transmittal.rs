//! Where the fields of Form 1096 sit, and its text on the sheet.

use super::ink::Ink;
use super::{Field, FitError};
use crate::form::FormType;
use crate::placement::PlacedText;
use crate::stock::Stock;
use crate::transmittal::Transmittal;
use crate::{TaxYear, TinKind};

/// The fields of Form 1096 of some years on one stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransmittalLayout {
    /// Revision it was measured from.
    pub revision: String,
    /// Tax years it serves: box 6 moves whenever the IRS adds a return.
    pub tax_years: Vec<TaxYear>,
    /// The paper.
    pub stock: Stock,
    /// The fields of the first slot.
    pub fields: Vec<Field>,
    /// Where the geometry was measured.
    pub source: String,
}

/// What stands for an account number in a [`FitError`] about Form 1096.
const WHOSE: &str = "1096";

/// The fields of Form 1096.
pub(super) const FIELDS: [&str; 16] = [
    "filer_name",
    "street",
    "city",
    "contact",
    "phone",
    "email",
    "fax",
    "ein",
    "ssn",
    "forms",
    "federal_withheld",
    "total",
    "form_nec",
    "form_misc",
    "title",
    "note",
];

impl TransmittalLayout {
    /// The field of that name, such as `total` or `form_nec`.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The ink of a Form 1096. Signature and date are left to the pen.
    ///
    /// # Errors
    /// [`FitError`] for the first field that cannot be printed as it should, with `1096` for the account number.
    pub fn place(&self, transmittal: &Transmittal) -> Result<Vec<PlacedText>, FitError> {
        let mut ink = Ink::new(self.fields.iter(), &self.stock, 0, WHOSE)?;
        let filer = &transmittal.filer;
        ink.name("filer_name", [&filer.name, ""])?;
        for (name, text) in [
            ("street", &filer.street),
            ("city", &filer.city_line),
            ("contact", &filer.contact),
            ("phone", &filer.phone),
            ("email", &filer.email),
            ("fax", &filer.fax),
            ("title", &filer.title),
            ("note", &transmittal.note),
        ] {
            ink.text(name, text)?;
        }
        if let Some(tin) = &filer.tin {
            let name = match tin.kind() {
                TinKind::Ein => "ein",
                _ => "ssn",
            };
            ink.text(name, &tin.full())?;
        }
        ink.text("forms", &transmittal.forms.to_string())?;
        if !transmittal.federal_withheld.is_zero() {
            ink.money("federal_withheld", transmittal.federal_withheld)?;
        }
        ink.money("total", transmittal.total)?;
        ink.mark(match transmittal.form_type {
            FormType::Nec => "form_nec",
            FormType::Misc => "form_misc",
        })?;
        Ok(ink.finish())
    }
}
