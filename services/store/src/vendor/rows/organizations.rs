//! Organizations.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::extract::File;
use formfeed_domain::organization::Organization;
use formfeed_domain::{OrgId, PayerId};
use serde::{Deserialize, Serialize};

use super::{ImportedRow, id, stamp};
use crate::StoreError;
use crate::vendor::Stored;
use crate::vendor::schema::organizations;

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = organizations, primary_key(org_id), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct OrganizationRow {
    pub(crate) org_id: String,
    pub(crate) parent_org_id: Option<String>,
    pub(crate) payer_id: Option<String>,
    #[serde(skip)]
    pub(crate) revision: i64,
    #[serde(skip)]
    pub(crate) create_time: NaiveDateTime,
    #[serde(skip)]
    pub(crate) update_time: NaiveDateTime,
}

impl From<&Organization> for OrganizationRow {
    fn from(organization: &Organization) -> Self {
        Self {
            org_id: organization.org_id.to_string(),
            parent_org_id: organization.parent_org_id.as_ref().map(OrgId::to_string),
            payer_id: organization.payer_id.as_ref().map(PayerId::to_string),
            revision: 0,
            create_time: NaiveDateTime::default(),
            update_time: NaiveDateTime::default(),
        }
    }
}

impl TryFrom<OrganizationRow> for Stored<Organization> {
    type Error = StoreError;

    fn try_from(row: OrganizationRow) -> Result<Self, StoreError> {
        let parent = row.parent_org_id.map(OrgId::new).transpose();
        let payer = row.payer_id.map(PayerId::new).transpose();
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: Organization {
                org_id: id("org_id", OrgId::new(row.org_id))?,
                parent_org_id: id("parent_org_id", parent)?,
                payer_id: id("payer_id", payer)?,
            },
        })
    }
}

impl ImportedRow for OrganizationRow {
    const FILE: File = File::Organizations;
    const TABLE: &'static str = "organizations";

    fn key(&self) -> String {
        self.org_id.clone()
    }

    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime) {
        self.revision = before.map_or(0, |before| before.revision) + 1;
        self.create_time = before.map_or(now, |before| before.create_time);
        self.update_time = now;
    }
}
