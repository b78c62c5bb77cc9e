//! `formfeed print`: the forms of a payer, year and type as one job, followed to its end if wanted.

use std::str::FromStr;

use clap::{Args, ValueEnum};
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::delivery::{PasswordRule, SplitBy};
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_proto::spooler::{Copy, Delivery, GetJobRequest, Job, JobEvent};
use formfeed_runtime::service::Service;
use pb::forms_service_client::FormsServiceClient;
use pb::print_forms_event::Event;
use tonic::Streaming;
use uuid::Uuid;

use super::forms::{FormArg, OptionArgs};
use super::job_view::{self, JobView};
use crate::args::PayerYear;
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::progress::{Progress, Stand};
use crate::words::{self, resource};

#[derive(Debug, Args)]
pub(crate) struct PrintArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Which form
    #[arg(long, value_enum)]
    form: FormArg,
    /// Which copy of it
    #[arg(long, value_enum, default_value_t = CopyArg::A)]
    copy: CopyArg,
    /// Printer to print on
    #[arg(long, value_name = "NAME")]
    printer: String,
    /// Form stock [default: the one loaded on the printer; plain paper for any copy but A]
    #[arg(
        long,
        value_name = "STOCK",
        default_value = "",
        hide_default_value = true
    )]
    stock: String,
    /// Order of the forms
    #[arg(long, value_enum, default_value_t = SortArg::Recipient)]
    sort: SortArg,
    /// Whose year's revision the forms print in: their own, the current year's, or that of a year; the calendar year on
    /// them stays their own
    #[arg(long, value_name = "own|current|YEAR", default_value = "own")]
    format_of: FormatArg,
    /// What the forms become: sheets of one job, or a folder with a file for each recipient and a list of them, index.csv
    #[arg(long, value_enum, default_value_t = SplitArg::Job)]
    split_by: SplitArg,
    /// Lock each recipient's file (AES-256) with a password that the recipient knows
    #[arg(long, value_enum, value_name = "RULE")]
    password_rule: Option<RuleArg>,
    /// Why the same payer, year, form and copy is printed again
    #[arg(
        long,
        value_name = "REASON",
        default_value = "",
        hide_default_value = true
    )]
    again: String,
    /// Follow the job and end with the final quantity and total
    #[arg(long)]
    wait: bool,
    /// Makes a retry safe: the same id follows the first job instead of printing again
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
    #[command(flatten)]
    options: OptionArgs,
}

/// Who gets a printing of a form.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CopyArg {
    /// The IRS
    A,
    /// The recipient
    B,
    /// The payer
    C,
    /// The state tax department
    #[value(name = "1")]
    State,
    /// The recipient, for the state return
    #[value(name = "2")]
    RecipientState,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SortArg {
    /// By key of the recipient
    Recipient,
    /// By printed name
    Name,
    /// By postal code, for mailing
    PostalCode,
}

/// Whose year's revision forms print in.
#[derive(Debug, Clone, Copy)]
enum FormatArg {
    Own,
    Current,
    Year(i32),
}

impl FromStr for FormatArg {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "own" => Ok(Self::Own),
            "current" => Ok(Self::Current),
            year => year
                .parse()
                .map(Self::Year)
                .map_err(|_| "use own, current or a year"),
        }
    }
}

