//! What is found before anything is written: each rule by a form that breaks it.

#![allow(clippy::unwrap_used, missing_docs)]

mod small;

use formfeed_domain::form::{BoxId, FormType, Mark};
use formfeed_domain::payer::PostalAddress;
use formfeed_domain::{Money, Tin, TinKind};
use formfeed_efile::{
    About, EfileError, Entry, Environment, Fault, FiledForm, FiledName, Format, IrisOptions, Kind,
    Replaced, Transmission, Weight, check, write_iris,
};
use small::{
    RECEIPT, ein, form, nec, record, ssn, submission, transmission, type_one, with_mark, with_state,
};

fn found(sent: &Transmission) -> Vec<Fault> {
    check(sent, Format::IrisXml).unwrap()
}

fn rules(sent: &Transmission) -> Vec<(&'static str, String, Weight)> {
    let faults = found(sent).into_iter();
    faults
        .map(|fault| (fault.rule, fault.field, fault.weight))
        .collect()
}

fn breaks(sent: &Transmission, rule: &str, field: &str, weight: Weight) {
    let found = rules(sent);
    let expected = found
        .iter()
        .any(|(r, f, w)| (*r, f.as_str(), *w) == (rule, field, weight));
    assert!(expected && found.len() == 1, "{rule} of {field}: {found:?}");
}

fn sent() -> Transmission {
    transmission(2025, FormType::Nec, vec![Entry::original(nec(1, 600_00))])
}

fn form_breaks(rule: &str, field: &str, change: impl FnOnce(&mut FiledForm)) {
    let mut filed = nec(1, 600_00);
    change(&mut filed);
    let sent = transmission(2025, FormType::Nec, vec![Entry::original(filed)]);
    breaks(&sent, rule, field, Weight::Reject);
}

fn sending_breaks(rule: &str, field: &str, change: impl FnOnce(&mut Transmission)) {
    let mut sent = sent();
    change(&mut sent);
    breaks(&sent, rule, field, Weight::Reject);
}

#[test]
fn a_form_that_is_right_has_no_fault() {
    assert_eq!(found(&sent()), []);
}

#[test]
fn each_rule_finds_the_form_that_breaks_it() {
    form_breaks("FORMFEED-VOID", "VOID", |filed| {
        filed.form.marks.insert(Mark::Void);
    });
    form_breaks("FTMFST001_001", "CORRECTED", |filed| {
        filed.form.marks.insert(Mark::Corrected);
    });
    form_breaks("FORMFEED-BOX", "fatca", |filed| {
        filed.form.marks.insert(Mark::Fatca);
    });
    form_breaks("FORMFEED-BOX", "box 1a", |filed| {
        filed
            .form
            .boxes
            .insert(BoxId::from("1a"), Money::from_cents(1));
    });
    form_breaks("FORMFEED-EMPTY", "amounts", |filed| {
        filed.form.boxes.clear()
    });
    form_breaks("USDecimalAmountNNType", "box 4", |filed| {
        filed
            .form
            .boxes
            .insert(BoxId::from("4"), Money::from_cents(-1));
    });
    form_breaks("SHAREDIRFORM002_001", "tax year", |filed| {
        filed.form.tax_year = small::year(2024);
    });
    form_breaks("SMD001", "form type", |filed| {
        filed.form.form_type = FormType::Misc
    });
    form_breaks("FORMFEED-PAYER", "payer TIN", |filed| {
        filed.form.payer.tin = Some(ein("000000002"));
    });
    form_breaks("SHAREDIRFORM021", "recipient TIN", |filed| {
        filed.form.recipient.tin = Some(ssn("123456788"));
    });
    form_breaks("PersonFirstNameType", "recipient first name", |filed| {
        filed.name = FiledName::person("Ada2", "Pump");
    });
    form_breaks("BusinessNameLine1Type", "recipient name", |filed| {
        filed.name = FiledName::business("X".repeat(76));
    });
    form_breaks("BusinessNameLine1Type", "recipient name", |filed| {
        filed.name = FiledName::business("Pump\u{7}");
    });
    form_breaks("PersonNameControlType", "recipient name control", |filed| {
        filed.name_control = Some("PUMPS".to_owned());
    });
    form_breaks("Code4Type", "office code", |filed| {
        filed.office_code = Some("7".to_owned())
    });
    form_breaks("Text30Type", "account number", |filed| {
        filed.form.account_number = "V".repeat(31);
    });
    form_breaks("StateType", "state 1", |filed| {
        *filed = with_state(filed.clone(), "ZZ", 1, false);
    });
    form_breaks("SHAREDIRFORM019_002", "state 1", |filed| {
        *filed = with_state(filed.clone(), "MO", 1, true);
    });
    form_breaks("FORMFEED-STATES", "state 2", |filed| {
        *filed = with_state(with_state(filed.clone(), "GA", 1, true), "GA", 1, true);
    });
    form_breaks("FORMFEED-STATES", "state rows", |filed| {
        *filed = with_state(filed.clone(), "GA", 1, true);
        filed.states.clear();
    });
}

