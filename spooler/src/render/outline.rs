//! Outline → drawing: numbers and titles of the year put into the cells, words measured and wrapped.

use formfeed_domain::TaxYear;
use formfeed_domain::form::{Copy, Mark};
use formfeed_domain::instructions;
use formfeed_domain::layout::{
    Align, Cell, CellTitle, Column, Field, FieldKind, Layout, Outline, Rect, Rule,
    TransmittalLayout, Words,
};
use formfeed_domain::points::Points;
use formfeed_domain::rules::{BoxKind, BoxRule, FormRules};
use formfeed_domain::stock::Stock;
use formfeed_report::{Face, broken};

use super::drawing::{Drawing, DrawnText, Line};
use super::{RenderError, SHEET_HEIGHT};

/// Size of a cell's title.
const TITLE: Points = Points::from_thousandths(5_800);
/// From one line of a title to the next.
const TITLE_LEADING: Points = Points::from_thousandths(6_300);
/// From the top of a cell to the baseline of its title.
const TITLE_DOWN: Points = Points::from_thousandths(6_600);
/// From the border of a cell to its title.
const TITLE_IN: Points = Points::from_thousandths(3_000);
/// From the number of a box to the rectangle below it.
const RULE_ABOVE: Points = Points::from_thousandths(1_500);
/// Size of the dollar sign before an amount.
const DOLLAR: Points = Points::from_thousandths(9_000);
/// Size of the head over the recipient's instructions.
const HEAD: Points = Points::from_thousandths(9_000);

/// The years of a drawn form.
#[derive(Debug, Clone, Copy)]
pub struct Years {
    /// The calendar year it says.
    pub calendar: TaxYear,
    /// The year whose revision it is, with its words for the recipient.
    pub format: TaxYear,
}

impl From<TaxYear> for Years {
    /// A form in its own year's revision.
    fn from(year: TaxYear) -> Self {
        Self {
            calendar: year,
            format: year,
        }
    }
}

/// Draws the form of a copy and year that a layout has the outline of; nothing where it has none.
///
/// # Errors
/// [`RenderError::NoRoom`] where words do not fit: the layout is wrong.
pub fn draw(
    layout: &Layout,
    rules: &FormRules,
    copy: Copy,
    years: impl Into<Years>,
) -> Result<Drawing, RenderError> {
    let outline = match &layout.outline {
        Some(outline) => outline.on(copy),
        None => Outline::default(),
    };
    let mut artist = Artist {
        fields: layout.fields_on(copy).collect(),
        rules,
        copy,
        years: years.into(),
        drawing: Drawing::default(),
    };
    for cell in &outline.cells {
        artist.cell(cell);
    }
    for rule in &outline.rules {
        artist.drawing.lines.push(Line {
            from: (rule.left, rule.top),
            to: (rule.right, rule.bottom),
            is_dashed: rule.is_dashed,
        });
    }
    artist.squares();
    for words in &outline.words {
        artist.words(words)?;
    }
    if !outline.instructions.is_empty() {
        artist.instructions(&outline.instructions)?;
    }
    Ok(artist.drawing)
}

/// Draws what preprinted paper has in print, on every slot of the sheet: rules where the layout has them, the rectangle
/// of every field, and the number of its box above it where no other field is in the way. Where the data is printed is
/// moved with the stock; this is not.
pub fn draw_preprinted(layout: &Layout, copy: Copy) -> Drawing {
    let fields: Vec<_> = layout.fields_on(copy).collect();
    let rules = layout.outline.iter().flat_map(|outline| &outline.rules);
    draw_fields(&layout.stock, &fields, &rules.collect::<Vec<_>>())
}

/// The same of Form 1096.
pub fn draw_transmittal(layout: &TransmittalLayout) -> Drawing {
    let fields: Vec<_> = layout.fields.iter().collect();
    draw_fields(&layout.stock, &fields, &[])
}

