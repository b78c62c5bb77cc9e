//! One row: what a form puts in the template's columns.

use std::collections::BTreeMap;

use formfeed_domain::form::{FormType, Mark};
use formfeed_domain::payer::PostalAddress;
use formfeed_domain::{Tin, TinKind};

use crate::fault::Finder;
use crate::form_view::FormView;
use crate::iris::{Address, Names, phone};
use crate::model::{FiledName, PayerForms, Transmission};
use crate::wording::{ACCOUNT, EMAIL, SPECIAL, STATE_NUMBER};

/// What a column may want, besides `box.` with the box's number.
pub(super) const KEYS: [&str; 53] = [
    "form_type",
    "tax_year",
    "payer.tin_type",
    "payer.tin",
    "payer.name_type",
    "payer.business_1",
    "payer.business_2",
    "payer.first",
    "payer.middle",
    "payer.last",
    "payer.suffix",
    "payer.country",
    "payer.street_1",
    "payer.street_2",
    "payer.city",
    "payer.state",
    "payer.postal_code",
    "payer.phone_type",
    "payer.phone",
    "payer.email",
    "recipient.tin_type",
    "recipient.tin",
    "recipient.name_type",
    "recipient.business_1",
    "recipient.business_2",
    "recipient.first",
    "recipient.middle",
    "recipient.last",
    "recipient.suffix",
    "recipient.country",
    "recipient.street_1",
    "recipient.street_2",
    "recipient.city",
    "recipient.state",
    "recipient.postal_code",
    "office_code",
    "account_number",
    "mark.second_tin_notice",
    "mark.direct_sales",
    "mark.fatca",
    "combined",
    "state_1.code",
    "state_1.withheld",
    "state_1.number",
    "state_1.income",
    "state_1.local_withheld",
    "state_1.special",
    "state_2.code",
    "state_2.withheld",
    "state_2.number",
    "state_2.income",
    "state_2.local_withheld",
    "state_2.special",
];

/// Values by key; what is not here is blank.
pub(super) type Fields = BTreeMap<String, String>;

/// What every row of a payer says.
pub(super) fn common(
    finder: &mut Finder,
    transmission: &Transmission,
    group: &PayerForms,
) -> Fields {
    let payer = &group.payer;
    let mut fields = Fields::new();
    let form_type = match group.form_type {
        FormType::Nec => "1099-NEC",
        FormType::Misc => "1099-MISC",
    };
    put(&mut fields, "form_type", form_type);
    put(&mut fields, "tax_year", &transmission.tax_year.to_string());
    party(
        &mut fields,
        finder,
        "payer",
        Some(&payer.tin),
        &payer.name,
        Some(&payer.address),
    );
    let phone = phone(finder, "payer phone", &payer.phone);
    put(
        &mut fields,
        "payer.phone_type",
        if phone.is_empty() { "" } else { "D" },
    );
    put(&mut fields, "payer.phone", &phone);
    put(
        &mut fields,
        "payer.email",
        &finder.text("payer e-mail", &EMAIL, &payer.email),
    );
    fields
}

/// One form's row.
pub(super) fn of(finder: &mut Finder, common: &Fields, view: &FormView<'_>) -> Fields {
    let filed = view.filed;
    let mut fields = common.clone();
    let address = filed
        .filed_address()
        .filter(|address| !Address::is_blank(address));
    if address.is_none() {
        finder.report(
            "SHAREDIRFORM016",
            "recipient address",
            "is missing",
            "ask the recipient for it",
        );
    }
    let tin = filed.form.recipient.tin.as_ref();
    party(
        &mut fields,
        finder,
        "recipient",
        tin,
        &filed.name,
        address.as_ref(),
    );
    if !filed.additional_recipient.trim().is_empty() {
        finder.reject(
            "IRIS-CSV-NAME",
            "additional recipient",
            "has no column in the template",
            "leave it out, or send IRIS XML",
        );
    }
    let office = filed.office_code.as_deref().unwrap_or_default();
    put(
        &mut fields,
        "office_code",
        &finder.text("office code", &ACCOUNT.with_max(4), office),
    );
    let account = finder.text("account number", &ACCOUNT, &filed.form.account_number);
    no_formula(finder, "account number", &account);
    put(&mut fields, "account_number", &account);
    for mark in [Mark::SecondTinNotice, Mark::DirectSales, Mark::Fatca] {
        put(
            &mut fields,
            &format!("mark.{}", mark.as_str()),
            yes(view.has(mark)),
        );
    }
    put(
        &mut fields,
        "combined",
        yes(view.states().any(|row| row.filing.combined)),
    );
    states(&mut fields, finder, view);
    fields
}

