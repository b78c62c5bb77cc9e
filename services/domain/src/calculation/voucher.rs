//! The figures of one voucher, worked out once for everybody who shares it.

use std::collections::BTreeMap;

use super::history::{AppliedPayment, VoucherHistory};
use super::left_out::LeftOut;
use super::standing::Standing;
use super::trace::{AppliedTrace, LineTrace};
use crate::history::VoucherLine;
use crate::{IncomeType, Money, PayerId, TaxYear, VendorId};

/// Who paid and who received: a share of a voucher belongs to one such pair.
pub type Pair<'a> = (Option<&'a PayerId>, &'a VendorId);

/// What a voucher's lines and payments add up to.
#[derive(Debug, Clone, Default)]
pub struct Figures<'a> {
    /// `C`: cash applied in the tax year by payments in play, of any payer.
    pub cash: Money,
    /// `P`: cash applied in prior years.
    pub prior: Money,
    /// `C` by payer and recipient.
    pub cash_by_pair: BTreeMap<Pair<'a>, Money>,
    /// `L`: reportable lines, net of sales tax.
    pub reportable: Money,
    /// `L` by income type.
    pub by_type: BTreeMap<IncomeType, Money>,
    /// A payment in play of the tax year touches the voucher, even if `cash` nets to nothing.
    pub paid_this_year: bool,
}

impl<'a> Figures<'a> {
    /// Adds the voucher up.
    pub fn of(history: &VoucherHistory<'a>, tax_year: TaxYear) -> Self {
        let mut figures = Self::default();
        for applied in &history.applications {
            figures.add_cash(applied, Standing::of(applied.payment, tax_year));
        }
        for line in &history.lines {
            if left_out(line).is_none() {
                let income_type = income_type(line, history.default_income_type);
                figures.reportable += line.net();
                *figures.by_type.entry(income_type).or_default() += line.net();
            }
        }
        figures
    }

    fn add_cash(&mut self, applied: &AppliedPayment<'a>, standing: Standing) {
        let amount = applied.application.amount;
        match standing {
            Standing::ThisYear => {
                let pair = (applied.payer_id, applied.recipient_id);
                *self.cash_by_pair.entry(pair).or_default() += amount;
                self.cash += amount;
                self.paid_this_year = true;
            }
            Standing::PriorYear => self.prior += amount,
            _ => {}
        }
    }

    /// The part of `C` that one pair paid and received.
    pub fn cash_of(&self, pair: Pair<'a>) -> Money {
        self.cash_by_pair.get(&pair).copied().unwrap_or_default()
    }

    /// Weights of the pairs: their parts of `C` that have its sign.
    pub fn pair_weights(&self) -> BTreeMap<Pair<'a>, Money> {
        mirrored(&self.cash_by_pair, self.cash.is_negative())
    }

    /// Weights of the income types: their line totals that have the sign of `L`.
    pub fn type_weights(&self) -> BTreeMap<IncomeType, Money> {
        mirrored(&self.by_type, self.reportable.is_negative())
    }
}

fn mirrored<K: Ord + Clone>(amounts: &BTreeMap<K, Money>, mirror: bool) -> BTreeMap<K, Money> {
    let weight = |amount: Money| if mirror { -amount } else { amount };
    amounts
        .iter()
        .map(|(key, amount)| (key.clone(), weight(*amount)))
        .collect()
}

/// The rule that keeps a line out where lines are chosen by their 1099 mark.
pub fn left_out(line: &VoucherLine) -> Option<LeftOut> {
    if line.accountable_plan {
        Some(LeftOut::AccountablePlan)
    } else if !line.reportable {
        Some(LeftOut::NotReportable)
    } else {
        None
    }
}

/// What a line reports as: its own type, the vendor's default, else nonemployee compensation.
pub fn income_type(line: &VoucherLine, default: Option<IncomeType>) -> IncomeType {
    line.income_type
        .or(default)
        .unwrap_or(IncomeType::NonemployeeCompensation)
}

/// The lines for the trace, in line order, each with its income type or the rule that left it out.
pub fn line_traces(history: &VoucherHistory<'_>) -> Vec<LineTrace> {
    let mut lines = history.lines.clone();
    lines.sort_by_key(|line| line.line);
    let trace = |line: &VoucherLine| {
        let left_out = left_out(line);
        LineTrace {
            line: line.line,
            net: line.net(),
            sales_tax: line.sales_tax,
            income_type: match left_out {
                None => Some(income_type(line, history.default_income_type)),
                Some(_) => None,
            },
            left_out,
        }
    };
    lines.into_iter().map(trace).collect()
}

/// The applications for the trace, by date and key, each with what becomes of its money.
pub fn applied_traces(history: &VoucherHistory<'_>, tax_year: TaxYear) -> Vec<AppliedTrace> {
    let mut applications = history.applications.clone();
    applications.sort_by_key(|a| (a.payment.payment_date, &a.payment.payment_id));
    let trace = |applied: AppliedPayment<'_>| AppliedTrace {
        payment_id: applied.payment.payment_id.clone(),
        payment_date: applied.payment.payment_date,
        applied: applied.application.amount,
        discount: applied.application.discount,
        standing: Standing::of(applied.payment, tax_year),
        payer_id: applied.payer_id.cloned(),
        recipient_id: applied.recipient_id.clone(),
    };
    applications.into_iter().map(trace).collect()
}
