//! Payers and their numbers with the states.

use std::collections::BTreeSet;

use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::{PayerId, Tin, TinKind};

use super::address::{address_from, address_to};
use super::{Stamp, Violations, name, read, read_optional, text, timestamp_to};
use crate::vendor as pb;

/// Reads a payer and its states. A payer's TIN comes without a type: it is an EIN.
///
/// # Errors
/// Every bad field, by its path within the payer.
pub fn payer_from(message: &pb::Payer) -> Result<(Payer, Vec<PayerState>), Violations> {
    let mut bad = Violations::new();
    let payer_id = read(&mut bad, "payer_id", PayerId::new(&message.payer_id));
    name::agree(
        &mut bad,
        &message.name,
        &format!("payers/{}", message.payer_id),
    );
    let display_name = text::required(&mut bad, "display_name", &message.display_name);
    let tin = read_optional(&mut bad, "tin", &message.tin, |t| {
        Tin::parse(TinKind::Ein, t)
    });
    let address = address_from(&mut bad, "address", message.address.as_ref());
    let phone = text::optional(&mut bad, "phone", &message.phone);
    let contact_name = text::optional(&mut bad, "contact_name", &message.contact_name);
    let contact_email = text::optional(&mut bad, "contact_email", &message.contact_email);
    let contact_fax = text::optional(&mut bad, "contact_fax", &message.contact_fax);
    let states = states_from(&mut bad, payer_id.as_ref(), &message.states);
    let payer = payer_id.map(|payer_id| Payer {
        payer_id,
        name: display_name,
        tin: tin.flatten(),
        address,
        phone,
        contact_name,
        contact_email,
        contact_fax,
    });
    bad.finish(payer.map(|payer| (payer, states)))
}

fn states_from(
    bad: &mut Violations,
    payer_id: Option<&PayerId>,
    messages: &[pb::PayerState],
) -> Vec<PayerState> {
    let (mut seen, mut states) = (BTreeSet::new(), Vec::new());
    for (at, message) in messages.iter().enumerate() {
        let field = |name: &str| format!("states[{at}].{name}");
        let state = text::state(bad, &field("state"), &message.state);
        let state_id = text::optional(bad, &field("state_id"), &message.state_id);
        if !seen.insert(state.clone()) {
            bad.add(field("state"), "stands in the list twice");
        }
        if let Some(payer_id) = payer_id.cloned() {
            states.push(PayerState {
                payer_id,
                state,
                state_id,
            });
        }
    }
    states
}

/// Reads a payer's state that comes as a record of its own.
///
/// # Errors
/// Every bad field: `payer_id`, `state`, `state_id`.
pub fn payer_state_from(message: &pb::PayerStateRecord) -> Result<PayerState, Violations> {
    let mut bad = Violations::new();
    let blank = pb::PayerState::default();
    let part = message.payer_state.as_ref().unwrap_or(&blank);
    let payer_id = read(&mut bad, "payer_id", PayerId::new(&message.payer_id));
    let state = text::state(&mut bad, "state", &part.state);
    let state_id = text::optional(&mut bad, "state_id", &part.state_id);
    bad.finish(payer_id.map(|payer_id| PayerState {
        payer_id,
        state,
        state_id,
    }))
}

/// A payer as it is answered: its number truncated.
pub fn payer_to(
    payer: &Payer,
    truncated_tin: Option<String>,
    states: &[PayerState],
    stamp: Stamp,
) -> pb::Payer {
    pb::Payer {
        name: format!("payers/{}", payer.payer_id),
        tin: String::new(),
        truncated_tin: truncated_tin.unwrap_or_default(),
        states: states.iter().map(state_to).collect(),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
        ..payer_input(payer)
    }
}

/// A payer as it is sent in, with its full number.
pub fn payer_input(payer: &Payer) -> pb::Payer {
    pb::Payer {
        payer_id: payer.payer_id.to_string(),
        display_name: payer.name.clone(),
        tin: payer
            .tin
            .as_ref()
            .map(|tin| tin.digits().to_owned())
            .unwrap_or_default(),
        address: Some(address_to(&payer.address)),
        phone: payer.phone.clone(),
        contact_name: payer.contact_name.clone(),
        contact_email: payer.contact_email.clone(),
        contact_fax: payer.contact_fax.clone(),
        ..pb::Payer::default()
    }
}

/// A payer's state as it is sent in by an import.
pub fn payer_state_input(state: &PayerState) -> pb::PayerStateRecord {
    pb::PayerStateRecord {
        payer_id: state.payer_id.to_string(),
        payer_state: Some(state_to(state)),
    }
}

fn state_to(state: &PayerState) -> pb::PayerState {
    pb::PayerState {
        state: state.state.clone(),
        state_id: state.state_id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_a_payer_is_named_at_once_and_no_tin_repeated() {
        let message = pb::Payer {
            payer_id: "TE/1".to_owned(),
            display_name: "Acme\u{7}".to_owned(),
            tin: "90070001".to_owned(),
            states: vec![pb::PayerState {
                state: "Maine".to_owned(),
                ..pb::PayerState::default()
            }],
            ..pb::Payer::default()
        };
        let bad = payer_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            ["payer_id", "display_name", "tin", "states[0].state"]
        );
        assert!(!bad.to_string().contains("90070001"));
    }

    #[test]
    fn what_is_sent_in_is_what_was_meant() {
        let payer = Payer {
            payer_id: PayerId::new("TE1").unwrap(),
            name: "Acme Water District".to_owned(),
            tin: Some(Tin::parse(TinKind::Ein, "000000001").unwrap()),
            address: Default::default(),
            phone: "555".to_owned(),
            contact_name: String::new(),
            contact_email: String::new(),
            contact_fax: String::new(),
        };
        assert_eq!(
            payer_from(&payer_input(&payer)).unwrap(),
            (payer, Vec::new())
        );
    }
}
