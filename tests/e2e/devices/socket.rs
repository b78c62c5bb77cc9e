//! A printer that takes raw bytes on a TCP port, with and without a word of its own.

use formfeed_spooler::device::{Context, PreflightError, SendError, Strength};
use formfeed_tests::paper::read_escp;
use formfeed_tests::raw_printer::{RawPrinter, Trouble};

use super::{Diary, doubt, escp_job, job, open, print, print_beside};

#[tokio::test(flavor = "multi_thread")]
async fn every_document_has_a_connection_of_its_own_and_comes_through() {
    let printer = RawPrinter::start();
    let device = open(&printer.uri());
    let jobs = [escp_job("job-1-1"), escp_job("job-2-1")];
    for job in &jobs {
        let evidence = print(&*device, job, &Context::unwatched()).await.unwrap();
        assert_eq!(evidence.strength, Strength::Sent);
    }
    let received = printer.received();
    assert_eq!(received.len(), 2);
    for (received, job) in received.iter().zip(&jobs) {
        assert_eq!(received[..], *job.document);
    }
    assert_eq!(read_escp(&printer.stream()).len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_reads_nothing_is_shown_and_gets_the_next_byte_later() {
    let printer = RawPrinter::start();
    let device = open(&printer.uri());
    device.preflight().await.unwrap();
    printer.stop();
    let diary = Diary::default();
    let context = diary.context();
    let long: Vec<u8> = (0..20_000_000_u32).map(|i| (i % 251) as u8).collect();
    let long = job("job-1-1", long);
    let sending = print_beside(device, &long, context);
    let reasons = diary.wait_for_attention().await;
    assert_eq!(reasons[0].keyword, "stalled");
    printer.go_on();
    let evidence = sending.await.unwrap().unwrap();
    assert_eq!(evidence.bytes_accepted, evidence.bytes_total);
    assert!(printer.stream() == *long.document);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_breaks_off_leaves_doubt_and_one_that_is_off_does_not() {
    let printer = RawPrinter::start();
    let device = open(&printer.uri());
    device.preflight().await.unwrap();
    printer.stop();
    let diary = Diary::default();
    let context = diary.context();
    let long = job("job-1-1", vec![b'x'; 20_000_000]);
    let sending = tokio::spawn(async move { (device.send(&long, &context).await, device) });
    diary.wait_for_attention().await;
    printer.break_off();
    let (sent, device) = sending.await.unwrap();
    let (cause, evidence) = doubt(sent);
    assert!(evidence.bytes_accepted > 0, "{cause}");
    // The next document finds the printer as if nothing had been.
    printer.go_on();
    print(&*device, &escp_job("job-2-1"), &Context::unwatched())
        .await
        .unwrap();

    let uri = printer.uri();
    device.preflight().await.unwrap();
    drop(printer);
    tokio::time::sleep(std::time::Duration::from_millis(200)).await; // Until it has hung up.
    let sent = device
        .send(&escp_job("job-3-1"), &Context::unwatched())
        .await;
    match sent {
        // The kernel took the bytes before it heard: settling finds out.
        Ok(sent) => {
            doubt(device.settle(sent, &Context::unwatched()).await);
        }
        Err(known) => assert!(matches!(
            known,
            SendError::NothingSent { .. } | SendError::InDoubt(_)
        )),
    }
    let error = open(&uri).preflight().await.unwrap_err();
    assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_answers_is_asked_before_a_sheet_and_told_of_in_words() {
    let printer = RawPrinter::that_answers();
    let device = open(&printer.uri());
    for (trouble, keyword) in [
        (Trouble::PaperOut, "media-empty"),
        (Trouble::OffLine, "offline"),
    ] {
        printer.set(trouble);
        match device.preflight().await.unwrap_err() {
            PreflightError::NotReady { reasons } => {
                let keywords: Vec<_> = reasons.iter().map(|it| it.keyword.as_str()).collect();
                assert_eq!(keywords, [keyword], "{reasons:?}");
            }
            other => panic!("{other}"),
        }
    }
    printer.set(Trouble::None);
    let job = escp_job("job-1-1");
    print(&*device, &job, &Context::unwatched()).await.unwrap();
    assert_eq!(printer.stream(), *job.document);

    // One that does not answer is not taken for ready.
    let silent = RawPrinter::start();
    let error = open(&format!("{}?status=dle-eot", silent.uri()))
        .preflight()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not answer"), "{error}");
}