fn draw_fields(stock: &Stock, fields: &[&Field], rules: &[&Rule]) -> Drawing {
    let mut drawing = Drawing::default();
    for slot in 0..stock.slots_per_sheet {
        let slot = i32::try_from(slot).unwrap_or_default();
        let down = stock.pitch.times(slot);
        for rule in rules {
            drawing.lines.push(Line {
                from: (rule.left, rule.top + down),
                to: (rule.right, rule.bottom + down),
                is_dashed: rule.is_dashed,
            });
        }
        for field in fields {
            let rect = Rect {
                top: field.rect.top + down,
                ..field.rect
            };
            drawing.frame(rect);
            let room = Rect {
                top: field.rect.top - TITLE_DOWN,
                height: TITLE_DOWN,
                ..field.rect
            };
            let is_number = is_number(&field.box_label);
            let is_free = fields.iter().all(|other| apart(room, other.rect));
            if is_number && is_free {
                drawing.words.push(DrawnText {
                    text: field.box_label.clone(),
                    face: Face::Regular,
                    size: TITLE,
                    left: rect.left,
                    baseline: rect.top - RULE_ABOVE,
                });
            }
        }
    }
    drawing
}

/// A box number such as `4`, `1a` or `16b`.
fn is_number(label: &str) -> bool {
    let letters = label.trim_start_matches(|c: char| c.is_ascii_digit());
    letters.len() < label.len() && letters.len() < 2
}

fn apart(one: Rect, two: Rect) -> bool {
    one.right() <= two.left
        || two.right() <= one.left
        || one.bottom() <= two.top
        || two.bottom() <= one.top
}

struct Artist<'a> {
    fields: Vec<&'a Field>,
    rules: &'a FormRules,
    copy: Copy,
    years: Years,
    drawing: Drawing,
}

