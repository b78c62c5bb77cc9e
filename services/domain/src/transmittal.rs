//! Form 1096: what travels with one payer's forms of one type.

use chrono::{DateTime, Utc};

use crate::form::FormType;
use crate::payer::Payer;
use crate::{Money, PayerId, TaxYear, Tin};

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

impl Filer {
    /// The filer's lines as the payer is known; of the street only the first line prints.
    ///
    /// Source: Form 1096 instructions: name, address and TIN as on the forms it travels with.
    pub fn of(payer: &Payer) -> Self {
        Self {
            name: payer.name.clone(),
            street: payer.address.line_1.clone(),
            city_line: payer.address.city_line(),
            contact: payer.contact_name.clone(),
            phone: payer.phone.clone(),
            email: payer.contact_email.clone(),
            fax: payer.contact_fax.clone(),
            tin: payer.tin.clone(),
            ..Self::default()
        }
    }
}

/// One handing of a Form 1096 to the spooler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransmittalPrinting {
    /// Key; later ones have greater keys.
    pub id: String,
    /// The id that makes a retry of the request safe.
    pub request_id: String,
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// The returns it travels with.
    pub form_type: FormType,
    /// The jobs whose good sheets it stands for: `jobs/{id}`. A second one of the same jobs wants a reason.
    pub of_jobs: Vec<String>,
    /// Box 3.
    pub forms: i64,
    /// Box 4.
    pub federal_withheld: Money,
    /// Box 5.
    pub total: Money,
    /// Where: `printers/{id}`.
    pub printer: String,
    /// The spooler's job: `jobs/{id}`; `None` while it is being handed over, or when that was cut off.
    pub job: Option<String>,
    /// Name of the token that asked.
    pub user: String,
    /// Why it was printed again; blank for the first.
    pub again_reason: String,
    /// When, to the microsecond.
    pub create_time: DateTime<Utc>,
}
