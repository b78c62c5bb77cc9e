//! What the printer answers, and what it makes of a document.

use std::time::Instant;

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, Operation, StatusCode};
use ipp::prelude::{IppAttributes, IppValue};

use super::{
    ABORTED, CANCELED, COMPLETED, CREATE_JOB_SUBSCRIPTIONS, Facts, GET_NOTIFICATIONS, Job, Lie,
    MARKUP, PENDING, PROCESSING, SETTABLE,
};

type Answer = (StatusCode, Vec<IppAttributeGroup>);

impl Facts {
    pub(super) fn answer(&mut self, code: i16, asked: &IppAttributes) -> Answer {
        const OPERATIONS: [Operation; 8] = [
            Operation::GetPrinterAttributes,
            Operation::ValidateJob,
            Operation::CreateJob,
            Operation::SendDocument,
            Operation::GetJobAttributes,
            Operation::GetJobs,
            Operation::CancelJob,
            Operation::PrintJob,
        ];
        if code == CREATE_JOB_SUBSCRIPTIONS {
            let mut group = IppAttributeGroup::new(DelimiterTag::SubscriptionAttributes);
            push(&mut group, "notify-subscription-id", IppValue::Integer(7));
            return (StatusCode::SuccessfulOk, vec![group]);
        }
        match OPERATIONS.into_iter().find(|it| *it as i16 == code) {
            Some(Operation::GetPrinterAttributes) => {
                (StatusCode::SuccessfulOk, vec![self.printer()])
            }
            Some(Operation::ValidateJob) => match self.lie {
                Lie::RefusesTemplate => (
                    StatusCode::ClientErrorAttributesOrValuesNotSupported,
                    vec![],
                ),
                _ => (StatusCode::SuccessfulOk, vec![]),
            },
            Some(Operation::CreateJob) => {
                self.template = template(asked);
                self.create(&text(asked, "job-name"))
            }
            Some(Operation::SendDocument) => self.take(integer(asked, "job-id")),
            Some(Operation::GetJobAttributes) => self.job(integer(asked, "job-id")),
            Some(Operation::GetJobs) => {
                let done = text(asked, "which-jobs") == "completed";
                let jobs = self
                    .jobs
                    .iter()
                    .filter(|job| (job.state >= CANCELED) == done);
                (StatusCode::SuccessfulOk, jobs.map(group_of).collect())
            }
            Some(Operation::CancelJob) => {
                let id = integer(asked, "job-id");
                for job in self.jobs.iter_mut().filter(|job| job.id == id) {
                    job.state = CANCELED;
                }
                (StatusCode::SuccessfulOk, vec![])
            }
            _ => (StatusCode::ServerErrorOperationNotSupported, vec![]),
        }
    }

    fn printer(&self) -> IppAttributeGroup {
        let busy = self.jobs.iter().any(|job| job.state == PROCESSING);
        let waiting = self.jobs.iter().filter(|job| job.state < CANCELED).count();
        let format = match self.lie {
            Lie::RasterOnly => "image/pwg-raster",
            _ => "application/pdf",
        };
        let mut operations = vec![0x02, 0x04, 0x05, 0x06, 0x08, 0x09, 0x0A, 0x0B];
        if self.lie == Lie::TellsEvents {
            operations.extend([CREATE_JOB_SUBSCRIPTIONS, GET_NOTIFICATIONS].map(i32::from));
        }
        let operations = operations.into_iter().map(IppValue::Enum).collect();
        let (state, message) = match self.lie {
            Lie::SpeaksMarkup => (5, MARKUP),
            _ if busy => (4, ""),
            _ => (3, ""),
        };
        let mut group = IppAttributeGroup::new(DelimiterTag::PrinterAttributes);
        let keyword = |word: &str| IppValue::new_keyword(word).expect("a keyword");
        for (name, value) in [
            ("printer-state", IppValue::Enum(state)),
            (
                "printer-state-message",
                IppValue::new_text_without_language(message).expect("a short text"),
            ),
            ("printer-state-reasons", keyword("none")),
            ("printer-is-accepting-jobs", IppValue::Boolean(true)),
            (
                "queued-job-count",
                IppValue::Integer(i32::try_from(waiting).expect("few jobs")),
            ),
            (
                "document-format-supported",
                IppValue::new_mime_media_type(format).expect("a type"),
            ),
            ("media-supported", keyword("na_letter_8.5x11in")),
            ("media-ready", keyword("na_letter_8.5x11in")),
            ("operations-supported", IppValue::Array(operations)),
            ("notify-pull-method-supported", keyword("ippget")),
            ("copies-supported", IppValue::Integer(99)),
            (
                "printer-impressions-completed",
                IppValue::Integer(self.impressions),
            ),
            ("sides-supported", keyword("one-sided")),
            ("print-scaling-supported", keyword("none")),
            (
                "printer-resolution-supported",
                IppValue::Array(
                    [300, 600, 1200]
                        .map(|dots| IppValue::new_resolution(dots, dots, 3))
                        .to_vec(),
                ),
            ),
            (
                "job-creation-attributes-supported",
                IppValue::Array(match self.lie {
                    Lie::OffersLittle => vec![keyword("media")],
                    _ => SETTABLE.map(keyword).to_vec(),
                }),
            ),
        ] {
            push(&mut group, name, value);
        }
        group
    }

