//! The three lists.

use std::time::Duration;

use formfeed_proto::spooler as pb;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{
    Block, BorderType, HighlightSpacing, List as Widget, ListItem, ListState, Paragraph,
};

use super::super::pace::to_do;
use super::super::room::{List, Room};
use super::Colours;
use super::text::{count, fit, right};
use crate::shown::shown;
use crate::words::{copy, form_type, id, kebab};

/// Lines of a list under a title and a heading.
pub(super) struct Panel {
    title: String,
    title_style: Style,
    heading: String,
    rows: Vec<Vec<Line<'static>>>,
    chosen: Option<usize>,
    is_ours: bool,
}

impl Panel {
    /// Lines it takes to show all.
    pub(super) fn height(&self) -> u16 {
        let rows: usize = self.rows.iter().map(Vec::len).sum();
        let heading = usize::from(!self.heading.is_empty());
        u16::try_from(rows.max(usize::from(heading > 0)) + heading + 2).unwrap_or(u16::MAX)
    }

    pub(super) fn render(self, frame: &mut Frame<'_>, area: Rect, colours: &Colours) {
        let border = match self.is_ours {
            true => BorderType::Thick,
            false => BorderType::Plain,
        };
        let title = Line::styled(format!(" {} ", self.title), self.title_style);
        let block = Block::bordered().border_type(border).title(title);
        let inside = block.inner(area);
        frame.render_widget(block, area);
        let high = u16::from(!self.heading.is_empty());
        let [heading, list] =
            Layout::vertical([Constraint::Length(high), Constraint::Min(0)]).areas(inside);
        frame.render_widget(
            Paragraph::new(format!("  {}", self.heading)).style(colours.strong),
            heading,
        );
        let items = self.rows.into_iter().map(ListItem::new);
        let widget = Widget::new(items)
            .highlight_symbol("> ")
            .highlight_spacing(HighlightSpacing::Always)
            .highlight_style(colours.chosen);
        let chosen = self.chosen.filter(|_| self.is_ours);
        let mut state = ListState::default().with_selected(chosen);
        frame.render_stateful_widget(widget, list, &mut state);
    }
}

/// What waits for a person.
pub(super) fn questions(room: &Room, colours: &Colours) -> Panel {
    let questions = &room.truth.questions;
    let (is_quiet, more) = (questions.is_empty(), room.truth.more_questions);
    let title = match questions.len() {
        many if more => format!("! {many} AND MORE QUESTIONS WAIT FOR YOU"),
        0 => "No question waits for you".to_owned(),
        1 => "! 1 QUESTION WAITS FOR YOU".to_owned(),
        many => format!("! {many} QUESTIONS WAIT FOR YOU"),
    };
    let row = |question: &super::super::question::Question| {
        let job = match question.job.as_str() {
            "" => String::new(),
            job => format!("   job {}", short(job)),
        };
        let words = format!("! {}{job}", question.headline());
        vec![Line::styled(words, colours.alarm)]
    };
    Panel {
        title,
        title_style: match is_quiet && !more {
            true => colours.good,
            false => colours.alarm,
        },
        heading: String::new(),
        rows: questions.iter().map(row).collect(),
        chosen: room.chosen_in(List::Questions),
        is_ours: room.list == List::Questions,
    }
}

/// Every printer with its state, stock, and what it is at.
pub(super) fn printers(room: &Room, colours: &Colours, width: u16) -> Panel {
    // 70 columns for all but the name, the borders and the mark of the chosen one.
    let name = usize::from(width).saturating_sub(70).clamp(8, 24);
    let heading = format!(
        "{} {} {} {} {} {} {} {}",
        fit("printer", name),
        fit("state", 9),
        fit("stock", 9),
        right("left", 6),
        fit("job", 9),
        right("sent", 11),
        right("a min", 6),
        right("time left", 9),
    );
    let rows = room.truth.printers.iter();
    let rows = rows.map(|printer| printer_rows(room, printer, colours, name, width));
    Panel {
        title: match room.truth.printers.is_empty() {
            true => "No printers: formfeed printer add".to_owned(),
            false => count(room.truth.printers.len(), "printer"),
        },
        title_style: colours.strong,
        heading,
        rows: rows.collect(),
        chosen: room.chosen_in(List::Printers),
        is_ours: room.list == List::Printers,
    }
}

