//! Every kind of fault an extract's row can have, as a person reads it.

#![allow(clippy::unwrap_used, missing_docs)]

use formfeed_domain::Money;
use formfeed_domain::account::Account;
use formfeed_domain::extract::{self, Fault, Header, Record};
use formfeed_domain::history::{Payment, PaymentApplication, Voucher, VoucherLine};
use formfeed_domain::organization::CashAccount;
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::relate_to::{Effect, RelateTo};
use formfeed_domain::vendor::{Flag1099, Vendor, VendorAddress};

/// Reads one row written as `column=value` pairs; the row is line 2.
fn parse<R: Record>(pairs: &[(&str, &str)]) -> Result<R, Vec<Fault>> {
    let header = Header::check(R::FILE, pairs.iter().map(|(column, _)| *column))?;
    extract::parse(&header, 2, pairs.iter().map(|(_, value)| *value))
}

fn faults<R: Record>(pairs: &[(&str, &str)]) -> Vec<String> {
    let faults = parse::<R>(pairs).err().unwrap_or_default();
    faults.iter().map(Fault::to_string).collect()
}

#[test]
fn a_vendor_with_everything_wrong_is_told_everything_at_once_and_its_tin_never() {
    let found = faults::<Vendor>(&[
        ("vendor_id", "V/1"),
        ("name", "Ada\u{1b}@"),
        ("tin", "9871-23654"),
        ("tin_type", "ein"),
        ("classification", "llc"),
        ("flag_1099", "X"),
        ("default_income_type", "state_tax_withheld"),
        ("fatca", "yes"),
    ]);
    let columns: Vec<_> = found
        .iter()
        .map(|f| f.split(": ").nth(1).unwrap())
        .collect();
    assert_eq!(
        columns,
        [
            "vendor_id",
            "name",
            "tin",
            "classification",
            "flag_1099",
            "default_income_type",
            "fatca"
        ]
    );
    assert!(found.iter().all(|f| f.starts_with("vendors.csv:2: ")));
    assert!(!found.join("\n").contains("23654"));
    assert_eq!(
        found[1],
        "vendors.csv:2: name: contains the control character U+001B at position 4; remove it"
    );
}

#[test]
fn a_tin_without_a_type_is_refused_and_a_type_without_a_tin_is_nothing() {
    assert_eq!(
        faults::<Vendor>(&[("vendor_id", "V1"), ("name", "Ada"), ("tin", "000-00-0001")]),
        ["vendors.csv:2: tin_type: is required beside a tin: use ssn, ein, itin or atin"]
    );
    let vendor: Vendor = parse(&[
        ("vendor_id", "V1"),
        ("name", "Ada"),
        ("tin", ""),
        ("tin_type", "ssn"),
    ])
    .unwrap();
    assert_eq!(vendor.tin, None);
    assert_eq!(vendor.flag_1099, Flag1099::No);
    let unknown = [
        ("vendor_id", "V1"),
        ("name", "Ada"),
        ("tin", "000000001"),
        ("tin_type", "SSN"),
    ];
    assert_eq!(
        faults::<Vendor>(&unknown),
        ["vendors.csv:2: tin_type: unknown TIN type: use ssn, ein, itin or atin"]
    );
}

#[test]
fn a_blank_in_a_required_column_is_a_fault() {
    assert_eq!(
        faults::<PaymentApplication>(&[("payment_id", "P1"), ("voucher_id", ""), ("amount", "")]),
        [
            "payment_applications.csv:2: voucher_id: is required",
            "payment_applications.csv:2: amount: is required",
        ]
    );
    assert_eq!(
        faults::<Payer>(&[("payer_id", "A"), ("name", " ")]),
        ["payers.csv:2: name: is required"]
    );
    assert_eq!(
        faults::<PayerState>(&[("payer_id", "A"), ("state", "")]),
        ["payer_states.csv:2: state: is required"]
    );
    assert_eq!(
        faults::<CashAccount>(&[("cash_account_id", "C"), ("org_id", "")]),
        ["cash_accounts.csv:2: org_id: is required"]
    );
}

#[test]
fn malformed_amounts_dates_and_words_are_refused() {
    let payment = [
        ("payment_id", "P1"),
        ("method", "cheque"),
        ("payment_date", "2025-2-3"),
        ("cash_account_id", "C"),
        ("amount", "1,000.00"),
        ("state_tax_withheld", "0.001"),
        ("state", "Maine"),
        ("void_date", "2025-02-30"),
    ];
    let found = faults::<Payment>(&payment);
    assert_eq!(found.len(), 6);
    assert!(
        found[0]
            .starts_with("payments.csv:2: method: unknown payment method: use one of check, ach")
    );
    assert_eq!(
        found[1],
        "payments.csv:2: payment_date: not a date: write year, month and day, such as 2026-03-31"
    );
    assert!(found[2].starts_with("payments.csv:2: amount: not an amount"));
    assert!(found[3].starts_with("payments.csv:2: state_tax_withheld: more than two decimals"));
    assert!(found[4].starts_with("payments.csv:2: state: not a state"));
    assert!(found[5].starts_with("payments.csv:2: void_date: not a date"));
}

