//! Why a line or an amount is not reported, and the rules about the recipient that decide it.

use serde::{Deserialize, Serialize};

use crate::IncomeType;
use crate::vendor::{Classification, Flag1099};

/// The rule that kept something off the 1099. The words are stable: traces are read by other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LeftOut {
    /// The line is not marked for 1099s.
    NotReportable,
    /// Reimbursement with receipts under an accountable plan.
    AccountablePlan,
    /// The vendor's flag is `D`: never a 1099.
    FlagNever,
    /// The vendor's flag is blank or `N`.
    FlagNotYes,
    /// The vendor's classification is exempt from this income type.
    ExemptClassification,
    /// Sales tax is no income.
    SalesTax,
    /// The account is not mapped to an income type, or there is none.
    UnmappedAccount,
    /// A Relate To code says so (`EX`), on the transaction or as the vendor's default.
    Excluded,
    /// The payment has a code of its own and counts as a whole.
    CountsByItsCode,
}

impl LeftOut {
    /// A short clause for the trace.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::NotReportable => "line is not marked for 1099s",
            Self::AccountablePlan => "accountable-plan reimbursement",
            Self::FlagNever => "vendor's 1099 flag is D",
            Self::FlagNotYes => "vendor's 1099 flag is not Y",
            Self::ExemptClassification => "vendor's classification is exempt",
            Self::SalesTax => "sales tax",
            Self::UnmappedAccount => "account is not mapped to a 1099",
            Self::Excluded => "Relate To code excludes it",
            Self::CountsByItsCode => "the payment counts by its own code",
        }
    }
}

/// What of a recipient decides whether an income type is reported to it.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Its flag.
    pub flag_1099: Flag1099,
    /// Its classification.
    pub classification: Option<Classification>,
    /// Federal tax was withheld from it in the year by this payer, columns and codes together.
    pub federal_tax_withheld: bool,
}

impl Reach {
    /// The rule that keeps `income_type` off this recipient's 1099 in the methods that go by the flag.
    ///
    /// The withheld types reach everybody but flag `D`; where federal tax was
    /// withheld, the classification no longer exempts. Source: Treas. Reg.
    /// § 1.6041-3(p); Instructions for Forms 1099-MISC and 1099-NEC, "Exceptions".
    pub fn left_out(self, income_type: IncomeType) -> Option<LeftOut> {
        match self.flag_1099 {
            Flag1099::Never => Some(LeftOut::FlagNever),
            _ if income_type.is_withheld() => None,
            Flag1099::No => Some(LeftOut::FlagNotYes),
            Flag1099::Yes => self.exempt(income_type),
        }
    }

    /// The rule that keeps `income_type` off where a code has decided already: the flag then matters only if it is `D`.
    pub fn left_out_though_coded(self, income_type: IncomeType) -> Option<LeftOut> {
        match self.flag_1099 {
            Flag1099::Never => Some(LeftOut::FlagNever),
            _ => self.exempt(income_type),
        }
    }

    /// [`LeftOut::ExemptClassification`] when the classification alone keeps `income_type` off.
    pub fn exempt(self, income_type: IncomeType) -> Option<LeftOut> {
        let class = self.classification?;
        let exempt = class.is_wholly_exempt()
            || class.is_corporation() && !income_type.reaches_corporations();
        (exempt && !income_type.is_withheld() && !self.federal_tax_withheld)
            .then_some(LeftOut::ExemptClassification)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(flag_1099: Flag1099, classification: Classification, withheld: bool) -> Reach {
        Reach {
            flag_1099,
            classification: Some(classification),
            federal_tax_withheld: withheld,
        }
    }

    #[test]
    fn a_corporation_is_reported_for_legal_and_medical_payments_only() {
        let corporation = reach(Flag1099::Yes, Classification::LlcSCorporation, false);
        let reported: Vec<_> = IncomeType::ALL
            .into_iter()
            .filter(|t| corporation.left_out(*t).is_none() && !t.is_withheld())
            .collect();
        assert_eq!(
            reported,
            [
                IncomeType::MedicalPayments,
                IncomeType::SubstitutePayments,
                IncomeType::AttorneyGrossProceeds,
                IncomeType::FishPurchased
            ]
        );
    }

    #[test]
    fn a_foreign_vendor_is_reported_only_where_federal_tax_was_withheld() {
        let medical = IncomeType::MedicalPayments;
        let exempt = reach(Flag1099::Yes, Classification::Foreign, false);
        assert_eq!(
            exempt.left_out(medical),
            Some(LeftOut::ExemptClassification)
        );
        let withheld = reach(Flag1099::Yes, Classification::Foreign, true);
        assert_eq!(withheld.left_out(medical), None);
    }

    #[test]
    fn withheld_tax_reaches_everybody_but_flag_d() {
        let fw = IncomeType::FederalIncomeTaxWithheld;
        let individual = Classification::Individual;
        assert_eq!(reach(Flag1099::No, individual, true).left_out(fw), None);
        assert_eq!(
            reach(Flag1099::Never, individual, true).left_out(fw),
            Some(LeftOut::FlagNever)
        );
        let rents = IncomeType::Rents;
        assert_eq!(
            reach(Flag1099::No, individual, true).left_out(rents),
            Some(LeftOut::FlagNotYes)
        );
    }
}
