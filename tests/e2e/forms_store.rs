//! What the forms service keeps, on both databases.

use std::slice;

use chrono::{DateTime, Utc};
use formfeed_domain::correction::{FiledForm, Filing, FilingKind, Source, Step, VoidedForm};
use formfeed_domain::form::{Copy, Form, FormType, Mark, PayerBlock, RecipientBlock};
use formfeed_domain::printing::{Printing, Subject};
use formfeed_domain::{Money, PayerId, TaxYear, VendorId};
use formfeed_store::StoreError;
use formfeed_store::forms::{Begun, FormAt, FormsStore, PrintingFilter, ToFile};
use formfeed_tests::postgres::fresh_postgres_url;

/// A fresh store on each database; the folder lives as long as the test.
async fn stores() -> (Vec<FormsStore>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("forms.db").display());
    let mut stores = Vec::new();
    for url in [sqlite, fresh_postgres_url()] {
        let key = folder.path().join("forms-audit.key");
        let store = FormsStore::open(&url.parse().unwrap(), &key).await;
        stores.push(store.unwrap());
    }
    (stores, folder)
}

fn printing(number: u32, payer_id: &str, again_reason: &str) -> Printing {
    Printing {
        id: format!("printing-{number:04}"),
        request_id: format!("request-{number}"),
        subject: Subject {
            payer_id: PayerId::new(payer_id).unwrap(),
            tax_year: TaxYear::new(2025).unwrap(),
            form_type: FormType::Nec,
            copy: Copy::One,
        },
        format_year: TaxYear::new(2026).unwrap(),
        printer: "printers/laser".to_owned(),
        job: None,
        forms: 7,
        total: Money::from_cents(12_345_67),
        user: "clara".to_owned(),
        again_reason: again_reason.to_owned(),
        warnings: vec!["second".to_owned(), "first".to_owned()],
        create_time: DateTime::<Utc>::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
    }
}

