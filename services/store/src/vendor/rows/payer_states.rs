//! Payers' numbers with the states.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::PayerId;
use formfeed_domain::extract::File;
use formfeed_domain::payer::PayerState;
use serde::{Deserialize, Serialize};

use super::{ImportedRow, id};
use crate::StoreError;
use crate::vendor::schema::payer_states;

#[derive(Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = payer_states, treat_none_as_default_value = false)]
pub(crate) struct PayerStateRow {
    pub(crate) payer_id: String,
    pub(crate) state: String,
    pub(crate) state_id: String,
}

impl From<&PayerState> for PayerStateRow {
    fn from(state: &PayerState) -> Self {
        Self {
            payer_id: state.payer_id.to_string(),
            state: state.state.clone(),
            state_id: state.state_id.clone(),
        }
    }
}

impl TryFrom<PayerStateRow> for PayerState {
    type Error = StoreError;

    fn try_from(row: PayerStateRow) -> Result<Self, StoreError> {
        Ok(Self {
            payer_id: id("payer_id", PayerId::new(row.payer_id))?,
            state: row.state,
            state_id: row.state_id,
        })
    }
}

impl ImportedRow for PayerStateRow {
    const FILE: File = File::PayerStates;
    const TABLE: &'static str = "payer_states";

    fn key(&self) -> String {
        format!("{}/{}", self.payer_id, self.state)
    }

    /// A payer's states carry no stamp of their own: the payer's counts for them.
    fn succeed(&mut self, _before: Option<&Self>, _now: NaiveDateTime) {}
}
