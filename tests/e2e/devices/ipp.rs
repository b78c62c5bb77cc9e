//! A real IPP printer that does as it should, or is busy, or needs help.

use formfeed_spooler::device::{
    self, Context, DeviceConfig, DeviceUri, Evidence, Finding, NotSent, PreflightError, SendError,
    Strength, TerminalState,
};
use formfeed_tests::ipp_printer::{IppPrinter, OUT_OF_PAPER, PRINTS, WAITS, free_port};
use formfeed_tests::paper::read_pdf_bytes;

use super::{Diary, config, open, pdf_job, print};

#[tokio::test]
async fn a_sheet_is_marked_once_and_proved_by_the_printer() {
    let printer = IppPrinter::start(PRINTS);
    let device = open(&printer.uri());
    let diary = Diary::default();
    let job = pdf_job("job-1-1");
    let evidence = print(&*device, &job, &diary.context()).await.unwrap();
    assert_eq!(evidence.strength, Strength::Device);
    assert_eq!(evidence.terminal, Some(TerminalState::Completed));
    assert_eq!(evidence.bytes_accepted, evidence.bytes_total);
    assert_eq!(evidence.device_job_name.as_deref(), Some("job-1-1"));
    assert_eq!(evidence.impressions_completed, Some(1));
    assert!(evidence.device_job_uuid.is_some());
    assert_eq!(printer.marked(), ["job-1-1"]);
    assert_eq!(printer.document("job-1-1"), *job.document);
    let known = diary.known();
    assert_eq!(known.bytes_accepted, 0);
    assert_eq!(known.device_job_uuid, evidence.device_job_uuid);

    let found = device.find(&job.key, &known).await.unwrap();
    assert!(matches!(found, Finding::Settled(_)), "{found:?}");
    let found = device.find(&job.key, &Evidence::default()).await.unwrap();
    assert!(
        matches!(found, Finding::Settled(_)),
        "by its name: {found:?}"
    );
    let other = pdf_job("job-2-1").key;
    let found = device.find(&other, &Evidence::default()).await.unwrap();
    assert!(matches!(found, Finding::Inconclusive(_)), "{found:?}");
}

#[tokio::test]
async fn the_document_is_a_page_that_another_reader_reads() {
    let printer = IppPrinter::start(PRINTS);
    let device = open(&printer.uri());
    let job = pdf_job("job-1-1");
    print(&*device, &job, &Context::unwatched()).await.unwrap();
    let pages = read_pdf_bytes(&printer.document("job-1-1"));
    assert_eq!(pages.len(), 1);
    assert!((pages[0].word("1234.56").left - 288.0).abs() < 0.1);
}

#[tokio::test]
async fn a_printer_that_is_off_is_offline_and_no_doubt() {
    let device = open(&format!("ipp://localhost:{}/ipp/print", free_port()));
    let error = device.preflight().await.unwrap_err();
    assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
    let error = device
        .send(&pdf_job("job-1-1"), &Context::unwatched())
        .await
        .unwrap_err();
    let offline = matches!(
        &error,
        SendError::NothingSent {
            why: NotSent::Offline,
            ..
        }
    );
    assert!(offline, "{error}");
}

#[tokio::test]
async fn a_busy_printer_is_waited_for_with_nothing_sent() {
    let printer = IppPrinter::start(WAITS);
    let (first, second) = (open(&printer.uri()), open(&printer.uri()));
    let context = Context::unwatched();
    first.preflight().await.unwrap();
    let sent = first.send(&pdf_job("job-1-1"), &context).await.unwrap();

    let error = second.preflight().await.unwrap_err();
    assert!(matches!(error, PreflightError::NotReady { .. }), "{error}");
    let error = second
        .send(&pdf_job("job-2-1"), &context)
        .await
        .unwrap_err();
    let busy = matches!(
        &error,
        SendError::NothingSent {
            why: NotSent::Busy,
            ..
        }
    );
    assert!(busy, "{error}");

    let found = first.find(&pdf_job("job-1-1").key, &sent).await.unwrap();
    assert!(matches!(found, Finding::Running(_)), "{found:?}");
    printer.let_go();
    first.settle(sent, &context).await.unwrap();
    assert_eq!(printer.marked(), ["job-1-1"]);
    print(&*second, &pdf_job("job-2-1"), &context)
        .await
        .unwrap();
    assert_eq!(printer.marked(), ["job-1-1", "job-2-1"]);
}

#[tokio::test]
async fn a_printer_out_of_paper_is_shown_and_waited_for() {
    let printer = IppPrinter::start(OUT_OF_PAPER);
    let device = open(&printer.uri());
    let diary = Diary::default();
    let job = pdf_job("job-1-1");
    let context = diary.context();
    let printing = tokio::spawn(async move { print(&*device, &job, &context).await });
    let reasons = diary.wait_for_attention().await;
    assert_eq!(reasons[0].words, "out of paper");
    printer.let_go();
    let evidence = printing.await.unwrap().unwrap();
    assert_eq!(evidence.strength, Strength::Device);
    assert_eq!(
        diary.attention().pop(),
        Some(Vec::new()),
        "all is well again"
    );
    assert_eq!(printer.marked(), ["job-1-1"]);
}

#[tokio::test]
async fn the_wrong_paper_holds_the_job() {
    let printer = IppPrinter::start(PRINTS);
    let uri = DeviceUri::parse(&printer.uri()).unwrap();
    let other = DeviceConfig {
        media: "iso_a3_297x420mm".to_owned(),
        ..config()
    };
    let device = device::open(&uri, &other).unwrap();
    let error = device.preflight().await.unwrap_err();
    assert!(error.to_string().contains("iso_a3_297x420mm"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_gets_no_byte() {
    let printer = IppPrinter::start(PRINTS);
    let secure = printer.uri().replace("ipp:", "ipps:");
    let error = open(&secure).preflight().await.unwrap_err();
    assert!(matches!(error, PreflightError::NotReady { .. }), "{error}");
    assert!(error.to_string().contains("not trusted here"), "{error}");

    let trusting = DeviceConfig {
        trusted_certificate_pem: printer.certificate(),
        ..config()
    };
    let uri = DeviceUri::parse(&secure).unwrap();
    let device = device::open(&uri, &trusting).unwrap();
    print(&*device, &pdf_job("job-1-1"), &Context::unwatched())
        .await
        .unwrap();
    assert_eq!(printer.marked(), ["job-1-1"]);
}
