//! `bench-extract VENDORS DIR`: writes an AP extract of so many vendors, always the same for the same number.
//!
//! On average a vendor has 12 vouchers of 2.5 lines and 14 payments: 100,000 vendors are 1.2 million vouchers, 3
//! million lines and 1.4 million payments. Among them are partial payments over two years, voided ones, cards, credits,
//! tax withheld, payments to pay vendors and to nobody named, and payments for two vouchers at once. Rows leave as they
//! are made: memory stays flat.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// Every name and amount follows from this and the vendor's number.
const SEED: u64 = 1099;

const PAYERS: &str = "payer_id,name,tin,address_line_1,city,state,postal_code,country,phone\n\
    BENCH,Bench Works Inc.,12-3456789,1 Quay Street,Portland,ME,04101,US,555-010-0001\n\
    OTHER,Other Works LLC,98-7654321,2 Quay Street,Portland,ME,04101,US,555-010-0002\n";
const ORGANIZATIONS: &str = "org_id,parent_org_id,payer_id\n1,,BENCH\n1.1,1,\n1.2,1,OTHER\n";
const CASH_ACCOUNTS: &str =
    "cash_account_id,org_id,description\nBANK,1,Main\nYARD,1.1,Yard\nSIDE,1.2,Subsidiary\n";
const ACCOUNTS: &str = "account_id,description,income_type\n6000,Contract labor,nonemployee_compensation\n\
    6100,Rent,rents\n6200,Settlements,attorney_gross_proceeds\n6300,Supplies,\n";

const VENDORS: &str = "vendor_id,name,short_name,tin,tin_type,classification,flag_1099,default_income_type,\
    default_relate_to,pay_vendor_id,address_code,second_tin_notice\n";
const ADDRESSES: &str = "vendor_id,address_code,line_1,line_2,city,state,postal_code,country\n";
const VOUCHERS: &str =
    "voucher_id,vendor_id,vendor_of_record_id,invoice_number,invoice_date,invoice_amount\n";
const LINES: &str = "voucher_id,line,amount,sales_tax,reportable,income_type,relate_to_1,relate_to_2,account_id,\
    accountable_plan\n";
const PAYMENTS: &str = "payment_id,pay_vendor_id,method,payment_date,cash_account_id,amount,federal_tax_withheld,\
    state_tax_withheld,state,void_date,relate_to_1,account_id\n";
const APPLICATIONS: &str = "payment_id,voucher_id,amount,discount\n";

