//! Who gets a form, and what is wrong or strange about it.

use std::collections::BTreeMap;

use super::payer::{blank_parts, is_us};
use super::{Finding, Kind, Severity};
use crate::assembly::RecipientFacts;
use crate::eligibility::{Decision, LeftOff, LeftOffReason};
use crate::form::FormType;
use crate::vendor::{Classification, Flag1099};
use crate::{Money, TinKind, TinWarning, VendorId};

/// The word by which a run skips a recipient whose flag is blank or `N`.
const FLAG_NOT_YES: &str = "flag_not_yes";
/// The word by which a run skips a recipient for its classification.
const EXEMPT: &str = "exempt_classification";

/// State codes of the Postal Service.
///
/// Source: General Instructions for Certain Information Returns, part J.
const STATES: [&str; 62] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY",
    "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV",
    "WI", "WY", "DC", "AS", "GU", "MP", "PR", "VI", "FM", "MH", "PW", "AA", "AE", "AP",
];

/// What the preflight looks at of one recipient of the year.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// Name, address and marks, without the number.
    pub facts: &'a RecipientFacts,
    /// Kind and last four digits of the number, if there is one.
    pub tin: Option<(TinKind, &'a str)>,
    /// Why the number is probably wrong.
    pub tin_warnings: &'a [TinWarning],
    /// Classification; `None` if unknown.
    pub classification: Option<Classification>,
    /// 1099 flag.
    pub flag: Flag1099,
    /// What was decided.
    pub decisions: &'a BTreeMap<FormType, Decision>,
    /// What would have been decided without the other vendor ids of the same TIN.
    pub apart: &'a BTreeMap<FormType, Decision>,
    /// The other vendor ids of the same TIN that are recipients of the year.
    pub twins: &'a [VendorId],
    /// Why it has no 1099 information, as the run's stable word.
    pub skipped: Option<&'a str>,
}

/// Whether any form comes out.
pub fn gets_a_form(decisions: &BTreeMap<FormType, Decision>) -> bool {
    decisions
        .values()
        .any(|decision| matches!(decision, Decision::Form(_)))
}

/// Whether an amount without a form is at least nine tenths of its threshold.
pub fn is_near_a_threshold(decisions: &BTreeMap<FormType, Decision>) -> bool {
    near(decisions).next().is_some()
}

/// Checks one recipient of the year.
pub fn of_recipient(standing: &Standing<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |kind, severity, effect: String| {
        let record = format!("vendors/{}", standing.facts.vendor_id);
        findings.push(Finding::new(kind, severity, record, effect));
    };
    if gets_a_form(standing.decisions) {
        tin(standing, &mut add);
        address(standing, &mut add);
        if standing.classification.is_none() {
            let effect = "the recipient is treated as an individual";
            add(Kind::NoClassification, Severity::Note, effect.to_owned());
        }
    } else if standing.tin.is_none() && is_near_a_threshold(standing.decisions) {
        let effect = "no form yet; the next payment brings one without the recipient's TIN";
        add(Kind::MissingTin, Severity::Note, effect.to_owned());
    }
    classification(standing, &mut add);
    amounts(standing, &mut add);
    findings.extend(same_tin(standing));
    findings
}

type Add<'a> = dyn FnMut(Kind, Severity, String) + 'a;

/// Source: Social Security Administration: no number ends in 0000.
fn tin(standing: &Standing<'_>, add: &mut Add<'_>) {
    let forms = forms(standing.decisions);
    match standing.tin {
        None => add(
            Kind::MissingTin,
            Severity::Warning,
            format!("{forms} prints without the recipient's TIN, and backup withholding is due"),
        ),
        Some((TinKind::Ssn, "0000")) => add(
            Kind::MalformedTin,
            Severity::Warning,
            format!("{forms} prints a social security number that ends in 0000, which nobody has"),
        ),
        Some(_) => {}
    }
    for warning in standing.tin_warnings {
        let effect = format!("{forms} prints a number that is probably wrong: {warning}");
        add(Kind::DoubtfulTin, Severity::Warning, effect);
    }
}

fn address(standing: &Standing<'_>, add: &mut Add<'_>) {
    let forms = forms(standing.decisions);
    let Some(address) = &standing.facts.address else {
        let effect = format!("{forms} prints without the recipient's address");
        return add(Kind::BlankAddress, Severity::Warning, effect);
    };
    let blank = blank_parts(address);
    if !blank.is_empty() {
        let effect = format!(
            "{forms} prints without the recipient's {}",
            blank.join(", ")
        );
        add(Kind::BlankAddress, Severity::Warning, effect);
    }
    let state = address.state.to_ascii_uppercase();
    if is_us(address) && !state.is_empty() && !STATES.contains(&state.as_str()) {
        let effect = format!("{forms} prints a state that is none of the United States");
        add(Kind::UnknownState, Severity::Warning, effect);
    }
}

