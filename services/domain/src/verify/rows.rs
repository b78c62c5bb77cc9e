//! From the leaves to the rows, and whether they are what is kept.

use std::collections::BTreeMap;

use super::finding::Audit;
use super::told::Trace;
use super::words::{FEDERAL, STATE, Type, kept_off};
use super::{Kept, KeptRow};

/// Totals and taxable amounts by income type.
type Rows = BTreeMap<Type, (i128, i128)>;

/// Adds the leaves that no rule keeps off up to rows; compares the trace's, then the stored ones.
pub(super) fn check(audit: &mut Audit, trace: &Trace, kept: &Kept) {
    audit.at_recipient();
    rules(audit, trace);
    let sums = add_up(trace);
    let sum = |withheld: bool| -> i128 {
        let of = sums.iter().filter(|(t, _)| t.is_withheld() == withheld);
        of.map(|(_, (_, taxable))| taxable).sum()
    };
    let stands = sum(false) > 0 || sum(true) > 0;
    let expected = if stands { sums } else { Rows::new() };
    let word = |skipped: bool| if skipped { "skipped" } else { "rows" };
    let told = (!trace.skipped.is_empty(), kept.skipped.is_some());
    audit.words(
        "income above nothing makes rows",
        word(!stands),
        word(told.0),
    );
    audit.words(
        "income above nothing makes stored rows",
        word(!stands),
        word(told.1),
    );
    let reason = kept.skipped.as_deref().unwrap_or_default();
    audit.words("stored reason of no rows", &trace.skipped, reason);
    let rows = trace.rows.iter();
    let rows = rows.map(|row| (row.income_type.word(), row.total, row.taxable));
    compare(audit, "row", &expected, rows.collect());
    let stored = |row: &KeptRow| (i128::from(row.total_cents), i128::from(row.taxable_cents));
    let rows = kept.rows.iter().map(|row| {
        let (total, taxable) = stored(row);
        (row.income_type.as_str(), total, taxable)
    });
    audit.proof.rows += kept.rows.len() as u64;
    compare(audit, "stored row", &expected, rows.collect());
}

/// Which leaves are kept off follows from flag, classification and the federal tax withheld.
fn rules(audit: &mut Audit, trace: &Trace) {
    let vendor = (trace.flag.as_str(), trace.classification.as_str());
    let is_federal = |income_type: Type| income_type.word() == FEDERAL;
    let columns = trace.payments.iter().map(|paid| paid.federal);
    let shares = trace.vouchers.iter().flat_map(|voucher| &voucher.shares);
    let coded = shares.filter(|share| is_federal(share.income_type));
    let whole = trace.payments.iter().filter_map(|paid| paid.share.as_ref());
    let whole = whole.filter(|share| share.income_type.is_some_and(is_federal));
    let federal: i128 = columns
        .chain(coded.map(|share| share.taxable))
        .chain(whole.map(|share| share.amount))
        .sum();
    let rule = |income_type| kept_off(trace.way, vendor, federal > 0, income_type);
    for voucher in &trace.vouchers {
        for share in &voucher.shares {
            let (word, voucher_id) = (share.income_type.word(), &voucher.voucher_id);
            let what = format!("rule for {word} of voucher {voucher_id}");
            audit.words(&what, rule(share.income_type), &share.left_out);
        }
    }
    for payment in &trace.payments {
        if let Some(share) = &payment.share
            && let Some(income_type) = share.income_type
        {
            let what = format!("rule for payment {} as a whole", payment.payment_id);
            audit.words(&what, rule(income_type), &share.left_out);
        }
    }
}

fn add_up(trace: &Trace) -> Rows {
    let mut rows = Rows::new();
    let mut add = |income_type: Type, total: i128, taxable: i128| {
        let row = rows.entry(income_type).or_default();
        row.0 += total;
        row.1 += taxable;
    };
    for share in trace.vouchers.iter().flat_map(|voucher| &voucher.shares) {
        if share.left_out.is_empty() {
            add(share.income_type, share.total, share.taxable);
        }
    }
    for payment in &trace.payments {
        if let Some(share) = &payment.share
            && let Some(income_type) = share.income_type.filter(|_| share.left_out.is_empty())
        {
            add(income_type, share.amount, share.amount);
        }
        for (word, withheld) in [(FEDERAL, payment.federal), (STATE, payment.state)] {
            if let Some(income_type) = Type::from_word(word).filter(|_| trace.flag != "D") {
                add(income_type, withheld, withheld);
            }
        }
    }
    rows.retain(|_, (total, taxable)| *total != 0 || *taxable != 0);
    rows
}

/// Compares rows by the word of their income type: missing ones, wrong ones, and those too many.
fn compare(audit: &mut Audit, which: &str, expected: &Rows, found: Vec<(&str, i128, i128)>) {
    audit.count(&format!("{which}s"), expected.len(), found.len());
    for (income_type, (total, taxable)) in expected {
        let word = income_type.word();
        let row = found.iter().find(|(found, ..)| *found == word);
        let (_, found_total, found_taxable) = row.copied().unwrap_or((word, 0, 0));
        audit.cents(&format!("{which} of {word}: total"), *total, found_total);
        audit.cents(
            &format!("{which} of {word}: taxable"),
            *taxable,
            found_taxable,
        );
    }
    for (word, total, taxable) in found {
        let known = Type::from_word(word).is_some_and(|t| expected.contains_key(&t));
        if !known {
            audit.cents(&format!("{which} of {word}: total"), 0, total);
            audit.cents(&format!("{which} of {word}: taxable"), 0, taxable);
        }
    }
}
