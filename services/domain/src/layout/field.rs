//! One field of a layout, and where text of a given length begins in it.

use serde::Deserialize;

use crate::form::Copy;
use crate::placement::{BASELINE_IN_LINE, LINE_HEIGHT, Pitch};
use crate::points::Points;

/// A rectangle on the sheet, from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Left edge.
    pub left: Points,
    /// Top edge.
    pub top: Points,
    /// Width.
    pub width: Points,
    /// Height.
    pub height: Points,
}

impl Rect {
    /// Right edge.
    pub fn right(self) -> Points {
        self.left + self.width
    }

    /// Bottom edge.
    pub fn bottom(self) -> Points {
        self.top + self.height
    }
}

/// What a field takes, and how it stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line, flush left.
    Text,
    /// One line, or two for a long name; flush left, standing on the last line.
    Name,
    /// Several lines from the first on, flush left.
    Block,
    /// An amount, flush right.
    Money,
    /// An X in the middle.
    Mark,
    /// A taxpayer identification number, flush left.
    Tin,
    /// The calendar year, flush left; two or four digits.
    Year,
}

/// One field of the first slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name: `payer`, `recipient_name`, `box_1`, `state_1_tax`, or a [`crate::form::Mark`]'s.
    pub name: String,
    /// Label of the rectangle in the IRS's own file.
    pub box_label: String,
    /// What it takes.
    pub kind: FieldKind,
    /// Where the ink must stay.
    pub rect: Rect,
    /// Column on the 10 cpi grid: the first of text, the last of money.
    pub column: i32,
    /// Print lines on the 6 lpi grid, from the top of the sheet.
    pub lines: Vec<i32>,
    /// Baseline of the first line, where it is not that of the print line.
    pub baseline: Option<Points>,
    /// Fewer characters than the rectangle holds.
    pub max_characters: Option<usize>,
    /// Copies of the form that have it; none named means every copy the layout serves.
    pub copies: Vec<Copy>,
}

/// Horizontal steps that every impact printer can make: 1/60 inch.
const STEP: i32 = 1_200;

impl Field {
    /// Whether that copy has it.
    pub fn is_on(&self, copy: Copy) -> bool {
        self.copies.is_empty() || self.copies.contains(&copy)
    }

    /// Baseline of the first line, from the top of the sheet.
    pub fn first_baseline(&self) -> Points {
        self.baseline_of(self.lines.first().copied().unwrap_or(1))
    }

    /// Baseline of an X in the middle, from half of its height on.
    pub(super) fn baseline_of_mark(&self, half_height: Points) -> Points {
        let middle = self.rect.top.thousandths() + self.rect.height.thousandths() / 2;
        Points::from_thousandths(middle) + half_height
    }

    /// Room for text, from the first place where it may begin to where it must end.
    pub(super) fn room(&self) -> Points {
        match self.kind {
            FieldKind::Money => self.grid_right() - self.rect.left,
            _ => self.rect.right() - self.inmost_left(),
        }
    }

    /// Where `characters` begin that fit into [`Field::room`].
    pub(super) fn left_of(&self, characters: usize, pitch: Pitch) -> Points {
        let width = pitch
            .advance()
            .times(i32::try_from(characters).unwrap_or(i32::MAX / 10_000));
        match self.kind {
            FieldKind::Money => step_down(self.grid_right() - width),
            FieldKind::Mark => {
                let middle = self.rect.left.thousandths() + self.rect.width.thousandths() / 2;
                nearest_step(Points::from_thousandths(middle - width.thousandths() / 2))
            }
            _ if self.grid_left() + width <= self.rect.right() => self.grid_left(),
            _ => self.inmost_left(),
        }
    }

    /// Baseline of text on one of the field's lines.
    pub(super) fn baseline_of(&self, line: i32) -> Points {
        match (self.kind, self.baseline) {
            (FieldKind::Mark, _) => self.baseline_of_mark(HALF_HEIGHT_OF_X),
            (_, Some(baseline)) => {
                let first = self.lines.first().copied().unwrap_or(line);
                baseline + LINE_HEIGHT.times(line - first)
            }
            (_, None) => LINE_HEIGHT.times(line - 1) + BASELINE_IN_LINE,
        }
    }

    /// Left edge of the field's column.
    fn grid_left(&self) -> Points {
        Pitch::Ten.advance().times(self.column - 1)
    }

    /// Right edge of the field's column.
    fn grid_right(&self) -> Points {
        Pitch::Ten.advance().times(self.column)
    }

    /// The first step inside the rectangle: where long text begins, left of the column.
    fn inmost_left(&self) -> Points {
        step_down(self.rect.left) + Points::from_thousandths(STEP)
    }
}

/// Half of the height of a 12-point Courier X (562/1000 em).
const HALF_HEIGHT_OF_X: Points = Points::from_thousandths(3_372);

fn step_down(at: Points) -> Points {
    Points::from_thousandths(at.thousandths().div_euclid(STEP) * STEP)
}

fn nearest_step(at: Points) -> Points {
    step_down(at + Points::from_thousandths(STEP / 2))
}
