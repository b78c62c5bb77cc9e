//! Blocks → pages: what stands where.

use formfeed_domain::points::Points;

use crate::face::{Face, shown};
use crate::table::{Row, Table};
use crate::width::{broken, fitted};
use crate::{Block, Document, Orientation};

const MARGIN: Points = Points::from_thousandths(36_000);
const TEXT: Points = Points::from_thousandths(8_000);
const TITLE: Points = Points::from_thousandths(12_000);
const LINE: Points = Points::from_thousandths(11_500);
/// Between columns, at least and at most.
const GAP: Points = Points::from_thousandths(9_000);
const WIDE_GAP: Points = Points::from_thousandths(18_000);
/// Of the heads of a page, rule included.
const HEADS: Points = Points::from_thousandths(40_000);
/// A rule lies this much below the line above it.
const RULE_BELOW: Points = Points::from_thousandths(2_500);

/// One page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) texts: Vec<Placed>,
    pub(crate) rules: Vec<Rule>,
}

/// A text on a page; points from the top left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) left: Points,
    pub(crate) baseline: Points,
    pub(crate) face: Face,
    pub(crate) size: Points,
    pub(crate) text: String,
}

/// A thin line across; points from the top left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) left: Points,
    pub(crate) right: Points,
    pub(crate) top: Points,
}

/// Width and height of a page.
pub(crate) fn size(orientation: Orientation) -> (Points, Points) {
    let (short, long) = (
        Points::from_thousandths(612_000),
        Points::from_thousandths(792_000),
    );
    match orientation {
        Orientation::Portrait => (short, long),
        Orientation::Landscape => (long, short),
    }
}

/// The pages of a document; at least one.
pub(crate) fn pages(document: &Document) -> Vec<Page> {
    let mut press = Press::new(document);
    for (at, block) in document.blocks.iter().enumerate() {
        match block {
            Block::Heading(text) => {
                let follows = matches!(document.blocks.get(at + 1), Some(Block::Table(_)));
                press.heading(text, if follows { 4 } else { 2 });
            }
            Block::Line(text) => press.line(text),
            Block::Table(table) => press.table(table),
        }
    }
    press.finish()
}

/// Fills page after page.
struct Press<'a> {
    document: &'a Document,
    width: Points,
    height: Points,
    pages: Vec<Page>,
    /// Where the next line begins on the last page.
    top: Points,
}

impl<'a> Press<'a> {
    fn new(document: &'a Document) -> Self {
        let (width, height) = size(document.orientation);
        let mut press = Self {
            document,
            width,
            height,
            pages: Vec::new(),
            top: Points::ZERO,
        };
        press.next_page();
        press
    }

    fn next_page(&mut self) {
        self.pages.push(Page::default());
        self.top = MARGIN + HEADS;
    }

    fn room(&self) -> Points {
        self.width - MARGIN - MARGIN
    }

    /// Whether some lines fit below what is there.
    fn has_room(&self, lines: usize) -> bool {
        let lines = i32::try_from(lines).unwrap_or(i32::MAX / LINE.thousandths());
        self.top + LINE.times(lines) <= self.height - MARGIN
    }

    /// Goes to the next page unless some lines fit, or the page is empty anyway.
    fn make_room(&mut self, lines: usize) -> bool {
        let turns = !self.has_room(lines) && self.top > MARGIN + HEADS;
        if turns {
            self.next_page();
        }
        turns
    }

    fn page(&mut self) -> &mut Page {
        self.pages.last_mut().expect("a press begins with a page")
    }

    fn put(&mut self, left: Points, face: Face, text: String) {
        if !text.is_empty() {
            let baseline = self.top + TEXT;
            self.page().texts.push(Placed {
                left,
                baseline,
                face,
                size: TEXT,
                text,
            });
        }
    }

    fn heading(&mut self, text: &str, with: usize) {
        self.make_room(with + 1);
        if self.top > MARGIN + HEADS {
            self.top = self.top + LINE;
        }
        for line in broken(&shown(text), Face::Bold, TEXT, self.room()) {
            self.make_room(1);
            self.put(MARGIN, Face::Bold, line);
            self.top = self.top + LINE;
        }
    }

    fn line(&mut self, text: &str) {
        let text = shown(&text.replace('\t', "    "));
        let words = text.trim_start();
        let indent = Face::Regular.width(&text[..text.len() - words.len()], TEXT);
        let indent = indent.min(Points::from_thousandths(self.room().thousandths() / 2));
        for line in broken(words, Face::Regular, TEXT, self.room() - indent) {
            self.make_room(1);
            self.put(MARGIN + indent, Face::Regular, line);
            self.top = self.top + LINE;
        }
    }

    fn table(&mut self, table: &Table) {
        let grid = Grid::of(table, self.room());
        self.make_room(3);
        self.heads(&grid);
        let rows = &table.rows;
        for (at, row) in rows.iter().enumerate() {
            let lines = grid.broken(row);
            let height = height(&lines);
            // The sums stay with the last row above them.
            let follows = rows
                .get(at + 1)
                .filter(|next| next.is_total && !row.is_total);
            if self.make_room(height + usize::from(follows.is_some())) {
                self.heads(&grid);
            }
            if row.is_total && !at.checked_sub(1).is_some_and(|above| rows[above].is_total) {
                self.rule(&grid);
            }
            self.row(&grid, &lines, face_of(row));
        }
    }

