//! INCOME_FIRST: partial payments are taken to pay 1099 income before anything else.
//!
//! Per voucher, with `C` cash applied in the tax year, `P` cash applied before
//! and `L` the reportable lines, the income is `min(C, L − P)` and never below
//! zero. Source: seed, Costpoint 1099 overview.

use std::collections::BTreeMap;

use super::exception::Exception;
use super::history::{RecipientHistory, VoucherHistory};
use super::left_out::Reach;
use super::outcome::{Findings, Outcome};
use super::trace::{PairTrace, ShareTrace, VoucherTrace};
use super::voucher::{Figures, Pair};
use super::{RunContext, apportion};
use crate::Money;

/// Calculates one recipient.
pub fn recipient(context: &RunContext, history: &RecipientHistory<'_>) -> Outcome {
    let mut findings = Findings::new(context, history);
    let mut vouchers: Vec<_> = history.vouchers.iter().collect();
    vouchers.sort_by_key(|v| &v.voucher.voucher_id);
    for voucher in vouchers {
        let figures = Figures::of(voucher, context.tax_year);
        let pair = (Some(&context.payer_id), &history.vendor.vendor_id);
        findings
            .exceptions
            .extend(Exception::of_figures(voucher, &figures));
        findings
            .vouchers
            .push(explain(context, voucher, &figures, pair));
    }
    findings.settle(Reach::left_out)
}

/// The income of a whole voucher: `min(C, L − P)`, not below zero; a credit voucher by its mirror image.
///
/// Nothing where cash and reportable lines have opposite signs, or either is zero.
pub fn income(cash: Money, prior: Money, reportable: Money) -> Money {
    if cash.is_negative() && reportable.is_negative() {
        return -income(-cash, -prior, -reportable);
    }
    match cash.is_positive() && reportable.is_positive() {
        true => cash.min(reportable - prior).max(Money::ZERO),
        false => Money::ZERO,
    }
}

/// Splits one voucher over its pairs, then the pair's share over the income types.
fn explain<'a>(
    context: &RunContext,
    history: &VoucherHistory<'a>,
    figures: &Figures<'a>,
    pair: Pair<'a>,
) -> VoucherTrace {
    let whole = Amounts::of(figures);
    let share = whole.split(&figures.pair_weights(), &pair).0;
    VoucherTrace {
        income: whole.taxable,
        pairs: pair_traces(figures, whole),
        shares: shares(figures, share),
        ..VoucherTrace::of(history, figures, context.tax_year)
    }
}

/// The two amounts of 1099 information that are split side by side.
#[derive(Debug, Clone, Copy, Default)]
struct Amounts {
    total: Money,
    taxable: Money,
}

impl Amounts {
    fn of(figures: &Figures<'_>) -> Self {
        match figures.same_sign() {
            true => Self {
                total: figures.reportable,
                taxable: income(figures.cash, figures.prior, figures.reportable),
            },
            false => Self::default(),
        }
    }

    /// One key's part, and whether a cent of its taxable amount was left over.
    fn split<K: Ord + Clone>(self, weights: &BTreeMap<K, Money>, key: &K) -> (Self, bool) {
        let part = |whole| {
            apportion::split(whole, weights)
                .and_then(|parts| parts.get(key).copied())
                .unwrap_or_default()
        };
        let (total, taxable) = (part(self.total), part(self.taxable));
        let amounts = Self {
            total: total.amount,
            taxable: taxable.amount,
        };
        (amounts, taxable.rounding_cent)
    }
}

/// The pairs, where there is more than one to share the voucher.
fn pair_traces(figures: &Figures<'_>, whole: Amounts) -> Vec<PairTrace> {
    if figures.cash_by_pair.len() < 2 {
        return Vec::new();
    }
    let weights = figures.pair_weights();
    let trace = |pair: &Pair<'_>| {
        let (share, rounding_cent) = whole.split(&weights, pair);
        PairTrace {
            rounding_cent,
            payer_id: pair.0.cloned(),
            recipient_id: pair.1.clone(),
            cash: figures.cash_of(*pair),
            total_1099_amount: share.total,
            taxable_amount: share.taxable,
        }
    };
    figures.cash_by_pair.keys().map(trace).collect()
}

fn shares(figures: &Figures<'_>, pair: Amounts) -> Vec<ShareTrace> {
    let weights = figures.type_weights();
    let trace = |income_type| {
        let (share, rounding_cent) = pair.split(&weights, income_type);
        ShareTrace {
            rounding_cent,
            income_type: *income_type,
            line_total: figures.by_type[income_type],
            total_1099_amount: share.total,
            taxable_amount: share.taxable,
            left_out: None,
        }
    };
    figures.by_type.keys().map(trace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(cash: i64, prior: i64, reportable: i64) -> i64 {
        let money = Money::from_cents;
        income(money(cash), money(prior), money(reportable)).cents()
    }

    #[test]
    fn a_voucher_paid_over_two_years_reports_only_the_rent_that_last_year_left() {
        assert_eq!(cents(60_00, 40_00, 70_00), 30_00);
    }

    #[test]
    fn income_is_never_more_than_the_cash_nor_less_than_nothing() {
        assert_eq!(cents(50_00, 0, 70_00), 50_00);
        assert_eq!(cents(60_00, 80_00, 70_00), 0);
    }

    #[test]
    fn a_credit_voucher_runs_on_the_mirrored_amounts() {
        assert_eq!(cents(-60_00, -40_00, -70_00), -30_00);
        assert_eq!(cents(-60_00, -80_00, -70_00), 0);
    }

    #[test]
    fn cash_against_the_sign_of_the_lines_is_no_income() {
        assert_eq!(cents(-60_00, 0, 70_00), 0);
        assert_eq!(cents(60_00, 0, -70_00), 0);
        assert_eq!(cents(0, -10_00, 70_00), 0);
    }
}
