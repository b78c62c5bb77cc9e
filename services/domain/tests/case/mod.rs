//! A worked case as an accountant writes it, and the ledger it means.
//!
//! ```toml
//! vendors  = ["ACME", "BANK: flag N, c_corporation, default rents, default code RE, paid to ACME"]
//! accounts = ["6100 rents"]
//! codes    = ["ZZ"]                        # defined, and nothing to do with 1099s
//! vouchers = ["V1 of ACME, of record SHOP: 107.00 rents tax 7.00 account 6100 code RE code2 RO, 30.00 not reportable"]
//! payments = ["2025-03-01 check to ACME, federal tax 24.00: 40.00 on V1 discount 1.00", "2025-03-02 ach of 5.00 to ACME, account 6100"]
//! ```

use formfeed_domain::relate_to::Effect;
use formfeed_domain::vendor::Flag1099;
use formfeed_domain::{AccountId, CashAccountId, IncomeType, Money, VendorId};
use serde::Deserialize;

use crate::ledger::{Ledger, code};

#[derive(Deserialize)]
pub(crate) struct Fixture {
    pub(crate) case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) method: String,
    #[serde(default)]
    accounts: Vec<String>,
    #[serde(default)]
    codes: Vec<String>,
    vendors: Vec<String>,
    #[serde(default)]
    vouchers: Vec<String>,
    payments: Vec<String>,
    pub(crate) expect: Vec<String>,
    pub(crate) forms: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) exceptions: Vec<String>,
}

impl Case {
    /// The ledger its words mean.
    ///
    /// # Panics
    /// With the words that mean nothing.
    pub(crate) fn ledger(&self) -> Ledger {
        let mut ledger = Ledger::new();
        for account in &self.accounts {
            let (id, income_type) = account.split_once(' ').unwrap();
            ledger.account(id, income_type.parse().unwrap());
        }
        for code in &self.codes {
            ledger.code(code, Effect::None);
        }
        for vendor in &self.vendors {
            add_vendor(&mut ledger, vendor);
        }
        for voucher in &self.vouchers {
            add_voucher(&mut ledger, voucher);
        }
        for (payment, number) in self.payments.iter().zip(1..) {
            add_payment(&mut ledger, &format!("P{number}"), payment);
        }
        ledger
    }
}

fn money(text: &str) -> Money {
    text.parse().unwrap_or_else(|bad| panic!("{text}: {bad}"))
}

/// `HEAD, CLAUSE, …: TAIL, …` as head with its clauses, and tails.
fn parts(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (head, tail) = text.split_once(": ").unwrap_or((text, ""));
    let tail = tail.split(", ").filter(|tail| !tail.is_empty());
    (head.split(", ").collect(), tail.collect())
}

fn add_vendor(ledger: &mut Ledger, text: &str) {
    let (head, facts) = parts(text);
    let vendor = ledger.vendor(head[0]);
    for fact in facts {
        match fact.rsplit_once(' ') {
            Some(("flag", flag)) => vendor.flag_1099 = flag.parse::<Flag1099>().unwrap(),
            Some(("default", word)) => vendor.default_income_type = word.parse().ok(),
            Some(("default code", word)) => vendor.default_relate_to = code(word),
            Some(("paid to", id)) => vendor.pay_vendor_id = VendorId::new(id).ok(),
            _ => vendor.classification = Some(fact.parse().unwrap()),
        }
    }
}

fn add_voucher(ledger: &mut Ledger, text: &str) {
    let (head, tails) = parts(text);
    let (id, vendor) = head[0].split_once(" of ").unwrap();
    let cents = |tail: &&str| (None, money(tail.split(' ').next().unwrap()).cents());
    let lines: Vec<_> = tails.iter().map(cents).collect();
    ledger.voucher(id, vendor, &lines);
    for clause in &head[1..] {
        let voucher = ledger.voucher_of(id);
        match clause.rsplit_once(' ') {
            Some(("of record", of_record)) => {
                voucher.vendor_of_record_id = VendorId::new(of_record).ok();
            }
            Some(("dated", date)) => voucher.invoice_date = Some(date.parse().unwrap()),
            Some(("invoice", amount)) => voucher.invoice_amount = money(amount),
            _ => panic!("{clause} of {text}"),
        }
    }
    for (tail, number) in tails.into_iter().zip(1..) {
        add_line_facts(ledger, id, number, tail);
    }
}

fn add_line_facts(ledger: &mut Ledger, voucher_id: &str, number: i32, text: &str) {
    let line = ledger.line(voucher_id, number);
    let mut words = text.split(' ').skip(1);
    while let Some(word) = words.next() {
        let mut next = || words.next().unwrap_or_else(|| panic!("{word} of {text}"));
        match word {
            "tax" => line.sales_tax = money(next()),
            "account" => line.account_id = AccountId::new(next()).ok(),
            "code" => line.relate_to_1 = code(next()),
            "code2" => line.relate_to_2 = code(next()),
            "reimbursement" => line.accountable_plan = true,
            "not" => assert_eq!(next(), "reportable", "{text}"),
            income_type => {
                let income_type: IncomeType = income_type.parse().unwrap();
                line.income_type = Some(income_type);
                line.reportable = true;
            }
        }
    }
}

fn add_payment(ledger: &mut Ledger, id: &str, text: &str) {
    let (head, tails) = parts(text);
    let mut words = head[0].split(' ');
    let (date, method) = (words.next().unwrap(), words.next().unwrap());
    let (mut own, mut to) = (None, None);
    while let Some(word) = words.next() {
        match word {
            "of" => own = words.next().map(money),
            "to" => to = words.next(),
            _ => panic!("{word} of {text}"),
        }
    }
    let words: Vec<Vec<_>> = tails.iter().map(|tail| tail.split(' ').collect()).collect();
    let applied: Vec<_> = words.iter().map(|w| (w[2], money(w[0]).cents())).collect();
    ledger.check(id, to, date, &applied);
    for words in words.iter().filter(|words| words.len() > 3) {
        assert_eq!((words[1], words[3]), ("on", "discount"), "{text}");
        ledger.application(id, words[2]).discount = money(words[4]);
    }
    let payment = ledger.payment(id);
    payment.method = method.parse().unwrap();
    payment.amount = own.unwrap_or(payment.amount);
    for clause in &head[1..] {
        match clause.rsplit_once(' ') {
            Some(("voided", date)) => payment.void_date = Some(date.parse().unwrap()),
            Some(("code", word)) => payment.relate_to_1 = code(word),
            Some(("account", id)) => payment.account_id = AccountId::new(id).ok(),
            Some(("payer", id)) => payment.cash_account_id = CashAccountId::new(id).unwrap(),
            Some(("federal tax", amount)) => {
                payment.federal_tax_withheld = money(amount);
                payment.amount = payment.amount - money(amount);
            }
            Some(("state tax", amount)) => {
                payment.state_tax_withheld = money(amount);
                payment.amount = payment.amount - money(amount);
            }
            _ => panic!("{clause} of {text}"),
        }
    }
}
