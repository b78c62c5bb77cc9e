//! A printer whose ink lies wrong is measured on a test sheet and put right; test sheets are counted as alignment.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use formfeed::errors::Exit;
use formfeed_domain::alignment::MARKS;
use formfeed_proto::spooler as pb;
use formfeed_tests::command::Up;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::paper::{Page, read_escp, read_pdf, read_pdf_bytes};
use formfeed_tests::serial_printer::SerialPrinter;
use formfeed_tests::spool::Left;
use formfeed_tests::world::World;
use serde_json::Value;

const PRINT: [&str; 7] = [
    "--payer",
    "TE1",
    "--tax-year",
    "2025",
    "--form",
    "nec",
    "--wait",
];

async fn json(world: &World, line: &[&str]) -> Value {
    let (exit, out, err) = world.cli(&[&["--json"], line].concat()).await;
    assert_eq!(exit, Exit::Done, "{line:?}: {err}");
    serde_json::from_str(&out).unwrap()
}

async fn refused(world: &World, line: &[&str]) -> String {
    let (exit, out, err) = world.cli(line).await;
    assert_ne!(exit, Exit::Done, "{line:?}: {out}");
    err
}

/// Waits until a test sheet is on paper.
async fn test_sheet(world: &World, line: &[&str]) -> Value {
    let job = json(world, line).await["job"].as_str().unwrap().to_owned();
    let begin = Instant::now();
    loop {
        let shown = json(world, &["job", "show", &job]).await;
        if shown["report"] == "final" {
            return shown;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{shown}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

async fn with_file_printer(world: World) -> World {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let folder = world.folder().join("out");
    std::fs::create_dir(&folder).unwrap();
    let uri = format!("file:{}", folder.display());
    world.done(&["printer", "add", "files", &uri]).await;
    world
}

/// The newest document of the file printer.
fn newest(world: &World) -> PathBuf {
    let files = std::fs::read_dir(world.folder().join("out")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let newest = files.max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    newest.unwrap()
}

/// Prints the year's forms; again where they were printed before.
async fn print_forms(world: &World, again: bool) -> Vec<Page> {
    let again: &[&str] = match again {
        true => &["--again", "another alignment"],
        false => &[],
    };
    let line = [&["print", "--printer", "files"], &PRINT[..], again].concat();
    world.done(&line).await;
    read_pdf(&newest(world))
}

/// Every word of `now` lies where `was` says, but for what `to` does.
fn lies(was: &[Page], now: &[Page], to: impl Fn(f64, f64) -> (f64, f64)) {
    assert_eq!(was.len(), now.len());
    for (was, now) in was.iter().zip(now) {
        assert_eq!(was.words.len(), now.words.len());
        for (was, now) in was.words.iter().zip(&now.words) {
            let (left, bottom) = to(was.left, was.bottom);
            let off = (now.left - left).abs().max((now.bottom - bottom).abs());
            assert!(off < 0.15, "{was:?} -> {now:?}, not {left} {bottom}");
        }
    }
}

/// A printer that draws paper in high and a little askew, and is a little warm.
fn printer(left: f64, top: f64) -> (f64, f64) {
    (
        left * 1.003 + top * 0.001 - 4.0,
        left * -0.001 + top * 0.998 + 6.0,
    )
}

async fn put_right(world: World) {
    let world = with_file_printer(world).await;
    let was = print_forms(&world, false).await;
    let stock = ["--stock", "nec-3up"];

    let set = [
        "printer", "align", "files", "--right", "7.2", "--down", "-3.6",
    ];
    world.done(&[&set[..], &stock].concat()).await;
    let now = print_forms(&world, true).await;
    lies(&was, &now, |left, top| (left + 7.2, top - 3.6));

    // What the printer makes of the marks that it gets now is measured, and typed in millimetres.
    let readings = MARKS.map(|(left, top)| {
        let (left, top) = printer(left.points() + 7.2, top.points() - 3.6);
        let millimetres = |points: f64| format!("{:.2}mm", points * 25.4 / 72.0);
        format!("{},{}", millimetres(left), millimetres(top))
    });
    let typed: Vec<&str> = readings.iter().map(String::as_str).collect();
    let measured = [
        &["printer", "align", "files", "--reason", "new drum"],
        &stock[..],
        &["--readings"],
        &typed[..],
    ];
    world.done(&measured.concat()).await;
    let mut on_paper = print_forms(&world, true).await;
    for word in on_paper.iter_mut().flat_map(|page| &mut page.words) {
        (word.left, word.bottom) = printer(word.left, word.bottom);
    }
    lies(&was, &on_paper, |left, top| (left, top));

    let shown = json(&world, &["printer", "align", "files", "--show"]).await;
    let shown = shown.as_array().unwrap();
    assert_eq!(shown.len(), 2);
    assert_eq!(
        (&shown[0]["version"], &shown[0]["in_force"]),
        (&2.into(), &true.into())
    );
    assert_eq!(shown[0]["reason"], "new drum");
    assert_eq!(shown[1]["words"], "7.2 pt right, -3.6 pt down");

    world
        .done(&[&["printer", "align", "files", "--reset"], &stock[..]].concat())
        .await;
    lies(&was, &print_forms(&world, true).await, |left, top| {
        (left, top)
    });
}

#[tokio::test]
async fn forms_lie_right_after_three_readings_of_a_test_sheet_on_sqlite() {
    put_right(World::start().await).await;
}

#[tokio::test]
async fn forms_lie_right_after_three_readings_of_a_test_sheet_on_postgres() {
    put_right(World::on_postgres().await).await;
}

#[tokio::test]
async fn a_test_sheet_has_an_x_in_every_place_and_marks_lie_where_they_are_measured() {
    let world = with_file_printer(World::start().await).await;
    let ended = test_sheet(&world, &["printer", "align", "files", "--stock", "nec-3up"]).await;
    assert_eq!(
        (&ended["kind"], &ended["forms_printed"]),
        (&"alignment".into(), &0.into())
    );
    assert_eq!(ended["total_amount"], "0.00");
    let pages = read_pdf(&newest(&world));
    let [page] = &pages[..] else {
        panic!("{pages:?}")
    };
    assert!(
        page.words
            .iter()
            .all(|word| word.text.chars().all(|c| c == 'X'))
    );
    let in_slot = |slot: f64| {
        let (from, to) = (slot * 264.0, (slot + 1.0) * 264.0);
        let words = page.words.iter();
        words
            .filter(|word| (from..to).contains(&word.bottom))
            .count()
    };
    assert!(in_slot(0.0) > 15, "{page:?}");
    assert_eq!((in_slot(0.0), in_slot(0.0)), (in_slot(1.0), in_slot(2.0)));

    let marks = ["printer", "align", "files", "--stock", "blank", "--marks"];
    let ended = test_sheet(&world, &marks).await;
    assert_eq!(ended["kind"], "calibration");
    let pages = read_pdf(&newest(&world));
    let words: Vec<_> = pages[0]
        .words
        .iter()
        .map(|word| word.text.as_str())
        .collect();
    assert_eq!(words.iter().filter(|word| **word == "MARK").count(), 3);

    // The year's forms are none the wiser.
    let shown = json(
        &world,
        &[
            "print",
            "--printer",
            "files",
            "--payer",
            "TE1",
            "--tax-year",
            "2025",
            "--form",
            "nec",
            "--wait",
        ],
    )
    .await;
    assert_eq!(shown["report"], "final");
}

#[tokio::test]
async fn a_sheet_for_alignment_is_stock_that_is_used_up() {
    let world = with_file_printer(World::start().await).await;
    let laser = IppPrinter::start(PRINTS);
    let add = [
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
        "--sheets",
        "10",
    ];
    world.done(&add).await;
    test_sheet(&world, &["printer", "align", "laser"]).await;
    test_sheet(&world, &["printer", "align", "laser", "--marks"]).await;
    world
        .done(&[&["print", "--printer", "laser"], &PRINT[..]].concat())
        .await;
    let stock = json(&world, &["printer", "stock", "laser"]).await;
    let load = &stock["loads"][0];
    let of = |class: &str| load[class].as_i64().unwrap();
    assert_eq!(of("alignment"), 2, "{load}");
    assert_eq!(of("consumed"), of("good") + 2);
    assert_eq!(of("on_hand"), 10 - of("consumed"));
    let tokens = laser.marked();
    let document = laser.document(&tokens[0]);
    let pages = read_pdf_bytes(&document);
    assert!(pages[0].words.iter().all(|word| word.text.starts_with('X')));
}

#[tokio::test]
async fn an_impact_printer_is_shifted_by_columns_lines_and_steps() {
    let world = with_file_printer(World::start().await).await;
    let paper = SerialPrinter::start();
    let add = [
        "printer",
        "add",
        "dots",
        &paper.uri(),
        "--dialect",
        "escp",
        "--stock",
        "nec-3up",
        "--evidence",
        "sent",
    ];
    world.done(&add).await;
    let crosses = ["printer", "align", "dots"];
    test_sheet(&world, &crosses).await;
    let was = read_escp(&paper.received());
    let first = paper.received().len();

    let shift = [
        "printer",
        "align",
        "dots",
        "--columns",
        "1",
        "--lines",
        "-1",
        "--steps",
        "18",
    ];
    let told = world.done(&shift).await;
    assert!(
        told.contains("1 columns right, -1 lines and 18/216 in down"),
        "{told}"
    );
    test_sheet(&world, &crosses).await;
    let now = read_escp(&paper.received()[first..]);
    lies(&was, &now, |left, top| (left + 7.2, top - 12.0 + 6.0));

    let first = paper.received().len();
    let shift = [&shift[..], &["--dots", "6"]].concat();
    let told = world.done(&shift).await;
    assert!(told.contains("1 columns and 6/120 in right"), "{told}");
    test_sheet(&world, &crosses).await;
    let now = read_escp(&paper.received()[first..]);
    lies(&was, &now, |left, top| (left + 7.2 + 3.6, top - 12.0 + 6.0));

    let err = refused(&world, &["printer", "align", "dots", "--marks"]).await;
    assert!(err.contains("impact printer"), "{err}");
    let err = refused(
        &world,
        &["printer", "align", "dots", "--right", "1", "--down", "1"],
    )
    .await;
    assert!(err.contains("columns, lines and steps"), "{err}");
    let err = refused(
        &world,
        &[
            "printer",
            "align",
            "files",
            "--stock",
            "nec-3up",
            "--columns",
            "1",
            "--lines",
            "1",
        ],
    )
    .await;
    assert!(err.contains("page printer"), "{err}");
}

#[test]
fn test_sheets_are_printed_and_put_right_until_one_is_accepted() {
    let up = Up::start();
    let paper = SerialPrinter::start();
    let uri = paper.uri();
    let add = ["printer", "add", "dots", &uri, "--dialect", "escp"];
    let add = [&add[..], &["--stock", "misc-3up", "--evidence", "sent"]].concat();
    up.run(&add).ok();
    let repeat = ["printer", "align", "dots", "--repeat"];
    // Two columns to the right, then what nobody understands, then a dot and a line as well, then good.
    let told = up
        .run_with_input(&repeat, "2 0\nmore\n2 1 0 1\n\n")
        .ok()
        .out;
    for words in [
        "2 columns right, 0 lines",
        "\"more\" is not understood",
        "2 columns and 1/120 in right, 1 lines",
        "printers/dots: accepted",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }
    let begin = Instant::now();
    let sheets = || {
        paper
            .received()
            .iter()
            .filter(|byte| **byte == 0x0C)
            .count()
    };
    while sheets() < 4 {
        assert!(begin.elapsed() < Duration::from_secs(30), "{}", sheets());
        std::thread::sleep(Duration::from_millis(50));
    }
    let broken_off = up.run_with_input(&repeat, "");
    assert_eq!(broken_off.code, 1, "{broken_off:?}");
    up.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_align_the_first_wins_and_a_test_sheet_is_printed_once() {
    use pb::set_alignment_request::To;
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let set = |right_thousandths, version| pb::SetAlignmentRequest {
            printer: "printers/files".to_owned(),
            stock: "nec-3up".to_owned(),
            reason: "as measured".to_owned(),
            version: Some(version),
            to: Some(To::Offset(pb::Offset {
                right_thousandths,
                down_thousandths: 0,
            })),
        };
        let first = spool.alignments().set_alignment(set(1_000, 0)).await;
        assert_eq!(first.unwrap().into_inner().version, 1);
        let second = spool.alignments().set_alignment(set(9_000, 0)).await;
        assert_eq!(second.unwrap_err().code(), tonic::Code::Aborted);
        let too_far = spool.alignments().set_alignment(set(99_000, 1)).await;
        assert_eq!(too_far.unwrap_err().code(), tonic::Code::InvalidArgument);
        let list = pb::ListAlignmentsRequest {
            printer: "printers/files".to_owned(),
        };
        let found = spool.alignments().list_alignments(list).await;
        let found = found.unwrap().into_inner().alignments;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].words, "1 pt right, 0 pt down");

        let wanted = pb::PrintTestSheetRequest {
            request_id: "t1".to_owned(),
            printer: "printers/files".to_owned(),
            content: pb::print_test_sheet_request::Content::Crosses.into(),
            stock: "misc-2up".to_owned(),
        };
        let job = spool.alignments().print_test_sheet(wanted.clone()).await;
        let again = spool.alignments().print_test_sheet(wanted).await;
        let (job, again) = (job.unwrap().into_inner(), again.unwrap().into_inner());
        assert_eq!(job.name, again.name);
        spool.until(&job.name, pb::job::State::Completed).await;
        assert_eq!(spool.printed().len(), 1);
        spool.stop().await;
    }
}

#[tokio::test]
async fn readings_that_no_printer_can_have_set_nothing() {
    let world = with_file_printer(World::start().await).await;
    let align = |readings: [&'static str; 3]| {
        let line = [
            "printer",
            "align",
            "files",
            "--stock",
            "nec-3up",
            "--readings",
        ];
        [&line[..], &readings].concat()
    };
    // Top right and top left are exchanged.
    let err = refused(&world, &align(["7.5,1", "1,1", "1,10"])).await;
    assert!(err.contains("top left, top right, bottom left"), "{err}");
    let err = refused(&world, &align(["3,1", "9.5,1", "3,10"])).await;
    assert!(err.contains("more than an inch"), "{err}");
    let err = refused(&world, &["printer", "align", "files", "--reset"]).await;
    assert!(err.contains("--stock"), "{err}");
    let shown = json(&world, &["printer", "align", "files", "--show"]).await;
    assert_eq!(shown.as_array().unwrap().len(), 0);
}
