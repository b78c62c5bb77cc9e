//! An IPP printer, or the way to it, that fails when a sheet is at stake.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use formfeed_spooler::device::{Context, Device, Finding, PreflightError, Strength, TerminalState};
use formfeed_tests::ipp_printer::{ABORTS, IppPrinter, LIES, PRINTS, WAITS};
use formfeed_tests::lossy_proxy;

use super::{Diary, doubt, open, pdf_job, print};

#[tokio::test]
async fn a_job_that_aborts_after_marking_is_in_doubt() {
    let printer = IppPrinter::start(ABORTS);
    let device = open(&printer.uri());
    let job = pdf_job("job-1-1");
    let (_, evidence) = doubt(print(&*device, &job, &Context::unwatched()).await);
    assert_eq!(evidence.terminal, Some(TerminalState::Aborted));
    assert_eq!(evidence.strength, Strength::Partial);
    assert_eq!(printer.marked(), ["job-1-1"], "never: not printed");
    let found = device.find(&job.key, &evidence).await.unwrap();
    assert!(matches!(found, Finding::Inconclusive(_)), "{found:?}");
}

#[tokio::test]
async fn a_printer_that_says_completed_and_counts_nothing_is_not_believed() {
    let printer = IppPrinter::start(LIES);
    let device = open(&printer.uri());
    let result = print(&*device, &pdf_job("job-1-1"), &Context::unwatched()).await;
    let (cause, evidence) = doubt(result);
    assert!(cause.contains("contradicts itself"), "{cause}");
    assert_eq!(evidence.terminal, Some(TerminalState::Completed));
}

#[tokio::test]
async fn a_lost_reply_to_the_document_is_in_doubt_and_the_printer_settles_it() {
    let printer = IppPrinter::start(PRINTS);
    let port = lossy_proxy::start(printer.port(), lossy_proxy::SEND_DOCUMENT);
    let device = open(&format!("ipp://localhost:{port}/ipp/print"));
    let job = pdf_job("job-1-1");
    device.preflight().await.unwrap();
    let context = Context::unwatched();
    let (_, evidence) = doubt(device.send(&job, &context).await);
    assert!(evidence.device_job_uuid.is_some());
    assert_eq!(evidence.bytes_accepted, evidence.bytes_total);
    let settled = match device.find(&job.key, &evidence).await.unwrap() {
        Finding::Running(running) => device.settle(running, &context).await.unwrap(),
        Finding::Settled(settled) => settled,
        other => panic!("{other:?}"),
    };
    assert_eq!(settled.strength, Strength::Device);
    assert_eq!(printer.marked(), ["job-1-1"], "never sent again");
}

#[tokio::test]
async fn a_printer_switched_off_at_work_is_in_doubt() {
    let mut printer = IppPrinter::start(WAITS);
    let device = open(&printer.uri());
    let diary = Diary::default();
    let context = diary.context();
    device.preflight().await.unwrap();
    let sent = device.send(&pdf_job("job-1-1"), &context).await.unwrap();
    tokio::task::spawn_blocking(move || printer.stop())
        .await
        .unwrap();
    doubt(device.settle(sent, &context).await);
    assert_eq!(diary.attention()[0][0].keyword, "unreachable");
}

#[tokio::test]
async fn a_canceled_job_is_never_taken_as_not_printed() {
    let printer = IppPrinter::start(WAITS);
    let device = open(&printer.uri());
    let context = Context::unwatched();
    device.preflight().await.unwrap();
    let sent = device.send(&pdf_job("job-1-1"), &context).await.unwrap();
    device.cancel(&sent).await.unwrap();
    printer.let_go();
    let (_, evidence) = doubt(device.settle(sent, &context).await);
    assert_eq!(evidence.terminal, Some(TerminalState::Canceled));
    assert_eq!(printer.marked(), ["job-1-1"]);
}

#[tokio::test]
async fn a_stop_while_the_printer_works_leaves_doubt_at_once() {
    let printer = IppPrinter::start(WAITS);
    let device = open(&printer.uri());
    let context = Context::unwatched();
    device.preflight().await.unwrap();
    let sent = device.send(&pdf_job("job-1-1"), &context).await.unwrap();
    context.stop.cancel();
    doubt(device.settle(sent, &context).await);
}

/// What answers every request with `reply`, whatever it is.
fn answers(reply: &'static str) -> Arc<dyn Device> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _ = client.read(&mut [0; 4096]);
            let _ = client.write_all(reply.as_bytes());
        }
    });
    open(&format!("ipp://localhost:{port}/ipp/print"))
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let device = answers(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
    );
    let error = device.preflight().await.unwrap_err();
    assert!(
        matches!(error, PreflightError::Unsuitable { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_ipp_is_no_printer() {
    for reply in [
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>Hi<",
        "SSH-2.0-OpenSSH\r\n",
        "",
    ] {
        let error = answers(reply).preflight().await.unwrap_err();
        assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
    }
}
