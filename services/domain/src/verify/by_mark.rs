//! Vouchers whose lines are chosen by their 1099 mark: INCOME_FIRST and PRORATED.

use super::finding::Audit;
use super::split::split;
use super::sums::Sums;
use super::told::{Trace, Voucher};
use super::words::{Type, Way};

/// The two amounts that are split side by side.
#[derive(Clone, Copy, Default)]
struct Amounts {
    total: i128,
    taxable: i128,
}

/// One income type of the whole voucher.
struct OfType {
    income_type: Type,
    line_total: i128,
    whole: Amounts,
}

/// Works the voucher out again: its income, who shares it, and this recipient's share by income type.
pub(super) fn check(audit: &mut Audit, trace: &Trace, voucher: &Voucher) {
    let sums = Sums::check(audit, trace, voucher);
    for applied in &voucher.applied {
        audit.holds(
            "an application is not split over lines",
            applied.parts.is_empty(),
        );
    }
    match trace.way {
        Way::IncomeFirst => income_first(audit, trace, voucher, &sums),
        _ => prorated(audit, trace, voucher, &sums),
    }
}

/// `min(C, L − P)`, not below zero; mirrored where cash and lines are both negative, nothing where they disagree.
fn income_first(audit: &mut Audit, trace: &Trace, voucher: &Voucher, sums: &Sums<'_>) {
    let sign = sums.cash.signum();
    let goes = sign != 0 && sign == sums.reportable.signum();
    let (cash, left) = (sums.cash * sign, (sums.reportable - sums.prior) * sign);
    let whole = match goes {
        true => Amounts {
            total: sums.reportable,
            taxable: cash.min(left).max(0) * sign,
        },
        false => Amounts::default(),
    };
    audit.cents("income", whole.taxable, voucher.income);
    audit.holds(
        "types are told apart only where they are split one by one",
        voucher.types.is_empty(),
    );
    let parts = over_pairs(sums, whole);
    pairs(audit, voucher, sums, &parts);
    let mine = sums.place((Some(&trace.payer_id), &trace.recipient_id));
    let mine = mine.map(|at| parts[at]).unwrap_or_default();
    let weights = sums.type_weights();
    let (total, taxable) = (split(mine.total, &weights), split(mine.taxable, &weights));
    let of = |parts: &Option<Vec<i128>>, at: usize| parts.as_ref().map_or(0, |parts| parts[at]);
    let types = sums.by_type.iter().enumerate();
    let expected = types.map(|(at, (income_type, line_total))| OfType {
        income_type: *income_type,
        line_total: *line_total,
        whole: Amounts {
            total: of(&total, at),
            taxable: of(&taxable, at),
        },
    });
    shares(audit, voucher, &expected.collect::<Vec<_>>());
}

/// `T × C ÷ I`, or `T × |T ÷ I|` as documented; each type is split over those who share the voucher.
fn prorated(audit: &mut Audit, trace: &Trace, voucher: &Voucher, sums: &Sums<'_>) {
    let Some(invoice) = voucher.invoice else {
        return audit.differs("invoice amount", "an amount", "none");
    };
    let came_back = sums.reportable > 0 && sums.cash < 0;
    let types: Vec<_> = match invoice == 0 || sums.cash == 0 || came_back {
        true => Vec::new(),
        false => {
            let of_type = |(income_type, line_total): (&Type, &i128)| OfType {
                income_type: *income_type,
                line_total: *line_total,
                whole: Amounts {
                    total: *line_total,
                    taxable: match trace.way {
                        Way::AsDocumented => ratio(*line_total, line_total.abs(), invoice.abs()),
                        _ => ratio(*line_total, sums.cash, invoice),
                    },
                },
            };
            sums.by_type.iter().map(of_type).collect()
        }
    };
    audit.count("income types", types.len(), voucher.types.len());
    for (expected, found) in types.iter().zip(&voucher.types) {
        let word = expected.income_type.word();
        audit.words("income type of the voucher", word, found.income_type.word());
        audit.cents(
            &format!("lines of {word}"),
            expected.line_total,
            found.line_total,
        );
        audit.cents(
            &format!("whole of {word}"),
            expected.whole.taxable,
            found.taxable,
        );
    }
    let income = types.iter().map(|t| t.whole.taxable).sum();
    audit.cents("income", income, voucher.income);
    let parts: Vec<_> = types.iter().map(|t| over_pairs(sums, t.whole)).collect();
    let of_pair = |at: usize| Amounts {
        total: parts.iter().map(|of_type| of_type[at].total).sum(),
        taxable: parts.iter().map(|of_type| of_type[at].taxable).sum(),
    };
    let by_pair: Vec<_> = (0..sums.by_pair.len()).map(of_pair).collect();
    pairs(audit, voucher, sums, &by_pair);
    let mine = sums.place((Some(&trace.payer_id), &trace.recipient_id));
    let mine = types.iter().zip(&parts).map(|(of_type, parts)| OfType {
        whole: mine.map(|at| parts[at]).unwrap_or_default(),
        ..*of_type
    });
    shares(audit, voucher, &mine.collect::<Vec<_>>());
}

