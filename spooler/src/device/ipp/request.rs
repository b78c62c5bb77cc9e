//! Building requests: one function per question.

use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::IppParseError;
use ipp::prelude::{IppRequestResponse, IppValue, Uri};

use super::printer::PrinterStatus;

/// The name under which all jobs are sent; real users stay in our own ledger.
const USER: &str = "formfeed";

/// Attributes of a job that tell whether it is ours and how it ended.
const JOB_ATTRIBUTES: [&str; 8] = [
    "job-id",
    "job-uuid",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-state-message",
    "job-impressions-completed",
    "job-media-sheets-completed",
];

/// Builds requests for one printer.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    printer: Uri,
    media: String,
}

/// Operations that the library has no names for (RFC 3995, 6; RFC 3996, 6).
pub(super) const CREATE_JOB_SUBSCRIPTIONS: i16 = 0x17;
pub(super) const GET_NOTIFICATIONS: i16 = 0x1C;
/// How events are fetched.
pub(super) const EVENTS_BY: &str = "ippget";

type Built = Result<IppRequestResponse, IppParseError>;

impl Requests {
    pub(super) fn new(printer: Uri, media: String) -> Self {
        Self { printer, media }
    }

    pub(super) fn get_printer_attributes(&self) -> Built {
        let mut request = self.start(Operation::GetPrinterAttributes)?;
        add(&mut request, "requested-attributes", keywords(&["all"])?)?;
        Ok(request)
    }

    pub(super) fn validate_job(&self, name: &str, printer: &PrinterStatus) -> Built {
        let mut request = self.start(Operation::ValidateJob)?;
        add_job(&mut request, name)?;
        add(&mut request, "document-format", pdf()?)?;
        self.add_template(&mut request, printer)?;
        Ok(request)
    }

    pub(super) fn create_job(&self, name: &str, printer: &PrinterStatus) -> Built {
        let mut request = self.start(Operation::CreateJob)?;
        add_job(&mut request, name)?;
        self.add_template(&mut request, printer)?;
        Ok(request)
    }

    pub(super) fn print_job(&self, name: &str, printer: &PrinterStatus) -> Built {
        let mut request = self.start(Operation::PrintJob)?;
        add_job(&mut request, name)?;
        add(&mut request, "document-format", pdf()?)?;
        self.add_template(&mut request, printer)?;
        Ok(request)
    }

    pub(super) fn send_document(&self, job_id: i32) -> Built {
        let mut request = self.about_job(Operation::SendDocument, job_id)?;
        add(&mut request, "document-format", pdf()?)?;
        add(&mut request, "last-document", IppValue::Boolean(true))?;
        Ok(request)
    }

    pub(super) fn get_job_attributes(&self, job_id: i32) -> Built {
        let mut request = self.about_job(Operation::GetJobAttributes, job_id)?;
        add(
            &mut request,
            "requested-attributes",
            keywords(&JOB_ATTRIBUTES)?,
        )?;
        Ok(request)
    }

    /// `which` is `completed` or `not-completed`.
    pub(super) fn get_jobs(&self, which: &str) -> Built {
        let mut request = self.start(Operation::GetJobs)?;
        add(&mut request, "requesting-user-name", user()?)?;
        add(&mut request, "which-jobs", IppValue::new_keyword(which)?)?;
        add(
            &mut request,
            "requested-attributes",
            keywords(&JOB_ATTRIBUTES)?,
        )?;
        Ok(request)
    }

    /// The last jobs that ended, at most a hundred.
    pub(super) fn get_last_jobs(&self) -> Built {
        const MOST: i32 = 100;
        let mut request = self.get_jobs("completed")?;
        add(&mut request, "limit", IppValue::Integer(MOST))?;
        Ok(request)
    }

    pub(super) fn cancel_job(&self, job_id: i32) -> Built {
        self.about_job(Operation::CancelJob, job_id)
    }

