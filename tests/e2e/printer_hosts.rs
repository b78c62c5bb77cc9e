//! Where printers may be on the network, and that nothing but the address which was found and allowed is ever connected to.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_tests::command::Up;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::raw_printer::RawPrinter;
use formfeed_tests::spool::{Left, Spool, forms, header};
use ipp::model::Operation;
use pb::job::State;
use tonic::{Code, Status};

fn laser(uri: String) -> pb::Printer {
    pb::Printer {
        printer_id: "laser".to_owned(),
        uri,
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    }
}

/// The URI of something on loopback, by name.
fn by_name(uri: &str) -> String {
    assert!(uri.contains("127.0.0.1"), "{uri}");
    uri.replace("127.0.0.1", "localhost")
}

async fn shown(spool: &Spool) -> pb::Printer {
    let request = pb::GetPrinterRequest {
        name: "printers/laser".to_owned(),
    };
    let answer = spool.printers().get_printer(request).await;
    answer.unwrap().into_inner()
}

fn address(printer: &pb::Printer) -> &str {
    let access = printer.access.as_ref();
    access.map_or("", |access| access.address.as_str())
}

async fn resolve_again(spool: &Spool) -> Result<pb::Printer, Status> {
    let request = pb::SetPrinterAccessRequest {
        name: "printers/laser".to_owned(),
        resolve_again: true,
        ..pb::SetPrinterAccessRequest::default()
    };
    let answer = spool.printers().set_printer_access(request).await;
    answer.map(tonic::Response::into_inner)
}

/// One full sheet for it.
async fn submit(spool: &Spool) -> pb::Job {
    let forms = forms(FormType::Nec, 3);
    let job = spool.submit(header("r1", "laser", &forms), &forms).await;
    job.unwrap()
}

async fn is_told(spool: &Spool, job: &pb::Job, words: &[&str]) {
    spool
        .until_job(&job.name, words[0], |job| {
            let told = job.state_reasons.join(" ");
            words.iter().all(|words| told.contains(words))
        })
        .await;
}

fn denied(refused: &Status) {
    assert_eq!(refused.code(), Code::PermissionDenied, "{refused:?}");
    let reason = reason_of(refused);
    assert_eq!(reason.as_deref(), Some("DEVICE_URI_NOT_ALLOWED"));
    let words = refused.message();
    assert!(words.contains("FORMFEED_PRINTER_HOSTS"), "{words}");
}

/// Has the database say that the printer's name once led elsewhere, or was never asked.
fn set_kept(left: &Left, address: Option<&str>) {
    let file = left.database_url().strip_prefix("sqlite:").unwrap();
    let database = rusqlite::Connection::open(file).unwrap();
    let changed = database.execute("UPDATE printer_access SET address = ?1", [address]);
    assert_eq!(changed.unwrap(), 1);
}

