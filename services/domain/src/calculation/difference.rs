//! Why two calculations of one recipient differ: method, payment, line, vendor, or nothing but the split.

use std::collections::{BTreeMap, BTreeSet};

use super::left_out::LeftOut;
use super::method::{Basis, Method};
use super::standing::Standing;
use super::trace::{AppliedTrace, LineTrace, PaymentTrace, Trace, VoucherTrace};
use crate::{IncomeType, Money, PaymentId, VoucherId};

/// What kind of thing made the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The two methods report the same facts differently.
    Method,
    /// A payment that the first calculation did not see.
    PaymentNew,
    /// A payment that the second calculation does not see.
    PaymentGone,
    /// A payment, or what it settles, has changed: amount, void, discount.
    PaymentChanged,
    /// A voucher line has changed, or reports as something else.
    LineChanged,
    /// The recipient's flag or classification has changed.
    VendorChanged,
    /// One of the two gave the recipient no rows.
    Skipped,
    /// The voucher is shared differently among its payers, recipients or income types.
    SplitChanged,
}

impl Kind {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::PaymentNew => "payment_new",
            Self::PaymentGone => "payment_gone",
            Self::PaymentChanged => "payment_changed",
            Self::LineChanged => "line_changed",
            Self::VendorChanged => "vendor_changed",
            Self::Skipped => "skipped",
            Self::SplitChanged => "split_changed",
        }
    }
}

/// One thing that made a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// What kind of thing.
    pub kind: Kind,
    /// The voucher, if it is about one.
    pub voucher_id: Option<VoucherId>,
    /// The payment, if it is about one.
    pub payment_id: Option<PaymentId>,
    /// In a sentence, with both amounts.
    pub explanation: String,
}

/// Why the amounts of an income type differ between two calculations of a recipient; `None` is a calculation that the
/// recipient's payments did not reach. Empty where nothing differs.
pub fn causes(
    first: Option<&Trace>,
    second: Option<&Trace>,
    income_type: IncomeType,
) -> Vec<Cause> {
    let mut causes = Vec::new();
    let (first, second) = match (first, second) {
        (None, None) => return causes,
        (None, Some(only)) => return every_payment(only, Kind::PaymentNew),
        (Some(only), None) => return every_payment(only, Kind::PaymentGone),
        (Some(first), Some(second)) => (first, second),
    };
    causes.extend(vendor(first, second));
    causes.extend(skipped(first, second));
    let keys: BTreeSet<_> = [first, second]
        .iter()
        .flat_map(|trace| trace.vouchers.iter().map(|v| &v.voucher_id))
        .collect();
    for key in keys {
        let sides = [first, second].map(|trace| Side::of(trace, key, income_type));
        causes.extend(voucher(key, &sides));
    }
    causes.extend(payments(first, second, income_type));
    causes
}

fn every_payment(trace: &Trace, kind: Kind) -> Vec<Cause> {
    let in_play = |p: &&PaymentTrace| p.standing == Standing::ThisYear;
    let cause = |payment: &PaymentTrace| {
        let seen = match kind {
            Kind::PaymentNew => "seen by the second alone",
            _ => "seen by the first alone",
        };
        let (id, date) = (&payment.payment_id, payment.payment_date);
        of_payment(
            kind,
            id,
            format!("payment {id} of {date} for {}: {seen}", payment.received),
        )
    };
    trace.payments.iter().filter(in_play).map(cause).collect()
}

fn vendor(first: &Trace, second: &Trace) -> Option<Cause> {
    let facts = |trace: &Trace| {
        let class = trace.classification.map_or("none", |c| c.as_str());
        format!("flag {}, classification {class}", trace.flag_1099.as_str())
    };
    let (was, is) = (facts(first), facts(second));
    (was != is).then(|| Cause {
        kind: Kind::VendorChanged,
        voucher_id: None,
        payment_id: None,
        explanation: format!("vendor {}: {was}; then {is}", first.recipient_id),
    })
}

fn skipped(first: &Trace, second: &Trace) -> Option<Cause> {
    let words = |trace: &Trace| match trace.skipped {
        Some(reason) => format!("no rows, as {reason}"),
        None => "rows".to_owned(),
    };
    (first.skipped != second.skipped).then(|| Cause {
        kind: Kind::Skipped,
        voucher_id: None,
        payment_id: None,
        explanation: format!("{}; then {}", words(first), words(second)),
    })
}

