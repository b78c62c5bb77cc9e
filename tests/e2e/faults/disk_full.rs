//! Group 4, the disk: nothing is printed that cannot be recorded, and what was printed is recorded when there is room again.

use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::small_disk::SmallDisk;
use formfeed_tests::spool::{Client, Left, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use ipp::model::Operation;
use pb::job::State;
use tonic::Code;

struct Stage {
    laser: LyingPrinter,
    left: Left,
    disk: SmallDisk,
    program: SpoolerProgram,
    job: String,
}

/// A spooler that stands still at a point of its first sheet of two, and whose disk is full when it goes on.
async fn full_at(point: &str) -> Stage {
    let laser = LyingPrinter::start(Lie::None).await;
    let left = Left::on_sqlite();
    let disk = SmallDisk::over(left.folder());
    let program = SpoolerProgram::start_on(&disk, &left, Some(point)).expect("it lives");
    let client = program.client();
    let printer = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: laser.uri(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    client.add_printer(printer).await.expect("a printer");
    let six = forms(FormType::Nec, 6);
    let job = client.submit(header("r1", "laser", &six), &six).await;
    let job = job.expect("a job").name;
    program.until_it_stands_still();
    disk.fill();
    program.go_on();
    Stage {
        laser,
        left,
        disk,
        program,
        job,
    }
}

/// What the printer does not print for, once that has to do with the disk.
async fn tells_of_the_disk(client: &Client) -> pb::Printer {
    let begin = Instant::now();
    loop {
        let request = pb::GetPrinterRequest {
            name: "printers/laser".to_owned(),
        };
        // Reading goes on all the while.
        let printer = client.printers().get_printer(request).await;
        let printer = printer.expect("a printer that can be read").into_inner();
        let of_disk = |words: &String| words.contains("disk") && words.contains("full");
        if printer.state_reasons.iter().any(of_disk) {
            return printer;
        }
        assert!(begin.elapsed() < Duration::from_secs(20), "{printer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_47_with_the_disk_full_at_the_intent_no_byte_is_sent_until_there_is_room() {
    let stage = full_at("after-reserve:1:stop").await;
    let client = stage.program.client();
    let printer = tells_of_the_disk(client).await;
    assert_eq!(printer.state(), pb::printer::State::Stopped);
    let three = forms(FormType::Nec, 3);
    let refused = client.submit(header("r2", "laser", &three), &three).await;
    let refused = refused.expect_err("there is no room for it");
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    assert_eq!(stage.laser.asked(Operation::CreateJob), 0);

    stage.disk.free();
    let done = client.until(&stage.job, State::Completed).await;
    assert_eq!(done.report.expect("a report").forms_printed, 6);
    assert_eq!(stage.laser.marked().len(), 2);
    stage.program.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_48_with_the_disk_full_at_the_confirmation_it_waits_with_the_next_sheet() {
    let stage = full_at("after-send:1:stop").await;
    let client = stage.program.client();
    tells_of_the_disk(client).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(stage.laser.marked().len(), 1, "the next sheet waits");

    stage.disk.free();
    let done = client.until(&stage.job, State::Completed).await;
    assert_eq!(done.report.expect("a report").forms_printed, 6);
    assert_eq!(stage.laser.marked().len(), 2);
    stage.program.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_48_killed_while_it_cannot_confirm_the_sheet_is_in_doubt_and_printed_once() {
    let stage = full_at("after-send:1:stop").await;
    tells_of_the_disk(stage.program.client()).await;
    stage.program.kill();
    stage.laser.forgets_what_ended(); // it would settle the doubt
    stage.disk.free();
    let program = SpoolerProgram::start_on(&stage.disk, &stage.left, None).expect("it lives");
    let doubt = program
        .client()
        .until(&stage.job, State::NeedsDecision)
        .await;
    let report = doubt.report.expect("a report");
    assert_eq!((report.sheets_in_doubt, report.sheets_pending), (1, 1));
    assert_eq!(stage.laser.marked().len(), 1);
    program.stop();
}
