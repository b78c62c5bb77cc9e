//! One job on a laser printer over IPP, on impact printers of every dialect and at every kind of port, and into a folder: the
//! same count on each.

use formfeed_spooler::render::DialectName;
use formfeed_tests::command::Up;
use formfeed_tests::impact_decoder::{decode, family};
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::paper::{Page, read_escp, read_pdf, read_pdf_bytes};
use formfeed_tests::parallel_port::ParallelPort;
use formfeed_tests::raw_printer::RawPrinter;
use formfeed_tests::serial_printer::SerialPrinter;
use serde_json::Value;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
const PRINT: [&str; 8] = [
    "--json",
    "print",
    "--payer",
    "TE1",
    "--tax-year",
    "2025",
    "--form",
    "nec",
];

#[test]
fn every_device_ends_with_the_same_quantity_and_total() {
    let up = Up::start();
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let (laser, serial) = (IppPrinter::start(PRINTS), SerialPrinter::start());
    let (parallel, other_parallel) = (ParallelPort::start(), ParallelPort::start());
    let (socket, other_socket) = (RawPrinter::start(), RawPrinter::start());
    let impact = [
        ("escp", serial.uri()),
        ("escp2", parallel.uri()),
        ("ibm-proprinter", socket.uri()),
        ("oki-microline", other_parallel.uri()),
        ("line", other_socket.uri()),
    ];
    let folder = up.folder.path().join("prints");
    let uri = format!("file:{}", folder.display());
    up.run(&[
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
        "--sheets",
        "100",
    ])
    .ok();
    for (dialect, uri) in &impact {
        let add = ["printer", "add", dialect, uri, "--dialect", dialect];
        up.run(&[&add[..], &["--stock", "nec-3up"]].concat()).ok();
    }
    up.run(&["printer", "add", "folder", &uri]).ok();

    let by_ipp = up
        .run(&[&PRINT[..], &["--printer", "laser", "--wait"]].concat())
        .ok()
        .json();
    let by_file = up
        .run(
            &[
                &PRINT[..],
                &["--printer", "folder", "--again", "a copy for us", "--wait"],
            ]
            .concat(),
        )
        .ok()
        .json();
    let by_impact = impact.map(|(dialect, _)| printed_and_confirmed(&up, dialect));

    let sheets = by_ipp["sheets_printed"].as_i64().unwrap();
    assert!(sheets > 1, "{by_ipp}");
    for job in [&by_ipp, &by_file].into_iter().chain(&by_impact) {
        assert_eq!(
            (&job["state"], &job["report"]),
            (&"completed".into(), &"final".into()),
            "{job}"
        );
        for count in [
            "forms_printed",
            "forms_void",
            "sheets_printed",
            "total_amount",
            "federal_tax_withheld",
        ] {
            assert_eq!(job[count], by_ipp[count], "{count} of {job}");
        }
    }
    let forms = by_ipp["forms_printed"].as_i64().unwrap() + by_ipp["forms_void"].as_i64().unwrap();
    assert_eq!(forms, 3 * sheets);
    let shown = up
        .run(&["--json", "job", "show", by_ipp["job"].as_str().unwrap()])
        .ok()
        .json();
    assert_eq!(shown["total_amount"], by_ipp["total_amount"]);

    // What lies on paper: the same words from each, as readers of their own find them.
    let on_paper: Vec<Page> = laser
        .marked()
        .iter()
        .flat_map(|token| read_pdf_bytes(&laser.document(token)))
        .collect();
    let file = std::fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .next()
        .unwrap();
    assert_eq!(words(&on_paper), words(&read_pdf(&file.path())));
    assert_eq!(words(&on_paper), words(&read_escp(&serial.received())));
    let received = [
        serial.received(),
        parallel.received(),
        socket.stream(),
        other_parallel.received(),
        other_socket.stream(),
    ];
    for (dialect, stream) in DialectName::ALL.iter().zip(&received) {
        let pages = decode(family(dialect.as_str()), stream).unwrap();
        assert_eq!(words(&on_paper), words(&pages), "{dialect}");
    }
    assert_eq!(i64::try_from(on_paper.len()).unwrap(), sheets);
}

/// Impact printers with IRS stock want the operator's word: sheet after sheet goes out, then a person confirms them.
fn printed_and_confirmed(up: &Up, printer: &str) -> Value {
    let queued = up
        .run(
            &[
                &PRINT[..],
                &["--printer", printer, "--again", "on an impact printer"],
            ]
            .concat(),
        )
        .ok()
        .json();
    let job = queued["job"].as_str().unwrap();
    for _ in 0..600 {
        let shown = up.run(&["--json", "job", "show", job, "--sheets"]).json();
        let sheets = shown["sheets"].as_array().unwrap();
        if sheets
            .iter()
            .all(|sheet| sheet["state"] == "awaiting-confirmation")
        {
            let range = format!("1-{}", shown["sheets_in_job"]);
            up.run(&["job", "confirm", job, "--sheets", &range]).ok();
            return up.run(&["--json", "job", "show", job]).ok().json();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!(
        "never awaits confirmation: {:?}",
        up.run(&["job", "show", job, "--sheets"])
    );
}

/// The words of each page, in an order of their own.
fn words(pages: &[Page]) -> Vec<Vec<&str>> {
    pages
        .iter()
        .map(|page| {
            let mut words: Vec<_> = page.words.iter().map(|word| word.text.as_str()).collect();
            words.sort_unstable();
            words
        })
        .collect()
}
