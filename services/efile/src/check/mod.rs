//! Looking over a transmission before anything is written.

mod form;
mod repeats;
mod transmission;

use crate::csv::CsvTemplates;
use crate::error::EfileError;
use crate::fault::{Fault, Finder};
use crate::model::Transmission;
use crate::{csv, fire, iris};

pub(crate) use form::{Takes, about, check_form};
pub(crate) use repeats::Repeats;
pub(crate) use transmission::check_batches;

/// By whose rules.
#[derive(Clone, Copy)]
pub enum Format<'a> {
    /// IRIS XML, application to application.
    IrisXml,
    /// The IRIS portal's CSV, by these templates.
    IrisCsv(&'a CsvTemplates),
    /// FIRE, 750-byte records.
    Fire,
}

/// What the writer of the format would find; nothing is written.
///
/// # Errors
/// A year or form the format is not known for: [`EfileError::NoSchema`], [`EfileError::NoMapping`],
/// [`EfileError::FireRetired`].
pub fn check(transmission: &Transmission, format: Format<'_>) -> Result<Vec<Fault>, EfileError> {
    match format {
        Format::IrisXml => iris::find_faults(transmission),
        Format::IrisCsv(templates) => csv::find_faults(transmission, templates),
        Format::Fire => fire::find_faults(transmission),
    }
}

/// Goes on with what is only reported; stops at what is rejected.
pub(crate) fn pass(faults: Vec<Fault>) -> Result<Vec<Fault>, EfileError> {
    let rejects = |fault: &Fault| fault.weight == crate::fault::Weight::Reject;
    match faults.iter().any(rejects) {
        true => Err(EfileError::Faults(faults)),
        false => Ok(faults),
    }
}

/// A text was refused that the checks had let pass: a mistake of this crate, so no file.
pub(crate) fn pass_again(finder: Finder) -> Result<(), EfileError> {
    match finder.rejects() {
        true => Err(EfileError::Faults(finder.into_found())),
        false => Ok(()),
    }
}
