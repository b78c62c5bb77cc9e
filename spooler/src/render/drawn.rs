//! Sheets over a drawn form as PDF 1.7: on plain paper the form itself, every font embedded; for previews the outline of
//! what is in print already.
//!
//! The form is one content stream that all pages share, so that memory grows by the data of a sheet alone. The same
//! sheets always give the same bytes: no dates, no random ids, nothing about a machine. Only a locked document is another
//! each time.

use std::io::Write;

use formfeed_domain::alignment::SheetMap;
use formfeed_domain::layout::Rect;
use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::points::Points;
use formfeed_domain::typeset;
use formfeed_report::Face;
use lopdf::xref::XrefEntry;
use lopdf::{Document, Object, dictionary};
use pdf_writer::{Content, Ref, Str};
use printpdf::{
    BuiltinFont, Color, FontId, Line as PdfLine, LineDashPattern, LinePoint, Mm, Op, PaintMode,
    PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt, Rect as PdfRect, Rgb,
    TextItem, TextMatrix,
};

use super::aligned;
use super::drawing::{Drawing, DrawnText, Line};
use super::lock::lock;
use super::pages::{Pages, reference};
use super::pdf::{USUAL_INK, failed, points};
use super::{RenderError, SHEET_HEIGHT, SHEET_WIDTH, check_place};

/// How thick a line is.
pub(super) const LINE_POINTS: f32 = 0.6;

/// Dash and gap of a dashed line, in points.
pub(super) const DASHES: [f32; 2] = [2.0, 1.5];

/// How a form is drawn under its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In black: the form itself, on plain paper, its data in the embedded face.
    Black,
    /// In a light colour: what the paper has in print already, for the eye only, under the Courier that is printed on it.
    Light,
}

/// A form to draw, and what its document is called.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The form, the same on every sheet.
    pub drawing: &'a Drawing,
    /// How.
    pub tone: Tone,
    /// Title of the document, for those who read it on a screen or hear it.
    pub title: &'a str,
}

/// Renders one PDF with a page per sheet, in order, the form under the data of each.
///
/// # Errors
/// The first text that must not be printed, or no sheet at all.
pub fn render_sheets(form: Form<'_>, sheets: &[&[PlacedText]]) -> Result<Vec<u8>, RenderError> {
    Stencil::new(form)?.render(sheets, None)
}

/// Refuses a sheet with the first text that must not be printed.
///
/// # Errors
/// See above.
pub fn check_sheet(tone: Tone, sheet: &[PlacedText]) -> Result<(), RenderError> {
    sheet.iter().try_for_each(|placed| check_for(tone, placed))
}

/// A form made ready once, to be drawn under the sheets of many documents.
#[derive(Debug)]
pub struct Stencil {
    /// The form and its fonts as they stand in the file, and where each object lies.
    before: Vec<u8>,
    objects: Vec<u64>,
    /// The root of the page tree, which is not among them.
    root: Ref,
    /// What draws the form.
    below: Vec<Ref>,
    /// The fonts that all pages share.
    resources: Ref,
    /// What the trailer says.
    trailer: String,
    tone: Tone,
}

impl Stencil {
    /// Draws the form.
    ///
    /// # Errors
    /// The library fails.
    pub fn new(form: Form<'_>) -> Result<Self, RenderError> {
        let mut before = with_form(form)?;
        let document = Document::load_mem(&before).map_err(failed)?;
        let catalog = document.catalog().map_err(failed)?;
        let root = catalog.get(b"Pages").and_then(Object::as_reference);
        let first_id = document.page_iter().next();
        let first_id = first_id.ok_or_else(|| failed("the form came out without a page"))?;
        let first = document.get_dictionary(first_id).map_err(failed)?;
        let resources = first.get(b"Resources").and_then(Object::as_reference);
        let below = document.get_page_contents(first_id);
        let entry = |key| document.trailer.get(key).and_then(Object::as_reference);
        let (catalog_id, info) = (
            entry(b"Root").map_err(failed)?,
            entry(b"Info").map_err(failed)?,
        );
        let mut objects = vec![0; usize::try_from(document.max_id).map_err(failed)?];
        for (number, entry) in &document.reference_table.entries {
            if let (XrefEntry::Normal { offset, .. }, true) = (entry, *number > 0) {
                objects[usize::try_from(number - 1).map_err(failed)?] = u64::from(*offset);
            }
        }
        before.truncate(document.xref_start);
        Ok(Self {
            before,
            objects,
            root: object(root.map_err(failed)?)?,
            below: below.into_iter().map(object).collect::<Result<_, _>>()?,
            resources: object(resources.map_err(failed)?)?,
            trailer: format!("/Root {} 0 R /Info {} 0 R", catalog_id.0, info.0),
            tone: form.tone,
        })
    }