    fn heads(&mut self, grid: &Grid<'_>) {
        let lines = grid.heads();
        for at in 0..height(&lines) {
            self.cells(grid, &lines, at, Face::Bold);
        }
        self.rule(grid);
    }

    /// A row; one that is higher than a page goes on on the next.
    fn row(&mut self, grid: &Grid<'_>, lines: &[Vec<String>], face: Face) {
        for at in 0..height(lines) {
            if self.make_room(1) {
                self.heads(grid);
            }
            self.cells(grid, lines, at, face);
        }
    }

    fn cells(&mut self, grid: &Grid<'_>, lines: &[Vec<String>], at: usize, face: Face) {
        let mut left = MARGIN;
        for ((cell, width), right) in lines.iter().zip(&grid.widths).zip(&grid.table.to_the_right) {
            if let Some(text) = cell.get(at) {
                let spare = match right {
                    true => *width - face.width(text, TEXT),
                    false => Points::ZERO,
                };
                self.put(left + spare, face, text.clone());
            }
            left = left + *width + grid.gap;
        }
        self.top = self.top + LINE;
    }

    fn rule(&mut self, grid: &Grid<'_>) {
        let top = self.top - LINE + TEXT + RULE_BELOW;
        let rule = Rule {
            left: MARGIN,
            right: MARGIN + grid.width(),
            top,
        };
        self.page().rules.push(rule);
    }

    /// Puts the heads on every page, now that it is known how many there are.
    fn finish(mut self) -> Vec<Page> {
        let count = self.pages.len();
        let (left, right) = (MARGIN, self.width - MARGIN);
        let first = MARGIN + TITLE;
        let second = first + LINE + Points::from_thousandths(2_000);
        let (title, subject) = (shown(&self.document.title), shown(&self.document.subject()));
        for (at, page) in self.pages.iter_mut().enumerate() {
            let number = format!("Page {} of {count}", at + 1);
            let printed = self.document.printed();
            let to_the_right = |text: &str| right - Face::Regular.width(text, TEXT);
            let mut put = |left, baseline, face, size, text| {
                page.texts.push(Placed {
                    left,
                    baseline,
                    face,
                    size,
                    text,
                });
            };
            put(left, first, Face::Bold, TITLE, title.clone());
            put(to_the_right(&number), first, Face::Regular, TEXT, number);
            put(left, second, Face::Regular, TEXT, subject.clone());
            put(to_the_right(&printed), second, Face::Regular, TEXT, printed);
            let top = second + Points::from_thousandths(5_000);
            page.rules.push(Rule { left, right, top });
        }
        self.pages
    }
}

/// The columns of a table on paper.
struct Grid<'a> {
    table: &'a Table,
    widths: Vec<Points>,
    gap: Points,
}

impl<'a> Grid<'a> {
    fn of(table: &'a Table, room: Points) -> Self {
        let width = |face: Face, text: &str| face.width(&shown(text), TEXT);
        let mut natural: Vec<_> = table
            .heads
            .iter()
            .map(|head| width(Face::Bold, head))
            .collect();
        for row in &table.rows {
            for (natural, cell) in natural.iter_mut().zip(&row.cells) {
                *natural = (*natural).max(width(face_of(row), cell));
            }
        }
        let gaps = i32::try_from(table.heads.len()).unwrap_or(1) - 1;
        let may_break: Vec<_> = table.to_the_right.iter().map(|right| !right).collect();
        let widths = fitted(&natural, &may_break, room - GAP.times(gaps));
        let texts = widths.iter().fold(Points::ZERO, |sum, width| sum + *width);
        let spare = (room - texts).thousandths() / gaps.max(1);
        Self {
            gap: Points::from_thousandths(spare).clamp(GAP, WIDE_GAP),
            widths,
            table,
        }
    }

    fn width(&self) -> Points {
        let gaps = i32::try_from(self.widths.len()).unwrap_or(1) - 1;
        let gaps = self.gap.times(gaps);
        self.widths.iter().fold(gaps, |sum, width| sum + *width)
    }

    fn heads(&self) -> Vec<Vec<String>> {
        self.lines(&self.table.heads, Face::Bold)
    }

    fn broken(&self, row: &Row) -> Vec<Vec<String>> {
        self.lines(&row.cells, face_of(row))
    }

    fn lines(&self, cells: &[String], face: Face) -> Vec<Vec<String>> {
        let cells = cells.iter().zip(&self.widths);
        cells
            .map(|(cell, width)| broken(&shown(cell), face, TEXT, *width))
            .collect()
    }
}

fn face_of(row: &Row) -> Face {
    match row.is_total {
        true => Face::Bold,
        false => Face::Regular,
    }
}

/// Lines of the highest cell.
fn height(cells: &[Vec<String>]) -> usize {
    cells.iter().map(Vec::len).max().unwrap_or(1)
}

#[cfg(test)]
mod tests;
