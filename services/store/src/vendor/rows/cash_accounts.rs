//! Cash accounts.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::extract::File;
use formfeed_domain::organization::CashAccount;
use formfeed_domain::{CashAccountId, OrgId};
use serde::{Deserialize, Serialize};

use super::{ImportedRow, id, stamp};
use crate::StoreError;
use crate::vendor::Stored;
use crate::vendor::schema::cash_accounts;

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = cash_accounts, primary_key(cash_account_id), treat_none_as_default_value = false)]
pub(crate) struct CashAccountRow {
    pub(crate) cash_account_id: String,
    pub(crate) org_id: String,
    pub(crate) description: String,
    #[serde(skip)]
    pub(crate) revision: i64,
    #[serde(skip)]
    pub(crate) create_time: NaiveDateTime,
    #[serde(skip)]
    pub(crate) update_time: NaiveDateTime,
}

impl From<&CashAccount> for CashAccountRow {
    fn from(account: &CashAccount) -> Self {
        Self {
            cash_account_id: account.cash_account_id.to_string(),
            org_id: account.org_id.to_string(),
            description: account.description.clone(),
            revision: 0,
            create_time: NaiveDateTime::default(),
            update_time: NaiveDateTime::default(),
        }
    }
}

impl TryFrom<CashAccountRow> for Stored<CashAccount> {
    type Error = StoreError;

    fn try_from(row: CashAccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: CashAccount {
                cash_account_id: id("cash_account_id", CashAccountId::new(row.cash_account_id))?,
                org_id: id("org_id", OrgId::new(row.org_id))?,
                description: row.description,
            },
        })
    }
}

impl ImportedRow for CashAccountRow {
    const FILE: File = File::CashAccounts;
    const TABLE: &'static str = "cash_accounts";

    fn key(&self) -> String {
        self.cash_account_id.clone()
    }

    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime) {
        self.revision = before.map_or(0, |before| before.revision) + 1;
        self.create_time = before.map_or(now, |before| before.create_time);
        self.update_time = now;
    }
}
