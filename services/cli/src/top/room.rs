//! The state of the screen: what is shown, what is chosen, what lies above it, and what a key does to that.

use std::time::Instant;

use chrono::{DateTime, Local};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use formfeed_proto::spooler as pb;

use super::action::Action;
use super::draw::lists::short;
use super::feed::News;
use super::form::{Form, Typed};
use super::pace::Pace;
use super::question::Question;
use super::truth::Truth;
use super::{detail, orders};
use crate::commands::job_view::JobView;

/// One of the three lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Questions,
    Printers,
    Queue,
}

const LISTS: [List; 3] = [List::Questions, List::Printers, List::Queue];

/// What lies above the lists.
#[derive(Debug)]
pub(super) enum Above {
    Nothing,
    /// To be read, from a line on.
    Text {
        title: String,
        lines: Vec<String>,
        from: u16,
    },
    /// Answers to choose from.
    Answers {
        question: Box<Question>,
        at: usize,
    },
    /// To be filled in; the key of the question that it answers.
    Form {
        form: Form,
        question: Option<String>,
    },
}

/// What a key asks of the program.
#[derive(Debug)]
pub(super) enum Wish {
    Nothing,
    Leave,
    Act(Action),
}

/// What is shown.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) truth: Truth,
    /// Since when the spooler does not answer, and why.
    pub(super) lost: Option<(DateTime<Local>, String)>,
    pub(super) pace: Pace,
    pub(super) list: List,
    pub(super) above: Above,
    /// What came of the last action, and what ended: the newest last.
    pub(super) messages: Vec<String>,
    /// Whether the last picture showed it: what is not seen is not steered.
    pub(super) in_sight: bool,
    /// Key of what is chosen in each list, and the place it had.
    chosen: [(String, usize); 3],
}

impl Room {
    pub(super) fn new(truth: Truth) -> Self {
        let mut room = Self {
            lost: None,
            pace: Pace::default(),
            list: match truth.questions.is_empty() {
                true => List::Printers,
                false => List::Questions,
            },
            above: Above::Nothing,
            messages: Vec::new(),
            in_sight: true,
            chosen: Default::default(),
            truth,
        };
        room.settle();
        room
    }

