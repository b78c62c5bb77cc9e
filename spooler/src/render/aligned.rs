//! How a printer's ink is put right: a map of every page, or a shift on the grid of an impact printer.

use formfeed_domain::alignment::{GridShift, SheetMap};
use formfeed_domain::placement::{Pitch, PlacedText};
use pdf_writer::Content;

use super::SHEET_HEIGHT;

/// What a page begins with so that all of it is mapped; `None` where nothing is.
///
/// A map counts from the top left of the sheet, a page from the bottom left (ISO 32000-1, 8.3.4).
pub(super) fn operations(map: SheetMap) -> Option<Vec<u8>> {
    if map.is_nothing() {
        return None;
    }
    let share = |millionths: i32| f64::from(millionths) / 1_000_000.0;
    let height = SHEET_HEIGHT.points();
    let ((across_left, across_top), (along_left, along_top)) = (map.across, map.along);
    let matrix = [
        share(across_left),
        -share(along_left),
        -share(across_top),
        share(along_top),
        share(across_top) * height + map.right.points(),
        height - share(along_top) * height - map.down.points(),
    ];
    let mut operations = Content::new();
    operations.transform(matrix.map(narrow));
    Some(operations.finish().to_vec())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "shares and lengths of a sheet have six digits that matter"
)]
fn narrow(number: f64) -> f32 {
    number as f32
}

/// Texts moved by columns, dots and whole lines; the steps of a shift are the renderer's.
pub fn shifted(sheet: Vec<PlacedText>, shift: GridShift) -> Vec<PlacedText> {
    let right = Pitch::Ten.advance().times(shift.columns) + shift.dots_right();
    let moved = sheet.into_iter().map(|placed| PlacedText {
        left: placed.left + right,
        baseline: placed.baseline + shift.lines_down(),
        line: placed.line + shift.lines,
        ..placed
    });
    moved.collect()
}

#[cfg(test)]
mod tests {
    use formfeed_domain::points::Points;

    use super::super::testing::at;
    use super::*;

    fn text(map: SheetMap) -> Option<String> {
        operations(map).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_page_is_mapped_from_its_top_left_corner() {
        let offset = |right, down| {
            let points = |points: i32| Points::from_thousandths(points * 1_000);
            SheetMap::offset(points(right), points(down))
        };
        assert_eq!(text(offset(0, 0)), None);
        assert_eq!(text(offset(3, 5)).as_deref(), Some("1 0 0 1 3 -5 cm"));
        let longer = SheetMap {
            along: (0, 1_010_000),
            ..offset(0, 0)
        };
        // The top edge stays where it is: 792 - 1.01 x 792.
        assert_eq!(text(longer).as_deref(), Some("1 0 0 1.01 0 -7.92 cm"));
    }

    #[test]
    fn a_shift_moves_columns_and_lines_together() {
        let shift = GridShift {
            columns: 2,
            lines: -1,
            ..GridShift::default()
        };
        let moved = shifted(vec![at(5, 3, "X")], shift);
        let expected = PlacedText {
            field: "line 5 column 3".to_owned(),
            ..at(4, 5, "X")
        };
        assert_eq!(moved, [expected]);
    }
}