#[test]
fn an_address_is_whole_and_in_the_irss_shape() {
    let address_breaks = |rule: &str, field: &str, change: &dyn Fn(&mut PostalAddress)| {
        form_breaks(rule, field, |filed| {
            let mut address = small::address();
            change(&mut address);
            filed.address = Some(address);
        });
    };
    address_breaks("ZIPCodeType", "recipient ZIP", &|home| {
        home.postal_code = "6310".to_owned()
    });
    address_breaks("ZIPCodeType", "recipient ZIP", &|home| {
        home.postal_code = "6310A".to_owned()
    });
    address_breaks("StateType", "recipient state", &|home| {
        home.state = "Missouri".to_owned()
    });
    address_breaks("CityType", "recipient city", &|home| {
        home.city = "Area 51".to_owned()
    });
    address_breaks("CityType", "recipient city", &|home| home.city.clear());
    address_breaks("StreetAddressType", "recipient street", &|home| {
        home.line_1.clear()
    });
    address_breaks("StreetAddressType", "recipient street", &|home| {
        home.line_1 = "#".to_owned()
    });
    address_breaks("CountryType", "recipient country", &|home| {
        home.country = "Germany".to_owned()
    });
}

#[test]
fn each_rule_finds_the_transmission_that_breaks_it() {
    sending_breaks(
        "EnterpriseBusCorrelationIdType",
        "transmission id",
        |sent| sent.unique_id.push('0'),
    );
    sending_breaks("TCCType", "transmitter control code", |sent| {
        sent.transmitter.control_code = "0AB1".to_owned();
    });
    sending_breaks("ContactPhoneNumberType", "contact phone", |sent| {
        sent.transmitter.contact.phone = "010-4477".to_owned();
    });
    sending_breaks("ContactPhoneNumberType", "contact phone", |sent| {
        sent.transmitter.contact.phone.clear();
    });
    sending_breaks("EmailAddressType", "contact e-mail", |sent| {
        sent.transmitter.contact.email = "cy".to_owned();
    });
    sending_breaks("TMFST020", "software id", |sent| {
        sent.software.id = "24FF000001".to_owned()
    });
    sending_breaks("SoftwareIdType", "software id", |sent| {
        sent.software.id = "25-1".to_owned()
    });
    sending_breaks("TMFST017", "company address", |sent| {
        sent.transmitter.address.country = "CA".to_owned();
    });
    sending_breaks("TMFST023", "vendor address", |sent| {
        sent.software.vendor.as_mut().unwrap().address.country = "CA".to_owned();
    });
    sending_breaks("SMD001", "payers", |sent| sent.payers.clear());
    sending_breaks("SMD001", "forms", |sent| sent.payers[0].entries.clear());
    sending_breaks("S1H029", "replaced submission", |sent| {
        sent.payers[0].replaces = Some(submission(1))
    });
    sending_breaks("FTMFST004_001", "replaced submission", |sent| {
        sent.kind = Kind::Replacement(Replaced::Submissions);
    });
    sending_breaks("OriginalReceiptId", "original receipt id", |sent| {
        sent.kind = Kind::Replacement(Replaced::Transmission {
            receipt_id: "2026-1-x".to_owned(),
        });
    });
    sending_breaks("FTMFST006_001", "replaced submissions", |sent| {
        let receipt_id = RECEIPT.to_owned();
        sent.kind = Kind::Replacement(Replaced::Transmission { receipt_id });
        sent.payers[0].replaces = Some(submission(1));
    });
    sending_breaks("FTMFST003_001", "original", |sent| {
        sent.kind = Kind::Correction;
        sent.payers[0].entries.push(type_one(nec(2, 1_00), 1));
    });
    sending_breaks("FTMFST001_001", "correction", |sent| {
        sent.payers[0].entries.push(type_one(nec(2, 1_00), 1));
    });
    sending_breaks("FTMFST014", "original record", |sent| {
        sent.kind = Kind::Correction;
        sent.payers[0].entries = vec![Entry::type_one(nec(1, 1_00), None)];
    });
    sending_breaks("FTMFST008", "original record", |sent| {
        sent.kind = Kind::Correction;
        sent.payers[0].entries = vec![type_one(nec(1, 1_00), 1), type_one(nec(2, 1_00), 1)];
    });
    sending_breaks("RecordIdType", "original record id", |sent| {
        sent.kind = Kind::Correction;
        sent.payers[0].entries = vec![type_one(nec(1, 1_00), 0)];
    });
    assert_eq!(record(1).unique_id(), format!("{RECEIPT}|1|1"));
}