#[test]
fn an_amount_of_eleven_digits_and_a_date_of_another_century_are_refused() {
    let payment = |amount, paid| {
        faults::<Payment>(&[
            ("payment_id", "P1"),
            ("method", "check"),
            ("payment_date", paid),
            ("cash_account_id", "C"),
            ("amount", amount),
        ])
    };
    assert!(payment("-9999999999.99", "1990-01-01").is_empty());
    assert!(payment("0009999999999.99", "2100-12-31").is_empty());
    assert_eq!(
        payment("10000000000.00", "1989-12-31"),
        [
            "payments.csv:2: payment_date: outside the years 1990 to 2100: check the year",
            "payments.csv:2: amount: larger than 9999999999.99: amounts have at most ten digits before the point",
        ]
    );
    assert_eq!(payment("1", "2101-01-01").len(), 1);
}

#[test]
fn a_tin_its_kind_never_has_is_refused_without_a_digit_of_it() {
    let vendor = |tin, tin_type| {
        faults::<Vendor>(&[
            ("vendor_id", "V1"),
            ("name", "Ada"),
            ("tin", tin),
            ("tin_type", tin_type),
        ])
    };
    let found = vendor("900-12-3456", "ssn");
    assert!(found[0].starts_with("vendors.csv:2: tin: no SSN is given out"));
    assert!(!found[0].contains("3456"));
    assert_eq!(vendor("900-69-0001", "itin").len(), 1);
    assert!(vendor("00-0000000", "ein").is_empty(), "only unlikely");
}

#[test]
fn tax_withheld_is_no_income_type_of_a_line_or_an_account_but_may_be_of_a_code() {
    let line = [
        ("voucher_id", "R"),
        ("line", "0"),
        ("amount", "1"),
        ("income_type", "federal_income_tax_withheld"),
    ];
    let found = faults::<VoucherLine>(&line);
    assert!(found[0].starts_with("voucher_lines.csv:2: line: not a line number"));
    assert!(found[1].starts_with("voucher_lines.csv:2: income_type: tax withheld is not income"));
    let account = [
        ("account_id", "6000"),
        ("income_type", "state_tax_withheld"),
    ];
    assert_eq!(faults::<Account>(&account).len(), 1);
    for (word, reports) in [
        ("federal_income_tax_withheld", true),
        ("exclude", false),
        ("", false),
    ] {
        let code = [("position", "1"), ("code", "FW"), ("income_type", word)];
        let code: RelateTo = parse(&code).unwrap();
        assert_eq!(matches!(code.effect, Effect::Reports(_)), reports);
    }
    assert_eq!(
        faults::<RelateTo>(&[("position", "3"), ("code", "X")]),
        ["relate_to_codes.csv:2: position: not a position: use 1 or 2"]
    );
}

#[test]
fn a_row_of_another_width_than_the_header_is_a_fault() {
    let header =
        Header::check(Voucher::FILE, ["voucher_id", "vendor_id", "invoice_amount"]).unwrap();
    let found = extract::parse::<Voucher>(&header, 7, ["R", "V1", "1.00", "2.00"]).unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "vouchers.csv:7: has 4 values where the header has 3 columns"
    );
}

#[test]
fn the_key_of_a_row_with_faults_is_still_known_if_it_can_be_read() {
    let columns = ["amount", "voucher_id", "line"];
    let header = Header::check(VoucherLine::FILE, columns).unwrap();
    let key = |fields: [&'static str; 3]| extract::key_of(&header, fields);
    assert_eq!(
        key(["x", "R", "1"]),
        Some(vec!["R".to_owned(), "1".to_owned()])
    );
    assert_eq!(key(["1", "R\u{1b}", "1"]), None);
    assert_eq!(key(["1", "R", ""]), None);
}

#[test]
fn blank_means_absent_and_columns_may_be_left_out() {
    let line: VoucherLine = parse(&[
        ("line", "1"),
        ("amount", "-0.5"),
        ("voucher_id", "R"),
        ("sales_tax", ""),
    ])
    .unwrap();
    assert_eq!(line.net(), Money::from_cents(-50));
    assert!(!line.reportable && line.income_type.is_none() && line.account_id.is_none());
    let address: VendorAddress = parse(&[
        ("vendor_id", "V1"),
        ("address_code", "HQ"),
        ("city", "Reno"),
    ])
    .unwrap();
    assert_eq!(address.address.city, "Reno");
}

#[test]
fn no_bytes_make_the_reader_stumble() {
    let odd = [
        "",
        "\0",
        "-",
        "9999999999999999999999",
        "\u{202e}",
        "é",
        "2025-00-00",
        "٣",
        "Y\n",
    ];
    for value in odd {
        let _ = parse::<Payment>(&[
            ("payment_id", value),
            ("method", value),
            ("payment_date", value),
            ("cash_account_id", value),
            ("amount", value),
        ]);
        let _ = parse::<Vendor>(&[("vendor_id", value), ("name", value), ("tin", value)]);
    }
}
