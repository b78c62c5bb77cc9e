//! What lies above the lists: a text, the answers to a question, a form to fill in.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::super::form::Form;
use super::super::question::Question;
use super::super::room::{Above, Room};
use super::Colours;
use super::text::broken;
use crate::shown::shown;

/// Widest text, in columns.
const WIDEST: u16 = 96;

/// Lines as wide as the place they are for.
struct Lines {
    width: usize,
    lines: Vec<Line<'static>>,
}

impl Lines {
    fn new(area: Rect) -> Self {
        let width = usize::from(inside(area).width).max(1);
        let lines = Vec::new();
        Self { width, lines }
    }

    fn add(&mut self, text: &str, style: Style) {
        let broken = broken(text, self.width).into_iter();
        self.lines
            .extend(broken.map(|line| Line::styled(line, style)));
    }
}

pub(super) fn render(frame: &mut Frame<'_>, area: Rect, room: &Room, colours: &Colours) {
    match &room.above {
        Above::Nothing => {}
        Above::Text { title, lines, from } => {
            let mut text = Lines::new(area);
            lines.iter().for_each(|line| text.add(line, Style::new()));
            sheet(frame, area, title, text, *from, colours);
        }
        Above::Answers { question, at } => answers(frame, area, question, *at, colours),
        Above::Form { form, .. } => fill_in(frame, area, form, colours),
    }
}

fn answers(frame: &mut Frame<'_>, area: Rect, question: &Question, at: usize, colours: &Colours) {
    let mut text = Lines::new(area);
    let plain = Style::new();
    question
        .told()
        .iter()
        .for_each(|line| text.add(line, plain));
    text.add("", plain);
    let mut chosen_ends = 0;
    for (place, answer) in question.answers().iter().enumerate() {
        let (mark, style) = match place == at {
            true => ('>', colours.chosen),
            false => (' ', plain),
        };
        let word = format!("{mark} {} {}", place + 1, answer.word);
        text.add(&word, style.patch(colours.strong));
        text.add(&format!("      {}", answer.leads_to), plain);
        if place == at {
            chosen_ends = text.lines.len();
        }
    }
    let title = format!("! {}", question.headline());
    let high = usize::from(area.height.saturating_sub(4));
    let from = u16::try_from(chosen_ends.saturating_sub(high)).unwrap_or_default();
    sheet(frame, area, &title, text, from, colours);
}

fn fill_in(frame: &mut Frame<'_>, area: Rect, form: &Form, colours: &Colours) {
    let mut text = Lines::new(area);
    form.about
        .iter()
        .for_each(|line| text.add(line, Style::new()));
    text.add("", Style::new());
    let mut cursor = None;
    for (at, field) in form.fields.iter().enumerate() {
        let is_here = at == form.at;
        let mark = if is_here { "> " } else { "  " };
        text.add(&format!("{mark}{}", field.label), colours.strong);
        let typed = end_of(&shown(&field.text), text.width.saturating_sub(5));
        if is_here {
            cursor = Some((4 + Span::raw(typed.as_str()).width(), text.lines.len()));
        }
        text.lines.push(Line::raw(format!("    {typed}")));
    }
    if form.fields.is_empty() {
        text.add("Enter: do it. Esc: leave it.", colours.strong);
    }
    if let Some(wrong) = &form.wrong {
        text.add(&format!("! {}", shown(wrong)), colours.alarm);
    }
    let inside = sheet(frame, area, &form.title, text, 0, colours);
    if let Some((across, down)) = cursor {
        let x = u16::try_from(across).unwrap_or(u16::MAX).min(inside.width);
        let y = inside
            .y
            .saturating_add(u16::try_from(down).unwrap_or(u16::MAX));
        if y < inside.bottom() {
            frame.set_cursor_position(Position { x: inside.x + x, y });
        }
    }
}

/// The end of a text that is longer than its place.
fn end_of(text: &str, width: usize) -> String {
    let mut rest = text.chars();
    while Span::raw(rest.as_str()).width() > width && rest.next().is_some() {}
    rest.as_str().to_owned()
}

/// Where a text may stand, within its border.
fn inside(area: Rect) -> Rect {
    let width = area.width.saturating_sub(4).min(WIDEST);
    Rect {
        x: area.x + (area.width - width) / 2 + 2,
        width: width.saturating_sub(4),
        ..area
    }
}

/// A sheet in the middle of the screen, as high as its text; answers where the text stands.
fn sheet(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    text: Lines,
    from: u16,
    colours: &Colours,
) -> Rect {
    let across = inside(area);
    let lines = u16::try_from(text.lines.len()).unwrap_or(u16::MAX);
    let height = lines.saturating_add(2).min(area.height.saturating_sub(2));
    let around = Rect {
        x: across.x - 2,
        y: area.y + (area.height - height) / 2,
        width: across.width + 4,
        height,
    };
    let title = Line::styled(format!(" {} ", shown(title)), colours.strong);
    let block = Block::bordered()
        .border_type(BorderType::Double)
        .title(title);
    frame.render_widget(Clear, around);
    frame.render_widget(block, around);
    let place = Rect {
        y: around.y + 1,
        height: height.saturating_sub(2),
        ..across
    };
    let last = lines.saturating_sub(place.height);
    let text = Paragraph::new(text.lines).scroll((from.min(last), 0));
    frame.render_widget(text, place);
    place
}
