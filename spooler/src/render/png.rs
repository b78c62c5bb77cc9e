//! One sheet over its form as PNG, for a screen that shows no PDF.
//!
//! The data is set in the embedded face of plain paper, at the pitch it is printed with; on preprinted stock the printed
//! letters are Courier's. The same sheet always gives the same bytes.

use formfeed_domain::layout::Rect;
use formfeed_domain::placement::PlacedText;
use formfeed_domain::points::Points;
use formfeed_report::Face;
use tiny_skia::{
    FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Rect as PixelRect, Stroke, StrokeDash,
    Transform,
};
use ttf_parser::{Face as Outlines, OutlineBuilder};

use super::drawing::Line;
use super::drawn::{DASHES, Form, LINE_POINTS, check_for, colours, size};
use super::pdf::points;
use super::{RenderError, SHEET_HEIGHT, SHEET_WIDTH};

/// Renders one sheet with so many dots per inch.
///
/// # Errors
/// The first text that must not be printed, or a picture without a dot.
pub fn render_sheet(
    form: Form<'_>,
    sheet: &[PlacedText],
    dots_per_inch: u16,
) -> Result<Vec<u8>, RenderError> {
    let scale = f32::from(dots_per_inch) / 72.0;
    let mut picture = Picture {
        dots: Pixmap::new(dots(SHEET_WIDTH, scale), dots(SHEET_HEIGHT, scale))
            .ok_or_else(|| failed("a picture without a dot"))?,
        scale: Transform::from_scale(scale, scale),
        letters: Letters::read()?,
    };
    picture.dots.fill(tiny_skia::Color::WHITE);
    let (line, shade) = colours(form.tone);
    for rect in &form.drawing.shades {
        picture.shade(*rect, shade)?;
    }
    for stroke in &form.drawing.lines {
        picture.line(stroke, line)?;
    }
    for words in &form.drawing.words {
        let at = (words.left, words.baseline);
        picture.text(&words.text, words.face, words.size, at, line);
    }
    for placed in sheet {
        check_for(form.tone, placed)?;
        let (advance, size) = (placed.pitch.advance(), size(placed.pitch));
        for (place, c) in (0..).zip(placed.text.chars()) {
            let at = (placed.left + advance.times(place), placed.baseline);
            picture.text(c.encode_utf8(&mut [0; 4]), Face::Mono, size, at, [0; 3]);
        }
    }
    picture.dots.encode_png().map_err(failed)
}

