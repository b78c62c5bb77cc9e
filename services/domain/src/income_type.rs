//! Kinds of reportable income, named the same in every year; the rules of a tax year say which box each prints in.

use std::fmt;
use std::str::FromStr;

/// What a payment was for. The order is the tie-break order of [`crate::calculation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IncomeType {
    /// Services by someone who is not an employee.
    NonemployeeCompensation,
    /// Excess golden parachute payments.
    ExcessGoldenParachute,
    /// Rents.
    Rents,
    /// Royalties.
    Royalties,
    /// Prizes, awards and other income.
    OtherIncome,
    /// Backup withholding kept back for the IRS; not income.
    FederalIncomeTaxWithheld,
    /// Fishing boat proceeds.
    FishingBoatProceeds,
    /// Medical and health care payments.
    MedicalPayments,
    /// Consumer products sold for resale; reported as a mark, not an amount.
    DirectSales,
    /// Substitute payments in lieu of dividends or interest.
    SubstitutePayments,
    /// Crop insurance proceeds.
    CropInsurance,
    /// Gross proceeds paid to an attorney.
    AttorneyGrossProceeds,
    /// Fish purchased for resale, for cash.
    FishPurchased,
    /// Section 409A deferrals.
    Section409aDeferrals,
    /// Nonqualified deferred compensation.
    NonqualifiedDeferredCompensation,
    /// Tax kept back for a state; not income.
    StateTaxWithheld,
}

/// Not one of the words of the AP extract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown income type: use one of {}", IncomeType::words())]
pub struct UnknownIncomeType;

impl IncomeType {
    /// Every type, in tie-break order.
    pub const ALL: [Self; 16] = [
        Self::NonemployeeCompensation,
        Self::ExcessGoldenParachute,
        Self::Rents,
        Self::Royalties,
        Self::OtherIncome,
        Self::FederalIncomeTaxWithheld,
        Self::FishingBoatProceeds,
        Self::MedicalPayments,
        Self::DirectSales,
        Self::SubstitutePayments,
        Self::CropInsurance,
        Self::AttorneyGrossProceeds,
        Self::FishPurchased,
        Self::Section409aDeferrals,
        Self::NonqualifiedDeferredCompensation,
        Self::StateTaxWithheld,
    ];

    /// The word of the AP extract and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NonemployeeCompensation => "nonemployee_compensation",
            Self::ExcessGoldenParachute => "excess_golden_parachute",
            Self::Rents => "rents",
            Self::Royalties => "royalties",
            Self::OtherIncome => "other_income",
            Self::FederalIncomeTaxWithheld => "federal_income_tax_withheld",
            Self::FishingBoatProceeds => "fishing_boat_proceeds",
            Self::MedicalPayments => "medical_payments",
            Self::DirectSales => "direct_sales",
            Self::SubstitutePayments => "substitute_payments",
            Self::CropInsurance => "crop_insurance",
            Self::AttorneyGrossProceeds => "attorney_gross_proceeds",
            Self::FishPurchased => "fish_purchased",
            Self::Section409aDeferrals => "section_409a_deferrals",
            Self::NonqualifiedDeferredCompensation => "nonqualified_deferred_compensation",
            Self::StateTaxWithheld => "state_tax_withheld",
        }
    }

    /// The Relate To code that exists without being imported.
    ///
    /// Source: seed, BusinessPlus default Relate To codes chart.
    pub fn default_relate_to(self) -> &'static str {
        match self {
            Self::NonemployeeCompensation => "CC",
            Self::ExcessGoldenParachute => "EP",
            Self::Rents => "RE",
            Self::Royalties => "RO",
            Self::OtherIncome => "PA",
            Self::FederalIncomeTaxWithheld => "FW",
            Self::FishingBoatProceeds => "FB",
            Self::MedicalPayments => "MH",
            Self::DirectSales => "DS",
            Self::SubstitutePayments => "SP",
            Self::CropInsurance => "CI",
            Self::AttorneyGrossProceeds => "AF",
            Self::FishPurchased => "FP",
            Self::Section409aDeferrals => "DI",
            Self::NonqualifiedDeferredCompensation => "ND",
            Self::StateTaxWithheld => "SW",
        }
    }

    /// Tax kept back from the recipient, which is not income.
    pub fn is_withheld(self) -> bool {
        matches!(
            self,
            Self::FederalIncomeTaxWithheld | Self::StateTaxWithheld
        )
    }

    /// Reportable even when the recipient is a corporation.
    ///
    /// Source: Treas. Reg. § 1.6041-3(p)(1); IRC §§ 6045(d), 6045(f), 6050R.
    pub fn reaches_corporations(self) -> bool {
        matches!(
            self,
            Self::MedicalPayments
                | Self::AttorneyGrossProceeds
                | Self::FishPurchased
                | Self::SubstitutePayments
        )
    }

    fn words() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl FromStr for IncomeType {
    type Err = UnknownIncomeType;
    fn from_str(word: &str) -> Result<Self, UnknownIncomeType> {
        Self::ALL
            .into_iter()
            .find(|t| t.as_str() == word)
            .ok_or(UnknownIncomeType)
    }
}

impl fmt::Display for IncomeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
