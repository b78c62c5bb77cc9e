//! Group 9: more than usual, and less than usual to do it with.

use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::daemon::Daemon;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::spool::{Left, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use pb::job::State;

/// A limit that no count here reaches.
const ANY: [&str; 2] = ["--max-forms-per-job", "1000000"];

/// Prints a job of so many forms as one file; answers the most memory that it took, in KiB.
async fn memory_of(count: usize) -> u64 {
    let left = Left::on_sqlite();
    let out = left.folder().join("out");
    let program = SpoolerProgram::start_with(&left, None, &ANY).expect("it lives");
    let printer = pb::Printer {
        printer_id: "files".to_owned(),
        uri: format!("file:{}", out.display()),
        ..pb::Printer::default()
    };
    program.client().add_printer(printer).await.unwrap();
    let pause = pb::PausePrinterRequest {
        name: "printers/files".to_owned(),
        reason: "until the daemon is a fresh one".to_owned(),
    };
    program
        .client()
        .printers()
        .pause_printer(pause)
        .await
        .unwrap();
    let forms = forms(FormType::Nec, count);
    let job = program
        .client()
        .submit(header("r1", "files", &forms), &forms)
        .await;
    let job = job.expect("a job").name;
    program.stop();

    let program = SpoolerProgram::start_with(&left, None, &ANY).expect("it lives");
    let resume = pb::ResumePrinterRequest {
        name: "printers/files".to_owned(),
    };
    program
        .client()
        .printers()
        .resume_printer(resume)
        .await
        .unwrap();
    let is_done = |job: &pb::Job| job.state() == State::Completed;
    let done = program.client().until_job(&job, "printed", is_done).await;
    let printed = usize::try_from(done.report.expect("a report").forms_printed);
    assert_eq!(printed, Ok(count));
    let most = program.most_memory();
    program.stop();
    most
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_105_a_form_more_takes_less_than_two_kilobytes_of_memory_to_print() {
    if let Some(count) = std::env::var_os("FORMFEED_FORMS") {
        let count = count.to_str().and_then(|count| count.parse().ok());
        let count = count.expect("FORMFEED_FORMS is a number");
        println!("{} KiB for {count} forms", memory_of(count).await);
        return;
    }
    // The caches of the database are full with the first.
    let (few, many) = (memory_of(9_000).await, memory_of(21_000).await);
    println!("{few} KiB for 9,000 forms, {many} KiB for 21,000");
    assert!(many < few + 24_000, "{few} KiB, then {many} KiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_62_who_follows_a_job_and_does_not_read_delays_nobody_and_still_sees_its_end() {
    let left = Left::on_sqlite();
    let program = SpoolerProgram::try_start(&left, None).expect("it lives");
    let laser = LyingPrinter::start(Lie::None).await;
    add_laser(&program, &laser).await;
    let many = forms(FormType::Nec, 120);
    let job = program
        .client()
        .submit(header("r1", "laser", &many), &many)
        .await;
    let job = job.expect("a job").name;
    let mut unread = Vec::new();
    for _ in 0..20 {
        let request = pb::WatchJobRequest {
            name: job.clone(),
            after_sequence: 0,
        };
        unread.push(program.client().jobs().watch_job(request).await.unwrap());
    }
    let is_done = |job: &pb::Job| job.state() == State::Completed;
    program.client().until_job(&job, "printed", is_done).await;
    for stream in unread {
        let (mut stream, mut last) = (stream.into_inner(), None);
        while let Some(event) = stream.message().await.unwrap() {
            last = Some(event);
        }
        let report = last.and_then(|event| event.job?.report);
        assert_eq!(report.map(|report| report.forms_printed), Some(120));
    }
    program.stop();
}

async fn add_laser(program: &SpoolerProgram, laser: &LyingPrinter) {
    let printer = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: laser.uri(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    program.client().add_printer(printer).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_106_two_hundred_submissions_at_once_are_taken_or_refused_and_each_printed_once() {
    let left = Left::on_sqlite();
    let program = SpoolerProgram::try_start(&left, None).expect("it lives");
    let laser = LyingPrinter::start(Lie::None).await;
    add_laser(&program, &laser).await;
    let three = forms(FormType::Nec, 3);
    let watch = program.client().clone();
    let looking = tokio::spawn(async move {
        loop {
            let request = pb::ListPrintersRequest::default();
            watch.printers().list_printers(request).await.unwrap();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let submitted = (0..200).map(|number| {
        let (client, three) = (program.client().clone(), three.clone());
        tokio::spawn(async move {
            let header = header(&format!("r{number}"), "laser", &three);
            client.submit(header, &three).await
        })
    });
    let mut taken = Vec::new();
    for answer in submitted.collect::<Vec<_>>() {
        match answer.await.unwrap() {
            Ok(job) => taken.push(job.name),
            Err(refused) => assert_eq!(refused.code(), tonic::Code::ResourceExhausted),
        }
    }
    assert!(!taken.is_empty());
    let is_done = |job: &pb::Job| job.state() == State::Completed;
    for job in &taken {
        program.client().until_job(job, "printed", is_done).await;
    }
    assert!(!looking.is_finished(), "it is answered all the while");
    looking.abort();
    let mut marked = laser.marked();
    marked.sort();
    marked.dedup();
    assert_eq!(
        (laser.marked().len(), marked.len()),
        (taken.len(), taken.len())
    );
    program.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_108_with_few_file_descriptors_it_prints_on_and_who_says_nothing_is_let_go() {
    let left = Left::on_sqlite();
    let program = SpoolerProgram::start_limited(&left, 64).expect("it lives");
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(Duration::from_millis(100));
    add_laser(&program, &laser).await;
    let many = forms(FormType::Nec, 90);
    let job = program
        .client()
        .submit(header("r1", "laser", &many), &many)
        .await;
    let job = job.expect("a job").name;
    let mut held = Vec::new();
    for _ in 0..200 {
        let open = tokio::net::TcpStream::connect(program.address()).await;
        held.extend(open.ok());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (busy, second) = (program.processor_time(), Duration::from_secs(1));
    tokio::time::sleep(second).await;
    let spent = program.processor_time() - busy;
    assert!(spent < second, "it spins: {spent:?} of {second:?}");
    drop(held.split_off(20));
    // The others are let go after a while, and then there is room for who has to say something.
    let is_done = |job: &pb::Job| job.state() == State::Completed;
    program.client().until_job(&job, "printed", is_done).await;
    assert_eq!(laser.marked().len(), 30);
    program.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_109_log_lines_that_nobody_takes_hold_up_no_sheet() {
    // Every line of every crate: more than a pipe holds.
    let noise = [("FORMFEED_LOG", "trace")];
    let daemon = Daemon::unheard("one", &fresh_postgres_url(), &noise).await;
    let laser = LyingPrinter::start(Lie::None).await;
    daemon.add_laser("laser", &laser.uri(), "").await;
    let many = forms(FormType::Nec, 30);
    let job = daemon.submit(header("r1", "laser", &many), &many).await;
    let job = job.expect("a job").name;
    daemon.until(&job, State::Completed).await;
    assert_eq!(laser.marked().len(), 10);
}