#[test]
fn a_split_submission_cannot_replace_one() {
    let mut sent = sent();
    sent.payers[0].entries.push(Entry::original(nec(2, 1_00)));
    sent.kind = Kind::Replacement(Replaced::Submissions);
    sent.payers[0].replaces = Some(submission(1));
    let options = IrisOptions {
        records_per_submission: Some(1),
    };
    let error = write_iris(&sent, options, std::io::sink()).unwrap_err();
    let EfileError::Faults(faults) = error else {
        panic!("{error}");
    };
    assert_eq!(faults[0].rule, "FTMFST007_001");
}

#[test]
fn payer_numbers_of_a_test_begin_with_zeros() {
    let mut sent = sent();
    sent.payers[0].payer.tin = ein("123456789");
    if let Entry::Original(filed) = &mut sent.payers[0].entries[0] {
        filed.form.payer.tin = None;
    }
    breaks(&sent, "SMF027", "payer TIN", Weight::Reject);
}

#[test]
fn production_refuses_numbers_that_nobody_has() {
    let filed = nec(1, 600_00);
    let mut sent = transmission(2025, FormType::Nec, vec![Entry::original(filed)]);
    sent.environment = Environment::Production;
    let found = rules(&sent);
    let recipient = ("TINType", "recipient TIN".to_owned(), Weight::Reject);
    assert!(found.contains(&recipient), "{found:?}");
}

#[test]
fn the_same_recipient_twice_needs_two_account_numbers() {
    let again = |account: &str| {
        let mut second = nec(1, 5_00);
        second.form.account_number = account.to_owned();
        let entries = vec![Entry::original(nec(1, 600_00)), Entry::original(second)];
        transmission(2025, FormType::Nec, entries)
    };
    breaks(
        &again("V000001"),
        "FS1H001",
        "account number",
        Weight::Reject,
    );
    breaks(&again(""), "FS1H001", "account number", Weight::Reject);
    breaks(
        &again("v000001"),
        "FS1H001",
        "account number",
        Weight::Reject,
    );
    assert_eq!(found(&again("V000001-2")), []);
}