    /// Takes what the feed tells.
    pub(super) fn hear(&mut self, news: News) {
        match news {
            News::Truth(truth) => {
                self.pace.saw(&truth.jobs, Instant::now());
                (self.truth, self.lost) = (*truth, None);
                self.settle();
                self.drop_what_was_answered();
                self.see_the_question_anew();
            }
            News::Lost(why) => {
                let since = self.lost.take().map_or_else(Local::now, |(since, _)| since);
                self.lost = Some((since, why));
            }
            News::Ended(job) => {
                let told = JobView::new(&job).last_line();
                let state = crate::words::kebab(job.state().as_str_name());
                self.say(format!("job {} {state}: {told}", short(&job.name)));
            }
            News::Acted(Ok(done)) => self.say(done),
            News::Acted(Err(refused)) => self.say(format!("NOT DONE: {refused}")),
        }
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent) -> Wish {
        if key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c') {
            return Wish::Leave;
        }
        if !self.in_sight {
            return match key.code {
                KeyCode::Char('q') if !is_chord(key) => Wish::Leave,
                _ => Wish::Nothing,
            };
        }
        if is_chord(key) && !matches!(self.above, Above::Form { .. }) {
            return Wish::Nothing;
        }
        match std::mem::replace(&mut self.above, Above::Nothing) {
            Above::Nothing => self.key_on_lists(key),
            Above::Text { title, lines, from } => {
                let from = match key.code {
                    KeyCode::Down => from + 1,
                    KeyCode::Up => from.saturating_sub(1),
                    _ => return Wish::Nothing,
                };
                self.above = Above::Text { title, lines, from };
                Wish::Nothing
            }
            Above::Answers { question, at } => self.key_on_answers(key, question, at),
            Above::Form { mut form, question } => match form.key(key) {
                Typed::Away => Wish::Nothing,
                Typed::Done(action) => self.acts(action),
                Typed::More => {
                    self.above = Above::Form { form, question };
                    Wish::Nothing
                }
            },
        }
    }

    /// Takes a text that was pasted.
    pub(super) fn paste(&mut self, text: &str) {
        if let Above::Form { form, .. } = &mut self.above
            && self.in_sight
        {
            form.paste(text);
        }
    }

    /// The place of what is chosen in a list; `None` of an empty one.
    pub(super) fn chosen_in(&self, list: List) -> Option<usize> {
        (self.length(list) > 0).then(|| self.chosen[list as usize].1)
    }

    fn key_on_lists(&mut self, key: KeyEvent) -> Wish {
        match key.code {
            KeyCode::Char('q') => return Wish::Leave,
            KeyCode::Char('?') => self.above = detail::keys(),
            KeyCode::Tab => self.next_list(1),
            KeyCode::BackTab => self.next_list(LISTS.len() - 1),
            KeyCode::Down => self.choose(1),
            KeyCode::Up => self.choose(-1),
            KeyCode::PageDown => self.choose(10),
            KeyCode::PageUp => self.choose(-10),
            KeyCode::Enter if self.list == List::Questions => {
                if let Some(question) = self.question() {
                    let question = Box::new(question.clone());
                    self.above = Above::Answers { question, at: 0 };
                }
            }
            KeyCode::Enter => self.show_detail(),
            KeyCode::Char(letter) => return self.order(letter),
            _ => {}
        }
        Wish::Nothing
    }

    fn key_on_answers(&mut self, key: KeyEvent, question: Box<Question>, at: usize) -> Wish {
        let mut answers = question.answers();
        let last = answers.len().saturating_sub(1);
        let at = match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return Wish::Nothing,
            KeyCode::Down => (at + 1).min(last),
            KeyCode::Up => at.saturating_sub(1),
            KeyCode::Char(digit @ '1'..='9') => {
                let place = digit as usize - '1' as usize;
                if place > last { at } else { place }
            }
            _ => at,
        };
        match key.code {
            KeyCode::Enter if at <= last => {
                let question = Some(question.key());
                let form = answers.swap_remove(at).form;
                self.above = Above::Form { form, question };
            }
            _ => self.above = Above::Answers { question, at },
        }
        Wish::Nothing
    }

    /// A letter on what is chosen.
    fn order(&mut self, letter: char) -> Wish {
        let order = match (self.printer(), self.job()) {
            (Some(printer), _) => orders::on_printer(letter, printer),
            (_, Some(job)) => orders::on_job(letter, job, &self.truth.printers),
            _ => None,
        };
        match order {
            Some(orders::Order::Do(action)) => self.acts(action),
            Some(orders::Order::Ask(form)) => {
                let question = None;
                self.above = Above::Form { form, question };
                Wish::Nothing
            }
            None => {
                self.say(format!("{letter} does nothing here; ? shows the keys"));
                Wish::Nothing
            }
        }
    }

    fn acts(&mut self, action: Action) -> Wish {
        self.messages = vec!["asking the spooler".to_owned()];
        Wish::Act(action)
    }

    /// The last two are kept: an action and the end of a job often come together.
    fn say(&mut self, message: String) {
        self.messages.retain(|it| it != "asking the spooler");
        self.messages.push(message);
        let old = self.messages.len().saturating_sub(2);
        self.messages.drain(..old);
    }

    fn show_detail(&mut self) {
        let text = match (self.printer(), self.job()) {
            (Some(printer), _) => detail::printer(printer),
            (_, Some(job)) => detail::job(job),
            _ => return,
        };
        self.above = text;
    }

    fn next_list(&mut self, by: usize) {
        let mut at = self.list as usize;
        for _ in LISTS {
            at = (at + by) % LISTS.len();
            if self.length(LISTS[at]) > 0 {
                self.list = LISTS[at];
                return;
            }
        }
    }

    fn choose(&mut self, by: isize) {
        let last = self.length(self.list).saturating_sub(1);
        let at = self.chosen[self.list as usize].1;
        let at = at.saturating_add_signed(by).min(last);
        self.chosen[self.list as usize] = (self.name(self.list, at), at);
    }

    /// What was chosen stays so wherever it is now; what is gone gives its place to what follows it.
    fn settle(&mut self) {
        for list in LISTS {
            let (name, at) = self.chosen[list as usize].clone();
            let length = self.length(list);
            let now = (0..length).find(|now| self.name(list, *now) == name);
            let at = now.unwrap_or(at.min(length.saturating_sub(1)));
            self.chosen[list as usize] = (self.name(list, at), at);
        }
        if self.length(self.list) == 0 {
            self.next_list(1);
        }
    }

    fn drop_what_was_answered(&mut self) {
        let gone = |key: &str| !self.truth.questions.iter().any(|it| it.key() == key);
        let is_gone = match &self.above {
            Above::Answers { question, .. } => gone(&question.key()),
            Above::Form { question, .. } => question.as_deref().is_some_and(gone),
            _ => false,
        };
        if is_gone {
            self.above = Above::Nothing;
            let by = "somebody else, or the printer itself, answered it";
            self.say(format!("that question is settled: {by}"));
        }
    }

    /// Others may have decided some of its sheets.
    fn see_the_question_anew(&mut self) {
        if let Above::Answers { question, .. } = &mut self.above {
            let key = question.key();
            let now = self.truth.questions.iter().find(|it| it.key() == key);
            if let Some(now) = now {
                **question = now.clone();
            }
        }
    }

    fn length(&self, list: List) -> usize {
        match list {
            List::Questions => self.truth.questions.len(),
            List::Printers => self.truth.printers.len(),
            List::Queue => self.truth.jobs.len(),
        }
    }

    fn name(&self, list: List, at: usize) -> String {
        match list {
            List::Questions => self.truth.questions.get(at).map(Question::key),
            List::Printers => self.truth.printers.get(at).map(|it| it.name.clone()),
            List::Queue => self.truth.jobs.get(at).map(|it| it.name.clone()),
        }
        .unwrap_or_default()
    }

    fn question(&self) -> Option<&Question> {
        self.truth
            .questions
            .get(self.chosen[List::Questions as usize].1)
    }

    /// The printer chosen among them, or the one that the chosen question is about.
    fn printer(&self) -> Option<&pb::Printer> {
        let printers = &self.truth.printers;
        match self.list {
            List::Questions => {
                let name = self.question()?.printer()?;
                printers.iter().find(|it| it.name == name)
            }
            List::Printers => printers.get(self.chosen[List::Printers as usize].1),
            List::Queue => None,
        }
    }

    /// The job chosen in the queue; on the questions the one that the chosen question is about.
    fn job(&self) -> Option<&pb::Job> {
        match self.list {
            List::Questions => {
                let job = &self.question()?.job;
                self.truth.jobs.iter().find(|it| it.name == *job)
            }
            List::Printers => None,
            List::Queue => self.truth.jobs.get(self.chosen[List::Queue as usize].1),
        }
    }
}

