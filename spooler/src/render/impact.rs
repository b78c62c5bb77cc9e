//! Sheets as a byte stream for impact printers: 6 lines per inch, lines in order, one form feed
//! per sheet.
//!
//! Each sheet starts with a reset, so that any sheet can be printed alone. The stream is as short as the dialect allows: for
//! each gap the cheapest of blanks, tabs and moves, and tab stops where they save most.

mod head;
mod stops;

use formfeed_domain::alignment::STEPS_OF_LINE;
use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::points::Points;
use formfeed_store::panic_point;

use head::Head;
use stops::Stops;

use super::dialect::moves::{CR, FF};
use super::{Dialect, RenderError, check};

/// How far a text may be from its place, in thousandths of a point: half a sixtieth of an inch.
const TOLERANCE: i32 = 600;

/// A text whose place is no further than this from its print line, in thousandths of a point, stands on it.
const ON_THE_LINE: i32 = 2_000;

/// Height of a print line, in thousandths of a point.
const LINE: i32 = 12_000;

/// A text as the head meets it.
struct Struck<'a> {
    placed: &'a PlacedText,
    /// Without blanks behind it, which are no ink.
    text: &'a str,
    /// In parts of a line that the family can feed, from the top edge.
    down: i32,
    /// Thousandths of a point from the left edge.
    left: i32,
    /// The placed one, or the next narrower that the family has.
    pitch: Pitch,
}

/// Encodes sheets one after the other, each ended by a form feed.
///
/// Texts stand within half a sixtieth of an inch of their places. Where the dialect has no
/// absolute moves, a text starts at the column nearest to its place.
///
/// # Errors
/// The first text that must not be printed or for which the family has no pitch, two texts on top of each other, or no
/// sheet at all.
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
    panic_point("spooler-impact", format_args!("{sheet:?}"));
    let lower = (lower * dialect.steps_of_line() + STEPS_OF_LINE / 2) / STEPS_OF_LINE;
    let mut texts = Vec::new();
    for placed in sheet {
        check(placed)?;
        if !placed.text.trim().is_empty() {
            texts.push(struck(dialect, lower, placed)?);
        }
    }
    texts.sort_by_key(|text| (text.down, text.left));
    refuse_overprint(&texts)?;

    let stops = Stops::cheapest(dialect, &texts);
    dialect.begin_sheet(stops.set(), out);
    let mut head = Head::at_the_top(dialect, &stops);
    for text in &texts {
        head.feed_to(text.down, out);
        head.move_to(text, out);
        head.strike(text, out);
    }
    out.extend([CR, FF]);
    Ok(())
}

fn struck<'a>(
    dialect: &dyn Dialect,
    lower: i32,
    placed: &'a PlacedText,
) -> Result<Struck<'a>, RenderError> {
    let text = placed.text.trim_end();
    let narrow = |pitch: &&Pitch| **pitch >= placed.pitch;
    let pitch = dialect.pitches().iter().find(narrow).copied();
    let (left, pitch) = match pitch {
        Some(pitch) => (placed.left.thousandths(), pitch),
        None => wider(placed, text)?,
    };
    Ok(Struck {
        placed,
        text,
        down: steps_down(dialect, placed) + lower,
        left,
        pitch,
    })
}

/// A text about its middle at 10 cpi, for a family that has no narrower pitch; it may grow by a column, within which such
/// a family places everything.
fn wider(placed: &PlacedText, text: &str) -> Result<(i32, Pitch), RenderError> {
    let grows = width(text, Pitch::Ten) - width(text, placed.pitch);
    match grows <= Pitch::Ten.advance() {
        true => Ok((
            placed.left.thousandths() - grows.thousandths() / 2,
            Pitch::Ten,
        )),
        false => Err(RenderError::NoPitch {
            field: placed.field.clone(),
            cpi: placed.pitch.cpi(),
        }),
    }
}

impl Struck<'_> {
    /// Where the head is behind it, when it started at `from`.
    fn end(&self, from: i32) -> i32 {
        from + width(self.text, self.pitch).thousandths()
    }
}

/// How far below the top edge a text is printed: on its line, or by a part of a line beside it where it lies between two
/// lines and the family can feed as little.
fn steps_down(dialect: &dyn Dialect, placed: &PlacedText) -> i32 {
    let steps_of_line = dialect.steps_of_line();
    let beside = placed.line_offset().thousandths();
    let steps = match beside.abs() >= ON_THE_LINE && steps_of_line > 1 {
        true => (2 * beside * steps_of_line + beside.signum() * LINE) / (2 * LINE),
        false => 0,
    };
    ((placed.line - 1) * steps_of_line + steps).max(0)
}

