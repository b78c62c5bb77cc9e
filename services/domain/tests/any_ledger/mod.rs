//! Ledgers that proptest makes up: several payers, recipients and years, voids, credits, cards, codes and tax kept back.

use formfeed_domain::history::PaymentMethod;
use formfeed_domain::relate_to::Effect;
use formfeed_domain::vendor::{Classification, Flag1099};
use formfeed_domain::{AccountId, CashAccountId, IncomeType, Money, VendorId};
use proptest::prelude::*;

use crate::ledger::{Ledger, code};

use IncomeType::{AttorneyGrossProceeds, NonemployeeCompensation, Rents, Royalties};

const TYPES: [Option<IncomeType>; 5] = [
    None,
    Some(NonemployeeCompensation),
    Some(Rents),
    Some(Royalties),
    Some(AttorneyGrossProceeds),
];
const CODES: [&str; 9] = ["", "", "", "CC", "RE", "RO", "EX", "FW", "ZZ"];
const ACCOUNTS: [&str; 4] = ["6100", "6200", "7000", "7000"];
const METHODS: [PaymentMethod; 4] = [
    PaymentMethod::Check,
    PaymentMethod::Ach,
    PaymentMethod::Check,
    PaymentMethod::CreditCard,
];
const CLASSES: [Classification; 3] = [
    Classification::Individual,
    Classification::CCorporation,
    Classification::Government,
];
const FLAGS: [Flag1099; 4] = [Flag1099::Yes, Flag1099::Yes, Flag1099::No, Flag1099::Never];
const STATES: [&str; 5] = ["", "", "ME", "NH", "VT"];
/// Cash account `N` belongs to no payer.
const CASH_ACCOUNTS: [&str; 4] = ["A", "A", "B", "N"];

/// A place in one of the tables above.
type Pick = prop::sample::Index;

fn pick<T: Copy>(at: Pick, table: &[T]) -> T {
    table[at.index(table.len())]
}

#[derive(Debug, Clone)]
struct AnyVendor {
    flag: Pick,
    class: Pick,
    default_type: Pick,
    default_code: Pick,
    pays: Option<usize>,
}

#[derive(Debug, Clone)]
struct AnyLine {
    cents: i64,
    tax: i64,
    income_type: Pick,
    account: Pick,
    codes: (Pick, Pick),
    accountable: bool,
}

#[derive(Debug, Clone)]
struct AnyVoucher {
    vendor: usize,
    of_record: Option<usize>,
    off_by: i64,
    lines: Vec<AnyLine>,
}

#[derive(Debug, Clone)]
struct AnyPayment {
    year: i32,
    to: Option<usize>,
    how: (Pick, Pick),
    code: Pick,
    account: Pick,
    state: Pick,
    void: bool,
    withheld: (i64, i64),
    off_by: i64,
    applied: Vec<(usize, i64, i64)>,
}

const VENDORS: usize = 3;
const VOUCHERS: usize = 3;

fn any_vendor() -> impl Strategy<Value = AnyVendor> {
    let picks = any::<(Pick, Pick, Pick, Pick)>();
    let pays = prop::option::weighted(0.2, 0..VENDORS);
    (picks, pays).prop_map(
        |((flag, class, default_type, default_code), pays)| AnyVendor {
            flag,
            class,
            default_type,
            default_code,
            pays,
        },
    )
}

fn any_line() -> impl Strategy<Value = AnyLine> {
    let amounts = (
        -300_i64..2_000,
        prop_oneof![3 => Just(0_i64), 1 => 0_i64..90],
    );
    let picks = any::<(Pick, Pick, Pick, Pick)>();
    let accountable = prop::bool::weighted(0.1);
    (amounts, picks, accountable).prop_map(
        |((cents, tax), (income_type, account, first, second), accountable)| AnyLine {
            cents,
            tax,
            income_type,
            account,
            codes: (first, second),
            accountable,
        },
    )
}

fn any_voucher() -> impl Strategy<Value = AnyVoucher> {
    let of_record = prop::option::weighted(0.3, 0..VENDORS);
    let off_by = prop_oneof![4 => Just(0_i64), 1 => -2_000_i64..500];
    let lines = prop::collection::vec(any_line(), 1..5);
    (0..VENDORS, of_record, off_by, lines).prop_map(|(vendor, of_record, off_by, lines)| {
        AnyVoucher {
            vendor,
            of_record,
            off_by,
            lines,
        }
    })
}

