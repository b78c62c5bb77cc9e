//! Box definitions of a tax year.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::box_definition::BoxDefinition;
use formfeed_domain::relate_to::Position;
use formfeed_domain::{RelateToCode, TaxYear};

use super::{id, instant, position, stamp, word};
use crate::StoreError;
use crate::vendor::schema::box_definitions;
use crate::vendor::{Stamp, Stored};

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = box_definitions, primary_key(tax_year, code), treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct BoxDefinitionRow {
    pub(crate) tax_year: i32,
    pub(crate) code: String,
    pub(crate) position: Option<i32>,
    pub(crate) effect: String,
    pub(crate) description: String,
    pub(crate) box_group: String,
    pub(crate) revision: i64,
    pub(crate) create_time: NaiveDateTime,
    pub(crate) update_time: NaiveDateTime,
}

impl BoxDefinitionRow {
    pub(crate) fn new(definition: &BoxDefinition, stamp: Stamp) -> Self {
        Self {
            tax_year: definition.tax_year.year(),
            code: definition.code.to_string(),
            position: definition.position.map(Position::number),
            effect: definition.effect.as_str().to_owned(),
            description: definition.description.clone(),
            box_group: definition.group.clone(),
            revision: stamp.revision,
            create_time: instant(stamp.create_time),
            update_time: instant(stamp.update_time),
        }
    }
}

impl TryFrom<BoxDefinitionRow> for Stored<BoxDefinition> {
    type Error = StoreError;

    fn try_from(row: BoxDefinitionRow) -> Result<Self, StoreError> {
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: BoxDefinition {
                tax_year: id("tax_year", TaxYear::new(row.tax_year))?,
                code: id("code", RelateToCode::new(row.code))?,
                position: row.position.map(position).transpose()?,
                effect: word("effect", &row.effect)?,
                description: row.description,
                group: row.box_group,
            },
        })
    }
}