fn width(text: &str, pitch: Pitch) -> Points {
    pitch
        .advance()
        .times(i32::try_from(text.len()).unwrap_or(i32::MAX / 10_000))
}

/// Texts sorted by line and place.
fn refuse_overprint(texts: &[Struck<'_>]) -> Result<(), RenderError> {
    for pair in texts.windows(2) {
        let [left, right] = pair else { continue };
        if left.down == right.down && right.left + TOLERANCE < left.end(left.left) {
            return Err(RenderError::Overprint {
                field: right.placed.field.clone(),
                over: left.placed.field.clone(),
                line: right.placed.line,
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
        let expected = format!(r"{BEGIN}\n   Ada\x1b$h\x011.00\n\n\nBo\r\x0c");
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
            r"\x0fab\n",
            r"cd\n",
            r"\x12ef\n",
            r"\x1bMgh\n",
            r"\x1bgij\n",
            r"\x1bP\x0fkl\n",
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

    #[test]
    fn a_mark_between_two_lines_is_reached_by_part_of_a_line() {
        let mut mark = at(2, 0, "X");
        mark.baseline = mark.baseline + Points::from_thousandths(6_000);
        let sheet = [mark, at(1, 0, "a"), at(3, 0, "b")];
        let expected = format!(r"{BEGIN}a\n\x1bJ\x12X\r\x1bJ\x12b\r\x0c");
        assert_eq!(escp(&sheet).unwrap(), expected);
        let line = DialectName::Line.dialect();
        let bytes = render_sheets(line, [sheet.as_slice()]).unwrap();
        assert_eq!(bytes.escape_ascii().to_string(), r"a\r\nX\r\nb\r\x0c");
    }

    #[test]
    fn tab_stops_are_set_where_they_save_more_than_they_take() {
        let sheet: Vec<_> = (1..8).map(|line| at(line, 47, "1.00")).collect();
        let lines = r"\t1.00\n".repeat(6) + r"\t1.00\r\x0c";
        assert_eq!(
            escp(&sheet).unwrap(),
            format!(r"{BEGIN}\x1bD/\x00") + &lines
        );
    }

    #[test]
    fn behind_a_text_that_ends_at_a_stop_no_tab_is_trusted() {
        let proprinter = DialectName::IbmProprinter.dialect();
        let line = |text: &str| {
            let sheet = [at(1, 0, text), at(1, 16, "X")];
            let bytes = render_sheets(proprinter, [sheet.as_slice()]).unwrap();
            let told = bytes.escape_ascii().to_string();
            told.split_once("\\x1bR").unwrap().1.to_owned()
        };
        assert_eq!(line("12345678"), r"12345678\x1bd`\x00X\r\x0c");
        assert_eq!(line("1234567"), r"1234567\t\tX\r\x0c");
    }

    #[test]
    fn a_text_that_needs_a_pitch_the_family_lacks_is_set_narrower_or_refused() {
        let sheet = [pitched(at(1, 0, "ab"), Pitch::Fifteen)];
        let proprinter = DialectName::IbmProprinter.dialect();
        let bytes = render_sheets(proprinter, [sheet.as_slice()]).unwrap();
        assert!(
            bytes.ends_with(b"\x1bR\x0fab\r\x0c"),
            "{}",
            bytes.escape_ascii()
        );
        let line = DialectName::Line.dialect();
        let bytes = render_sheets(line, [sheet.as_slice()]).unwrap();
        assert_eq!(bytes.escape_ascii().to_string(), r"ab\r\x0c");
        let sheet = [pitched(at(1, 0, "abcd"), Pitch::Fifteen)];
        let refused = render_sheets(line, [sheet.as_slice()]).unwrap_err();
        assert!(matches!(refused, RenderError::NoPitch { cpi: 15, .. }));
    }

    #[test]
    fn a_family_without_moves_gets_spaces() {
        let line = DialectName::Line.dialect();
        let bytes = render_sheets(line, [[at(1, 8, "X"), at(1, 12, "Y")].as_slice()]).unwrap();
        assert_eq!(bytes.escape_ascii().to_string(), r"        X   Y\r\x0c");
        assert_eq!(render_sheets(line, []), Err(RenderError::NoSheets));
    }
}
