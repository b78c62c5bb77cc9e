//! Who files.

use super::{Finding, Kind, Severity};
use crate::TaxYear;
use crate::payer::{Payer, PostalAddress};
use crate::rules::Filing;

/// Checks the payer's block of every form.
pub fn of_payer(payer: &Payer, has_tin: bool) -> Vec<Finding> {
    let record = format!("payers/{}", payer.payer_id);
    let mut findings = Vec::new();
    if !has_tin {
        let effect = "every form prints without PAYER'S TIN, and none can be filed so";
        findings.push(Finding::new(
            Kind::PayerWithoutTin,
            Severity::Blocking,
            &record,
            effect,
        ));
    }
    let blank = blank_parts(&payer.address);
    if !blank.is_empty() {
        let effect = format!("every form prints without the payer's {}", blank.join(", "));
        findings.push(Finding::new(
            Kind::PayerBlankAddress,
            Severity::Warning,
            &record,
            effect,
        ));
    }
    findings
}

/// The parts of a postal address that a form wants and that are blank.
pub(super) fn blank_parts(address: &PostalAddress) -> Vec<&'static str> {
    let is_us = is_us(address);
    [
        (&address.line_1, "street", true),
        (&address.city, "city", true),
        (&address.state, "state", is_us),
        (&address.postal_code, "ZIP code", is_us),
    ]
    .into_iter()
    .filter(|(part, _, is_wanted)| *is_wanted && part.trim().is_empty())
    .map(|(_, name, _)| name)
    .collect()
}

/// Whether an address lies in the United States: a blank country does.
pub(super) fn is_us(address: &PostalAddress) -> bool {
    matches!(
        address.country.to_ascii_uppercase().as_str(),
        "" | "US" | "USA"
    )
}

/// What holds from a number of returns on; `returns` counts those that the year's rule counts together.
///
/// Source: Treas. Reg. § 301.6011-2.
pub fn efile_limit(
    payer_id: &str,
    returns: usize,
    tax_year: TaxYear,
    filing: &Filing,
) -> Option<Finding> {
    let limit = usize::try_from(filing.efile_limit).unwrap_or(usize::MAX);
    (returns >= limit).then(|| {
        let effect = format!(
            "{returns} returns for {tax_year}: from {limit} on the law wants them filed electronically, not on paper"
        );
        Finding::new(Kind::EfileLimit, Severity::Note, format!("payers/{payer_id}"), effect)
    })
}
