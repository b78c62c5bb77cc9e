//! Sheets as PDF 1.7 for page printers and for files: on preprinted stock the data alone.
//!
//! Text is set in the standard Courier, whose characters are all 0.6 em wide, so that a pitch in characters per inch is
//! a font size. It is declared with WinAnsiEncoding; without that an apostrophe would come out as a quotation mark.
//!
//! Objects are written out as they are finished: a page costs 16 bytes of memory, the places of its two objects in the
//! file. The same sheets always give the same bytes: no dates, no random ids, no metadata.

use std::io::Write;

use formfeed_domain::placement::PlacedText;
use formfeed_domain::points::Points;
use pdf_writer::{Chunk, Content, Finish as _, Name, Rect, Ref, Str};

use super::{RenderError, SHEET_HEIGHT, SHEET_WIDTH, check};

/// Pages below one node of the page tree.
const PAGES_OF_A_NODE: usize = 64;
/// Bytes that are usually enough for the ink of a sheet.
const USUAL_INK: usize = 4_096;
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
pub struct Overlay<W> {
    out: W,
    /// Bytes written.
    written: u64,
    /// Where each object lies, by its number less one.
    objects: Vec<u64>,
    /// The nodes of the page tree that are finished, each with its number of pages.
    nodes: Vec<(Ref, usize)>,
    /// The node that pages are hung up in now.
    node: Option<Ref>,
    /// Its pages.
    kids: Vec<Ref>,
}

impl<W: Write> Overlay<W> {
    /// Begins a document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W) -> Result<Self, RenderError> {
        let mut document = Self {
            out,
            written: 0,
            objects: vec![0; FONT],
            nodes: Vec::new(),
            node: None,
            kids: Vec::new(),
        };
        // The second line tells programs that pass files on that this one is not text.
        document.write(b"%PDF-1.7\n%\x80\x80\x80\x80\n")?;
        Ok(document)
    }

    /// Adds the page of a sheet.
    ///
    /// # Errors
    /// The first text that must not be printed, or when it cannot be written.
    pub fn sheet(&mut self, sheet: &[PlacedText]) -> Result<(), RenderError> {
        let ink = ink(sheet)?.finish();
        let node = match self.node {
            Some(node) => node,
            None => *self.node.insert(reserve(&mut self.objects)?),
        };
        let content = reserve(&mut self.objects)?;
        let page = reserve(&mut self.objects)?;
        let mut chunk = Chunk::new();
        chunk.stream(content, &ink).finish();
        self.object(content, &chunk)?;
        let mut chunk = Chunk::new();
        let mut entry = chunk.page(page);
        entry.parent(node).contents(content);
        entry.finish();
        self.object(page, &chunk)?;
        self.kids.push(page);
        match self.kids.len() == PAGES_OF_A_NODE {
            true => self.end_node(),
            false => Ok(()),
        }
    }

    /// Ends the document; answers what it was written to.
    ///
    /// # Errors
    /// When there is no sheet in it, or it cannot be written.
    pub fn finish(mut self) -> Result<W, RenderError> {
        self.end_node()?;
        if self.nodes.is_empty() {
            return Err(RenderError::NoSheets);
        }
        let [catalog, pages, font] = [CATALOG, PAGES, FONT].map(reference);
        let (catalog, pages, font) = (catalog?, pages?, font?);
        let mut chunk = Chunk::new();
        let courier = Name(b"Courier");
        let win_ansi = Name(b"WinAnsiEncoding");
        chunk
            .type1_font(font)
            .base_font(courier)
            .encoding_predefined(win_ansi);
        self.object(font, &chunk)?;
        let mut chunk = Chunk::new();
        let mut root = chunk.pages(pages);
        let count = self.nodes.iter().map(|(_, pages)| pages).sum::<usize>();
        root.count(i32::try_from(count).map_err(failed)?);
        root.kids(self.nodes.iter().map(|(node, _)| *node));
        root.media_box(Rect::new(
            0.0,
            0.0,
            points(SHEET_WIDTH),
            points(SHEET_HEIGHT),
        ));
        root.resources().fonts().pair(COURIER, font);
        root.finish();
        self.object(pages, &chunk)?;
        let mut chunk = Chunk::new();
        chunk
            .indirect(catalog)
            .dict()
            .pair(Name(b"Type"), Name(b"Catalog"))
            .pair(Name(b"Pages"), pages);
        self.object(catalog, &chunk)?;
        self.cross_reference()?;
        self.out.flush().map_err(failed)?;
        Ok(self.out)
    }

    /// Writes the node of the page tree that pages are hung up in.
    fn end_node(&mut self) -> Result<(), RenderError> {
        let Some(node) = self.node.take() else {
            return Ok(());
        };
        let kids = std::mem::take(&mut self.kids);
        let mut chunk = Chunk::new();
        let mut entry = chunk.pages(node);
        entry.parent(reference(PAGES)?);
        entry.count(i32::try_from(kids.len()).map_err(failed)?);
        entry.kids(kids.iter().copied());
        entry.finish();
        self.nodes.push((node, kids.len()));
        self.object(node, &chunk)
    }

    /// The table of where all objects lie, and the trailer (ISO 32000-1, 7.5.4 and 7.5.5).
    fn cross_reference(&mut self) -> Result<(), RenderError> {
        let (at, objects) = (self.written, std::mem::take(&mut self.objects));
        let size = objects.len() + 1;
        self.write(format!("xref\n0 {size}\n0000000000 65535 f\r\n").as_bytes())?;
        for place in &objects {
            self.write(format!("{place:010} 00000 n\r\n").as_bytes())?;
        }
        let trailer =
            format!("trailer\n<< /Size {size} /Root {CATALOG} 0 R >>\nstartxref\n{at}\n%%EOF\n");
        self.write(trailer.as_bytes())
    }

    fn object(&mut self, id: Ref, chunk: &Chunk) -> Result<(), RenderError> {
        let number = usize::try_from(id.get()).map_err(failed)?;
        self.objects[number - 1] = self.written;
        self.write(chunk.as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RenderError> {
        self.out.write_all(bytes).map_err(failed)?;
        self.written += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(())
    }
}

fn reserve(objects: &mut Vec<u64>) -> Result<Ref, RenderError> {
    objects.push(0);
    reference(objects.len())
}

fn reference(number: usize) -> Result<Ref, RenderError> {
    Ok(Ref::new(i32::try_from(number).map_err(failed)?))
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
