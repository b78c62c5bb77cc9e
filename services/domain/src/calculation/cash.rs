//! Cash split over the lines of a voucher, application by application, for the methods that choose by line.
//!
//! Each line stands with two parts, its net amount and its sales tax; their
//! weights are the parts that have the sign of the voucher's gross total. What
//! falls on sales tax, or on a line that is not reported, falls out after the split.

use std::collections::BTreeMap;

use super::apportion;
use super::history::{AppliedPayment, VoucherHistory};
use super::left_out::LeftOut;
use super::standing::Standing;
use super::trace::{AppliedTrace, LineTrace, PartTrace, ShareTrace, VoucherTrace};
use super::voucher::{self, Figures};
use super::{Exception, RunContext};
use crate::history::VoucherLine;
use crate::{IncomeType, Money};

/// What becomes of one application in a method.
pub(super) enum Counts {
    /// It is split over the lines.
    Here,
    /// A rule of the method keeps it from that.
    Not(LeftOut),
    /// It is not this payer's, year's or recipient's.
    Elsewhere,
}

/// How a method looks at a voucher.
pub(super) struct View<D, C> {
    /// What becomes of a line, as the trace shows it.
    pub(super) decide: D,
    /// What becomes of an application in play.
    pub(super) counts: C,
}

/// Splits the cash of a voucher over its lines; answers what it gives, and what is odd about it.
pub(super) fn explain(
    context: &RunContext,
    history: &VoucherHistory<'_>,
    view: &View<impl Fn(&VoucherLine) -> LineTrace, impl Fn(&AppliedPayment<'_>) -> Counts>,
) -> (VoucherTrace, Vec<Exception>) {
    let mut lines = history.lines.clone();
    lines.sort_by_key(|line| line.line);
    let gross: Money = lines.iter().map(|line| line.amount).sum();
    let weights = weights(&lines, gross);
    let lines: Vec<_> = lines.into_iter().map(&view.decide).collect();
    let figures = Figures::of(history, context.tax_year);
    let against = against_its_sign(history, gross, figures.cash);
    let mut exceptions: Vec<_> = against.clone().into_iter().collect();
    exceptions.extend(Exception::beyond_the_voucher(history));
    let mut payments = Vec::with_capacity(history.applications.len());
    for applied in voucher::in_order(history) {
        let mut trace = voucher::applied_trace(applied, context.tax_year);
        if trace.standing == Standing::ThisYear && against.is_none() {
            match (view.counts)(&applied) {
                Counts::Here => match parts(trace.applied, &weights, &lines) {
                    Some(parts) => trace.parts = parts,
                    None => exceptions.push(Exception::NothingToSplitOver {
                        voucher_id: history.voucher.voucher_id.clone(),
                        payment_id: trace.payment_id.clone(),
                        applied: trace.applied,
                    }),
                },
                Counts::Not(rule) => trace.left_out = Some(rule),
                Counts::Elsewhere => {}
            }
        }
        payments.push(trace);
    }
    let counted = lines.iter().filter(|line| line.income_type.is_some());
    let shares = shares(&lines, &payments);
    let trace = VoucherTrace {
        reportable: counted.map(|line| line.net).sum(),
        income: shares.iter().map(|share| share.taxable_amount).sum(),
        payments,
        lines,
        shares,
        ..VoucherTrace::of(history, &figures, context.tax_year)
    };
    (trace, exceptions)
}

/// Cash of the year against the sign of the voucher counts as nothing, and is an exception.
fn against_its_sign(history: &VoucherHistory<'_>, gross: Money, cash: Money) -> Option<Exception> {
    let voucher_id = history.voucher.voucher_id.clone();
    if gross.is_positive() && cash.is_negative() {
        Some(Exception::NegativeCash { voucher_id, cash })
    } else if gross.is_negative() && cash.is_positive() {
        Some(Exception::CreditPaid { voucher_id, cash })
    } else {
        None
    }
}

/// A line's number, and whether it is the part on its sales tax: the net part stands before the tax part.
type PartKey = (i32, bool);

fn weights(lines: &[&VoucherLine], gross: Money) -> BTreeMap<PartKey, Money> {
    let signed = |amount: Money| match gross.is_negative() {
        true => -amount,
        false => amount,
    };
    let of_line = |line: &&VoucherLine| {
        let (net, tax) = (signed(line.net()), signed(line.sales_tax));
        [((line.line, false), net), ((line.line, true), tax)]
    };
    lines.iter().flat_map(of_line).collect()
}

fn parts(
    applied: Money,
    weights: &BTreeMap<PartKey, Money>,
    lines: &[LineTrace],
) -> Option<Vec<PartTrace>> {
    let parts = apportion::split(applied, weights)?;
    let trace = |((number, sales_tax), part): (PartKey, apportion::Part)| {
        let line = lines.iter().find(|line| line.line == number);
        let (income_type, left_out) = match sales_tax {
            true => (None, Some(LeftOut::SalesTax)),
            false => line.map_or((None, None), |line| (line.income_type, line.left_out)),
        };
        PartTrace {
            line: number,
            sales_tax,
            amount: part.amount,
            rounding_cent: part.rounding_cent,
            income_type,
            left_out,
        }
    };
    let taken = parts.into_iter().filter(|(_, part)| !part.amount.is_zero());
    Some(taken.map(trace).collect())
}

/// Σ of the parts by income type.
fn shares(lines: &[LineTrace], payments: &[AppliedTrace]) -> Vec<ShareTrace> {
    let mut sums = BTreeMap::<IncomeType, Money>::new();
    for part in payments.iter().flat_map(|applied| &applied.parts) {
        if let Some(income_type) = part.income_type {
            *sums.entry(income_type).or_default() += part.amount;
        }
    }
    let share = |(income_type, amount): (IncomeType, Money)| ShareTrace {
        income_type,
        line_total: lines
            .iter()
            .filter(|line| line.income_type == Some(income_type))
            .map(|line| line.net)
            .sum(),
        total_1099_amount: amount,
        taxable_amount: amount,
        rounding_cent: false,
        left_out: None,
    };
    sums.into_iter().map(share).collect()
}
