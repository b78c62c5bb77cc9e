//! A history made for counting: payer `Pn` paid n contractors and n landlords, every second one with tax withheld.

use std::fs;
use std::path::Path;

use formfeed_domain::Money;

/// How many forms of each type the payers have.
pub(crate) const COUNTS: [i64; 6] = [7, 6, 8, 1, 2, 3];
const MOST: i64 = 8;
/// Withheld from every second recipient.
const WITHHELD_CENTS: i64 = 240_05;

/// What recipient `number` was paid, gross: another amount for each, with cents that show a lost form.
fn cents(form: &str, number: i64) -> i64 {
    match form {
        "nec" => 1_000_01 + number * 137_11,
        _ => 2_000_03 + number * 211_07,
    }
}

/// Total and withheld tax of the first `count` recipients of a form.
pub(crate) fn expected(form: &str, count: i64) -> (String, String) {
    let total: i64 = (1..=count).map(|number| cents(form, number)).sum();
    let withheld = count / 2 * WITHHELD_CENTS;
    let text = |cents| Money::from_cents(cents).to_string();
    (text(total), text(withheld))
}

/// Writes the extract.
pub(crate) fn write(folder: &Path) {
    let file = |name: &str, head: &str, rows: Vec<String>| {
        let lines = [vec![head.to_owned()], rows].concat();
        fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
    };
    let payers = || COUNTS.iter();
    file(
        "payers.csv",
        "payer_id,name,tin,address_line_1,city,state,postal_code,country,phone,contact_name,contact_email,contact_fax",
        payers()
            .map(|n| format!("P{n},Quay Works {n} Inc,12-345678{n},40{n} Quay Street,Portland,ME,0410{n},US,207-555-010{n},Ines Calloway,ap{n}@quay.example,207-555-020{n}"))
            .collect(),
    );
    file(
        "organizations.csv",
        "org_id,parent_org_id,payer_id",
        payers().map(|n| format!("O{n},,P{n}")).collect(),
    );
    file(
        "cash_accounts.csv",
        "cash_account_id,org_id,description",
        payers().map(|n| format!("C{n},O{n},Operating")).collect(),
    );
    file(
        "accounts.csv",
        "account_id,description,income_type",
        vec![
            "6000,Contract labor,nonemployee_compensation".to_owned(),
            "6100,Rent,rents".to_owned(),
        ],
    );
    file(
        "relate_to_codes.csv",
        "position,code,description,income_type",
        vec![],
    );
    let vendors = || {
        ["nec", "misc"]
            .into_iter()
            .flat_map(|form| (1..=MOST).map(move |number| (form, number)))
    };
    file(
        "vendors.csv",
        "vendor_id,name,short_name,tin,tin_type,classification,flag_1099,address_code",
        vendors()
            .map(|(form, number)| {
                let (id, digit) = (id(form, number), if form == "nec" { 1 } else { 2 });
                format!("{id},Recipient {id},Recipient {id},12000{digit}00{number},ein,partnership,Y,REMIT")
            })
            .collect(),
    );
    file(
        "vendor_addresses.csv",
        "vendor_id,address_code,line_1,line_2,city,state,postal_code,country",
        vendors()
            .map(|(form, number)| {
                format!(
                    "{},REMIT,{number} Elm Ave,,Salem,OR,97301,US",
                    id(form, number)
                )
            })
            .collect(),
    );
    let paid = || {
        payers()
            .flat_map(move |payer| vendors().map(move |(form, number)| (*payer, form, number)))
            .filter(|(payer, _, number)| number <= payer)
    };
    let key = |payer: i64, form: &str, number: i64| format!("{payer}-{}", id(form, number));
    file(
        "vouchers.csv",
        "voucher_id,vendor_id,vendor_of_record_id,invoice_number,invoice_date,invoice_amount",
        paid()
            .map(|(payer, form, number)| {
                let amount = Money::from_cents(cents(form, number));
                let key = key(payer, form, number);
                format!("V{key},{},,I{key},2025-03-01,{amount}", id(form, number))
            })
            .collect(),
    );
    file(
        "voucher_lines.csv",
        "voucher_id,line,amount,reportable,income_type,account_id",
        paid()
            .map(|(payer, form, number)| {
                let amount = Money::from_cents(cents(form, number));
                let account = match form {
                    "nec" => "nonemployee_compensation,6000",
                    _ => "rents,6100",
                };
                format!("V{},1,{amount},Y,{account}", key(payer, form, number))
            })
            .collect(),
    );
    file(
        "payments.csv",
        "payment_id,pay_vendor_id,method,payment_date,cash_account_id,amount,federal_tax_withheld",
        paid()
            .map(|(payer, form, number)| {
                let withheld = if number % 2 == 0 { WITHHELD_CENTS } else { 0 };
                let net = Money::from_cents(cents(form, number) - withheld);
                let withheld = Money::from_cents(withheld);
                let key = key(payer, form, number);
                format!("Y{key},,check,2025-04-01,C{payer},{net},{withheld}")
            })
            .collect(),
    );
    file(
        "payment_applications.csv",
        "payment_id,voucher_id,amount",
        paid()
            .map(|(payer, form, number)| {
                let amount = Money::from_cents(cents(form, number));
                let key = key(payer, form, number);
                format!("Y{key},V{key},{amount}")
            })
            .collect(),
    );
}

fn id(form: &str, number: i64) -> String {
    format!("{}{number:02}", if form == "nec" { "N" } else { "M" })
}
