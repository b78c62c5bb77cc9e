//! Payers.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::PayerId;
use formfeed_domain::extract::File;
use formfeed_domain::payer::{Payer, PayerState, PostalAddress};
use serde::{Deserialize, Serialize};

use super::{ImportedRow, id, stamp};
use crate::StoreError;
use crate::vendor::PayerRecord;
use crate::vendor::schema::payers;
use crate::vendor::sealed_tin::TinColumns;

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = payers, primary_key(payer_id), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct PayerRow {
    pub(crate) payer_id: String,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) tin_kind: Option<String>,
    pub(crate) tin_last_four: Option<String>,
    #[serde(skip)]
    pub(crate) tin_key_version: Option<i32>,
    #[serde(skip)]
    pub(crate) tin_sealed: Option<Vec<u8>>,
    pub(crate) line_1: String,
    pub(crate) line_2: String,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) postal_code: String,
    pub(crate) country: String,
    pub(crate) phone: String,
    pub(crate) contact_name: String,
    pub(crate) contact_email: String,
    #[serde(skip)]
    pub(crate) revision: i64,
    #[serde(skip)]
    pub(crate) create_time: NaiveDateTime,
    #[serde(skip)]
    pub(crate) update_time: NaiveDateTime,
    /// Staged rows from before there was one have none.
    #[serde(default)]
    pub(crate) contact_fax: String,
}

/// The number's kind and last four digits are set, the number itself is not sealed yet.
impl From<&Payer> for PayerRow {
    fn from(payer: &Payer) -> Self {
        let (address, tin) = (payer.address.clone(), payer.tin.as_ref());
        Self {
            payer_id: payer.payer_id.to_string(),
            name: payer.name.clone(),
            name_folded: payer.name.to_lowercase(),
            tin_kind: tin.map(|tin| tin.kind().as_str().to_owned()),
            tin_last_four: tin.map(|tin| tin.digits()[5..].to_owned()),
            tin_key_version: None,
            tin_sealed: None,
            line_1: address.line_1,
            line_2: address.line_2,
            city: address.city,
            state: address.state,
            postal_code: address.postal_code,
            country: address.country,
            phone: payer.phone.clone(),
            contact_name: payer.contact_name.clone(),
            contact_email: payer.contact_email.clone(),
            revision: 0,
            create_time: NaiveDateTime::default(),
            update_time: NaiveDateTime::default(),
            contact_fax: payer.contact_fax.clone(),
        }
    }
}

impl PayerRow {
    /// The payer with its states.
    pub(crate) fn with_states(self, states: Vec<PayerState>) -> Result<PayerRecord, StoreError> {
        Ok(PayerRecord {
            tin: self.tin().label()?,
            states,
            stamp: stamp(self.revision, self.create_time, self.update_time),
            payer: Payer {
                payer_id: id("payer_id", PayerId::new(self.payer_id))?,
                name: self.name,
                tin: None,
                address: PostalAddress {
                    line_1: self.line_1,
                    line_2: self.line_2,
                    city: self.city,
                    state: self.state,
                    postal_code: self.postal_code,
                    country: self.country,
                },
                phone: self.phone,
                contact_name: self.contact_name,
                contact_email: self.contact_email,
                contact_fax: self.contact_fax,
            },
        })
    }
}

impl ImportedRow for PayerRow {
    const FILE: File = File::Payers;
    const TABLE: &'static str = "payers";

    fn key(&self) -> String {
        self.payer_id.clone()
    }

    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime) {
        self.revision = before.map_or(0, |before| before.revision) + 1;
        self.create_time = before.map_or(now, |before| before.create_time);
        self.update_time = now;
    }

    fn tin(&self) -> TinColumns {
        TinColumns {
            kind: self.tin_kind.clone(),
            last_four: self.tin_last_four.clone(),
            key_version: self.tin_key_version,
            sealed: self.tin_sealed.clone(),
            ..TinColumns::default()
        }
    }

    fn set_tin(&mut self, tin: TinColumns) {
        self.tin_kind = tin.kind;
        self.tin_last_four = tin.last_four;
        self.tin_key_version = tin.key_version;
        self.tin_sealed = tin.sealed;
    }
}
