//! Sheets as PDF 1.7 for page printers and for files.
//!
//! Text is set in the standard Courier, whose characters are all 0.6 em wide, so that a pitch in
//! characters per inch is a font size. printpdf declares WinAnsiEncoding for it; without that an
//! apostrophe would come out as a quotation mark.
//!
//! The same sheets always give the same bytes: no dates, no random ids, no metadata.

use formfeed_domain::placement::PlacedText;
use printpdf::{
    BuiltinFont, Mm, Op, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem,
    TextMatrix,
};

use super::{RenderError, SHEET_HEIGHT, SHEET_WIDTH, check};

/// Renders one PDF with a page per sheet, in order.
///
/// Each page is translated by itself and keeps only its finished content, so memory grows by a
/// few kilobytes per sheet.
///
/// # Errors
/// The first text that must not be printed, or no sheet at all.
pub fn render_sheets<'a>(
    sheets: impl IntoIterator<Item = &'a [PlacedText]>,
) -> Result<Vec<u8>, RenderError> {
    let mut sheets = sheets.into_iter();
    let mut document = one_page(sheets.next().ok_or(RenderError::NoSheets)?)?;
    let pages_id = document
        .catalog()
        .and_then(|catalog| catalog.get(b"Pages"))
        .and_then(|pages| pages.as_reference())
        .map_err(failed)?;
    let mut page_ids: Vec<_> = document.page_iter().collect();
    let first = document
        .get_dictionary(page_ids[0])
        .map_err(failed)?
        .clone();
    for sheet in sheets {
        let single = one_page(sheet)?;
        let content_id = single
            .page_iter()
            .next()
            .and_then(|page| single.get_page_contents(page).first().copied())
            .ok_or_else(|| RenderError::Pdf("a page came out without content".to_owned()))?;
        let content = single.get_object(content_id).map_err(failed)?.clone();
        let mut page = first.clone();
        page.set("Contents", document.add_object(content));
        page_ids.push(document.add_object(page));
    }
    let count = i64::try_from(page_ids.len()).map_err(failed)?;
    let kids: Vec<_> = page_ids.into_iter().map(Into::into).collect();
    let pages = document
        .get_object_mut(pages_id)
        .and_then(|pages| pages.as_dict_mut())
        .map_err(failed)?;
    pages.set("Count", count);
    pages.set("Kids", kids);
    document.version = "1.7".to_owned();
    document.trailer.remove(b"ID");
    document.trailer.remove(b"Info");
    document.prune_objects();
    document.renumber_objects();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// One sheet as a document of its own, in the library's object model.
fn one_page(sheet: &[PlacedText]) -> Result<lopdf::Document, RenderError> {
    let mut ops = Vec::with_capacity(3 * sheet.len() + 3);
    ops.push(Op::StartTextSection);
    let mut size = Pt(12.0);
    ops.push(font(size));
    for placed in sheet {
        check(placed)?;
        let wanted = Pt(points(placed.pitch.courier_size()));
        if wanted != size {
            size = wanted;
            ops.push(font(size));
        }
        let bottom_up = SHEET_HEIGHT - placed.baseline;
        ops.push(Op::SetTextMatrix {
            matrix: TextMatrix::Translate(Pt(points(placed.left)), Pt(points(bottom_up))),
        });
        ops.push(Op::ShowText {
            items: vec![TextItem::Text(placed.text.clone())],
        });
    }
    ops.push(Op::EndTextSection);
    let mut page = PdfPage::new(Mm(1.0), Mm(1.0), ops);
    for edge in [&mut page.media_box, &mut page.trim_box, &mut page.crop_box] {
        edge.width = Pt(points(SHEET_WIDTH));
        edge.height = Pt(points(SHEET_HEIGHT));
    }
    let mut document = PdfDocument::new("");
    document.with_pages(vec![page]);
    let options = PdfSaveOptions {
        optimize: false,
        ..PdfSaveOptions::default()
    };
    let mut warnings = Vec::new();
    let rendered = document.to_lopdf_document(&options, &mut warnings);
    match warnings.is_empty() {
        true => Ok(rendered),
        false => Err(RenderError::Pdf(format!("{} warnings", warnings.len()))),
    }
}

fn font(size: Pt) -> Op {
    Op::SetFont {
        font: PdfFontHandle::Builtin(BuiltinFont::Courier),
        size,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a position on a sheet has at most six digits"
)]
pub(super) fn points(length: formfeed_domain::points::Points) -> f32 {
    length.points() as f32
}

pub(super) fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Pdf(error.to_string())
}

#[cfg(test)]
mod tests {
    use formfeed_domain::placement::Pitch;

    use super::super::testing::{at, pitched};
    use super::*;

    #[test]
    fn the_same_sheets_always_give_the_same_bytes() {
        let sheets = [
            vec![at(3, 8, "X"), at(9, 40, "1234.56")],
            vec![at(1, 1, "Y")],
        ];
        let render = || render_sheets(sheets.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(render(), render());
        assert!(render().starts_with(b"%PDF-1.7\n"));
    }

    #[test]
    fn nothing_but_the_text_is_in_the_file() {
        let bytes = render_sheets([[at(3, 8, "X")].as_slice()]).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for telltale in ["/Info", "/ID", "Date", "Author", "printpdf"] {
            assert!(!text.contains(telltale), "{telltale} in {text}");
        }
    }

    #[test]
    fn a_character_that_a_printer_might_obey_is_refused_with_its_field() {
        for bad in ["Ada\u{1b}@", "Ada\n", "Zoë", "a\u{7f}"] {
            let sheet = [at(3, 8, "fine"), at(4, 8, bad)];
            let error = render_sheets([sheet.as_slice()]).unwrap_err();
            assert!(
                matches!(&error, RenderError::Unprintable { field, .. } if field == "line 4 column 8"),
                "{error}"
            );
        }
        assert_eq!(render_sheets([]), Err(RenderError::NoSheets));
    }

    #[test]
    fn a_narrow_pitch_is_a_smaller_courier() {
        let sheet = [pitched(at(3, 8, "X"), Pitch::Fifteen), at(4, 8, "Y")];
        let bytes = render_sheets([sheet.as_slice()]).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(text.contains(" 8 Tf"), "{text}");
        assert!(text.contains("1 0 0 1 57.6 759 Tm"), "{text}");
    }
}
