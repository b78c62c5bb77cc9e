//! Questions that only a person can answer, and what each answer leads to.

use formfeed_proto::spooler as pb;
use pb::sheet::State;

use super::action::Action;
use super::form::{Check, Field, Form};
use super::{orders, second_person};
use crate::commands::job_history::in_words;
use crate::shown::shown;
use crate::words::{amount, id};
use formfeed_runtime::request_id;
use pb::resolve_sheet_request::Outcome;

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
            About::Stands(printer, _) => of_printer(printer),
            About::Proposed(proposal) => second_person::of_proposal(proposal),
        }
    }

    fn of_doubt(&self, sheet: &pb::Sheet) -> Vec<Answer> {
        let (number, one) = (sheet.number, std::slice::from_ref(sheet));
        let resolve = |word, outcome, device_restarted: bool, leads_to: String| {
            let mut fields = Vec::new();
            if let Some(serial) = serial(sheet) {
                let label =
                    format!("Serial number on the sheet ({serial} is expected; blank: none)");
                fields.push(Field::new(label, Check::Serial));
            }
            let takes_serial = !fields.is_empty();
            match outcome {
                Outcome::Printed => {}
                Outcome::Spoiled | Outcome::Lost => fields.extend(waste(outcome)),
                _ => fields.push(Field::reason()),
            }
            let job = self.job.clone();
            let form = Form::new(
                format!("Sheet {number}: {word}"),
                vec![leads_to.clone()],
                fields,
                move |texts| {
                    let serial = texts.first().filter(|_| takes_serial);
                    Action::Resolve(pb::ResolveSheetRequest {
                        job: job.clone(),
                        sheet: number,
                        outcome: outcome.into(),
                        reason: match outcome {
                            Outcome::Printed => String::new(),
                            _ => texts.last().cloned().unwrap_or_default(),
                        },
                        device_restarted,
                        serial: serial.and_then(|text| text.parse().ok()),
                        ..pb::ResolveSheetRequest::default()
                    })
                },
            );
            Answer {
                word,
                leads_to,
                form,
            }
        };
        let again = format!("prints sheet {number} again: quantity unchanged");
        vec![
            resolve("printed", Outcome::Printed, false, counts(one)),
            resolve("not printed", Outcome::NotPrinted, false, again.clone()),
            resolve(
                "not printed, printer was switched off and on",
                Outcome::NotPrinted,
                true,
                format!("{again}; the printer is not asked"),
            ),
            resolve("spoiled", Outcome::Spoiled, false, loses(one, "spoiled")),
            resolve("lost", Outcome::Lost, false, loses(one, "lost")),
        ]
    }

    fn of_sent(&self, sheets: &[pb::Sheet]) -> Vec<Answer> {
        let first = sheets.first().map_or(1, |sheet| sheet.number);
        let last = sheets.last().map_or(1, |sheet| sheet.number);
        let numbers: Vec<_> = sheets.iter().map(|sheet| sheet.number).collect();
        let range = Check::Range(numbers.clone());
        let job = self.job.clone();
        let waits = numbers.clone();
        // Only sheets that wait are decided, whatever lies between them.
        let resolve = move |sheets: (i32, i32), but: Vec<i32>, outcome: Outcome, reason| {
            let left_out = |it: &i32| but.contains(it) || waits.binary_search(it).is_err();
            Action::Resolve(pb::ResolveSheetRequest {
                job: job.clone(),
                sheet: sheets.0,
                last_sheet: sheets.1,
                except_sheets: (sheets.0..=sheets.1).filter(left_out).collect(),
                outcome: outcome.into(),
                reason,
                ..pb::ResolveSheetRequest::default()
            })
        };
        let some = |word, outcome, fields: Vec<Field>, leads_to: &str| {
            let resolve = resolve.clone();
            let label = format!("Sheets, such as {first} or {first}-{last}");
            let fields = [Field::new(label, range.clone())].into_iter().chain(fields);
            let fields = fields.collect();
            let form = Form::new(
                format!("{}: {word}", span(sheets)),
                vec![leads_to.to_owned()],
                fields,
                move |texts| {
                    let reason = texts.last().cloned().unwrap_or_default();
                    resolve(range_of(texts), vec![], outcome, reason)
                },
            );
            Answer {
                word,
                leads_to: leads_to.to_owned(),
                form,
            }
        };
        let (all, but) = (resolve.clone(), resolve.clone());
        let except = format!("Sheets that are not good, such as {first} or {first},{last}");
        vec![
            Answer {
                word: "all good",
                leads_to: counts(sheets),
                form: Form::new(
                    format!("{}: all good", span(sheets)),
                    vec![counts(sheets)],
                    vec![],
                    move |_| all((first, last), vec![], Outcome::Printed, String::new()),
                ),
            },
            Answer {
                word: "good except some",
                leads_to: "counts the others; those left out stay a question".to_owned(),
                form: Form::new(
                    format!("{}: good except some", span(sheets)),
                    vec!["Counts the others; those left out stay a question.".to_owned()],
                    vec![Field::new(except, Check::Numbers(numbers))],
                    move |texts| {
                        but(
                            (first, last),
                            numbers_of(texts),
                            Outcome::Printed,
                            String::new(),
                        )
                    },
                ),
            },
            some(
                "not printed",
                Outcome::NotPrinted,
                vec![Field::reason()],
                "prints them again: quantity unchanged",
            ),
            some(
                "spoiled",
                Outcome::Spoiled,
                waste(Outcome::Spoiled),
                "each spoils a sheet of stock; then: print it again, or end without it",
            ),
            some(
                "lost",
                Outcome::Lost,
                waste(Outcome::Lost),
                "each loses a sheet of stock; then: print it again, or end without it",
            ),
        ]
    }

    fn of_waste(&self, sheet: &pb::Sheet) -> Vec<Answer> {
        let (number, one) = (sheet.number, std::slice::from_ref(sheet));
        let (again, without) = (self.job.clone(), self.job.clone());
        let takes = format!("prints sheet {number} again: takes one more sheet of stock");
        let leaves = format!(
            "ends the job without {} and {}",
            forms_of(one),
            dollars(one)
        );
        vec![
            Answer {
                word: "print it again",
                leads_to: takes.clone(),
                form: Form::new(
                    format!("Sheet {number}: print it again"),
                    vec![takes],
                    vec![Field::reason()],
                    move |texts| {
                        Action::Reprint(pb::ReprintSheetsRequest {
                            request_id: request_id::new(),
                            job: again.clone(),
                            sheet: number,
                            reason: texts.last().cloned().unwrap_or_default(),
                            ..pb::ReprintSheetsRequest::default()
                        })
                    },
                ),
            },
            Answer {
                word: "end without it",
                leads_to: leaves.clone(),
                form: Form::new(
                    format!("Sheet {number}: end without it"),
                    vec![leaves],
                    vec![Field::word("without"), Field::reason()],
                    move |texts| {
                        Action::Abandon(pb::AbandonSheetsRequest {
                            request_id: request_id::new(),
                            job: without.clone(),
                            sheet: number,
                            reason: texts.last().cloned().unwrap_or_default(),
                            ..pb::AbandonSheetsRequest::default()
                        })
                    },
                ),
            },
        ]
    }
}

