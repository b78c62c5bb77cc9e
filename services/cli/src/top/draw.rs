//! The picture: questions above all, then printers, then the queue; what happened and the keys at the bottom.

mod above;
pub(super) mod lists;
mod text;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Wrap};

use super::room::{Above, List, Room};
use crate::shown::shown;
use text::count;

/// A smaller terminal shows only that it is too small.
const LEAST: (u16, u16) = (60, 16);

/// Styles that stand out. Every one of them only underlines what words say too.
pub(super) struct Colours {
    /// Somebody has to do something.
    alarm: Style,
    /// All is well.
    good: Style,
    /// It does not go on by itself.
    stopped: Style,
    strong: Style,
    chosen: Style,
}

impl Colours {
    /// Without colours where NO_COLOR says so (no-color.org).
    pub(super) fn from_environment() -> Self {
        Self::new(std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()))
    }

    fn new(with_colours: bool) -> Self {
        let strong = Style::new().add_modifier(Modifier::BOLD);
        let coloured = |colour: Color| match with_colours {
            true => strong.fg(colour),
            false => strong,
        };
        Self {
            alarm: coloured(Color::Red),
            good: match with_colours {
                true => Style::new().fg(Color::Green),
                false => Style::new(),
            },
            stopped: coloured(Color::Yellow),
            strong,
            chosen: Style::new().add_modifier(Modifier::REVERSED),
        }
    }
}

/// Lines of messages that are shown at most.
const MESSAGES: usize = 4;

/// Whether the room is drawn on a terminal of this size.
pub(super) fn has_room(area: Rect) -> bool {
    area.width >= LEAST.0 && area.height >= LEAST.1
}

/// Draws the room.
pub(super) fn draw(frame: &mut Frame<'_>, room: &Room, colours: &Colours) {
    let area = frame.area();
    if !has_room(area) {
        let words = format!(
            "This terminal has {} columns and {} lines; top wants at least {} and {}. q leaves.",
            area.width, area.height, LEAST.0, LEAST.1
        );
        frame.render_widget(Paragraph::new(words).wrap(Wrap { trim: true }), area);
        return;
    }
    let questions = lists::questions(room, colours);
    let printers = lists::printers(room, colours, area.width);
    let queue = lists::queue(room, colours, area.width);
    let lost = if room.lost.is_some() { 2 } else { 0 };
    let messages = room.messages.iter();
    let messages = messages.flat_map(|it| text::broken(&shown(it), usize::from(area.width)));
    let messages: Vec<_> = messages.take(MESSAGES).map(Line::raw).collect();
    let messages_high = u16::try_from(messages.len().max(1)).unwrap_or(1);
    let rest = area.height - 2 - messages_high - lost;
    let questions_high = questions.height().min((rest / 3).max(4));
    let printers_high = printers.height().min(((rest - questions_high) / 2).max(5));
    let rows = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(lost),
        Constraint::Length(questions_high),
        Constraint::Length(printers_high),
        Constraint::Min(3),
        Constraint::Length(messages_high),
        Constraint::Length(1),
    ])
    .areas::<7>(area);
    heading(frame, rows[0], room, colours);
    connection(frame, rows[1], room, colours);
    questions.render(frame, rows[2], colours);
    printers.render(frame, rows[3], colours);
    queue.render(frame, rows[4], colours);
    frame.render_widget(Paragraph::new(messages).style(colours.strong), rows[5]);
    frame.render_widget(Line::raw(keys(room)), rows[6]);
    above::render(frame, area, room, colours);
}

fn heading(frame: &mut Frame<'_>, area: Rect, room: &Room, colours: &Colours) {
    let truth = &room.truth;
    let more = if truth.has_more { " and more" } else { "" };
    let left = format!(
        "Formfeed  {}, {}{more}",
        count(truth.printers.len(), "printer"),
        count(truth.jobs.len(), "open job"),
    );
    let right = format!("as of {}", truth.at.format("%H:%M:%S"));
    frame.render_widget(Line::styled(left, colours.strong), area);
    frame.render_widget(Line::raw(right).right_aligned(), area);
}

fn connection(frame: &mut Frame<'_>, area: Rect, room: &Room, colours: &Colours) {
    let Some((since, why)) = &room.lost else {
        return;
    };
    let words = format!(
        " CONNECTION LOST at {}, trying again. Below is how it was at {}. {}",
        since.format("%H:%M:%S"),
        room.truth.at.format("%H:%M:%S"),
        shown(why)
    );
    let style = colours.alarm.add_modifier(Modifier::REVERSED);
    frame.render_widget(
        Paragraph::new(words).style(style).wrap(Wrap { trim: true }),
        area,
    );
}

