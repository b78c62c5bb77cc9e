//! Text with its place on the sheet: what a renderer turns into PDF or escape codes.

use crate::points::Points;

/// Characters per inch of a fixed-pitch face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pitch {
    /// 10 cpi: 12-point Courier, the IRS's wish.
    Ten,
    /// 12 cpi.
    Twelve,
    /// 15 cpi.
    Fifteen,
    /// 17.14 cpi (condensed).
    Seventeen,
}

impl Pitch {
    /// From wide to narrow.
    pub const ALL: [Self; 4] = [Self::Ten, Self::Twelve, Self::Fifteen, Self::Seventeen];

    /// Advance of one character.
    pub fn advance(self) -> Points {
        Points::from_thousandths(match self {
            Self::Ten => 7_200,
            Self::Twelve => 6_000,
            Self::Fifteen => 4_800,
            Self::Seventeen => 4_200,
        })
    }

    /// Font size at which Courier (600/1000 em wide) has this advance.
    pub fn courier_size(self) -> Points {
        Points::from_thousandths(self.advance().thousandths() * 10 / 6)
    }

    /// The nominal number: 10, 12, 15 or 17.
    pub fn cpi(self) -> i32 {
        match self {
            Self::Ten => 10,
            Self::Twelve => 12,
            Self::Fifteen => 15,
            Self::Seventeen => 17,
        }
    }
}

/// One line of text at its place on the sheet, already transliterated and known to fit its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedText {
    /// Which field of which slot, for error messages: `slot 2 recipient_name`.
    pub field: String,
    /// Printable characters only.
    pub text: String,
    /// Left edge of the first character, from the left edge of the sheet.
    pub left: Points,
    /// Baseline, from the top edge of the sheet.
    pub baseline: Points,
    /// Print line at 6 lines per inch, 1 at the top edge of the sheet (impact printers).
    pub line: i32,
    /// Fixed pitch it is set in.
    pub pitch: Pitch,
}

/// Baseline of text that stands on its print line, from the top of the line.
pub const BASELINE_IN_LINE: Points = Points::from_thousandths(9_000);

/// Height of a print line at 6 lines per inch.
pub const LINE_HEIGHT: Points = Points::from_thousandths(12_000);

impl PlacedText {
    /// Print column at 10 cpi in which the first character begins, 1 at the left edge of the sheet (impact printers).
    pub fn column(&self) -> i32 {
        let advance = Pitch::Ten.advance().thousandths();
        (self.left.thousandths() + advance / 2 - 1).div_euclid(advance) + 1
    }

    /// How far below the top of its print line the text would begin; negative above it.
    ///
    /// Within two points of nothing for all that lies on the line grid. A mark between two lines has more:
    /// printers that can feed part of a line move by it, the others print on [`PlacedText::line`].
    pub fn line_offset(&self) -> Points {
        self.baseline - BASELINE_IN_LINE - LINE_HEIGHT.times(self.line - 1)
    }
}
