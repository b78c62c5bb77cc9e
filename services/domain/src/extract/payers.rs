//! `payers.csv` and `payer_states.csv`.

use super::{File, Record, Row};
use crate::payer::{Payer, PayerState};
use crate::{PayerId, TinKind};

impl Record for Payer {
    const FILE: File = File::Payers;

    /// A payer's TIN comes without a type: it is an EIN.
    fn read(row: &mut Row<'_>) -> Option<Self> {
        let (payer_id, name) = (row.id("payer_id", PayerId::new), row.required_text("name"));
        let tin = row.tin("tin", TinKind::Ein);
        let address = row.address("address_line_1", "address_line_2");
        let phone = row.text("phone");
        let contact_name = row.text("contact_name");
        let contact_email = row.text("contact_email");
        let contact_fax = row.text("contact_fax");
        Some(Self {
            payer_id: payer_id?,
            name: name?,
            tin,
            address,
            phone,
            contact_name,
            contact_email,
            contact_fax,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.payer_id.to_string()]
    }
}

impl Record for PayerState {
    const FILE: File = File::PayerStates;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let payer_id = row.id("payer_id", PayerId::new);
        let state = row.state("state");
        if row.value("state").is_empty() {
            row.fault("state", "is required");
        }
        let state_id = row.text("state_id");
        Some(Self {
            payer_id: payer_id?,
            state,
            state_id,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.payer_id.to_string(), self.state.clone()]
    }
}