/// The faces as outlines.
struct Letters([Outlines<'static>; 3]);

impl Letters {
    fn read() -> Result<Self, RenderError> {
        let read = |face: Face| Outlines::parse(face.file(), 0).map_err(failed);
        let [regular, bold, mono] = Face::ALL;
        Ok(Self([read(regular)?, read(bold)?, read(mono)?]))
    }

    fn of(&self, face: Face) -> &Outlines<'static> {
        let [regular, bold, mono] = &self.0;
        match face {
            Face::Regular => regular,
            Face::Bold => bold,
            Face::Mono => mono,
        }
    }
}

struct Picture {
    dots: Pixmap,
    scale: Transform,
    letters: Letters,
}

impl Picture {
    fn shade(&mut self, rect: Rect, colour: [u8; 3]) -> Result<(), RenderError> {
        let rect = PixelRect::from_xywh(
            points(rect.left),
            points(rect.top),
            points(rect.width),
            points(rect.height),
        );
        let rect = rect.ok_or_else(|| failed("a grey area without an extent"))?;
        self.dots.fill_rect(rect, &paint(colour), self.scale, None);
        Ok(())
    }

    fn line(&mut self, line: &Line, colour: [u8; 3]) -> Result<(), RenderError> {
        let mut path = PathBuilder::new();
        path.move_to(points(line.from.0), points(line.from.1));
        path.line_to(points(line.to.0), points(line.to.1));
        let path = path
            .finish()
            .ok_or_else(|| failed("a line without a length"))?;
        let stroke = Stroke {
            width: LINE_POINTS,
            line_cap: LineCap::Butt,
            dash: match line.is_dashed {
                true => StrokeDash::new(DASHES.to_vec(), 0.0),
                false => None,
            },
            ..Stroke::default()
        };
        let paint = paint(colour);
        self.dots
            .stroke_path(&path, &paint, &stroke, self.scale, None);
        Ok(())
    }

    fn text(
        &mut self,
        text: &str,
        face: Face,
        size: Points,
        (left, baseline): (Points, Points),
        colour: [u8; 3],
    ) {
        let outlines = self.letters.of(face);
        let em = points(size) / f32::from(outlines.units_per_em());
        let mut pen = points(left);
        let mut paths = Vec::new();
        for c in text.chars() {
            let glyph = outlines.glyph_index(c).unwrap_or_default();
            let mut outline = Outline(PathBuilder::new());
            outlines.outline_glyph(glyph, &mut outline);
            let at = Transform::from_row(em, 0.0, 0.0, -em, pen, points(baseline));
            if let Some(path) = outline.0.finish().and_then(|path| path.transform(at)) {
                paths.push(path);
            }
            pen += f32::from(outlines.glyph_hor_advance(glyph).unwrap_or_default()) * em;
        }
        for path in paths {
            self.fill(&path, colour);
        }
    }

    fn fill(&mut self, path: &Path, colour: [u8; 3]) {
        let paint = paint(colour);
        self.dots
            .fill_path(path, &paint, FillRule::Winding, self.scale, None);
    }
}

struct Outline(PathBuilder);

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }
    fn close(&mut self) {
        self.0.close();
    }
}

fn paint([red, green, blue]: [u8; 3]) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, 255);
    paint.anti_alias = true;
    paint
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sheet has at most some thousands of dots"
)]
fn dots(length: Points, scale: f32) -> u32 {
    (points(length) * scale).round() as u32
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError::Png(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::drawing::Drawing;
    use super::super::drawn::Tone;
    use super::super::testing::at;
    use super::*;

    fn render(sheet: &[PlacedText]) -> Result<Pixmap, RenderError> {
        let mut drawing = Drawing::default();
        drawing.shades.push(Rect {
            left: Points::from_points(100.0),
            top: Points::from_points(100.0),
            width: Points::from_points(50.0),
            height: Points::from_points(50.0),
        });
        let form = Form {
            drawing: &drawing,
            tone: Tone::Black,
            title: "a form",
        };
        let bytes = render_sheet(form, sheet, 72)?;
        assert_eq!(bytes, render_sheet(form, sheet, 72)?, "the same bytes");
        Ok(Pixmap::decode_png(&bytes).unwrap())
    }

    #[test]
    fn a_letter_sheet_has_its_grey_areas_and_the_data_where_they_belong() {
        let text = at(20, 10, "W");
        let (left, baseline) = (text.left.points(), text.baseline.points());
        let picture = render(&[text]).unwrap();
        assert_eq!((picture.width(), picture.height()), (612, 792));
        assert!(
            picture.pixel(125, 125).unwrap().red() < 230,
            "the grey area"
        );
        assert_eq!(picture.pixel(99, 99).unwrap().red(), 255);
        for (index, dot) in (0_u32..).zip(picture.pixels()) {
            let (across, down) = (f64::from(index % 612), f64::from(index / 612));
            if dot.red() < 100 {
                assert!(across >= left - 1.0 && across <= left + 7.2, "{across}");
                assert!(down <= baseline && down >= baseline - 10.0, "{down}");
            }
        }
        assert!(picture.pixels().iter().any(|dot| dot.red() < 100), "ink");
    }

    #[test]
    fn what_no_printer_may_get_is_not_shown_either() {
        let error = render(&[at(4, 8, "a\u{1b}")]).unwrap_err();
        assert!(matches!(error, RenderError::Unprintable { .. }), "{error}");
    }
}
