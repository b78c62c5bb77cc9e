//! What is asked of the calculation service: runs, and the 1099 information they yield.

use formfeed_domain::calculation::{Basis, Method, Source};
use formfeed_domain::{IncomeType, PayerId, TaxYear, VendorId};

use super::{Violations, read, read_optional};
use crate::calculation as pb;

/// A payer and year, as nearly every request names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayerYear {
    /// Whose 1099 information.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
}

/// What a run is asked to calculate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalculationOrder {
    /// Whose and of which year.
    pub of: PayerYear,
    /// By which method.
    pub method: Method,
    /// First recipient, inclusive.
    pub from_recipient_id: Option<VendorId>,
    /// Last recipient, inclusive.
    pub to_recipient_id: Option<VendorId>,
}

/// Reads payer and year.
pub fn payer_year_from(bad: &mut Violations, payer_id: &str, tax_year: i32) -> Option<PayerYear> {
    let payer_id = read(bad, "payer_id", PayerId::new(payer_id));
    let tax_year = read(bad, "tax_year", TaxYear::new(tax_year));
    let of = payer_id.zip(tax_year);
    of.map(|(payer_id, tax_year)| PayerYear { payer_id, tax_year })
}

/// Reads what a run is asked to calculate; `request_id` is left to the service.
pub fn calculation_order_from(
    bad: &mut Violations,
    message: &pb::CalculateRequest,
) -> Option<CalculationOrder> {
    let of = payer_year_from(bad, &message.payer_id, message.tax_year);
    let method = method_from(bad, message.method, message.basis, message.source);
    let from = optional_recipient(bad, "from_recipient_id", &message.from_recipient_id);
    let to = optional_recipient(bad, "to_recipient_id", &message.to_recipient_id);
    if let (Some(from), Some(to)) = (&from, &to)
        && from > to
    {
        bad.add("to_recipient_id", "comes before from_recipient_id");
    }
    let order = of.zip(method);
    order.map(|(of, method)| CalculationOrder {
        of,
        method,
        from_recipient_id: from,
        to_recipient_id: to,
    })
}

/// Reads what calculations are to be compared: whose, and by which methods. The order's own method is the first.
pub fn comparison_order_from(
    bad: &mut Violations,
    message: &pb::CompareMethodsRequest,
) -> Option<(CalculationOrder, Vec<Method>)> {
    let mut methods = Vec::new();
    for choice in &message.methods {
        match method_from(bad, choice.method, choice.basis, choice.source) {
            Some(method) if methods.contains(&method) => {
                bad.add("methods", format!("{method} comes twice"));
            }
            method => methods.extend(method),
        }
    }
    if message.methods.len() < 2 {
        bad.add("methods", "needs two methods at least to compare");
    }
    let first = message.methods.first().copied().unwrap_or_default();
    let order = calculation_order_from(
        bad,
        &pb::CalculateRequest {
            payer_id: message.payer_id.clone(),
            tax_year: message.tax_year,
            method: first.method,
            basis: first.basis,
            source: first.source,
            from_recipient_id: message.from_recipient_id.clone(),
            to_recipient_id: message.to_recipient_id.clone(),
            request_id: message.request_id.clone(),
        },
    );
    order.map(|order| (order, methods))
}

/// Reads a method with its options; unset means INCOME_FIRST. An option of another method is refused.
pub fn method_from(bad: &mut Violations, method: i32, basis: i32, source: i32) -> Option<Method> {
    let before = bad.list().len();
    let method = known(bad, "method", pb::Method::try_from(method), &METHODS);
    let basis = known(bad, "basis", pb::Basis::try_from(basis), &BASES);
    let source = known(bad, "source", pb::Source::try_from(source), &SOURCES);
    let (method, basis, source) = (method?, basis?, source?);
    if basis != pb::Basis::Unspecified && method != pb::Method::Prorated {
        bad.add("basis", "is an option of the method PRORATED alone");
    }
    if source != pb::Source::Unspecified && method != pb::Method::RelateTo {
        bad.add("source", "is an option of the method RELATE_TO alone");
    }
    (bad.list().len() == before).then_some(match method {
        pb::Method::Unspecified | pb::Method::IncomeFirst => Method::IncomeFirst,
        pb::Method::DirectPayments => Method::DirectPayments,
        pb::Method::Prorated => Method::Prorated {
            basis: match basis {
                pb::Basis::Unspecified | pb::Basis::PercentPaid => Basis::PercentPaid,
                pb::Basis::AsDocumented => Basis::AsDocumented,
            },
        },
        pb::Method::RelateTo => Method::RelateTo {
            source: match source {
                pb::Source::Oh => Source::Oh,
                pb::Source::Bk => Source::Bk,
                pb::Source::Unspecified | pb::Source::Bo => Source::Bo,
            },
        },
    })
}

