//! Splitting an amount in whole cents by largest remainder: the parts add up to the whole, always.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::Money;

/// One part of a split amount.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// What it comes to.
    pub amount: Money,
    /// One of its cents is a cent that was left over when all parts were cut to whole cents.
    pub rounding_cent: bool,
}

/// [`split`], for those who need no more than the amounts.
pub fn apportion<K: Ord + Clone>(
    whole: Money,
    weights: &BTreeMap<K, Money>,
) -> Option<BTreeMap<K, Money>> {
    let amounts = |parts: BTreeMap<K, Part>| {
        let amount = |(key, part): (K, Part)| (key, part.amount);
        parts.into_iter().map(amount).collect()
    };
    split(whole, weights).map(amounts)
}

/// Splits `whole` in proportion to the positive weights; the others get nothing.
///
/// Every part is first cut to whole cents; the cents left over go one each to
/// the parts that lost most, ties to the earlier key. A negative whole is split
/// as its mirror image. `None` when no weight is positive: there is nobody to
/// take the amount, and no part is made up.
pub fn split<K: Ord + Clone>(
    whole: Money,
    weights: &BTreeMap<K, Money>,
) -> Option<BTreeMap<K, Part>> {
    let total: i128 = weights.values().map(|w| cents(*w).max(0)).sum();
    if total <= 0 {
        return None;
    }
    let amount = cents(whole.abs());
    let mut cuts: Vec<Cut<'_, K>> = weights
        .iter()
        .map(|(key, weight)| Cut::new(key, amount, cents(*weight).max(0), total))
        .collect();
    let mut left = amount - cuts.iter().map(|cut| cut.cents).sum::<i128>();
    // A stable sort keeps the earlier key first among equal remainders.
    cuts.sort_by_key(|cut| std::cmp::Reverse(cut.remainder));
    for cut in &mut cuts {
        if left == 0 {
            break;
        }
        cut.cents += 1;
        cut.rounding_cent = true;
        left -= 1;
    }
    let part = |cut: Cut<'_, K>| {
        let part = Part {
            amount: money(cut.cents, whole.is_negative()),
            rounding_cent: cut.rounding_cent,
        };
        (cut.key.clone(), part)
    };
    Some(cuts.into_iter().map(part).collect())
}

/// One part while the left-over cents are still to be dealt.
struct Cut<'a, K> {
    key: &'a K,
    cents: i128,
    remainder: i128,
    rounding_cent: bool,
}

impl<'a, K> Cut<'a, K> {
    fn new(key: &'a K, amount: i128, weight: i128, total: i128) -> Self {
        let (cents, remainder) = multiply_divide(amount, weight, total);
        Self {
            key,
            cents,
            remainder,
            rounding_cent: false,
        }
    }
}

/// `a × b ÷ c` with its remainder, exact for any `a`, `b`, `c` within 126 bits and not negative.
fn multiply_divide(a: i128, b: i128, c: i128) -> (i128, i128) {
    if let Some(product) = a.checked_mul(b) {
        return (product / c, product % c);
    }
    let (mut quotient, mut remainder) = (0, 0);
    for bit in (0..127).rev() {
        quotient *= 2;
        remainder *= 2;
        if a >> bit & 1 == 1 {
            quotient += b / c;
            remainder += b % c;
        }
        quotient += remainder / c;
        remainder %= c;
    }
    (quotient, remainder)
}

fn cents(amount: Money) -> i128 {
    let exact = amount.decimal();
    exact.mantissa() * 10_i128.pow(2 - exact.scale())
}

fn money(cents: i128, negative: bool) -> Money {
    let signed = if negative { -cents } else { cents };
    Money::rounded(Decimal::from_i128_with_scale(signed, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(whole: i64, weights: &[i64]) -> Option<Vec<i64>> {
        let keyed = weights.iter().map(|w| Money::from_cents(*w)).enumerate();
        let parts = apportion(Money::from_cents(whole), &keyed.collect())?;
        Some(parts.into_values().map(Money::cents).collect())
    }

    #[test]
    fn left_over_cents_go_to_the_largest_remainder_and_ties_to_the_earlier_key() {
        assert_eq!(parts(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
        assert_eq!(parts(-100, &[1, 1, 1]), Some(vec![-34, -33, -33]));
        assert_eq!(parts(10, &[1, 4, 1]), Some(vec![2, 7, 1]));
        assert_eq!(parts(1, &[1, 1, 5]), Some(vec![0, 0, 1]));
    }

    #[test]
    fn what_weighs_nothing_gets_nothing() {
        assert_eq!(parts(101, &[-5, 1, 0, 1]), Some(vec![0, 51, 0, 50]));
        assert_eq!(parts(101, &[-5, 0]), None);
        assert_eq!(parts(0, &[3]), Some(vec![0]));
    }

    #[test]
    fn amounts_beyond_128_bits_of_product_are_split_exactly() {
        let big = i64::MAX;
        assert_eq!(parts(big, &[big, big]).unwrap().iter().sum::<i64>(), big);
        let a = 1_i128 << 100;
        assert_eq!(multiply_divide(a + 7, a + 3, a + 3), (a + 7, 0));
        assert_eq!(multiply_divide(a, a - 1, a), (a - 1, 0));
    }

    proptest! {
        #[test]
        fn no_split_makes_or_loses_a_cent(
            whole in -1_000_000_000_i64..1_000_000_000,
            weights in prop::collection::vec(-1_000_i64..1_000_000, 1..12),
        ) {
            match parts(whole, &weights) {
                None => prop_assert!(weights.iter().all(|w| *w <= 0)),
                Some(parts) => {
                    prop_assert_eq!(parts.iter().sum::<i64>(), whole);
                    for (part, weight) in parts.iter().zip(&weights) {
                        prop_assert!(part.signum() == 0 || part.signum() == whole.signum());
                        prop_assert!(*weight > 0 || *part == 0);
                    }
                }
            }
        }

        #[test]
        fn the_order_in_which_keys_come_in_changes_nothing(
            whole in 0_i64..1_000_000,
            weights in prop::collection::hash_map(0_u8..50, 1_i64..1_000, 1..12),
        ) {
            let keyed = |pairs: Vec<(u8, i64)>| -> BTreeMap<u8, Money> {
                pairs.into_iter().map(|(k, w)| (k, Money::from_cents(w))).collect()
            };
            let forwards: Vec<_> = weights.clone().into_iter().collect();
            let backwards: Vec<_> = forwards.iter().rev().copied().collect();
            let whole = Money::from_cents(whole);
            prop_assert_eq!(apportion(whole, &keyed(forwards)), apportion(whole, &keyed(backwards)));
        }
    }
}
