//! How the ink of a printer lies on its stock, and what is done about it: a printer that pulls paper in a little high,
//! wide or askew is put right by moving, stretching and turning what is printed.
//!
//! Page printers are put right by a map of the sheet, found from three marks whose places are measured on paper; impact
//! printers by columns, lines and parts of a line. Geometry is kept in whole thousandths of a point and millionths.

use std::fmt;

use crate::placement::LINE_HEIGHT;
use crate::points::Points;

/// One, in millionths.
const ONE: i32 = 1_000_000;
/// Furthest that a sheet is moved: an inch.
const MOST_OFFSET: Points = Points::from_thousandths(72_000);
/// Most that a sheet is stretched, shrunk or turned, in millionths: three hundredths.
const MOST_BEND: i32 = 30_000;
/// Parts of a print line, 1/216 inch each.
pub const STEPS_OF_LINE: i32 = 36;
/// Parts of a column at 10 characters per inch, 1/120 inch each.
pub const DOTS_OF_COLUMN: i32 = 12;
/// A dot, in thousandths of a point.
const DOT: Points = Points::from_thousandths(600);
/// Most columns and lines of an impact printer: an inch each way.
const MOST_COLUMNS: i32 = 10;
const MOST_LINES: i32 = 6;

/// A place on a sheet: from its left edge, and from its top edge.
pub type Place = (Points, Points);

/// The marks of a test sheet, whose places on paper are measured: top left, top right, bottom left.
pub const MARKS: [Place; 3] = [
    (inches(1), inches(1)),
    (inches_and_half(7), inches(1)),
    (inches(1), inches(10)),
];

const fn inches(inches: i32) -> Points {
    Points::from_thousandths(72_000 * inches)
}

const fn inches_and_half(inches: i32) -> Points {
    Points::from_thousandths(72_000 * inches + 36_000)
}

/// How what a page printer prints is mapped so that it lies right on paper:
/// `left' = across.0 × left + across.1 × top + right`, `top' = along.0 × left + along.1 × top + down`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetMap {
    /// What goes into the place from the left, in millionths.
    pub across: (i32, i32),
    /// What goes into the place from the top, in millionths.
    pub along: (i32, i32),
    /// Moves everything to the right.
    pub right: Points,
    /// Moves everything down.
    pub down: Points,
}

/// How an impact printer is put right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GridShift {
    /// Columns at 10 characters per inch, to the right.
    pub columns: i32,
    /// Lines at 6 to the inch, down.
    pub lines: i32,
    /// Steps of 1/216 inch further down, where the dialect can: 0 to 35.
    pub steps: i32,
    /// Dots of 1/120 inch further to the right, where the dialect can: 0 to 11.
    pub dots: i32,
}

/// What is done about a printer's ink on one stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// Of a page printer.
    Sheet(SheetMap),
    /// Of an impact printer.
    Grid(GridShift),
}

/// Why an alignment is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlignmentError {
    /// No stock drifts so far.
    #[error("moves the sheet by more than an inch: look at how the stock lies in the tray")]
    TooFar,
    /// No printer bends so much; a reading is wrong.
    #[error(
        "stretches or turns the sheet by more than 3 %: measure each mark again from the left and the top edge of the paper, in the order top left, top right, bottom left"
    )]
    TooBent,
    /// The steps are a part of one line.
    #[error("steps are 0 to 35, each 1/216 inch; a line has 36")]
    Steps,
    /// The dots are a part of one column.
    #[error("dots are 0 to 11, each 1/120 inch; a column has 12")]
    Dots,
}

impl Default for SheetMap {
    fn default() -> Self {
        Self::offset(Points::ZERO, Points::ZERO)
    }
}

impl SheetMap {
    /// Moves what is printed, and no more.
    pub const fn offset(right: Points, down: Points) -> Self {
        Self {
            across: (ONE, 0),
            along: (0, ONE),
            right,
            down,
        }
    }

    /// The map that puts a printer right which printed the [`MARKS`] of a test sheet, under the map `before`, at these
    /// places of the paper.
    ///
    /// # Errors
    /// [`AlignmentError`] when no printer is as far off.
    pub fn from_readings(before: Self, readings: [Place; 3]) -> Result<Self, AlignmentError> {
        let paper = Affine::through(MARKS, readings);
        let back = paper.inverse().ok_or(AlignmentError::TooBent)?;
        Affine::of(before).after(back).rounded()?.checked()
    }

    /// Refuses a map that moves or bends more than a printer can be off.
    ///
    /// # Errors
    /// See [`AlignmentError`].
    pub fn checked(self) -> Result<Self, AlignmentError> {
        let bend = [
            self.across.0 - ONE,
            self.across.1,
            self.along.0,
            self.along.1 - ONE,
        ];
        if bend.iter().any(|bend| bend.abs() > MOST_BEND) {
            return Err(AlignmentError::TooBent);
        }
        // What a bend moves at the middle of the sheet is no offset.
        let (right, down) = self.moved((inches_and_half(4), inches_and_half(5)));
        match [right, down].into_iter().all(|by| within(by, MOST_OFFSET)) {
            true => Ok(self),
            false => Err(AlignmentError::TooFar),
        }
    }