/// What makes a printer print again.
fn of_printer(printer: &pb::Printer) -> Vec<Answer> {
    let (name, shows) = (printer.name.clone(), shown(id(&printer.name)).into_owned());
    let leads_to = "what waits in its line is sent to it".to_owned();
    let resume = Answer {
        word: "resume",
        leads_to: leads_to.clone(),
        form: Form::new(
            format!("Resume {shows}"),
            vec![leads_to],
            vec![],
            move |_| Action::Resume(pb::ResumePrinterRequest { name: name.clone() }),
        ),
    };
    let load = Answer {
        word: "load stock",
        leads_to: "says which stock is in it from now on, and how many sheets".to_owned(),
        form: orders::load(printer.name.clone(), &shows, printer),
    };
    match printer.state() {
        _ if printer.waits_for_approval => vec![second_person::approve(printer), load],
        pb::printer::State::Stopped => vec![resume, load],
        _ => vec![load],
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

/// Stock is lost: typed out, and why.
fn waste(outcome: Outcome) -> Vec<Field> {
    let word = match outcome {
        Outcome::Lost => "lost",
        _ => "spoiled",
    };
    vec![Field::word(word), Field::reason()]
}

fn range_of(texts: &[String]) -> (i32, i32) {
    let range = texts.first().map(|text| crate::commands::job::range(text));
    range.and_then(Result::ok).unwrap_or_default()
}

fn numbers_of(texts: &[String]) -> Vec<i32> {
    let numbers = texts.first().into_iter().flat_map(|text| text.split(','));
    numbers
        .filter_map(|text| text.trim().parse().ok())
        .collect()
}

fn printer(sheet: &pb::Sheet) -> String {
    let last = sheet.attempts.last();
    last.map(|it| shown(id(&it.printer)).into_owned())
        .unwrap_or_default()
}

fn serial(sheet: &pb::Sheet) -> Option<i64> {
    sheet.attempts.last().and_then(|attempt| attempt.serial)
}

fn state(sheet: &pb::Sheet) -> &'static str {
    match sheet.state() {
        State::Lost => "lost",
        _ => "spoiled",
    }
}

/// Ranges of sheets that a line names, and a text.
const MOST_IN_LINE: usize = 3;
const MOST_TOLD: usize = 40;

/// In a line: `sheets 1 to 20`.
fn span(sheets: &[pb::Sheet]) -> String {
    ranges(sheets, MOST_IN_LINE)
}

/// `sheet 3`, or `sheets 1 to 4, 6 and 8 to 40`; of more ranges than `most` only `35 sheets from 1 to 40`.
fn ranges(sheets: &[pb::Sheet], most: usize) -> String {
    let mut ranges: Vec<(i32, i32)> = Vec::new();
    for sheet in sheets {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == sheet.number => *last = sheet.number,
            _ => ranges.push((sheet.number, sheet.number)),
        }
    }
    let words = |(first, last): &(i32, i32)| match last - first {
        0 => first.to_string(),
        _ => format!("{first} to {last}"),
    };
    match ranges.as_slice() {
        [] => String::new(),
        [(first, last)] if first == last => format!("sheet {first}"),
        [one] => format!("sheets {}", words(one)),
        [before @ .., last] if ranges.len() <= most => {
            let before: Vec<_> = before.iter().map(words).collect();
            format!("sheets {} and {}", before.join(", "), words(last))
        }
        [(first, _), .., (_, last)] => {
            format!("{} sheets from {first} to {last}", sheets.len())
        }
    }
}

