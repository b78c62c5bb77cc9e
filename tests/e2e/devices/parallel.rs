//! A parallel port without status lines: a named pipe with a printer behind it.

use std::time::Duration;

use formfeed_spooler::device::{Context, PreflightError, SendError, Strength};
use formfeed_tests::paper::read_escp;
use formfeed_tests::parallel_port::ParallelPort;

use super::{Diary, doubt, escp_job, job, open, print, print_beside};

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_comes_through_and_one_sheet_follows_another() {
    let port = ParallelPort::start();
    let device = open(&port.uri());
    for token in ["job-1-1", "job-2-1"] {
        let evidence = print(&*device, &escp_job(token), &Context::unwatched()).await;
        assert_eq!(evidence.unwrap().strength, Strength::Sent);
    }
    // What left the kernel is with the reader at once.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(read_escp(&port.received()).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_takes_nothing_is_shown_and_gets_the_next_byte_later() {
    let port = ParallelPort::start();
    let device = open(&port.uri());
    device.preflight().await.unwrap();
    port.stop();
    let diary = Diary::default();
    let context = diary.context();
    let long = job(
        "job-1-1",
        (0..300_000_u32).map(|i| (i % 251) as u8).collect(),
    );
    let sending = print_beside(device, &long, context);
    let reasons = diary.wait_for_attention().await;
    assert_eq!(reasons[0].keyword, "stalled");
    port.go_on();
    let evidence = sending.await.unwrap().unwrap();
    assert_eq!(evidence.bytes_accepted, 300_000);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(port.received() == *long.document);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cable_pulled_in_the_middle_is_in_doubt_and_before_the_first_byte_it_is_not() {
    let port = ParallelPort::start();
    let device = open(&port.uri());
    device.preflight().await.unwrap();
    port.stop();
    let long = job("job-1-1", vec![b'x'; 300_000]);
    let diary = Diary::default();
    let context = diary.context();
    let sending = tokio::spawn(async move { (device.send(&long, &context).await, device) });
    diary.wait_for_attention().await;
    port.pull_cable();
    let (sent, device) = sending.await.unwrap();
    let (cause, evidence) = doubt(sent);
    assert!(cause.contains("cable gone"), "{cause}");
    assert!((1..300_000).contains(&evidence.bytes_accepted));
    let gone = device.preflight().await.unwrap_err();
    assert!(matches!(gone, PreflightError::Offline { .. }), "{gone}");

    let port = ParallelPort::start();
    let device = open(&port.uri());
    device.preflight().await.unwrap();
    port.stop();
    port.pull_cable();
    let sent = device
        .send(&escp_job("job-1-1"), &Context::unwatched())
        .await;
    assert!(
        matches!(sent, Err(SendError::NothingSent { .. })),
        "{sent:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_42_what_is_no_port_or_is_another_s_is_offline() {
    let port = ParallelPort::start();
    let (first, second) = (open(&port.uri()), open(&port.uri()));
    first.preflight().await.unwrap();
    let error = second.preflight().await.unwrap_err();
    assert!(error.to_string().contains("in use"), "{error}");
    drop(first);
    second.preflight().await.unwrap();
    for node in ["/dev/no-such-port", "/etc/hostname", "/tmp"] {
        let error = open(&format!("parallel:{node}")).preflight().await;
        let error = error.unwrap_err();
        assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
        assert!(error.to_string().contains(node), "{error}");
    }
}
