//! Postal addresses.

use formfeed_domain::payer::PostalAddress;

use super::{Violations, text};
use crate::vendor as pb;

/// Reads an address; one that is left out is blank.
pub(super) fn address_from(
    violations: &mut Violations,
    field: &str,
    address: Option<&pb::PostalAddress>,
) -> PostalAddress {
    let Some(address) = address else {
        return PostalAddress::default();
    };
    let mut part =
        |name: &str, value: &str| text::optional(violations, &format!("{field}.{name}"), value);
    PostalAddress {
        line_1: part("line_1", &address.line_1),
        line_2: part("line_2", &address.line_2),
        city: part("city", &address.city),
        state: part("state", &address.state),
        postal_code: part("postal_code", &address.postal_code),
        country: part("country", &address.country),
    }
}

/// An address as a message.
pub fn address_to(address: &PostalAddress) -> pb::PostalAddress {
    pb::PostalAddress {
        line_1: address.line_1.clone(),
        line_2: address.line_2.clone(),
        city: address.city.clone(),
        state: address.state.clone(),
        postal_code: address.postal_code.clone(),
        country: address.country.clone(),
    }
}
