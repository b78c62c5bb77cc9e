//! The tables of results, column by column, and what came of a recipient as their rows.

use formfeed_domain::IncomeType;
use formfeed_domain::calculation::{Exception, InformationRow, StateShare};

use super::rows::{Kind, Table, Value, Values, row};
use crate::calculation::RecipientResult;

/// The recipients a run went through.
pub(crate) const RECIPIENTS: Table = Table {
    name: "run_recipients",
    columns: &[
        ("run_id", Kind::Text),
        ("recipient_id", Kind::Text),
        ("vendor_version", Kind::BigInt),
        ("address_code", Kind::Text),
        ("recipient_name", Kind::Text),
        ("skipped_reason", Kind::Text),
        ("skipped_explanation", Kind::Text),
    ],
};

/// The rows of 1099 information.
pub(crate) const INFORMATION: Table = Table {
    name: "information",
    columns: &[
        ("run_id", Kind::Text),
        ("recipient_id", Kind::Text),
        ("position", Kind::Integer),
        ("income_type", Kind::Text),
        ("total_1099_amount_cents", Kind::BigInt),
        ("taxable_amount_cents", Kind::BigInt),
    ],
};

/// What of the rows is which state's.
pub(crate) const STATES: Table = Table {
    name: "information_states",
    columns: &[
        ("run_id", Kind::Text),
        ("recipient_id", Kind::Text),
        ("position", Kind::Integer),
        ("state", Kind::Text),
        ("amount_cents", Kind::BigInt),
    ],
};

/// What a person should look at.
pub(crate) const EXCEPTIONS: Table = Table {
    name: "exceptions",
    columns: &[
        ("run_id", Kind::Text),
        ("recipient_id", Kind::Text),
        ("position", Kind::Integer),
        ("reason", Kind::Text),
        ("explanation", Kind::Text),
        ("payment_id", Kind::Text),
        ("voucher_id", Kind::Text),
    ],
};

/// What came of a recipient, with the sentences that its rows show.
pub(crate) struct Told<'a> {
    result: &'a RecipientResult,
    skipped: String,
    /// By payment and voucher, each with its sentence.
    exceptions: Vec<(&'a Exception, String)>,
}

impl<'a> Told<'a> {
    pub(crate) fn new(result: &'a RecipientResult) -> Self {
        let mut exceptions: Vec<_> = result.exceptions.iter().collect();
        exceptions.sort_by_key(|e| (e.payment_id(), e.voucher_id()));
        let exceptions = exceptions.into_iter().map(|e| (e, e.to_string()));
        Self {
            result,
            skipped: result
                .skipped
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            exceptions: exceptions.collect(),
        }
    }

    fn recipient_id(&self) -> Value<'a> {
        key(self.result.recipient_id.as_ref().map(|id| id.as_str()))
    }

    pub(crate) fn recipient(&'a self, run_id: &'a str) -> Values<'a> {
        let result = self.result;
        row([
            Value::Text(run_id),
            self.recipient_id(),
            Value::BigInt(result.vendor_version),
            Value::Text(&result.address_code),
            Value::Text(&result.recipient_name),
            Value::Text(result.skipped.map_or("", |skipped| skipped.as_str())),
            Value::Text(&self.skipped),
        ])
    }

    pub(crate) fn information(&'a self, run_id: &'a str) -> impl Iterator<Item = Values<'a>> {
        let values = move |of: &InformationRow| {
            row([
                Value::Text(run_id),
                self.recipient_id(),
                Value::Integer(place(of.income_type)),
                Value::Text(of.income_type.as_str()),
                Value::BigInt(of.total_1099_amount.cents()),
                Value::BigInt(of.taxable_amount.cents()),
            ])
        };
        self.result.rows.iter().map(values)
    }

    pub(crate) fn states(&'a self, run_id: &'a str) -> impl Iterator<Item = Values<'a>> {
        let values = move |share: &'a StateShare| {
            row([
                Value::Text(run_id),
                self.recipient_id(),
                Value::Integer(place(share.income_type)),
                Value::Text(&share.state),
                Value::BigInt(share.amount.cents()),
            ])
        };
        self.result.states.iter().map(values)
    }

    pub(crate) fn exceptions(&'a self, run_id: &'a str) -> impl Iterator<Item = Values<'a>> {
        let values =
            move |((exception, sentence), position): (&'a (&'a Exception, String), i32)| {
                row([
                    Value::Text(run_id),
                    self.recipient_id(),
                    Value::Integer(position),
                    Value::Text(exception.kind()),
                    Value::Text(sentence),
                    key(exception.payment_id().map(|id| id.as_str())),
                    key(exception.voucher_id().map(|id| id.as_str())),
                ])
            };
        self.exceptions.iter().zip(1..).map(values)
    }
}

fn key(key: Option<&str>) -> Value<'_> {
    Value::Text(key.unwrap_or_default())
}

/// Place of an income type in the order of the domain.
pub(crate) fn place(income_type: IncomeType) -> i32 {
    let place = IncomeType::ALL.iter().position(|t| *t == income_type);
    place
        .and_then(|place| i32::try_from(place).ok())
        .unwrap_or(i32::MAX)
}
