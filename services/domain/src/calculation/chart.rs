//! What accounts and Relate To codes mean in the tax year of a run.

use std::collections::HashMap;

use crate::relate_to::{Effect, Position, RelateTo};
use crate::{AccountId, IncomeType, RelateToCode};

/// The chart of accounts and the Relate To codes, as far as they decide what is reported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    accounts: HashMap<AccountId, IncomeType>,
    codes: HashMap<Position, HashMap<RelateToCode, Effect>>,
}

impl Chart {
    /// From the mapped accounts and the defined codes; a code given twice has its last effect.
    pub fn new(
        accounts: impl IntoIterator<Item = (AccountId, IncomeType)>,
        codes: impl IntoIterator<Item = RelateTo>,
    ) -> Self {
        let mut chart = Self {
            accounts: accounts.into_iter().collect(),
            ..Self::default()
        };
        for code in codes {
            let of_position = chart.codes.entry(code.position).or_default();
            of_position.insert(code.code, code.effect);
        }
        chart
    }

    /// What an account is mapped to; `None` if it is not.
    pub fn account(&self, account_id: &AccountId) -> Option<IncomeType> {
        self.accounts.get(account_id).copied()
    }

    /// What a code does; `None` where it is not defined.
    pub fn code(&self, position: Position, code: &RelateToCode) -> Option<Effect> {
        self.codes.get(&position)?.get(code).copied()
    }

    /// The mapped accounts, in no order.
    pub fn accounts(&self) -> impl Iterator<Item = (&AccountId, IncomeType)> {
        self.accounts.iter().map(|(id, mapped)| (id, *mapped))
    }

    /// The defined codes, in no order.
    pub fn codes(&self) -> impl Iterator<Item = (Position, &RelateToCode, Effect)> {
        self.codes.iter().flat_map(|(position, codes)| {
            codes
                .iter()
                .map(|(code, effect)| (*position, code, *effect))
        })
    }
}