const METHODS: [&str; 4] = ["INCOME_FIRST", "PRORATED", "DIRECT_PAYMENTS", "RELATE_TO"];
const BASES: [&str; 2] = ["PERCENT_PAID", "AS_DOCUMENTED"];
const SOURCES: [&str; 3] = ["OH", "BK", "BO"];

fn known<T, E>(
    bad: &mut Violations,
    field: &str,
    value: Result<T, E>,
    words: &[&str],
) -> Option<T> {
    if value.is_err() {
        bad.add(
            field,
            format!("is unknown: use one of {}", words.join(", ")),
        );
    }
    value.ok()
}

/// A method with its options as it is answered.
pub fn method_to(method: Method) -> (pb::Method, pb::Basis, pb::Source) {
    let (no_basis, no_source) = (pb::Basis::Unspecified, pb::Source::Unspecified);
    match method {
        Method::IncomeFirst => (pb::Method::IncomeFirst, no_basis, no_source),
        Method::DirectPayments => (pb::Method::DirectPayments, no_basis, no_source),
        Method::Prorated { basis } => {
            let basis = match basis {
                Basis::PercentPaid => pb::Basis::PercentPaid,
                Basis::AsDocumented => pb::Basis::AsDocumented,
            };
            (pb::Method::Prorated, basis, no_source)
        }
        Method::RelateTo { source } => {
            let source = match source {
                Source::Oh => pb::Source::Oh,
                Source::Bk => pb::Source::Bk,
                Source::Bo => pb::Source::Bo,
            };
            (pb::Method::RelateTo, no_basis, source)
        }
        _ => (pb::Method::Unspecified, no_basis, no_source),
    }
}

/// Reads a recipient that may be blank.
pub fn optional_recipient(bad: &mut Violations, field: &str, text: &str) -> Option<VendorId> {
    read_optional(bad, field, text, VendorId::new).flatten()
}

/// Reads an income type that may be blank, a withheld one too.
pub fn optional_income_type(bad: &mut Violations, field: &str, word: &str) -> Option<IncomeType> {
    read_optional(bad, field, word, str::parse).flatten()
}

/// `payers/{payer_id}/taxYears/{year}/information/{recipient_id}/{income_type}`.
pub fn information_name(of: &PayerYear, recipient_id: &str, income_type: IncomeType) -> String {
    format!(
        "payers/{}/taxYears/{}/information/{recipient_id}/{income_type}",
        of.payer_id, of.tax_year
    )
}

/// `runs/{id}`.
pub fn run_name(run_id: &str) -> String {
    format!("runs/{run_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unset_method_is_income_first_and_an_unbuilt_one_is_refused_with_those_there_are() {
        let request = pb::CalculateRequest {
            payer_id: "TE1".to_owned(),
            tax_year: 2025,
            ..pb::CalculateRequest::default()
        };
        let mut bad = Violations::new();
        let order = calculation_order_from(&mut bad, &request).unwrap();
        assert_eq!(order.method, Method::IncomeFirst);
        let request = pb::CalculateRequest {
            method: 99,
            ..request
        };
        assert_eq!(calculation_order_from(&mut bad, &request), None);
        assert!(bad.to_string().contains("INCOME_FIRST"), "{bad}");
    }

    #[test]
    fn every_method_reads_back_as_it_was_answered() {
        for method in Method::ALL {
            let (word, basis, source) = method_to(method);
            let mut bad = Violations::new();
            let back = method_from(&mut bad, word.into(), basis.into(), source.into());
            assert_eq!(back, Some(method), "{bad}");
        }
    }

    #[test]
    fn an_option_of_another_method_is_refused() {
        let mut bad = Violations::new();
        let method = pb::Method::DirectPayments.into();
        let (basis, source) = (pb::Basis::AsDocumented.into(), pb::Source::Bk.into());
        assert_eq!(method_from(&mut bad, method, basis, source), None);
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["basis", "source"]);
    }

    #[test]
    fn every_bad_field_of_an_order_is_named() {
        let request = pb::CalculateRequest {
            tax_year: 25,
            from_recipient_id: "B".to_owned(),
            to_recipient_id: "A".to_owned(),
            ..pb::CalculateRequest::default()
        };
        let mut bad = Violations::new();
        calculation_order_from(&mut bad, &request);
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["payer_id", "tax_year", "to_recipient_id"]);
    }
}
