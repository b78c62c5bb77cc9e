//! A ledger for tests: vendors, vouchers and payments in a few words each.

use chrono::NaiveDate;
use formfeed_domain::calculation::assemble::{Directory, Page, Records};
use formfeed_domain::calculation::{Method, Outcome, RunContext, VendorFacts, calculate};
use formfeed_domain::history::{Payment, PaymentApplication, PaymentMethod, Voucher, VoucherLine};
use formfeed_domain::vendor::{Classification, Flag1099};
use formfeed_domain::{
    CashAccountId, IncomeType, Money, PayerId, PaymentId, TaxYear, VendorId, VoucherId,
};

/// What happened, and who is who. Payers `A` and `B` own the cash accounts of the same names.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) directory: Directory,
    pub(crate) records: Records,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        let mut ledger = Self::default();
        for name in ["A", "B"] {
            let payer_id = PayerId::new(name).unwrap();
            let cash_account_id = CashAccountId::new(name).unwrap();
            ledger.directory.payers.insert(cash_account_id, payer_id);
        }
        ledger
    }

    /// A vendor with flag `Y`, unless it is changed.
    pub(crate) fn vendor(&mut self, id: &str) -> &mut VendorFacts {
        let vendor_id = VendorId::new(id).unwrap();
        let facts = VendorFacts {
            vendor_id: vendor_id.clone(),
            flag_1099: Flag1099::Yes,
            classification: Some(Classification::Individual),
            default_income_type: None,
            default_relate_to: None,
            pay_vendor_id: None,
        };
        self.directory.vendors.entry(vendor_id).or_insert(facts)
    }

    /// A voucher whose lines are cents of an income type; `None` is not reportable.
    pub(crate) fn voucher(&mut self, id: &str, vendor: &str, lines: &[(Option<IncomeType>, i64)]) {
        let voucher_id = VoucherId::new(id).unwrap();
        self.records.vouchers.push(Voucher {
            voucher_id: voucher_id.clone(),
            vendor_id: VendorId::new(vendor).unwrap(),
            vendor_of_record_id: None,
            invoice_number: String::new(),
            invoice_date: None,
            invoice_amount: Money::from_cents(lines.iter().map(|(_, cents)| cents).sum()),
        });
        for (at, (income_type, cents)) in lines.iter().enumerate() {
            self.records.lines.push(VoucherLine {
                voucher_id: voucher_id.clone(),
                line: i32::try_from(at).unwrap() + 1,
                amount: Money::from_cents(*cents),
                sales_tax: Money::ZERO,
                reportable: income_type.is_some(),
                income_type: *income_type,
                relate_to_1: None,
                relate_to_2: None,
                account_id: None,
                accountable_plan: false,
            });
        }
    }

    /// A check of payer `A` for the sum of its applications, which may be changed.
    pub(crate) fn check(
        &mut self,
        id: &str,
        to: Option<&str>,
        date: &str,
        applied: &[(&str, i64)],
    ) -> &mut Payment {
        let payment_id = PaymentId::new(id).unwrap();
        for (voucher_id, cents) in applied {
            self.records.applications.push(PaymentApplication {
                payment_id: payment_id.clone(),
                voucher_id: VoucherId::new(*voucher_id).unwrap(),
                amount: Money::from_cents(*cents),
                discount: Money::ZERO,
            });
        }
        self.records.payments.push(Payment {
            payment_id,
            pay_vendor_id: to.map(|to| VendorId::new(to).unwrap()),
            method: PaymentMethod::Check,
            payment_date: date.parse::<NaiveDate>().unwrap(),
            cash_account_id: CashAccountId::new("A").unwrap(),
            amount: Money::from_cents(applied.iter().map(|(_, cents)| cents).sum()),
            federal_tax_withheld: Money::ZERO,
            state_tax_withheld: Money::ZERO,
            state: String::new(),
            void_date: None,
            relate_to_1: None,
            account_id: None,
        });
        self.records.payments.last_mut().unwrap()
    }

    /// What INCOME_FIRST makes of one recipient for 2025.
    pub(crate) fn outcome(&self, payer_id: &str, recipient_id: &str) -> Outcome {
        let context = context(payer_id);
        let page = Page::new(&context, &self.directory, &self.records).unwrap();
        let history = page.history(&VendorId::new(recipient_id).unwrap());
        calculate(&context, &history.unwrap().unwrap())
    }

    /// `income_type total taxable` in cents, for one recipient of payer `A` in 2025.
    pub(crate) fn rows(&self, recipient_id: &str) -> Vec<(IncomeType, i64, i64)> {
        self.rows_of("A", recipient_id)
    }

    pub(crate) fn rows_of(
        &self,
        payer_id: &str,
        recipient_id: &str,
    ) -> Vec<(IncomeType, i64, i64)> {
        let outcome = self.outcome(payer_id, recipient_id);
        let cents = |row: &formfeed_domain::calculation::InformationRow| {
            (
                row.income_type,
                row.total_1099_amount.cents(),
                row.taxable_amount.cents(),
            )
        };
        outcome.rows().iter().map(cents).collect()
    }
}

pub(crate) fn context(payer_id: &str) -> RunContext {
    RunContext {
        payer_id: PayerId::new(payer_id).unwrap(),
        tax_year: TaxYear::new(2025).unwrap(),
        method: Method::IncomeFirst,
    }
}
