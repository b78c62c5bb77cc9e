//! Edits of the 1099 information: what is asked for, and what is answered.

use formfeed_domain::edit::{BadValue, ChangeKind, Field, Part, Parts, Snapshot, Value, Wish};
use formfeed_domain::{IncomeType, Money, VendorId};

use super::information::{PayerYear, payer_year_from};
use super::{Violations, read, text};
use crate::calculation as pb;

/// Whose edit, and of which row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowKey {
    /// Payer and year.
    pub of: PayerYear,
    /// Whom it reports.
    pub recipient_id: VendorId,
    /// The row; `None` is the recipient's address code.
    pub income_type: Option<IncomeType>,
}

/// What edits have in common, read field by field.
#[derive(Debug, Clone, Copy)]
pub struct EditFields<'a> {
    /// Key of the payer.
    pub payer_id: &'a str,
    /// Calendar year.
    pub tax_year: i32,
    /// Key of the recipient.
    pub recipient_id: &'a str,
    /// Income type of the row; `None` for edits of the address code.
    pub income_type: Option<&'a str>,
    /// Why.
    pub reason: &'a str,
}

impl EditFields<'_> {
    /// The row; the reason is checked beside it. `etag` and `request_id` are left to the service.
    pub fn key(self, bad: &mut Violations) -> Option<RowKey> {
        let of = payer_year_from(bad, self.payer_id, self.tax_year);
        let recipient_id = read(bad, "recipient_id", VendorId::new(self.recipient_id));
        let income_type = match self.income_type {
            Some("") => {
                bad.add("income_type", "is required");
                None
            }
            Some(word) => read(bad, "income_type", word.parse()),
            None => None,
        };
        text::required(bad, "reason", self.reason);
        let whose = of.zip(recipient_id);
        whose.map(|(of, recipient_id)| RowKey {
            of,
            recipient_id,
            income_type,
        })
    }
}

/// Reads what is wished of a row.
pub fn wish_from(bad: &mut Violations, message: &pb::EditInformationRequest) -> Option<Wish> {
    if message.taxable_amount_cents.is_none() && message.parts.is_none() {
        bad.add(
            "taxable_amount_cents",
            "is required, unless parts are given",
        );
    }
    let parts = match &message.parts {
        Some(parts) => Some(parts_from(bad, parts)?),
        None => None,
    };
    Some(Wish {
        amount: message.taxable_amount_cents.map(Money::from_cents),
        parts,
    })
}

/// Reads what a row that is added reports.
pub fn value_from(bad: &mut Violations, message: &pb::AddInformationRequest) -> Option<Value> {
    let parts = match &message.parts {
        Some(parts) => parts_from(bad, parts)?,
        None => Parts::default(),
    };
    Some(Value {
        amount: Money::from_cents(message.taxable_amount_cents),
        parts,
    })
}

fn parts_from(bad: &mut Violations, message: &pb::InformationParts) -> Option<Parts> {
    let codes = message.occupation_codes.iter();
    let codes: Option<Vec<_>> = codes
        .map(|code| read(bad, "parts.occupation_codes", code.parse()))
        .collect();
    Some(Parts {
        cash_tips: Money::from_cents(message.cash_tips_cents),
        overtime: Money::from_cents(message.overtime_cents),
        occupation_codes: codes?,
    })
}

/// The parts of a row as it was answered.
///
/// # Errors
/// An occupation code that is none.
pub fn read_parts(message: &pb::InformationParts) -> Result<Parts, Violations> {
    let mut bad = Violations::new();
    let parts = parts_from(&mut bad, message);
    bad.finish(parts)
}

/// Notes every value that cannot stand under its field.
pub fn note_bad_values(bad: &mut Violations, values: &[BadValue]) {
    for value in values {
        let field = match value.field {
            Field::Amount => "taxable_amount_cents",
            Field::Part(Part::CashTips) => "parts.cash_tips_cents",
            Field::Part(Part::Overtime) => "parts.overtime_cents",
            Field::Part(Part::OccupationCodes) => "parts.occupation_codes",
        };
        bad.add(field, &value.why);
    }
}

/// Parts as they are answered; `None` without any.
pub fn parts_to(parts: &Parts) -> Option<pb::InformationParts> {
    let codes = parts.occupation_codes.iter();
    (!parts.is_empty()).then(|| pb::InformationParts {
        cash_tips_cents: parts.cash_tips.cents(),
        occupation_codes: codes.map(ToString::to_string).collect(),
        overtime_cents: parts.overtime.cents(),
    })
}

/// A kind of change as it is answered.
pub fn change_kind_to(kind: ChangeKind) -> pb::information_change::Kind {
    pb::information_change::Kind::from_str_name(kind.as_str()).unwrap_or_default()
}

/// One side of a change as it is answered; `None` where nothing stood.
pub fn snapshot_to(snapshot: &Snapshot) -> Option<pb::InformationValue> {
    let value = snapshot.value.as_ref();
    let something = value.is_some() || snapshot.address_code.is_some();
    something.then(|| pb::InformationValue {
        taxable_amount_cents: value.map(|value| value.amount.cents()),
        parts: value.and_then(|value| parts_to(&value.parts)),
        address_code: snapshot.address_code.clone().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_an_edit_is_named() {
        let request = pb::EditInformationRequest {
            tax_year: 26,
            income_type: "rent".to_owned(),
            parts: Some(pb::InformationParts {
                occupation_codes: vec!["1".to_owned(), "12345".to_owned()],
                ..pb::InformationParts::default()
            }),
            ..pb::EditInformationRequest::default()
        };
        let mut bad = Violations::new();
        let fields = EditFields {
            payer_id: &request.payer_id,
            tax_year: request.tax_year,
            recipient_id: &request.recipient_id,
            income_type: Some(&request.income_type),
            reason: &request.reason,
        };
        assert_eq!(fields.key(&mut bad), None);
        assert_eq!(wish_from(&mut bad, &request), None);
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "payer_id",
                "tax_year",
                "recipient_id",
                "income_type",
                "reason",
                "parts.occupation_codes",
            ]
        );
    }

    #[test]
    fn an_edit_of_nothing_is_refused() {
        let mut bad = Violations::new();
        wish_from(&mut bad, &pb::EditInformationRequest::default());
        assert_eq!(bad.list()[0].field, "taxable_amount_cents");
    }

    #[test]
    fn every_kind_of_change_has_its_word_in_the_contract() {
        for kind in ChangeKind::ALL {
            assert_eq!(change_kind_to(kind).as_str_name(), kind.as_str());
        }
    }
}
