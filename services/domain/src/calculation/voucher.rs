//! The figures of one voucher, worked out once for everybody who shares it.

use std::collections::BTreeMap;

use super::decided_by::DecidedBy;
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
    /// Cash of the year by direct payments that were voided, which is not in `C`.
    pub voided: Money,
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
            figures.add_cash(applied, tax_year);
        }
        for line in &history.lines {
            let decision = LineDecision::by_mark(line, history.default_income_type);
            if let Ok(income_type) = decision.outcome {
                figures.reportable += line.net();
                *figures.by_type.entry(income_type).or_default() += line.net();
            }
        }
        figures
    }

    fn add_cash(&mut self, applied: &AppliedPayment<'a>, tax_year: TaxYear) {
        let amount = applied.application.amount;
        match Standing::of(applied.payment, tax_year) {
            Standing::ThisYear => {
                let pair = (applied.payer_id, applied.recipient_id);
                *self.cash_by_pair.entry(pair).or_default() += amount;
                self.cash += amount;
                self.paid_this_year = true;
            }
            Standing::PriorYear => self.prior += amount,
            Standing::Voided if tax_year.contains(applied.payment.payment_date) => {
                self.voided += amount;
            }
            _ => {}
        }
    }

    /// Whether cash and reportable lines have the same sign, as they must for anything to be reported.
    pub fn same_sign(&self) -> bool {
        self.cash.is_positive() && self.reportable.is_positive()
            || self.cash.is_negative() && self.reportable.is_negative()
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

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineDecision {
    /// What it reports as, or the rule that keeps the whole line off the 1099.
    pub outcome: Result<IncomeType, LeftOut>,
    /// What decided the income type; `None` when the line is left out by what it is.
    pub decided_by: Option<DecidedBy>,
}

impl LineDecision {
    /// It reports as `income_type`.
    pub fn reports(income_type: IncomeType, decided_by: DecidedBy) -> Self {
        Self {
            outcome: Ok(income_type),
            decided_by: Some(decided_by),
        }
    }

    /// It is left out.
    pub fn left_out(rule: LeftOut, decided_by: Option<DecidedBy>) -> Self {
        Self {
            outcome: Err(rule),
            decided_by,
        }
    }

    /// Decides a line where lines are chosen by their 1099 mark: its own type, the default of the voucher's
    /// vendor, else nonemployee compensation.
    pub fn by_mark(line: &VoucherLine, default: Option<IncomeType>) -> Self {
        if line.accountable_plan {
            Self::left_out(LeftOut::AccountablePlan, None)
        } else if !line.reportable {
            Self::left_out(LeftOut::NotReportable, None)
        } else if let Some(own) = line.income_type {
            Self::reports(own, DecidedBy::IncomeType)
        } else if let Some(default) = default {
            Self::reports(default, DecidedBy::DefaultIncomeType)
        } else {
            Self::reports(IncomeType::NonemployeeCompensation, DecidedBy::Nothing)
        }
    }

    /// The decision as the trace shows it.
    pub fn trace(self, line: &VoucherLine) -> LineTrace {
        LineTrace {
            line: line.line,
            net: line.net(),
            sales_tax: line.sales_tax,
            account_id: None,
            relate_to_1: None,
            relate_to_2: None,
            income_type: self.outcome.ok(),
            decided_by: self.decided_by,
            left_out: self.outcome.err(),
        }
    }
}

/// The lines for the trace, in line order, each with its income type or the rule that left it out.
pub fn line_traces(history: &VoucherHistory<'_>) -> Vec<LineTrace> {
    let mut lines = history.lines.clone();
    lines.sort_by_key(|line| line.line);
    let default = history.default_income_type;
    let trace = |line: &VoucherLine| LineDecision::by_mark(line, default).trace(line);
    lines.into_iter().map(trace).collect()
}

/// The applications for the trace, by date and key, each with what becomes of its money.
pub fn applied_traces(history: &VoucherHistory<'_>, tax_year: TaxYear) -> Vec<AppliedTrace> {
    let trace = |applied: AppliedPayment<'_>| applied_trace(applied, tax_year);
    in_order(history).into_iter().map(trace).collect()
}

/// The applications by date and key of their payments.
pub(super) fn in_order<'a>(history: &VoucherHistory<'a>) -> Vec<AppliedPayment<'a>> {
    let mut applications = history.applications.clone();
    applications.sort_by_key(|a| (a.payment.payment_date, &a.payment.payment_id));
    applications
}

/// One application for the trace, not split over lines.
pub(super) fn applied_trace(applied: AppliedPayment<'_>, tax_year: TaxYear) -> AppliedTrace {
    AppliedTrace {
        payment_id: applied.payment.payment_id.clone(),
        payment_date: applied.payment.payment_date,
        applied: applied.application.amount,
        discount: applied.application.discount,
        standing: Standing::of(applied.payment, tax_year),
        payer_id: applied.payer_id.cloned(),
        recipient_id: applied.recipient_id.clone(),
        parts: Vec::new(),
        left_out: None,
    }
}