/// What a column says: amounts from the form, the rest from its fields.
pub(super) fn value(fields: &Fields, view: &FormView<'_>, key: &str) -> String {
    match key.strip_prefix("box.") {
        Some(id) => view
            .amount(id)
            .map_or_else(String::new, |amount| amount.to_string()),
        None => fields.get(key).cloned().unwrap_or_default(),
    }
}

fn states(fields: &mut Fields, finder: &mut Finder, view: &FormView<'_>) {
    for (index, row) in view.states().enumerate() {
        let mut put = |what: &str, text: &str| {
            fields.insert(format!("state_{}.{what}", index + 1), text.to_owned());
        };
        put("code", &row.filing.state);
        put("withheld", &row.tax_withheld.to_string());
        let number = finder.text(
            "payer's state number",
            &STATE_NUMBER,
            &row.filing.payer_number,
        );
        no_formula(finder, "payer's state number", &number);
        put("number", &number);
        put("income", &row.income.to_string());
        put("local_withheld", &row.local_withheld.to_string());
        let special = finder.text(
            "special data entries",
            &SPECIAL,
            &row.filing.special_entries,
        );
        no_formula(finder, "special data entries", &special);
        put("special", &special);
    }
}

fn party(
    fields: &mut Fields,
    finder: &mut Finder,
    whose: &str,
    tin: Option<&Tin>,
    name: &FiledName,
    address: Option<&PostalAddress>,
) {
    let names = Names::read(finder, whose, name);
    let address = address.map(|address| {
        if address.foreign_country().is_some() {
            finder.reject(
                "IRIS-CSV-FOREIGN",
                format!("{whose} address"),
                "is foreign, for which the template's values are not verified",
                "send IRIS XML",
            );
        }
        Address::read(finder, whose, address)
    });
    let mut put = |what: &str, text: &str| {
        fields.insert(format!("{whose}.{what}"), text.to_owned());
    };
    if let Some(tin) = tin {
        put(
            "tin_type",
            if tin.kind() == TinKind::Ein {
                "EIN"
            } else {
                "SSN"
            },
        );
        put("tin", tin.digits());
    }
    match &names {
        Names::Person([first, middle, last, suffix]) => {
            put("name_type", "I");
            put("first", first);
            put("middle", middle);
            put("last", last);
            put("suffix", suffix);
        }
        Names::Business([line_1, line_2]) => {
            put("name_type", "B");
            put("business_1", line_1);
            put("business_2", line_2);
        }
    }
    if let Some(address) = &address {
        put("country", "US");
        put("street_1", &address.streets[0]);
        put("street_2", &address.streets[1]);
        put("city", &address.city);
        put("state", &address.state);
        put("postal_code", &address.postal_code);
    }
}

/// A spreadsheet would take such a text for a formula, and the portal has no way to quote one.
fn no_formula(finder: &mut Finder, field: &str, text: &str) {
    if text.starts_with(['=', '+', '@']) {
        finder.reject(
            "IRIS-CSV-FORMULA",
            field,
            "begins like a spreadsheet's formula",
            "write it without the sign before it",
        );
    }
}

fn put(fields: &mut Fields, key: &str, text: &str) {
    fields.insert(key.to_owned(), text.to_owned());
}

fn yes(is_so: bool) -> &'static str {
    if is_so { "Y" } else { "N" }
}