fn printer_rows(
    room: &Room,
    printer: &pb::Printer,
    colours: &Colours,
    name: usize,
    width: u16,
) -> Vec<Line<'static>> {
    use pb::printer::State::{Idle, Processing, Quarantined, Stopped, Unspecified};
    let (state, style) = match printer.state() {
        Idle => ("ready", colours.good),
        Processing => ("printing", colours.good),
        Stopped => ("stopped", colours.stopped),
        Quarantined => ("in doubt", colours.alarm),
        Unspecified => ("unknown", colours.stopped),
    };
    let on_hand = printer.stock_on_hand.map(|sheets| sheets.to_string());
    let job = room.truth.jobs.iter();
    let job = job
        .filter(|_| !printer.current_job.is_empty())
        .find(|job| job.name == printer.current_job);
    let pace = job.and_then(|job| room.pace.tenths_a_minute(&job.name));
    let left = job.and_then(|job| room.pace.left(job));
    let stock = match printer.stock.as_str() {
        "" if printer.uri.starts_with("file:") => "any",
        "" => "none",
        stock => stock,
    };
    let row = format!(
        "{} {} {} {} {} {} {} {}",
        fit(&shown(id(&printer.name)), name),
        fit(state, 9),
        fit(&shown(stock), 9),
        right(on_hand.as_deref().unwrap_or("-"), 6),
        fit(&job.map_or("-".to_owned(), |job| short(&job.name)), 9),
        right(&job.map_or("-".to_owned(), sent), 11),
        right(&pace.map_or("-".to_owned(), tenths), 6),
        right(&left.map_or("-".to_owned(), clock), 9),
    );
    let mut rows = vec![Line::styled(row, style)];
    let lease = printer.lease.as_ref().filter(|lease| !lease.shows_life);
    let silent = lease.map(|it| format!("its spooler {} shows no life", it.spooler));
    for reason in printer.state_reasons.iter().chain(&silent) {
        let words = fit(&shown(reason), usize::from(width).saturating_sub(10));
        rows.push(Line::styled(format!("  └ {}", words.trim_end()), style));
    }
    rows
}

/// Every open job in the order in which they come.
pub(super) fn queue(room: &Room, colours: &Colours, width: u16) -> Panel {
    // 62 columns for all but the payer and the printer, the borders and the mark.
    let rest = usize::from(width).saturating_sub(62);
    let (printer, payer) = ((rest / 2).clamp(8, 24), (rest - rest / 2).clamp(8, 24));
    let heading = format!(
        "{} {} {} {} {} {} {}",
        fit("job", 9),
        fit("state", 21),
        fit("printer", printer),
        fit("payer", payer),
        fit("form", 7),
        right("good", 11),
        right("prio", 4),
    );
    let rows = room.truth.jobs.iter();
    let rows: Vec<_> = rows
        .map(|job| job_rows(job, colours, (printer, payer), width))
        .collect();
    Panel {
        title: match room.truth.jobs.len() {
            0 => "Nothing in the queue".to_owned(),
            jobs => {
                let more = match room.truth.has_more {
                    true => " and more further back",
                    false => "",
                };
                format!("Queue: {}{more}", count(jobs, "open job"))
            }
        },
        title_style: colours.strong,
        heading: match rows.is_empty() {
            true => String::new(),
            false => heading,
        },
        rows,
        chosen: room.chosen_in(List::Queue),
        is_ours: room.list == List::Queue,
    }
}

fn job_rows(
    job: &pb::Job,
    colours: &Colours,
    (printer, payer): (usize, usize),
    width: u16,
) -> Vec<Line<'static>> {
    use pb::job::State;
    let style = match job.state() {
        State::NeedsDecision | State::AwaitingConfirmation => colours.alarm,
        State::Stopped | State::Held => colours.stopped,
        State::Processing => colours.good,
        _ => Style::new(),
    };
    let printers: Vec<_> = job.printers.iter().map(|it| shown(id(it))).collect();
    let row = format!(
        "{} {} {} {} {} {} {}",
        fit(&short(&job.name), 9),
        fit(&kebab(job.state().as_str_name()), 21),
        fit(&printers.join(","), printer),
        fit(&shown(&job.payer_id), payer),
        fit(&form_of(job), 7),
        right(&good(job), 11),
        right(&job.priority.to_string(), 4),
    );
    let mut rows = vec![Line::styled(row, style)];
    for reason in &job.state_reasons {
        let words = fit(&shown(reason), usize::from(width).saturating_sub(10));
        rows.push(Line::styled(format!("  └ {}", words.trim_end()), style));
    }
    rows
}

/// `nec a`, `1096` or `test`.
fn form_of(job: &pb::Job) -> String {
    use pb::job::Kind;
    match job.kind() {
        Kind::Transmittal => "1096".to_owned(),
        Kind::Alignment | Kind::Calibration => "test".to_owned(),
        Kind::Forms | Kind::Unspecified => {
            format!("{} {}", form_type(job.form_type()), copy(job.copy()))
        }
    }
}

/// Sheets that the printer has behind it: `3 of 12`.
fn sent(job: &pb::Job) -> String {
    format!("{} of {}", job.sheets - to_do(job), job.sheets)
}

/// Sheets known to be good: `3 of 12`.
fn good(job: &pb::Job) -> String {
    let good = job.report.as_ref().map_or(0, |it| it.sheets_printed);
    format!("{good} of {}", job.sheets)
}

/// The end of a long id, by which people tell jobs of a day.
pub(in crate::top) fn short(name: &str) -> String {
    let id = shown(id(name));
    let all = id.chars().count();
    let end: String = id.chars().skip(all.saturating_sub(8)).collect();
    match all > 8 {
        true => format!("…{end}"),
        false => end,
    }
}

/// `20.5`.
fn tenths(tenths: u64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// `4:09`, or `1:04:09`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}
