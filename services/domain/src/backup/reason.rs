//! Why tax is withheld from a payment, or not.

use std::fmt;

/// Why; each has a stable word and a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Flag Y and no TIN.
    NoTin,
    /// An active order to withhold.
    Order,
    /// A second B-notice within three calendar years, and the number not confirmed since.
    SecondBNotice,
    /// A first B-notice more than thirty business days ago, and no certified W-9 since.
    FirstBNotice,
    /// The year's payments reach the amount from which on the income is subject.
    AggregateReached,
    /// A 1099 was required for the year before.
    RequiredLastYear,
    /// Tax was withheld in the year before.
    WithheldLastYear,
    /// Nobody said what was paid before in the year: withheld, on the safe side.
    AggregateUnknown,
    /// Nobody said whether a 1099 was required, or tax withheld, for the year before: withheld, on the safe side.
    LastYearUnknown,
    /// The year's payments do not reach the amount, and nothing was required or withheld for the year before.
    AggregateNotReached,
    /// Nothing makes it due.
    NoCause,
    /// Flag D: the vendor never gets a 1099.
    NeverReported,
    /// The classification is exempt for this income.
    Exempt,
    /// Goods sold to a reseller are no payment to the recipient.
    NotAPayment,
    /// No configuration is in force: the rate is the law's, and where the money goes is not set.
    NotConfigured,
}

impl Reason {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoTin => "NO_TIN",
            Self::Order => "WITHHOLDING_ORDER",
            Self::SecondBNotice => "SECOND_B_NOTICE",
            Self::FirstBNotice => "FIRST_B_NOTICE",
            Self::AggregateReached => "AGGREGATE_REACHED",
            Self::RequiredLastYear => "REQUIRED_LAST_YEAR",
            Self::WithheldLastYear => "WITHHELD_LAST_YEAR",
            Self::AggregateUnknown => "AGGREGATE_UNKNOWN",
            Self::LastYearUnknown => "LAST_YEAR_UNKNOWN",
            Self::AggregateNotReached => "AGGREGATE_NOT_REACHED",
            Self::NoCause => "NO_CAUSE",
            Self::NeverReported => "NEVER_REPORTED",
            Self::Exempt => "EXEMPT_CLASSIFICATION",
            Self::NotAPayment => "NOT_A_PAYMENT",
            Self::NotConfigured => "NOT_CONFIGURED",
        }
    }

    /// Whether it makes withholding due by itself, the aggregate test aside.
    pub(super) fn is_cause(self) -> bool {
        matches!(
            self,
            Self::NoTin | Self::Order | Self::SecondBNotice | Self::FirstBNotice
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTin => "the vendor's 1099 flag is Y and it has given no TIN",
            Self::Order => "the vendor is under an active order to withhold",
            Self::SecondBNotice => {
                "the IRS sent a second B-notice within three calendar years, and neither the SSA nor the IRS has confirmed the number since"
            }
            Self::FirstBNotice => {
                "the IRS sent a B-notice more than thirty business days ago, and no certified W-9 has come back since"
            }
            Self::AggregateReached => "the payments of the year reach the amount of IRC § 3406(b)(6)",
            Self::RequiredLastYear => "a 1099 was required for the vendor for the year before",
            Self::WithheldLastYear => "tax was withheld from the vendor in the year before",
            Self::AggregateUnknown => {
                "what was paid before in the year is not known; withheld to be on the safe side"
            }
            Self::LastYearUnknown => {
                "whether a 1099 was required or tax withheld for the year before is not known; withheld to be on the safe side"
            }
            Self::AggregateNotReached => {
                "the payments of the year do not reach the amount of IRC § 3406(b)(6), and nothing was required or withheld for the year before"
            }
            Self::NoCause => "nothing makes backup withholding due",
            Self::NeverReported => "the vendor's 1099 flag is D: it never gets a 1099",
            Self::Exempt => "the vendor's classification is exempt for this income",
            Self::NotAPayment => "goods sold for resale are no payment to the vendor",
            Self::NotConfigured => {
                "no configuration is in force on the payment date: the rate is the law's, and where the money goes is not set"
            }
        })
    }
}
