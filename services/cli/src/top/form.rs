//! What has to be filled in before something is done: reasons, numbers, and the word that confirms that stock is lost.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::Action;
use super::room::is_chord;

/// Longest text of a field.
const LONGEST: usize = 200;

type Make = Box<dyn Fn(&[String]) -> Action + Send>;

/// Fields, one after the other, and the action that they make.
pub(super) struct Form {
    /// What is done.
    pub(super) title: String,
    /// What it leads to.
    pub(super) about: Vec<String>,
    /// To be filled in.
    pub(super) fields: Vec<Field>,
    /// The field at the cursor.
    pub(super) at: usize,
    /// Why it cannot be done so.
    pub(super) wrong: Option<String>,
    make: Make,
}

/// A line to be filled in.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// What it asks for.
    pub(super) label: String,
    /// What was typed.
    pub(super) text: String,
    check: Check,
}

/// What a field takes.
#[derive(Debug, Clone)]
pub(super) enum Check {
    /// Anything but nothing.
    Reason,
    /// This word, typed out.
    Word(&'static str),
    /// A whole number between two, both included.
    Number(i32, i32),
    /// Nothing, or a number from 1.
    Count,
    /// Nothing, or a serial number.
    Serial,
    /// A number or a range that has one of these in it, and goes not beyond them.
    Range(Vec<i32>),
    /// Numbers with commas between, within the range of these; one of these is left.
    Numbers(Vec<i32>),
    /// One of these.
    OneOf(Vec<String>),
}

/// What a key did to a form.
pub(super) enum Typed {
    /// It goes on.
    More,
    /// It is put away, nothing done.
    Away,
    /// All is filled in.
    Done(Action),
}

impl Form {
    pub(super) fn new(
        title: impl Into<String>,
        about: Vec<String>,
        fields: Vec<Field>,
        make: impl Fn(&[String]) -> Action + Send + 'static,
    ) -> Self {
        Self {
            title: title.into(),
            about,
            fields,
            at: 0,
            wrong: None,
            make: Box::new(make),
        }
    }

    /// Takes a key.
    pub(super) fn key(&mut self, key: KeyEvent) -> Typed {
        self.wrong = None;
        let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
        let erase = |text: &mut String| {
            text.pop();
        };
        match key.code {
            KeyCode::Esc => return Typed::Away,
            KeyCode::Enter => return self.enter(),
            KeyCode::Tab | KeyCode::Down => self.to(self.at + 1),
            KeyCode::BackTab | KeyCode::Up => self.to(self.at.saturating_sub(1)),
            KeyCode::Char('u') if with_control => self.change(String::clear),
            KeyCode::Char('h') if with_control => self.change(erase), // Backspace of many terminals
            KeyCode::Char(_) if is_chord(key) => {}
            KeyCode::Char(c) => self.paste(c.encode_utf8(&mut [0; 4])),
            KeyCode::Backspace => self.change(erase),
            _ => {}
        }
        Typed::More
    }

    /// Takes a text as if typed; what is no text of it is left out.
    pub(super) fn paste(&mut self, text: &str) {
        self.change(|field| {
            let room = LONGEST.saturating_sub(field.chars().count());
            field.extend(text.chars().filter(|c| !c.is_control()).take(room));
        });
    }

    fn change(&mut self, change: impl FnOnce(&mut String)) {
        if let Some(field) = self.fields.get_mut(self.at) {
            change(&mut field.text);
        }
    }

    fn to(&mut self, at: usize) {
        self.at = at.min(self.fields.len().saturating_sub(1));
    }

    /// To the next field, or done with the last.
    fn enter(&mut self) -> Typed {
        let is_last = self.at + 1 >= self.fields.len();
        let upto = if is_last {
            self.fields.len()
        } else {
            self.at + 1
        };
        for (at, field) in self.fields.iter().take(upto).enumerate() {
            if let Err(wrong) = field.check.passes(field.text.trim()) {
                (self.at, self.wrong) = (at, Some(wrong));
                return Typed::More;
            }
        }
        if !is_last {
            self.to(self.at + 1);
            return Typed::More;
        }
        let texts = self.fields.iter().map(|field| field.text.trim().to_owned());
        let texts: Vec<_> = texts.collect();
        Typed::Done((self.make)(&texts))
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form")
            .field("title", &self.title)
            .finish_non_exhaustive()
    }
}

impl Field {
    pub(super) fn new(label: impl Into<String>, check: Check) -> Self {
        Self {
            label: label.into(),
            text: String::new(),
            check,
        }
    }

    /// Why; kept.
    pub(super) fn reason() -> Self {
        Self::new("Why (kept)", Check::Reason)
    }

    /// A word that has to be typed out.
    pub(super) fn word(word: &'static str) -> Self {
        Self::new(format!("Type {word} to confirm"), Check::Word(word))
    }

