//! IRIS XML, read again by a reader that holds counts and totals against the records.

#![allow(clippy::unwrap_used, missing_docs)]

mod small;
mod xml_reader;

use formfeed_domain::Money;
use formfeed_domain::form::{FormType, Mark};
use formfeed_domain::payer::PostalAddress;
use formfeed_efile::{
    EfileError, Entry, Environment, FiledName, IrisOptions, Kind, Placed, Replaced, Transmission,
    Written, write_iris,
};
use small::{
    RECEIPT, UUID, batch, ein, form, nec, ssn, submission, transmission, type_one, type_two,
    with_mark, with_state,
};
use xml_reader::{Node, read, records};

fn written(transmission: &Transmission, options: IrisOptions) -> (Node, Written) {
    let mut out = Vec::new();
    let written = write_iris(transmission, options, &mut out).unwrap();
    (read(&out), written)
}

fn tree(transmission: &Transmission) -> Node {
    written(transmission, IrisOptions::default()).0
}

fn original(cents: i64) -> Vec<Entry> {
    vec![Entry::original(nec(1, cents))]
}

#[test]
fn the_manifest_says_who_sends_what() {
    let root = tree(&transmission(2025, FormType::Nec, original(1_00)));
    let manifest = root.find("IRTransmissionManifest").unwrap();
    assert_eq!(
        manifest.names(),
        [
            "SchemaVersionNum",
            "UniqueTransmissionId",
            "TaxYr",
            "PriorYearDataInd",
            "TransmissionTypeCd",
            "TestCd",
            "TransmitterGrp",
            "VendorCd",
            "SoftwareId",
            "VendorGrp",
            "TotalIssuerFormCnt",
            "TotalRecipientFormCnt",
            "PaperSubmissionInd",
            "MediaSourceCd",
            "SubmissionChannelCd",
        ]
    );
    assert_eq!(
        manifest.says("UniqueTransmissionId"),
        format!("{UUID}:IRIS:0AB12::A")
    );
    assert_eq!(manifest.says("TransmissionTypeCd"), "O");
    assert_eq!(manifest.says("TestCd"), "T");
    assert_eq!(manifest.says("VendorCd"), "V");
    assert_eq!(
        manifest.find("TransmitterGrp").unwrap().names(),
        [
            "TIN",
            "TINSubmittedTypeCd",
            "TransmitterControlCd",
            "ForeignEntityInd",
            "BusinessName",
            "CompanyGrp",
            "ContactNameGrp",
            "ContactEmailAddressTxt",
            "ContactPhoneNum",
        ]
    );
    assert_eq!(
        manifest.says("TransmitterGrp/ContactPhoneNum"),
        "5550104477"
    );
}

