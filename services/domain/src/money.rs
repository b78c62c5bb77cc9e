//! US dollars to the cent, and the rates they are multiplied by.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

/// The largest amount that anything adds up to, in cents: 9,999,999,999,999.99 dollars.
///
/// Sums of a billion such amounts still fit a [`Decimal`]; nothing a person
/// pays a vendor comes near it, so a larger figure is a typing mistake.
pub const MAX_CENTS: i64 = 999_999_999_999_999;

/// The largest amount that may be entered, in cents: ten digits before the point.
///
/// Totals may be larger, up to [`MAX_CENTS`].
pub const MAX_ENTRY_CENTS: i64 = 999_999_999_999;

/// An amount of US dollars with at most two decimals. Never a float.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// Why a text is not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Not digits with an optional leading `-` and one point.
    #[error("not an amount: write digits with at most two decimals, such as 1234.50")]
    Malformed,
    /// More than two decimals.
    #[error("more than two decimals: amounts are dollars and cents")]
    FractionOfACent,
    /// Beyond [`MAX_ENTRY_CENTS`].
    #[error("larger than 9999999999.99: amounts have at most ten digits before the point")]
    TooLarge,
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// From whole cents.
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    /// Whole cents.
    ///
    /// # Panics
    /// When the amount does not fit 64 bits, which sums of records within
    /// [`MAX_CENTS`] cannot reach.
    pub fn cents(self) -> i64 {
        let cents = match self.0.scale() {
            2 => self.0.mantissa(), // as it is made nearly everywhere
            scale => self.0.mantissa() * 10_i128.pow(2 - scale),
        };
        i64::try_from(cents).expect("a sum of amounts within MAX_CENTS fits 64 bits of cents")
    }

    /// The exact decimal, for ratios.
    pub fn decimal(self) -> Decimal {
        self.0
    }

    /// Rounds half a cent away from zero.
    pub fn rounded(exact: Decimal) -> Self {
        Self(exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// The amount without its sign.
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Neither owed nor owing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// More than nothing.
    pub fn is_positive(self) -> bool {
        self.0 > Decimal::ZERO
    }

    /// Less than nothing.
    pub fn is_negative(self) -> bool {
        self.0 < Decimal::ZERO
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `-1234.5`, `1234.50`, `1234`; refuses `$`, `,`, exponents, spaces and more than ten digits before the point.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Malformed);
        }
        if fraction.len() > 2 {
            return Err(MoneyError::FractionOfACent);
        }
        let dollars: i64 = whole.parse().map_err(|_| MoneyError::TooLarge)?;
        let hundredths = match fraction.as_bytes() {
            [tenths] => i64::from(tenths - b'0') * 10,
            [tenths, hundredths] => i64::from(tenths - b'0') * 10 + i64::from(hundredths - b'0'),
            _ => return Err(MoneyError::FractionOfACent),
        };
        let cents = dollars.checked_mul(100);
        let cents = cents.and_then(|whole| whole.checked_add(hundredths));
        let cents = cents.filter(|cents| *cents <= MAX_ENTRY_CENTS);
        let cents = cents.ok_or(MoneyError::TooLarge)?;
        Ok(Self::from_cents(if text.starts_with('-') {
            -cents
        } else {
            cents
        }))
    }
}

impl fmt::Display for Money {
    /// Plain digits with a point and two decimals, as a form wants them: `-1234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

impl serde::Serialize for Money {
    /// As text with two decimals, so that no reader makes a float of it: `"1234.50"`.
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Money {
    /// Reads what [`Money`] writes; sums beyond [`MAX_CENTS`] too.
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        let exact = Decimal::from_str_exact(&text).map_err(serde::de::Error::custom)?;
        match exact.scale() <= 2 {
            true => Ok(Self(exact)),
            false => Err(serde::de::Error::custom(MoneyError::FractionOfACent)),
        }
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Money> for Money {
    fn sum<I: Iterator<Item = &'a Money>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

/// A share of one, such as 0.24 for a withholding of 24 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(pub Decimal);

impl Rate {
    /// The part of `amount` this rate takes, to the nearest cent, half a cent away from zero.
    pub fn of(self, amount: Money) -> Money {
        Money::rounded(amount.0 * self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_back_as_it_was_written() {
        for (text, cents) in [("0", 0), ("-0.01", -1), ("12.5", 1250), ("600.00", 60_000)] {
            assert_eq!(text.parse::<Money>().unwrap().cents(), cents);
        }
        assert_eq!(Money::from_cents(-5).to_string(), "-0.05");
        assert_eq!(Money::ZERO.to_string(), "0.00");
    }

    #[test]
    fn what_is_not_dollars_and_cents_is_refused() {
        for text in ["", "-", "$1", "1,000", "1e3", " 1", "1.", ".5", "--1", "１"] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError::Malformed), "{text}");
        }
        assert_eq!("1.005".parse::<Money>(), Err(MoneyError::FractionOfACent));
        assert_eq!("10000000000.00".parse::<Money>(), Err(MoneyError::TooLarge));
        let largest = "-9999999999.99".parse::<Money>().unwrap();
        assert_eq!(largest.cents(), -MAX_ENTRY_CENTS);
        assert_eq!(
            "99999999999999999999".parse::<Money>(),
            Err(MoneyError::TooLarge)
        );
    }

    #[test]
    fn half_a_cent_goes_away_from_zero() {
        assert_eq!(Money::rounded(Decimal::new(5, 3)), Money::from_cents(1));
        assert_eq!(Money::rounded(Decimal::new(-5, 3)), Money::from_cents(-1));
    }
}
