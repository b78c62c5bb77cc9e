//! A page of form decisions: every recipient of the year, with form or with the reason for none.

use formfeed_domain::VendorId;
use formfeed_domain::eligibility::Decision;
use formfeed_domain::form::FormType;
use formfeed_domain::rules::YearRules;
use formfeed_domain::state_rows::StateRows;
use formfeed_proto::convert::form::state_to;
use formfeed_proto::convert::forms::{FormsQuery, decision_to};
use formfeed_proto::forms::FormDecision;
use formfeed_store::forms::FormsStore;
use serde::{Deserialize, Serialize};
use tonic::Status;

use crate::decide::{Decided, decide};
use crate::draft::Filer;
use crate::error::rule_status;
use crate::merge::Persons;
use crate::peers::Peers;
use crate::recipients::{Position, Recipients};
use crate::voided::Voided;

/// Most recipients decided at once.
const BATCH: usize = 500;

/// Where the next page begins.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resume {
    /// The recipient to begin with.
    position: Position,
    /// Its decisions that the page before has shown.
    shown: usize,
}

/// A page of at most `size` decisions, and where the next one begins.
pub(crate) async fn list(
    store: &FormsStore,
    peers: &Peers,
    (query, filer): (&FormsQuery, &Filer),
    rules: &YearRules,
    from: Resume,
    size: usize,
) -> Result<(Vec<FormDecision>, Option<Resume>), Status> {
    let batch = (size + 1).min(BATCH);
    let page_size = i32::try_from(batch * 2).unwrap_or(i32::MAX);
    let whose = (&query.payer_id, query.tax_year);
    let first = from.position.recipient.clone();
    let mut recipients = Recipients::new(&peers.calculation, whose, page_size, from.position);
    let voided = Voided::load(store, &query.payer_id, query.tax_year).await?;
    let mut entries = Vec::new();
    while entries.len() <= size {
        let next = recipients.batch(batch).await?;
        if next.is_empty() {
            break;
        }
        let persons = Persons::without(&voided);
        for mut decided in decide(peers, next, rules, query.options.eligibility, persons).await? {
            voided.leave_out(&mut decided);
            let is_first = decided.position.recipient == first;
            let shown = if is_first { from.shown } else { 0 };
            let decisions = decisions_of(&decided, filer, query, rules)?;
            for (index, decision) in decisions.into_iter().enumerate().skip(shown) {
                let position = decided.position.clone();
                let shown = index;
                entries.push((Resume { position, shown }, decision));
            }
        }
    }
    let next = entries.get(size).map(|(resume, _)| resume.clone());
    entries.truncate(size);
    let decisions = entries.into_iter().map(|(_, decision)| decision);
    Ok((decisions.collect(), next))
}

fn decisions_of(
    decided: &Decided,
    filer: &Filer,
    query: &FormsQuery,
    rules: &YearRules,
) -> Result<Vec<FormDecision>, Status> {
    if let Some(skipped) = &decided.skipped {
        let without_form = FormDecision {
            reason: skipped.reason.clone(),
            explanation: skipped.explanation.clone(),
            ..whom(decided, query)
        };
        return Ok(match query.form_type {
            None => vec![without_form],
            Some(_) => Vec::new(),
        });
    }
    let is_wanted = |form_type: FormType| query.form_type.is_none_or(|only| only == form_type);
    let wanted = decided.decisions.iter().filter(|(t, _)| is_wanted(**t));
    wanted
        .map(|(form_type, decision)| {
            let form = rules.form(*form_type).map_err(rule_status)?;
            let FormDecision {
                recipient_id,
                recipient_name,
                truncated_tin,
                ..
            } = whom(decided, query);
            let decided_so = decision_to(decision, form);
            let content = match decision {
                Decision::Form(content) => Some(content),
                Decision::NoForm(_) => decided.for_states.get(form_type),
            };
            let rows = content.map(|content| filer.state_rows(content, form));
            let rows = rows.unwrap_or_default();
            Ok(FormDecision {
                recipient_id,
                recipient_name,
                truncated_tin,
                states: rows.printed().iter().map(state_to).collect(),
                warnings: warnings(decided, (*form_type, decision), &rows),
                explanation: explanation(decided, (*form_type, &decided_so.explanation), &rows),
                covers: decided.covered(*form_type),
                merged_into: decided
                    .merged_into
                    .get(form_type)
                    .map_or_else(String::new, VendorId::to_string),
                ..decided_so
            })
        })
        .collect()
}

fn whom(decided: &Decided, query: &FormsQuery) -> FormDecision {
    FormDecision {
        recipient_id: decided.facts.vendor_id.to_string(),
        recipient_name: decided
            .facts
            .printed_name(query.options.assembly)
            .to_owned(),
        truncated_tin: decided.truncated_tin.clone(),
        ..FormDecision::default()
    }
}

/// The reason of no form in a sentence, with whose amounts were tested together and the states that want one though.
fn explanation(
    decided: &Decided,
    (form_type, reason): (FormType, &str),
    rows: &StateRows,
) -> String {
    if let Some(holder) = decided.merged_into.get(&form_type) {
        return format!("on the form of {holder}: the same TIN");
    }
    if reason.is_empty() {
        return String::new();
    }
    let states: Vec<_> = rows.states().map(|row| row.state.as_str()).collect();
    let for_states =
        (!states.is_empty()).then(|| format!("Copies 1 and 2 for {}", states.join(", ")));
    let more = decided.tested_with().into_iter().chain(for_states);
    more.fold(reason.to_owned(), |all, next| format!("{all}; {next}"))
}

/// What to mend before printing; a recipient without a form has nothing to mend.
fn warnings(
    decided: &Decided,
    (form_type, decision): (FormType, &Decision),
    rows: &StateRows,
) -> Vec<String> {
    if matches!(decision, Decision::NoForm(_)) {
        return Vec::new();
    }
    let mut warnings = Vec::new();
    if decided.truncated_tin.is_empty() {
        warnings.push("no TIN: the form prints without it".to_owned());
    }
    if decided.facts.address.is_none() {
        warnings.push("no address: the form prints without it".to_owned());
    }
    match decided.covers.get(&form_type) {
        Some(_) => warnings.push(format!(
            "has the amounts of {} too: the same TIN",
            decided.covered(form_type).join(", ")
        )),
        None => warnings.extend(decided.tested_with()),
    }
    let left_off = Decided::left_off(decision);
    warnings.extend(left_off.map(|(amount, _)| format!("left off: {amount}")));
    let remarks = rows.remarks().iter().filter(|remark| remark.is_warning());
    warnings.extend(remarks.map(ToString::to_string));
    warnings
}
