//! What a printer says of itself, and whether it may get a sheet now.

use ipp::model::{DelimiterTag, Operation};
use ipp::prelude::IppAttributes;

use super::attributes::{boolean, first_text, group, integer, integers, square_resolutions, texts};
use super::reasons;
use super::request::{CREATE_JOB_SUBSCRIPTIONS, EVENTS_BY, GET_NOTIFICATIONS};
use crate::device::{PreflightError, Readiness, Reason, Severity};

/// Dots per inch that small print on a form needs.
const ENOUGH_DOTS: i32 = 600;

const STOPPED: i32 = 5;
const PROCESSING: i32 = 4;

/// The attributes of a printer that matter for printing a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PrinterStatus {
    state: Option<i32>,
    state_message: Option<String>,
    reasons: Vec<Reason>,
    accepting: Option<bool>,
    queued_jobs: Option<i32>,
    formats: Vec<String>,
    media_supported: Vec<String>,
    media_ready: Vec<String>,
    operations: Vec<i32>,
    make_and_model: String,
    /// Sides marked in its life, where it counts.
    pub(super) impressions: Option<i32>,
    /// Events of a job can be fetched.
    pub(super) offers_events: bool,
    /// `copies` may be set.
    pub(super) knows_copies: bool,
    /// `sides=one-sided` may be set.
    pub(super) knows_one_sided: bool,
    /// `print-scaling=none` may be set.
    pub(super) knows_no_scaling: bool,
    /// `media` may be set.
    pub(super) knows_media: bool,
    /// `printer-resolution` may be set to so many dots per inch: the finest it has, but no finer than a form needs.
    pub(super) resolution: Option<i32>,
}

impl PrinterStatus {
    /// Reads the answer to Get-Printer-Attributes.
    pub(super) fn read(answer: &IppAttributes) -> Self {
        let printer = group(answer, DelimiterTag::PrinterAttributes);
        let has = |name: &str, value: &str| texts(printer, name).iter().any(|it| it == value);
        let settable = texts(printer, "job-creation-attributes-supported");
        let lists = |name: &str| settable.iter().any(|it| it == name);
        // One that does not say what may be set takes what it has values for.
        let may_set = |name: &str| settable.is_empty() || lists(name);
        let resolutions = square_resolutions(printer, "printer-resolution-supported").into_iter();
        let finest = resolutions.filter(|dots| *dots <= ENOUGH_DOTS).max();
        let operations = integers(printer, "operations-supported");
        Self {
            state: integer(printer, "printer-state"),
            state_message: first_text(printer, "printer-state-message")
                .filter(|message| !message.is_empty()),
            reasons: texts(printer, "printer-state-reasons")
                .iter()
                .filter_map(|keyword| reasons::parse(keyword))
                .collect(),
            accepting: boolean(printer, "printer-is-accepting-jobs"),
            queued_jobs: integer(printer, "queued-job-count"),
            formats: texts(printer, "document-format-supported"),
            media_supported: texts(printer, "media-supported"),
            media_ready: texts(printer, "media-ready"),
            impressions: integer(printer, "printer-impressions-completed"),
            offers_events: has("notify-pull-method-supported", EVENTS_BY)
                && [CREATE_JOB_SUBSCRIPTIONS, GET_NOTIFICATIONS]
                    .iter()
                    .all(|it| operations.contains(&i32::from(*it))),
            operations,
            make_and_model: first_text(printer, "printer-make-and-model").unwrap_or_default(),
            knows_copies: may_set("copies") && !texts(printer, "copies-supported").is_empty(),
            knows_one_sided: may_set("sides") && has("sides-supported", "one-sided"),
            knows_no_scaling: may_set("print-scaling") && has("print-scaling-supported", "none"),
            knows_media: may_set("media"),
            resolution: finest.filter(|_| lists("printer-resolution")),
        }
    }

    /// What is wrong with the printer now, in words; the reports and warnings too.
    pub(super) fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Whether a job can be made before its document is sent.
    pub(super) fn creates_jobs(&self) -> bool {
        let offers = |operation: Operation| self.operations.contains(&(operation as i32));
        offers(Operation::CreateJob) && offers(Operation::SendDocument)
    }

    /// The printer's own name for `media`, older names included.
    pub(super) fn name_of_media(&self, media: &str) -> Option<&str> {
        let known = |names: &[String]| names.iter().position(|name| same_media(name, media));
        known(&self.media_ready)
            .map(|index| self.media_ready[index].as_str())
            .or_else(|| known(&self.media_supported).map(|i| self.media_supported[i].as_str()))
    }

    /// Whether the printer may get a sheet on `media` now.
    ///
    /// # Errors
    /// What an administrator must change comes before what clears by itself.
    pub(super) fn ready_for(&self, media: &str) -> Result<Readiness, PreflightError> {
        let problems = self.problems(media);
        if !problems.is_empty() {
            return Err(PreflightError::Unsuitable { problems });
        }
        let reasons = self.hindrances(media);
        if !reasons.is_empty() {
            return Err(PreflightError::NotReady { reasons });
        }
        Ok(Readiness {
            attention: self.reasons.clone(),
            description: self.make_and_model.clone(),
        })
    }

