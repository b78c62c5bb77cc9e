//! What is sent, before it has a format.

mod entry;
mod filed_form;
mod name;
mod transmission;

pub use entry::{Entry, OriginalRecord, OriginalSubmission};
pub use filed_form::{FiledForm, StateFiling};
pub use name::FiledName;
pub use transmission::{
    Contact, Environment, FilingPayer, Kind, PayerForms, Replaced, Software, SoftwareVendor,
    Transmission, Transmitter,
};

pub(crate) use entry::Step;
