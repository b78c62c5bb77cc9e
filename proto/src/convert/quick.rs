//! The quick calculator's question and answer.

use formfeed_domain::history::PaymentMethod;
use formfeed_domain::quick::{Answer, Paid, Question, check_amount};
use formfeed_domain::vendor::Classification;
use formfeed_domain::{IncomeType, Money, TaxYear};

use super::form::form_type_to;
use super::income_type::income_type_from;
use super::{Violations, read, read_optional};
use crate::calculation as pb;

/// Reads a question and its year.
pub fn quick_question_from(
    bad: &mut Violations,
    request: &pb::QuickCalculateRequest,
) -> Option<(TaxYear, Question)> {
    let tax_year = read(bad, "tax_year", TaxYear::new(request.tax_year));
    let income_type = income_type_from(bad, "income_type", &request.income_type);
    let income_type = income_type.unwrap_or(IncomeType::NonemployeeCompensation);
    let classification = &request.classification;
    let classification = read_optional(
        bad,
        "classification",
        classification,
        str::parse::<Classification>,
    );
    let mut paid: Vec<Paid> = Vec::with_capacity(PaymentMethod::ALL.len());
    for (at, message) in request.paid.iter().enumerate() {
        let amount = Money::from_cents(message.amount_cents);
        read(
            bad,
            &format!("paid[{at}].amount_cents"),
            check_amount(amount),
        );
        let field = format!("paid[{at}].method");
        let method = read(bad, &field, message.method.parse::<PaymentMethod>());
        let Some(method) = method else { continue };
        match paid.iter().any(|before| before.method == method) {
            true => bad.add(field, "is given twice: add its amounts up"),
            false => paid.push(Paid { method, amount }),
        }
    }
    if !bad.is_empty() {
        return None;
    }
    let question = Question::new(income_type, classification?, paid);
    tax_year.zip(read(bad, "paid", question))
}

/// An answer as it is sent.
pub fn quick_answer_to(answer: &Answer<'_>) -> pb::QuickCalculateResponse {
    pb::QuickCalculateResponse {
        methods: answer.paid.iter().map(method_to).collect(),
        total_paid_cents: answer.total_paid.cents(),
        reportable_amount_cents: answer.reportable.cents(),
        left_out_cents: answer.left_out.cents(),
        income_type: answer.threshold.income_type.to_string(),
        form_type: form_type_to(answer.form_type).into(),
        r#box: answer.place.id.to_string(),
        box_title: answer.place.title.clone(),
        threshold_cents: answer.threshold.amount.cents(),
        threshold_source: answer.threshold.source.clone(),
        required: answer.verdict.is_required(),
        reason: answer.verdict.as_str().to_owned(),
        explanation: answer.to_string(),
    }
}

fn method_to(paid: &Paid) -> pb::MethodResult {
    let left_out = paid.left_out();
    pb::MethodResult {
        method: paid.method.as_str().to_owned(),
        amount_cents: paid.amount.cents(),
        reportable: left_out.is_none(),
        reason: left_out.unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_a_question_is_named() {
        let paid = |method: &str, amount_cents| pb::MethodAmount {
            method: method.to_owned(),
            amount_cents,
        };
        let request = pb::QuickCalculateRequest {
            tax_year: 25,
            income_type: "state_tax_withheld".to_owned(),
            classification: "company".to_owned(),
            paid: vec![
                paid("check", -1),
                paid("barter", 1),
                paid("check", 1),
                paid("wire", i64::MAX),
            ],
        };
        let mut bad = Violations::new();
        assert_eq!(quick_question_from(&mut bad, &request), None);
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        let expected = [
            "tax_year",
            "income_type",
            "classification",
            "paid[0].amount_cents",
            "paid[1].method",
            "paid[2].method",
            "paid[3].amount_cents",
        ];
        assert_eq!(fields, expected);
    }
}