#[test]
fn fatca_needs_an_account_number() {
    let mut filed = with_mark(form(2025, FormType::Misc, 1, &[("1", 1_00)]), Mark::Fatca);
    filed.form.account_number.clear();
    let sent = transmission(2025, FormType::Misc, vec![Entry::original(filed)]);
    breaks(&sent, "SHAREDIRFORM018", "account number", Weight::Reject);
}

#[test]
fn what_the_irs_only_reports_does_not_keep_the_file_back() {
    let reports = |rule: &str, field: &str, change: &dyn Fn(&mut Transmission, &mut FiledForm)| {
        let (mut sent, mut filed) = (sent(), nec(1, 600_00));
        change(&mut sent, &mut filed);
        sent.payers[0].entries = vec![Entry::original(filed)];
        breaks(&sent, rule, field, Weight::Report);
        let written = write_iris(&sent, IrisOptions::default(), std::io::sink()).unwrap();
        assert_eq!(written.remarks.len(), 1);
    };
    reports("SHAREDIRFORM023", "recipient TIN", &|_, filed| {
        filed.form.recipient.tin = None
    });
    reports("SHAREDIRFORM016", "recipient address", &|_, filed| {
        filed.form.recipient.parts = None
    });
    reports("S1H001", "payer phone", &|sent, _| {
        sent.payers[0].payer.phone.clear()
    });
    reports("F1099NEC001", "federal income tax withheld", &|_, filed| {
        filed
            .form
            .boxes
            .insert(BoxId::from("4"), Money::from_cents(600_01));
    });
    reports("TMFST024", "vendor contact name", &|sent, _| {
        sent.software.vendor.as_mut().unwrap().contact.name.clear();
    });
}

#[test]
fn all_faults_come_at_once_and_say_where_and_what_to_do() {
    let mut first = nec(1, 0);
    first.name = FiledName::person("Ada", "");
    let second = with_mark(nec(2, 1_00), Mark::Void);
    let entries = vec![Entry::original(first), Entry::original(second)];
    let mut out = Vec::new();
    let sent = transmission(2025, FormType::Nec, entries);
    let error = write_iris(&sent, IrisOptions::default(), &mut out).unwrap_err();
    assert!(out.is_empty());
    let EfileError::Faults(faults) = error else {
        panic!("{error}");
    };
    let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "payer 1, form 1, account V000001: amounts are all zero and direct sales are not marked; leave the form out (FORMFEED-EMPTY)",
            "payer 1, form 2, account V000002: VOID is marked: void forms are not filed electronically; leave the form out (FORMFEED-VOID)",
            "payer 1, form 1, account V000001: recipient last name is missing; give it (PersonFirstNameType)",
        ]
    );
}

#[test]
fn a_tin_is_in_the_file_and_nowhere_else() {
    let number = "000987654";
    let mut filed = with_mark(nec(1, 0), Mark::Void);
    filed.form.recipient.tin = Some(Tin::parse(TinKind::Ssn, number).unwrap());
    filed.form.account_number = "000-98-7654".to_owned();
    let mut sent = transmission(2025, FormType::Nec, vec![Entry::original(filed)]);
    sent.transmitter.tin = ein(number);
    sent.payers[0].payer.tin = ein(number);
    let error = write_iris(&sent, IrisOptions::default(), std::io::sink()).unwrap_err();
    let faults = found(&sent);
    let About::Form { account_number, .. } = &faults[0].about else {
        panic!("{faults:?}");
    };
    assert_eq!(account_number, "XXX-XX-7654");
    let texts = [
        error.to_string(),
        format!("{error:?}"),
        format!("{:?}", sent.transmitter),
        format!("{:?}", sent.payers[0].payer),
    ];
    for text in texts {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(!digits.contains("98765"), "{text}");
    }
}
