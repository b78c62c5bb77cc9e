//! Printers that ask who comes, and printers that could never print: known before a byte of a document leaves.

use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_tests::command::Up;
use formfeed_tests::guarded_printer::{Asks, GuardedPrinter, PASSWORD, USER};
use formfeed_tests::ipp_printer::{PRINTS, free_port};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Left, Spool, forms, header};
use ipp::model::Operation;
use pb::job::State;

fn laser(uri: String) -> pb::Printer {
    pb::Printer {
        printer_id: "laser".to_owned(),
        uri,
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    }
}

fn login(password: &str, in_clear: bool) -> pb::PrinterAccess {
    pb::PrinterAccess {
        user: Some(USER.to_owned()),
        password: password.to_owned(),
        password_in_clear: in_clear,
        ..pb::PrinterAccess::default()
    }
}

async fn set(spool: &Spool, access: pb::PrinterAccess) -> pb::Printer {
    let request = pb::SetPrinterAccessRequest {
        name: "printers/laser".to_owned(),
        access: Some(access),
        resolve_again: false,
    };
    let answer = spool.printers().set_printer_access(request).await;
    answer.unwrap().into_inner()
}

/// One full sheet for it.
async fn submit(spool: &Spool) -> pb::Job {
    let forms = forms(FormType::Nec, 3);
    let job = spool.submit(header("r1", "laser", &forms), &forms).await;
    job.unwrap()
}

/// The job is told, in these words, before anything was tried.
async fn is_told(spool: &Spool, job: &pb::Job, words: &str) {
    spool
        .until_job(&job.name, words, |job| {
            job.state_reasons.iter().any(|it| it.contains(words))
        })
        .await;
    let sheets = spool.sheets(&job.name).await;
    assert!(sheets.iter().all(|sheet| sheet.attempts.is_empty()));
}

/// Adds the printer of a door, whoever we are; nothing is printed before the right password is given, then once.
async fn is_let_in(left: Left, asks: Asks, in_clear: bool) {
    let printer = GuardedPrinter::start(PRINTS, asks);
    let spool = left.start().await;
    let added = spool.add_printer(laser(printer.uri())).await.unwrap();
    let warned = added.warnings.join(" ");
    assert!(warned.contains("asks for a user and password"), "{warned}");
    let job = submit(&spool).await;
    is_told(&spool, &job, "asks for a user and password").await;
    let shown = set(&spool, login("wrong", in_clear)).await;
    assert!(!format!("{:?}", shown.access).contains("wrong"));
    is_told(&spool, &job, "does not take the user and password").await;
    assert!(printer.printer().marked().is_empty());

    let shown = set(&spool, login(PASSWORD, in_clear)).await.access.unwrap();
    assert_eq!(shown.user.as_deref(), Some(USER));
    assert_eq!(shown.password, "");
    let done = spool.until(&job.name, State::Completed).await;
    assert_eq!(done.report.unwrap().forms_printed, 3);
    assert_eq!(printer.printer().marked().len(), 1);
    assert_eq!(spool.sheets(&job.name).await[0].attempts.len(), 1);

    let left = spool.stop().await;
    let kept = bytes_below(left.config().data_dir.as_path());
    let password = PASSWORD.as_bytes();
    assert!(
        !kept.windows(password.len()).any(|it| it == password),
        "the password lies there in clear"
    );
}