    /// Begins a document.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin<W: Write>(&self, out: W) -> Result<Drawn<'_, W>, RenderError> {
        let pages = Pages::new(out, &self.before, self.objects.clone(), self.root)?;
        Ok(Drawn {
            pages,
            stencil: self,
        })
    }

    /// One PDF with a page per sheet, in order; with a password one that opens with it alone.
    ///
    /// # Errors
    /// The first text that must not be printed, no sheet at all, no randomness for a lock, or the library fails.
    pub fn render(
        &self,
        sheets: &[&[PlacedText]],
        password: Option<&str>,
    ) -> Result<Vec<u8>, RenderError> {
        let mut document = self.begin(Vec::new())?;
        for sheet in sheets {
            document.sheet(sheet)?;
        }
        let bytes = document.finish()?;
        match password {
            Some(password) => locked(&bytes, password),
            None => Ok(bytes),
        }
    }
}

fn locked(bytes: &[u8], password: &str) -> Result<Vec<u8>, RenderError> {
    let mut document = Document::load_mem(bytes).map_err(failed)?;
    document.prune_objects();
    document.renumber_objects();
    lock(&mut document, password)?;
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// A document in the making, the form on each page, written out as it grows.
#[derive(Debug)]
pub struct Drawn<'a, W> {
    pages: Pages<W>,
    stencil: &'a Stencil,
}

impl<W: Write> Drawn<'_, W> {
    /// Maps every page from now on, the form with its data.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn map(&mut self, map: SheetMap) -> Result<(), RenderError> {
        match aligned::operations(map) {
            Some(operations) => self.pages.begin_all_with(&operations),
            None => Ok(()),
        }
    }

    /// Adds the page of a sheet.
    ///
    /// # Errors
    /// The first text that must not be printed, or when it cannot be written.
    pub fn sheet(&mut self, sheet: &[PlacedText]) -> Result<(), RenderError> {
        let Stencil { tone, below, .. } = self.stencil;
        check_sheet(*tone, sheet)?;
        self.pages.page(below, &ink(sheet, *tone).finish())
    }

    /// Ends the document; answers what it was written to.
    ///
    /// # Errors
    /// When there is no sheet in it, or it cannot be written.
    pub fn finish(self) -> Result<W, RenderError> {
        let resources = self.stencil.resources;
        let shared = |pages: &mut pdf_writer::writers::Pages<'_>| {
            pages.pair(pdf_writer::Name(b"Resources"), resources);
        };
        self.pages.end(shared, &self.stencil.trailer)
    }
}

fn object(id: lopdf::ObjectId) -> Result<Ref, RenderError> {
    reference(usize::try_from(id.0).map_err(failed)?)
}

/// A document whose first page is the form. Its last shows every letter that data may have once, so that their font is
/// embedded with them; neither is a page of the result.
fn with_form(form: Form<'_>) -> Result<Vec<u8>, RenderError> {
    let letters = ('\u{0}'..='\u{17F}').filter(|c| typeset::is_latin(*c));
    let mut document = PdfDocument::new("");
    for face in Face::ALL {
        let font = PdfFont::new(face.font().clone());
        document.resources.fonts.map.insert(id(face), font);
    }
    let face = match form.tone {
        Tone::Black => font(Face::Mono, Pt(12.0)),
        Tone::Light => Op::SetFont {
            font: PdfFontHandle::Builtin(BuiltinFont::Courier),
            size: Pt(12.0),
        },
    };
    let specimen = vec![
        Op::StartTextSection,
        face,
        Op::ShowText {
            items: vec![TextItem::Text(letters.collect())],
        },
        Op::EndTextSection,
    ];
    document.with_pages(vec![page(drawn(form)), page(specimen)]);
    let options = PdfSaveOptions {
        optimize: false,
        subset_fonts: false,
        ..PdfSaveOptions::default()
    };
    let mut warnings = Vec::new();
    let rendered = document.to_lopdf_document(&options, &mut warnings);
    match warnings.is_empty() {
        true => finish(rendered, form.title),
        false => Err(RenderError::Pdf(format!("{} warnings", warnings.len()))),
    }
}