    /// Whether it prints what would be sent to it at all.
    ///
    /// # Errors
    /// It does not, whatever is done at the printer.
    pub(super) fn takes_pdf(&self) -> Result<(), PreflightError> {
        match self.no_pdf() {
            None => Ok(()),
            Some(problem) => Err(PreflightError::Unsuitable {
                problems: vec![problem],
            }),
        }
    }

    fn no_pdf(&self) -> Option<String> {
        if self.formats.iter().any(|it| it == "application/pdf") {
            return None;
        }
        let formats = match self.formats.as_slice() {
            [] => "no format that it names".to_owned(),
            formats => formats.join(", "),
        };
        Some(format!(
            "it takes {formats}, and not application/pdf, which is all that is sent; switch PDF on at the printer where it has it, else print through a print server that turns PDF into what it takes, or use another printer"
        ))
    }

    fn problems(&self, media: &str) -> Vec<String> {
        let mut problems: Vec<String> = self.no_pdf().into_iter().collect();
        if !self.media_supported.is_empty()
            && !self.media_supported.iter().any(|it| same_media(it, media))
        {
            problems.push(format!("it has no paper of the size {media}"));
        }
        problems
    }

    fn hindrances(&self, media: &str) -> Vec<Reason> {
        let mut found: Vec<Reason> = self
            .reasons
            .iter()
            .filter(|reason| reason.severity == Severity::Error)
            .cloned()
            .collect();
        if self.state == Some(STOPPED) && found.is_empty() {
            let words = self.state_message.clone();
            found.push(Reason::error(
                "stopped",
                words.unwrap_or_else(|| "the printer is stopped".to_owned()),
            ));
        }
        if self.accepting == Some(false) {
            found.push(Reason::error(
                "not-accepting",
                "the printer does not accept jobs",
            ));
        }
        if self.queued_jobs.unwrap_or_default() > 0 || self.state == Some(PROCESSING) {
            found.push(Reason::error(
                "other-job",
                "the printer works on another job",
            ));
        }
        if !self.media_ready.is_empty() && !self.media_ready.iter().any(|it| same_media(it, media))
        {
            found.push(Reason::error(
                "media-not-loaded",
                format!("load {media}; loaded is {}", self.media_ready.join(", ")),
            ));
        }
        found
    }
}

/// The same paper, under its PWG name or the older ones.
fn same_media(name: &str, media: &str) -> bool {
    name == media
        || (media == "na_letter_8.5x11in"
            && matches!(name, "na-letter" | "letter" | "na-letter-white"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "na_letter_8.5x11in";

    fn idle() -> PrinterStatus {
        PrinterStatus {
            state: Some(3),
            accepting: Some(true),
            queued_jobs: Some(0),
            formats: vec!["application/pdf".to_owned()],
            media_supported: vec![LETTER.to_owned(), "iso_a4_210x297mm".to_owned()],
            media_ready: vec![LETTER.to_owned()],
            ..PrinterStatus::default()
        }
    }

    fn keyword(status: &PrinterStatus) -> String {
        match status.ready_for(LETTER) {
            Err(PreflightError::NotReady { reasons }) => reasons[0].keyword.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_low_toner_is_said_and_stops_nothing() {
        let status = PrinterStatus {
            reasons: vec![reasons::parse("toner-low-warning").unwrap()],
            ..idle()
        };
        let ready = status.ready_for(LETTER).unwrap();
        assert_eq!(ready.attention[0].words, "toner is low");
    }

    #[test]
    fn a_printer_that_would_not_print_now_gets_nothing() {
        let jam = vec![reasons::parse("media-jam-error").unwrap()];
        let cases = [
            (
                PrinterStatus {
                    reasons: jam,
                    ..idle()
                },
                "media-jam",
            ),
            (
                PrinterStatus {
                    state: Some(5),
                    ..idle()
                },
                "stopped",
            ),
            (
                PrinterStatus {
                    state: Some(4),
                    ..idle()
                },
                "other-job",
            ),
            (
                PrinterStatus {
                    queued_jobs: Some(1),
                    ..idle()
                },
                "other-job",
            ),
            (
                PrinterStatus {
                    accepting: Some(false),
                    ..idle()
                },
                "not-accepting",
            ),
            (
                PrinterStatus {
                    media_ready: vec!["iso_a4_210x297mm".to_owned()],
                    ..idle()
                },
                "media-not-loaded",
            ),
        ];
        for (status, expected) in cases {
            assert_eq!(keyword(&status), expected);
        }
    }

    #[test]
    fn a_printer_without_pdf_or_letter_paper_is_unsuitable() {
        let status = PrinterStatus {
            formats: vec!["image/pwg-raster".to_owned()],
            media_supported: vec!["iso_a4_210x297mm".to_owned()],
            ..idle()
        };
        let error = status.ready_for(LETTER).unwrap_err();
        let PreflightError::Unsuitable { problems } = error else {
            panic!("{error:?}");
        };
        assert_eq!(problems.len(), 2);
    }
}