#[test]
fn a_record_has_its_elements_in_the_order_of_the_schema() {
    let mut filed = with_state(
        form(
            2025,
            FormType::Nec,
            1,
            &[("1", 9_00), ("3", 8_00), ("4", 7_00)],
        ),
        "GA",
        6_00,
        true,
    );
    filed.form.marks.insert(Mark::SecondTinNotice);
    filed.office_code = Some("BLD5".to_owned());
    filed.name_control = Some("pump".to_owned());
    filed.additional_recipient = "Bo Pipe".to_owned();
    filed.states[0].local_withheld = Money::from_cents(5);
    filed.states[0].special_entries = "none".to_owned();
    let root = tree(&transmission(
        2025,
        FormType::Nec,
        vec![Entry::original(filed)],
    ));
    let submission = root.find("IRSubmission1Grp").unwrap();
    assert_eq!(
        submission.find("IRSubmission1Header").unwrap().names(),
        [
            "SubmissionId",
            "TaxYr",
            "IssuerDetail",
            "FormTypeCd",
            "ParentFormTypeCd",
            "CFSFElectionInd",
            "TotalReportedRcpntFormCnt",
            "IRSubmission1FormTotals",
        ]
    );
    let record = records(submission)[0];
    assert_eq!(
        record.names(),
        [
            "TaxYr",
            "RecordId",
            "IssuerOfficeCd",
            "CFSFElectionStateCd",
            "VoidInd",
            "CorrectedInd",
            "RecipientDetail",
            "RecipientAccountNum",
            "SecondTINNoticeInd",
            "NonemployeeCompensationAmt",
            "DirectSaleAboveThresholdInd",
            "ExcessParachutePaymentAmt",
            "FederalIncomeTaxWithheldAmt",
            "StateLocalTaxGrp",
        ]
    );
    assert_eq!(
        record.find("RecipientDetail").unwrap().names(),
        [
            "TIN",
            "TINSubmittedTypeCd",
            "PersonNameControlTxt",
            "PersonName",
            "AdditionalRecipientTxt",
            "MailingAddressGrp",
        ]
    );
    assert_eq!(record.says("RecipientDetail/TIN"), "000000001");
    let row = record.find("StateLocalTaxGrp").unwrap();
    assert_eq!(
        row.names(),
        [
            "StateAbbreviationCd",
            "StateTaxGrp",
            "LocalTaxGrp",
            "SpecialDataEntriesTxt"
        ]
    );
    assert_eq!(row.says("StateTaxGrp/StateIdNum"), "12-345");
    assert_eq!(row.says("StateTaxGrp/StateTaxWithheldAmt"), "6.00");
    let totals = "IRSubmission1Header/IRSubmission1FormTotals/Form1099NECTotalAmtGrp";
    assert_eq!(
        submission.find(totals).unwrap().names(),
        [
            "FederalIncomeTaxWithheldAmt",
            "NonemployeeCompensationAmt",
            "ExcessParachutePaymentAmt"
        ]
    );
}

#[test]
fn each_box_of_the_misc_fills_its_element() {
    let boxes = [
        ("1", "RentAmt"),
        ("2", "RoyaltyAmt"),
        ("3", "OtherIncomeAmt"),
        ("4", "FederalIncomeTaxWithheldAmt"),
        ("5", "FishingBoatProceedsAmt"),
        ("6", "MedicalHealthCarePaymentsAmt"),
        ("8", "SubstitutePaymentsAmt"),
        ("9", "CropInsuranceProceedsAmt"),
        ("10", "AttorneyGrossProceedsPaidAmt"),
        ("11", "FishPurchasedForResaleAmt"),
        ("12", "Section409ADeferralsAmt"),
        ("15", "NonqlfyDeferredCompensationAmt"),
    ];
    let amounts: Vec<_> = (100_00..)
        .zip(boxes)
        .map(|(cents, (id, _))| (id, cents))
        .collect();
    let mut filed = form(2025, FormType::Misc, 1, &amounts);
    filed.form.marks.extend([Mark::Fatca, Mark::DirectSales]);
    let root = tree(&transmission(
        2025,
        FormType::Misc,
        vec![Entry::original(filed)],
    ));
    let record = records(root.find("IRSubmission1Grp").unwrap())[0];
    for ((_, element), (_, cents)) in boxes.into_iter().zip(&amounts) {
        assert_eq!(
            record.says(element),
            Money::from_cents(*cents).to_string(),
            "{element}"
        );
    }
    let order: Vec<_> = record
        .names()
        .into_iter()
        .filter(|name| name.ends_with("Amt"))
        .collect();
    assert_eq!(order, boxes.map(|(_, element)| element));
    assert_eq!(record.says("FATCAFilingRequirementInd"), "1");
    assert_eq!(record.says("DirectSaleAboveThresholdInd"), "1");
}

