//! The sheet of marks whose places on paper are measured.

use formfeed_domain::alignment::{MARKS, Place, SheetMap};
use formfeed_domain::placement::{LINE_HEIGHT, Pitch, PlacedText};
use formfeed_domain::points::Points;

use crate::render::RenderError;
use crate::render::pdf::Overlay;

/// From a mark to the text beside it, to the right and down.
const BESIDE: Place = (
    Points::from_thousandths(-28_800),
    Points::from_thousandths(54_000),
);

/// One page with a cross at each of [`MARKS`], and what to do with them.
pub(super) fn marks(map: SheetMap) -> Result<Vec<u8>, RenderError> {
    let mut words = Vec::new();
    for (number, (left, top)) in (1..).zip(MARKS) {
        words.push(text(
            (left + BESIDE.0, top + BESIDE.1),
            &format!("MARK {number}"),
        ));
    }
    let (left, top) = (
        Points::from_thousandths(144_000),
        Points::from_thousandths(360_000),
    );
    let told = [
        "MEASURE THE MIDDLE OF EACH CROSS ON THIS SHEET:",
        "FIRST FROM THE LEFT EDGE OF THE PAPER, THEN FROM",
        "ITS TOP EDGE, AND TYPE THE SIX NUMBERS:",
        "",
        "FORMFEED PRINTER ALIGN NAME --READINGS",
        "LEFT,TOP LEFT,TOP LEFT,TOP",
    ];
    for (line, told) in (0..).zip(told) {
        words.push(text((left, top + LINE_HEIGHT.times(line)), told));
    }
    let mut document = Overlay::new(Vec::new())?;
    document.map(map)?;
    document.crosses(&MARKS, &words)?;
    document.finish()
}

fn text((left, baseline): Place, text: &str) -> PlacedText {
    let line = baseline.thousandths() / LINE_HEIGHT.thousandths() + 1;
    PlacedText {
        field: "mark".to_owned(),
        text: text.to_owned(),
        left,
        baseline,
        line,
        pitch: Pitch::Ten,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_are_drawn_where_they_are_measured() {
        let bytes = marks(SheetMap::default()).unwrap();
        let document = lopdf::Document::load_mem(&bytes).unwrap();
        let (_, page) = document.get_pages().into_iter().next().unwrap();
        let content = document.get_page_content(page);
        let content = String::from_utf8(content).unwrap();
        // Top left: an inch from the left, an inch from the top of 792 points.
        for line in ["36 720 m\n108 720 l", "72 684 m\n72 756 l"] {
            assert!(content.contains(line), "{line} in {content}");
        }
        assert!(content.contains("(MARK 3) Tj"), "{content}");
    }
}