fn any_payment() -> impl Strategy<Value = AnyPayment> {
    let to = prop::option::weighted(0.7, 0..VENDORS);
    let picks = any::<(Pick, Pick, Pick, Pick, Pick)>();
    let withheld = prop_oneof![3 => Just((0_i64, 0_i64)), 1 => (0_i64..300, 0_i64..50)];
    let off_by = prop_oneof![5 => Just(0_i64), 1 => -100_i64..100];
    let applied = prop::collection::vec((0..VOUCHERS, -200_i64..1_500, 0_i64..40), 0..4);
    let void = prop::bool::weighted(0.15);
    (2024..=2026, to, picks, void, withheld, off_by, applied).prop_map(
        |(year, to, (method, cash, code, account, state), void, withheld, off_by, applied)| {
            AnyPayment {
                year,
                to,
                how: (method, cash),
                code,
                account,
                state,
                void,
                withheld,
                off_by,
                applied,
            }
        },
    )
}

fn vendor_id(at: usize) -> String {
    format!("V{at}")
}

fn build(vendors: &[AnyVendor], vouchers: &[AnyVoucher], payments: &[AnyPayment]) -> Ledger {
    let mut ledger = Ledger::new();
    ledger.account("6100", NonemployeeCompensation);
    ledger.account("6200", Rents);
    ledger.code("ZZ", Effect::None);
    for (at, any) in vendors.iter().enumerate() {
        let vendor = ledger.vendor(&vendor_id(at));
        vendor.flag_1099 = pick(any.flag, &FLAGS);
        vendor.classification = Some(pick(any.class, &CLASSES));
        vendor.default_income_type = pick(any.default_type, &TYPES);
        vendor.default_relate_to = code(pick(any.default_code, &CODES));
        let pays = any.pays.filter(|pays| *pays != at);
        vendor.pay_vendor_id = pays.and_then(|pays| VendorId::new(vendor_id(pays)).ok());
    }
    for (at, any) in vouchers.iter().enumerate() {
        add_voucher(&mut ledger, &format!("R{at}"), any);
    }
    for (at, any) in payments.iter().enumerate() {
        add_payment(&mut ledger, &format!("P{at}"), any);
    }
    ledger
}

fn add_voucher(ledger: &mut Ledger, id: &str, any: &AnyVoucher) {
    let line = |line: &AnyLine| (pick(line.income_type, &TYPES), line.cents);
    let lines: Vec<_> = any.lines.iter().map(line).collect();
    ledger.voucher(id, &vendor_id(any.vendor), &lines);
    let voucher = ledger.voucher_of(id);
    voucher.invoice_amount += Money::from_cents(any.off_by);
    let of_record = any
        .of_record
        .and_then(|at| VendorId::new(vendor_id(at)).ok());
    voucher.vendor_of_record_id = of_record;
    for (any, number) in any.lines.iter().zip(1..) {
        let line = ledger.line(id, number);
        line.sales_tax = Money::from_cents(any.tax);
        line.account_id = AccountId::new(pick(any.account, &ACCOUNTS)).ok();
        line.accountable_plan = any.accountable;
        let (first, second) = (pick(any.codes.0, &CODES), pick(any.codes.1, &CODES));
        ledger.codes(id, number, first, second);
    }
}

fn add_payment(ledger: &mut Ledger, id: &str, any: &AnyPayment) {
    let mut applied: Vec<(String, i64, i64)> = Vec::new();
    for (voucher, cents, discount) in &any.applied {
        let voucher = format!("R{voucher}");
        if !applied.iter().any(|(other, ..)| *other == voucher) {
            applied.push((voucher, *cents, *discount));
        }
    }
    let plain: Vec<_> = applied
        .iter()
        .map(|(id, cents, _)| (id.as_str(), *cents))
        .collect();
    let (to, date) = (any.to.map(vendor_id), format!("{}-06-30", any.year));
    let payment = ledger.check(id, to.as_deref(), &date, &plain);
    let (federal, state) = any.withheld;
    let own = if plain.is_empty() { 500 } else { 0 };
    payment.amount += Money::from_cents(any.off_by + own - federal - state);
    payment.federal_tax_withheld = Money::from_cents(federal);
    payment.state_tax_withheld = Money::from_cents(state);
    payment.method = pick(any.how.0, &METHODS);
    payment.cash_account_id = CashAccountId::new(pick(any.how.1, &CASH_ACCOUNTS)).unwrap();
    payment.void_date = any.void.then(|| "2026-07-01".parse().unwrap());
    payment.relate_to_1 = code(pick(any.code, &CODES));
    payment.account_id = AccountId::new(pick(any.account, &ACCOUNTS)).ok();
    payment.state = pick(any.state, &STATES).to_owned();
    for (voucher, _, discount) in &applied {
        ledger.application(id, voucher).discount = Money::from_cents(*discount);
    }
}

/// Any ledger of three vendors and three vouchers.
pub(crate) fn any_ledger() -> impl Strategy<Value = Ledger> {
    (
        prop::collection::vec(any_vendor(), VENDORS),
        prop::collection::vec(any_voucher(), VOUCHERS),
        prop::collection::vec(any_payment(), 1..8),
    )
        .prop_map(|(vendors, vouchers, payments)| build(&vendors, &vouchers, &payments))
}
