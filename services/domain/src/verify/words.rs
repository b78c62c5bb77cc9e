//! The words of a trace that decide something here, and what they decide.

/// The income types in the order that breaks ties.
pub(super) const TYPES: [&str; 16] = [
    "nonemployee_compensation",
    "excess_golden_parachute",
    "rents",
    "royalties",
    "other_income",
    FEDERAL,
    "fishing_boat_proceeds",
    "medical_payments",
    "direct_sales",
    "substitute_payments",
    "crop_insurance",
    "attorney_gross_proceeds",
    "fish_purchased",
    "section_409a_deferrals",
    "nonqualified_deferred_compensation",
    STATE,
];

pub(super) const FEDERAL: &str = "federal_income_tax_withheld";
pub(super) const STATE: &str = "state_tax_withheld";

/// An income type by its place in [`TYPES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Type(usize);

impl Type {
    pub(super) fn from_word(word: &str) -> Option<Self> {
        TYPES.iter().position(|t| *t == word).map(Self)
    }

    pub(super) fn word(self) -> &'static str {
        TYPES[self.0]
    }

    /// Tax kept back, which is no income.
    pub(super) fn is_withheld(self) -> bool {
        [FEDERAL, STATE].contains(&self.word())
    }
}

/// How the amounts were calculated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    IncomeFirst,
    PercentPaid,
    AsDocumented,
    DirectPayments,
    Oh,
    Bk,
    Bo,
}

impl Way {
    pub(super) fn from_words(method: &str, basis: &str, source: &str) -> Option<Self> {
        Some(match (method, basis, source) {
            ("INCOME_FIRST", "", "") => Self::IncomeFirst,
            ("PRORATED", "PERCENT_PAID", "") => Self::PercentPaid,
            ("PRORATED", "AS_DOCUMENTED", "") => Self::AsDocumented,
            ("DIRECT_PAYMENTS", "", "") => Self::DirectPayments,
            ("RELATE_TO", "", "OH") => Self::Oh,
            ("RELATE_TO", "", "BK") => Self::Bk,
            ("RELATE_TO", "", "BO") => Self::Bo,
            _ => return None,
        })
    }

    /// Cash is split over a voucher's lines, application by application.
    pub(super) fn splits_over_lines(self) -> bool {
        matches!(self, Self::DirectPayments) || self.goes_by_codes()
    }

    /// Relate To codes decide.
    pub(super) fn goes_by_codes(self) -> bool {
        matches!(self, Self::Oh | Self::Bk | Self::Bo)
    }
}

/// Whether a payment by this method is the payer's own to report.
pub(super) fn is_direct(method: &str) -> bool {
    ["check", "ach", "wire", "cash", "zelle", "venmo_personal"].contains(&method)
}

/// The rule that keeps an income type off a recipient's 1099; blank if none does.
///
/// Flag `D` never; blank or `N` not, where codes do not decide; then the
/// classification, unless federal tax was withheld in the year. Tax withheld
/// reaches everybody but flag `D`.
pub(super) fn kept_off(
    way: Way,
    (flag, classification): (&str, &str),
    federal_tax_withheld: bool,
    income_type: Type,
) -> &'static str {
    match flag {
        "D" => "flag_never",
        _ if income_type.is_withheld() => "",
        "N" if !way.goes_by_codes() => "flag_not_yes",
        _ if federal_tax_withheld => "",
        _ if is_exempt(classification, income_type) => "exempt_classification",
        _ => "",
    }
}

fn is_exempt(classification: &str, income_type: Type) -> bool {
    match classification {
        "tax_exempt" | "government" | "foreign" => true,
        "c_corporation" | "s_corporation" | "llc_c_corporation" | "llc_s_corporation" => ![
            "medical_payments",
            "attorney_gross_proceeds",
            "fish_purchased",
            "substitute_payments",
        ]
        .contains(&income_type.word()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn rule(way: Way, vendor: (&str, &str), withheld: bool, word: &str) -> &'static str {
        kept_off(way, vendor, withheld, Type::from_word(word).unwrap())
    }

    #[test]
    fn flag_then_classification_decide_and_withheld_tax_lifts_the_exemption() {
        let (first, codes) = (Way::IncomeFirst, Way::Oh);
        assert_eq!(rule(first, ("D", ""), true, FEDERAL), "flag_never");
        assert_eq!(rule(first, ("N", ""), false, "rents"), "flag_not_yes");
        assert_eq!(rule(codes, ("N", ""), false, "rents"), "");
        assert_eq!(rule(first, ("N", ""), false, STATE), "");
        let corporation = ("Y", "c_corporation");
        assert_eq!(rule(first, corporation, false, "medical_payments"), "");
        let exempt = "exempt_classification";
        assert_eq!(rule(first, corporation, false, "rents"), exempt);
        assert_eq!(
            rule(first, ("Y", "foreign"), false, "fish_purchased"),
            exempt
        );
        assert_eq!(rule(first, ("Y", "foreign"), true, "rents"), "");
    }
}
