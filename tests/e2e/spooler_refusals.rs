//! What the spooler refuses, and that nothing is left half-written.

use formfeed_domain::Money;
use formfeed_domain::form::{BoxId, FormType};
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_tests::spool::{Left, Spool, forms, header};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

fn told(status: &Status) -> (Code, String) {
    (status.code(), reason_of(status).unwrap_or_default())
}

async fn nothing_is_stored(spool: &Spool) {
    let list = pb::ListJobsRequest::default();
    let jobs = spool.jobs().list_jobs(list).await.unwrap().into_inner();
    assert!(jobs.jobs.is_empty());
    assert!(spool.printed().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_printed_is_refused_whole() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let forms = forms(FormType::Nec, 3);
        let good = header("r1", "files", &forms);
        let with = |change: &dyn Fn(&mut pb::JobHeader)| {
            let mut header = good.clone();
            change(&mut header);
            header
        };
        let cases = [
            (
                with(&|header| header.printer = "printers/nowhere".to_owned()),
                (Code::NotFound, "PRINTER_NOT_FOUND"),
            ),
            (
                with(&|header| header.stock = "nec-9up".to_owned()),
                (Code::InvalidArgument, "STOCK_UNKNOWN"),
            ),
            (
                with(&|header| header.stock = "misc-2up".to_owned()),
                (Code::InvalidArgument, "FIELDS_INVALID"),
            ),
            (
                with(&|header| header.tax_year = 2031),
                (Code::FailedPrecondition, "NO_RULE_FOR_YEAR"),
            ),
            (
                with(&|header| header.tax_year = 2021),
                (Code::FailedPrecondition, "NO_LAYOUT"),
            ),
            (
                with(&|header| header.control_total_cents += 1),
                (Code::FailedPrecondition, "CONTROL_TOTAL_MISMATCH"),
            ),
            (
                with(&|header| header.forms = 4),
                (Code::InvalidArgument, "FIELDS_INVALID"),
            ),
            (
                with(&|header| header.request_id = String::new()),
                (Code::InvalidArgument, "FIELDS_INVALID"),
            ),
        ];
        for (header, (code, reason)) in cases {
            let refused = spool.submit(header, &forms).await.unwrap_err();
            assert_eq!(told(&refused), (code, reason.to_owned()), "{refused:?}");
        }
        let mut none = good.clone();
        none.control_total_cents = 0;
        let refused = spool.submit(none, &[]).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::FailedPrecondition, "NOTHING_TO_PRINT".to_owned())
        );
        nothing_is_stored(&spool).await;
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_that_does_not_fit_is_named() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let mut forms = forms(FormType::Nec, 5);
    forms[1].recipient.name = "W".repeat(150);
    forms[3]
        .boxes
        .insert(BoxId::from("99"), Money::from_cents(1));
    let header = header("r1", "files", &forms);
    let refused = spool.submit(header, &forms).await.unwrap_err();
    assert_eq!(told(&refused).0, Code::FailedPrecondition);
    let failure = refused.get_details_precondition_failure().unwrap();
    let subjects: Vec<_> = failure
        .violations
        .iter()
        .map(|violation| (violation.subject.as_str(), violation.r#type.as_str()))
        .collect();
    assert_eq!(subjects, [("R0002", "DOES_NOT_FIT"), ("R0004", "NO_FIELD")]);
    assert!(!format!("{refused:?}").contains("WWW"));
    nothing_is_stored(&spool).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_every_form_is_named_and_no_tin_repeated() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let mut forms = forms(FormType::Nec, 3);
    forms[0].recipient.name = "Ada\u{1b}E".to_owned();
    forms[2].account_number = forms[1].account_number.clone();
    let header = header("r1", "files", &forms);
    let refused = spool.submit(header, &forms).await.unwrap_err();
    let fields = refused.get_details_bad_request().unwrap().field_violations;
    let fields: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(
        fields,
        ["forms[0].recipient_name", "forms[2].account_number"]
    );
    nothing_is_stored(&spool).await;
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_forms_service_may_submit() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let part = pb::submit_job_request::Part::Header(header("r1", "files", &[]));
    let stream = tokio_stream::iter([pb::SubmitJobRequest { part: Some(part) }]);
    let refused = spool.jobs().submit_job(stream).await.unwrap_err();
    assert_eq!(told(&refused).0, Code::PermissionDenied);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_printer_is_refused_with_its_reason() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let printer = |uri: &str| pb::Printer {
        printer_id: "laser".to_owned(),
        uri: uri.to_owned(),
        ..pb::Printer::default()
    };
    for (uri, reason) in [
        ("http://169.254.169.254/", "DEVICE_URI_INVALID"),
        ("ipp://user:secret@h/ipp/print", "DEVICE_URI_INVALID"),
        ("socket://h:25", "DEVICE_URI_INVALID"),
        ("socket://h:9100", "FIELDS_INVALID"),
        ("parallel:lp0", "DEVICE_URI_INVALID"),
        ("parallel:/dev/lp0", "FIELDS_INVALID"),
        ("file:relative", "FIELDS_INVALID"),
        ("serial:/dev/ttyS0", "FIELDS_INVALID"),
    ] {
        let refused = spool.add_printer(printer(uri)).await.unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::InvalidArgument, reason.to_owned()),
            "{uri}"
        );
        assert!(!refused.message().contains("secret"));
    }
    let strict = pb::Printer {
        dialect: "escp".to_owned(),
        evidence: pb::printer::EvidencePolicy::Device.into(),
        ..printer("serial:/dev/ttyS0")
    };
    let refused = spool.add_printer(strict).await.unwrap_err();
    assert_eq!(told(&refused).0, Code::InvalidArgument);
    let twice = pb::Printer {
        printer_id: "files".to_owned(),
        ..printer("file:/elsewhere")
    };
    let refused = spool.add_printer(twice).await.unwrap_err();
    assert_eq!(
        told(&refused),
        (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
    );
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_spooler_does_not_drive_the_same_devices() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let tokens = formfeed_runtime::access::ensure(spool.folder()).unwrap();
    let (config, spooler) = (spool.config(), formfeed_spooler::SpoolerConfig::default());
    let stop = tokio_util::sync::CancellationToken::new();
    let second = formfeed_spooler::start(&config, &spooler, tokens, stop);
    assert!(matches!(
        second.await,
        Err(formfeed_spooler::StartError::Lock(
            formfeed_spooler::LockError::Taken { .. }
        ))
    ));
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stock_of_a_job_follows_from_its_copy_and_the_printer_and_no_impact_printer_draws() {
    let spool = Left::on_sqlite().start().await;
    for (id, uri, dialect, stock) in [
        ("laser", "ipp://127.0.0.1:1/ipp/print", "", "nec-3up"),
        ("plain", "ipp://127.0.0.1:2/ipp/print", "", "blank"),
        (
            "matrix",
            "serial:/dev/ttyNowhere?baud=9600",
            "escp",
            "nec-3up",
        ),
    ] {
        let printer = pb::Printer {
            printer_id: id.to_owned(),
            uri: uri.to_owned(),
            dialect: dialect.to_owned(),
            stock: stock.to_owned(),
            ..pb::Printer::default()
        };
        spool.add_printer(printer).await.unwrap();
    }
    let forms = forms(FormType::Nec, 1);
    let cases = [
        ("laser", pb::Copy::A, "", Ok("nec-3up")),
        ("laser", pb::Copy::B, "", Ok("blank")),
        ("laser", pb::Copy::B, "nec-3up", Ok("nec-3up")),
        ("matrix", pb::Copy::B, "", Ok("nec-3up")),
        ("matrix", pb::Copy::B, "blank", Err("STOCK_NOT_FOR_PRINTER")),
        ("plain", pb::Copy::RecipientState, "", Ok("blank")),
        ("plain", pb::Copy::A, "", Err("STOCK_NOT_LOADED")),
        ("plain", pb::Copy::A, "blank", Err("COPY_A_NOT_DRAWN")),
    ];
    for (index, (printer, copy, stock, expected)) in cases.into_iter().enumerate() {
        let header = pb::JobHeader {
            copy: copy.into(),
            stock: stock.to_owned(),
            ..header(&format!("r{index}"), printer, &forms)
        };
        let chosen = spool.submit(header, &forms).await;
        let chosen = chosen.map(|job| job.stock).map_err(|no| told(&no).1);
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(chosen, expected, "{printer} {copy:?} {stock:?}");
    }
    spool.stop().await;
}