#[tokio::test]
async fn a_printing_reads_back_as_it_was_recorded_with_its_job_and_its_warnings_in_order() {
    let (stores, _folder) = stores().await;
    for store in stores {
        let recorded = printing(1, "TE1", "");
        assert_eq!(store.begin(&recorded, "f1").await.unwrap(), Begun::New);
        let sealed = ("jobs/9", 8, Money::from_cents(99));
        let now = recorded.create_time;
        store.submitted(&recorded.id, sealed, now).await.unwrap();
        let expected = Printing {
            job: Some("jobs/9".to_owned()),
            forms: 8,
            total: Money::from_cents(99),
            ..recorded
        };
        assert_eq!(
            store.get(&expected.id).await.unwrap(),
            Some(expected.clone())
        );
        assert_eq!(
            store.of_request("request-1").await.unwrap(),
            Some((expected, "f1".to_owned()))
        );
        assert_eq!(store.get("printing-0009").await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_same_forms_are_printed_once_unless_there_is_a_reason() {
    let (stores, _folder) = stores().await;
    for store in stores {
        let first = printing(1, "TE1", "");
        store.begin(&first, "f1").await.unwrap();
        let second = store.begin(&printing(2, "TE1", ""), "f2").await.unwrap();
        assert_eq!(second, Begun::PrintedBefore(Box::new(first.clone())));
        let again = printing(3, "TE1", "toner ran out");
        assert_eq!(store.begin(&again, "f3").await.unwrap(), Begun::New);
        let other = printing(4, "TE2", "");
        assert_eq!(store.begin(&other, "f4").await.unwrap(), Begun::New);
        assert_eq!(store.first_of(&first.subject).await.unwrap(), Some(first));
        let taken = Printing {
            request_id: "request-3".to_owned(),
            ..printing(5, "TE3", "")
        };
        let error = store.begin(&taken, "f5").await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict(_)), "{error}");
    }
}

#[tokio::test]
async fn a_printing_that_was_refused_is_forgotten_and_one_with_a_job_never() {
    let (stores, _folder) = stores().await;
    for store in stores {
        let refused = printing(1, "TE1", "");
        store.begin(&refused, "f1").await.unwrap();
        store.withdraw(&refused.id).await.unwrap();
        assert_eq!(store.get(&refused.id).await.unwrap(), None);
        assert_eq!(store.begin(&refused, "f1").await.unwrap(), Begun::New);
        let sealed = ("jobs/1", 7, refused.total);
        let now = refused.create_time;
        store.submitted(&refused.id, sealed, now).await.unwrap();
        store.withdraw(&refused.id).await.unwrap();
        assert!(store.get(&refused.id).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn printings_come_newest_first_page_by_page_and_by_payer() {
    let (stores, _folder) = stores().await;
    for store in stores {
        for (number, payer) in [(1, "TE1"), (2, "TE2"), (3, "TE3"), (4, "TE1")] {
            let printing = printing(number, payer, &format!("reason {number}"));
            store.begin(&printing, "f").await.unwrap();
        }
        let keys = async |filter: &PrintingFilter, before: Option<&str>, limit| {
            let page = store.page_before(filter, before, limit).await.unwrap();
            page.into_iter().map(|p| p.id).collect::<Vec<_>>()
        };
        let all = PrintingFilter::default();
        assert_eq!(
            keys(&all, None, 2).await,
            ["printing-0004", "printing-0003"]
        );
        assert_eq!(
            keys(&all, Some("printing-0003"), 9).await,
            ["printing-0002", "printing-0001"]
        );
        let of_te1 = PrintingFilter {
            payer_id: PayerId::new("TE1").ok(),
            ..all.clone()
        };
        assert_eq!(
            keys(&of_te1, None, 9).await,
            ["printing-0004", "printing-0001"]
        );
        let of_2024 = PrintingFilter {
            tax_year: TaxYear::new(2024).ok(),
            ..all
        };
        assert_eq!(keys(&of_2024, None, 9).await, Vec::<String>::new());
    }
}

/// A form as it was filed by a printing, for that recipient.
fn filed(printing: &Printing, vendor_id: &str, sequence: i32) -> FiledForm {
    let line = |text: &str| text.to_owned();
    FiledForm {
        key: (printing.id.clone(), 0),
        vendor_id: VendorId::new(vendor_id).unwrap(),
        covers: ["A 2", "B,3"].map(|id| VendorId::new(id).unwrap()).into(),
        vendor_version: 3,
        address_code: line("REMIT"),
        sequence,
        step: Step::TypeOne,
        corrects: Some((line("printing-0000"), 7)),
        placed: None,
        form: Form {
            form_type: FormType::Nec,
            tax_year: printing.subject.tax_year,
            account_number: line(vendor_id),
            payer: PayerBlock {
                name: line("Acme"),
                street: line("1 Basin Road"),
                city_line: line("Dover, DE 19901"),
                parts: None,
                phone: String::new(),
                tin: None,
            },
            recipient: RecipientBlock {
                name: line("Ada Pump"),
                name_2: String::new(),
                street: line("1 Quay"),
                city_line: line("Reno, NV 89501"),
                parts: None,
                tin: None,
            },
            boxes: [("1".into(), Money::from_cents(12_345_67))].into(),
            occupation_codes: Vec::new(),
            marks: [Mark::Corrected].into(),
            states: Vec::new(),
        },
    }
}

fn filing(printing: &Printing) -> Filing {
    Filing {
        id: printing.id.clone(),
        source: Source::Printing,
        kind: FilingKind::Corrections,
        payer_id: printing.subject.payer_id.clone(),
        tax_year: printing.subject.tax_year,
        form_type: FormType::Nec,
        eligibility: formfeed_domain::eligibility::Options {
            combined: true,
            report_all_boxes: false,
            merge_twins: true,
        },
        assembly: formfeed_domain::assembly::Options {
            full_name: false,
            both_street_lines: true,
        },
        reason: printing.again_reason.clone(),
        not_sent: None,
        create_time: printing.create_time,
    }
}

fn to_file<'a>(filing: &'a Filing, forms: FormAt<'a>, seen: Option<i64>) -> ToFile<'a> {
    ToFile {
        filing,
        forms,
        seen,
    }
}

#[tokio::test]
async fn what_was_filed_or_left_out_since_the_forms_were_gathered_bars_their_filing() {
    let (stores, _folder) = stores().await;
    for store in stores {
        let first = printing(1, "TE1", "");
        let (batch, form) = (filing(&first), filed(&first, "V1", 1));
        let form_at = |at: usize| (at == 0).then(|| form.clone());
        let whose = (&batch.payer_id, batch.tax_year, batch.form_type);
        let gathered = store.filing_mark(whose).await.unwrap();

        let voided = VoidedForm {
            payer_id: batch.payer_id.clone(),
            tax_year: batch.tax_year,
            form_type: batch.form_type,
            vendor_id: VendorId::new("V1").unwrap(),
            reason: "paid by a third party".to_owned(),
            user: "ann".to_owned(),
            create_time: first.create_time,
        };
        assert!(store.void_form(&voided, 0).await.unwrap().is_some());
        let to = |seen| Some(to_file(&batch, &form_at, Some(seen)));
        let begun = store.begin_filing(&first, "f", to(gathered)).await;
        assert_eq!(begun.unwrap(), Begun::Meanwhile);
        assert_eq!(store.get(&first.id).await.unwrap(), None, "all or nothing");

        let again = store.filing_mark(whose).await.unwrap();
        let begun = store.begin_filing(&first, "f", to(again)).await;
        assert_eq!(begun.unwrap(), Begun::New);
        let second = printing(2, "TE1", "a late invoice");
        let begun = store.begin_filing(&second, "g", to(again)).await;
        assert_eq!(begun.unwrap(), Begun::Meanwhile, "by the first");
        assert_eq!(
            store.void_form(&voided, 0).await.unwrap(),
            None,
            "it is filed"
        );
    }
}

#[tokio::test]
async fn a_form_reads_back_as_it_was_filed_and_its_number_is_taken_once() {
    let (stores, _folder) = stores().await;
    for store in stores {
        let first = printing(1, "TE1", "a late invoice");
        let (batch, form) = (filing(&first), filed(&first, "V1", 4));
        let form_at = |at: usize| (at == 0).then(|| form.clone());
        let kept = store
            .begin_filing(&first, "f", Some(to_file(&batch, &form_at, None)))
            .await;
        assert_eq!(kept.unwrap(), Begun::New);
        let year = (&batch.payer_id, batch.tax_year);
        assert_eq!(
            store.filings(year.0, year.1).await.unwrap(),
            slice::from_ref(&batch)
        );
        let kept = store.filed_forms(&first.id).await.unwrap();
        assert_eq!(kept, slice::from_ref(&form));
        let between = store.filed_between(year, (Some("V0"), Some("V1"))).await;
        assert_eq!(between.unwrap(), slice::from_ref(&form));
        let after = store.filed_between(year, (Some("V1"), None)).await;
        assert_eq!(after.unwrap(), []);

        let second = printing(2, "TE1", "a late invoice");
        let again = filed(&second, "V1", 4);
        let form_at = |at: usize| (at == 0).then(|| again.clone());
        let batch = filing(&second);
        let taken = store
            .begin_filing(&second, "f", Some(to_file(&batch, &form_at, None)))
            .await;
        assert!(matches!(taken, Err(StoreError::Conflict(_))), "{taken:?}");
        assert_eq!(store.get(&second.id).await.unwrap(), None, "all or nothing");

        store.withdraw(&first.id).await.unwrap();
        assert_eq!(store.filings(year.0, year.1).await.unwrap(), []);
        assert_eq!(store.filed_forms(&first.id).await.unwrap(), []);
    }
}