    /// Where a place goes.
    pub fn place(&self, (left, top): Place) -> Place {
        let sum = |(from_left, from_top): (i32, i32), moved: Points| {
            let product =
                |share: i32, length: Points| i64::from(share) * i64::from(length.thousandths());
            let millionths = product(from_left, left) + product(from_top, top);
            let thousandths = (millionths + i64::from(ONE / 2)).div_euclid(i64::from(ONE));
            Points::from_thousandths(i32::try_from(thousandths).unwrap_or(i32::MAX / 2)) + moved
        };
        (sum(self.across, self.right), sum(self.along, self.down))
    }

    /// By how much a place is moved.
    fn moved(&self, place: Place) -> Place {
        let (left, top) = self.place(place);
        (left - place.0, top - place.1)
    }

    /// Whether it changes nothing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl GridShift {
    /// Refuses a shift that is more than an inch.
    ///
    /// # Errors
    /// See [`AlignmentError`].
    pub fn checked(self) -> Result<Self, AlignmentError> {
        if !(0..STEPS_OF_LINE).contains(&self.steps) {
            return Err(AlignmentError::Steps);
        }
        if !(0..DOTS_OF_COLUMN).contains(&self.dots) {
            return Err(AlignmentError::Dots);
        }
        match self.columns.abs() <= MOST_COLUMNS && self.lines.abs() <= MOST_LINES {
            true => Ok(self),
            false => Err(AlignmentError::TooFar),
        }
    }

    /// How far to the right the dots move things, beyond the columns.
    pub fn dots_right(&self) -> Points {
        DOT.times(self.dots)
    }

    /// The dots of a way to the right that is a part of a column.
    pub fn dots_of(right: Points) -> i32 {
        right.thousandths() / DOT.thousandths()
    }

    /// How far down the lines move things; the steps are the printer's own.
    pub fn lines_down(&self) -> Points {
        LINE_HEIGHT.times(self.lines)
    }
}

impl fmt::Display for Alignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sheet(map) => map.fmt(f),
            Self::Grid(shift) => shift.fmt(f),
        }
    }
}

/// `3.5 pt right, -2 pt down, 0.12 % wider, 0.05 % shorter, turned 0.02 %`.
impl fmt::Display for SheetMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pt right, {} pt down", self.right, self.down)?;
        let scale = [
            (self.across.0 - ONE, "wider", "narrower"),
            (self.along.1 - ONE, "longer", "shorter"),
        ];
        for (by, more, less) in scale {
            if by != 0 {
                let word = if by > 0 { more } else { less };
                write!(f, ", {} % {word}", percent(by.abs()))?;
            }
        }
        match (self.along.0, self.across.1) {
            (0, 0) => Ok(()),
            (lines, edge) => write!(
                f,
                ", lines sloped {} %, edges {} %",
                percent(lines),
                percent(edge)
            ),
        }
    }
}

impl fmt::Display for GridShift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            columns,
            lines,
            steps,
            dots,
        } = self;
        write!(f, "{columns} columns")?;
        if *dots != 0 {
            write!(f, " and {dots}/120 in")?;
        }
        write!(f, " right, {lines} lines and {steps}/216 in down")
    }
}

/// Millionths as hundredths, with four decimals at most.
fn percent(millionths: i32) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, part) = (millionths.abs() / 10_000, millionths.abs() % 10_000);
    let text = format!("{sign}{whole}.{part:04}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn within(length: Points, most: Points) -> bool {
    length.thousandths().abs() <= most.thousandths()
}

/// A map of the sheet while it is worked out, in thousandths of a point.
#[derive(Debug, Clone, Copy)]
struct Affine {
    across: [f64; 3],
    along: [f64; 3],
}

impl Affine {
    fn of(map: SheetMap) -> Self {
        let one = f64::from(ONE);
        let row = |(left, top): (i32, i32), moved: Points| {
            [
                f64::from(left) / one,
                f64::from(top) / one,
                f64::from(moved.thousandths()),
            ]
        };
        Self {
            across: row(map.across, map.right),
            along: row(map.along, map.down),
        }
    }

    /// The map that takes the first places to the second; the first lie at right angles along the edges.
    fn through(from: [Place; 3], to: [Place; 3]) -> Self {
        let number = |length: Points| f64::from(length.thousandths());
        let (width, height) = (number(from[1].0 - from[0].0), number(from[2].1 - from[0].1));
        let row = |of: fn(Place) -> Points| {
            let left = number(of(to[1]) - of(to[0])) / width;
            let top = number(of(to[2]) - of(to[0])) / height;
            let rest = number(of(to[0])) - left * number(from[0].0) - top * number(from[0].1);
            [left, top, rest]
        };
        Self {
            across: row(|place| place.0),
            along: row(|place| place.1),
        }
    }