impl Artist<'_> {
    fn has_mark(&self, mark: Mark) -> bool {
        self.rules.marks.contains(&mark)
    }

    fn cell(&mut self, cell: &Cell) {
        let lacks_mark = cell.of_mark.is_some_and(|mark| !self.has_mark(mark));
        let mut is_shaded = cell.is_shaded || lacks_mark;
        let (number, title) = match &cell.title {
            _ if lacks_mark => ("", ""),
            CellTitle::None => ("", ""),
            CellTitle::Words(words) => ("", words.as_str()),
            CellTitle::Box(id) => match self.rules.find(id).filter(|rule| is_in_use(rule)) {
                Some(rule) => (id.0.as_str(), rule.title.as_str()),
                None => {
                    is_shaded = true;
                    (id.0.as_str(), "")
                }
            },
        };
        match is_shaded {
            true => self.drawing.shades.push(cell.rect),
            false => self.dollars(cell.rect),
        }
        self.drawing.frame(cell.rect);
        self.title(cell.rect, number, title);
    }

    /// A number in bold, and words that leave room for a square to their right.
    fn title(&mut self, rect: Rect, number: &str, title: &str) {
        let left = rect.left + TITLE_IN;
        let baseline = rect.top + TITLE_DOWN;
        self.put(number, Face::Bold, TITLE, left, baseline);
        let indent = match number {
            "" => Points::ZERO,
            _ => Face::Bold.width(number, TITLE) + TITLE_IN,
        };
        let square = self
            .fields
            .iter()
            .filter(|field| field.kind == FieldKind::Mark && holds(rect, field.rect))
            .filter(|field| field.rect.left - rect.left > field.rect.width.times(3))
            .map(|field| field.rect.left)
            .min();
        let right = square.unwrap_or(rect.right()) - TITLE_IN;
        let lines = broken(title, Face::Regular, TITLE, right - left - indent);
        for (line, text) in (0..).zip(lines) {
            let baseline = baseline + TITLE_LEADING.times(line);
            self.put(&text, Face::Regular, TITLE, left + indent, baseline);
        }
    }

    /// A dollar sign before every amount of a cell.
    fn dollars(&mut self, rect: Rect) {
        let amounts: Vec<_> = self
            .fields
            .iter()
            .filter(|field| field.kind == FieldKind::Money && holds(rect, field.rect))
            .map(|field| field.first_baseline())
            .collect();
        let left = rect.left + Points::from_thousandths(2_000);
        for baseline in amounts {
            self.put("$", Face::Regular, DOLLAR, left, baseline);
        }
    }

    /// The square of every mark that the year has.
    fn squares(&mut self) {
        let squares: Vec<_> = self
            .fields
            .iter()
            .filter(|field| field.kind == FieldKind::Mark)
            .filter(|field| {
                let mut marks = Mark::ALL.into_iter();
                marks
                    .find(|mark| mark.as_str() == field.name)
                    .is_none_or(|mark| self.has_mark(mark))
            })
            .map(|field| field.rect)
            .collect();
        for square in squares {
            self.drawing.frame(square);
        }
    }

    fn words(&mut self, words: &Words) -> Result<(), RenderError> {
        let face = match words.is_bold {
            true => Face::Bold,
            false => Face::Regular,
        };
        let Some(text) = self.said(&words.text) else {
            return Ok(());
        };
        let leading = Points::from_thousandths(words.size.thousandths() * 115 / 100);
        for (line, text) in (0..).zip(broken(&text, face, words.size, words.width)) {
            let spare = words.width - face.width(&text, words.size);
            if spare < Points::ZERO {
                return Err(no_room(&text));
            }
            let left = match words.align {
                Align::Left => words.left,
                Align::Center => words.left + Points::from_thousandths(spare.thousandths() / 2),
                Align::Right => words.left + spare,
            };
            let baseline = words.baseline + leading.times(line);
            self.put(&text, face, words.size, left, baseline);
        }
        Ok(())
    }

    /// Words with what stands for them put in; `None` for a revision that is the year itself.
    fn said(&self, text: &str) -> Option<String> {
        let year = self.years.calendar.to_string();
        if text.contains("{revision}") && self.rules.revision == year {
            return None;
        }
        let designation = instructions::designation(self.copy);
        let addressee = designation.map_or("", |it| it.addressee.as_str());
        let note = designation.map_or("", |it| it.note.as_str());
        Some(
            text.replace("{form}", self.rules.form_type.title())
                .replace("{title}", &self.rules.title)
                .replace("{year}", &year)
                .replace("{omb}", &self.rules.omb_number)
                .replace("{revision}", &self.rules.revision)
                .replace("{copy}", &self.copy.to_string())
                .replace("{for}", addressee)
                .replace("{note}", note),
        )
    }

    /// What the recipient is told, column after column.
    fn instructions(&mut self, columns: &[Column]) -> Result<(), RenderError> {
        let told = instructions::for_recipient(self.rules.form_type, self.years.format);
        let mut columns = columns.iter();
        let mut column = columns.next().ok_or_else(|| no_room("instructions"))?;
        let mut down = column.rect.top;
        self.put(
            "Instructions for Recipient",
            Face::Bold,
            HEAD,
            column.rect.left,
            down,
        );
        down = down + HEAD;
        for instruction in told {
            let label = match &instruction.of_box {
                Some(id) => format!("Box {id}"),
                None => String::new(),
            };
            loop {
                let indent = match label.is_empty() {
                    true => Points::ZERO,
                    false => Points::from_thousandths(column.size.thousandths() * 48 / 10),
                };
                let room = column.rect.width - indent;
                let lines = broken(&instruction.text, Face::Regular, column.size, room);
                let leading = Points::from_thousandths(column.size.thousandths() * 120 / 100);
                let count = i32::try_from(lines.len()).unwrap_or(i32::MAX / 100_000);
                if down + leading.times(count) > column.rect.bottom() {
                    column = columns.next().ok_or_else(|| no_room("instructions"))?;
                    down = column.rect.top + HEAD;
                    continue;
                }
                let left = column.rect.left;
                self.put(&label, Face::Bold, column.size, left, down + leading);
                for (line, text) in (1..).zip(lines) {
                    let baseline = down + leading.times(line);
                    self.put(&text, Face::Regular, column.size, left + indent, baseline);
                }
                down = down + leading.times(count) + Points::from_thousandths(2_400);
                break;
            }
        }
        Ok(())
    }

    fn put(&mut self, text: &str, face: Face, size: Points, left: Points, baseline: Points) {
        if text.is_empty() {
            return;
        }
        debug_assert!(baseline < SHEET_HEIGHT, "{text}");
        self.drawing.words.push(DrawnText {
            text: text.to_owned(),
            face,
            size,
            left,
            baseline,
        });
    }
}

fn is_in_use(rule: &BoxRule) -> bool {
    rule.kind != BoxKind::Reserved
}

/// Whether a cell holds a rectangle.
fn holds(cell: Rect, rect: Rect) -> bool {
    cell.left <= rect.left
        && cell.top <= rect.top
        && rect.right() <= cell.right()
        && rect.bottom() <= cell.bottom()
}

fn no_room(what: &str) -> RenderError {
    RenderError::NoRoom {
        what: what.to_owned(),
    }
}