fn keys(room: &Room) -> &'static str {
    match (&room.above, room.list) {
        (Above::Text { .. }, _) => "Up Down read on   any other key: back",
        (Above::Answers { .. }, _) => {
            "Up Down or 1-9 choose   Enter take it   Esc back, nothing done"
        }
        (Above::Form { .. }, _) => {
            "Enter next, then done   Up Down field   Ctrl-U clear   Esc back, nothing done"
        }
        (_, List::Questions) => {
            "Enter answer  h r c m i s on its job  p r l on its printer  Tab list  ? keys  q"
        }
        (_, List::Printers) => {
            "p pause  r resume  l load stock  Enter show   Tab other list   ? keys   q leave"
        }
        (_, List::Queue) => {
            "h hold r release c cancel m move i priority s start again Enter show  ? keys  q"
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use chrono::Local;
    use formfeed_proto::spooler as pb;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::super::truth::Truth;
    use super::*;

    fn drawn(
        room: &Room,
        (width, height): (u16, u16),
        with_colours: bool,
    ) -> Terminal<TestBackend> {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let colours = Colours::new(with_colours);
        terminal.draw(|frame| draw(frame, room, &colours)).unwrap();
        terminal
    }

    fn room() -> Room {
        let printer = pb::Printer {
            name: "printers/laser".to_owned(),
            state: pb::printer::State::Stopped.into(),
            state_reasons: vec!["\u{1b}]0;owned\u{7}\u{1b}[2Jpaper out".to_owned()],
            ..pb::Printer::default()
        };
        let job = pb::Job {
            name: "jobs/1".to_owned(),
            payer_id: "T\u{9b}31mE".to_owned(),
            state: pb::job::State::NeedsDecision.into(),
            ..pb::Job::default()
        };
        let sheet = pb::Sheet {
            number: 7,
            state: pb::sheet::State::InDoubt.into(),
            account_numbers: vec!["V\u{1b}[5m1".to_owned()],
            ..pb::Sheet::default()
        };
        Room::new(Truth {
            printers: vec![printer],
            questions: super::super::question::Question::of(&job, vec![sheet]),
            jobs: vec![job],
            has_more: false,
            more_questions: false,
            at: Local::now(),
        })
    }

    #[test]
    fn whatever_the_names_and_messages_say_no_control_character_is_drawn() {
        let mut room = room();
        for told in [
            "\\u{1b}]0;owned\\u{7}\\u{1b}[2Jpaper out",
            "V\\u{1b}[5m1",
            "Sheet 7",
        ] {
            let terminal = drawn(&room, (80, 24), true);
            let cells = terminal.backend().buffer().content();
            let text: String = cells.iter().map(|cell| cell.symbol()).collect();
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert!(text.contains(told), "{text}");
            room.key(crossterm::event::KeyCode::Enter.into());
        }
    }

    #[test]
    fn more_questions_and_jobs_than_were_read_are_told() {
        let mut room = room();
        (room.truth.has_more, room.truth.more_questions) = (true, true);
        let terminal = drawn(&room, (80, 24), true);
        let cells = terminal.backend().buffer().content().iter();
        let text: String = cells.map(|cell| cell.symbol()).collect();
        for told in [
            "! 1 AND MORE QUESTIONS WAIT",
            "1 open job and more further back",
        ] {
            assert!(text.contains(told), "{text}");
        }
    }

    #[test]
    fn without_colours_the_same_words_are_there() {
        use ratatui::style::Color::Reset;
        let room = room();
        let (with, without) = (drawn(&room, (80, 24), true), drawn(&room, (80, 24), false));
        let words = |terminal: &Terminal<TestBackend>| {
            let cells = terminal.backend().buffer().content().iter();
            cells
                .map(|cell| cell.symbol().to_owned())
                .collect::<String>()
        };
        assert_eq!(words(&with), words(&without));
        let cells = without.backend().buffer().content();
        assert!(
            cells
                .iter()
                .all(|cell| (cell.fg, cell.bg) == (Reset, Reset))
        );
    }

    #[test]
    fn the_chosen_answer_is_in_sight_on_a_small_terminal() {
        let mut room = room();
        room.key(crossterm::event::KeyCode::Enter.into());
        room.key(crossterm::event::KeyCode::Char('5').into());
        let terminal = drawn(&room, (60, 16), true);
        let cells = terminal.backend().buffer().content().iter();
        let text: String = cells.map(|cell| cell.symbol()).collect();
        assert!(text.contains("> 5 lost"), "{text}");
    }

    #[test]
    fn any_size_of_terminal_is_drawn() {
        let mut room = room();
        room.hear(super::super::feed::News::Lost("no route".to_owned()));
        for size in [(1, 1), (10, 3), (60, 16), (80, 24), (200, 60), (61, 500)] {
            drawn(&room, size, true);
            room.key(crossterm::event::KeyCode::Enter.into());
            drawn(&room, size, true);
        }
    }
}