fn finish(mut document: Document, title: &str) -> Result<Vec<u8>, RenderError> {
    document.compress();
    let catalog = document.catalog_mut().map_err(failed)?;
    catalog.set("Lang", Object::string_literal("en-US"));
    catalog.set(
        "ViewerPreferences",
        dictionary! { "DisplayDocTitle" => true },
    );
    let info = document.add_object(dictionary! { "Title" => Object::string_literal(title) });
    document.version = "1.7".to_owned();
    document.trailer.remove(b"ID");
    document.trailer.set("Info", info);
    document.prune_objects();
    document.renumber_objects();
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn page(ops: Vec<Op>) -> PdfPage {
    let mut page = PdfPage::new(Mm(1.0), Mm(1.0), ops);
    for edge in [&mut page.media_box, &mut page.trim_box, &mut page.crop_box] {
        edge.width = pt(SHEET_WIDTH);
        edge.height = pt(SHEET_HEIGHT);
    }
    page
}

/// The form as operations that leave the graphics state as they found it.
fn drawn(form: Form<'_>) -> Vec<Op> {
    let (line, shade) = colours(form.tone);
    let (line, shade) = (colour(line), colour(shade));
    let drawing = form.drawing;
    let mut ops = vec![Op::SaveGraphicsState, Op::SetFillColor { col: shade }];
    ops.extend(drawing.shades.iter().map(|rect| filled(*rect)));
    ops.push(Op::SetOutlineColor { col: line.clone() });
    ops.push(Op::SetOutlineThickness {
        pt: Pt(LINE_POINTS),
    });
    let (dashed, solid): (Vec<_>, Vec<_>) = drawing.lines.iter().partition(|line| line.is_dashed);
    ops.extend(solid.into_iter().map(stroke));
    ops.push(Op::SetLineDashPattern {
        dash: LineDashPattern::new(0.0, &DASHES),
    });
    ops.extend(dashed.into_iter().map(stroke));
    ops.push(Op::SetFillColor { col: line });
    ops.push(Op::StartTextSection);
    for words in &drawing.words {
        ops.extend(said(words));
    }
    ops.push(Op::EndTextSection);
    ops.push(Op::RestoreGraphicsState);
    ops
}

fn said(words: &DrawnText) -> [Op; 3] {
    [
        font(words.face, pt(words.size)),
        Op::SetTextMatrix {
            matrix: TextMatrix::Translate(pt(words.left), pt(SHEET_HEIGHT - words.baseline)),
        },
        Op::ShowText {
            items: vec![TextItem::Text(words.text.clone())],
        },
    ]
}

fn filled(rect: Rect) -> Op {
    Op::DrawRectangle {
        rectangle: PdfRect {
            x: pt(rect.left),
            y: pt(SHEET_HEIGHT - rect.bottom()),
            width: pt(rect.width),
            height: pt(rect.height),
            mode: Some(PaintMode::Fill),
            winding_order: None,
        },
    }
}

fn stroke(line: &Line) -> Op {
    let point = |(left, top): (Points, Points)| LinePoint {
        p: Point {
            x: pt(left),
            y: pt(SHEET_HEIGHT - top),
        },
        bezier: false,
    };
    Op::DrawLine {
        line: PdfLine {
            points: vec![point(line.from), point(line.to)],
            is_closed: false,
        },
    }
}

/// The data of one sheet, its letters by the numbers that they have in the font.
fn ink(sheet: &[PlacedText], tone: Tone) -> Content {
    let mut ink = Content::with_capacity(USUAL_INK);
    ink.begin_text();
    let mut letters = Vec::new();
    let mut set = None;
    for placed in sheet {
        let (face, size) = match tone {
            Tone::Black => (Face::Mono.name(), size(placed.pitch)),
            Tone::Light => (
                BuiltinFont::Courier.get_pdf_id(),
                placed.pitch.courier_size(),
            ),
        };
        if set != Some(size) {
            set = Some(size);
            ink.set_font(pdf_writer::Name(face.as_bytes()), points(size));
        }
        let bottom_up = SHEET_HEIGHT - placed.baseline;
        ink.set_text_matrix([1.0, 0.0, 0.0, 1.0, points(placed.left), points(bottom_up)]);
        letters.clear();
        match tone {
            Tone::Black => letters.extend(placed.text.chars().flat_map(|c| glyph(c).to_be_bytes())),
            Tone::Light => letters.extend_from_slice(placed.text.as_bytes()),
        }
        ink.show(Str(&letters));
    }
    ink.end_text();
    ink
}

/// The number of a letter in the font; 0 where it has none.
fn glyph(c: char) -> u16 {
    Face::Mono
        .font()
        .lookup_glyph_index(u32::from(c))
        .unwrap_or_default()
}

/// Size at which the letters of the face advance by the pitch.
pub(super) fn size(pitch: Pitch) -> Points {
    let em = Points::from_thousandths(1_000_000);
    let advance = Face::Mono.width("0", em).thousandths().max(1);
    let size = i64::from(pitch.advance().thousandths()) * 1_000_000 / i64::from(advance);
    Points::from_thousandths(i32::try_from(size).unwrap_or(i32::MAX))
}

/// Refuses what may not be shown: on preprinted stock what no printer may get.
pub(super) fn check_for(tone: Tone, placed: &PlacedText) -> Result<(), RenderError> {
    match tone {
        Tone::Black => check(placed),
        Tone::Light => super::check(placed),
    }
}

/// Refuses what no printer may get: a letter that the font does not have, or ink beside the sheet.
fn check(placed: &PlacedText) -> Result<(), RenderError> {
    let has_glyph = |c: char| typeset::is_latin(c) && glyph(c) != 0;
    let mut letters = placed.text.chars().enumerate();
    let unprintable = letters.find(|(_, c)| !has_glyph(*c));
    if let Some((index, c)) = unprintable {
        return Err(RenderError::Unprintable {
            field: placed.field.clone(),
            code: u32::from(c),
            position: index + 1,
        });
    }
    check_place(placed)
}

fn font(face: Face, size: Pt) -> Op {
    Op::SetFont {
        font: PdfFontHandle::External(id(face)),
        size,
    }
}

fn id(face: Face) -> FontId {
    FontId(face.name().to_owned())
}

/// Lines and words, and grey areas: red, green and blue of 255.
pub(super) fn colours(tone: Tone) -> ([u8; 3], [u8; 3]) {
    match tone {
        Tone::Black => ([0; 3], [219; 3]),
        Tone::Light => ([230, 153, 153], [242; 3]),
    }
}

fn colour(parts: [u8; 3]) -> Color {
    let [red, green, blue] = parts.map(|part| f32::from(part) / 255.0);
    Color::Rgb(Rgb::new(red, green, blue, None))
}

fn pt(length: Points) -> Pt {
    Pt(points(length))
}

#[cfg(test)]
mod tests {
    use super::super::testing::at;
    use super::*;

    fn render(sheets: &[&[PlacedText]]) -> Result<Vec<u8>, RenderError> {
        let form = Form {
            drawing: &Drawing::default(),
            tone: Tone::Black,
            title: "a form",
        };
        render_sheets(form, sheets)
    }

    #[test]
    fn every_letter_that_plain_paper_takes_is_in_the_font() {
        let letters = (' '..='\u{24F}').filter(|c| typeset::is_latin(*c));
        let missing: String = letters.filter(|c| glyph(*c) == 0).collect();
        assert_eq!(missing, "");
    }

    #[test]
    fn a_character_without_a_glyph_is_refused_and_never_left_out() {
        for bad in ["Ada\u{1b}@", "Nguyễn", "a\u{7f}", "中"] {
            let error = render(&[&[at(4, 8, bad)]]).unwrap_err();
            assert!(matches!(error, RenderError::Unprintable { .. }), "{error}");
        }
        assert!(matches!(
            render(&[&[at(4, 84, "ab")]]),
            Err(RenderError::OffSheet { .. })
        ));
        assert_eq!(render(&[]), Err(RenderError::NoSheets));
    }

    #[test]
    fn the_same_sheets_always_give_the_same_bytes_and_nothing_about_a_machine() {
        let sheets = [vec![at(4, 8, "Zoë")], vec![at(5, 8, "Ada")]];
        let sheets: Vec<_> = sheets.iter().map(Vec::as_slice).collect();
        let bytes = render(&sheets).unwrap();
        assert_eq!(bytes, render(&sheets).unwrap());
        let text = String::from_utf8_lossy(&bytes);
        for telltale in ["/ID", "Date", "Author", "Producer", "printpdf"] {
            assert!(!text.contains(telltale), "{telltale}");
        }
    }
}
