//! What waits for a person: questions about sheets, decisions for a second person, and printers that want a hand before they print on.

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{JobId, PrinterId};
use formfeed_proto::spooler as pb;
use formfeed_store::spooler::{PrinterPast, Question, SpoolError, SpoolerStore};
use maud::{Markup, html};
use pb::printer::State;
use tonic::Status;

use super::person::Person;
use super::{proposal, states, words};
use crate::service::{Handlers, refused};

/// Questions that are shown.
const QUESTIONS: usize = 50;
/// Words of a printer that wants a hand, as its past has them.
const STOPPED: &str = "stopped";
const HINDERED: &str = "cannot print its next job";
/// Entries of the past in which the first of those is looked for.
const PAST: usize = 50;

/// A printer, and what wants a hand on it.
pub(super) struct Standing {
    /// The printer.
    pub(super) printer: pb::Printer,
    /// Whose turn it is on it.
    pub(super) turn: Option<JobId>,
    /// Why it does not print, or not that job; `None` while it needs nobody. A sheet in doubt is a question of its own.
    pub(super) hindrance: Option<Vec<String>>,
}

impl Standing {
    /// Looks at a printer; `None` once it is removed.
    ///
    /// # Errors
    /// Storage.
    pub(super) async fn of(
        handlers: &Handlers,
        printer: pb::Printer,
    ) -> Result<Option<Self>, SpoolError> {
        let Ok(id) = PrinterId::new(words::id(&printer.name)) else {
            return Ok(None);
        };
        let turn = match handlers.turn(&id).await {
            Err(SpoolError::PrinterNotFound(_)) => return Ok(None),
            turn => turn?,
        };
        let (turn, stops) = turn.unzip();
        let hindrance = match printer.state() {
            State::Stopped => Some(printer.state_reasons.clone()),
            State::Quarantined => None,
            _ => stops.filter(|stops| !stops.is_empty()),
        };
        Ok(Some(Self {
            printer,
            turn,
            hindrance,
        }))
    }

    /// What the printer is up to in a word, and why: what is kept of its past.
    pub(super) fn in_words(&self) -> (&'static str, Vec<String>) {
        let reasons = self.printer.state_reasons.clone();
        match (self.printer.state(), &self.hindrance) {
            (State::Stopped, _) => (STOPPED, reasons),
            (State::Quarantined, _) => ("waits for a decision", reasons),
            (_, Some(stops)) => (HINDERED, [stops.clone(), reasons].concat()),
            (_, None) => ("ready", reasons),
        }
    }

    /// Since when it wants a hand, as far as its past was kept; `None` while it wants none.
    ///
    /// # Errors
    /// Storage.
    pub(super) async fn since(
        &self,
        store: &SpoolerStore,
    ) -> Result<Option<DateTime<Utc>>, SpoolError> {
        let id = PrinterId::new(words::id(&self.printer.name)).ok();
        let Some(id) = id.filter(|_| self.hindrance.is_some()) else {
            return Ok(None);
        };
        let past = store.printer_states(&id, PAST).await?;
        let hindered = |entry: &&PrinterPast| [STOPPED, HINDERED].contains(&entry.state.as_str());
        let first = past.iter().take_while(hindered).last();
        Ok(first.map(|entry| entry.at))
    }
}

/// All that waits, and the printers.
pub(super) struct Waiting {
    questions: Vec<(Question, pb::Job)>,
    /// Whether more of them, or of the proposals, wait behind these.
    more: bool,
    proposals: Vec<pb::Proposal>,
    /// Every printer.
    pub(super) printers: Vec<Standing>,
}

