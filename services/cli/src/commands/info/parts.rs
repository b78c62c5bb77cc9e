//! Parts of an amount on the command line: cash tips, their occupation codes, overtime.

use clap::Args;
use formfeed_domain::Money;
use formfeed_proto::calculation as pb;

/// Parts of an amount that have boxes of their own.
#[derive(Debug, Clone, Args)]
pub(crate) struct PartsArgs {
    /// Cash tips within the amount, from tax year 2026 on; 0 removes them
    #[arg(
        long,
        value_name = "AMOUNT",
        requires = "income_type",
        allow_negative_numbers = true
    )]
    cash_tips: Option<Money>,
    /// Treasury Tipped Occupation Code of the tips, three digits; may be given twice
    #[arg(long, value_name = "CODE", requires = "income_type")]
    occupation_code: Vec<String>,
    /// Overtime compensation within the amount, from tax year 2026 on; 0 removes it
    #[arg(
        long,
        value_name = "AMOUNT",
        requires = "income_type",
        allow_negative_numbers = true
    )]
    overtime: Option<Money>,
}

impl PartsArgs {
    /// Whether any is given.
    pub(crate) fn given(&self) -> bool {
        let amounts = self.cash_tips.is_some() || self.overtime.is_some();
        amounts || !self.occupation_code.is_empty()
    }

    /// The parts that stand, with those given in their place; `None` when none is given.
    pub(crate) fn over(
        &self,
        standing: Option<&pb::InformationParts>,
    ) -> Option<pb::InformationParts> {
        let mut parts = standing.cloned().unwrap_or_default();
        if let Some(tips) = self.cash_tips {
            parts.cash_tips_cents = tips.cents();
            if tips.is_zero() {
                parts.occupation_codes.clear();
            }
        }
        if !self.occupation_code.is_empty() {
            parts.occupation_codes.clone_from(&self.occupation_code);
        }
        if let Some(overtime) = self.overtime {
            parts.overtime_cents = overtime.cents();
        }
        self.given().then_some(parts)
    }
}
