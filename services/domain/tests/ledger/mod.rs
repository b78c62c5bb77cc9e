//! A ledger for tests: vendors, vouchers and payments in a few words each.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use formfeed_domain::calculation::assemble::{Directory, Page, Records};
use formfeed_domain::calculation::{
    Chart, InformationRow, Method, Outcome, RunContext, StateShare, VendorFacts, by_state,
    calculate,
};
use formfeed_domain::history::{Payment, PaymentApplication, PaymentMethod, Voucher, VoucherLine};
use formfeed_domain::relate_to::{self, Effect, Position, RelateTo};
use formfeed_domain::vendor::{Classification, Flag1099};
use formfeed_domain::{
    AccountId, CashAccountId, IncomeType, Money, PayerId, PaymentId, RelateToCode, TaxYear,
    VendorId, VoucherId,
};

/// What happened, and who is who. Payers `A` and `B` own the cash accounts of the same names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) directory: Directory,
    pub(crate) records: Records,
    accounts: Vec<(AccountId, IncomeType)>,
    codes: Vec<RelateTo>,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        let mut ledger = Self {
            codes: relate_to::defaults(),
            ..Self::default()
        };
        for name in ["A", "B"] {
            let payer_id = PayerId::new(name).unwrap();
            let cash_account_id = CashAccountId::new(name).unwrap();
            let payers = Arc::make_mut(&mut ledger.directory.payers);
            payers.insert(cash_account_id, payer_id);
        }
        ledger.draw_chart();
        ledger
    }

    fn draw_chart(&mut self) {
        self.directory.chart = Chart::new(self.accounts.clone(), self.codes.clone()).into();
    }

    /// An account mapped to an income type.
    pub(crate) fn account(&mut self, id: &str, income_type: IncomeType) {
        self.accounts
            .push((AccountId::new(id).unwrap(), income_type));
        self.draw_chart();
    }

    /// A code of both positions, beside the default ones; the last definition of a code counts.
    pub(crate) fn code(&mut self, code: &str, effect: Effect) {
        for position in [Position::One, Position::Two] {
            self.codes.push(RelateTo {
                position,
                code: RelateToCode::new(code).unwrap(),
                description: String::new(),
                effect,
            });
        }
        self.draw_chart();
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

    /// The voucher of that key, to change it.
    pub(crate) fn voucher_of(&mut self, id: &str) -> &mut Voucher {
        let mut vouchers = self.records.vouchers.iter_mut();
        vouchers.find(|v| v.voucher_id.as_str() == id).unwrap()
    }

    /// A line of a voucher, to change it.
    pub(crate) fn line(&mut self, voucher_id: &str, line: i32) -> &mut VoucherLine {
        let is = |l: &&mut VoucherLine| (l.voucher_id.as_str(), l.line) == (voucher_id, line);
        self.records.lines.iter_mut().find(is).unwrap()
    }

    /// Gives a line its codes; blank is none.
    pub(crate) fn codes(&mut self, voucher_id: &str, line: i32, first: &str, second: &str) {
        let line = self.line(voucher_id, line);
        (line.relate_to_1, line.relate_to_2) = (code(first), code(second));
    }

    /// The payment of that key, to change it.
    pub(crate) fn payment(&mut self, id: &str) -> &mut Payment {
        let mut payments = self.records.payments.iter_mut();
        payments.find(|p| p.payment_id.as_str() == id).unwrap()
    }

    /// The application of a payment to a voucher, to change it.
    pub(crate) fn application(&mut self, payment: &str, voucher: &str) -> &mut PaymentApplication {
        let is = |a: &&mut PaymentApplication| {
            (a.payment_id.as_str(), a.voucher_id.as_str()) == (payment, voucher)
        };
        self.records.applications.iter_mut().find(is).unwrap()
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
        self.outcome_by(&context(payer_id), recipient_id)
    }

    /// What a run makes of one recipient.
    pub(crate) fn outcome_by(&self, context: &RunContext, recipient_id: &str) -> Outcome {
        let page = Page::new(context, &self.directory, &self.records).unwrap();
        let history = page.history(&VendorId::new(recipient_id).unwrap());
        calculate(context, &history.unwrap().unwrap())
    }

    /// What a run makes of everybody who was paid, by state.
    pub(crate) fn by_state(&self, context: &RunContext) -> Vec<(Outcome, Vec<StateShare>)> {
        let page = Page::new(context, &self.directory, &self.records).unwrap();
        let both = |id: &VendorId| {
            let history = page.history(id).unwrap().unwrap();
            let outcome = calculate(context, &history);
            let shares = by_state(&history, &outcome);
            (outcome, shares)
        };
        page.recipients().map(both).collect()
    }

    /// What a run makes of everybody who was paid.
    pub(crate) fn outcomes(&self, context: &RunContext) -> Vec<Outcome> {
        let page = Page::new(context, &self.directory, &self.records).unwrap();
        let outcome = |id: &VendorId| calculate(context, &page.history(id).unwrap().unwrap());
        page.recipients().map(outcome).collect()
    }

    /// Payers with a cash account.
    pub(crate) fn payers(&self) -> BTreeSet<PayerId> {
        self.directory.payers.values().cloned().collect()
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
        rows(&self.outcome(payer_id, recipient_id))
    }

    /// The rows of one recipient of payer `A` in 2025 by any method.
    pub(crate) fn rows_by(
        &self,
        method: Method,
        recipient_id: &str,
    ) -> Vec<(IncomeType, i64, i64)> {
        rows(&self.outcome_by(&by(method), recipient_id))
    }

    /// The words of the exceptions of one recipient of payer `A` in 2025.
    pub(crate) fn exceptions_by(&self, method: Method, recipient_id: &str) -> Vec<&'static str> {
        let outcome = self.outcome_by(&by(method), recipient_id);
        outcome.exceptions().iter().map(|e| e.kind()).collect()
    }
}

/// `income_type total taxable` in cents.
pub(crate) fn rows(outcome: &Outcome) -> Vec<(IncomeType, i64, i64)> {
    let cents = |row: &InformationRow| {
        let (total, taxable) = (row.total_1099_amount, row.taxable_amount);
        (row.income_type, total.cents(), taxable.cents())
    };
    outcome.rows().iter().map(cents).collect()
}

/// A code; blank is none.
pub(crate) fn code(text: &str) -> Option<RelateToCode> {
    RelateToCode::new(text).ok()
}

pub(crate) fn context(payer_id: &str) -> RunContext {
    RunContext {
        payer_id: PayerId::new(payer_id).unwrap(),
        tax_year: TaxYear::new(2025).unwrap(),
        method: Method::IncomeFirst,
    }
}

/// A run of payer `A` for 2025.
pub(crate) fn by(method: Method) -> RunContext {
    RunContext {
        method,
        ..context("A")
    }
}
