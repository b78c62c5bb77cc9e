//! DIRECT_PAYMENTS: what was paid directly in the year on accounts mapped to an income type.
//!
//! The account is the voucher line's: each application is split over its
//! voucher's lines, and the parts on unmapped accounts fall out. A payment
//! without vouchers goes by its own account. Card and third-party payments are
//! left out, never subtracted. Source: seed, QuickBooks 1099 amount calculator.

use super::RunContext;
use super::cash::{self, Counts, View};
use super::chart::Chart;
use super::decided_by::DecidedBy;
use super::history::{AppliedPayment, PaymentHistory, RecipientHistory};
use super::left_out::{LeftOut, Reach};
use super::outcome::{Findings, Outcome};
use super::standing::Standing;
use super::trace::{LineTrace, PaymentShareTrace};
use super::voucher::LineDecision;
use crate::history::VoucherLine;
use crate::{AccountId, IncomeType, Money};

/// Calculates one recipient.
pub fn recipient(context: &RunContext, history: &RecipientHistory<'_>) -> Outcome {
    let mut findings = Findings::new(context, history);
    let mut vouchers: Vec<_> = history.vouchers.iter().collect();
    vouchers.sort_by_key(|v| &v.voucher.voucher_id);
    let view = View {
        decide: |line: &VoucherLine| LineTrace {
            account_id: line.account_id.clone(),
            ..of_line(line, history.chart).trace(line)
        },
        counts: |applied: &AppliedPayment<'_>| {
            let mine = applied.payer_id == Some(&context.payer_id)
                && *applied.recipient_id == history.vendor.vendor_id;
            match mine {
                true => Counts::Here,
                false => Counts::Elsewhere,
            }
        },
    };
    for voucher in vouchers {
        let (trace, exceptions) = cash::explain(context, voucher, &view);
        findings.vouchers.push(trace);
        findings.exceptions.extend(exceptions);
    }
    let paid = history.payments_by_id();
    for trace in findings.payments_mut() {
        if trace.without_vouchers
            && trace.standing == Standing::ThisYear
            && let Some(paid) = paid.get(&trace.payment_id)
        {
            trace.share = Some(of_payment(paid, trace.received, history.chart));
        }
    }
    findings.settle(Reach::left_out)
}

fn of_line(line: &VoucherLine, chart: &Chart) -> LineDecision {
    match mapped(line.account_id.as_ref(), chart) {
        _ if line.accountable_plan => LineDecision::left_out(LeftOut::AccountablePlan, None),
        Some(income_type) => LineDecision::reports(income_type, DecidedBy::Account),
        None => LineDecision::left_out(LeftOut::UnmappedAccount, None),
    }
}

fn of_payment(paid: &PaymentHistory<'_>, amount: Money, chart: &Chart) -> PaymentShareTrace {
    let account_id = paid.payment.account_id.clone();
    let income_type = mapped(account_id.as_ref(), chart);
    PaymentShareTrace {
        amount,
        account_id,
        relate_to_1: None,
        income_type,
        decided_by: income_type.map(|_| DecidedBy::Account),
        left_out: match income_type {
            Some(_) => None,
            None => Some(LeftOut::UnmappedAccount),
        },
    }
}

fn mapped(account_id: Option<&AccountId>, chart: &Chart) -> Option<IncomeType> {
    account_id.and_then(|account_id| chart.account(account_id))
}
