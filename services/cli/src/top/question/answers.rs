//! What a person may say of each question, and what that leads to.

use formfeed_proto::spooler as pb;
use formfeed_runtime::request_id;
use pb::resolve_sheet_request::Outcome;

use super::super::action::Action;
use super::super::form::{Check, Field, Form};
use super::super::sheet_words::{counts, dollars, forms_of, loses, serial, span};
use super::super::{orders, second_person};
use super::{Answer, Question};
use crate::shown::shown;
use crate::words::id;

impl Question {
    pub(super) fn of_doubt(&self, sheet: &pb::Sheet) -> Vec<Answer> {
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

    pub(super) fn of_sent(&self, sheets: &[pb::Sheet]) -> Vec<Answer> {
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

    pub(super) fn of_waste(&self, sheet: &pb::Sheet) -> Vec<Answer> {
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
pub(super) fn of_printer(printer: &pb::Printer) -> Vec<Answer> {
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
