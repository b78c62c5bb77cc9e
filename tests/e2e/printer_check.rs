//! Whether a printer is there: one without work is asked and prints nothing, one at work is left alone.

use std::path::Path;
use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::pty_printer::PtyPrinter;
use formfeed_tests::spool::{Left, Spool, forms, header};
use ipp::model::Operation;
use pb::check_printer_response::Outcome;
use pb::job::State;
use tonic::Code;

fn printer(id: &str, uri: String) -> pb::Printer {
    pb::Printer {
        printer_id: id.to_owned(),
        uri,
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    }
}

async fn check(spool: &Spool, id: &str) -> pb::CheckPrinterResponse {
    let request = pb::CheckPrinterRequest {
        name: format!("printers/{id}"),
    };
    let answer = spool.printers().check_printer(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_without_work_is_asked_and_one_at_work_is_left_alone() {
    for left in Left::on_both() {
        let laser = LyingPrinter::start(Lie::None).await;
        let spool = left.start().await;
        spool
            .add_printer(printer("laser", laser.uri()))
            .await
            .unwrap();
        let said = check(&spool, "laser").await;
        assert_eq!(said.outcome(), Outcome::Ready, "{said:?}");
        assert_eq!(laser.asked(Operation::CreateJob), 0);

        laser.take_time(Duration::from_secs(5));
        let forms = forms(FormType::Nec, 3);
        let job = spool.submit(header("r1", "laser", &forms), &forms).await;
        let job = job.unwrap().name;
        let live = |job: &pb::Job| job.report.as_ref().is_some_and(|it| it.sheets_live == 1);
        spool.until_job(&job, "live", live).await;
        let said = check(&spool, "laser").await;
        assert_eq!(said.outcome(), Outcome::NotAsked, "{said:?}");
        assert!(said.reasons[0].contains(&job), "{said:?}");

        spool.until(&job, State::Completed).await;
        assert_eq!(laser.marked().len(), 1, "the job's only sheet");
        let begin = Instant::now();
        while check(&spool, "laser").await.outcome() != Outcome::Ready {
            assert!(begin.elapsed() < Duration::from_secs(20), "never idle");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_is_off_or_silent_keeps_nobody_waiting() {
    let silent = LyingPrinter::start(Lie::None).await;
    let spool = Left::on_sqlite().start().await;
    let off = format!("ipp://127.0.0.1:{}/ipp/print", free_port());
    for (id, uri) in [("silent", silent.uri()), ("off", off)] {
        spool.add_printer(printer(id, uri)).await.unwrap();
    }
    silent.now(Lie::Hangs(Operation::GetPrinterAttributes));
    for id in ["silent", "off"] {
        let begin = Instant::now();
        let said = check(&spool, id).await;
        assert!(begin.elapsed() < Duration::from_secs(10), "{id}: {said:?}");
        assert_eq!(said.outcome(), Outcome::Offline, "{id}: {said:?}");
        assert!(!said.reasons.is_empty(), "{id}");
    }
    let request = pb::CheckPrinterRequest {
        name: "printers/nowhere".to_owned(),
    };
    let refused = spool.printers().check_printer(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    spool.stop().await;
}

/// How often this process has a file open.
fn openings(node: &Path) -> usize {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let is_it = |end: &std::fs::DirEntry| std::fs::read_link(end.path()).is_ok_and(|to| to == node);
    open.filter(is_it).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_opened_for_a_look_is_let_go_of() {
    let line = PtyPrinter::start();
    let spool = Left::on_sqlite().start().await;
    let matrix = pb::Printer {
        dialect: "escp".to_owned(),
        ..printer("matrix", line.uri())
    };
    spool.add_printer(matrix).await.unwrap();
    let said = check(&spool, "matrix").await;
    assert_eq!(said.outcome(), Outcome::Ready, "{said:?}");
    let begin = Instant::now();
    while openings(line.node()) > 0 {
        assert!(begin.elapsed() < Duration::from_secs(20), "it is held");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    spool.stop().await;
}
