//! Sheets as bytes: placed text becomes a PDF or an impact printer's stream.
//!
//! Rendering is pure and knows no device. On preprinted stock only ink that belongs to the data is drawn; on plain
//! paper the form itself too. Start at [`pdf::render_sheets`] for page printers with preprinted stock, at
//! [`outline::draw`] and [`drawn::render_sheets`] for plain paper, and at [`impact::render_sheets`] for impact printers,
//! whose control bytes come from one [`Dialect`]. [`png::render_sheet`] is for screens.

mod aligned;
mod dialect;
pub mod drawing;
pub mod drawn;
mod error;
pub mod impact;
mod lock;
pub mod outline;
mod pages;
pub mod pdf;
pub mod png;

pub use aligned::shifted;
pub use dialect::{Dialect, DialectName, Move, Tabs, UnknownDialect};
pub use error::RenderError;

use formfeed_domain::placement::PlacedText;
use formfeed_domain::points::Points;
use formfeed_domain::typeset;

/// Width of a sheet: US Letter.
pub const SHEET_WIDTH: Points = Points::from_thousandths(612_000);

/// Height of a sheet: US Letter.
pub const SHEET_HEIGHT: Points = Points::from_thousandths(792_000);

/// Print lines on a sheet at 6 lines per inch.
pub const SHEET_LINES: i32 = 66;

/// Refuses what no printer may get: a byte outside 0x20–0x7E, or ink beside the sheet.
///
/// Text was checked and transliterated long before; this is the second line of defence.
fn check(placed: &PlacedText) -> Result<(), RenderError> {
    for (index, c) in placed.text.chars().enumerate() {
        if !matches!(c, ' '..='~') {
            return Err(RenderError::Unprintable {
                field: placed.field.clone(),
                code: u32::from(c),
                position: index + 1,
            });
        }
    }
    check_place(placed)
}

/// Refuses ink beside the sheet.
fn check_place(placed: &PlacedText) -> Result<(), RenderError> {
    let characters = typeset::characters(&placed.text);
    let characters = i32::try_from(characters).unwrap_or(i32::MAX / 10_000);
    let beside = placed.left < Points::ZERO
        || characters > 1_000
        || placed.left + placed.pitch.advance().times(characters) > SHEET_WIDTH;
    let above_or_below = placed.baseline < Points::ZERO
        || placed.baseline > SHEET_HEIGHT
        || !(1..=SHEET_LINES).contains(&placed.line);
    match beside || above_or_below {
        true => Err(RenderError::OffSheet {
            field: placed.field.clone(),
        }),
        false => Ok(()),
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Builders for the dull parts of the renderers' tests.

    use formfeed_domain::placement::{Pitch, PlacedText};
    use formfeed_domain::points::Points;

    /// `text` at 10 cpi on print line `line`, `column` counted from 0 in steps of 7.2 points.
    pub(crate) fn at(line: i32, column: i32, text: &str) -> PlacedText {
        PlacedText {
            field: format!("line {line} column {column}"),
            text: text.to_owned(),
            left: Pitch::Ten.advance().times(column),
            baseline: Points::from_thousandths(12_000 * line - 3_000),
            line,
            pitch: Pitch::Ten,
        }
    }

    /// The same text in another pitch.
    pub(crate) fn pitched(mut text: PlacedText, pitch: Pitch) -> PlacedText {
        text.pitch = pitch;
        text
    }
}

#[cfg(test)]
mod tests {
    use super::testing::at;
    use super::*;

    #[test]
    fn ink_beside_the_sheet_is_refused() {
        assert_eq!(check(&at(66, 84, "X")), Ok(()));
        for text in [
            at(1, 85, "X"),
            at(0, 1, "X"),
            at(67, 1, "X"),
            at(1, -1, "X"),
        ] {
            assert_eq!(
                check(&text),
                Err(RenderError::OffSheet {
                    field: text.field.clone()
                })
            );
        }
    }
}