/// Somebody who answers every question by sending the caller elsewhere.
fn redirecting(status: u16, to: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("ipp://{}/ipp/print", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 {status} Elsewhere\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    std::thread::spawn(move || {
        for mut caller in listener.incoming().flatten() {
            let patience = Some(Duration::from_millis(100));
            caller.set_read_timeout(patience).unwrap();
            let mut question = [0; 4096];
            while caller.read(&mut question).is_ok_and(|read| read > 0) {}
            caller.write_all(answer.as_bytes()).ok();
        }
    });
    uri
}

/// An address, and how often somebody connected to it.
fn counting() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for _ in listener.incoming().flatten() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_79_a_printer_where_none_may_be_is_refused_and_gets_no_byte() {
    let spool = Left::on_sqlite().start().await;
    for uri in [
        "ipp://169.254.169.254/latest/meta-data",
        "ipp://2852039166/ipp/print",
        "ipp://0xa9fea9fe/ipp/print",
        "ipp://[::ffff:169.254.169.254]/ipp/print",
        "ipps://[fe80::1]/ipp/print",
        "ipp://[fd00:ec2::254]/latest/meta-data",
        "ipp://[fd20:ce::254]/ipp/print",
        "ipp://[64:ff9b::169.254.169.254]/ipp/print",
        "ipp://[2002:a9fe:a9fe::1]/ipp/print",
        "ipp://[::169.254.169.254]/ipp/print",
        "ipp://203.0.113.9/ipp/print",
        "ipp://0.0.0.0/ipp/print",
        "ipp://224.0.0.251/ipp/print",
    ] {
        denied(&spool.add_printer(laser(uri.to_owned())).await.unwrap_err());
    }
    let raw = pb::Printer {
        dialect: "escp".to_owned(),
        ..laser("socket://169.254.169.254:9100".to_owned())
    };
    denied(&spool.add_printer(raw).await.unwrap_err());
    spool.stop().await;

    let (there, count) = counting();
    let spool = Left::on_sqlite()
        .start_for_hosts("10.0.0.0/8,laser.example")
        .await;
    for uri in [
        format!("ipp://{there}/ipp/print"),
        by_name(&format!("ipp://{there}/ipp/print")),
        by_name(&format!("ipps://{there}/ipp/print")),
    ] {
        denied(&spool.add_printer(laser(uri)).await.unwrap_err());
    }
    let all = pb::ListPrintersRequest::default();
    let listed = spool.printers().list_printers(all).await.unwrap();
    assert!(listed.into_inner().printers.is_empty());
    assert_eq!(count.load(Ordering::SeqCst), 0, "somebody connected");
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_79_a_redirect_is_not_followed() {
    let (elsewhere, count) = counting();
    let spool = Left::on_sqlite().start().await;
    for status in [301, 302, 303, 307, 308] {
        let uri = redirecting(status, &format!("http://{elsewhere}/ipp/print"));
        let refused = spool.add_printer(laser(uri)).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("DEVICE_UNSUITABLE"));
        let words = refused.message();
        assert!(words.contains("is not followed"), "{words}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0, "a redirect was followed");
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_79_a_name_that_leads_elsewhere_by_now_gets_no_byte_until_it_is_looked_up_anew() {
    let printer = LyingPrinter::start(Lie::None).await;
    let spool = Left::on_sqlite().start().await;
    let added = spool.add_printer(laser(by_name(&printer.uri()))).await;
    assert_eq!(address(&added.unwrap()), "127.0.0.1");
    let asked = printer.asked(Operation::GetPrinterAttributes);
    let left = spool.stop().await;

    set_kept(&left, Some("127.0.0.9")); // where the name led once, and nobody is
    let spool = left.start().await;
    let job = submit(&spool).await;
    let told = ["127.0.0.9, where its name was found", "--resolve-again"];
    is_told(&spool, &job, &told).await;
    assert_eq!(printer.asked(Operation::GetPrinterAttributes), asked);
    assert_eq!(address(&shown(&spool).await), "127.0.0.9");

    let found = resolve_again(&spool).await.unwrap();
    assert_eq!(address(&found), "127.0.0.1");
    spool.until(&job.name, State::Completed).await;
    assert_eq!(printer.marked().len(), 1);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_of_an_older_version_is_looked_up_before_its_first_use() {
    let printer = RawPrinter::start();
    let spool = Left::on_sqlite().start().await;
    let raw = pb::Printer {
        dialect: "escp".to_owned(),
        evidence: pb::printer::EvidencePolicy::Sent.into(),
        ..laser(by_name(&printer.uri()))
    };
    spool.add_printer(raw).await.unwrap();
    let left = spool.stop().await;
    set_kept(&left, None);
    let spool = left.start().await;
    let job = submit(&spool).await;
    spool.until(&job.name, State::Completed).await;
    assert_eq!(address(&shown(&spool).await), "127.0.0.1");
    assert_eq!(
        printer
            .received()
            .iter()
            .filter(|it| !it.is_empty())
            .count(),
        1
    );
    let left = spool.stop().await;

    set_kept(&left, None);
    let spool = left.start_for_hosts("10.0.0.0/8").await;
    let forms = forms(FormType::Nec, 3);
    let job = spool.submit(header("r2", "laser", &forms), &forms);
    let job = job.await.unwrap();
    is_told(
        &spool,
        &job,
        &["localhost is at", "where no printer may be"],
    )
    .await;
    assert_eq!(address(&shown(&spool).await), "");
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_became_shorter_holds_for_printers_that_are_there() {
    for left in Left::on_both() {
        let printer = LyingPrinter::start(Lie::None).await;
        let spool = left.start().await;
        let added = spool.add_printer(laser(by_name(&printer.uri()))).await;
        assert_eq!(address(&added.unwrap()), "127.0.0.1");
        let asked = printer.asked(Operation::GetPrinterAttributes);
        let spool = spool.stop().await.start_for_hosts("10.0.0.0/8").await;
        let job = submit(&spool).await;
        is_told(
            &spool,
            &job,
            &["where no printer may be", "FORMFEED_PRINTER_HOSTS"],
        )
        .await;
        denied(&resolve_again(&spool).await.unwrap_err());
        assert_eq!(printer.asked(Operation::GetPrinterAttributes), asked);
        let spool = spool.stop().await.start_for_hosts("localhost").await;
        spool.until(&job.name, State::Completed).await;
        assert_eq!(printer.marked().len(), 1);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_printer_that_has_a_name_is_looked_up_anew() {
    let printer = LyingPrinter::start(Lie::None).await;
    let spool = Left::on_sqlite().start().await;
    let added = spool.add_printer(laser(printer.uri())).await.unwrap();
    assert_eq!(added.access, None);
    let refused = resolve_again(&spool).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    let left = spool.stop().await;

    let spool = left.start().await;
    let nowhere = pb::Printer {
        printer_id: "nowhere".to_owned(),
        ..laser("ipp://no-such-host.invalid/ipp/print".to_owned())
    };
    let added = spool.add_printer(nowhere).await.unwrap();
    let warned = added.warnings.join(" ");
    assert!(
        warned.contains("no-such-host.invalid cannot be found"),
        "{warned}"
    );
    let request = pb::SetPrinterAccessRequest {
        name: "printers/nowhere".to_owned(),
        resolve_again: true,
        ..pb::SetPrinterAccessRequest::default()
    };
    let refused = spool
        .printers()
        .set_printer_access(request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert_eq!(reason_of(&refused).as_deref(), Some("DEVICE_HOST_UNKNOWN"));
    spool.stop().await;
}

#[test]
fn the_command_line_tells_where_a_printer_is_and_looks_it_up_anew() {
    let up = Up::start_in(&[("FORMFEED_PRINTER_HOSTS", "private, 203.0.113.9")]);
    let refused = up.run(&["printer", "add", "laser", "ipp://203.0.113.8/ipp/print"]);
    assert_ne!(refused.code, 0);
    let told = "allowed: private,203.0.113.9 (FORMFEED_PRINTER_HOSTS)";
    assert!(refused.err.contains(told), "{}", refused.err);
    let port = formfeed_tests::ipp_printer::free_port();
    let uri = format!("ipp://localhost:{port}/ipp/print");
    let added = up.run(&["printer", "add", "laser", &uri]).ok();
    let reached = "where its name was found";
    assert!(added.out.contains(reached), "{}", added.out);
    let again = up
        .run(&["printer", "access", "laser", "--resolve-again"])
        .ok();
    assert!(again.out.contains(reached), "{}", again.out);
    let trail = up
        .run(&["--json", "audit", "list", "--action", "printer.access"])
        .ok();
    let entry = &trail.json()[0];
    let kept = entry["details"]["address"].as_str().unwrap();
    assert!(["127.0.0.1", "::1"].contains(&kept), "{entry}");
    let refused = formfeed_tests::command::formfeed(&["up", "--printer-hosts", "http://laser/"]);
    assert_eq!(refused.code, 2, "{}", refused.err);
}
