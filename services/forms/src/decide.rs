//! Box amounts → form: the decisions about some recipients, by the rules of the year.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::assembly::RecipientFacts;
use formfeed_domain::eligibility::{self, Content, Decision, Incomes, LeftOffReason};
use formfeed_domain::form::FormType;
use formfeed_domain::rules::{FormRules, YearRules};
use formfeed_domain::state_rows::StateAmounts;
use formfeed_domain::{IncomeType, Money, VendorId};
use formfeed_proto::calculation::{Information, SkippedRecipient};
use formfeed_proto::convert::edit::read_parts;
use formfeed_proto::vendor::{Vendor, VendorVersion};
use formfeed_runtime::incident;
use tonic::Status;

use crate::error::rule_status;
use crate::merge::{Merged, Persons, merge};
use crate::peers::{Peers, VendorVersionRef, address_from};
use crate::recipients::{Found, Position, Recipient};
use crate::twins::{self, Together};

/// One recipient, decided.
pub(crate) struct Decided {
    /// What prints of it, but for its number.
    pub(crate) facts: RecipientFacts,
    /// Its number, truncated; blank if there is none.
    pub(crate) truncated_tin: String,
    /// The version of its record that everything comes from.
    pub(crate) version: VendorVersionRef,
    /// The record itself.
    pub(crate) vendor: Vendor,
    /// Its rows of 1099 information; empty when it was skipped.
    pub(crate) rows: Vec<Information>,
    /// Its amounts.
    pub(crate) own: Incomes,
    /// The amounts that were held against the thresholds: its own and those of its twins.
    pub(crate) tested: Incomes,
    /// The other recipients of the year with the same TIN.
    pub(crate) twins: Vec<VendorId>,
    /// What was decided, by form type; empty when it was skipped.
    pub(crate) decisions: BTreeMap<FormType, Decision>,
    /// What the states may want to see of the form types that the IRS gets none of.
    pub(crate) for_states: BTreeMap<FormType, Content>,
    /// By form type, the other recipients whose amounts are on its form.
    pub(crate) covers: BTreeMap<FormType, Vec<VendorId>>,
    /// By form type, the recipient whose form has its amounts.
    pub(crate) merged_into: BTreeMap<FormType, VendorId>,
    /// Why it has no 1099 information.
    pub(crate) skipped: Option<SkippedRecipient>,
    /// Where reading again would begin with it.
    pub(crate) position: Position,
}

