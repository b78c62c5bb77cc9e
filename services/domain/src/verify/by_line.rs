//! Vouchers whose cash is split over their lines, application by application: DIRECT_PAYMENTS and RELATE_TO.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Audit;
use super::split::split;
use super::sums::Sums;
use super::told::{Applied, Trace, Voucher};
use super::words::{Type, Way};

/// The rule by which a payment counts as a whole and not over its vouchers.
const BY_ITS_CODE: &str = "counts_by_its_code";

/// Splits every application that counts here again, and adds the parts up by income type.
pub(super) fn check(audit: &mut Audit, trace: &Trace, voucher: &Voucher) {
    let sums = Sums::check(audit, trace, voucher);
    audit.holds(
        "no method that goes by checks alone looks at vouchers",
        trace.way != Way::Bk,
    );
    if trace.way.goes_by_codes() {
        let named = &voucher.vendor_of_record_id;
        let of_record = if named.is_empty() {
            &voucher.vendor_id
        } else {
            named
        };
        audit.words("vendor of record", &trace.recipient_id, of_record);
    }
    audit.count("pairs where lines are split", 0, voucher.pairs.len());
    audit.count("types where lines are split", 0, voucher.types.len());
    let weights = Weights::of(voucher, sums.gross);
    let against = sums.gross.signum() * sums.cash.signum() < 0;
    let whole = count_as_a_whole(trace);
    let mut by_type = BTreeMap::<Type, i128>::new();
    for applied in &voucher.applied {
        audit.at_payment(&applied.payment_id);
        let here = !against && counts_here(trace, applied);
        let split_here = here && applied.left_out.is_empty();
        if !applied.left_out.is_empty() {
            audit.words("rule against a split", BY_ITS_CODE, &applied.left_out);
            let ruled = here && trace.way == Way::Bo;
            audit.holds(
                "a payment counts by its code only where codes of both are read",
                ruled,
            );
            audit.holds(
                "a payment left to its code has a share",
                reported(trace, applied, &whole),
            );
        } else if split_here {
            let once = !whole.contains(applied.payment_id.as_str());
            audit.holds(
                "nothing counts twice, by its code and by its vouchers",
                once,
            );
        }
        let parts = split_here.then(|| split(applied.amount, &weights.amounts));
        let parts = parts
            .flatten()
            .unwrap_or_else(|| vec![0; weights.amounts.len()]);
        weights.compare(audit, voucher, applied, &parts);
        for (at, part) in parts.into_iter().enumerate().filter(|(_, part)| *part != 0) {
            if let Some(income_type) = weights.income_type(voucher, at) {
                *by_type.entry(income_type).or_default() += part;
            }
        }
    }
    audit.at_payment("");
    audit.cents("income", by_type.values().sum(), voucher.income);
    audit.count("shares", by_type.len(), voucher.shares.len());
    for ((income_type, amount), found) in by_type.into_iter().zip(&voucher.shares) {
        let word = income_type.word();
        audit.words("income type of a share", word, found.income_type.word());
        let lines = sums.by_type.get(&income_type).copied().unwrap_or_default();
        let what = |amount| format!("share of {word}: {amount}");
        audit.cents(&what("lines"), lines, found.line_total);
        audit.cents(&what("total"), amount, found.total);
        audit.cents(&what("taxable"), amount, found.taxable);
    }
}

/// Cash of this payer and year counts here; in DIRECT_PAYMENTS, what this recipient received of it.
fn counts_here(trace: &Trace, applied: &Applied) -> bool {
    applied.standing == "this_year"
        && applied.payer_id.as_ref() == Some(&trace.payer_id)
        && (trace.way.goes_by_codes() || applied.recipient_id == trace.recipient_id)
}

/// Payments that report as a whole although they settle vouchers.
fn count_as_a_whole(trace: &Trace) -> BTreeSet<&str> {
    let payments = trace.payments.iter();
    let whole = payments.filter(|paid| paid.share.is_some() && !paid.without_vouchers);
    whole.map(|paid| paid.payment_id.as_str()).collect()
}

/// What this recipient received of a payment is reported as a whole, if it received any.
fn reported(trace: &Trace, applied: &Applied, whole: &BTreeSet<&str>) -> bool {
    let mut payments = trace.payments.iter();
    let paid = payments.find(|paid| paid.payment_id == applied.payment_id);
    let received = paid.is_some_and(|paid| paid.received != 0);
    !received || whole.contains(applied.payment_id.as_str())
}

/// The two parts of every line, in order of lines: the net amount before the sales tax.
struct Weights {
    /// Place of the line in the voucher, and whether it is the part on its tax.
    keys: Vec<(usize, bool)>,
    amounts: Vec<i128>,
}

impl Weights {
    fn of(voucher: &Voucher, gross: i128) -> Self {
        let mut order: Vec<_> = (0..voucher.lines.len()).collect();
        order.sort_by_key(|at| voucher.lines[*at].line);
        let keys: Vec<_> = order
            .into_iter()
            .flat_map(|at| [(at, false), (at, true)])
            .collect();
        let sign = if gross < 0 { -1 } else { 1 };
        let amount = |(at, tax): &(usize, bool)| match tax {
            true => voucher.lines[*at].sales_tax * sign,
            false => voucher.lines[*at].net * sign,
        };
        Self {
            amounts: keys.iter().map(amount).collect(),
            keys,
        }
    }

    /// What the part at a place reports as.
    fn income_type(&self, voucher: &Voucher, at: usize) -> Option<Type> {
        match self.keys[at] {
            (_, true) => None,
            (line, false) => voucher.lines[line].income_type,
        }
    }

    /// Compares the parts of one application with what the trace shows of them.
    fn compare(&self, audit: &mut Audit, voucher: &Voucher, applied: &Applied, parts: &[i128]) {
        let word = |found: Option<Type>| found.map_or("", Type::word);
        let taken = parts.iter().filter(|part| **part != 0).count();
        audit.count("parts", taken, applied.parts.len());
        for (at, part) in parts.iter().enumerate() {
            let (line, tax) = (&voucher.lines[self.keys[at].0], self.keys[at].1);
            let shown = |found: &&_| {
                let found: &super::told::LinePart = found;
                (found.line, found.sales_tax) == (line.line, tax)
            };
            let found = applied.parts.iter().find(shown);
            let what = match tax {
                true => format!("part on the sales tax of line {}", line.line),
                false => format!("part on line {}", line.line),
            };
            audit.cents(&what, *part, found.map_or(0, |found| found.amount));
            if let Some(found) = found {
                let rule = if tax { "sales_tax" } else { &line.left_out };
                let income_type = word(self.income_type(voucher, at));
                audit.words(
                    &format!("{what}: type"),
                    income_type,
                    word(found.income_type),
                );
                audit.words(&format!("{what}: rule"), rule, &found.left_out);
            }
        }
    }
}
