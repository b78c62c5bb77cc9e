//! The transmitter of electronic files.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::payer::PostalAddress;
use formfeed_domain::transmitter::{ControlCode, Email, Phone, Transmitter};

use super::{id, instant, stamp};
use crate::StoreError;
use crate::seal::Place;
use crate::vendor::schema::transmitters;
use crate::vendor::sealed_tin::TinColumns;
use crate::vendor::{Stamp, TransmitterRecord};

/// Its key: there is one.
const KEY: &str = "transmitter";

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = transmitters, primary_key(transmitter_id), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct TransmitterRow {
    pub(crate) transmitter_id: String,
    name: String,
    tin_kind: Option<String>,
    tin_last_four: Option<String>,
    tin_key_version: Option<i32>,
    tin_sealed: Option<Vec<u8>>,
    control_code: String,
    line_1: String,
    line_2: String,
    city: String,
    state: String,
    postal_code: String,
    country: String,
    contact_name: String,
    phone: String,
    email: String,
    software_id: String,
    revision: i64,
    create_time: NaiveDateTime,
    update_time: NaiveDateTime,
}

impl TransmitterRow {
    /// The place its number is sealed for.
    pub(crate) const PLACE: Place<'static> = Place {
        table: "transmitters",
        column: "tin_sealed",
        id: KEY,
    };

    /// Without its number.
    pub(crate) fn new(transmitter: &Transmitter, stamp: &Stamp) -> Self {
        let address = transmitter.address.clone();
        Self {
            transmitter_id: KEY.to_owned(),
            name: transmitter.name.clone(),
            tin_kind: None,
            tin_last_four: None,
            tin_key_version: None,
            tin_sealed: None,
            control_code: transmitter.control_code.as_str().to_owned(),
            line_1: address.line_1,
            line_2: address.line_2,
            city: address.city,
            state: address.state,
            postal_code: address.postal_code,
            country: address.country,
            contact_name: transmitter.contact_name.clone(),
            phone: transmitter.phone.to_string(),
            email: transmitter.email.as_str().to_owned(),
            software_id: transmitter.software_id.clone(),
            revision: stamp.revision,
            create_time: instant(stamp.create_time),
            update_time: instant(stamp.update_time),
        }
    }

    pub(crate) fn tin(&self) -> TinColumns {
        TinColumns {
            kind: self.tin_kind.clone(),
            last_four: self.tin_last_four.clone(),
            key_version: self.tin_key_version,
            sealed: self.tin_sealed.clone(),
            ..TinColumns::default()
        }
    }

    pub(crate) fn set_tin(&mut self, tin: TinColumns) {
        self.tin_kind = tin.kind;
        self.tin_last_four = tin.last_four;
        self.tin_key_version = tin.key_version;
        self.tin_sealed = tin.sealed;
    }

    /// As it is answered.
    pub(crate) fn record(self) -> Result<TransmitterRecord, StoreError> {
        Ok(TransmitterRecord {
            tin: self.tin().label()?,
            stamp: stamp(self.revision, self.create_time, self.update_time),
            transmitter: Transmitter {
                name: self.name,
                tin: None,
                control_code: id("control_code", ControlCode::new(&self.control_code))?,
                address: PostalAddress {
                    line_1: self.line_1,
                    line_2: self.line_2,
                    city: self.city,
                    state: self.state,
                    postal_code: self.postal_code,
                    country: self.country,
                },
                contact_name: self.contact_name,
                phone: id("phone", Phone::new(&self.phone))?,
                email: id("email", Email::new(&self.email))?,
                software_id: self.software_id,
            },
        })
    }
}
