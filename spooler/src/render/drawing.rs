//! Lines, grey areas and words at their places on a sheet: a form as it is drawn.

use formfeed_domain::layout::Rect;
use formfeed_domain::points::Points;
use formfeed_report::Face;

/// What is drawn of a form, the same on every sheet of a job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawing {
    /// Grey areas, below all else.
    pub shades: Vec<Rect>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Words.
    pub words: Vec<DrawnText>,
}

/// A straight line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// One end, from the left and from the top of the sheet.
    pub from: (Points, Points),
    /// The other end.
    pub to: (Points, Points),
    /// Broken into dashes.
    pub is_dashed: bool,
}

/// One line of words in a proportional face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnText {
    /// What it says.
    pub text: String,
    /// In which letters.
    pub face: Face,
    /// How large.
    pub size: Points,
    /// Left edge, from the left edge of the sheet.
    pub left: Points,
    /// Baseline, from the top edge of the sheet.
    pub baseline: Points,
}

impl Drawing {
    /// Adds the border of a rectangle.
    pub(super) fn frame(&mut self, rect: Rect) {
        let (left, top) = (rect.left, rect.top);
        let (right, bottom) = (rect.right(), rect.bottom());
        for (from, to) in [
            ((left, top), (right, top)),
            ((left, bottom), (right, bottom)),
            ((left, top), (left, bottom)),
            ((right, top), (right, bottom)),
        ] {
            let line = Line {
                from,
                to,
                is_dashed: false,
            };
            if !self.lines.contains(&line) {
                self.lines.push(line);
            }
        }
    }
}