    fn create(&mut self, name: &str) -> Answer {
        if let Lie::BusyBefore(times) = self.lie
            && times > 0
        {
            self.lie = Lie::BusyBefore(times - 1);
            return (StatusCode::ServerErrorBusy, vec![]);
        }
        let job = Job {
            id: self.next_id,
            uuid: format!("urn:uuid:00000000-0000-4000-8000-{:012}", self.asked.len()),
            name: name.to_owned(),
            state: PENDING,
            impressions: 0,
        };
        self.next_id += 1;
        self.jobs.push(job.clone());
        (StatusCode::SuccessfulOk, vec![group_of(&job)])
    }

    /// The document has come.
    fn take(&mut self, id: i32) -> Answer {
        let lie = self.lie;
        let Some(job) = self.jobs.iter_mut().find(|job| job.id == id) else {
            return (StatusCode::ClientErrorNotFound, vec![]);
        };
        if self.pace.is_zero() {
            self.mark(id, lie);
        } else {
            job.state = PROCESSING;
        }
        let Some(job) = self.jobs.iter().find(|job| job.id == id).cloned() else {
            return (StatusCode::ClientErrorNotFound, vec![]);
        };
        match lie {
            Lie::BusyAfterDocument => (StatusCode::ServerErrorBusy, vec![]),
            Lie::Drops => {
                self.jobs.retain(|other| other.id != job.id);
                (StatusCode::SuccessfulOk, vec![group_of(&job)])
            }
            Lie::Reboots => {
                self.jobs = vec![Job {
                    name: "somebody else's".to_owned(),
                    uuid: "urn:uuid:ffffffff-ffff-4fff-8fff-ffffffffffff".to_owned(),
                    ..job.clone()
                }];
                self.next_id = job.id + 1;
                (StatusCode::SuccessfulOk, vec![group_of(&job)])
            }
            _ => (StatusCode::SuccessfulOk, vec![group_of(&job)]),
        }
    }

    /// The sheet of a job that is not canceled comes out, or does not.
    pub(super) fn mark(&mut self, id: i32, lie: Lie) {
        let job = self.jobs.iter_mut().find(|job| job.id == id);
        let Some(job) = job.filter(|job| job.state < CANCELED) else {
            return;
        };
        (job.state, job.impressions) = match lie {
            Lie::NeverEnds => (PROCESSING, 0),
            Lie::Aborts => (ABORTED, 1),
            Lie::MarksTwice => (COMPLETED, 2),
            Lie::MarksNone => (COMPLETED, 0),
            _ => (COMPLETED, 1),
        };
        let sheets = match lie {
            Lie::NeverEnds | Lie::Drops | Lie::MarksNone => 0,
            Lie::MarksTwice => 2,
            _ => 1,
        };
        let name = job.name.clone();
        self.idle_since = Some(Instant::now());
        self.marked.extend(std::iter::repeat_n(name, sheets));
        self.impressions += i32::try_from(sheets).expect("few sheets");
    }

    fn job(&self, id: i32) -> Answer {
        match self.jobs.iter().find(|job| job.id == id) {
            Some(job) => (StatusCode::SuccessfulOk, vec![group_of(job)]),
            None => (StatusCode::ClientErrorNotFound, vec![]),
        }
    }
}

fn template(asked: &IppAttributes) -> Vec<String> {
    let group = asked.first_of(DelimiterTag::JobAttributes);
    let attributes = group
        .map(IppAttributeGroup::attributes)
        .into_iter()
        .flatten();
    let mut template: Vec<_> = attributes
        .map(|it| match it.value() {
            IppValue::Resolution { feed, .. } => format!("{}={feed}", it.name()),
            value => format!("{}={value}", it.name()),
        })
        .collect();
    template.sort();
    template
}

fn group_of(job: &Job) -> IppAttributeGroup {
    let mut group = IppAttributeGroup::new(DelimiterTag::JobAttributes);
    let reason = match job.state {
        COMPLETED => "job-completed-successfully",
        ABORTED => "aborted-by-system",
        CANCELED => "job-canceled-by-user",
        _ => "none",
    };
    for (name, value) in [
        ("job-id", IppValue::Integer(job.id)),
        (
            "job-uuid",
            IppValue::new_uri(job.uuid.as_str()).expect("a URI"),
        ),
        (
            "job-name",
            IppValue::new_name_without_language(job.name.as_str()).expect("a name"),
        ),
        ("job-state", IppValue::Enum(job.state)),
        (
            "job-state-reasons",
            IppValue::new_keyword(reason).expect("a keyword"),
        ),
        (
            "job-impressions-completed",
            IppValue::Integer(job.impressions),
        ),
    ] {
        push(&mut group, name, value);
    }
    group
}

fn push(group: &mut IppAttributeGroup, name: &str, value: IppValue) {
    let attribute = IppAttribute::with_name(name, value);
    group.attributes_mut().push(attribute.expect("a name"));
}

fn value<'a>(asked: &'a IppAttributes, name: &str) -> Option<&'a IppValue> {
    let operation = asked.first_of(DelimiterTag::OperationAttributes)?;
    operation.get(name).map(IppAttribute::value)
}

fn text(asked: &IppAttributes, name: &str) -> String {
    value(asked, name)
        .map(ToString::to_string)
        .unwrap_or_default()
}

pub(super) fn integer(asked: &IppAttributes, name: &str) -> i32 {
    match value(asked, name) {
        Some(IppValue::Integer(number)) => *number,
        _ => 0,
    }
}
