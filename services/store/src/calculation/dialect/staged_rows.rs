//! The staged tables, column by column, and a record as a row of its table.

use formfeed_domain::history::HistoryRecord;

use super::rows::{Kind, Table, Value, Values, row};
use crate::calculation::{Staged, StagedItem};

/// Every staged table, in the order of import.
pub(crate) const TABLES: [&Table; 4] = [&VOUCHERS, &LINES, &PAYMENTS, &APPLICATIONS];

const VOUCHERS: Table = Table {
    name: "staged_vouchers",
    columns: &[
        ("stage", Kind::BigInt),
        ("voucher_id", Kind::Text),
        ("vendor_id", Kind::Text),
        ("vendor_of_record_id", Kind::Text),
        ("invoice_number", Kind::Text),
        ("invoice_date", Kind::Date),
        ("invoice_amount_cents", Kind::BigInt),
        ("position", Kind::BigInt),
        ("line", Kind::Integer),
    ],
};

const LINES: Table = Table {
    name: "staged_voucher_lines",
    columns: &[
        ("stage", Kind::BigInt),
        ("voucher_id", Kind::Text),
        ("line_number", Kind::Integer),
        ("amount_cents", Kind::BigInt),
        ("sales_tax_cents", Kind::BigInt),
        ("reportable", Kind::Bool),
        ("income_type", Kind::Text),
        ("relate_to_1", Kind::Text),
        ("relate_to_2", Kind::Text),
        ("account_id", Kind::Text),
        ("accountable_plan", Kind::Bool),
        ("position", Kind::BigInt),
        ("line", Kind::Integer),
    ],
};

const PAYMENTS: Table = Table {
    name: "staged_payments",
    columns: &[
        ("stage", Kind::BigInt),
        ("payment_id", Kind::Text),
        ("pay_vendor_id", Kind::Text),
        ("method", Kind::Text),
        ("payment_date", Kind::Date),
        ("cash_account_id", Kind::Text),
        ("amount_cents", Kind::BigInt),
        ("federal_tax_withheld_cents", Kind::BigInt),
        ("state_tax_withheld_cents", Kind::BigInt),
        ("state", Kind::Text),
        ("void_date", Kind::Date),
        ("relate_to_1", Kind::Text),
        ("account_id", Kind::Text),
        ("position", Kind::BigInt),
        ("line", Kind::Integer),
    ],
};

const APPLICATIONS: Table = Table {
    name: "staged_applications",
    columns: &[
        ("stage", Kind::BigInt),
        ("payment_id", Kind::Text),
        ("voucher_id", Kind::Text),
        ("amount_cents", Kind::BigInt),
        ("discount_cents", Kind::BigInt),
        ("position", Kind::BigInt),
        ("line", Kind::Integer),
    ],
};

/// The table of a record.
fn table_of(record: &HistoryRecord) -> &'static Table {
    match record {
        HistoryRecord::Voucher(_) => &VOUCHERS,
        HistoryRecord::VoucherLine(_) => &LINES,
        HistoryRecord::Payment(_) => &PAYMENTS,
        HistoryRecord::Application(_) => &APPLICATIONS,
    }
}

/// The records among `staged` that belong in a table, as its rows.
pub(crate) fn rows_of<'a>(
    table: &'static Table,
    stage: i64,
    staged: &'a [Staged],
) -> impl Iterator<Item = Values<'a>> {
    staged.iter().filter_map(move |staged| match &staged.item {
        StagedItem::Record(record) if table_of(record) == table => {
            Some(values_of(record, stage, staged.position, staged.line))
        }
        _ => None,
    })
}

/// A record as a row of its table.
fn values_of(record: &HistoryRecord, stage: i64, position: i64, line: i32) -> Values<'_> {
    macro_rules! columns {
        ($($value:expr),+ $(,)?) => {
            row([Value::BigInt(stage), $($value),+, Value::BigInt(position), Value::Integer(line)])
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
