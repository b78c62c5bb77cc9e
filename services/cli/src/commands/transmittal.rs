//! `formfeed transmittal`: Form 1096 of the forms that were printed, shown or put on paper.

use clap::Args;
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::service::Service;
use pb::transmittal_service_client::TransmittalServiceClient;
use serde::Serialize;
use uuid::Uuid;

use super::forms::FormArg;
use super::job;
use super::job_view::{self, JobView};
use crate::args::PayerYear;
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words::{self, resource};

#[derive(Debug, Args)]
pub(crate) struct TransmittalArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Which form it travels with
    #[arg(long, value_enum)]
    form: FormArg,
    /// Printing of Copy A whose sheets go to the IRS, by its job [default: the last that left forms on paper]
    #[arg(
        long,
        value_name = "JOB",
        default_value = "",
        hide_default_value = true
    )]
    job: String,
    /// Printer to print it on; without one it is only shown
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// Form stock [default: the one loaded on the printer, where Form 1096 goes on it]
    #[arg(
        long,
        value_name = "STOCK",
        default_value = "",
        hide_default_value = true,
        requires = "printer"
    )]
    stock: String,
    /// Why the Form 1096 of the same jobs is printed again
    #[arg(
        long,
        value_name = "REASON",
        default_value = "",
        hide_default_value = true,
        requires = "printer"
    )]
    again: String,
    /// Follow its job to the end
    #[arg(long, requires = "printer")]
    wait: bool,
    /// Makes a retry safe: the same id answers the first job instead of printing again
    #[arg(long, value_name = "ID", requires = "printer")]
    request_id: Option<String>,
}

/// A Form 1096, as `--json` prints it. A public contract.
#[derive(Debug, Serialize)]
struct TransmittalView {
    payer: String,
    tax_year: i32,
    form: &'static str,
    forms_printed: i64,
    total_amount: String,
    federal_tax_withheld: String,
    jobs: Vec<TransmittedView>,
    filer: FilerView,
    warnings: Vec<String>,
    /// Job of the Form 1096 that was printed before; blank if there is none.
    printed_before: String,
    /// The job that prints it; absent when it is only shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    printed_by: Option<JobView>,
}

/// A printing it stands for.
#[derive(Debug, Serialize)]
struct TransmittedView {
    job: String,
    printing: String,
    forms_printed: i32,
    forms_void: i32,
    sheets_printed: i32,
    total_amount: String,
    federal_tax_withheld: String,
}

/// Who files.
#[derive(Debug, Serialize)]
struct FilerView {
    name: String,
    street: String,
    city_line: String,
    truncated_tin: String,
    contact: String,
    phone: String,
    email: String,
    fax: String,
}

/// Shows it, and prints it where a printer is named.
pub(crate) async fn run(
    args: TransmittalArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let forms = services.link(Service::Forms)?;
    let wait = args.wait;
    let Some(printer) = args.printer.clone() else {
        let found = preview(args, &forms).await?;
        let view = TransmittalView::new(&found);
        view.tell(output)?;
        output.line(view.last_line())?;
        output.document(&view)?;
        return Ok(Exit::Done);
    };
    let printed = print(args, &printer, &forms, output).await?;
    let mut view = TransmittalView::new(&printed);
    view.tell(output)?;
    let spooler = services.link(Service::Spooler)?;
    let job = match wait {
        true => job::to_the_end(&spooler, &printed.job, output).await?,
        false => job::load(&spooler, printed.job.clone()).await?,
    };
    let of_job = JobView::new(&job);
    of_job.tell(output)?;
    if wait {
        job_view::tell_the_way_out(&spooler, &job, output).await?;
        output.line(of_job.last_line())?;
    }
    view.printed_by = Some(of_job);
    output.line(view.last_line())?;
    output.document(&view)?;
    match wait {
        true => Ok(job_view::exit(&job)),
        false => Ok(Exit::Done),
    }
}

async fn preview(args: TransmittalArgs, forms: &Link) -> Result<pb::Transmittal, CliError> {
    let mut client = client!(TransmittalServiceClient, forms);
    let request = pb::PreviewTransmittalRequest {
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        form_type: FormType::from(args.form).into(),
        job: job_name(&args.job),
    };
    let found = client.preview_transmittal(request).await;
    Ok(found.map_err(|status| forms.error(status))?.into_inner())
}

