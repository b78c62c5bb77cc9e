//! The sheet itself, read back by programs that know nothing of us: every word in its field, no ink beside one.

use std::path::PathBuf;

use formfeed_domain::TaxYear;
use formfeed_domain::layout::{self, TransmittalLayout};
use formfeed_domain::stock;
use formfeed_tests::command::Up;
use formfeed_tests::paper::{Page, read_escp, read_pdf};
use formfeed_tests::serial_printer::SerialPrinter;
use formfeed_tests::world::World;
use serde_json::Value;

use super::{done, print, ready};
use crate::geometry::Picture;

/// What rendering may smear over an edge, in points.
const SMEAR: f64 = 0.75;

fn layout_2025() -> &'static TransmittalLayout {
    let stock = stock::find("1096-1up").unwrap();
    layout::find_transmittal(TaxYear::new(2025).unwrap(), stock).unwrap()
}

/// Left, top, right and bottom of a field, in points.
fn rectangle(name: &str) -> [f64; 4] {
    let rect = layout_2025().field(name).unwrap().rect;
    [
        rect.left.points(),
        rect.top.points(),
        rect.right().points(),
        rect.bottom().points(),
    ]
}

/// The words inside a field, from left to right.
fn words_in(page: &Page, name: &str) -> String {
    let [left, top, right, bottom] = rectangle(name);
    let mut found: Vec<_> = page
        .words
        .iter()
        .filter(|word| {
            (left..=right).contains(&((word.left + word.right) / 2.0))
                && (top..=bottom).contains(&((word.top + word.bottom) / 2.0))
        })
        .collect();
    found.sort_by(|one, two| one.left.total_cmp(&two.left));
    for word in &found {
        assert!(
            word.left >= left - SMEAR && word.right <= right + SMEAR,
            "{name}: {word:?} reaches over an edge"
        );
    }
    let words: Vec<_> = found.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

/// What stands on the sheet of payer P7, field by field; everything else is blank.
fn expected(form: &'static str) -> Vec<(&'static str, String)> {
    let (total, withheld) = super::history::expected(form, 7);
    let text = |text: &str| text.to_owned();
    vec![
        ("filer_name", text("Quay Works 7 Inc")),
        ("street", text("407 Quay Street")),
        ("city", text("Portland, ME 04107")),
        ("contact", text("Ines Calloway")),
        ("phone", text("207-555-0107")),
        ("email", text("ap7@quay.example")),
        ("fax", text("207-555-0207")),
        ("ein", text("12-3456787")),
        ("forms", text("7")),
        ("federal_withheld", withheld),
        ("total", total),
        (
            if form == "nec" {
                "form_nec"
            } else {
                "form_misc"
            },
            text("X"),
        ),
    ]
}

fn assert_says(page: &Page, form: &'static str) {
    let expected = expected(form);
    for field in &layout_2025().fields {
        let wanted = expected.iter().find(|(name, _)| *name == field.name);
        let wanted = wanted.map_or("", |(_, text)| text.as_str());
        assert_eq!(words_in(page, &field.name), wanted, "{}", field.name);
    }
    let words: usize = expected
        .iter()
        .map(|(_, text)| text.split(' ').count())
        .sum();
    assert_eq!(page.words.len(), words, "{:?}", page.words);
}

/// No dot outside the fields.
fn assert_ink_inside(path: &std::path::Path) {
    let fields: Vec<_> = layout_2025()
        .fields
        .iter()
        .map(|field| rectangle(&field.name))
        .collect();
    let mut dots = 0;
    for (across, down) in Picture::render(path).ink() {
        dots += 1;
        let inside = fields.iter().any(|[left, top, right, bottom]| {
            across >= left - SMEAR
                && across <= right + SMEAR
                && down >= top - SMEAR
                && down <= bottom + SMEAR
        });
        assert!(inside, "ink at {across:.1}, {down:.1}");
    }
    assert!(dots > 1_000, "{dots} dots");
}

/// The file that a job of the file printer left.
fn file_of(world: &World, job: &Value) -> PathBuf {
    let id = job["job"].as_str().unwrap().trim_start_matches("jobs/");
    let found = std::fs::read_dir(world.folder().join("printed")).unwrap();
    found
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.to_string_lossy().contains(id))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_word_of_a_laser_sheet_is_in_its_field_and_no_ink_beside_one() {
    let world = ready(World::start().await).await;
    for form in ["nec", "misc"] {
        print(&world, ("P7", form), &[]).await;
        let to_file = ["--printer", "file", "--wait"];
        let printed = done(&world, "transmittal", ("P7", form), &to_file).await;
        let path = file_of(&world, &printed["printed_by"]);
        let pages = read_pdf(&path);
        assert_eq!(pages.len(), 1);
        assert_says(&pages[0], form);
        assert_ink_inside(&path);

        let job = printed["printed_by"]["job"].as_str().unwrap();
        let out = world.folder().join(format!("{form}.png"));
        let preview = [
            "job", "preview", job, "--sheet", "1", "--format", "png", "--out",
        ];
        world
            .done(&[&preview[..], &[out.to_str().unwrap()]].concat())
            .await;
        assert!(std::fs::metadata(out).unwrap().len() > 1_000);
    }
}

#[test]
fn an_impact_printer_prints_the_same_sheet_and_a_person_confirms_it() {
    let up = Up::start();
    let extract = up.folder.path().join("extract");
    std::fs::create_dir(&extract).unwrap();
    super::history::write(&extract);
    up.run(&["import", extract.to_str().unwrap()]).ok();
    up.run(&["calculate", "--payer", "P7", "--tax-year", "2025"])
        .ok();
    let uri = format!("file:{}", up.folder.path().join("prints").display());
    up.run(&["printer", "add", "folder", &uri]).ok();
    let impact = SerialPrinter::start();
    let matrix = ["--dialect", "escp", "--stock", "1096-1up"];
    up.run(&[&["printer", "add", "matrix", &impact.uri()], &matrix[..]].concat())
        .ok();
    let of = ["--payer", "P7", "--tax-year", "2025", "--form", "nec"];
    up.run(&[&["print"], &of[..], &["--printer", "folder", "--wait"]].concat())
        .ok();
    let printed = up.run(
        &[
            &["--json", "transmittal"],
            &of[..],
            &["--printer", "matrix", "--wait"],
        ]
        .concat(),
    );
    assert_eq!(printed.code, 1, "{printed:?}");
    let job = printed.json()["printed_by"].clone();
    assert_eq!(job["state"], "awaiting-confirmation", "{printed:?}");
    assert!(printed.err.contains("job confirm"), "{printed:?}");
    let confirm = ["--json", "job", "confirm", job["job"].as_str().unwrap()];
    let confirmed = up.run(&[&confirm[..], &["--sheets", "1-1"]].concat()).ok();
    assert_eq!(confirmed.json()["state"], "completed");
    assert_says(&read_escp(&impact.received())[0], "nec");
}
