//! What a payment would mean for Form 1099, before it is made.

use std::fmt;

use chrono::NaiveDate;

use crate::backup::is_exempt;
use crate::history::PaymentMethod;
use crate::rules::{Threshold, YearRules};
use crate::vendor::{Flag1099, Vendor};
use crate::{IncomeType, Money};

/// A payment about to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// What is owed, before anything is kept back.
    pub gross: Money,
    /// How it is paid.
    pub method: PaymentMethod,
    /// When it is paid.
    pub paid_on: NaiveDate,
    /// What it is paid for.
    pub income_type: IncomeType,
}

/// Who would receive it.
#[derive(Debug, Clone, Copy)]
pub struct Recipient<'a> {
    /// The vendor, or its pay vendor.
    pub vendor: &'a Vendor,
    /// Whether it is in use.
    pub is_active: bool,
    /// Whether it has given a TIN.
    pub has_tin: bool,
    /// Whether its TIN is probably wrong.
    pub is_tin_doubtful: bool,
    /// Whether it is paid in another vendor's stead.
    pub is_pay_vendor: bool,
    /// Whether tax is to be withheld from the payment.
    pub is_withheld_from: bool,
}

/// What the payment would mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview<'a> {
    /// Whether it counts on a 1099 by itself.
    pub counts: bool,
    /// The threshold it crosses, if it does.
    pub crossed: Option<&'a Threshold>,
    /// What to look at, the gravest first.
    pub cautions: Vec<Caution>,
}

/// Something to look at before paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caution {
    /// No TIN on file.
    TinMissing,
    /// Tax is to be withheld.
    WithholdingDue,
    /// The TIN is probably wrong.
    TinDoubtful,
    /// No longer paid.
    VendorInactive,
    /// A processor reports it on Form 1099-K.
    ReportedOn1099K,
    /// Flag D.
    NeverReported,
    /// The classification is exempt for this income.
    Exempt,
    /// Flag N.
    NotA1099Vendor,
    /// Another vendor is the recipient.
    PaidToPayVendor,
}

impl Caution {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TinMissing => "TIN_MISSING",
            Self::WithholdingDue => "WITHHOLDING_DUE",
            Self::TinDoubtful => "TIN_DOUBTFUL",
            Self::VendorInactive => "VENDOR_INACTIVE",
            Self::ReportedOn1099K => "REPORTED_ON_1099_K",
            Self::NeverReported => "NEVER_REPORTED",
            Self::Exempt => "EXEMPT_CLASSIFICATION",
            Self::NotA1099Vendor => "NOT_A_1099_VENDOR",
            Self::PaidToPayVendor => "PAID_TO_PAY_VENDOR",
        }
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TinMissing => "the recipient has given no TIN; ask for a Form W-9 before paying",
            Self::WithholdingDue => "tax is to be withheld from the payment",
            Self::TinDoubtful => "the recipient's TIN is probably wrong; ask for a Form W-9",
            Self::VendorInactive => "the recipient is no longer in use",
            Self::ReportedOn1099K => {
                "the payment does not count: its processor reports it on Form 1099-K"
            }
            Self::NeverReported => "the payment does not count: the recipient's 1099 flag is D",
            Self::Exempt => {
                "the payment does not count: the recipient's classification is exempt for this income"
            }
            Self::NotA1099Vendor => {
                "the payment does not count: the recipient's 1099 flag is N; only a Relate To code could make it count"
            }
            Self::PaidToPayVendor => "the recipient is the vendor's pay vendor",
        })
    }
}