    /// The same with a text in it.
    pub(super) fn with(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
}

impl Check {
    fn passes(&self, text: &str) -> Result<(), String> {
        let number = || text.parse::<i32>().ok();
        let fits = match self {
            Self::Reason => !text.is_empty(),
            Self::Word(word) => text.eq_ignore_ascii_case(word),
            Self::Number(least, most) => number().is_some_and(|it| (*least..=*most).contains(&it)),
            Self::Count => text.is_empty() || number().is_some_and(|it| it >= 1),
            Self::Serial => text.is_empty() || text.parse::<i64>().is_ok_and(|it| it >= 1),
            Self::Range(of) => crate::commands::job::range(text).is_ok_and(|(from, to)| {
                let (first, last) = ends(of);
                first <= from && to <= last && of.iter().any(|it| (from..=to).contains(it))
            }),
            Self::Numbers(of) => {
                let (first, last) = ends(of);
                let typed: Result<Vec<i32>, _> =
                    text.split(',').map(|it| it.trim().parse()).collect();
                typed.is_ok_and(|typed| {
                    typed.iter().all(|it| (first..=last).contains(it))
                        && of.iter().any(|it| !typed.contains(it))
                })
            }
            Self::OneOf(words) => words.iter().any(|word| word == text),
        };
        match fits {
            true => Ok(()),
            false => Err(self.wanted()),
        }
    }

    fn wanted(&self) -> String {
        match self {
            Self::Reason => "say why: it is kept".to_owned(),
            Self::Word(word) => format!("type {word}, or leave with Esc"),
            Self::Number(least, most) => format!("a number from {least} to {most}"),
            Self::Count => "a number from 1, or nothing: not counted".to_owned(),
            Self::Serial => "a number from 1, or nothing".to_owned(),
            Self::Range(of) => {
                let (first, last) = ends(of);
                format!("a sheet that waits, or a range such as {first}-{last}")
            }
            Self::Numbers(of) => {
                let (first, last) = ends(of);
                format!("numbers from {first} to {last}, by commas, not all that wait")
            }
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }
}

/// The first and the last of numbers in order.
fn ends(of: &[i32]) -> (i32, i32) {
    let number = |it: Option<&i32>| it.copied().unwrap_or_default();
    (number(of.first()), number(of.last()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use formfeed_proto::spooler as pb;

    fn typed(form: &mut Form, text: &str) -> Typed {
        form.paste(text);
        form.key(KeyCode::Enter.into())
    }

    fn form() -> Form {
        let fields = vec![Field::word("spoiled"), Field::reason()];
        Form::new("Sheet 1: spoiled", vec![], fields, |texts| {
            Action::Cancel(pb::CancelJobRequest {
                name: texts.join("|"),
                reason: String::new(),
            })
        })
    }

    #[test]
    fn stock_is_given_up_only_by_the_word_typed_out_and_with_a_reason() {
        let mut form = form();
        assert!(matches!(typed(&mut form, "yes"), Typed::More));
        assert!(
            form.wrong
                .as_ref()
                .is_some_and(|it| it.contains("type spoiled"))
        );
        form.key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert!(matches!(typed(&mut form, "spoiled"), Typed::More));
        assert!(matches!(typed(&mut form, "  "), Typed::More));
        assert!(form.wrong.as_ref().is_some_and(|it| it.contains("why")));
        let done = typed(&mut form, "coffee");
        assert!(matches!(done, Typed::Done(Action::Cancel(it)) if it.name == "spoiled|coffee"));
    }

    #[test]
    fn escape_does_nothing_and_a_pasted_command_is_a_text_without_controls() {
        let mut form = form();
        form.paste("spo\u{1b}[31miled\r\n");
        assert_eq!(form.fields[0].text, "spo[31miled");
        assert!(matches!(form.key(KeyCode::Esc.into()), Typed::Away));
    }

    #[test]
    fn a_letter_with_control_or_alt_is_not_typed() {
        let mut form = form();
        form.paste("spoi");
        for (letter, with) in [
            ('x', KeyModifiers::CONTROL),
            ('h', KeyModifiers::ALT),
            ('h', KeyModifiers::CONTROL),
        ] {
            form.key(KeyEvent::new(KeyCode::Char(letter), with));
        }
        assert_eq!(form.fields[0].text, "spo", "Ctrl-H erases");
    }

    #[test]
    fn numbers_are_taken_within_their_bounds_only() {
        for (check, good, bad) in [
            (Check::Number(1, 100), "100", "101"),
            (Check::Range(vec![3, 9]), "4-9", "2-9"),
            (Check::Range(vec![3, 9]), "9", "5"),
            (Check::Numbers(vec![3, 4, 9]), "3, 9", "3,10"),
            (Check::Numbers(vec![3, 9]), "3", "3,9"),
            (Check::Count, "", "0"),
            (Check::Serial, "1004", "-1"),
            (Check::OneOf(vec!["a".to_owned()]), "a", "b"),
        ] {
            assert!(check.passes(good).is_ok(), "{check:?}");
            assert!(check.passes(bad).is_err(), "{check:?}");
        }
    }
}