#[test]
fn two_states_are_each_added_up() {
    let both = with_state(
        with_state(nec(1, 100_00), "LA", 2_00, true),
        "ID",
        1_00,
        true,
    );
    let one = with_state(nec(2, 50_00), "ID", 50, true);
    let own = with_state(nec(3, 25_00), "MO", 10, false);
    let entries = [both, one, own].map(Entry::original).to_vec();
    let (root, written) = written(
        &transmission(2025, FormType::Nec, entries),
        IrisOptions::default(),
    );
    let header = root.find("IRSubmission1Grp/IRSubmission1Header").unwrap();
    let totals = header.find("IRSubmission1FormTotals").unwrap();
    let states: Vec<_> = totals
        .all("Form1099NECTotalByStateGrp")
        .map(|state| {
            (
                state.says("StateAbbreviationCd"),
                state.says("NonemployeeCompensationAmt"),
                state.says("StateTaxWithheldAmt"),
            )
        })
        .collect();
    assert_eq!(states, [("ID", "150.00", "1.50"), ("LA", "100.00", "2.00")]);
    let (_, sums) = &written.sums[0];
    assert_eq!(sums.forms, 3);
    assert_eq!(sums.by_box[&"1".into()], Money::from_cents(175_00));
}

#[test]
fn more_records_than_a_submission_takes_make_several() {
    let entries: Vec<_> = (1..=5)
        .map(|number| Entry::original(nec(number, 1_00)))
        .collect();
    let mut sent = transmission(2025, FormType::Nec, entries);
    let rent = form(2025, FormType::Misc, 1, &[("1", 2_00)]);
    sent.payers
        .push(batch(FormType::Misc, vec![Entry::original(rent)]));
    let options = IrisOptions {
        records_per_submission: Some(2),
    };
    let (root, written) = written(&sent, options);
    let sizes: Vec<_> = root
        .all("IRSubmission1Grp")
        .map(|submission| records(submission).len())
        .collect();
    assert_eq!(sizes, [2, 2, 1, 1]);
    assert_eq!((written.forms, written.parts), (6, 4));
    let fourth = Placed {
        payer: 0,
        entry: 3,
        submission_id: 2,
        record_id: 2,
    };
    assert_eq!(written.placed[3], fourth);
    let accounts: Vec<_> = root
        .all("IRSubmission1Grp")
        .flat_map(records)
        .map(|record| record.says("RecipientAccountNum"))
        .collect();
    assert_eq!(accounts[3], "V000004");
}

#[test]
fn a_correction_names_its_original_and_its_second_step_is_sent_after_it() {
    let mut renamed = nec(2, 70_00);
    renamed.name = FiledName::business("Pump & Daughter");
    let entries = vec![
        type_one(nec(1, 65_00), 4),
        type_two(with_state(nec(2, 70_00), "GA", 3_00, true), renamed, 5),
    ];
    let mut sent = transmission(2025, FormType::Nec, entries);
    sent.kind = Kind::Correction;
    let root = tree(&sent);
    assert_eq!(root.says("IRTransmissionManifest/TransmissionTypeCd"), "C");
    let found = records(root.find("IRSubmission1Grp").unwrap());
    let said: Vec<_> = found
        .iter()
        .map(|record| {
            let original = record.says("PrevSubmittedRecRecipientGrp/UniqueRecordId");
            (
                record.says("CorrectedInd"),
                original,
                record.says("NonemployeeCompensationAmt"),
            )
        })
        .collect();
    let id = |record: u32| format!("{RECEIPT}|1|{record}");
    assert_eq!(
        said,
        [
            ("1", id(4).as_str(), "65.00"),
            ("1", id(5).as_str(), "0.00")
        ]
    );
    assert_eq!(
        found[1].says("StateLocalTaxGrp/StateTaxGrp/StateTaxWithheldAmt"),
        "0.00"
    );
    assert_eq!(
        found[1].says("RecipientDetail/PersonName/PersonLastNm"),
        "Pump"
    );

    let second = sent
        .second_steps("11111111-2222-3333-4444-555555555555")
        .unwrap();
    let root = tree(&second);
    assert_eq!(root.says("IRTransmissionManifest/TransmissionTypeCd"), "O");
    let record = records(root.find("IRSubmission1Grp").unwrap())[0];
    assert_eq!(record.says("NonemployeeCompensationAmt"), "70.00");
    assert_eq!(
        record.says("RecipientDetail/BusinessName/BusinessNameLine1Txt"),
        "Pump & Daughter"
    );
    assert!(second.second_steps(UUID).is_none());
}

