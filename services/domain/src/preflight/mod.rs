//! The year-end preflight: what a person should mend or know before forms are printed.
//!
//! Pure checks on facts that the caller has gathered: [`of_recipient`] on who gets forms and why not, [`of_payer`] on who
//! files, [`of_form`] on what fits the stock,
//! [`of_states`] on what the states see of it. Each answers [`Finding`]s: what it is, what it does to the forms, and the way out.

mod finding;
mod form;
mod payer;
mod recipient;
mod states;

pub use finding::{Finding, Kind, Severity};
pub use form::{of_form, replaced};
pub use payer::{efile_limit, of_payer};
pub use recipient::{Standing, gets_a_form, is_near_a_threshold, of_recipient};
pub use states::{for_states_alone, of_states};

#[cfg(test)]
mod tests;
