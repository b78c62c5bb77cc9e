//! Sheets as a byte stream for impact printers: 6 lines per inch, lines in order, one form feed
//! per sheet.
//!
//! Each sheet starts with a reset, so that any sheet can be printed alone. The stream is kept
//! short: spaces where they are no longer than a move, line feeds for blank lines.

use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::points::Points;

use super::{Dialect, RenderError, check};

const CR: u8 = 0x0D;
const LF: u8 = 0x0A;
const FF: u8 = 0x0C;

/// One sixtieth of an inch, the grid of absolute moves.
const SIXTIETH: i32 = 1_200;

/// How far a text may be from its place: half a step of the grid.
const TOLERANCE: i32 = SIXTIETH / 2;

/// Bytes of an absolute move; more spaces than this are worth one.
const MOVE_BYTES: i32 = 4;

/// Steps of a print line: 1/216 inch each, 36 to a line of 1/6 inch.
const LINE_STEPS: i32 = 36;

/// One step in thousandths of a point.
const STEP: i32 = 333;

/// A text whose place is no further than this from its print line, in thousandths of a point, stands on it.
const ON_THE_LINE: i32 = 2_000;

/// Encodes sheets one after the other, each ended by a form feed.
///
/// Texts stand within half a sixtieth of an inch of their places. Where the dialect has no
/// absolute moves, a text starts at the column nearest to its place.
///
/// # Errors
/// The first text that must not be printed, two texts on top of each other, or no sheet at all.
pub fn render_sheets<'a>(
    dialect: &dyn Dialect,
    sheets: impl IntoIterator<Item = &'a [PlacedText]>,
) -> Result<Vec<u8>, RenderError> {
    render_lower(dialect, 0, sheets)
}

/// As [`render_sheets`], everything `steps` of 1/216 inch lower than its place: 0 to 35, and 0 of a family that cannot
/// feed as little.
///
/// # Errors
/// As [`render_sheets`].
pub fn render_lower<'a>(
    dialect: &dyn Dialect,
    steps: i32,
    sheets: impl IntoIterator<Item = &'a [PlacedText]>,
) -> Result<Vec<u8>, RenderError> {
    let mut out = Vec::new();
    for sheet in sheets {
        render_sheet(dialect, steps, sheet, &mut out)?;
    }
    match out.is_empty() {
        true => Err(RenderError::NoSheets),
        false => Ok(out),
    }
}

fn render_sheet(
    dialect: &dyn Dialect,
    lower: i32,
    sheet: &[PlacedText],
    out: &mut Vec<u8>,
) -> Result<(), RenderError> {
    for placed in sheet {
        check(placed)?;
    }
    let mut texts: Vec<&PlacedText> = sheet
        .iter()
        .filter(|placed| !placed.text.trim().is_empty())
        .collect();
    texts.sort_by_key(|placed| (steps_down(dialect, placed), placed.left));
    refuse_overprint(dialect, &texts)?;

    dialect.begin_sheet(out);
    let mut head = Head {
        down: 0,
        across: 0,
        pitch: Pitch::Ten,
    };
    for placed in texts {
        head.feed_to(dialect, lower + steps_down(dialect, placed), out);
        head.move_to(dialect, placed, out);
        head.strike(&placed.text, out);
    }
    out.extend([CR, FF]);
    Ok(())
}

/// Where the print head stands.
struct Head {
    /// Steps from the top edge.
    down: i32,
    /// Thousandths of a point from the left edge.
    across: i32,
    pitch: Pitch,
}

impl Head {
    fn feed_to(&mut self, dialect: &dyn Dialect, down: i32, out: &mut Vec<u8>) {
        if down > self.down && self.across > 0 {
            out.push(CR);
            self.across = 0;
        }
        while self.down + LINE_STEPS <= down {
            out.push(LF);
            self.down += LINE_STEPS;
        }
        if let Ok(part @ 1..) = u8::try_from(down - self.down) {
            dialect.feed(part, out);
            self.down = down;
        }
    }

    fn move_to(&mut self, dialect: &dyn Dialect, placed: &PlacedText, out: &mut Vec<u8>) {
        if placed.pitch != self.pitch {
            dialect.pitch(self.pitch, placed.pitch, out);
            self.pitch = placed.pitch;
        }
        let target = placed.left.thousandths();
        let advance = self.pitch.advance().thousandths();
        let spaces = nearest((target - self.across).max(0), advance);
        let close = (self.across + spaces * advance - target).abs() <= TOLERANCE;
        if !(close && spaces <= MOVE_BYTES) {
            let sixtieths = nearest(target, SIXTIETH);
            let reachable = u16::try_from(sixtieths).is_ok_and(|it| dialect.move_to(it, out));
            if reachable {
                self.across = sixtieths * SIXTIETH;
                return;
            }
        }
        out.extend(std::iter::repeat_n(
            b' ',
            usize::try_from(spaces).unwrap_or_default(),
        ));
        self.across += spaces * advance;
    }

    fn strike(&mut self, text: &str, out: &mut Vec<u8>) {
        out.extend(text.bytes());
        self.across += width(text, self.pitch).thousandths();
    }
}

/// How far below the top edge a text is printed: on its line, or by a part of a line beside it where it lies between two
/// lines and the family can feed as little.
fn steps_down(dialect: &dyn Dialect, placed: &PlacedText) -> i32 {
    let beside = placed.line_offset().thousandths();
    let steps = match beside.abs() >= ON_THE_LINE && dialect.feed(1, &mut Vec::new()) {
        true => (beside + beside.signum() * STEP / 2) / STEP,
        false => 0,
    };
    (placed.line - 1) * LINE_STEPS + steps
}

