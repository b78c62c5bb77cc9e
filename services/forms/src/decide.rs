//! Box amounts → form: the decisions about some recipients, by the rules of the year.

use std::collections::BTreeMap;

use formfeed_domain::assembly::RecipientFacts;
use formfeed_domain::eligibility::{self, Decision, Incomes, LeftOffReason};
use formfeed_domain::form::FormType;
use formfeed_domain::rules::YearRules;
use formfeed_domain::{IncomeType, Money};
use formfeed_proto::calculation::{Information, SkippedRecipient};
use formfeed_proto::vendor::{Vendor, VendorVersion};
use formfeed_runtime::incident;
use tonic::Status;

use crate::peers::{VendorVersionRef, Vendors, address_from};
use crate::recipients::{Found, Position, Recipient};

/// One recipient, decided.
pub(crate) struct Decided {
    /// What prints of it, but for its number.
    pub(crate) facts: RecipientFacts,
    /// Its number, truncated; blank if there is none.
    pub(crate) truncated_tin: String,
    /// The version of its record that everything comes from.
    pub(crate) version: VendorVersionRef,
    /// What was decided, by form type; empty when it was skipped.
    pub(crate) decisions: BTreeMap<FormType, Decision>,
    /// Why it has no 1099 information.
    pub(crate) skipped: Option<SkippedRecipient>,
    /// Where reading again would begin with it.
    pub(crate) position: Position,
}

/// Decides about some recipients, at most 1000.
pub(crate) async fn decide(
    vendors: &Vendors,
    batch: Vec<Recipient>,
    rules: &YearRules,
    options: eligibility::Options,
) -> Result<Vec<Decided>, Status> {
    let refs: Vec<_> = batch.iter().map(version_ref).collect();
    let versions = vendors.versions(refs.clone()).await?;
    batch
        .into_iter()
        .zip(refs)
        .zip(versions)
        .map(|((recipient, version), found)| one(recipient, version, found, rules, options))
        .collect()
}

/// The version of the vendor that the information was made from, with the address the information names.
fn version_ref(recipient: &Recipient) -> VendorVersionRef {
    let (version, address_code) = match &recipient.found {
        Found::Information(rows) => rows.first().map_or((0, String::new()), |row| {
            (row.vendor_version, row.address_code.clone())
        }),
        Found::Skipped(skipped) => (skipped.vendor_version, String::new()),
    };
    VendorVersionRef {
        vendor_id: recipient.vendor_id.to_string(),
        version,
        address_code,
    }
}

fn one(
    recipient: Recipient,
    version: VendorVersionRef,
    found: VendorVersion,
    rules: &YearRules,
    options: eligibility::Options,
) -> Result<Decided, Status> {
    let vendor = found.vendor.unwrap_or_default();
    let address = found.address.and_then(|address| address.address);
    let (short_name, decisions, skipped) = match recipient.found {
        Found::Information(rows) => {
            let decisions = eligibility::decide(&incomes(&rows)?, rules, options);
            (stored_name(rows, &vendor), decisions, None)
        }
        Found::Skipped(skipped) => (vendor.short_name.clone(), BTreeMap::new(), Some(skipped)),
    };
    Ok(Decided {
        facts: RecipientFacts {
            vendor_id: recipient.vendor_id,
            name: vendor.display_name,
            short_name,
            tin: None,
            address: address.map(address_from),
            second_tin_notice: vendor.second_tin_notice,
            fatca: vendor.fatca,
        },
        truncated_tin: vendor.truncated_tin,
        version,
        decisions,
        skipped,
        position: recipient.position,
    })
}

/// The short name as stored on the 1099 information.
fn stored_name(rows: Vec<Information>, vendor: &Vendor) -> String {
    let stored = rows.into_iter().map(|row| row.recipient_name);
    stored
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| vendor.short_name.clone())
}

fn incomes(rows: &[Information]) -> Result<Incomes, Status> {
    let mut incomes = Incomes::new();
    for row in rows {
        let income_type: IncomeType = row
            .income_type
            .parse()
            .map_err(|error| incident::internal(&error))?;
        *incomes.entry(income_type).or_default() += Money::from_cents(row.taxable_amount_cents);
    }
    Ok(incomes)
}

impl Decided {
    /// The amounts that a form does not show, in words; zeros aside.
    pub(crate) fn left_off(decision: &Decision) -> impl Iterator<Item = (String, bool)> {
        let left_off = match decision {
            Decision::Form(content) => content.left_off.as_slice(),
            Decision::NoForm(_) => &[],
        };
        left_off
            .iter()
            .filter(|left| left.reason != LeftOffReason::Nothing)
            .map(|left| (left.to_string(), left.reason.is_exception()))
    }
}
