//! Requests that made something, with what they were answered.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::vendor::schema::requests;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = requests)]
pub(crate) struct RequestRow {
    pub(crate) request_id: String,
    pub(crate) digest_key_version: i32,
    pub(crate) digest_sealed: Vec<u8>,
    pub(crate) answer: Vec<u8>,
    pub(crate) create_time: NaiveDateTime,
}
