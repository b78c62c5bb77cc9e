//! Relate To codes.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::RelateToCode;
use formfeed_domain::extract::File;
use formfeed_domain::relate_to::RelateTo;
use serde::{Deserialize, Serialize};

use super::{ImportedRow, id, position, stamp, word};
use crate::StoreError;
use crate::vendor::Stored;
use crate::vendor::schema::relate_to_codes;

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = relate_to_codes, primary_key(position, code), treat_none_as_default_value = false)]
pub(crate) struct RelateToRow {
    pub(crate) position: i32,
    pub(crate) code: String,
    pub(crate) description: String,
    pub(crate) effect: String,
    #[serde(skip)]
    pub(crate) revision: i64,
    #[serde(skip)]
    pub(crate) create_time: NaiveDateTime,
    #[serde(skip)]
    pub(crate) update_time: NaiveDateTime,
}

impl From<&RelateTo> for RelateToRow {
    fn from(code: &RelateTo) -> Self {
        Self {
            position: code.position.number(),
            code: code.code.to_string(),
            description: code.description.clone(),
            effect: code.effect.as_str().to_owned(),
            revision: 0,
            create_time: NaiveDateTime::default(),
            update_time: NaiveDateTime::default(),
        }
    }
}

impl TryFrom<RelateToRow> for Stored<RelateTo> {
    type Error = StoreError;

    fn try_from(row: RelateToRow) -> Result<Self, StoreError> {
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: RelateTo {
                position: position(row.position)?,
                code: id("code", RelateToCode::new(row.code))?,
                description: row.description,
                effect: word("effect", &row.effect)?,
            },
        })
    }
}

impl ImportedRow for RelateToRow {
    const FILE: File = File::RelateToCodes;
    const TABLE: &'static str = "relate_to_codes";

    fn key(&self) -> String {
        format!("{}/{}", self.position, self.code)
    }

    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime) {
        self.revision = before.map_or(0, |before| before.revision) + 1;
        self.create_time = before.map_or(now, |before| before.create_time);
        self.update_time = now;
    }
}