fn forms_of(sheets: &[pb::Sheet]) -> String {
    let forms: usize = sheets.iter().map(|it| it.account_numbers.len()).sum();
    match forms {
        1 => "1 form".to_owned(),
        forms => format!("{forms} forms"),
    }
}

fn dollars(sheets: &[pb::Sheet]) -> String {
    amount(sheets.iter().map(|it| it.amount_cents).sum())
}

fn counts(sheets: &[pb::Sheet]) -> String {
    format!("counts {} and {}", forms_of(sheets), dollars(sheets))
}

fn loses(sheets: &[pb::Sheet], word: &str) -> String {
    let forms = forms_of(sheets);
    format!(
        "one sheet of stock {word}, {forms} not counted; then: print it again, or end without it"
    )
}

/// Accounts, amount and serial number of a sheet, as they stand on the paper.
fn on_paper(sheet: &pb::Sheet) -> String {
    let accounts: Vec<_> = sheet.account_numbers.iter().map(|it| shown(it)).collect();
    let void = match sheet.void_slots {
        0 => String::new(),
        slots => format!(", {slots} void"),
    };
    let serial = serial(sheet).map(|serial| format!(", serial number {serial}"));
    let serial = serial.unwrap_or_default();
    let amount = amount(sheet.amount_cents);
    format!("on it: {}{void}, {amount}{serial}", accounts.join(", "))
}

/// What the device said of the last try.
fn evidence(sheet: &pb::Sheet) -> String {
    let last = sheet.attempts.last();
    let words = last
        .map(|it| in_words(&it.evidence_json))
        .unwrap_or_default();
    match words.is_empty() {
        true => "the device said nothing of it".to_owned(),
        false => format!("evidence: {}", shown(&words)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

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