fn bytes_below(folder: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.path().is_dir() {
            true => bytes.extend(bytes_below(&entry.path())),
            false => bytes.extend(std::fs::read(entry.path()).unwrap()),
        }
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_asks_for_a_digest_gets_it_before_the_document() {
    is_let_in(Left::on_sqlite(), Asks::DigestMd5, false).await;
    is_let_in(Left::on_postgres(), Asks::DigestSha256, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_goes_in_clear_only_where_somebody_said_so() {
    let printer = GuardedPrinter::start(PRINTS, Asks::Basic);
    let spool = Left::on_sqlite().start().await;
    let asked = pb::Printer {
        access: Some(login(PASSWORD, false)),
        ..laser(printer.uri())
    };
    spool.add_printer(asked).await.unwrap();
    let job = submit(&spool).await;
    is_told(&spool, &job, "in clear").await;
    assert!(printer.printer().marked().is_empty());
    set(&spool, login(PASSWORD, true)).await;
    spool.until(&job.name, State::Completed).await;
    assert_eq!(printer.printer().marked().len(), 1);
    let nobody = pb::PrinterAccess {
        user: Some(String::new()),
        ..pb::PrinterAccess::default()
    };
    let left = set(&spool, nobody).await.access.unwrap();
    assert_eq!((left.user, left.address.as_str()), (None, "127.0.0.1"));
    spool.stop().await;
    is_let_in(Left::on_sqlite(), Asks::Basic, true).await;
}

/// The fingerprint that a refusal names.
fn fingerprint_in(words: &str) -> String {
    let after = words.split("SHA-256 is ").nth(1).expect(words);
    after.chars().take(64).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn over_tls_to_a_certificate_it_is_known_by_the_password_goes_at_once() {
    let printer = GuardedPrinter::start(PRINTS, Asks::BasicOverTls);
    let spool = Left::on_sqlite().start().await;
    let asked = pb::Printer {
        access: Some(login(PASSWORD, false)),
        ..laser(printer.uri())
    };
    let added = spool.add_printer(asked).await.unwrap();
    let warned = added.warnings.join(" ");
    assert!(warned.contains("not trusted here"), "{warned}");
    let job = submit(&spool).await;
    is_told(&spool, &job, "not trusted here").await;
    let pinned = pb::PrinterAccess {
        certificate_sha256: Some(fingerprint_in(&warned)),
        ..pb::PrinterAccess::default()
    };
    let shown = set(&spool, pinned).await.access.unwrap();
    assert_eq!(shown.user.as_deref(), Some(USER), "what is not named stays");
    spool.until(&job.name, State::Completed).await;
    assert_eq!(printer.printer().marked().len(), 1);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_asks_only_after_the_document_is_in_doubt_and_gets_it_no_second_time() {
    let printer = LyingPrinter::start(Lie::AsksWho(Operation::SendDocument)).await;
    let spool = Left::on_sqlite().start().await;
    let asked = pb::Printer {
        access: Some(login(PASSWORD, true)),
        ..laser(printer.uri())
    };
    spool.add_printer(asked).await.unwrap();
    let job = submit(&spool).await;
    let job = spool.until(&job.name, State::NeedsDecision).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(printer.asked(Operation::SendDocument), 1);
    let attempt = &spool.sheets(&job.name).await[0].attempts[0];
    assert!(
        attempt.decision_reason.contains("only after"),
        "{}",
        attempt.decision_reason
    );
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_takes_no_pdf_is_refused_and_one_that_is_silent_added_with_a_warning() {
    let raster = LyingPrinter::start(Lie::RasterOnly).await;
    let spool = Left::on_sqlite().start().await;
    let refused = spool.add_printer(laser(raster.uri())).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
    assert_eq!(reason_of(&refused).as_deref(), Some("DEVICE_UNSUITABLE"));
    let words = refused.message();
    assert!(words.contains("image/pwg-raster"), "{words}");
    assert!(words.contains("application/pdf"), "{words}");
    assert!(
        spool
            .printers()
            .get_printer(pb::GetPrinterRequest {
                name: "printers/laser".to_owned(),
            })
            .await
            .is_err()
    );

    let off = format!("ipp://127.0.0.1:{}/ipp/print", free_port());
    let silent = LyingPrinter::start(Lie::Hangs(Operation::GetPrinterAttributes)).await;
    for (printer, uri) in [("off", off), ("silent", silent.uri())] {
        let printer = pb::Printer {
            printer_id: printer.to_owned(),
            ..laser(uri)
        };
        let added = spool.add_printer(printer).await.unwrap();
        let warned = added.warnings.join(" ");
        assert!(warned.contains("could not be asked"), "{warned}");
    }
    raster.now(Lie::None);
    let added = spool.add_printer(laser(raster.uri())).await.unwrap();
    assert!(added.warnings.is_empty(), "{:?}", added.warnings);
    raster.now(Lie::RasterOnly);
    let job = submit(&spool).await;
    is_told(&spool, &job, "it takes image/pwg-raster").await;
    assert_eq!(raster.asked(Operation::CreateJob), 0);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_of_a_printers_access_is_refused_field_by_field() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let change = |access: Option<pb::PrinterAccess>| {
        let request = pb::SetPrinterAccessRequest {
            name: "printers/files".to_owned(),
            access,
            resolve_again: false,
        };
        let mut printers = spool.printers();
        async move { printers.set_printer_access(request).await.unwrap_err() }
    };
    let both = pb::PrinterAccess {
        certificate_sha256: Some("00".repeat(32)),
        ..login(PASSWORD, false)
    };
    for access in [Some(both), None] {
        let refused = change(access).await;
        assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{refused:?}");
        assert!(!format!("{refused:?}").contains(PASSWORD));
    }
    spool.stop().await;
}

#[test]
fn the_command_line_takes_a_password_from_its_input_and_never_shows_it() {
    let up = Up::start();
    let uri = format!("ipp://127.0.0.1:{}/ipp/print", free_port());
    let refused = up.run(&[
        "printer",
        "add",
        "laser",
        &uri,
        "--user",
        USER,
        "--password",
        PASSWORD,
    ]);
    assert_ne!(refused.code, 0, "not in argv");
    let added = up.run_with_input(
        &[
            "printer",
            "add",
            "laser",
            &uri,
            "--user",
            USER,
            "--password",
            "-",
        ],
        &format!("{PASSWORD}\n"),
    );
    let added = added.ok();
    assert!(added.out.contains("could not be asked"), "{}", added.out);
    let pin = "ab".repeat(32);
    let wrong = up.run(&["printer", "access", "laser", "--certificate-sha256", &pin]);
    assert_eq!(wrong.code, 3, "not an ipps: printer: {}", wrong.err);
    let shown = up.run(&["printer", "show", "laser"]).ok();
    assert!(shown.out.contains("as user office"), "{}", shown.out);
    let listed = up.run(&["printer", "list", "--json"]).ok();
    for ran in [&added, &shown, &listed, &refused] {
        let told = format!("{}{}", ran.out, ran.err);
        assert!(!told.contains(PASSWORD), "{told}");
    }
    let nobody = up.run(&["printer", "access", "laser", "--no-user"]).ok();
    assert!(!nobody.out.contains("as user"), "{}", nobody.out);
}
