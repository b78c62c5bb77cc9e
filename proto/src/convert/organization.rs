//! Organizations and cash accounts.

use formfeed_domain::organization::{CashAccount, Organization};
use formfeed_domain::{CashAccountId, OrgId, PayerId};

use super::{Stamp, Violations, name, read, read_optional, text, timestamp_to};
use crate::vendor as pb;

/// Reads an organization.
///
/// # Errors
/// Every bad field, by its path within the organization.
pub fn organization_from(message: &pb::Organization) -> Result<Organization, Violations> {
    let mut bad = Violations::new();
    let org_id = read(&mut bad, "org_id", OrgId::new(&message.org_id));
    name::agree(
        &mut bad,
        &message.name,
        &format!("organizations/{}", message.org_id),
    );
    let parent = read_optional(
        &mut bad,
        "parent_org_id",
        &message.parent_org_id,
        OrgId::new,
    );
    let payer = read_optional(&mut bad, "payer_id", &message.payer_id, PayerId::new);
    let organization = org_id.map(|org_id| Organization {
        org_id,
        parent_org_id: parent.flatten(),
        payer_id: payer.flatten(),
    });
    bad.finish(organization)
}

/// An organization as it is answered.
pub fn organization_to(organization: &Organization, stamp: Stamp) -> pb::Organization {
    pb::Organization {
        name: format!("organizations/{}", organization.org_id),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
        ..organization_input(organization)
    }
}

/// An organization as it is sent in.
pub fn organization_input(organization: &Organization) -> pb::Organization {
    let text = |id: Option<String>| id.unwrap_or_default();
    pb::Organization {
        org_id: organization.org_id.to_string(),
        parent_org_id: text(organization.parent_org_id.as_ref().map(OrgId::to_string)),
        payer_id: text(organization.payer_id.as_ref().map(PayerId::to_string)),
        ..pb::Organization::default()
    }
}

/// Reads a cash account.
///
/// # Errors
/// Every bad field, by its path within the cash account.
pub fn cash_account_from(message: &pb::CashAccount) -> Result<CashAccount, Violations> {
    let mut bad = Violations::new();
    let id = read(
        &mut bad,
        "cash_account_id",
        CashAccountId::new(&message.cash_account_id),
    );
    name::agree(
        &mut bad,
        &message.name,
        &format!("cashAccounts/{}", message.cash_account_id),
    );
    let org_id = read(&mut bad, "org_id", OrgId::new(&message.org_id));
    let description = text::optional(&mut bad, "description", &message.description);
    let account = id.zip(org_id).map(|(cash_account_id, org_id)| CashAccount {
        cash_account_id,
        org_id,
        description,
    });
    bad.finish(account)
}

/// A cash account as it is answered, with the payer reached over the organization tree.
pub fn cash_account_to(
    account: &CashAccount,
    payer_id: Option<&PayerId>,
    stamp: Stamp,
) -> pb::CashAccount {
    pb::CashAccount {
        name: format!("cashAccounts/{}", account.cash_account_id),
        payer_id: payer_id.map(PayerId::to_string).unwrap_or_default(),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
        ..cash_account_input(account)
    }
}

/// A cash account as it is sent in.
pub fn cash_account_input(account: &CashAccount) -> pb::CashAccount {
    pb::CashAccount {
        cash_account_id: account.cash_account_id.to_string(),
        org_id: account.org_id.to_string(),
        description: account.description.clone(),
        ..pb::CashAccount::default()
    }
}
