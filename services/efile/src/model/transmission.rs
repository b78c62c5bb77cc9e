//! The transmission: who sends, for which payers.

use formfeed_domain::form::FormType;
use formfeed_domain::payer::{Payer, PostalAddress};
use formfeed_domain::{TaxYear, Tin};

use super::{Entry, FiledName, OriginalSubmission};

/// One sending to the IRS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmission {
    /// Year of the payments, of every form in it.
    pub tax_year: TaxYear,
    /// Test or production.
    pub environment: Environment,
    /// Originals, corrections, or the replacement of what was rejected. FIRE goes by the entries alone.
    pub kind: Kind,
    /// The transmission's own UUID, `8-4-4-4-12` letters and digits; IRIS XML only. Never used twice.
    pub unique_id: String,
    /// Who sends.
    pub transmitter: Transmitter,
    /// What made the file.
    pub software: Software,
    /// Filed after the year's own season: the P in the T record of FIRE. IRIS wants none (rule TMFST038).
    pub prior_year: bool,
    /// The payers, each with its forms of one type.
    pub payers: Vec<PayerForms>,
}

/// Whether the IRS counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// A test; in IRIS the TINs of payers and recipients must begin with 000.
    Test,
    /// The real filing.
    Production,
}

/// What kind of records IRIS finds in a transmission; they cannot be mixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Filed for the first time. The second form of a two-step correction is an original, too.
    Original,
    /// Corrections of accepted records: [`Entry::TypeOne`] and [`Entry::TypeTwo`].
    Correction,
    /// Sent again after a rejection, with originals.
    Replacement(Replaced),
}

/// What a replacement stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replaced {
    /// A whole transmission that was rejected.
    Transmission {
        /// Its receipt id, `2026-12345678901-0123abcde`.
        receipt_id: String,
    },
    /// Single submissions: each of [`Transmission::payers`] names its own in [`PayerForms::replaces`].
    Submissions,
}

/// Who sends the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmitter {
    /// Number, in full in the file.
    pub tin: Tin,
    /// Transmitter Control Code: five letters and digits. IRIS and FIRE give out separate ones.
    pub control_code: String,
    /// The transmitter: a business, or a person by [`FiledName::Person`].
    pub name: FiledName,
    /// The company's name, usually that of the transmitter.
    pub company: String,
    /// The company's address.
    pub address: PostalAddress,
    /// A foreign entity.
    pub foreign: bool,
    /// Whom the IRS may ask.
    pub contact: Contact,
}

/// A person to ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Name.
    pub name: String,
    /// Telephone, at least ten digits; an extension behind an `x`.
    pub phone: String,
    /// Electronic mail; may be blank.
    pub email: String,
}

/// What made the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// The IRS's software id, at most ten letters and digits, beginning with the last two digits of the tax year; IRIS.
    pub id: String,
    /// Who sells it; `None` for software made in-house.
    pub vendor: Option<SoftwareVendor>,
}

/// Who sells the software.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftwareVendor {
    /// Business name.
    pub name: String,
    /// Address.
    pub address: PostalAddress,
    /// A foreign entity.
    pub foreign: bool,
    /// Whom the IRS may ask.
    pub contact: Contact,
}

/// One payer with its forms of one type: IRIS's submission, FIRE's A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerForms {
    /// Who files.
    pub payer: FilingPayer,
    /// The type of every form, but for the right form of an [`Entry::TypeTwo`] that corrects the type.
    pub form_type: FormType,
    /// The forms, in the order they are written.
    pub entries: Vec<Entry>,
    /// The rejected submission it stands for, with [`Replaced::Submissions`] only.
    pub replaces: Option<OriginalSubmission>,
}

/// Who files, as e-filing wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilingPayer {
    /// Number, in full in the file; that of the forms.
    pub tin: Tin,
    /// Name as on the payer's other tax returns.
    pub name: FiledName,
    /// The IRS's name control, 1 to 4 characters, where known.
    pub name_control: Option<String>,
    /// Address.
    pub address: PostalAddress,
    /// Telephone, at least ten digits.
    pub phone: String,
    /// Electronic mail, for the CSV; may be blank.
    pub email: String,
    /// A foreign entity.
    pub foreign: bool,
    /// Files information returns for the last time: FIRE.
    pub last_filing: bool,
}

impl FilingPayer {
    /// A payer as accounts payable has it, its name read by [`FiledName::from_line`]; `None`
    /// without a TIN, for no format takes one.
    pub fn of(payer: &Payer) -> Option<Self> {
        let tin = payer.tin.clone()?;
        Some(Self {
            name: FiledName::from_line(&payer.name, Some(tin.kind())),
            tin,
            name_control: None,
            address: payer.address.clone(),
            phone: payer.phone.clone(),
            email: payer.contact_email.clone(),
            foreign: payer.address.foreign_country().is_some(),
            last_filing: false,
        })
    }
}

impl Transmission {
    /// The second step of its two-step corrections, as a transmission of originals; `None` when it has none.
    ///
    /// IRIS takes no originals among corrections: send this one after the first. The forms are grouped by their own
    /// type, which may be the very thing that is corrected. `unique_id` is the UUID of the new transmission.
    ///
    /// Source: IRIS business rules TY2025, FTMFST003_001; General Instructions, part H, error type 2.
    pub fn second_steps(&self, unique_id: impl Into<String>) -> Option<Self> {
        let mut payers: Vec<PayerForms> = Vec::new();
        for group in &self.payers {
            for form_type in FormType::ALL {
                let right = group.entries.iter().filter_map(|entry| match entry {
                    Entry::TypeTwo { right, .. } => Some(right),
                    _ => None,
                });
                let entries: Vec<_> = right
                    .filter(|right| right.form.form_type == form_type)
                    .map(|right| Entry::Original(right.clone()))
                    .collect();
                if !entries.is_empty() {
                    payers.push(PayerForms {
                        payer: group.payer.clone(),
                        form_type,
                        entries,
                        replaces: None,
                    });
                }
            }
        }
        (!payers.is_empty()).then(|| Self {
            kind: Kind::Original,
            unique_id: unique_id.into(),
            payers,
            ..self.without_payers()
        })
    }

    fn without_payers(&self) -> Self {
        Self {
            tax_year: self.tax_year,
            environment: self.environment,
            kind: self.kind.clone(),
            unique_id: self.unique_id.clone(),
            transmitter: self.transmitter.clone(),
            software: self.software.clone(),
            prior_year: self.prior_year,
            payers: Vec::new(),
        }
    }
}