const CLASSIFICATIONS: [&str; 10] = [
    "individual",
    "sole_proprietor",
    "partnership",
    "llc_individual",
    "llc_partnership",
    "individual",
    "c_corporation",
    "llc_s_corporation",
    "estate_or_trust",
    "government",
];
const INCOME_TYPES: [&str; 6] = [
    "rents",
    "royalties",
    "other_income",
    "medical_payments",
    "attorney_gross_proceeds",
    "nonemployee_compensation",
];
const DIRECT: [&str; 4] = ["check", "ach", "check", "wire"];
const CARDS: [&str; 3] = ["credit_card", "purchasing_card", "paypal"];
const CASH: [&str; 4] = ["BANK", "BANK", "BANK", "YARD"];

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let asked = match arguments.as_slice() {
        [vendors, dir] => vendors.parse().ok().map(|vendors| (vendors, dir)),
        _ => None,
    };
    let Some((vendors, dir)) = asked else {
        eprintln!("usage: bench-extract VENDORS DIR");
        return ExitCode::from(2);
    };
    match write(vendors, Path::new(dir)) {
        Ok(rows) => {
            println!("{rows}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{dir}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the extract and answers how many rows it has.
fn write(vendors: u64, dir: &Path) -> io::Result<u64> {
    std::fs::create_dir_all(dir)?;
    for (name, text) in [
        ("payers.csv", PAYERS),
        ("organizations.csv", ORGANIZATIONS),
        ("cash_accounts.csv", CASH_ACCOUNTS),
        ("accounts.csv", ACCOUNTS),
    ] {
        std::fs::write(dir.join(name), text)?;
    }
    let mut files = Files::create(dir)?;
    for number in 0..vendors {
        files.vendor(number, vendors)?;
    }
    files.finish()
}

/// The files with as many rows as the extract has vendors, or more.
struct Files {
    vendors: Csv,
    addresses: Csv,
    vouchers: Csv,
    lines: Csv,
    payments: Csv,
    applications: Csv,
    payment: u64,
}

/// A file being written.
struct Csv {
    out: BufWriter<File>,
    rows: u64,
}

/// A voucher before it is paid.
struct Voucher {
    id: String,
    /// Whole amount, in cents; negative for a credit.
    cents: i64,
}

macro_rules! row {
    ($csv:expr, $($part:tt)*) => {{
        $csv.rows += 1;
        writeln!($csv.out, $($part)*)
    }};
}

impl Files {
    fn create(dir: &Path) -> io::Result<Self> {
        let csv = |name, header| Csv::create(&dir.join(name), header);
        Ok(Self {
            vendors: csv("vendors.csv", VENDORS)?,
            addresses: csv("vendor_addresses.csv", ADDRESSES)?,
            vouchers: csv("vouchers.csv", VOUCHERS)?,
            lines: csv("voucher_lines.csv", LINES)?,
            payments: csv("payments.csv", PAYMENTS)?,
            applications: csv("payment_applications.csv", APPLICATIONS)?,
            payment: 0,
        })
    }

    fn finish(self) -> io::Result<u64> {
        let all = [
            self.vendors,
            self.addresses,
            self.vouchers,
            self.lines,
            self.payments,
            self.applications,
        ];
        let mut rows = 0;
        for mut csv in all {
            csv.out.flush()?;
            rows += csv.rows;
        }
        Ok(rows)
    }

    /// A vendor with all it was owed and paid.
    fn vendor(&mut self, number: u64, vendors: u64) -> io::Result<()> {
        let mut dice = Dice::of(number);
        let id = vendor_id_of(number);
        let flag = dice.one_of(&["Y", "Y", "Y", "Y", "Y", "Y", "Y", "", "N", "D"]);
        let class = dice.one_of(&CLASSIFICATIONS);
        let default_type = match dice.chance(15) {
            true => dice.one_of(&INCOME_TYPES),
            false => "",
        };
        let pay_vendor = match dice.chance(3) {
            true => vendor_id_of(dice.below(vendors)),
            false => String::new(),
        };
        let tin = 900_700_000 + number % 99_999_999;
        row!(
            self.vendors,
            "{id},Vendor {number} Services,Vendor {number},{tin},ein,{class},{flag},{default_type},,{pay_vendor},REMIT,N"
        )?;
        row!(
            self.addresses,
            "{id},REMIT,{number} Pine Street,,Portland,ME,04101,US"
        )?;
        let vouchers = dice.below(25);
        let mut waiting = None;
        for at in 0..vouchers {
            let voucher = self.voucher(&mut dice, &id, at)?;
            let alone = dice.chance(96);
            match (waiting.take(), alone) {
                (Some(first), _) => self.pay_together(&mut dice, &id, &first, &voucher)?,
                // A credit can only be taken off another voucher.
                (None, false) => waiting = Some(voucher),
                (None, true) if voucher.cents < 0 => waiting = Some(voucher),
                (None, true) => self.pay(&mut dice, &id, vendors, &voucher)?,
            }
        }
        Ok(())
    }

    fn voucher(&mut self, dice: &mut Dice, vendor_id: &str, at: u64) -> io::Result<Voucher> {
        let id = format!("{vendor_id}-{at:02}");
        let credit = dice.chance(2);
        let mut cents = 0;
        for line in 1..=1 + dice.below(4) {
            let net = dice.cents(500, 90_000) * if credit { -1 } else { 1 };
            let tax = match dice.chance(10) {
                true => net / 20,
                false => 0,
            };
            cents += net + tax;
            let reportable = dice.one_of(&["Y", "Y", "Y", "Y", "N"]);
            let income_type = match dice.chance(30) {
                true => dice.one_of(&INCOME_TYPES),
                false => "",
            };
            let account = dice.one_of(&["6000", "6000", "6100", "6300"]);
            let plan = match dice.chance(1) {
                true => "Y",
                false => "N",
            };
            let (amount, tax) = (Dollars(net + tax), Dollars(tax));
            row!(
                self.lines,
                "{id},{line},{amount},{tax},{reportable},{income_type},,,{account},{plan}"
            )?;
        }
        let (number, day) = (dice.below(1_000_000), Day(2025, dice.below(365)));
        let amount = Dollars(cents);
        row!(
            self.vouchers,
            "{id},{vendor_id},,INV{number:06},{day},{amount}"
        )?;
        Ok(Voucher { id, cents })
    }

    /// Pays a voucher: not at all, at once, or in two or three parts of which the first may lie in the year before.
    fn pay(
        &mut self,
        dice: &mut Dice,
        vendor_id: &str,
        vendors: u64,
        voucher: &Voucher,
    ) -> io::Result<()> {
        let parts = match dice.below(100) {
            0 => 0,
            1..=74 => 1,
            75..=95 => 2,
            _ => 3,
        };
        let mut left = voucher.cents;
        for part in 1..=parts {
            let cents = match part == parts {
                true => left,
                false => dice.cents(1, left.max(2) / 2),
            };
            left -= cents;
            let year = match (parts > 1, part) {
                (true, 1) => 2024,
                _ => dice.one_of(&[2025, 2025, 2025, 2025, 2025, 2025, 2025, 2025, 2024, 2026]),
            };
            let paid_to = match dice.below(100) {
                0 => vendor_id_of(dice.below(vendors)),
                1 | 2 => String::new(),
                _ => vendor_id.to_owned(),
            };
            let day = Day(year, dice.below(365));
            let payment = self.payment(dice, &paid_to, day, cents)?;
            let id = &voucher.id;
            let (amount, discount) = (Dollars(cents), Dollars(0));
            row!(self.applications, "{payment},{id},{amount},{discount}")?;
        }
        Ok(())
    }

    /// Pays two vouchers by one payment, if together they are more than nothing.
    fn pay_together(
        &mut self,
        dice: &mut Dice,
        vendor_id: &str,
        first: &Voucher,
        second: &Voucher,
    ) -> io::Result<()> {
        let cents = first.cents + second.cents;
        if cents <= 0 {
            return Ok(());
        }
        let day = Day(2025, dice.below(365));
        let payment = self.payment(dice, vendor_id, day, cents)?;
        for voucher in [first, second] {
            let (id, amount) = (&voucher.id, Dollars(voucher.cents));
            row!(self.applications, "{payment},{id},{amount},0.00")?;
        }
        Ok(())
    }

    /// Writes a payment of so much gross and answers its key.
    fn payment(
        &mut self,
        dice: &mut Dice,
        paid_to: &str,
        day: Day,
        gross_cents: i64,
    ) -> io::Result<String> {
        let id = format!("P{:010}", self.payment);
        self.payment += 1;
        let card = dice.chance(8);
        let method = match card {
            true => dice.one_of(&CARDS),
            false => dice.one_of(&DIRECT),
        };
        let cash = match dice.chance(3) {
            true => "SIDE",
            false => dice.one_of(&CASH),
        };
        let withheld = match !card && dice.chance(1) {
            true => gross_cents * 24 / 100,
            false => 0,
        };
        let void = match dice.chance(2) {
            true => day.to_string(),
            false => String::new(),
        };
        let (amount, withheld) = (Dollars(gross_cents - withheld), Dollars(withheld));
        row!(
            self.payments,
            "{id},{paid_to},{method},{day},{cash},{amount},{withheld},0.00,ME,{void},,"
        )?;
        Ok(id)
    }
}

impl Csv {
    fn create(path: &Path, header: &str) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(1 << 18, File::create(path)?);
        out.write_all(header.as_bytes())?;
        Ok(Self { out, rows: 0 })
    }
}

fn vendor_id_of(number: u64) -> String {
    format!("V{number:07}")
}

/// A stream of numbers that looks random and is always the same (SplitMix64).
struct Dice(u64);

impl Dice {
    fn of(number: u64) -> Self {
        Self(SEED.wrapping_add(number.wrapping_mul(0xA24B_AED4_963E_E407)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn cents(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most - least).unwrap_or_default() + 1;
        least + i64::try_from(self.below(span)).unwrap_or_default()
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap_or_default();
        of[at]
    }
}

/// Cents, written as dollars.
struct Dollars(i64);

impl std::fmt::Display for Dollars {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

/// A year and a day of it, from 0; written as a date.
#[derive(Clone, Copy)]
struct Day(i32, u64);

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const MONTHS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut day = self.1;
        for (month, days) in (1..).zip(MONTHS) {
            match day < days {
                true => return write!(f, "{:04}-{month:02}-{:02}", self.0, day + 1),
                false => day -= days,
            }
        }
        Err(std::fmt::Error)
    }
}
