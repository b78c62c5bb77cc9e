//! FIRE files, read again by a reader of their own.

#![allow(clippy::unwrap_used, missing_docs)]

mod fire_reader;
mod small;

use fire_reader::{File, read};
use formfeed_domain::form::{FormType, Mark};
use formfeed_efile::{EfileError, Entry, FiledName, Transmission, write_fire};
use small::{batch, ein, form, transmission, type_one, type_two, with_mark, with_state};

fn written(transmission: &Transmission) -> File {
    let mut out = Vec::new();
    write_fire(transmission, &mut out).unwrap();
    read(&out)
}

fn rules(transmission: &Transmission) -> Vec<&'static str> {
    let mut out = Vec::new();
    match write_fire(transmission, &mut out) {
        Err(EfileError::Faults(faults)) => {
            assert!(out.is_empty(), "nothing is written beside a fault");
            faults.iter().map(|fault| fault.rule).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn nec(number: u32, boxes: &[(&str, i64)]) -> Entry {
    Entry::original(form(2024, FormType::Nec, number, boxes))
}

#[test]
fn two_contractors_of_which_one_had_tax_withheld_make_seven_records() {
    let first = form(2024, FormType::Nec, 1, &[("1", 12_500_00), ("4", 500_00)]);
    let entries = vec![
        Entry::original(with_state(first, "MO", 250_00, true)),
        nec(2, &[("1", 22_000_00)]),
    ];
    let file = written(&transmission(2024, FormType::Nec, entries));
    assert_eq!(file.records, 7);
    let [payer] = file.payers.as_slice() else {
        panic!("one payer");
    };
    assert_eq!(payer.a.at(26, 27), "NE");
    assert_eq!(payer.a.said(28, 43), "14");
    assert_eq!(payer.c.total('1'), 34_500_00);
    assert_eq!(payer.c.total('4'), 500_00);
    assert_eq!(payer.payees[0].number(723, 734), 250_00);
    let [missouri] = payer.states.as_slice() else {
        panic!("one state");
    };
    assert_eq!(missouri.at(747, 748), "29");
    assert_eq!(missouri.total('1'), 12_500_00);
    assert_eq!(missouri.number(707, 724), 250_00);
}

#[test]
fn every_field_stands_at_its_position() {
    let mut filed = with_mark(
        form(2024, FormType::Nec, 1, &[("1", 1_00)]),
        Mark::DirectSales,
    );
    filed.form.marks.insert(Mark::SecondTinNotice);
    filed.name = FiledName::from_line("Ada M. O'Pump Jr.", Some(formfeed_domain::TinKind::Ssn));
    filed.name_control = Some("opum".to_owned());
    filed.office_code = Some("0007".to_owned());
    let mut sent = transmission(2024, FormType::Nec, vec![Entry::original(filed)]);
    sent.prior_year = true;
    let file = written(&sent);
    let t = &file.t;
    let said = [
        t.at(2, 5),
        t.at(6, 6),
        t.at(7, 15),
        t.at(16, 20),
        t.at(28, 28),
    ];
    assert_eq!(said, ["2024", "P", "000456789", "0AB12", "T"]);
    assert_eq!(t.said(30, 69), "ACME WATER DISTRICT");
    assert_eq!(t.said(190, 229), "12 W. MAIN ST. APT #4");
    assert_eq!(t.said(230, 280), format!("{:40}MO631010001", "ST. LOUIS"));
    assert_eq!(
        (t.said(304, 343), t.said(344, 358)),
        ("CY DRAIN", "5550104477")
    );
    assert_eq!((t.said(359, 408), t.at(518, 518)), ("cy@example.com", "V"));
    assert_eq!(t.said(519, 558), "FORMFEED FOUNDERS");
    let a = &file.payers[0].a;
    assert_eq!(
        (a.at(12, 20), a.at(21, 24), a.at(133, 133)),
        ("000456789", "ACME", "0")
    );
    assert_eq!(
        (a.said(53, 92), a.said(225, 239)),
        ("ACME WATER DISTRICT", "5550104400")
    );
    let b = &file.payers[0].payees[0];
    assert_eq!(
        (b.at(6, 6), b.at(7, 10), b.at(11, 11), b.at(12, 20)),
        (" ", "OPUM", "2", "000000001")
    );
    assert_eq!((b.said(21, 40), b.at(41, 44)), ("V000001", "0007"));
    assert_eq!((b.said(288, 327), b.said(328, 367)), ("ADA M OPUMP JR", ""));
    assert_eq!(b.said(368, 407), "12 W. MAIN ST.");
    assert_eq!(
        (b.said(448, 487), b.at(488, 498)),
        ("ST. LOUIS", "MO631010001")
    );
    assert_eq!((b.at(544, 544), b.at(547, 548)), ("2", "1 "));
}

#[test]
fn each_box_of_the_misc_goes_to_its_code() {
    let boxes = [
        ("1", '1'),
        ("2", '2'),
        ("3", '3'),
        ("4", '4'),
        ("5", '5'),
        ("6", '6'),
        ("8", '8'),
        ("9", 'A'),
        ("10", 'C'),
        ("11", 'F'),
        ("12", 'D'),
        ("14", 'B'),
        ("15", 'E'),
    ];
    let amounts: Vec<_> = (100_00..)
        .zip(boxes)
        .map(|(cents, (id, _))| (id, cents))
        .collect();
    let filed = form(2024, FormType::Misc, 1, &amounts);
    let file = written(&transmission(
        2024,
        FormType::Misc,
        vec![Entry::original(filed)],
    ));
    assert_eq!(file.payers[0].a.at(26, 27), "A ");
    assert_eq!(file.payers[0].a.said(28, 43), "1234568ABCDEF");
    for ((_, code), (_, cents)) in boxes.into_iter().zip(amounts) {
        assert_eq!(
            file.payers[0].payees[0].amount(code),
            u64::try_from(cents).unwrap(),
            "{code}"
        );
    }
}

#[test]
fn direct_sales_alone_have_code_one_and_no_amount() {
    let filed = with_mark(form(2025, FormType::Misc, 1, &[]), Mark::DirectSales);
    let file = written(&transmission(
        2025,
        FormType::Misc,
        vec![Entry::original(filed)],
    ));
    assert_eq!(file.payers[0].a.said(28, 43), "1");
    assert_eq!(file.payers[0].payees[0].at(547, 547), "1");
    assert_eq!(file.payers[0].c.total('1'), 0);
}

#[test]
fn corrections_stand_apart_under_payers_of_their_own() {
    let mut renamed = form(2024, FormType::Nec, 3, &[("1", 700_00)]);
    renamed.name = FiledName::business("Pump & Daughter");
    let entries = vec![
        nec(1, &[("1", 600_00)]),
        type_one(form(2024, FormType::Nec, 2, &[("1", 650_00)]), 2),
        type_two(
            form(2024, FormType::Nec, 3, &[("1", 700_00), ("4", 7_00)]),
            renamed,
            3,
        ),
    ];
    let file = written(&transmission(2024, FormType::Nec, entries));
    let kinds: Vec<Vec<_>> = file
        .payers
        .iter()
        .map(|payer| {
            payer
                .payees
                .iter()
                .map(|payee| (payee.at(6, 6), payee.amount('1')))
                .collect()
        })
        .collect();
    assert_eq!(
        kinds,
        [
            vec![(" ", 600_00)],
            vec![("G", 650_00), ("G", 0)],
            vec![("C", 700_00)]
        ]
    );
    assert_eq!(file.payers[1].payees[1].said(288, 327), "ADA PUMP");
    assert_eq!(file.payers[1].payees[1].amount('4'), 0);
    assert_eq!(file.payers[2].payees[0].said(288, 327), "PUMP & DAUGHTER");
}

#[test]
fn a_form_of_the_wrong_type_is_taken_back_there_and_put_right_here() {
    let entry = type_two(
        form(2024, FormType::Misc, 1, &[("3", 900_00)]),
        form(2024, FormType::Nec, 1, &[("1", 900_00)]),
        1,
    );
    let file = written(&transmission(2024, FormType::Misc, vec![entry]));
    let types: Vec<_> = file
        .payers
        .iter()
        .map(|payer| {
            (
                payer.a.at(26, 27),
                payer.payees[0].at(6, 6),
                payer.payees[0].amount('1'),
            )
        })
        .collect();
    assert_eq!(types, [("A ", "G", 0), ("NE", "C", 900_00)]);
}

#[test]
fn an_employers_number_and_a_missing_one_are_told_apart() {
    let mut firm = form(2024, FormType::Nec, 1, &[("1", 1_00)]);
    firm.form.recipient.tin = Some(ein("000000001"));
    let mut nobody = form(2024, FormType::Nec, 2, &[("1", 1_00)]);
    nobody.form.recipient.tin = None;
    let entries = vec![Entry::original(firm), Entry::original(nobody)];
    let sent = transmission(2024, FormType::Nec, entries);
    let file = written(&sent);
    assert_eq!(file.payers[0].payees[0].at(11, 20), "1000000001");
    assert_eq!(file.payers[0].payees[1].at(11, 20), " ".repeat(10));
    let written = write_fire(&sent, std::io::sink()).unwrap();
    assert_eq!(written.remarks.len(), 1);
    assert_eq!((written.forms, written.parts), (2, 6));
}

#[test]
fn several_payers_share_one_file() {
    let mut sent = transmission(2024, FormType::Nec, vec![nec(1, &[("1", 1_00)])]);
    let rent = form(2024, FormType::Misc, 1, &[("1", 2_00)]);
    sent.payers
        .push(batch(FormType::Misc, vec![Entry::original(rent)]));
    assert_eq!(written(&sent).payers.len(), 2);
}

#[test]
fn a_year_that_fire_does_not_take_is_refused_by_name() {
    let refused = |year: i32| {
        let entry = Entry::original(form(year, FormType::Nec, 1, &[("1", 1_00)]));
        let error = write_fire(
            &transmission(year, FormType::Nec, vec![entry]),
            std::io::sink(),
        );
        let error = error.unwrap_err();
        (error.reason(), error.to_string())
    };
    assert_eq!(refused(2026).0, "FIRE_RETIRED");
    let (reason, text) = refused(2021);
    assert_eq!(reason, "NO_SCHEMA");
    assert!(
        text.ends_with("tax year 2021; there is one for 2022 to 2025"),
        "{text}"
    );
}

#[test]
fn what_has_no_verified_place_is_refused() {
    let parachute = form(2025, FormType::Nec, 1, &[("3", 5_000_00)]);
    let sent = transmission(2025, FormType::Nec, vec![Entry::original(parachute)]);
    assert_eq!(rules(&sent), ["FORMFEED-BOX"]);

    let mut abroad = form(2025, FormType::Nec, 1, &[("1", 1_00)]);
    abroad.form.recipient.parts.as_mut().unwrap().country = "CA".to_owned();
    let sent = transmission(2025, FormType::Nec, vec![Entry::original(abroad)]);
    assert_eq!(rules(&sent), ["FIRE-FOREIGN"]);

    let filed = form(2025, FormType::Nec, 1, &[("1", 1_00)]);
    let filed = with_state(with_state(filed, "PA", 1, true), "CA", 1, true);
    let sent = transmission(2025, FormType::Nec, vec![Entry::original(filed)]);
    assert_eq!(rules(&sent), ["FIRE-STATE", "FIRE-STATE"]);

    for name in [
        FiledName::person("Ada", "\t"),
        FiledName::person("Ada\r\n", "Pump"),
    ] {
        let mut control = form(2025, FormType::Nec, 1, &[("1", 1_00)]);
        control.name = name;
        let sent = transmission(2025, FormType::Nec, vec![Entry::original(control)]);
        assert_eq!(rules(&sent), ["FIRE-NAME"]);
    }

    let mut long = form(2025, FormType::Nec, 1, &[("1", 1_00)]);
    long.form.account_number = "V".repeat(21);
    let sent = transmission(2025, FormType::Nec, vec![Entry::original(long)]);
    assert_eq!(rules(&sent), ["FIRE-ACCOUNT"]);
}
