//! The tables that records come into, column by column, and a record as a row of them.

use std::ops::Range;

use formfeed_domain::extract::{Fault, File};
use formfeed_domain::history::HistoryRecord;

use super::rows::{Kind, Table, Value, Values, row};
use crate::calculation::{Staged, StagedItem};

/// Where the records of a file go while they come in: their staged table, or the history itself.
pub(crate) struct Staging {
    /// Whose records.
    pub(crate) file: File,
    /// How many columns after the first are their key.
    keys: usize,
    /// Where they wait to be merged into what is there already.
    pub(crate) staged: Table,
    /// Where they stay, when nothing is there yet.
    pub(crate) in_place: Table,
}

/// Every file, in the order of import.
pub(crate) static FILES: [&Staging; 4] = [&VOUCHERS, &LINES, &PAYMENTS, &APPLICATIONS];

/// Both tables of a file: the columns of its history between sequence and line.
macro_rules! staging {
    ($file:ident, $staged:literal, $history:literal, key of $keys:literal, $(($column:literal, $kind:ident)),+ $(,)?) => {
        Staging {
            file: File::$file,
            keys: $keys,
            staged: Table {
                name: $staged,
                columns: &[
                    ("stage", Kind::BigInt),
                    $(($column, Kind::$kind),)+
                    ("line", Kind::Integer),
                    ("position", Kind::BigInt),
                ],
            },
            in_place: Table {
                name: $history,
                columns: &[
                    ("from_sequence", Kind::BigInt),
                    $(($column, Kind::$kind),)+
                    ("line", Kind::Integer),
                ],
            },
        }
    };
}

static VOUCHERS: Staging = staging! {
    Vouchers, "staged_vouchers", "vouchers", key of 1,
    ("voucher_id", Text),
    ("vendor_id", Text),
    ("vendor_of_record_id", Text),
    ("invoice_number", Text),
    ("invoice_date", Date),
    ("invoice_amount_cents", BigInt),
};

static LINES: Staging = staging! {
    VoucherLines, "staged_voucher_lines", "voucher_lines", key of 2,
    ("voucher_id", Text),
    ("line_number", Integer),
    ("amount_cents", BigInt),
    ("sales_tax_cents", BigInt),
    ("reportable", Bool),
    ("income_type", Text),
    ("relate_to_1", Text),
    ("relate_to_2", Text),
    ("account_id", Text),
    ("accountable_plan", Bool),
};

static PAYMENTS: Staging = staging! {
    Payments, "staged_payments", "payments", key of 1,
    ("payment_id", Text),
    ("pay_vendor_id", Text),
    ("method", Text),
    ("payment_date", Date),
    ("cash_account_id", Text),
    ("amount_cents", BigInt),
    ("federal_tax_withheld_cents", BigInt),
    ("state_tax_withheld_cents", BigInt),
    ("state", Text),
    ("void_date", Date),
    ("relate_to_1", Text),
    ("account_id", Text),
};

static APPLICATIONS: Staging = staging! {
    PaymentApplications, "staged_applications", "payment_applications", key of 2,
    ("payment_id", Text),
    ("voucher_id", Text),
    ("amount_cents", BigInt),
    ("discount_cents", BigInt),
};

impl Staging {
    /// Where the key columns lie in a row.
    pub(crate) fn keys(&self) -> Range<usize> {
        1..self.keys + 1
    }

    /// The key columns of a row, with what stands in them.
    pub(crate) fn key<'a, 'v>(
        &self,
        values: &'a Values<'v>,
    ) -> impl Iterator<Item = (&'static str, &'a Value<'v>)> {
        let columns = self.in_place.columns.iter().map(|(column, _)| *column);
        columns.zip(values).skip(1).take(self.keys)
    }

    /// What stands in the key columns of a row, as people read it.
    pub(crate) fn shown_key(&self, values: &Values<'_>) -> String {
        let key = self.key(values).map(|(_, value)| value.to_string());
        key.collect::<Vec<_>>().join(", ")
    }

    /// The line that a row came from.
    pub(crate) fn line(&self, values: &Values<'_>) -> i32 {
        match values[self.in_place.columns.len() - 1] {
            Value::Integer(line) => line,
            _ => 0,
        }
    }

    /// That the key of a row stands on an earlier line already.
    pub(crate) fn twice(&self, values: &Values<'_>, first_line: i32) -> Fault {
        let [line, first] =
            [self.line(values), first_line].map(|line| u64::try_from(line).unwrap_or_default());
        Fault::twice(self.file, line, &self.shown_key(values), first)
    }
}

fn file_of(record: &HistoryRecord) -> File {
    match record {
        HistoryRecord::Voucher(_) => File::Vouchers,
        HistoryRecord::VoucherLine(_) => File::VoucherLines,
        HistoryRecord::Payment(_) => File::Payments,
        HistoryRecord::Application(_) => File::PaymentApplications,
    }
}

/// The records of a file among `staged`, as rows of either of its tables: `number` is stage or sequence.
pub(crate) fn rows_of<'a>(
    file: File,
    number: i64,
    staged: &'a [Vec<Staged>],
) -> impl Iterator<Item = Values<'a>> {
    staged
        .iter()
        .flatten()
        .filter_map(move |staged| match &staged.item {
            StagedItem::Record(record) if file_of(record) == file => {
                Some(values_of(record, number, staged.position, staged.line))
            }
            _ => None,
        })
}

/// A record as a row of its tables.
fn values_of(record: &HistoryRecord, number: i64, position: i64, line: i32) -> Values<'_> {
    macro_rules! columns {
        ($($value:expr),+ $(,)?) => {
            row([Value::BigInt(number), $($value),+, Value::Integer(line), Value::BigInt(position)])
        };
    }
    macro_rules! key {
        ($key:expr) => {
            Value::Text($key.as_ref().map_or("", |key| key.as_str()))
        };
    }
    match record {
        HistoryRecord::Voucher(voucher) => columns![
            Value::Text(voucher.voucher_id.as_str()),
            Value::Text(voucher.vendor_id.as_str()),
            key!(voucher.vendor_of_record_id),
            Value::Text(&voucher.invoice_number),
            Value::Date(voucher.invoice_date),
            Value::BigInt(voucher.invoice_amount.cents()),
        ],
        HistoryRecord::VoucherLine(of) => columns![
            Value::Text(of.voucher_id.as_str()),
            Value::Integer(of.line),
            Value::BigInt(of.amount.cents()),
            Value::BigInt(of.sales_tax.cents()),
            Value::Bool(of.reportable),
            key!(of.income_type),
            key!(of.relate_to_1),
            key!(of.relate_to_2),
            key!(of.account_id),
            Value::Bool(of.accountable_plan),
        ],
        HistoryRecord::Payment(payment) => columns![
            Value::Text(payment.payment_id.as_str()),
            key!(payment.pay_vendor_id),
            Value::Text(payment.method.as_str()),
            Value::Date(Some(payment.payment_date)),
            Value::Text(payment.cash_account_id.as_str()),
            Value::BigInt(payment.amount.cents()),
            Value::BigInt(payment.federal_tax_withheld.cents()),
            Value::BigInt(payment.state_tax_withheld.cents()),
            Value::Text(&payment.state),
            Value::Date(payment.void_date),
            key!(payment.relate_to_1),
            key!(payment.account_id),
        ],
        HistoryRecord::Application(application) => columns![
            Value::Text(application.payment_id.as_str()),
            Value::Text(application.voucher_id.as_str()),
            Value::BigInt(application.amount.cents()),
            Value::BigInt(application.discount.cents()),
        ],
    }
}
