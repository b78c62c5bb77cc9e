//! PRORATED: a voucher's 1099 amounts in proportion to what was paid of its invoice.
//!
//! Per voucher and income type, with `T` the type's reportable lines, `I` the
//! invoice amount and `C` the cash applied in the tax year, the taxable amount
//! is `T × C ÷ I`; by the basis AS_DOCUMENTED it is `T × |T ÷ I|`, whatever was
//! paid. Source: seed, Costpoint 1099 income calculation, steps 1 to 10.

use super::exception::Exception;
use super::history::{RecipientHistory, VoucherHistory};
use super::left_out::Reach;
use super::method::Basis;
use super::outcome::{Findings, Outcome};
use super::trace::{PairTrace, ShareTrace, TypeTrace, VoucherTrace};
use super::voucher::{Figures, Pair};
use super::{RunContext, apportion};
use crate::Money;

/// Calculates one recipient.
pub fn recipient(context: &RunContext, history: &RecipientHistory<'_>, basis: Basis) -> Outcome {
    let mut findings = Findings::new(context, history);
    let mut vouchers: Vec<_> = history.vouchers.iter().collect();
    vouchers.sort_by_key(|v| &v.voucher.voucher_id);
    for voucher in vouchers {
        let figures = Figures::of(voucher, context.tax_year);
        let pair = (Some(&context.payer_id), &history.vendor.vendor_id);
        let odd = Exception::of_figures(voucher, &figures);
        let counts = |exception: &Exception| !matches!(exception, Exception::CreditPaid { .. });
        findings.exceptions.extend(odd.into_iter().filter(counts));
        if voucher.voucher.invoice_amount.is_zero() {
            findings.exceptions.push(Exception::InvoiceOfNothing {
                voucher_id: voucher.voucher.voucher_id.clone(),
                cash: figures.cash,
            });
        }
        findings
            .vouchers
            .push(explain(context, voucher, &figures, pair, basis));
    }
    findings.settle(Reach::left_out)
}

/// A type's taxable amount of the whole voucher, to the nearest cent, half a cent away from zero.
///
/// Nothing where the invoice is of nothing: there is no proportion to speak of.
pub fn taxable(line_total: Money, cash: Money, invoice: Money, basis: Basis) -> Money {
    if invoice.is_zero() {
        return Money::ZERO;
    }
    let (numerator, denominator) = match basis {
        Basis::PercentPaid => (cash, invoice),
        Basis::AsDocumented => (line_total.abs(), invoice.abs()),
    };
    let product = i128::from(line_total.cents()) * i128::from(numerator.cents());
    let cents = divide(product, i128::from(denominator.cents()));
    Money::from_cents(i64::try_from(cents).expect("a part of an amount is no larger than sums are"))
}

/// To the nearest whole number, half away from zero. In whole numbers, so that nothing only looks like a half.
fn divide(numerator: i128, denominator: i128) -> i128 {
    let (whole, divisor) = (numerator.abs(), denominator.abs());
    let nearest = (2 * whole + divisor) / (2 * divisor);
    nearest * numerator.signum() * denominator.signum()
}

fn explain<'a>(
    context: &RunContext,
    history: &VoucherHistory<'a>,
    figures: &Figures<'a>,
    pair: Pair<'a>,
    basis: Basis,
) -> VoucherTrace {
    let invoice = history.voucher.invoice_amount;
    let types = types(figures, invoice, basis);
    VoucherTrace {
        invoice_amount: Some(invoice),
        income: types.iter().map(|t| t.taxable_amount).sum(),
        pairs: pair_traces(figures, &types),
        shares: types.iter().map(|t| share(figures, t, &pair)).collect(),
        types,
        ..VoucherTrace::of(history, figures, context.tax_year)
    }
}

/// The whole voucher by income type; nothing without an invoice or cash, or where cash came back on positive lines.
///
/// Lines that are negative in sum on a voucher that was paid stay: what was paid of the invoice was paid of them.
fn types(figures: &Figures<'_>, invoice: Money, basis: Basis) -> Vec<TypeTrace> {
    let came_back = figures.reportable.is_positive() && figures.cash.is_negative();
    if invoice.is_zero() || figures.cash.is_zero() || came_back {
        return Vec::new();
    }
    let of_type = |(income_type, line_total): (&crate::IncomeType, &Money)| TypeTrace {
        income_type: *income_type,
        line_total: *line_total,
        taxable_amount: taxable(*line_total, figures.cash, invoice, basis),
    };
    figures.by_type.iter().map(of_type).collect()
}

/// One pair's part of a type, each amount split by the pairs' parts of the cash.
fn share(figures: &Figures<'_>, of_type: &TypeTrace, pair: &Pair<'_>) -> ShareTrace {
    let weights = figures.pair_weights();
    let part = |whole| {
        apportion::split(whole, &weights)
            .and_then(|parts| parts.get(pair).copied())
            .unwrap_or_default()
    };
    let taxable = part(of_type.taxable_amount);
    ShareTrace {
        income_type: of_type.income_type,
        line_total: of_type.line_total,
        total_1099_amount: part(of_type.line_total).amount,
        taxable_amount: taxable.amount,
        rounding_cent: taxable.rounding_cent,
        left_out: None,
    }
}

/// The pairs, where there is more than one to share the voucher.
fn pair_traces(figures: &Figures<'_>, types: &[TypeTrace]) -> Vec<PairTrace> {
    if figures.cash_by_pair.len() < 2 {
        return Vec::new();
    }
    let trace = |pair: &Pair<'_>| {
        let shares: Vec<_> = types.iter().map(|t| share(figures, t, pair)).collect();
        PairTrace {
            payer_id: pair.0.cloned(),
            recipient_id: pair.1.clone(),
            cash: figures.cash_of(*pair),
            total_1099_amount: shares.iter().map(|s| s.total_1099_amount).sum(),
            taxable_amount: shares.iter().map(|s| s.taxable_amount).sum(),
            rounding_cent: shares.iter().any(|s| s.rounding_cent),
        }
    };
    figures.cash_by_pair.keys().map(trace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cents(line_total: i64, cash: i64, invoice: i64, basis: Basis) -> i64 {
        let money = Money::from_cents;
        taxable(money(line_total), money(cash), money(invoice), basis).cents()
    }

    #[test]
    fn a_discount_taken_lowers_the_percent_paid() {
        // A check of 490.00 and a discount of 10.00 on an invoice of 1,000.00, of which 800.00 is reportable.
        let percent_paid = Basis::PercentPaid;
        assert_eq!(cents(800_00, 490_00, 1_000_00, percent_paid), 392_00);
    }

    #[test]
    fn the_seeds_sentence_to_the_letter_multiplies_by_the_types_own_share() {
        let as_documented = Basis::AsDocumented;
        assert_eq!(cents(800_00, 490_00, 1_000_00, as_documented), 640_00);
        assert_eq!(cents(-800_00, -1, -1_000_00, as_documented), -640_00);
    }

    #[test]
    fn half_a_cent_goes_away_from_zero_and_nothing_comes_of_an_invoice_of_nothing() {
        assert_eq!(cents(1, 1, 2, Basis::PercentPaid), 1);
        assert_eq!(cents(-1, -1, -2, Basis::PercentPaid), -1);
        assert_eq!(cents(1, 49, 100, Basis::PercentPaid), 0);
        assert_eq!(cents(800_00, 490_00, 0, Basis::PercentPaid), 0);
    }
}
