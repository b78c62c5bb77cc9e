//! RELATE_TO: transactions are reported by the Relate To codes on them, and by the vendor's flag where they have none.
//!
//! BK reads the codes of checks, OH those of voucher lines, BO both: a check
//! with a code of its own counts as in BK, any other as in OH, so that nothing
//! counts twice. A line's own income type and 1099 mark play no part. What
//! decides, in this order: flag `D`, `EX` in either position, an explicit code,
//! the vendor's default code, its default income type, flag `Y`. Source: seed,
//! BusinessPlus guide, "Flag Transactions".

use super::cash::{self, Counts, View};
use super::chart::Chart;
use super::decided_by::DecidedBy;
use super::history::{AppliedPayment, RecipientHistory, VendorFacts};
use super::left_out::{LeftOut, Reach};
use super::method::Source;
use super::outcome::{Findings, Outcome};
use super::standing::Standing;
use super::trace::{LineTrace, PaymentShareTrace, PaymentTrace};
use super::voucher::LineDecision;
use super::{Exception, RunContext};
use crate::history::{Payment, VoucherLine};
use crate::relate_to::{Effect, Position};
use crate::vendor::Flag1099;
use crate::{IncomeType, RelateToCode, VoucherId};

/// Calculates one recipient.
pub fn recipient(context: &RunContext, history: &RecipientHistory<'_>, source: Source) -> Outcome {
    let mut findings = Findings::new(context, history);
    if source != Source::Bk {
        by_lines(context, history, source, &mut findings);
    }
    if source != Source::Oh {
        by_payments(history, source, &mut findings);
    }
    findings.settle(Reach::left_out_though_coded)
}

/// The vouchers of which the recipient is the vendor of record, line by line.
fn by_lines(
    context: &RunContext,
    history: &RecipientHistory<'_>,
    source: Source,
    findings: &mut Findings<'_>,
) {
    let mut vouchers: Vec<_> = history.vouchers.iter().collect();
    vouchers.sort_by_key(|v| &v.voucher.voucher_id);
    let view = View {
        decide: |line: &VoucherLine| LineTrace {
            relate_to_1: line.relate_to_1.clone(),
            relate_to_2: line.relate_to_2.clone(),
            ..of_line(line, history).trace(line)
        },
        counts: |applied: &AppliedPayment<'_>| {
            if applied.payer_id != Some(&context.payer_id) {
                Counts::Elsewhere
            } else if source == Source::Bo && own_code(applied.payment, history.chart).is_some() {
                Counts::Not(LeftOut::CountsByItsCode)
            } else {
                Counts::Here
            }
        },
    };
    for voucher in vouchers {
        let (mut trace, exceptions) = cash::explain(context, voucher, &view);
        trace
            .vendor_of_record_id
            .clone_from(&voucher.voucher.vendor_of_record_id);
        findings.vouchers.push(trace);
        findings.exceptions.extend(exceptions);
        let lines = voucher.lines.iter();
        findings.exceptions.extend(
            lines.filter_map(|line| conflict(&voucher.voucher.voucher_id, line, history.chart)),
        );
    }
}

/// The payments that count as a whole.
fn by_payments(history: &RecipientHistory<'_>, source: Source, findings: &mut Findings<'_>) {
    let mut undefined = Vec::new();
    let paid = history.payments_by_id();
    for trace in findings.payments_mut() {
        let Some(paid) = paid.get(&trace.payment_id) else {
            continue;
        };
        let code = own_code(paid.payment, history.chart);
        let whole = source == Source::Bk || code.is_some() || trace.without_vouchers;
        if whole && trace.standing == Standing::ThisYear && trace.is_received() {
            trace.share = Some(share(paid.payment, trace, history));
        }
        undefined.extend(undefined_code(paid.payment, history.chart));
    }
    findings.exceptions.extend(undefined);
}

impl PaymentTrace {
    /// Some of it came to this recipient.
    fn is_received(&self) -> bool {
        !self.received.is_zero()
    }
}