/// Looks at a payment in the light of what its recipient was paid before in the year.
///
/// Source: spec, Shared by all methods, rules 1 to 3.
pub fn preview<'a>(
    planned: &Planned,
    recipient: &Recipient<'_>,
    before: Money,
    rules: &'a YearRules,
) -> Preview<'a> {
    let vendor = recipient.vendor;
    let is_direct = planned.method.is_direct();
    let why_not = if !is_direct {
        Some(Caution::ReportedOn1099K)
    } else if vendor.flag_1099 == Flag1099::Never {
        Some(Caution::NeverReported)
    } else if is_exempt(vendor.classification, planned.income_type) {
        Some(Caution::Exempt)
    } else if vendor.flag_1099 == Flag1099::No {
        Some(Caution::NotA1099Vendor)
    } else {
        None
    };
    let counts = why_not.is_none();
    let crossed = rules.threshold(planned.income_type).filter(|threshold| {
        counts && !threshold.reached_by(before) && threshold.reached_by(before + planned.gross)
    });
    let is_so = [
        (counts && !recipient.has_tin, Caution::TinMissing),
        (recipient.is_withheld_from, Caution::WithholdingDue),
        (recipient.is_tin_doubtful, Caution::TinDoubtful),
        (!recipient.is_active, Caution::VendorInactive),
    ];
    let mut cautions: Vec<_> = is_so
        .into_iter()
        .filter_map(|(is_so, caution)| is_so.then_some(caution))
        .chain(why_not)
        .collect();
    if recipient.is_pay_vendor {
        cautions.push(Caution::PaidToPayVendor);
    }
    Preview {
        counts,
        crossed,
        cautions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendor::{Classification, W9};
    use crate::{TaxYear, VendorId, rules};

    fn vendor(flag_1099: Flag1099) -> Vendor {
        Vendor {
            vendor_id: VendorId::new("V1").unwrap(),
            name: "Ada Pump".to_owned(),
            short_name: String::new(),
            tin: None,
            classification: None,
            flag_1099,
            default_income_type: None,
            default_relate_to: None,
            pay_vendor_id: None,
            address_code: None,
            second_tin_notice: false,
            fatca: false,
            first_name: String::new(),
            middle_name: String::new(),
            last_name: String::new(),
            suffix: String::new(),
            w9: W9::default(),
        }
    }

    fn look(
        vendor: &Vendor,
        method: PaymentMethod,
        year: i32,
        before: i64,
        gross: i64,
    ) -> (bool, Option<i64>, Vec<Caution>) {
        let planned = Planned {
            gross: Money::from_cents(gross),
            method,
            paid_on: NaiveDate::from_ymd_opt(year, 12, 31).unwrap(),
            income_type: IncomeType::NonemployeeCompensation,
        };
        let recipient = Recipient {
            vendor,
            is_active: true,
            has_tin: true,
            is_tin_doubtful: false,
            is_pay_vendor: false,
            is_withheld_from: false,
        };
        let rules = rules::for_year(TaxYear::new(year).unwrap()).unwrap();
        let seen = preview(&planned, &recipient, Money::from_cents(before), rules);
        let crossed = seen.crossed.map(|threshold| threshold.amount.cents());
        (seen.counts, crossed, seen.cautions)
    }

    #[test]
    fn the_threshold_is_crossed_by_the_payment_that_reaches_it_and_by_no_other() {
        let flagged = vendor(Flag1099::Yes);
        let crossed =
            |year, before, gross| look(&flagged, PaymentMethod::Check, year, before, gross).1;
        assert_eq!(crossed(2025, 500_00, 99_99), None);
        assert_eq!(crossed(2025, 500_00, 100_00), Some(600_00));
        assert_eq!(crossed(2025, 600_00, 100_00), None);
        assert_eq!(crossed(2026, 500_00, 100_00), None);
        assert_eq!(crossed(2026, 1_999_99, 1), Some(2_000_00));
    }

    #[test]
    fn what_does_not_count_says_why_and_crosses_nothing() {
        let mut corporation = vendor(Flag1099::Yes);
        corporation.classification = Some(Classification::SCorporation);
        for (vendor, method, caution) in [
            (
                &vendor(Flag1099::Yes),
                PaymentMethod::CreditCard,
                Caution::ReportedOn1099K,
            ),
            (
                &vendor(Flag1099::Never),
                PaymentMethod::Check,
                Caution::NeverReported,
            ),
            (
                &vendor(Flag1099::No),
                PaymentMethod::Check,
                Caution::NotA1099Vendor,
            ),
            (&corporation, PaymentMethod::Check, Caution::Exempt),
        ] {
            let seen = look(vendor, method, 2025, 0, 5_000_00);
            assert_eq!(seen, (false, None, vec![caution]));
        }
        let counted = look(&vendor(Flag1099::Yes), PaymentMethod::Zelle, 2025, 0, 1);
        assert_eq!(counted, (true, None, vec![]));
    }
}