/// A letter with Ctrl or Alt is not that letter: on many terminals Backspace comes as Ctrl-H.
pub(super) fn is_chord(key: KeyEvent) -> bool {
    !key.modifiers.difference(KeyModifiers::SHIFT).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(printers: &[&str]) -> Truth {
        let printer = |name: &&str| pb::Printer {
            name: format!("printers/{name}"),
            ..pb::Printer::default()
        };
        Truth {
            printers: printers.iter().map(printer).collect(),
            jobs: vec![],
            has_more: false,
            questions: vec![],
            more_questions: false,
            at: Local::now(),
        }
    }

    #[test]
    fn what_is_chosen_stays_so_when_the_list_moves_under_it() {
        let mut room = Room::new(truth(&["a", "c"]));
        room.key(KeyCode::Down.into());
        room.hear(News::Truth(Box::new(truth(&["a", "b", "c"]))));
        assert_eq!(room.chosen_in(List::Printers), Some(2));
        room.hear(News::Truth(Box::new(truth(&["a", "b"]))));
        assert_eq!(room.chosen_in(List::Printers), Some(1));
        room.hear(News::Truth(Box::new(truth(&[]))));
        assert_eq!(room.chosen_in(List::Printers), None);
    }

    fn room_with_a_job() -> Room {
        let mut truth = truth(&["a"]);
        truth.jobs = vec![pb::Job {
            name: "jobs/1".to_owned(),
            ..pb::Job::default()
        }];
        let mut room = Room::new(truth);
        room.key(KeyCode::Tab.into());
        room
    }

    #[test]
    fn a_letter_with_control_or_alt_is_no_order() {
        let mut room = room_with_a_job();
        for (letter, with) in [
            ('h', KeyModifiers::CONTROL),
            ('r', KeyModifiers::CONTROL),
            ('h', KeyModifiers::ALT),
            ('q', KeyModifiers::ALT),
        ] {
            let wish = room.key(KeyEvent::new(KeyCode::Char(letter), with));
            assert!(matches!(wish, Wish::Nothing), "{letter} with {with:?}");
        }
        assert!(room.messages.is_empty());
        assert!(matches!(
            room.key(KeyCode::Char('h').into()),
            Wish::Act(Action::Hold(_))
        ));
    }

    #[test]
    fn what_is_not_in_sight_is_only_left() {
        let mut room = room_with_a_job();
        room.in_sight = false;
        for code in [KeyCode::Char('h'), KeyCode::Char('c'), KeyCode::Enter] {
            assert!(matches!(room.key(code.into()), Wish::Nothing), "{code:?}");
        }
        assert!(matches!(room.above, Above::Nothing));
        assert!(matches!(room.key(KeyCode::Char('q').into()), Wish::Leave));
        let stop = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert!(matches!(room.key(stop), Wish::Leave));
    }

    #[test]
    fn a_lost_connection_keeps_what_was_known_and_the_moment_it_was_lost() {
        let mut room = Room::new(truth(&["a"]));
        room.hear(News::Lost("gone".to_owned()));
        let since = room.lost.clone().map(|it| it.0);
        room.hear(News::Lost("still gone".to_owned()));
        assert_eq!(room.lost.as_ref().map(|it| it.0), since);
        assert_eq!(room.chosen_in(List::Printers), Some(0));
        room.hear(News::Truth(Box::new(truth(&["a"]))));
        assert!(room.lost.is_none());
    }
}