    /// Create-Job-Subscriptions, for the end of a job (RFC 3995, 11.1.1).
    pub(super) fn subscribe(&self, job_id: i32) -> Built {
        let mut request = self.start(Operation::GetJobAttributes)?;
        request.header_mut().operation_or_status = CREATE_JOB_SUBSCRIPTIONS;
        add(&mut request, "requesting-user-name", user()?)?;
        add(&mut request, "notify-job-id", IppValue::Integer(job_id))?;
        for (name, value) in [
            ("notify-pull-method", IppValue::new_keyword(EVENTS_BY)?),
            (
                "notify-events",
                keywords(&["job-completed", "job-stopped"])?,
            ),
        ] {
            let attribute = IppAttribute::with_name(name, value)?;
            let attributes = request.attributes_mut();
            attributes.add(DelimiterTag::SubscriptionAttributes, attribute);
        }
        Ok(request)
    }

    /// Get-Notifications of a subscription, in Event Wait Mode (RFC 3996, 5.1).
    pub(super) fn get_notifications(&self, subscription: i32) -> Built {
        let mut request = self.start(Operation::GetJobAttributes)?;
        request.header_mut().operation_or_status = GET_NOTIFICATIONS;
        add(&mut request, "requesting-user-name", user()?)?;
        let subscription = IppValue::Integer(subscription);
        add(&mut request, "notify-subscription-ids", subscription)?;
        add(&mut request, "notify-wait", IppValue::Boolean(true))?;
        Ok(request)
    }

    fn start(&self, operation: Operation) -> Built {
        IppRequestResponse::new(IppVersion::v1_1(), operation, Some(self.printer.clone()))
    }

    fn about_job(&self, operation: Operation, job_id: i32) -> Built {
        let mut request = self.start(operation)?;
        add(&mut request, "job-id", IppValue::Integer(job_id))?;
        add(&mut request, "requesting-user-name", user()?)?;
        Ok(request)
    }

    /// One copy, one side, no scaling, the right paper, fine enough. With fidelity on, naming what a printer
    /// does not know would be refused, and what it does not know it cannot get wrong.
    fn add_template(
        &self,
        request: &mut IppRequestResponse,
        printer: &PrinterStatus,
    ) -> Result<(), IppParseError> {
        let mut set = |name: &str, value: IppValue| -> Result<(), IppParseError> {
            let attribute = IppAttribute::with_name(name, value)?;
            request
                .attributes_mut()
                .add(DelimiterTag::JobAttributes, attribute);
            Ok(())
        };
        if printer.knows_copies {
            set("copies", IppValue::Integer(1))?;
        }
        if printer.knows_one_sided {
            set("sides", IppValue::new_keyword("one-sided")?)?;
        }
        if printer.knows_no_scaling {
            set("print-scaling", IppValue::new_keyword("none")?)?;
        }
        if let Some(media) = printer.name_of_media(&self.media)
            && printer.knows_media
        {
            set("media", IppValue::new_keyword(media)?)?;
        }
        if let Some(dots) = printer.resolution {
            set(
                "printer-resolution",
                IppValue::new_resolution(dots, dots, 3),
            )?;
        }
        Ok(())
    }
}

fn add_job(request: &mut IppRequestResponse, name: &str) -> Result<(), IppParseError> {
    add(request, "requesting-user-name", user()?)?;
    add(
        request,
        "job-name",
        IppValue::new_name_without_language(name)?,
    )?;
    add(request, "ipp-attribute-fidelity", IppValue::Boolean(true))
}

fn add(request: &mut IppRequestResponse, name: &str, value: IppValue) -> Result<(), IppParseError> {
    let attribute = IppAttribute::with_name(name, value)?;
    request
        .attributes_mut()
        .add(DelimiterTag::OperationAttributes, attribute);
    Ok(())
}

fn user() -> Result<IppValue, IppParseError> {
    IppValue::new_name_without_language(USER)
}

fn pdf() -> Result<IppValue, IppParseError> {
    IppValue::new_mime_media_type("application/pdf")
}

fn keywords(names: &[&str]) -> Result<IppValue, IppParseError> {
    let values: Result<Vec<_>, _> = names
        .iter()
        .map(|name| IppValue::new_keyword(*name))
        .collect();
    Ok(IppValue::Array(values?))
}
