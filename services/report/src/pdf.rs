//! Pages → PDF 1.7, with the two fonts embedded.
//!
//! The same pages always give the same bytes: no dates, no random ids, no metadata.

use formfeed_domain::points::Points;
use lopdf::{Object, dictionary};
use printpdf::{
    Color, FontId, Line, LinePoint, Mm, Op, PdfDocument, PdfFont, PdfFontHandle, PdfPage,
    PdfSaveOptions, Point, Pt, Rgb, TextItem, TextMatrix,
};

use crate::Document;
use crate::face::Face;
use crate::page::{self, Page, Rule};

/// How thick a rule is.
const RULE_POINTS: f32 = 0.5;

/// Why a report does not become a PDF: a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("the report does not become a PDF: {0}")]
pub struct PdfError(String);

/// The document as letter-size pages.
///
/// # Errors
/// [`PdfError`] when the library fails.
pub fn render_pdf(document: &Document) -> Result<Vec<u8>, PdfError> {
    let (width, height) = page::size(document.orientation);
    let pages = page::pages(document);
    write(&pages, (width, height), None)
}

/// The pages as a file. A title makes it a document for reading: the title is shown, and the language told.
pub(crate) fn write(
    pages: &[Page],
    (width, height): (Points, Points),
    title: Option<&str>,
) -> Result<Vec<u8>, PdfError> {
    let pages = pages.iter().map(|page| printed(page, width, height));
    let mut pdf = PdfDocument::new("");
    for face in Face::OF_REPORTS {
        let font = PdfFont::new(face.font().clone());
        pdf.resources.fonts.map.insert(id(face), font);
    }
    pdf.with_pages(pages.collect());
    let mut warnings = Vec::new();
    let mut file = pdf.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    if !warnings.is_empty() {
        return Err(PdfError(format!("{warnings:?}")));
    }
    file.version = "1.7".to_owned();
    file.trailer.remove(b"ID");
    file.trailer.remove(b"Info");
    if let Some(title) = title {
        entitle(&mut file, title)?;
    }
    file.prune_objects();
    file.renumber_objects();
    let mut bytes = Vec::new();
    let saved = file.save_to(&mut bytes);
    saved.map_err(|error| PdfError(error.to_string()))?;
    Ok(bytes)
}

fn entitle(file: &mut lopdf::Document, title: &str) -> Result<(), PdfError> {
    let title = lopdf::text_string(title);
    let info = file.add_object(dictionary! { "Title" => title });
    file.trailer.set("Info", info);
    let catalog = file.catalog_mut();
    let catalog = catalog.map_err(|error| PdfError(error.to_string()))?;
    catalog.set("Lang", Object::string_literal("en-US"));
    let shown = dictionary! { "DisplayDocTitle" => true };
    catalog.set("ViewerPreferences", shown);
    Ok(())
}

fn printed(page: &Page, width: Points, height: Points) -> PdfPage {
    let mut ops = Vec::with_capacity(2 * page.texts.len() + page.rules.len() + 8);
    let black = Color::Rgb(Rgb::new(0.0, 0.0, 0.0, None));
    ops.push(Op::SetOutlineColor { col: black });
    ops.push(Op::SetOutlineThickness {
        pt: Pt(RULE_POINTS),
    });
    ops.extend(page.rules.iter().map(|rule| drawn(rule, height)));
    ops.push(Op::StartTextSection);
    let mut font = None;
    for placed in &page.texts {
        let wanted = (placed.face, placed.size);
        if font.replace(wanted) != Some(wanted) {
            ops.push(Op::SetFont {
                font: PdfFontHandle::External(id(placed.face)),
                size: pt(placed.size),
            });
        }
        ops.push(Op::SetTextMatrix {
            matrix: TextMatrix::Translate(pt(placed.left), pt(height - placed.baseline)),
        });
        ops.push(Op::ShowText {
            items: vec![TextItem::Text(placed.text.clone())],
        });
    }
    ops.push(Op::EndTextSection);
    let mut printed = PdfPage::new(Mm(1.0), Mm(1.0), ops);
    for edge in [
        &mut printed.media_box,
        &mut printed.trim_box,
        &mut printed.crop_box,
    ] {
        edge.width = pt(width);
        edge.height = pt(height);
    }
    printed
}

fn drawn(rule: &Rule, height: Points) -> Op {
    let point = |x: Points| LinePoint {
        p: Point {
            x: pt(x),
            y: pt(height - rule.top),
        },
        bezier: false,
    };
    Op::DrawLine {
        line: Line {
            points: vec![point(rule.left), point(rule.right)],
            is_closed: false,
        },
    }
}

fn id(face: Face) -> FontId {
    FontId(face.name().to_owned())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a position on a page has at most six digits"
)]
fn pt(length: Points) -> Pt {
    Pt(length.points() as f32)
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};
    use formfeed_domain::TaxYear;

    use super::*;
    use crate::Table;

    fn document() -> Document {
        let time = Utc.with_ymd_and_hms(2026, 1, 12, 9, 30, 0).unwrap();
        let year = TaxYear::new(2025).unwrap();
        let mut document =
            Document::new("1099 edit report", "TE1 Łódź Works", year, time).landscape();
        let mut table = Table::new(["recipient", ">taxable"]);
        table.row(["V000001", "-0.05"]);
        table.total(["1 row", "-0.05"]);
        document.table(table);
        document
    }

    #[test]
    fn the_same_report_always_gives_the_same_bytes_and_nothing_but_the_report() {
        let bytes = render_pdf(&document()).unwrap();
        assert_eq!(bytes, render_pdf(&document()).unwrap());
        assert!(bytes.starts_with(b"%PDF-1.7\n"));
        let text = String::from_utf8_lossy(&bytes);
        for telltale in ["/Info", "/ID", "Date", "Author", "printpdf"] {
            assert!(!text.contains(telltale), "{telltale}");
        }
    }

    #[test]
    fn pages_are_of_letter_size_with_both_fonts_in_the_file() {
        let bytes = render_pdf(&document()).unwrap();
        let file = lopdf::Document::load_mem(&bytes).unwrap();
        let page = file
            .get_dictionary(file.page_iter().next().unwrap())
            .unwrap();
        let media = page.get(b"MediaBox").unwrap().as_array().unwrap();
        let media: Vec<_> = media.iter().map(|side| side.as_float().unwrap()).collect();
        assert_eq!(media, [0.0, 0.0, 792.0, 612.0]);
        let programs = file
            .objects
            .values()
            .filter_map(|object| object.as_dict().ok());
        assert_eq!(programs.filter(|dict| dict.has(b"FontFile2")).count(), 2);
    }
}
