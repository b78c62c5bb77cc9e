//! General-ledger accounts.

use formfeed_domain::AccountId;
use formfeed_domain::account::Account;

use super::income_type::income_type_from;
use super::{Stamp, Violations, name, read, text, timestamp_to};
use crate::vendor as pb;

/// Reads an account.
///
/// # Errors
/// Every bad field, by its path within the account.
pub fn account_from(message: &pb::Account) -> Result<Account, Violations> {
    let mut bad = Violations::new();
    let account_id = read(&mut bad, "account_id", AccountId::new(&message.account_id));
    name::agree(
        &mut bad,
        &message.name,
        &format!("accounts/{}", message.account_id),
    );
    let description = text::optional(&mut bad, "description", &message.description);
    let income_type = income_type_from(&mut bad, "income_type", &message.income_type);
    let account = account_id.map(|account_id| Account {
        account_id,
        description,
        income_type,
    });
    bad.finish(account)
}

/// An account as it is answered.
pub fn account_to(account: &Account, stamp: Stamp) -> pb::Account {
    pb::Account {
        name: format!("accounts/{}", account.account_id),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
        ..account_input(account)
    }
}

/// An account as it is sent in.
pub fn account_input(account: &Account) -> pb::Account {
    pb::Account {
        account_id: account.account_id.to_string(),
        description: account.description.clone(),
        income_type: account
            .income_type
            .map(|t| t.as_str().to_owned())
            .unwrap_or_default(),
        ..pb::Account::default()
    }
}
