//! Sheets as PDF 1.7 for page printers and for files: on preprinted stock the data alone.
//!
//! Text is set in the standard Courier, whose characters are all 0.6 em wide, so that a pitch in characters per inch is
//! a font size. It is declared with WinAnsiEncoding; without that an apostrophe would come out as a quotation mark.
//!
//! Pages are written out as they are finished. The same sheets always give the same bytes: no dates, no random ids, no
//! metadata.

use std::io::Write;

use formfeed_domain::alignment::{Place, SheetMap};
use formfeed_domain::placement::PlacedText;
use formfeed_domain::points::Points;
use pdf_writer::{Chunk, Content, Name, Str};

use super::aligned;
use super::pages::{Pages, reference};
use super::{RenderError, SHEET_HEIGHT, check};

/// Bytes that are usually enough for the ink of a sheet.
pub(super) const USUAL_INK: usize = 4_096;
/// Half of a line of a cross: half an inch.
const ARM: Points = Points::from_thousandths(36_000);
/// How thick it is, in points.
const THIN: f32 = 0.4;
/// The one font.
const COURIER: Name<'static> = Name(b"F1");

const CATALOG: usize = 1;
const PAGES: usize = 2;
const FONT: usize = 3;

/// Renders one PDF with a page per sheet, in order.
///
/// # Errors
/// The first text that must not be printed, or no sheet at all.
pub fn render_sheets<'a>(
    sheets: impl IntoIterator<Item = &'a [PlacedText]>,
) -> Result<Vec<u8>, RenderError> {
    let mut document = Overlay::new(Vec::new())?;
    for sheet in sheets {
        document.sheet(sheet)?;
    }
    document.finish()
}

/// A document in the making, a page for each sheet, written out as it grows.
#[derive(Debug)]
pub struct Overlay<W>(Pages<W>);

impl<W: Write> Overlay<W> {
    /// Begins a document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W) -> Result<Self, RenderError> {
        // The second line tells programs that pass files on that this one is not text.
        let before = b"%PDF-1.7\n%\x80\x80\x80\x80\n";
        let pages = Pages::new(out, before, vec![0; FONT], reference(PAGES)?)?;
        Ok(Self(pages))
    }

    /// Maps every page from now on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn map(&mut self, map: SheetMap) -> Result<(), RenderError> {
        match aligned::operations(map) {
            Some(operations) => self.0.begin_all_with(&operations),
            None => Ok(()),
        }
    }

    /// Adds the page of a sheet.
    ///
    /// # Errors
    /// The first text that must not be printed, or when it cannot be written.
    pub fn sheet(&mut self, sheet: &[PlacedText]) -> Result<(), RenderError> {
        self.0.page(&[], &ink(sheet)?.finish())
    }

    /// Adds a page of crosses, each with a text beside it; the middle of a cross is the place.
    ///
    /// # Errors
    /// The first text that must not be printed, or when it cannot be written.
    pub fn crosses(&mut self, places: &[Place], words: &[PlacedText]) -> Result<(), RenderError> {
        let mut lines = Content::with_capacity(USUAL_INK);
        lines.set_line_width(THIN);
        for (left, top) in places {
            let (x, y) = (points(*left), points(SHEET_HEIGHT - *top));
            let arm = points(ARM);
            lines.move_to(x - arm, y).line_to(x + arm, y);
            lines.move_to(x, y - arm).line_to(x, y + arm);
        }
        lines.stroke();
        let mut content = lines.finish().to_vec();
        content.push(b'\n');
        content.extend_from_slice(&ink(words)?.finish());
        self.0.page(&[], &content)
    }

    /// Ends the document; answers what it was written to.
    ///
    /// # Errors
    /// When there is no sheet in it, or it cannot be written.
    pub fn finish(mut self) -> Result<W, RenderError> {
        let (catalog, font) = (reference(CATALOG)?, reference(FONT)?);
        let mut chunk = Chunk::new();
        let courier = Name(b"Courier");
        let win_ansi = Name(b"WinAnsiEncoding");
        chunk
            .type1_font(font)
            .base_font(courier)
            .encoding_predefined(win_ansi);
        self.0.object(font, &chunk)?;
        let mut chunk = Chunk::new();
        chunk
            .indirect(catalog)
            .dict()
            .pair(Name(b"Type"), Name(b"Catalog"))
            .pair(Name(b"Pages"), reference(PAGES)?);
        self.0.object(catalog, &chunk)?;
        let fonts = |pages: &mut pdf_writer::writers::Pages<'_>| {
            pages.resources().fonts().pair(COURIER, font);
        };
        self.0.end(fonts, &format!("/Root {CATALOG} 0 R"))
    }
}

/// What is printed on a sheet.
fn ink(sheet: &[PlacedText]) -> Result<Content, RenderError> {
    let mut ink = Content::with_capacity(USUAL_INK);
    ink.begin_text();
    let (mut size, mut at) = (None, (Points::ZERO, Points::ZERO));
    for placed in sheet {
        check(placed)?;
        let wanted = placed.pitch.courier_size();
        if size != Some(wanted) {
            size = Some(wanted);
            ink.set_font(COURIER, points(wanted));
        }
        // From the text before: the differences are exact, so that nothing adds up.
        let place = (placed.left, SHEET_HEIGHT - placed.baseline);
        ink.next_line(points(place.0 - at.0), points(place.1 - at.1));
        at = place;
        ink.show(Str(placed.text.as_bytes()));
    }
    ink.end_text();
    Ok(ink)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a position on a sheet has at most six digits"
)]
pub(super) fn points(length: Points) -> f32 {
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
    fn many_sheets_hang_in_a_tree_and_every_object_lies_where_the_table_says() {
        let sheets: Vec<_> = (1..=130)
            .map(|n| [at(3, 8, &format!("SHEET {n}"))])
            .collect();
        let bytes = render_sheets(sheets.iter().map(<[PlacedText; 1]>::as_slice)).unwrap();
        let document = lopdf::Document::load_mem(&bytes).unwrap();
        assert_eq!(document.get_pages().len(), 130);
        for (number, page) in document.get_pages() {
            let content = document.get_page_content(page);
            let content = String::from_utf8(content).unwrap();
            assert!(
                content.contains(&format!("(SHEET {number}) Tj")),
                "{content}"
            );
        }
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
        assert!(text.contains("57.6 759 Td"), "{text}");
    }
}