/// One voucher as one of the calculations saw it.
struct Side<'a> {
    method: Method,
    voucher: Option<&'a VoucherTrace>,
    income_type: IncomeType,
}

impl<'a> Side<'a> {
    fn of(trace: &'a Trace, key: &VoucherId, income_type: IncomeType) -> Self {
        Self {
            method: trace.method,
            voucher: trace.vouchers.iter().find(|v| v.voucher_id == *key),
            income_type,
        }
    }

    /// What it gives the row, and the rule that keeps that off.
    fn share(&self) -> (Money, Money, Option<LeftOut>) {
        let shares = self.voucher.iter().flat_map(|v| &v.shares);
        let mut of_type = shares.filter(|share| share.income_type == self.income_type);
        match of_type.next() {
            Some(share) if share.left_out.is_none() => {
                (share.total_1099_amount, share.taxable_amount, None)
            }
            Some(share) => (Money::ZERO, Money::ZERO, share.left_out),
            None => (Money::ZERO, Money::ZERO, None),
        }
    }

    /// How the method came to it.
    fn words(&self) -> String {
        let (_, taxable, left_out) = self.share();
        let (method, income_type) = (self.method, self.income_type);
        let Some(voucher) = self.voucher else {
            return format!("{method} has no share in it");
        };
        if let Some(rule) = left_out {
            return format!(
                "{method} leaves its {income_type} out: {}",
                rule.explanation()
            );
        }
        let (cash, prior, lines) = (voucher.cash, voucher.prior, voucher.reportable);
        let invoice = voucher.invoice_amount.unwrap_or_default();
        match method {
            Method::IncomeFirst => format!(
                "{method} {taxable}: of {lines} reportable lines, {prior} paid before and {cash} this year"
            ),
            Method::Prorated {
                basis: Basis::PercentPaid,
            } => format!(
                "{method} {taxable}: of {lines} reportable lines, as {cash} of {invoice} was paid"
            ),
            Method::Prorated {
                basis: Basis::AsDocumented,
            } => format!("{method} {taxable}: by the lines' own part of {invoice}"),
            Method::DirectPayments | Method::RelateTo { .. } => format!(
                "{method} {taxable}: the part of the cash on lines that report as {income_type}"
            ),
        }
    }
}

fn voucher(key: &VoucherId, sides: &[Side<'_>; 2]) -> Vec<Cause> {
    let [first, second] = sides;
    if first.share() == second.share() {
        return Vec::new();
    }
    let of_voucher = |kind, explanation| Cause {
        kind,
        voucher_id: Some(key.clone()),
        payment_id: None,
        explanation,
    };
    let mut causes = match (first.voucher, second.voucher) {
        (Some(was), Some(is)) => applications(key, was, is),
        (None, Some(only)) => paid(key, only, Kind::PaymentNew),
        (Some(only), None) => paid(key, only, Kind::PaymentGone),
        (None, None) => Vec::new(),
    };
    if first.method != second.method {
        let words = format!("voucher {key}: {}; {}", first.words(), second.words());
        return vec![of_voucher(Kind::Method, words)];
    }
    if let (Some(was), Some(is)) = (first.voucher, second.voucher) {
        causes.extend(lines(key, was, is));
    }
    if causes.is_empty() {
        let (was, is) = (first.share().1, second.share().1);
        let words = format!("voucher {key}: its split gives {was}; then {is}");
        causes.push(of_voucher(Kind::SplitChanged, words));
    }
    causes
}

fn paid(key: &VoucherId, only: &VoucherTrace, kind: Kind) -> Vec<Cause> {
    let in_play = |applied: &&AppliedTrace| applied.standing == Standing::ThisYear;
    let cause = |applied: &AppliedTrace| {
        let words = match kind {
            Kind::PaymentNew => "since",
            _ => "no longer",
        };
        let (id, amount) = (&applied.payment_id, applied.applied);
        Cause {
            voucher_id: Some(key.clone()),
            ..of_payment(
                kind,
                id,
                format!("voucher {key}: {amount} of payment {id} {words}"),
            )
        }
    };
    only.payments.iter().filter(in_play).map(cause).collect()
}

fn applications(key: &VoucherId, was: &VoucherTrace, is: &VoucherTrace) -> Vec<Cause> {
    let by_payment = |voucher: &'_ VoucherTrace| -> BTreeMap<PaymentId, AppliedTrace> {
        let applied = voucher.payments.iter();
        applied.map(|a| (a.payment_id.clone(), a.clone())).collect()
    };
    let words = |applied: &AppliedTrace| {
        let (amount, discount) = (applied.applied, applied.discount);
        let standing = applied.standing.explanation();
        match discount.is_zero() {
            true => format!("{amount} {standing}"),
            false => format!("{amount} and a discount of {discount}, {standing}"),
        }
    };
    let (before, after) = (by_payment(was), by_payment(is));
    let ids: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let cause = |id: &PaymentId| {
        let (kind, explanation) = match (before.get(id), after.get(id)) {
            (None, Some(new)) => (Kind::PaymentNew, format!("{} since", words(new))),
            (Some(old), None) => (Kind::PaymentGone, format!("{} no longer", words(old))),
            (Some(old), Some(new)) if words(old) != words(new) => (
                Kind::PaymentChanged,
                format!("{}; then {}", words(old), words(new)),
            ),
            _ => return None,
        };
        let explanation = format!("voucher {key}: payment {id}: {explanation}");
        Some(Cause {
            voucher_id: Some(key.clone()),
            ..of_payment(kind, id, explanation)
        })
    };
    ids.into_iter().filter_map(cause).collect()
}