impl FormatArg {
    /// The two fields of the request.
    fn fields(self) -> (pb::FormatOf, i32) {
        match self {
            Self::Own => (pb::FormatOf::Own, 0),
            Self::Current => (pb::FormatOf::Current, 0),
            Self::Year(year) => (pb::FormatOf::Year, year),
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SplitArg {
    /// Sheets of one job, on paper or in one file
    Job,
    /// A file for each recipient; Copies B and 2, to a file: printer
    Recipient,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RuleArg {
    /// The last four digits of the TIN, then the first five of the ZIP
    LastFourZip,
    /// The nine digits of the TIN
    Tin,
}

impl From<CopyArg> for Copy {
    fn from(copy: CopyArg) -> Self {
        match copy {
            CopyArg::A => Self::A,
            CopyArg::B => Self::B,
            CopyArg::C => Self::C,
            CopyArg::State => Self::State,
            CopyArg::RecipientState => Self::RecipientState,
        }
    }
}

impl From<SortArg> for pb::SortOrder {
    fn from(sort: SortArg) -> Self {
        match sort {
            SortArg::Recipient => Self::Recipient,
            SortArg::Name => Self::RecipientName,
            SortArg::PostalCode => Self::PostalCode,
        }
    }
}

/// How the forms leave the job. That the two go together is the service's to say.
fn delivery(split: SplitArg, rule: Option<RuleArg>) -> Delivery {
    let split_by = match split {
        SplitArg::Job => SplitBy::Job,
        SplitArg::Recipient => SplitBy::Recipient,
    };
    let password_rule = match rule {
        None => PasswordRule::Unspecified,
        Some(RuleArg::LastFourZip) => PasswordRule::LastFourZip,
        Some(RuleArg::Tin) => PasswordRule::Tin,
    };
    Delivery {
        split_by: split_by.into(),
        password_rule: password_rule.into(),
    }
}

impl From<PrintArgs> for pb::PrintFormsRequest {
    fn from(args: PrintArgs) -> Self {
        let (format_of, format_year) = args.format_of.fields();
        Self {
            request_id: args
                .request_id
                .unwrap_or_else(|| Uuid::now_v7().to_string()),
            payer_id: args.of.payer,
            tax_year: args.of.tax_year,
            form_type: formfeed_proto::spooler::FormType::from(args.form).into(),
            copy: Copy::from(args.copy).into(),
            printer: resource("printers", &args.printer),
            stock: args.stock,
            options: Some(args.options.into()),
            again_reason: args.again,
            follow: args.wait,
            sort: pb::SortOrder::from(args.sort).into(),
            delivery: Some(delivery(args.split_by, args.password_rule)),
            format_of: format_of.into(),
            format_year,
        }
    }
}

/// Shows what became of a job.
pub(crate) async fn show(
    job: &Job,
    wait: bool,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<JobView, CliError> {
    let view = JobView::new(job);
    view.tell(output)?;
    if wait {
        let spooler = services.link(Service::Spooler)?;
        job_view::tell_the_way_out(&spooler, job, output).await?;
        output.line(view.last_line())?;
    }
    Ok(view)
}

/// Submits a job and prints what became of it.
pub(crate) async fn run(
    args: PrintArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let request = pb::PrintFormsRequest::from(args);
    let wait = request.follow;
    let job = print(request, services, output).await?;
    let view = show(&job, wait, services, output).await?;
    output.document(&view)?;
    match wait {
        true => Ok(job_view::exit(&job)),
        false => Ok(Exit::Done),
    }
}

/// Submits a job, follows it if the request says so, and answers it as it stands then.
pub(crate) async fn print(
    request: pb::PrintFormsRequest,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Job, CliError> {
    let (forms, spooler) = (
        services.link(Service::Forms)?,
        services.link(Service::Spooler)?,
    );
    let request_id = request.request_id.clone();
    let mut client = client!(FormsServiceClient, forms);
    let events = client
        .print_forms(request)
        .await
        .map_err(|status| forms.error(status))?;
    follow(events.into_inner(), &request_id, (&forms, &spooler), output).await
}

/// Follows a printing as far as its events go, and answers its job as it stands then.
pub(crate) async fn follow(
    events: Streaming<pb::PrintFormsEvent>,
    request_id: &str,
    (forms, spooler): (&Link, &Link),
    output: &mut Output<'_>,
) -> Result<Job, CliError> {
    let mut printing = Printing::new(output);
    let followed = printing.follow(events, forms, output).await;
    let Printing {
        progress,
        job_name,
        last,
    } = printing;
    drop(progress);
    match (followed, last, &job_name) {
        (Ok(()), Some(job), _) => Ok(job),
        (Ok(()), None, _) => load(spooler, job_name).await,
        (Err(error), _, Some(job)) => {
            let id = words::id(job);
            output.note(format!(
                "{job} goes on without this command: formfeed job watch {id}"
            ))?;
            Err(error)
        }
        (Err(error), _, None) if error.exit() == Exit::Unreachable => {
            output.note(format!(
                "to try again without printing twice: --request-id {request_id}"
            ))?;
            Err(error)
        }
        (Err(error), ..) => Err(error),
    }
}

/// A printing as far as its events have told.
struct Printing {
    progress: Progress,
    job_name: Option<String>,
    last: Option<Job>,
}

impl Printing {
    fn new(output: &Output<'_>) -> Self {
        Self {
            progress: Progress::new(output),
            job_name: None,
            last: None,
        }
    }

    /// Follows the events until the job ends or waits for a person.
    async fn follow(
        &mut self,
        mut events: Streaming<pb::PrintFormsEvent>,
        link: &Link,
        output: &mut Output<'_>,
    ) -> Result<(), CliError> {
        while let Some(event) = events
            .message()
            .await
            .map_err(|status| link.error(status))?
        {
            match event.event {
                Some(Event::Submitted(printing)) => self.submitted(&printing, output)?,
                Some(Event::JobEvent(event)) => self.moved(event, output)?,
                Some(Event::Finished(job)) => {
                    self.last = Some(job);
                    return Ok(());
                }
                None => {}
            }
            if self.last.as_ref().is_some_and(job_view::waits_for_a_person) {
                return Ok(());
            }
        }
        Ok(())
    }

    fn submitted(
        &mut self,
        printing: &pb::Printing,
        output: &mut Output<'_>,
    ) -> Result<(), CliError> {
        for warning in &printing.warnings {
            output.note(format!("warning: {warning}"))?;
        }
        let (job, total) = (&printing.job, words::amount(printing.total_amount_cents));
        output.note(format!(
            "{job} queued: {} forms, total {total}",
            printing.forms
        ))?;
        self.job_name = Some(job.clone());
        Ok(())
    }

    fn moved(&mut self, event: JobEvent, output: &mut Output<'_>) -> Result<(), CliError> {
        let Some(job) = event.job else {
            return Ok(());
        };
        let before = self.last.as_ref().map(|job| &job.state_reasons);
        if before.is_none_or(|before| *before != job.state_reasons) {
            for reason in &job.state_reasons {
                self.progress.say(output, reason)?;
            }
        }
        let report = job.report.clone().unwrap_or_default();
        let (good, all) = (report.sheets_printed, job.sheets);
        let stand = Stand {
            done: good.try_into().unwrap_or_default(),
            total: all.try_into().unwrap_or_default(),
            text: format!("{good} of {all} sheets good; {}", event.message),
        };
        self.progress.show(output, &stand)?;
        self.last = Some(job);
        Ok(())
    }
}

async fn load(link: &Link, name: Option<String>) -> Result<Job, CliError> {
    let name = name.ok_or_else(|| CliError::Failed {
        what: "printing".to_owned(),
        why: "the service ended the events before naming the job".to_owned(),
    })?;
    let mut jobs = client!(JobServiceClient, link);
    let job = jobs
        .get_job(GetJobRequest {
            name,
            ..GetJobRequest::default()
        })
        .await;
    Ok(job.map_err(|status| link.error(status))?.into_inner())
}
