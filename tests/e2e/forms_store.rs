//! What the forms service keeps, on both databases.

use chrono::{DateTime, Utc};
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::printing::{Printing, Subject};
use formfeed_domain::{Money, PayerId, TaxYear};
use formfeed_store::StoreError;
use formfeed_store::forms::{Begun, FormsStore, PrintingFilter};
use formfeed_tests::postgres::fresh_postgres_url;

/// A fresh store on each database; the folder lives as long as the test.
async fn stores() -> (Vec<FormsStore>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}", folder.path().join("forms.db").display());
    let mut stores = Vec::new();
    for url in [sqlite, fresh_postgres_url()] {
        stores.push(FormsStore::open(&url.parse().unwrap()).await.unwrap());
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
