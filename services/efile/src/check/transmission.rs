//! What every format asks of the transmission as a whole.

use crate::fault::{About, Finder};
use crate::model::Transmission;

use super::form::check_number;

/// There is something to send, and each payer's number can be one.
pub(crate) fn check_batches(finder: &mut Finder, transmission: &Transmission) {
    finder.about = About::Transmission;
    if transmission.payers.is_empty() {
        finder.reject(
            "SMD001",
            "payers",
            "are none",
            "send at least one payer's forms",
        );
    }
    let environment = transmission.environment;
    check_number(
        finder,
        environment,
        "transmitter TIN",
        &transmission.transmitter.tin,
    );
    let code = &transmission.transmitter.control_code;
    if code.len() != 5 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        finder.reject(
            "TCCType",
            "transmitter control code",
            "is not five letters and digits",
            "write the code that the IRS assigned for this system",
        );
    }
    for (index, group) in transmission.payers.iter().enumerate() {
        finder.about = About::Payer { number: index + 1 };
        check_number(finder, environment, "payer TIN", &group.payer.tin);
        if group.entries.is_empty() {
            finder.reject("SMD001", "forms", "are none", "leave the payer out");
        }
    }
}
