//! Holds an outcome against the checker that shares nothing with the calculation.

#![allow(dead_code, reason = "each test takes what it needs")]

use formfeed_domain::calculation::Outcome;
use formfeed_domain::verify::{Finding, Kept, KeptRow, check};

/// What the store would keep of an outcome.
pub(crate) fn kept(outcome: &Outcome) -> Kept {
    let row = |row: &formfeed_domain::calculation::InformationRow| KeptRow {
        income_type: row.income_type.to_string(),
        total_cents: row.total_1099_amount.cents(),
        taxable_cents: row.taxable_amount.cents(),
    };
    Kept {
        payer_id: outcome.trace.payer_id.to_string(),
        tax_year: outcome.trace.tax_year,
        recipient_id: outcome.trace.recipient_id.to_string(),
        rows: outcome.rows().iter().map(row).collect(),
        skipped: outcome.skipped().map(|skipped| skipped.as_str().to_owned()),
    }
}

/// What does not hold of an outcome.
pub(crate) fn findings(outcome: &Outcome) -> Vec<Finding> {
    let json = serde_json::to_string(&outcome.trace).unwrap();
    check(&json, &kept(outcome)).findings
}