    fn inverse(&self) -> Option<Self> {
        let ([a, c, e], [b, d, f]) = (self.across, self.along);
        let determinant = a * d - b * c;
        (determinant.abs() > 0.5).then(|| Self {
            across: [
                d / determinant,
                -c / determinant,
                (c * f - d * e) / determinant,
            ],
            along: [
                -b / determinant,
                a / determinant,
                (b * e - a * f) / determinant,
            ],
        })
    }

    /// This map after another.
    fn after(&self, first: Self) -> Self {
        let row = |[left, top, rest]: [f64; 3]| {
            [
                left * first.across[0] + top * first.along[0],
                left * first.across[1] + top * first.along[1],
                left * first.across[2] + top * first.along[2] + rest,
            ]
        };
        Self {
            across: row(self.across),
            along: row(self.along),
        }
    }

    fn rounded(&self) -> Result<SheetMap, AlignmentError> {
        let one = f64::from(ONE);
        let share = |value: f64| whole(value * one).ok_or(AlignmentError::TooBent);
        let length = |value: f64| {
            let thousandths = whole(value).ok_or(AlignmentError::TooFar)?;
            Ok(Points::from_thousandths(thousandths))
        };
        Ok(SheetMap {
            across: (share(self.across[0])?, share(self.across[1])?),
            along: (share(self.along[0])?, share(self.along[1])?),
            right: length(self.across[2])?,
            down: length(self.along[2])?,
        })
    }
}

/// Rounded, where it is of a size that a sheet has.
fn whole(value: f64) -> Option<i32> {
    const MOST: f64 = 100_000_000.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is finite and far smaller than an i32"
    )]
    (value.abs() < MOST).then(|| value.round() as i32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn points(thousandths: i32) -> Points {
        Points::from_thousandths(thousandths)
    }

    #[test]
    fn readings_where_the_marks_belong_change_nothing() {
        let map = SheetMap::from_readings(SheetMap::default(), MARKS).unwrap();
        assert!(map.is_nothing(), "{map}");
    }

    #[test]
    fn paper_that_lies_a_tenth_of_an_inch_too_far_left_is_answered_to_the_right() {
        let readings = MARKS.map(|(left, top)| (left - points(7_200), top + points(3_600)));
        let map = SheetMap::from_readings(SheetMap::default(), readings).unwrap();
        assert_eq!(map, SheetMap::offset(points(7_200), points(-3_600)));
        assert_eq!(map.to_string(), "7.2 pt right, -3.6 pt down");
        // The next test sheet is right; measuring it once more keeps what is set.
        assert_eq!(SheetMap::from_readings(map, MARKS), Ok(map));
    }

    #[test]
    fn readings_in_another_order_or_from_another_edge_are_refused() {
        let [a, b, c] = MARKS;
        let nothing = SheetMap::default();
        for wrong in [[b, a, c], [a, c, b], [a, b, b], [a, a, a]] {
            let refused = SheetMap::from_readings(nothing, wrong);
            assert_eq!(refused, Err(AlignmentError::TooBent), "{wrong:?}");
        }
        let far = MARKS.map(|(left, top)| (left + points(90_000), top));
        let refused = SheetMap::from_readings(nothing, far);
        assert_eq!(refused, Err(AlignmentError::TooFar));
    }

    #[test]
    fn a_shift_of_lines_is_less_than_an_inch_and_its_steps_less_than_a_line() {
        let shift = |columns, lines, steps| {
            GridShift {
                columns,
                lines,
                steps,
                dots: 11,
            }
            .checked()
        };
        assert!(shift(10, -6, 35).is_ok());
        assert_eq!(shift(11, 0, 0), Err(AlignmentError::TooFar));
        assert_eq!(shift(0, -7, 0), Err(AlignmentError::TooFar));
        assert_eq!(shift(0, 0, 36), Err(AlignmentError::Steps));
        assert_eq!(shift(0, 0, -1), Err(AlignmentError::Steps));
        for dots in [-1, 12] {
            let shift = GridShift {
                dots,
                ..GridShift::default()
            };
            assert_eq!(shift.checked(), Err(AlignmentError::Dots));
        }
    }

    proptest! {
        /// Whatever a printer does to a sheet within reason: after its marks are measured, ink lies within a hundredth
        /// of a point of its place everywhere.
        #[test]
        fn measured_once_a_printer_is_right_everywhere(
            bend in prop::array::uniform4(-20_000..20_000i32),
            moved in prop::array::uniform2(-30_000..30_000i32),
            at in (0..612_000i32, 0..792_000i32),
        ) {
            let printer = SheetMap {
                across: (ONE + bend[0], bend[1]),
                along: (bend[2], ONE + bend[3]),
                right: points(moved[0]),
                down: points(moved[1]),
            };
            let map = SheetMap::from_readings(SheetMap::default(), MARKS.map(|mark| printer.place(mark)));
            prop_assume!(map.is_ok());
            let wanted = (points(at.0), points(at.1));
            let (left, top) = printer.place(map.unwrap().place(wanted));
            prop_assert!(within(left - wanted.0, points(10)), "{left} for {}", wanted.0);
            prop_assert!(within(top - wanted.1, points(10)), "{top} for {}", wanted.1);
        }
    }
}