/// Decides about some recipients, at most 1000. Those with the same TIN are tested together, wherever they are in the list.
pub(crate) async fn decide(
    peers: &Peers,
    batch: Vec<Recipient>,
    rules: &YearRules,
    options: eligibility::Options,
    persons: Persons<'_>,
) -> Result<Vec<Decided>, Status> {
    let refs: Vec<_> = batch.iter().map(version_ref).collect();
    let versions = peers.vendors.versions(refs.clone()).await?;
    let together = twins::of_batch(peers, &batch, &refs).await?;
    batch
        .into_iter()
        .zip(refs.into_iter().zip(versions))
        .zip(together)
        .map(|((recipient, version), together)| {
            one(recipient, version, together, (rules, options, persons))
        })
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
    (version, found): (VendorVersionRef, VendorVersion),
    together: Together,
    (rules, options, persons): (&YearRules, eligibility::Options, Persons<'_>),
) -> Result<Decided, Status> {
    let vendor = found.vendor.unwrap_or_default();
    let address = found.address.and_then(|address| address.address);
    let (rows, skipped) = match recipient.found {
        Found::Information(rows) => (rows, None),
        Found::Skipped(skipped) => (Vec::new(), Some(skipped)),
    };
    let own = incomes(&rows)?;
    let tested = together.with(&own);
    let (mut decisions, mut for_states) = match &skipped {
        None => (
            eligibility::decide_together(&own, &tested, rules, options),
            eligibility::for_states(&own, &tested, rules, options),
        ),
        Some(_) => (BTreeMap::new(), BTreeMap::new()),
    };
    let all = contents(&mut decisions).chain(&mut for_states);
    fill_in(all, &rows, rules)?;
    let merged = match options.merge_twins && !together.others.is_empty() {
        true => {
            let whose = (&recipient.vendor_id, rows.as_slice());
            merge(whose, &together, decisions, (rules, options), persons)?
        }
        false => Merged {
            decisions,
            ..Merged::default()
        },
    };
    for_states.retain(|form_type, _| !merged.is_of_several(*form_type));
    Ok(Decided {
        facts: RecipientFacts {
            vendor_id: recipient.vendor_id,
            name: vendor.display_name.clone(),
            short_name: stored_name(&rows, &vendor).to_owned(),
            tin: None,
            address: address.map(address_from),
            second_tin_notice: vendor.second_tin_notice,
            fatca: vendor.fatca,
        },
        truncated_tin: vendor.truncated_tin.clone(),
        version,
        vendor,
        rows,
        own,
        tested,
        twins: together.others,
        decisions: merged.decisions,
        for_states,
        covers: merged.covers,
        merged_into: merged.merged_into,
        skipped,
        position: recipient.position,
    })
}

/// The short name as stored on the 1099 information.
fn stored_name<'a>(rows: &'a [Information], vendor: &'a Vendor) -> &'a str {
    let mut stored = rows.iter().map(|row| row.recipient_name.as_str());
    stored
        .find(|name| !name.is_empty())
        .unwrap_or(&vendor.short_name)
}

/// What of the rows is which state's.
fn state_amounts(rows: &[Information]) -> Result<StateAmounts, Status> {
    let mut states = StateAmounts::default();
    for row in rows.iter().filter(|row| !row.deleted) {
        let calculated = row.calculated_taxable_amount_cents.unwrap_or_default();
        let amounts = (row.taxable_amount_cents, calculated);
        let amounts = (Money::from_cents(amounts.0), Money::from_cents(amounts.1));
        let parts = row.states.iter();
        let parts = parts.map(|part| (part.state.clone(), Money::from_cents(part.amount_cents)));
        states.add(income_type(row)?, amounts, parts.collect());
    }
    Ok(states)
}

/// The contents of the forms that were decided.
pub(crate) fn contents(
    decisions: &mut BTreeMap<FormType, Decision>,
) -> impl Iterator<Item = (&FormType, &mut Content)> {
    decisions
        .iter_mut()
        .filter_map(|(form_type, decision)| match decision {
            Decision::Form(content) => Some((form_type, content)),
            Decision::NoForm(_) => None,
        })
}

/// Adds to contents made of these rows what is which state's, and the parts that have boxes of their own.
pub(crate) fn fill_in<'c>(
    contents: impl Iterator<Item = (&'c FormType, &'c mut Content)>,
    rows: &[Information],
    rules: &YearRules,
) -> Result<(), Status> {
    let states = state_amounts(rows)?;
    for (form_type, content) in contents {
        let form = rules.form(*form_type).map_err(rule_status)?;
        content.states = states.of_form(content, form);
        report_apart(content, rows, form)?;
    }
    Ok(())
}

/// Puts the parts of the rows into boxes of their own, on a form that has them.
fn report_apart(
    content: &mut Content,
    rows: &[Information],
    form: &FormRules,
) -> Result<(), Status> {
    for row in rows.iter().filter(|row| !row.deleted) {
        let Some(parts) = &row.parts else { continue };
        let parts = read_parts(parts).map_err(|bad| incident::internal(&bad))?;
        content.report_apart(income_type(row)?, &parts, form);
    }
    Ok(())
}

fn income_type(row: &Information) -> Result<IncomeType, Status> {
    row.income_type
        .parse()
        .map_err(|error| incident::internal(&error))
}

/// Taxable amounts by income type.
pub(crate) fn incomes(rows: &[Information]) -> Result<Incomes, Status> {
    let mut incomes = Incomes::new();
    for row in rows {
        *incomes.entry(income_type(row)?).or_default() +=
            Money::from_cents(row.taxable_amount_cents);
    }
    Ok(incomes)
}

impl Decided {
    /// What its amounts are made of, on a form of that type.
    pub(crate) fn incomes(&self, form_type: FormType) -> BTreeSet<IncomeType> {
        let amounts = match self.covers.contains_key(&form_type) {
            true => &self.tested,
            false => &self.own,
        };
        let some = amounts.iter().filter(|(_, amount)| !amount.is_zero());
        some.map(|(income_type, _)| *income_type).collect()
    }

    /// The other recipients whose amounts are on its form of that type.
    pub(crate) fn covered(&self, form_type: FormType) -> Vec<String> {
        let covers = self.covers.get(&form_type).into_iter().flatten();
        covers.map(VendorId::to_string).collect()
    }

    /// Whose amounts were tested together with these, if anybody's.
    pub(crate) fn tested_with(&self) -> Option<String> {
        let others: Vec<_> = self.twins.iter().map(VendorId::as_str).collect();
        (!others.is_empty())
            .then(|| format!("tested together with {}: the same TIN", others.join(", ")))
    }

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
