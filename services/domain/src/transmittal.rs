//! Form 1096: what travels with one payer's forms of one type.

use crate::form::FormType;
use crate::{Money, TaxYear, Tin};

/// One Form 1096, as it prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmittal {
    /// The returns it travels with: the X of box 6.
    pub form_type: FormType,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// Who files.
    pub filer: Filer,
    /// Box 3: how many forms, without void ones.
    pub forms: u32,
    /// Box 4: federal income tax withheld; zero stays blank.
    pub federal_withheld: Money,
    /// Box 5: what the forms report together.
    pub total: Money,
    /// A line for the foot of the sheet, such as why a return is filed again; usually blank.
    pub note: String,
}

/// The filer's lines of Form 1096; any may be blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filer {
    /// Name, as on the forms.
    pub name: String,
    /// Street.
    pub street: String,
    /// City, state and ZIP on one line.
    pub city_line: String,
    /// Whom the IRS may ask.
    pub contact: String,
    /// Telephone of that person.
    pub phone: String,
    /// Electronic mail of that person.
    pub email: String,
    /// Fax number of that person.
    pub fax: String,
    /// Box 1, or box 2 when it is no employer's number; never truncated.
    pub tin: Option<Tin>,
    /// Title of whoever signs.
    pub title: String,
}
