//! How backup withholding is carried out, by effective date.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::{FurtherTypeId, Rate, VendorId};

/// What holds for payments from a date on, until the next configuration.
///
/// Source: seed, BusinessPlus common codes CK99/2TIN-NOT and CK99/WITHHOLD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// First date of payment.
    pub effective_date: NaiveDate,
    /// Hundredths of a percent; `None` is the law's rate on the day of payment.
    pub rate_basis_points: Option<i32>,
    /// Who the withheld money is remitted to.
    pub remit_to_vendor_id: Option<VendorId>,
    /// Posting code of what is withheld; free text.
    pub posting_code: String,
    /// Object code of what is withheld; free text.
    pub object_code: String,
    /// What else is withheld where backup withholding is due, such as a state's part.
    pub further_types: Vec<FurtherType>,
}

/// A further type of withholding, due where backup withholding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherType {
    /// Key within the configuration.
    pub further_type_id: FurtherTypeId,
    /// Free text.
    pub description: String,
    /// Hundredths of a percent of the gross.
    pub rate_basis_points: i32,
    /// Who the money is remitted to; `None` is the configuration's.
    pub remit_to_vendor_id: Option<VendorId>,
    /// Posting code; free text.
    pub posting_code: String,
    /// Object code; free text.
    pub object_code: String,
}

/// A whole: 100 percent.
const WHOLE_BASIS_POINTS: i32 = 10_000;

/// Why a rate, or rates together, are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// Nothing, or more than everything.
    #[error("not a rate: 1 to 10000 hundredths of a percent, such as 2400 for 24 percent")]
    Rate,
    /// More than everything together.
    #[error(
        "the rates add up to more than 10000 hundredths of a percent: nothing would be left to pay"
    )]
    RatesTogether,
    /// A type that is there already.
    #[error("is there already; each further type comes once")]
    TypeTwice,
}

impl Configuration {
    /// Lets a rate pass that takes something and leaves no debt.
    ///
    /// # Errors
    /// [`ConfigurationError::Rate`].
    pub fn check_rate(basis_points: i32) -> Result<i32, ConfigurationError> {
        match (1..=WHOLE_BASIS_POINTS).contains(&basis_points) {
            true => Ok(basis_points),
            false => Err(ConfigurationError::Rate),
        }
    }

    /// Refuses rates that take more than there is, counting the law's rate as `law` where none is set.
    ///
    /// # Errors
    /// [`ConfigurationError::RatesTogether`].
    pub fn check_together(&self, law: Rate) -> Result<(), ConfigurationError> {
        let own = self.rate_basis_points.map_or(law, rate);
        let further = self.further_types.iter().map(|t| t.rate().0);
        match own.0 + further.sum::<Decimal>() > Decimal::ONE {
            true => Err(ConfigurationError::RatesTogether),
            false => Ok(()),
        }
    }

    /// The rate that is set, if one is.
    pub fn rate(&self) -> Option<Rate> {
        self.rate_basis_points.map(rate)
    }
}

impl FurtherType {
    /// Its rate.
    pub fn rate(&self) -> Rate {
        rate(self.rate_basis_points)
    }
}

fn rate(basis_points: i32) -> Rate {
    Rate(Decimal::new(basis_points.into(), 4))
}
