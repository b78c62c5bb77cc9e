//! A real pair of pseudo-terminals, read by an interpreter that knows nothing of us.

use std::time::Duration;

use formfeed_spooler::device::{Context, Finding, PreflightError, SendError, Strength};
use formfeed_tests::paper::read_escp;
use formfeed_tests::serial_printer::SerialPrinter;

use super::{Diary, doubt, escp_job, job, open, print, print_beside};

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_comes_through_and_the_evidence_claims_no_more() {
    let printer = SerialPrinter::start();
    let device = open(&printer.uri());
    let job = escp_job("job-1-1");
    let evidence = print(&*device, &job, &Context::unwatched()).await.unwrap();
    assert_eq!(evidence.strength, Strength::Sent);
    assert_eq!(evidence.terminal, None);
    assert_eq!(printer.wait_for(job.document.len()), *job.document);
    let found = device.find(&job.key, &evidence).await.unwrap();
    assert!(matches!(found, Finding::Inconclusive(_)), "{found:?}");

    let pages = read_escp(&printer.received());
    assert_eq!(pages.len(), 1);
    let amount = pages[0].word("1234.56");
    assert!((amount.left - 288.0).abs() < 1.0, "{amount:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_printer_is_shown_and_gets_the_next_byte_later() {
    let mut printer = SerialPrinter::start();
    let device = open(&printer.uri());
    device.preflight().await.unwrap();
    printer.xoff();
    let diary = Diary::default();
    let context = diary.context();
    let long = job(
        "job-1-1",
        (0..100_000_u32).map(|i| b'0' + (i % 75) as u8).collect(),
    );
    let sending = print_beside(device, &long, context);
    let reasons = diary.wait_for_attention().await;
    assert_eq!(reasons[0].keyword, "stalled");
    assert!(printer.received().len() < long.document.len());
    printer.xon();
    let evidence = sending.await.unwrap().unwrap();
    assert_eq!(evidence.bytes_accepted, evidence.bytes_total);
    assert_eq!(printer.wait_for(long.document.len()), *long.document);
    assert_eq!(
        diary.attention().pop(),
        Some(Vec::new()),
        "all is well again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pulled_cable_is_in_doubt_after_the_first_byte() {
    let mut printer = SerialPrinter::start();
    let device = open(&printer.uri());
    device.preflight().await.unwrap();
    let diary = Diary::default();
    let context = diary.context();
    let long = job("job-1-1", vec![b'x'; 4_000_000]);
    let sending = tokio::spawn(async move { device.send(&long, &context).await });
    printer.wait_for(10_000);
    tokio::task::spawn_blocking(move || printer.pull_cable())
        .await
        .unwrap();
    let (_, evidence) = doubt(sending.await.unwrap());
    assert!((10_000..4_000_000).contains(&evidence.bytes_accepted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cable_pulled_after_the_last_byte_is_in_doubt() {
    let mut printer = SerialPrinter::start();
    let device = open(&printer.uri());
    let context = Context::unwatched();
    device.preflight().await.unwrap();
    let sent = device.send(&escp_job("job-1-1"), &context).await.unwrap();
    printer.pull_cable();
    doubt(device.settle(sent, &context).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cable_pulled_before_the_first_byte_is_no_doubt() {
    let mut printer = SerialPrinter::start();
    let device = open(&printer.uri());
    device.preflight().await.unwrap();
    printer.pull_cable();
    let sent = device
        .send(&escp_job("job-1-1"), &Context::unwatched())
        .await;
    assert!(
        matches!(sent, Err(SendError::NothingSent { .. })),
        "{sent:?}"
    );
    let error = device.preflight().await.unwrap_err();
    assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_send_ends_when_the_daemon_stops() {
    let mut printer = SerialPrinter::start();
    let device = open(&printer.uri());
    device.preflight().await.unwrap();
    printer.xoff();
    let context = Context::unwatched();
    let stop = context.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stop.cancel();
    });
    let sent = device
        .send(&job("job-1-1", vec![b'x'; 100_000]), &context)
        .await;
    match sent {
        Err(SendError::NothingSent { .. } | SendError::InDoubt(_)) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_opener_gets_no_byte_in_between() {
    let printer = SerialPrinter::start();
    let (first, second) = (open(&printer.uri()), open(&printer.uri()));
    first.preflight().await.unwrap();
    let error = second.preflight().await.unwrap_err();
    assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
    drop(first);
    second.preflight().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_serial_line_is_offline() {
    for path in ["/dev/no-such-line", "/dev/null", "/etc/hostname"] {
        let error = open(&format!("serial:{path}"))
            .preflight()
            .await
            .unwrap_err();
        assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
    }
}
