//! `vouchers.csv` and `voucher_lines.csv`.

use super::{File, Record, Row};
use crate::history::{Voucher, VoucherLine};
use crate::{AccountId, RelateToCode, VendorId, VoucherId};

impl Record for Voucher {
    const FILE: File = File::Vouchers;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let voucher_id = row.id("voucher_id", VoucherId::new);
        let vendor_id = row.id("vendor_id", VendorId::new);
        let vendor_of_record_id = row.optional_id("vendor_of_record_id", VendorId::new);
        let invoice_number = row.text("invoice_number");
        let invoice_date = row.optional_date("invoice_date");
        let invoice_amount = row.amount("invoice_amount");
        Some(Self {
            voucher_id: voucher_id?,
            vendor_id: vendor_id?,
            vendor_of_record_id,
            invoice_number,
            invoice_date,
            invoice_amount: invoice_amount?,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.voucher_id.to_string()]
    }
}

impl Record for VoucherLine {
    const FILE: File = File::VoucherLines;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let voucher_id = row.id("voucher_id", VoucherId::new);
        let line = line_number(row);
        let amount = row.amount("amount");
        let sales_tax = row.optional_amount("sales_tax");
        let reportable = row.flag("reportable");
        let income_type = row.income_type("income_type");
        let relate_to_1 = row.optional_id("relate_to_1", RelateToCode::new);
        let relate_to_2 = row.optional_id("relate_to_2", RelateToCode::new);
        let account_id = row.optional_id("account_id", AccountId::new);
        let accountable_plan = row.flag("accountable_plan");
        Some(Self {
            voucher_id: voucher_id?,
            line: line?,
            amount: amount?,
            sales_tax,
            reportable,
            income_type,
            relate_to_1,
            relate_to_2,
            account_id,
            accountable_plan,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.voucher_id.to_string(), self.line.to_string()]
    }
}

fn line_number(row: &mut Row<'_>) -> Option<i32> {
    let value = row.value("line");
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    let number = value.parse().ok().filter(|n| digits && *n >= 1);
    if number.is_none() {
        row.fault("line", "not a line number: use 1, 2, 3 and so on");
    }
    number
}
