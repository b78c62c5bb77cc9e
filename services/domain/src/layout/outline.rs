//! The form itself, for plain paper and for previews: cells, rules and words, all of them data.
//!
//! Numbers and titles of boxes are not here but in the rule files, so that one outline serves every year whose boxes
//! stand where it has them. A renderer measures and wraps the words; nothing here knows a font.

use serde::Deserialize;

use super::Rect;
use crate::form::{BoxId, Copy, Mark};
use crate::points::Points;

/// Everything that is drawn of a form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Bordered areas with their titles.
    pub cells: Vec<Cell>,
    /// Further lines.
    pub rules: Vec<Rule>,
    /// Words outside of cells.
    pub words: Vec<Words>,
    /// Columns for the recipient's instructions, filled in turn.
    pub instructions: Vec<Column>,
}

/// A bordered area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Where it is.
    pub rect: Rect,
    /// What stands at its top.
    pub title: CellTitle,
    /// Filled with grey: nothing prints there.
    pub is_shaded: bool,
    /// Shaded in years whose form does not have this mark.
    pub of_mark: Option<Mark>,
    /// Copies that have it; none named means every copy.
    pub copies: Vec<Copy>,
}

/// What stands at the top of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellTitle {
    /// Nothing.
    None,
    /// These words.
    Words(String),
    /// Number and title of a box, from the rule files. A box that the year does not have leaves its number in a shaded
    /// cell.
    Box(BoxId),
}

/// A straight line, across or down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Left end, or where a line down stands.
    pub left: Points,
    /// Upper end, or where a line across lies.
    pub top: Points,
    /// Right end.
    pub right: Points,
    /// Lower end.
    pub bottom: Points,
    /// Broken into dashes.
    pub is_dashed: bool,
    /// Copies that have it; none named means every copy.
    pub copies: Vec<Copy>,
}

/// Words outside of cells, wrapped to a width.
///
/// `{form}`, `{title}`, `{year}`, `{omb}`, `{revision}`, `{copy}`, `{for}` and `{note}` stand for what the rule files
/// and the copy say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What they say.
    pub text: String,
    /// Left edge of the room they have.
    pub left: Points,
    /// Baseline of their first line.
    pub baseline: Points,
    /// Width of the room they have.
    pub width: Points,
    /// Size of the letters.
    pub size: Points,
    /// In bold letters.
    pub is_bold: bool,
    /// Where in the room they stand.
    pub align: Align,
    /// Copies that have them; none named means every copy.
    pub copies: Vec<Copy>,
}

/// Where words stand in their room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Flush left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// Flush right.
    Right,
}

/// A column of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Where it is.
    pub rect: Rect,
    /// Size of the letters.
    pub size: Points,
    /// Copies that have it; none named means every copy.
    pub copies: Vec<Copy>,
}

impl Outline {
    /// What a copy has of it.
    pub fn on(&self, copy: Copy) -> Self {
        let is_on = |copies: &[Copy]| copies.is_empty() || copies.contains(&copy);
        let mut outline = self.clone();
        outline.cells.retain(|cell| is_on(&cell.copies));
        outline.rules.retain(|rule| is_on(&rule.copies));
        outline.words.retain(|words| is_on(&words.copies));
        outline.instructions.retain(|column| is_on(&column.copies));
        outline
    }
}

