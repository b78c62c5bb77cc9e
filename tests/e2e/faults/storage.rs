//! Group 4: the database is not what it should be.

use std::time::Duration;

use formfeed_proto::spooler as pb;
use formfeed_tests::spool::Left;
use formfeed_tests::spooler_program::SpoolerProgram;
use tonic::Code;

/// A spooler that has run once.
fn used() -> Left {
    let left = Left::on_sqlite();
    SpoolerProgram::try_start(&left, None)
        .expect("it lives")
        .stop();
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_49_a_database_that_another_program_holds_is_no_fault_of_ours() {
    let left = used();
    let program = SpoolerProgram::try_start(&left, None).expect("it lives");
    let other = rusqlite::Connection::open(left.folder().join("spooler.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let printer = pb::Printer {
        printer_id: "files".to_owned(),
        uri: format!("file:{}", left.folder().display()),
        ..pb::Printer::default()
    };
    let busy = program.client().add_printer(printer.clone()).await;
    let busy = busy.expect_err("held for longer than anybody waits");
    assert_eq!(busy.code(), Code::Unavailable, "{busy:?}");
    // Reading goes on all the while.
    let list = pb::ListPrintersRequest::default();
    let found = program.client().printers().list_printers(list).await;
    assert!(found.unwrap().into_inner().printers.is_empty());
    other.execute_batch("ROLLBACK").unwrap();
    program
        .client()
        .add_printer(printer)
        .await
        .expect("it is free");
    program.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_53_a_broken_database_is_named_and_left_as_it_is() {
    type Break = fn(&mut Vec<u8>);
    let breaks: [(&str, Break); 3] = [
        ("cut short", |bytes| bytes.truncate(bytes.len() / 2 + 100)),
        ("its head changed", |bytes| bytes[0] ^= 0x20),
        ("another file", |bytes| {
            *bytes = b"Dear Ada, the forms are in the drawer.".repeat(200)
        }),
    ];
    for (what, damage) in breaks {
        let left = used();
        let path = left.folder().join("spooler.db");
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let words = match SpoolerProgram::try_start(&left, None) {
            Ok(_) => panic!("it starts although its database is {what}"),
            Err(words) => words,
        };
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{what}: {words}");
        assert!(words.contains("database"), "{what}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_54_a_folder_that_is_gone_stops_its_printer_until_it_is_back() {
    use formfeed_domain::form::FormType;
    use formfeed_tests::spool::{forms, header};
    use pb::job::State;
    let left = used();
    let program = SpoolerProgram::try_start(&left, None).expect("it lives");
    let client = program.client();
    let out = left.folder().join("out");
    let printer = pb::Printer {
        printer_id: "files".to_owned(),
        uri: format!("file:{}", out.display()),
        ..pb::Printer::default()
    };
    client.add_printer(printer).await.expect("a printer");
    std::fs::remove_dir_all(&out).ok();
    std::fs::write(&out, "no folder").unwrap();
    let forms = forms(FormType::Nec, 4);
    let job = client.submit(header("r1", "files", &forms), &forms).await;
    let job = job.expect("sealed all the same").name;
    let stopped = client
        .until_job(&job, "told why", |job| !job.state_reasons.is_empty())
        .await;
    assert!(
        stopped.state_reasons.iter().any(|why| why.contains("out")),
        "{stopped:?}"
    );
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "no folder");
    std::fs::remove_file(&out).unwrap();
    std::fs::create_dir(&out).unwrap();
    client.until(&job, State::Completed).await;
    let whole = std::fs::read_dir(&out).unwrap().count();
    assert_eq!(whole, 1);
    tokio::time::sleep(Duration::from_millis(50)).await;
    program.stop();
}