fn classification(standing: &Standing<'_>, add: &mut Add<'_>) {
    let Some(classification) = standing.classification else {
        return;
    };
    let word = classification.as_str();
    let is_exempt = classification.is_corporation() || classification.is_wholly_exempt();
    let mut conflict = |severity, effect| add(Kind::ClassificationConflict, severity, effect);
    if standing.flag == Flag1099::Yes && is_exempt {
        let but = match classification.is_corporation() {
            true => {
                " but for medical payments, attorney proceeds, fish purchased and substitute payments"
            }
            false => "",
        };
        // What it gets a form for may be just that: then it is no more than good to know.
        let severity = match standing.skipped {
            Some(EXEMPT) => Severity::Warning,
            _ => Severity::Note,
        };
        let effect = format!("the 1099 flag is Y, and the classification {word} gets no form{but}");
        conflict(severity, effect);
    }
    if standing.skipped == Some(FLAG_NOT_YES) && !is_exempt {
        let effect = format!(
            "the classification is {word}, but the 1099 flag is not Y: what was paid in the year is on no form"
        );
        conflict(Severity::Warning, effect);
    }
    let is_no_person = is_exempt && classification != Classification::Foreign
        || classification == Classification::Partnership
        || classification == Classification::LlcPartnership;
    if let Some((kind, _)) = standing.tin
        && is_no_person
        && kind != TinKind::Ein
        && standing.skipped.is_none()
    {
        let kind = kind.as_str().to_uppercase();
        let effect = format!(
            "{word} with a person's number ({kind}): the IRS finds no match of name and number"
        );
        conflict(Severity::Warning, effect);
    }
}

fn amounts(standing: &Standing<'_>, add: &mut Add<'_>) {
    for (form_type, left, threshold) in near(standing.decisions) {
        let missing = threshold - left.amount;
        let effect = format!("no Form {form_type}: {left}, short by {missing}");
        add(Kind::NearThreshold, Severity::Note, effect);
    }
    for (form_type, decision) in standing.decisions {
        for left in left_off(decision) {
            let kind = match left.reason {
                LeftOffReason::Negative => Kind::NegativeRow,
                LeftOffReason::StateTaxAlone => Kind::StateTaxAlone,
                LeftOffReason::BelowThreshold { .. } | LeftOffReason::Nothing => continue,
            };
            add(
                kind,
                Severity::Warning,
                format!("left off Form {form_type}: {left}"),
            );
        }
    }
}

fn same_tin(standing: &Standing<'_>) -> Option<Finding> {
    if standing.twins.is_empty() {
        return None;
    }
    let twins: Vec<_> = standing
        .twins
        .iter()
        .map(|twin| format!("vendors/{twin}"))
        .collect();
    let is_form = |decision: &Decision| matches!(decision, Decision::Form(_));
    let only_together: Vec<_> = standing
        .decisions
        .iter()
        .filter(|(_, decision)| is_form(decision))
        .filter(|(form_type, _)| !standing.apart.get(form_type).is_some_and(is_form))
        .map(|(form_type, _)| format!("Form {form_type}"))
        .collect();
    let others = twins.join(", ");
    let (kind, severity, effect) = match only_together.is_empty() {
        true => (
            Kind::SameTin,
            Severity::Note,
            format!("tested together with {others}, the same TIN; one form per vendor id"),
        ),
        false => (
            Kind::SameTinReachesThreshold,
            Severity::Warning,
            format!(
                "{} comes out only together with {others}, the same TIN: apart they stay below the threshold",
                only_together.join(" and ")
            ),
        ),
    };
    let record = format!("vendors/{}", standing.facts.vendor_id);
    Some(Finding {
        related: twins,
        ..Finding::new(kind, severity, record, effect)
    })
}

/// `Form 1099-NEC` or `Form 1099-NEC and Form 1099-MISC`: those that come out.
fn forms(decisions: &BTreeMap<FormType, Decision>) -> String {
    let forms = decisions
        .iter()
        .filter(|(_, decision)| matches!(decision, Decision::Form(_)));
    let forms: Vec<_> = forms
        .map(|(form_type, _)| format!("Form {form_type}"))
        .collect();
    forms.join(" and ")
}

/// Amounts of forms that do not come out, at least nine tenths of their threshold.
fn near(
    decisions: &BTreeMap<FormType, Decision>,
) -> impl Iterator<Item = (FormType, &LeftOff, Money)> {
    let none = decisions
        .iter()
        .filter(|(_, decision)| matches!(decision, Decision::NoForm(_)));
    let amounts = none
        .flat_map(|(form_type, decision)| left_off(decision).iter().map(|left| (*form_type, left)));
    amounts.filter_map(|(form_type, left)| match left.reason {
        LeftOffReason::BelowThreshold { threshold }
            if i128::from(left.amount.cents()) * 10 >= i128::from(threshold.cents()) * 9 =>
        {
            Some((form_type, left, threshold))
        }
        _ => None,
    })
}

fn left_off(decision: &Decision) -> &[LeftOff] {
    match decision {
        Decision::Form(content) => &content.left_off,
        Decision::NoForm(none) => &none.amounts,
    }
}