fn lines(key: &VoucherId, was: &VoucherTrace, is: &VoucherTrace) -> Vec<Cause> {
    let words = |line: Option<&LineTrace>| match line {
        None => "absent".to_owned(),
        Some(line) => match (line.income_type, line.left_out) {
            (_, Some(rule)) => format!("{} left out: {}", line.net, rule.explanation()),
            (Some(income_type), None) => format!("{} {income_type}", line.net),
            (None, None) => line.net.to_string(),
        },
    };
    let find = |voucher: &'_ VoucherTrace, number| {
        let line = voucher.lines.iter().find(|line| line.line == number);
        words(line)
    };
    let numbers: BTreeSet<_> = was.lines.iter().chain(&is.lines).map(|l| l.line).collect();
    let cause = |number| {
        let (old, new) = (find(was, number), find(is, number));
        (old != new).then(|| Cause {
            kind: Kind::LineChanged,
            voucher_id: Some(key.clone()),
            payment_id: None,
            explanation: format!("voucher {key}: line {number}: {old}; then {new}"),
        })
    };
    numbers.into_iter().filter_map(cause).collect()
}

/// Payments that report by themselves, and the tax withheld from payments.
fn payments(first: &Trace, second: &Trace, income_type: IncomeType) -> Vec<Cause> {
    let amount = |payment: Option<&PaymentTrace>| {
        let Some(payment) = payment else {
            return Money::ZERO;
        };
        let share = payment.share.iter();
        let mut own = share.filter(|s| s.income_type == Some(income_type) && s.left_out.is_none());
        let by_itself = own.next().map(|share| share.amount).unwrap_or_default();
        by_itself
            + match income_type {
                IncomeType::FederalIncomeTaxWithheld => payment.federal_tax_withheld,
                IncomeType::StateTaxWithheld => payment.state_tax_withheld,
                _ => Money::ZERO,
            }
    };
    let find = |trace: &'_ Trace, id: &PaymentId| {
        let payment = trace.payments.iter().find(|p| p.payment_id == *id);
        (payment.is_some(), amount(payment))
    };
    let ids: BTreeSet<_> = [first, second]
        .iter()
        .flat_map(|trace| trace.payments.iter().map(|p| &p.payment_id))
        .collect();
    let cause = |id: &PaymentId| {
        let ((was, old), (is, new)) = (find(first, id), find(second, id));
        let kind = match (was, is) {
            _ if old == new => return None,
            (false, true) => Kind::PaymentNew,
            (true, false) => Kind::PaymentGone,
            _ if first.method != second.method => Kind::Method,
            _ => Kind::PaymentChanged,
        };
        let words = format!("payment {id}: {old} of {income_type} by itself; then {new}");
        Some(of_payment(kind, id, words))
    };
    ids.into_iter().filter_map(cause).collect()
}

fn of_payment(kind: Kind, payment_id: &PaymentId, explanation: String) -> Cause {
    Cause {
        kind,
        voucher_id: None,
        payment_id: Some(payment_id.clone()),
        explanation,
    }
}
