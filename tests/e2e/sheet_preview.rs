//! A sheet for the eye: what is on paper over the outline of what the paper has in print, and no TIN in full.

use std::path::Path;
use std::process::Command;

use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::{TaxYear, layout, stock};
use formfeed_proto::spooler as pb;
use formfeed_spooler::render::{drawn, outline};
use formfeed_tests::paper::{Page, read_pdf_bytes};
use formfeed_tests::spool::{Left, forms, header};
use formfeed_tests::tools::run;
use tonic::Code;

/// Share of the page's dots that are neither white nor black.
fn coloured(pdf: &[u8]) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet.pdf");
    std::fs::write(&path, pdf).unwrap();
    let dots = dots(&path);
    let is_light = |dot: &&[u8]| dot[0] > dot[1] && dot[1] < 200;
    let light = dots.chunks_exact(3).filter(is_light).count();
    let count = |dots: usize| f64::from(u32::try_from(dots).unwrap());
    count(light) / count(dots.len() / 3)
}

fn dots(path: &Path) -> Vec<u8> {
    let output = run(Command::new("pdftoppm")
        .args(["-singlefile", "-r", "72"])
        .arg(path));
    let header = output.stdout.len() - 612 * 792 * 3;
    output.stdout[header..].to_vec()
}

/// What looks like a TIN, in full or masked: nine digits or letters X, and dashes.
fn numbers(page: &Page) -> Vec<&str> {
    let words = page.words.iter().map(|word| word.text.as_str());
    let is_number = |word: &&str| {
        let digits = word.chars().filter(|c| c.is_ascii_digit() || *c == 'X');
        digits.count() == 9 && word.chars().all(|c| "0123456789X-".contains(c))
    };
    words.filter(is_number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_shown_over_its_outline_with_no_number_in_full_and_printing_goes_on() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let forms = forms(FormType::Nec, 4);
    let job = spool
        .submit(header("r1", "files", &forms), &forms)
        .await
        .unwrap();
    for (sheet, count) in [(1, 3), (2, 1)] {
        let request = pb::PreviewSheetRequest {
            job: job.name.clone(),
            sheet,
            ..pb::PreviewSheetRequest::default()
        };
        let pdf = spool.jobs().preview_sheet(request).await.unwrap();
        let pdf = pdf.into_inner().picture;
        let pages = read_pdf_bytes(&pdf);
        let [page] = pages.as_slice() else {
            panic!("one page")
        };
        let numbers = numbers(page);
        assert_eq!(numbers.len(), 2 * count, "{numbers:?}");
        assert!(numbers.iter().all(|number| number.starts_with("XX")));
        let void = page.words.iter().filter(|word| word.text == "X").count();
        assert_eq!(void, 3 - count);
        assert!(coloured(&pdf) > 0.005, "an outline");
    }
    let as_png = |dots_per_inch| pb::PreviewSheetRequest {
        job: job.name.clone(),
        sheet: 1,
        format: pb::preview_sheet_request::Format::Png.into(),
        dots_per_inch,
    };
    let png = spool.jobs().preview_sheet(as_png(0)).await.unwrap();
    let png = png.into_inner().picture;
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let extent = [png[16..20].to_vec(), png[20..24].to_vec()];
    let extent = extent.map(|side| u32::from_be_bytes(side.try_into().unwrap()));
    assert_eq!(extent, [816, 1056], "letter size at 96 dots per inch");
    let refused = spool.jobs().preview_sheet(as_png(2_000)).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for (job, sheet, code) in [
        (job.name.as_str(), 3, Code::NotFound),
        (job.name.as_str(), 0, Code::InvalidArgument),
        (
            "jobs/01900000-0000-7000-8000-000000000000",
            1,
            Code::NotFound,
        ),
    ] {
        let job = job.to_owned();
        let request = pb::PreviewSheetRequest {
            job,
            sheet,
            ..pb::PreviewSheetRequest::default()
        };
        let refused = spool.jobs().preview_sheet(request).await.unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
    }
    let job = spool.until(&job.name, pb::job::State::Completed).await;
    assert_eq!(job.report.unwrap().forms_printed, 4);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_plain_paper_the_preview_is_the_form_itself() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let forms = forms(FormType::Misc, 1);
    let header = pb::JobHeader {
        copy: pb::Copy::C.into(),
        ..header("r1", "files", &forms)
    };
    let job = spool.submit(header, &forms).await.unwrap();
    let request = pb::PreviewSheetRequest {
        job: job.name,
        sheet: 1,
        ..pb::PreviewSheetRequest::default()
    };
    let pdf = spool.jobs().preview_sheet(request).await.unwrap();
    let pages = read_pdf_bytes(&pdf.into_inner().picture);
    pages[0].word("1545-0115");
    let numbers = numbers(&pages[0]);
    let masked = numbers.iter().filter(|number| number.starts_with("XX"));
    assert_eq!(masked.count(), 2, "{numbers:?}");
    spool.stop().await;
}

#[test]
fn the_outline_has_the_rules_of_the_official_form_on_every_slot_and_frames_every_field() {
    let year = TaxYear::new(2025).unwrap();
    for (form_type, stock_name, slots) in [
        (FormType::Nec, "nec-3up", 3),
        (FormType::Misc, "misc-2up", 2),
    ] {
        let stock = stock::find(stock_name).unwrap();
        let layout = layout::find(form_type, year, Copy::A, stock).unwrap();
        let rules = &layout.outline.as_ref().unwrap().rules;
        assert!(rules.len() > 15);
        let drawing = outline::draw_preprinted(layout, Copy::A);
        let fields = layout.fields_on(Copy::A).count();
        assert!(drawing.lines.len() > slots * (rules.len() + fields));
        // The longest rules are the edges of the form's body.
        let bottom = rules.iter().map(|rule| rule.bottom).max().unwrap();
        let account = layout.field("account", Copy::A).unwrap();
        assert_eq!(bottom, account.rect.bottom());
        let form = drawn::Form {
            drawing: &drawing,
            tone: drawn::Tone::Light,
            title: "outline",
        };
        let pdf = drawn::render_sheets(form, &[&[]]).unwrap();
        assert!(coloured(&pdf) > 0.005);
    }
}
