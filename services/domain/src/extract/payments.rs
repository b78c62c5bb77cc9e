//! `payments.csv` and `payment_applications.csv`.

use super::{File, Record, Row};
use crate::history::{Payment, PaymentApplication};
use crate::{AccountId, CashAccountId, PaymentId, RelateToCode, VendorId, VoucherId};

impl Record for Payment {
    const FILE: File = File::Payments;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let payment_id = row.id("payment_id", PaymentId::new);
        let pay_vendor_id = row.optional_id("pay_vendor_id", VendorId::new);
        let method = row.word("method");
        let payment_date = row.date("payment_date");
        let cash_account_id = row.id("cash_account_id", CashAccountId::new);
        let amount = row.amount("amount");
        let federal_tax_withheld = row.optional_amount("federal_tax_withheld");
        let state_tax_withheld = row.optional_amount("state_tax_withheld");
        let state = row.state("state");
        let void_date = row.optional_date("void_date");
        let relate_to_1 = row.optional_id("relate_to_1", RelateToCode::new);
        let account_id = row.optional_id("account_id", AccountId::new);
        Some(Self {
            payment_id: payment_id?,
            pay_vendor_id,
            method: method?,
            payment_date: payment_date?,
            cash_account_id: cash_account_id?,
            amount: amount?,
            federal_tax_withheld,
            state_tax_withheld,
            state,
            void_date,
            relate_to_1,
            account_id,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.payment_id.to_string()]
    }
}

impl Record for PaymentApplication {
    const FILE: File = File::PaymentApplications;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let payment_id = row.id("payment_id", PaymentId::new);
        let voucher_id = row.id("voucher_id", VoucherId::new);
        let amount = row.amount("amount");
        let discount = row.optional_amount("discount");
        Some(Self {
            payment_id: payment_id?,
            voucher_id: voucher_id?,
            amount: amount?,
            discount,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.payment_id.to_string(), self.voucher_id.to_string()]
    }
}