impl Waiting {
    /// What waits at this moment.
    ///
    /// # Errors
    /// Those of the services.
    pub(super) async fn read(person: &Person) -> Result<Self, Status> {
        let handlers = &person.console().handlers;
        person.asks("JobService/ListSheets", ())?;
        let asked = handlers.store().questions(QUESTIONS + 1).await;
        let mut asked = asked.map_err(refused)?;
        let more = asked.len() > QUESTIONS;
        asked.truncate(QUESTIONS);
        let mut questions = Vec::with_capacity(asked.len());
        for question in asked {
            let job = person.job(question.job.as_str()).await?;
            questions.push((question, job));
        }
        let proposals = person.proposals().await?;
        let more = more || !proposals.next_page_token.is_empty();
        let mut printers = Vec::new();
        for printer in person.printers().await? {
            printers.extend(Standing::of(handlers, printer).await.map_err(refused)?);
        }
        Ok(Self {
            questions,
            more,
            proposals: proposals.proposals,
            printers,
        })
    }

    /// How many things wait; of more questions than are shown, those that are.
    pub(super) fn count(&self) -> usize {
        self.questions.len() + self.proposals.len() + self.hindered().count()
    }

    fn hindered(&self) -> impl Iterator<Item = (&pb::Printer, &[String])> {
        self.printers
            .iter()
            .filter_map(|it| Some((&it.printer, it.hindrance.as_deref()?)))
    }

    /// The list, above everything else.
    pub(super) fn show(&self, person: &Person) -> Markup {
        let count = self.count();
        html! {
            p.count data-waiting=(count) role="status" {
                @if count == 0 {
                    span.all-well { span aria-hidden="true" { "✓ " } (how_many(count, self.more)) }
                } @else {
                    span.needs { span aria-hidden="true" { "! " } (how_many(count, self.more)) }
                }
            }
            @if count > 0 {
                ul.questions {
                    @for (question, job) in &self.questions { (asked(person, question, job)) }
                    @for proposed in &self.proposals { (proposal::waits(person, proposed)) }
                    @for (printer, reasons) in self.hindered() {
                        @let id = words::id(&printer.name);
                        li.question.warn {
                            div {
                                strong { span aria-hidden="true" { "■ " } (id)
                                    @if printer.state() == State::Stopped { " is stopped" } @else { " cannot print its next job" } }
                                @for reason in reasons { p.reason { (reason) } }
                            }
                            a.button id={ "look-" (id) } href=(person.path(format_args!("/printers/{id}"))) { "Look at " (id) }
                        }
                    }
                }
            }
            @if self.more { p.reason { "More questions wait behind these; the longest waiting are shown." } }
        }
    }
}

fn how_many(count: usize, more: bool) -> String {
    match (count, more) {
        (_, true) => format!("More than {count} things wait for you"),
        (0, false) => "Nothing waits for you".to_owned(),
        (1, false) => "1 thing waits for you".to_owned(),
        (_, false) => format!("{count} things wait for you"),
    }
}

fn asked(person: &Person, question: &Question, job: &pb::Job) -> Markup {
    let look = states::asked(question.state);
    let id = question.job.as_str();
    let sheets = sheets(question);
    html! {
        li class={ "question " (look.class) } {
            div {
                strong { span aria-hidden="true" { (look.sign) " " } (sheets) " " (be(question)) " " (look.word) }
                p { (question.printer) " · " (words::what(job)) " " (words::whose(job)) " · job " (words::short(id)) }
                p.reason { "Waiting " (words::since(question.since)) }
            }
            a.button.primary id={ "answer-" (id) "-" (question.state) }
                href=(person.path(format_args!("/jobs/{id}/question?sheet={}", question.first))) {
                @if person.is_operator() { "Decide" } @else { "Look" }
                span.quiet { " about " (sheets) " of job " (words::short(id)) }
            }
        }
    }
}

fn sheets(question: &Question) -> String {
    match (question.sheets, question.first, question.last) {
        (1, first, _) => format!("Sheet {first}"),
        (count, first, last) => format!("{count} sheets from {first} to {last}"),
    }
}

fn be(question: &Question) -> &'static str {
    match question.sheets {
        1 => "is",
        _ => "are",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_that_are_not_shown_are_not_silent() {
        assert_eq!(how_many(0, false), "Nothing waits for you");
        assert_eq!(how_many(1, false), "1 thing waits for you");
        assert_eq!(how_many(51, true), "More than 51 things wait for you");
    }
}