#[test]
fn the_second_step_of_a_wrong_form_type_is_of_the_right_one() {
    let wrong = form(2025, FormType::Misc, 1, &[("3", 70_00)]);
    let mut sent = transmission(
        2025,
        FormType::Misc,
        vec![type_two(wrong, nec(1, 70_00), 5)],
    );
    sent.kind = Kind::Correction;
    let code = "IRSubmission1Grp/IRSubmission1Header/FormTypeCd";
    assert_eq!(tree(&sent).says(code), "1099MISC");
    assert_eq!(
        tree(&sent.second_steps(UUID).unwrap()).says(code),
        "1099NEC"
    );
}

#[test]
fn a_replacement_names_what_was_rejected() {
    let mut sent = transmission(2025, FormType::Nec, original(1_00));
    sent.kind = Kind::Replacement(Replaced::Transmission {
        receipt_id: RECEIPT.to_owned(),
    });
    let root = tree(&sent);
    assert_eq!(root.says("IRTransmissionManifest/TransmissionTypeCd"), "R");
    assert_eq!(
        root.says("IRTransmissionManifest/OriginalReceiptId"),
        RECEIPT
    );

    sent.kind = Kind::Replacement(Replaced::Submissions);
    sent.payers[0].replaces = Some(submission(7));
    let root = tree(&sent);
    assert!(
        root.find("IRTransmissionManifest/OriginalReceiptId")
            .is_none()
    );
    let path = "IRSubmission1Grp/IRSubmission1Header/OriginalUniqueSubmissionId";
    assert_eq!(root.says(path), format!("{RECEIPT}|7"));
}

#[test]
fn production_carries_real_numbers() {
    let mut filed = nec(1, 1_00);
    filed.form.recipient.tin = Some(ssn("123456788"));
    filed.form.payer.tin = Some(ein("123456789"));
    let mut sent = transmission(2025, FormType::Nec, vec![Entry::original(filed)]);
    sent.environment = Environment::Production;
    sent.payers[0].payer.tin = ein("123456789");
    sent.transmitter.tin = ein("123456789");
    sent.software.vendor = None;
    let root = tree(&sent);
    assert_eq!(root.says("IRTransmissionManifest/TestCd"), "P");
    assert_eq!(root.says("IRTransmissionManifest/VendorCd"), "I");
    assert!(root.find("IRTransmissionManifest/VendorGrp").is_none());
    let issuer = root
        .find("IRSubmission1Grp/IRSubmission1Header/IssuerDetail")
        .unwrap();
    assert_eq!(
        (issuer.says("TIN"), issuer.says("TINSubmittedTypeCd")),
        ("123456789", "BUSINESS_TIN")
    );
}

#[test]
fn an_address_abroad_gets_the_irss_own_country_code() {
    let mut filed = with_mark(nec(1, 1_00), Mark::SecondTinNotice);
    filed.address = Some(PostalAddress {
        line_1: "Bahnhofstr. 5".to_owned(),
        city: "Zürich".to_owned(),
        postal_code: "8001".to_owned(),
        country: "CH".to_owned(),
        ..PostalAddress::default()
    });
    let root = tree(&transmission(
        2025,
        FormType::Nec,
        vec![Entry::original(filed)],
    ));
    let record = records(root.find("IRSubmission1Grp").unwrap())[0];
    let address = record
        .find("RecipientDetail/MailingAddressGrp/ForeignAddress")
        .unwrap();
    assert_eq!(
        (address.says("CityNm"), address.says("CountryCd")),
        ("Zurich", "SZ")
    );
}

#[test]
fn a_year_without_a_schema_writes_nothing() {
    let filed = form(2026, FormType::Nec, 1, &[("1a", 1_00)]);
    let mut out = Vec::new();
    let sent = transmission(2026, FormType::Nec, vec![Entry::original(filed)]);
    let error = write_iris(&sent, IrisOptions::default(), &mut out).unwrap_err();
    assert!(matches!(error, EfileError::NoSchema { .. }));
    assert!(out.is_empty());
}
