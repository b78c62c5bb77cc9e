//! `accounts.csv` and `relate_to_codes.csv`.

use super::{File, Record, Row};
use crate::account::Account;
use crate::relate_to::{Effect, Position, RelateTo};
use crate::{AccountId, RelateToCode};

impl Record for Account {
    const FILE: File = File::Accounts;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let account_id = row.id("account_id", AccountId::new);
        let description = row.text("description");
        let income_type = row.income_type("income_type");
        Some(Self {
            account_id: account_id?,
            description,
            income_type,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.account_id.to_string()]
    }
}

impl Record for RelateTo {
    const FILE: File = File::RelateToCodes;

    /// The withheld types are what codes may report, unlike lines and accounts.
    fn read(row: &mut Row<'_>) -> Option<Self> {
        let position = match row.value("position") {
            "1" => Some(Position::One),
            "2" => Some(Position::Two),
            _ => {
                row.fault("position", "not a position: use 1 or 2");
                None
            }
        };
        let code = row.id("code", RelateToCode::new);
        let description = row.text("description");
        let effect = row.optional_word("income_type").unwrap_or(Effect::None);
        Some(Self {
            position: position?,
            code: code?,
            description,
            effect,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.position.to_string(), self.code.to_string()]
    }
}
