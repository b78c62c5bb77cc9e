//! The portal's CSV, read again by the csv crate.

#![allow(clippy::unwrap_used, missing_docs)]

mod small;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::rc::Rc;

use formfeed_domain::form::{FormType, Mark};
use formfeed_efile::{
    CsvFile, CsvTemplates, EfileError, Entry, FiledName, Kind, Transmission, write_csv,
};
use small::{ein, form, transmission, type_one, with_mark, with_state};

type Row = BTreeMap<String, String>;

/// A file that outlives its writer.
#[derive(Clone, Default)]
struct Kept(Rc<RefCell<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn files(sent: &Transmission) -> Vec<(CsvFile, Vec<Row>)> {
    let mut kept: Vec<(CsvFile, Kept)> = Vec::new();
    let written = write_csv(sent, &CsvTemplates::built_in(), |file| {
        let bytes = Kept::default();
        kept.push((*file, bytes.clone()));
        Ok(bytes)
    });
    let written = written.unwrap();
    assert_eq!(written.parts, kept.len() as u64);
    let forms: usize = kept.iter().map(|(file, _)| file.forms).sum();
    assert_eq!(written.forms, forms as u64);
    let read = |bytes: &Kept| {
        let bytes = bytes.0.borrow().clone();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        reader
            .deserialize()
            .collect::<Result<Vec<Row>, _>>()
            .unwrap()
    };
    kept.iter()
        .map(|(file, bytes)| (*file, read(bytes)))
        .collect()
}

fn one_row(form_type: FormType, entry: Entry) -> Row {
    let mut files = files(&transmission(2023, form_type, vec![entry]));
    files.remove(0).1.remove(0)
}

fn nec(number: u32) -> Entry {
    Entry::original(form(2023, FormType::Nec, number, &[("1", 600_00)]))
}

#[test]
fn two_hundred_and_fifty_forms_make_three_files() {
    let entries = (1..=250).map(nec).collect();
    let files = files(&transmission(2023, FormType::Nec, entries));
    let sizes: Vec<_> = files
        .iter()
        .map(|(file, rows)| (file.part, file.forms, rows.len()))
        .collect();
    assert_eq!(sizes, [(1, 100, 100), (2, 100, 100), (3, 50, 50)]);
    assert_eq!(files[2].1[0]["Form Account Number"], "V000201");
}

#[test]
fn a_row_says_the_form_in_the_templates_columns() {
    let mut filed = form(2023, FormType::Nec, 1, &[("1", 12_500_00), ("4", 500_00)]);
    filed.form.marks.insert(Mark::DirectSales);
    filed = with_state(filed, "MO", 250_00, true);
    filed.name = FiledName::from_line("Ada M. O'Pump", Some(formfeed_domain::TinKind::Ssn));
    let row = one_row(FormType::Nec, Entry::original(filed));
    for (column, value) in [
        ("Form Type", "1099-NEC"),
        ("Tax Year", "2023"),
        ("Payer TIN Type", "EIN"),
        ("Payer Taxpayer ID Number", "000456789"),
        ("Payer Name Type", "B"),
        (
            "Payer Business or Entity Name Line 1",
            "Acme Water District",
        ),
        ("Payer Phone Type", "D"),
        ("Payer Phone", "5550104400"),
        ("Recipient TIN Type", "SSN"),
        ("Recipient Taxpayer ID Number", "000000001"),
        ("Recipient Name Type", "I"),
        ("Recipient First Name", "Ada"),
        ("Recipient Middle Name", "M"),
        ("Recipient Last Name (Surname)", "OPump"),
        ("Recipient Business or Entity Name Line 1", ""),
        ("Recipient Country", "US"),
        ("Recipient ZIP/Postal Code", "631010001"),
        ("2nd TIN Notice", "N"),
        ("Box 1 - Nonemployee Compensation", "12500.00"),
        ("Box 4 - Federal income tax withheld", "500.00"),
        ("Combined Federal/State Filing", "Y"),
        ("State 1", "MO"),
        ("State 1 - State Tax Withheld", "250.00"),
        ("State 1 - State/Payer state number", "12-345"),
        ("State 2", ""),
    ] {
        assert_eq!(row[column], value, "{column}");
    }
    let sales = row
        .iter()
        .find(|(column, _)| column.starts_with("Box 2"))
        .unwrap();
    assert_eq!(sales.1, "Y");
}

#[test]
fn a_misc_has_its_boxes_and_leaves_the_others_blank() {
    let mut filed = form(2023, FormType::Misc, 1, &[("10", 700_00), ("14", 5_00)]);
    filed.form.recipient.tin = Some(ein("000000001"));
    filed.name = FiledName::business("Pump, Pipe & Partners, LLP");
    let row = one_row(
        FormType::Misc,
        Entry::original(with_mark(filed, Mark::Fatca)),
    );
    assert_eq!(row["Box 10 - Gross proceeds paid to an attorney"], "700.00");
    assert_eq!(row["Box 14 - Excess golden parachute payments"], "5.00");
    assert_eq!(row["Box 1 - Rents"], "");
    assert_eq!(row["FATCA Filing Requirements"], "Y");
    assert_eq!(row["Recipient TIN Type"], "EIN");
    assert_eq!(
        row["Recipient Business or Entity Name Line 1"],
        "Pump Pipe & Partners LLP"
    );
}

#[test]
fn what_the_template_cannot_say_is_refused_and_no_file_is_opened() {
    let refused = |sent: &Transmission| {
        let nowhere = |_: &CsvFile| -> io::Result<io::Sink> { panic!("a file was opened") };
        write_csv(sent, &CsvTemplates::built_in(), nowhere).unwrap_err()
    };
    let mut sent = transmission(
        2023,
        FormType::Nec,
        vec![nec(1), type_one(form(2023, FormType::Nec, 2, &[]), 2)],
    );
    sent.kind = Kind::Correction;
    let EfileError::Faults(faults) = refused(&sent) else {
        panic!("faults");
    };
    let rules: Vec<_> = faults.iter().map(|fault| fault.rule).collect();
    assert_eq!(rules, ["IRIS-CSV-KIND", "IRIS-CSV-KIND"]);

    let mut formula = form(2023, FormType::Nec, 1, &[("1", 1_00)]);
    formula.form.account_number = "=1+1".to_owned();
    let sent = transmission(2023, FormType::Nec, vec![Entry::original(formula)]);
    let EfileError::Faults(faults) = refused(&sent) else {
        panic!("faults");
    };
    assert_eq!(faults[0].rule, "IRIS-CSV-FORMULA");

    for year in [2021, 2025, 2026] {
        let entry = Entry::original(form(year, FormType::Nec, 1, &[("1", 1_00)]));
        let error = refused(&transmission(year, FormType::Nec, vec![entry]));
        assert_eq!(error.reason(), "NO_EFILE_MAPPING");
        assert!(error.to_string().contains(&year.to_string()), "{error}");
    }
}
