//! General-ledger accounts.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::AccountId;
use formfeed_domain::account::Account;
use formfeed_domain::extract::File;
use serde::{Deserialize, Serialize};

use super::{ImportedRow, id, optional_word, stamp};
use crate::StoreError;
use crate::vendor::Stored;
use crate::vendor::schema::accounts;

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset, Serialize, Deserialize)]
#[diesel(table_name = accounts, primary_key(account_id), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct AccountRow {
    pub(crate) account_id: String,
    pub(crate) description: String,
    pub(crate) income_type: Option<String>,
    #[serde(skip)]
    pub(crate) revision: i64,
    #[serde(skip)]
    pub(crate) create_time: NaiveDateTime,
    #[serde(skip)]
    pub(crate) update_time: NaiveDateTime,
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        Self {
            account_id: account.account_id.to_string(),
            description: account.description.clone(),
            income_type: account.income_type.map(|t| t.as_str().to_owned()),
            revision: 0,
            create_time: NaiveDateTime::default(),
            update_time: NaiveDateTime::default(),
        }
    }
}

impl TryFrom<AccountRow> for Stored<Account> {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        Ok(Self {
            stamp: stamp(row.revision, row.create_time, row.update_time),
            value: Account {
                account_id: id("account_id", AccountId::new(row.account_id))?,
                description: row.description,
                income_type: optional_word("income_type", row.income_type.as_deref())?,
            },
        })
    }
}

impl ImportedRow for AccountRow {
    const FILE: File = File::Accounts;
    const TABLE: &'static str = "accounts";

    fn key(&self) -> String {
        self.account_id.clone()
    }

    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime) {
        self.revision = before.map_or(0, |before| before.revision) + 1;
        self.create_time = before.map_or(now, |before| before.create_time);
        self.update_time = now;
    }
}
