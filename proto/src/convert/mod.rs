//! Messages to domain values and back; one file per resource.
//!
//! Every conversion of a request reads the whole message and reports all bad
//! fields at once, as [`Violations`].

use std::fmt;

mod account;
mod address;
pub mod alignment;
mod b_notice;
mod box_definition;
pub mod correction;
mod date;
mod delivery;
pub mod edit;
pub mod export;
pub mod form;
pub mod forms;
pub mod history;
mod income_type;
pub mod information;
pub mod job;
mod keys;
mod name;
mod organization;
pub mod parameter_set;
mod payer;
pub mod printer;
pub mod printer_access;
pub mod quick;
mod relate_to;
pub mod report;
pub mod ruling;
mod stamp;
pub mod stock;
pub mod stock_report;
mod text;
mod token;
pub mod transmittal;
mod transmitter;
mod vendor;
mod violations;
mod withholding;

pub use account::{account_from, account_input, account_to};
pub use address::address_to;
pub use b_notice::{b_notice_from, b_notice_key, b_notice_kind_to, b_notice_name, b_notice_to};
pub use box_definition::{box_definition_from, box_definition_key, box_definition_to};
pub use date::{date_from, date_to, entered_date, required_date, timestamp_from, timestamp_to};
pub use delivery::{delivery_to, read_delivery};
pub use income_type::income_type_from;
pub use keys::rotate_key_from;
pub use name::key_in;
pub use organization::{
    cash_account_from, cash_account_input, cash_account_to, organization_from, organization_input,
    organization_to,
};
pub use payer::{payer_from, payer_input, payer_state_from, payer_state_input, payer_to};
pub use relate_to::{position_from, relate_to_from, relate_to_input, relate_to_key, relate_to_to};
pub use stamp::Stamp;
pub use token::{TokenOrder, create_token_from, token_id_from};
pub use transmitter::{transmitter_from, transmitter_to};
pub use vendor::{
    VendorStanding, vendor_address_from, vendor_address_input, vendor_address_key,
    vendor_address_to, vendor_from, vendor_input, vendor_to,
};
pub use violations::{Violation, Violations};
pub use withholding::{
    configuration_from, configuration_key, configuration_name, configuration_to, disbursement_from,
    gross_from, order_from, order_key, order_to, withholding_to,
};

/// Reads a field by a fallible conversion; a failure is noted under `field` and answers `None`.
pub fn read<T, E: fmt::Display>(
    violations: &mut Violations,
    field: &str,
    converted: Result<T, E>,
) -> Option<T> {
    converted.map_err(|error| violations.add(field, error)).ok()
}

/// As [`read`] for a text field that may be blank, which answers `Some(None)`.
pub fn read_optional<'a, T, E: fmt::Display>(
    violations: &mut Violations,
    field: &str,
    text: &'a str,
    convert: impl FnOnce(&'a str) -> Result<T, E>,
) -> Option<Option<T>> {
    match text.is_empty() {
        true => Some(None),
        false => read(violations, field, convert(text)).map(Some),
    }
}