async fn print(
    args: TransmittalArgs,
    printer: &str,
    forms: &Link,
    output: &mut Output<'_>,
) -> Result<pb::Transmittal, CliError> {
    let mut client = client!(TransmittalServiceClient, forms);
    let request_id = args
        .request_id
        .unwrap_or_else(|| Uuid::now_v7().to_string());
    let request = pb::PrintTransmittalRequest {
        request_id: request_id.clone(),
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        form_type: FormType::from(args.form).into(),
        job: job_name(&args.job),
        printer: resource("printers", printer),
        stock: args.stock,
        again_reason: args.again,
    };
    match client.print_transmittal(request).await {
        Ok(printed) => Ok(printed.into_inner()),
        Err(status) => {
            let error = forms.error(status);
            if error.exit() == Exit::Unreachable {
                output.note(format!(
                    "to try again without printing twice: --request-id {request_id}"
                ))?;
            }
            Err(error)
        }
    }
}

fn job_name(given: &str) -> String {
    match given {
        "" => String::new(),
        given => resource("jobs", given),
    }
}

impl TransmittalView {
    fn new(message: &pb::Transmittal) -> Self {
        Self {
            payer: message.payer_id.clone(),
            tax_year: message.tax_year,
            form: words::form_type(message.form_type()),
            forms_printed: message.forms,
            total_amount: words::amount(message.total_amount_cents),
            federal_tax_withheld: words::amount(message.federal_tax_withheld_cents),
            jobs: message.jobs.iter().map(TransmittedView::new).collect(),
            filer: FilerView {
                name: message.filer_name.clone(),
                street: message.filer_street.clone(),
                city_line: message.filer_city_line.clone(),
                truncated_tin: message.filer_truncated_tin.clone(),
                contact: message.contact_name.clone(),
                phone: message.contact_phone.clone(),
                email: message.contact_email.clone(),
                fax: message.contact_fax.clone(),
            },
            warnings: message.warnings.clone(),
            printed_before: message.printed_before.clone(),
            printed_by: None,
        }
    }

    fn tell(&self, output: &mut Output<'_>) -> Result<(), CliError> {
        let (year, filer) = (self.tax_year, &self.filer);
        output.line(format!(
            "Form 1096 of {year} for {}, for 1099-{}",
            self.payer,
            self.form.to_uppercase()
        ))?;
        let fax = match filer.fax.as_str() {
            "" => String::new(),
            fax => format!("fax {fax}"),
        };
        for parts in [
            vec![&filer.name, &filer.street, &filer.city_line],
            vec![&filer.contact, &filer.phone, &filer.email, &fax],
        ] {
            let parts = parts.into_iter().filter(|part| !part.is_empty());
            let parts: Vec<_> = parts.map(String::as_str).collect();
            output.line(format!("  {}", parts.join(", ")))?;
        }
        output.line(format!("  TIN {}", filer.truncated_tin))?;
        for job in &self.jobs {
            output.line(format!(
                "  {}: {} forms, {} void, {} sheets, total {}, withheld {}",
                job.job,
                job.forms_printed,
                job.forms_void,
                job.sheets_printed,
                job.total_amount,
                job.federal_tax_withheld
            ))?;
        }
        for warning in &self.warnings {
            output.line(format!("  {warning}"))?;
        }
        if !self.printed_before.is_empty() {
            let before = &self.printed_before;
            output.line(format!("  printed before as {before}"))?;
        }
        Ok(())
    }

    /// `quantity 7, total 12345.67, federal tax withheld 5.00`: always the last line.
    fn last_line(&self) -> String {
        format!(
            "quantity {}, total {}, federal tax withheld {}",
            self.forms_printed, self.total_amount, self.federal_tax_withheld
        )
    }
}

impl TransmittedView {
    fn new(job: &pb::TransmittedJob) -> Self {
        Self {
            job: job.job.clone(),
            printing: job.printing.clone(),
            forms_printed: job.forms_printed,
            forms_void: job.forms_void,
            sheets_printed: job.sheets_printed,
            total_amount: words::amount(job.total_amount_cents),
            federal_tax_withheld: words::amount(job.federal_tax_withheld_cents),
        }
    }
}