/// `length` in whole `steps`, rounded.
fn nearest(length: i32, step: i32) -> i32 {
    (length + step / 2) / step
}

fn width(text: &str, pitch: Pitch) -> Points {
    pitch
        .advance()
        .times(i32::try_from(text.len()).unwrap_or(i32::MAX / 10_000))
}

/// Texts sorted by line and place; trailing spaces are no ink.
fn refuse_overprint(dialect: &dyn Dialect, texts: &[&PlacedText]) -> Result<(), RenderError> {
    for pair in texts.windows(2) {
        let [left, right] = pair else { continue };
        let end = left.left + width(left.text.trim_end(), left.pitch);
        let start = right.left + Points::from_thousandths(TOLERANCE);
        if steps_down(dialect, left) == steps_down(dialect, right) && start < end {
            return Err(RenderError::Overprint {
                field: right.field.clone(),
                over: left.field.clone(),
                line: right.line,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::DialectName;
    use super::super::testing::{at, pitched};
    use super::*;

    fn escp(sheet: &[PlacedText]) -> Result<String, RenderError> {
        render_sheets(DialectName::Escp.dialect(), [sheet])
            .map(|bytes| bytes.escape_ascii().to_string())
    }

    const BEGIN: &str = r"\x1b@\x1bR\x00\x1b2\x1bCB\x1bP";

    #[test]
    fn a_sheet_is_reset_lines_in_order_and_one_form_feed() {
        let sheet = [at(5, 0, "Bo"), at(2, 3, "Ada"), at(2, 60, "1.00")];
        let expected = format!(r"{BEGIN}\n   Ada\x1b$h\x011.00\r\n\n\nBo\r\x0c");
        assert_eq!(escp(&sheet).unwrap(), expected);
    }

    #[test]
    fn pitch_changes_only_where_it_changes() {
        let sheet = [
            pitched(at(1, 0, "ab"), Pitch::Seventeen),
            pitched(at(2, 0, "cd"), Pitch::Seventeen),
            at(3, 0, "ef"),
            pitched(at(4, 0, "gh"), Pitch::Twelve),
            pitched(at(5, 0, "ij"), Pitch::Fifteen),
            pitched(at(6, 0, "kl"), Pitch::Seventeen),
            pitched(at(7, 0, "mn"), Pitch::Twelve),
        ];
        let lines = [
            r"\x0fab\r\n",
            r"cd\r\n",
            r"\x12ef\r\n",
            r"\x1bMgh\r\n",
            r"\x1bgij\r\n",
            r"\x1bP\x0fkl\r\n",
            r"\x12\x1bMmn\r\x0c",
        ];
        assert_eq!(escp(&sheet).unwrap(), BEGIN.to_owned() + &lines.concat());
    }

    #[test]
    fn no_byte_of_data_reaches_a_printer_as_a_command() {
        for code in (0..0x20).chain([0x7F, 0x80, 0x9B, 0xE9]) {
            let c = char::from_u32(code).unwrap();
            let sheet = [at(1, 0, &format!("Ada{c}@"))];
            let expected = RenderError::Unprintable {
                field: "line 1 column 0".to_owned(),
                code,
                position: 4,
            };
            assert_eq!(escp(&sheet), Err(expected));
        }
    }

    #[test]
    fn two_texts_on_top_of_each_other_are_refused() {
        let error = escp(&[at(7, 10, "12345"), at(7, 14, "X")]).unwrap_err();
        assert!(matches!(error, RenderError::Overprint { line: 7, .. }));
        assert!(escp(&[at(7, 10, "1234"), at(7, 14, "X")]).is_ok());
    }

    /// A family without absolute moves, as line printers are.
    struct Plain;
    impl Dialect for Plain {
        fn begin_sheet(&self, _: &mut Vec<u8>) {}
        fn pitch(&self, _: Pitch, _: Pitch, _: &mut Vec<u8>) {}
        fn move_to(&self, _: u16, _: &mut Vec<u8>) -> bool {
            false
        }
        fn feed(&self, _: u8, _: &mut Vec<u8>) -> bool {
            false
        }
    }

    #[test]
    fn a_mark_between_two_lines_is_reached_by_part_of_a_line() {
        let mut mark = at(2, 0, "X");
        mark.baseline = mark.baseline + Points::from_thousandths(6_000);
        let sheet = [mark, at(1, 0, "a"), at(3, 0, "b")];
        let expected = format!(r"{BEGIN}a\r\n\x1bJ\x12X\r\x1bJ\x12b\r\x0c");
        assert_eq!(escp(&sheet).unwrap(), expected);
        let bytes = render_sheets(&Plain, [sheet.as_slice()]).unwrap();
        assert_eq!(bytes.escape_ascii().to_string(), r"a\r\nX\r\nb\r\x0c");
    }

    #[test]
    fn a_family_without_moves_gets_spaces() {
        let bytes = render_sheets(&Plain, [[at(1, 8, "X"), at(1, 12, "Y")].as_slice()]).unwrap();
        assert_eq!(bytes.escape_ascii().to_string(), r"        X   Y\r\x0c");
        assert_eq!(render_sheets(&Plain, []), Err(RenderError::NoSheets));
    }
}