fn share(
    payment: &Payment,
    trace: &PaymentTrace,
    history: &RecipientHistory<'_>,
) -> PaymentShareTrace {
    let decision = match own_code(payment, history.chart) {
        Some(effect) => of_effect(effect, DecidedBy::Code1),
        None => fallback(history.vendor, history.chart),
    };
    PaymentShareTrace {
        amount: trace.received,
        account_id: None,
        relate_to_1: payment.relate_to_1.clone(),
        income_type: decision.outcome.ok(),
        decided_by: decision.decided_by,
        left_out: decision.outcome.err(),
    }
}

/// What the code of a payment does; a code that is not defined, or has nothing to do with 1099s, is as no code.
fn own_code(payment: &Payment, chart: &Chart) -> Option<Effect> {
    effect(chart, Position::One, payment.relate_to_1.as_ref())
}

fn effect(chart: &Chart, position: Position, code: Option<&RelateToCode>) -> Option<Effect> {
    let effect = chart.code(position, code?)?;
    (effect != Effect::None).then_some(effect)
}

fn of_line(line: &VoucherLine, history: &RecipientHistory<'_>) -> LineDecision {
    let first = effect(history.chart, Position::One, line.relate_to_1.as_ref());
    let second = effect(history.chart, Position::Two, line.relate_to_2.as_ref());
    if line.accountable_plan {
        return LineDecision::left_out(LeftOut::AccountablePlan, None);
    }
    match (first, second) {
        (Some(Effect::Excludes), _) => of_effect(Effect::Excludes, DecidedBy::Code1),
        (_, Some(Effect::Excludes)) => of_effect(Effect::Excludes, DecidedBy::Code2),
        (Some(effect), _) => of_effect(effect, DecidedBy::Code1),
        (None, Some(effect)) => of_effect(effect, DecidedBy::Code2),
        (None, None) => fallback(history.vendor, history.chart),
    }
}

fn of_effect(effect: Effect, decided_by: DecidedBy) -> LineDecision {
    match effect {
        Effect::Reports(income_type) => LineDecision::reports(income_type, decided_by),
        Effect::Excludes => LineDecision::left_out(LeftOut::Excluded, Some(decided_by)),
        Effect::None => LineDecision::left_out(LeftOut::FlagNotYes, None),
    }
}

/// What a transaction without a code reports: flag `Y` takes it to the vendor's default code, else its default
/// income type, else nonemployee compensation.
fn fallback(vendor: &VendorFacts, chart: &Chart) -> LineDecision {
    match vendor.flag_1099 {
        Flag1099::Never => return LineDecision::left_out(LeftOut::FlagNever, None),
        Flag1099::No => return LineDecision::left_out(LeftOut::FlagNotYes, None),
        Flag1099::Yes => {}
    }
    let default_code = effect(chart, Position::One, vendor.default_relate_to.as_ref());
    match (default_code, vendor.default_income_type) {
        (Some(effect), _) => of_effect(effect, DecidedBy::DefaultCode),
        (None, Some(default)) => LineDecision::reports(default, DecidedBy::DefaultIncomeType),
        (None, None) => {
            LineDecision::reports(IncomeType::NonemployeeCompensation, DecidedBy::Nothing)
        }
    }
}

/// Two codes on a line that lead to different income types: the first is used.
fn conflict(voucher_id: &VoucherId, line: &VoucherLine, chart: &Chart) -> Option<Exception> {
    let (first, second) = (line.relate_to_1.as_ref()?, line.relate_to_2.as_ref()?);
    let used = effect(chart, Position::One, Some(first))?;
    let ignored = effect(chart, Position::Two, Some(second))?;
    let excluded = [used, ignored].contains(&Effect::Excludes);
    (used != ignored && !excluded).then(|| Exception::ConflictingCodes {
        voucher_id: voucher_id.clone(),
        line: line.line,
        used: first.clone(),
        ignored: second.clone(),
    })
}

/// A payment whose code is not defined (any more): it counts as without a code.
fn undefined_code(payment: &Payment, chart: &Chart) -> Option<Exception> {
    let code = payment.relate_to_1.as_ref()?;
    match chart.code(Position::One, code) {
        Some(_) => None,
        None => Some(Exception::UndefinedCode {
            payment_id: payment.payment_id.clone(),
            code: code.clone(),
        }),
    }
}
