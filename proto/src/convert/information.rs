//! What is asked of the calculation service: runs, and the 1099 information they yield.

use formfeed_domain::calculation::Method;
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
    let method = method_from(bad, message.method);
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

/// Reads a method; unset means INCOME_FIRST.
fn method_from(bad: &mut Violations, number: i32) -> Option<Method> {
    let method = pb::Method::try_from(number).ok();
    let word = match method {
        Some(pb::Method::Unspecified) => pb::Method::IncomeFirst.as_str_name(),
        Some(method) => method.as_str_name(),
        None => "",
    };
    read(bad, "method", word.parse())
}

/// A method as it is answered.
pub fn method_to(method: Method) -> pb::Method {
    pb::Method::from_str_name(method.as_str()).unwrap_or_default()
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