/// An outline as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOutline {
    #[serde(default)]
    cells: Vec<RawCell>,
    #[serde(default)]
    rules: Vec<RawRule>,
    #[serde(default)]
    words: Vec<RawWords>,
    #[serde(default)]
    instructions: Vec<RawColumn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCell {
    left: Points,
    top: Points,
    width: Points,
    height: Points,
    #[serde(rename = "box")]
    of_box: Option<String>,
    title: Option<String>,
    #[serde(default)]
    shaded: bool,
    mark: Option<String>,
    #[serde(default)]
    copies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    left: Points,
    top: Points,
    right: Points,
    bottom: Points,
    #[serde(default)]
    dashed: bool,
    #[serde(default)]
    copies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWords {
    text: String,
    left: Points,
    baseline: Points,
    width: Points,
    size: Points,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    align: Align,
    #[serde(default)]
    copies: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawColumn {
    left: Points,
    top: Points,
    width: Points,
    height: Points,
    size: Points,
    #[serde(default)]
    copies: Vec<String>,
}

impl RawOutline {
    /// The outline on a sheet that is `height` high.
    ///
    /// # Errors
    /// What is wrong, naming the part.
    pub(super) fn typed(self, height: Points) -> Result<Outline, String> {
        let all = |raw: Vec<RawCell>| {
            raw.into_iter()
                .map(RawCell::typed)
                .collect::<Result<_, _>>()
        };
        let outline = Outline {
            cells: all(self.cells)?,
            rules: self
                .rules
                .into_iter()
                .map(RawRule::typed)
                .collect::<Result<_, _>>()?,
            words: self
                .words
                .into_iter()
                .map(RawWords::typed)
                .collect::<Result<_, _>>()?,
            instructions: self
                .instructions
                .into_iter()
                .map(RawColumn::typed)
                .collect::<Result<_, _>>()?,
        };
        let cells = outline.cells.iter().map(|cell| cell.rect);
        let columns = outline.instructions.iter().map(|column| column.rect);
        for rect in cells.chain(columns) {
            let is_off = rect.left < Points::ZERO
                || rect.top < Points::ZERO
                || rect.width <= Points::ZERO
                || rect.height <= Points::ZERO
                || rect.bottom() > height;
            if is_off {
                let (left, top) = (rect.left, rect.top);
                return Err(format!(
                    "outline: the cell or column at {left}, {top} does not lie on the first form of its stock"
                ));
            }
        }
        Ok(outline)
    }
}

impl RawCell {
    fn typed(self) -> Result<Cell, String> {
        let title = match (self.of_box, self.title) {
            (Some(id), None) => CellTitle::Box(BoxId(id)),
            (None, Some(words)) => CellTitle::Words(words),
            (None, None) => CellTitle::None,
            (Some(id), Some(_)) => {
                return Err(format!(
                    "outline: the cell of box {id} has its title in the rules"
                ));
            }
        };
        let of_mark = match &self.mark {
            None => None,
            Some(name) => Some(
                Mark::ALL
                    .into_iter()
                    .find(|mark| mark.as_str() == name)
                    .ok_or_else(|| format!("outline: there is no mark {name:?}"))?,
            ),
        };
        Ok(Cell {
            rect: Rect {
                left: self.left,
                top: self.top,
                width: self.width,
                height: self.height,
            },
            title,
            is_shaded: self.shaded,
            of_mark,
            copies: copies(&self.copies)?,
        })
    }
}

impl RawRule {
    fn typed(self) -> Result<Rule, String> {
        Ok(Rule {
            left: self.left,
            top: self.top,
            right: self.right,
            bottom: self.bottom,
            is_dashed: self.dashed,
            copies: copies(&self.copies)?,
        })
    }
}

impl RawWords {
    fn typed(self) -> Result<Words, String> {
        Ok(Words {
            text: self.text,
            left: self.left,
            baseline: self.baseline,
            width: self.width,
            size: self.size,
            is_bold: self.bold,
            align: self.align,
            copies: copies(&self.copies)?,
        })
    }
}

impl RawColumn {
    fn typed(self) -> Result<Column, String> {
        Ok(Column {
            rect: Rect {
                left: self.left,
                top: self.top,
                width: self.width,
                height: self.height,
            },
            size: self.size,
            copies: copies(&self.copies)?,
        })
    }
}

fn copies(words: &[String]) -> Result<Vec<Copy>, String> {
    super::file::copies(words).map_err(|why| format!("outline: {why}"))
}
