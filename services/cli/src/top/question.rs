//! Questions that only a person can answer, and what each answer leads to.

mod answers;

use formfeed_proto::spooler as pb;
use pb::sheet::State;

use super::form::Form;
use super::second_person;
use super::sheet_words::{
    MOST_TOLD, dollars, evidence, forms_of, on_paper, printer, ranges, span, state,
};
use crate::shown::shown;
use crate::words::id;

/// Something about a job or a printer that waits for a person.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// The job: `jobs/{id}`; blank of a printer.
    pub(super) job: String,
    payer: String,
    about: About,
}

#[derive(Debug, Clone)]
enum About {
    /// Nobody can prove whether it was marked.
    InDoubt(Box<pb::Sheet>),
    /// Sent in full to a printer that does not say what it printed.
    Sent(Vec<pb::Sheet>),
    /// Spoiled or lost, and nobody said what now.
    Wasted(Box<pb::Sheet>),
    /// A printer that does not print, and why.
    Stands(Box<pb::Printer>, Vec<String>),
    /// A decision that one person proposed.
    Proposed(Box<pb::Proposal>),
}

/// What a person may say.
pub(super) struct Answer {
    /// The answer in a word or two.
    pub(super) word: &'static str,
    /// What it leads to, in numbers.
    pub(super) leads_to: String,
    /// What has to be filled in for it.
    pub(super) form: Form,
}

impl Question {
    /// The questions of a job that waits for a person, by sheet.
    pub(super) fn of(job: &pb::Job, sheets: Vec<pb::Sheet>) -> Vec<Self> {
        let (mut about, mut sent) = (Vec::new(), Vec::new());
        for sheet in sheets {
            match sheet.state() {
                State::InDoubt => about.push(About::InDoubt(Box::new(sheet))),
                State::AwaitingConfirmation => sent.push(sheet),
                State::Spoiled | State::Lost => about.push(About::Wasted(Box::new(sheet))),
                _ => {}
            }
        }
        if !sent.is_empty() {
            about.push(About::Sent(sent));
        }
        let question = |about| Self {
            job: job.name.clone(),
            payer: job.payer_id.clone(),
            about,
        };
        about.into_iter().map(question).collect()
    }

    /// What a person has to do for a printer, that it prints again.
    pub(super) fn of_printer(printer: &pb::Printer, reasons: Vec<String>) -> Self {
        Self {
            job: String::new(),
            payer: String::new(),
            about: About::Stands(Box::new(printer.clone()), reasons),
        }
    }

    /// What a second person has to say of a decision.
    pub(super) fn of_proposal(proposal: pb::Proposal) -> Self {
        Self {
            job: proposal.job.clone(),
            payer: String::new(),
            about: About::Proposed(Box::new(proposal)),
        }
    }

    /// The printer it is about: `printers/{id}`; `None` of a job.
    pub(super) fn printer(&self) -> Option<&str> {
        match &self.about {
            About::Stands(printer, _) => Some(&printer.name),
            _ => None,
        }
    }

    /// Tells it from every other.
    pub(super) fn key(&self) -> String {
        let (kind, first) = match &self.about {
            About::InDoubt(sheet) => ("doubt", sheet.number),
            About::Sent(sheets) => ("sent", sheets.first().map_or(0, |it| it.number)),
            About::Wasted(sheet) => ("wasted", sheet.number),
            About::Stands(printer, _) => return format!("{} stands", printer.name),
            About::Proposed(proposal) => return proposal.name.clone(),
        };
        format!("{} {kind} {first}", self.job)
    }

    /// In a line.
    pub(super) fn headline(&self) -> String {
        match &self.about {
            About::InDoubt(sheet) => {
                format!("sheet {} is in doubt on {}", sheet.number, printer(sheet))
            }
            About::Sent(sheets) => {
                let on = sheets.first().map(printer).unwrap_or_default();
                let they = match sheets.len() {
                    1 => "is it",
                    _ => "are they",
                };
                format!("{} sent to {on}: {they} good?", span(sheets))
            }
            About::Wasted(sheet) => {
                format!("sheet {} is {}: what now?", sheet.number, state(sheet))
            }
            About::Stands(printer, reasons) => {
                format!("{}: {}", stands(printer), one_line(reasons))
            }
            About::Proposed(proposal) => second_person::headline(proposal),
        }
    }

