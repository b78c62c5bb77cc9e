//! A Form 1096 as it is sealed: JSON, encrypted for its place in its job, the only one.

use formfeed_domain::form::FormType;
use formfeed_domain::spool::JobId;
use formfeed_domain::transmittal::{Filer, Transmittal};
use formfeed_domain::{Money, TaxYear, Tin};
use serde::{Deserialize, Serialize};

use super::snapshot::{at, corrupt, id};
use crate::form_snapshot::{Digits, json};
use crate::seal::Sealed;
use crate::{Keyring, StoreError};

/// Version of the snapshot's own format.
const FORMAT: u32 = 1;
/// Its place in its job.
const PLACE: u32 = 0;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    transmittal_format: u32,
    name: String,
    street: String,
    city_line: String,
    contact: String,
    phone: String,
    email: String,
    fax: String,
    title: String,
    tin: Option<(String, Digits)>,
    forms: u32,
    federal_withheld_cents: i64,
    total_cents: i64,
    note: String,
}

/// Seals the Form 1096 of the job.
pub(super) fn seal(
    keyring: &Keyring,
    job: &JobId,
    transmittal: &Transmittal,
) -> Result<Sealed, StoreError> {
    let json = json(&Snapshot::of(transmittal));
    let json = json.map_err(|_| corrupt(job, PLACE, "cannot be written"))?;
    Ok(keyring.seal(at(&id(job, PLACE)), &json)?)
}

/// Opens the Form 1096 of the job.
pub(super) fn open(
    keyring: &Keyring,
    job: &JobId,
    (form_type, tax_year): (FormType, TaxYear),
    sealed: &Sealed,
) -> Result<Transmittal, StoreError> {
    let json = keyring.open_sealed(at(&id(job, PLACE)), sealed)?;
    serde_json::from_slice::<Snapshot>(&json)
        .ok()
        .filter(|snapshot| snapshot.transmittal_format == FORMAT)
        .and_then(|snapshot| snapshot.transmittal(form_type, tax_year))
        .ok_or_else(|| corrupt(job, PLACE, "is no snapshot of Form 1096 of this version"))
}

impl Snapshot {
    fn of(transmittal: &Transmittal) -> Self {
        let filer = &transmittal.filer;
        let tin = |tin: &Tin| (tin.kind().as_str().to_owned(), Digits::of(tin));
        Self {
            transmittal_format: FORMAT,
            name: filer.name.clone(),
            street: filer.street.clone(),
            city_line: filer.city_line.clone(),
            contact: filer.contact.clone(),
            phone: filer.phone.clone(),
            email: filer.email.clone(),
            fax: filer.fax.clone(),
            title: filer.title.clone(),
            tin: filer.tin.as_ref().map(tin),
            forms: transmittal.forms,
            federal_withheld_cents: transmittal.federal_withheld.cents(),
            total_cents: transmittal.total.cents(),
            note: transmittal.note.clone(),
        }
    }

    /// `None` when its number is no TIN.
    fn transmittal(self, form_type: FormType, tax_year: TaxYear) -> Option<Transmittal> {
        let tin = match self.tin {
            None => None,
            Some((kind, digits)) => Some(Tin::parse(kind.parse().ok()?, digits.as_str()).ok()?),
        };
        Some(Transmittal {
            form_type,
            tax_year,
            filer: Filer {
                name: self.name,
                street: self.street,
                city_line: self.city_line,
                contact: self.contact,
                phone: self.phone,
                email: self.email,
                fax: self.fax,
                tin,
                title: self.title,
            },
            forms: self.forms,
            federal_withheld: Money::from_cents(self.federal_withheld_cents),
            total: Money::from_cents(self.total_cents),
            note: self.note,
        })
    }
}
