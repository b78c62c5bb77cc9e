//! `organizations.csv` and `cash_accounts.csv`.

use super::{File, Record, Row};
use crate::organization::{CashAccount, Organization};
use crate::{CashAccountId, OrgId, PayerId};

impl Record for Organization {
    const FILE: File = File::Organizations;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let org_id = row.id("org_id", OrgId::new);
        let parent_org_id = row.optional_id("parent_org_id", OrgId::new);
        let payer_id = row.optional_id("payer_id", PayerId::new);
        Some(Self {
            org_id: org_id?,
            parent_org_id,
            payer_id,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.org_id.to_string()]
    }
}

impl Record for CashAccount {
    const FILE: File = File::CashAccounts;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let cash_account_id = row.id("cash_account_id", CashAccountId::new);
        let org_id = row.id("org_id", OrgId::new);
        let description = row.text("description");
        Some(Self {
            cash_account_id: cash_account_id?,
            org_id: org_id?,
            description,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.cash_account_id.to_string()]
    }
}