    /// What is asked, what happened, and what tells the paper in hand.
    pub(super) fn told(&self) -> Vec<String> {
        let job = format!("job {}, payer {}", id(&self.job), shown(&self.payer));
        match &self.about {
            About::InDoubt(sheet) => vec![
                format!(
                    "Nobody can prove whether sheet {} was marked. Look at the paper in {}.",
                    sheet.number,
                    printer(sheet)
                ),
                job,
                on_paper(sheet),
                evidence(sheet),
            ],
            About::Sent(sheets) => vec![
                format!(
                    "{} left this machine; the printer does not say what it printed. Look at the paper.",
                    ranges(sheets, MOST_TOLD)
                ),
                job,
                format!("{} and {}", forms_of(sheets), dollars(sheets)),
            ],
            About::Wasted(sheet) => vec![
                format!("Sheet {} is {}. The job waits.", sheet.number, state(sheet)),
                job,
                on_paper(sheet),
            ],
            About::Stands(printer, reasons) => {
                let stands = format!("Printer {}.", stands(printer));
                let reasons = reasons.iter().map(|it| shown(it).into_owned());
                [stands].into_iter().chain(reasons).collect()
            }
            About::Proposed(proposal) => second_person::told(proposal),
        }
    }

    /// Every possible answer, the harmless ones first.
    pub(super) fn answers(&self) -> Vec<Answer> {
        match &self.about {
            About::InDoubt(sheet) => self.of_doubt(sheet),
            About::Sent(sheets) => self.of_sent(sheets),
            About::Wasted(sheet) => self.of_waste(sheet),
            About::Stands(printer, _) => answers::of_printer(printer),
            About::Proposed(proposal) => second_person::of_proposal(proposal),
        }
    }
}

/// `laser is stopped`, or why else it does not print.
fn stands(printer: &pb::Printer) -> String {
    let name = shown(id(&printer.name));
    match printer.state() {
        pb::printer::State::Stopped => format!("{name} is stopped"),
        _ => format!("{name} cannot print its next job"),
    }
}

fn one_line(reasons: &[String]) -> String {
    shown(&reasons.join("; ")).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::action::Action;
    use super::super::form::Typed;
    use super::*;

    fn sent(numbers: &[i32]) -> Question {
        let sheet = |number: &i32| pb::Sheet {
            number: *number,
            state: State::AwaitingConfirmation.into(),
            account_numbers: vec!["V1".to_owned()],
            ..pb::Sheet::default()
        };
        let sheets = numbers.iter().map(sheet).collect();
        Question::of(&pb::Job::default(), sheets).remove(0)
    }

    /// What comes of an answer once its fields are filled in.
    fn answered(question: &Question, word: &str, texts: &[&str]) -> pb::ResolveSheetRequest {
        use crossterm::event::KeyCode;
        let mut answers = question.answers();
        let at = answers.iter().position(|it| it.word == word).unwrap();
        let mut form = answers.swap_remove(at).form;
        for text in texts {
            form.paste(text);
            if let Typed::Done(Action::Resolve(request)) = form.key(KeyCode::Enter.into()) {
                return request;
            }
        }
        panic!("{word} wants more than {texts:?}");
    }

    #[test]
    fn an_answer_is_about_the_sheets_that_wait_and_leaves_out_those_between() {
        let question = sent(&[1, 2, 3, 4, 6, 7, 9]);
        let told = question.headline();
        assert!(
            told.starts_with("sheets 1 to 4, 6 to 7 and 9 sent"),
            "{told}"
        );
        let all = answered(&question, "all good", &[""]);
        assert_eq!((all.sheet, all.last_sheet), (1, 9));
        assert_eq!(all.except_sheets, [5, 8]);
        assert_eq!(question.answers()[0].leads_to, "counts 7 forms and 0.00");
        let some = answered(&question, "good except some", &["2, 5"]);
        assert_eq!(some.except_sheets, [2, 5, 8]);
        let again = answered(&question, "not printed", &["4-7", "empty tray"]);
        assert_eq!((again.sheet, again.last_sheet), (4, 7));
        assert_eq!(again.except_sheets, [5]);
        let lost = answered(&question, "lost", &["9", "lost", "fell"]);
        assert_eq!((lost.sheet, lost.last_sheet), (9, 9));
        assert_eq!(lost.except_sheets, [] as [i32; 0]);
    }

    #[test]
    fn ranges_are_named_while_they_are_few() {
        let headline = |numbers: &[i32]| sent(numbers).headline();
        assert!(headline(&[3]).starts_with("sheet 3 sent"));
        assert!(headline(&[1, 2]).starts_with("sheets 1 to 2 sent"));
        assert!(headline(&[1, 3, 5, 7]).starts_with("4 sheets from 1 to 7 sent"));
        let told = sent(&[1, 3, 5, 7]).told();
        assert!(told[0].starts_with("sheets 1, 3, 5 and 7 left"), "{told:?}");
    }
}
