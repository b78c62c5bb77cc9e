//! A form as it is sealed: JSON, encrypted for its place in its job.

use formfeed_domain::form::{Form, FormType};
use formfeed_domain::spool::JobId;
use formfeed_domain::{TaxYear, Tin};

use crate::form_snapshot::{Snapshot, json};
use crate::seal::{Place, Sealed};
use crate::{Keyring, StoreError, panic_point};

/// Seals the form at `place` of the job.
pub(super) fn seal(
    keyring: &Keyring,
    job: &JobId,
    place: u32,
    form: &Form,
) -> Result<Sealed, StoreError> {
    let number = form.recipient.tin.as_ref();
    panic_point("spooler-seal", number.map_or("none", Tin::digits));
    let json = json(&Snapshot::of(form));
    let json = json.map_err(|_| corrupt(job, place, "cannot be written"))?;
    Ok(keyring.seal(at(&id(job, place)), &json)?)
}

/// Opens the form at `place` of the job.
pub(super) fn open(
    keyring: &Keyring,
    job: &JobId,
    place: u32,
    (form_type, tax_year): (FormType, TaxYear),
    sealed: &Sealed,
) -> Result<Form, StoreError> {
    let json = keyring.open_sealed(at(&id(job, place)), sealed)?;
    serde_json::from_slice::<Snapshot>(&json)
        .ok()
        .and_then(|snapshot| snapshot.form(form_type, tax_year))
        .ok_or_else(|| corrupt(job, place, "is no snapshot of this version"))
}

pub(super) fn id(job: &JobId, place: u32) -> String {
    format!("{}/{place}", job.as_str())
}

pub(super) fn at(id: &str) -> Place<'_> {
    Place {
        table: "job_forms",
        column: "sealed",
        id,
    }
}

/// Names the place, never the content.
pub(super) fn corrupt(job: &JobId, place: u32, what: &str) -> StoreError {
    StoreError::Corrupt(format!("form {place} of {job} {what}"))
}
