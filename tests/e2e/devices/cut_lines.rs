//! A serial line that is stalled, pulled or left alone after any byte: the test holds the other end itself.

use std::sync::Arc;
use std::time::Duration;

use formfeed_spooler::device::{Context, Device, DeviceJob, Evidence, SendError};
use formfeed_spooler::render::{DialectName, impact};
use formfeed_tests::impact_decoder::{Family, decode};
use formfeed_tests::pty_printer::PtyPrinter;

use super::{Diary, doubt, job, open, sheet};

/// Sheets enough that the kernel does not swallow them all.
const SHEETS: usize = 4_000;

fn many_sheets() -> DeviceJob {
    let sheet = sheet();
    let sheets = vec![sheet.as_slice(); SHEETS];
    let escp = DialectName::Escp.dialect();
    job("job-1-1", impact::render_sheets(escp, sheets).unwrap())
}

type Sending = tokio::task::JoinHandle<Result<Evidence, SendError>>;

/// Sends and settles beside the test.
fn sending(device: Arc<dyn Device>, job: &DeviceJob, context: Context) -> Sending {
    let job = job.clone();
    tokio::spawn(async move {
        let sent = device.send(&job, &context).await?;
        device.settle(sent, &context).await
    })
}

async fn ready(printer: &PtyPrinter) -> Arc<dyn Device> {
    let device: Arc<dyn Device> = open(&printer.uri());
    device.preflight().await.unwrap();
    device
}

async fn read(mut printer: PtyPrinter, count: usize) -> (PtyPrinter, Vec<u8>) {
    let read = tokio::task::spawn_blocking(move || {
        let bytes = printer.read(count);
        (printer, bytes)
    });
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_38_a_cable_pulled_after_any_byte_is_in_doubt_and_what_came_is_a_beginning() {
    let job = many_sheets();
    for seed in 0..30 {
        let mut random = fastrand::Rng::with_seed(seed);
        // Behind it lies more than the kernel could swallow.
        let cut = random.usize(1..job.document.len() / 2);
        let printer = PtyPrinter::start();
        let device = ready(&printer).await;
        let sending = sending(device, &job, Context::unwatched());
        let (printer, bytes) = read(printer, cut).await;
        assert_eq!(bytes, job.document[..cut], "seed {seed}");
        printer.pull();
        let (cause, evidence) = doubt(sending.await.unwrap());
        assert!(
            evidence.bytes_accepted >= cut as u64,
            "seed {seed}: {cause}"
        );
        assert!(cause.contains("cable gone"), "seed {seed}: {cause}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_37_and_41_a_line_stalled_after_any_byte_goes_on_at_the_next() {
    let job = many_sheets();
    for seed in 100..115 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut printer = PtyPrinter::start();
        let device = ready(&printer).await;
        let diary = Diary::default();
        let sending = sending(device, &job, diary.context());
        let mut paper = Vec::new();
        for _ in 0..3 {
            let count = random.usize(0..(job.document.len() - paper.len()) / 2);
            let (now, bytes) = read(printer, count).await;
            printer = now;
            paper.extend(bytes);
            printer.xoff();
            tokio::time::sleep(Duration::from_millis(random.u64(0..30))).await;
            printer.xon();
        }
        let (_printer, rest) = read(printer, job.document.len() - paper.len()).await;
        paper.extend(rest);
        let evidence = sending.await.unwrap().unwrap();
        assert_eq!(evidence.bytes_accepted, evidence.bytes_total, "seed {seed}");
        assert!(paper == *job.document, "seed {seed}: other bytes");
        assert_eq!(decode(Family::NinePins, &paper).unwrap().len(), SHEETS);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_waits_says_so_in_words_and_is_no_doubt() {
    let job = many_sheets();
    let mut printer = PtyPrinter::start();
    let device = ready(&printer).await;
    let diary = Diary::default();
    printer.xoff();
    tokio::time::sleep(Duration::from_millis(200)).await; // Into the kernel.
    let sending = sending(device, &job, diary.context());
    let reasons = diary.wait_for_attention().await;
    assert!(
        reasons[0].words.contains("waiting for the line"),
        "{reasons:?}"
    );
    assert!(!sending.is_finished());
    printer.xon();
    let (_printer, paper) = read(printer, job.document.len()).await;
    assert!(paper == *job.document);
    let evidence = sending.await.unwrap().unwrap();
    let told = evidence.messages.iter().any(|it| it.contains("XOFF"));
    assert!(told, "{:?}", evidence.messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_40_a_printer_that_swallows_bytes_gets_no_more_credit_than_that_they_left() {
    let job = many_sheets();
    let printer = PtyPrinter::start();
    let device = ready(&printer).await;
    let sending = sending(device, &job, Context::unwatched());
    // It reads and marks nothing.
    let (_printer, _) = read(printer, job.document.len()).await;
    let evidence = sending.await.unwrap().unwrap();
    assert_eq!(evidence.terminal, None);
    assert_eq!(evidence.strength, formfeed_spooler::device::Strength::Sent);
    assert!(evidence.messages.iter().any(|it| it.contains("not known")));
}