/// `amount × numerator ÷ denominator` to the nearest cent, half a cent away from zero.
fn ratio(amount: i128, numerator: i128, denominator: i128) -> i128 {
    let product = amount * numerator;
    let (size, by) = (product.abs(), denominator.abs());
    let up = i128::from(size % by * 2 >= by);
    (size / by + up) * product.signum() * denominator.signum()
}

/// Each pair's part of an amount, by their parts of the cash.
fn over_pairs(sums: &Sums<'_>, whole: Amounts) -> Vec<Amounts> {
    let weights = sums.pair_weights();
    let (total, taxable) = (split(whole.total, &weights), split(whole.taxable, &weights));
    let of = |parts: &Option<Vec<i128>>, at: usize| parts.as_ref().map_or(0, |parts| parts[at]);
    let pair = |at| Amounts {
        total: of(&total, at),
        taxable: of(&taxable, at),
    };
    (0..weights.len()).map(pair).collect()
}

/// The trace shows the pairs where there is more than one.
fn pairs(audit: &mut Audit, voucher: &Voucher, sums: &Sums<'_>, parts: &[Amounts]) {
    let shown = if parts.len() < 2 { 0 } else { parts.len() };
    audit.count("payers and recipients", shown, voucher.pairs.len());
    let expected = sums.by_pair.iter().zip(parts);
    for (((key, cash), part), found) in expected.zip(&voucher.pairs) {
        let (payer_id, recipient_id) = (key.0.unwrap_or("no payer"), key.1);
        let found_payer = found.payer_id.as_deref().unwrap_or("no payer");
        audit.words("payer of a split", payer_id, found_payer);
        audit.words("recipient of a split", recipient_id, &found.recipient_id);
        let what = |amount| format!("split, {payer_id} to {recipient_id}: {amount}");
        audit.cents(&what("cash"), *cash, found.cash);
        audit.cents(&what("total"), part.total, found.total);
        audit.cents(&what("taxable"), part.taxable, found.taxable);
    }
}

fn shares(audit: &mut Audit, voucher: &Voucher, expected: &[OfType]) {
    audit.count("shares", expected.len(), voucher.shares.len());
    for (expected, found) in expected.iter().zip(&voucher.shares) {
        let word = expected.income_type.word();
        audit.words("income type of a share", word, found.income_type.word());
        let what = |amount| format!("share of {word}: {amount}");
        audit.cents(&what("lines"), expected.line_total, found.line_total);
        audit.cents(&what("total"), expected.whole.total, found.total);
        audit.cents(&what("taxable"), expected.whole.taxable, found.taxable);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_goes_to_the_nearest_cent_and_half_a_cent_away_from_zero() {
        assert_eq!(ratio(800_00, 490_00, 1_000_00), 392_00);
        assert_eq!(ratio(1, 1, 2), 1);
        assert_eq!(ratio(-1, 1, 2), -1);
        assert_eq!(ratio(-1, -1, -2), -1);
        assert_eq!(ratio(1, 49, 100), 0);
    }
}
