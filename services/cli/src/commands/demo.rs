//! `formfeed demo`: the whole job on a sample, through the real services, from CSV files to counted sheets.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use formfeed_domain::Money;
use formfeed_proto::forms::{PrintFormsRequest, SortOrder};
use formfeed_proto::spooler as pb;
use formfeed_runtime::service::Service;
use formfeed_runtime::shutdown;
use formfeed_spooler::SpoolerConfig;
use pb::printer::EvidencePolicy;
use pb::printer_service_client::PrinterServiceClient;
use pb::{Copy, FormType, Job, Printer};
use serde_json::json;
use uuid::Uuid;

use super::job_view::{self, JobView};
use super::{calculate, forms, import};
use crate::connect::{Services, client};
use crate::demo::{Folder, ImpactPrinter, sample};
use crate::environment::Environment;
use crate::errors::{CliError, Exit};
use crate::host::{Host, Settings};
use crate::output::Output;
use crate::words;

const TAX_YEAR: i32 = 2025;
const LASER: &str = "laser";
const IMPACT: &str = "impact";

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Folder for what the printers make: a PDF file for each laser job, and impact.prn with the impact printer's bytes
    #[arg(long, value_name = "DIR", default_value = "formfeed-demo")]
    out: PathBuf,
}

/// Starts the services on a temporary data directory, does the job, and stops them.
pub(crate) async fn run(args: DemoArgs, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let failed = |what: &str| {
        let what = what.to_owned();
        move |error: std::io::Error| CliError::failed(what, error)
    };
    let out = Folder::prepare(&args.out).map_err(failed("making the folder for the prints"))?;
    let temporary = tempfile::Builder::new().prefix("formfeed-demo.").tempdir();
    let temporary = temporary.map_err(failed("making a temporary data directory"))?;
    let extract = temporary.path().join("sample");
    sample::write(&extract).map_err(failed("writing the sample"))?;
    let impact = ImpactPrinter::start(&out.join("impact.prn"));
    let impact = impact.map_err(failed("making a virtual impact printer"))?;

    let mut service_args = Environment::read()?.args;
    service_args.log.get_or_insert_with(|| "warn".to_owned());
    service_args.database_url = None;
    let data_dir = temporary.path().join("data");
    let settings = Settings {
        data_dir,
        port_base: Some(0),
        service_args,
        spooler: SpoolerConfig::default(),
    };
    let stop = shutdown::on_signals().map_err(failed("minding signals"))?;
    let host = Host::start(settings, stop.clone()).await?;
    let services = Services::from_endpoints(host.endpoints());
    let demo = Demo {
        services: &services,
        extract: &extract,
        out: &out,
        impact: &impact,
    };
    let done = tokio::select! {
        done = demo.walk(output) => done,
        () = stop.cancelled() => Err(interrupted()),
    };
    stop.cancel();
    host.run(stop).await?;
    impact
        .finish()
        .map_err(failed("keeping what the impact printer got"))?;
    finish(&done?, &out, output)
}

fn interrupted() -> CliError {
    CliError::Failed {
        what: "the demo".to_owned(),
        why: "it was interrupted".to_owned(),
    }
}

struct Demo<'a> {
    services: &'a Services,
    extract: &'a Path,
    out: &'a Path,
    impact: &'a ImpactPrinter,
}

impl Demo<'_> {
    /// Every step as a user would take it; answers the jobs.
    async fn walk(&self, output: &mut Output<'_>) -> Result<Vec<Job>, CliError> {
        step(output, "import sample")?;
        let import = import::ImportArgs {
            dir: self.extract.to_owned(),
            import_id: None,
        };
        import::run(&import, self.services, &mut output.without_document()).await?;
        for payer in sample::PAYERS {
            step(
                output,
                &format!("calculate --payer {payer} --tax-year {TAX_YEAR}"),
            )?;
            let args = calculate::CalculateArgs::of(payer, TAX_YEAR);
            calculate::run(args, self.services, &mut output.without_document()).await?;
            step(
                output,
                &format!("forms list --payer {payer} --tax-year {TAX_YEAR}"),
            )?;
            let list = forms::FormsCommand::list(payer, TAX_YEAR);
            forms::run(list, self.services, &mut output.without_document()).await?;
        }
        self.add_printer(output, LASER, &format!("file:{}", self.out.display()), "")
            .await?;
        self.add_printer(output, IMPACT, &self.impact.uri(), "escp")
            .await?;
        let mut jobs = Vec::new();
        for (payer, printer) in sample::PAYERS.into_iter().zip([LASER, IMPACT]) {
            for form_type in [FormType::Nec, FormType::Misc] {
                jobs.push(self.print(output, payer, form_type, printer).await?);
            }
        }
        Ok(jobs)
    }

    async fn add_printer(
        &self,
        output: &mut Output<'_>,
        name: &str,
        uri: &str,
        dialect: &str,
    ) -> Result<(), CliError> {
        let evidence = match dialect {
            "" => EvidencePolicy::Unspecified,
            _ => EvidencePolicy::Sent,
        };
        let flags = match dialect {
            "" => String::new(),
            _ => format!(" --dialect {dialect} --evidence sent"),
        };
        step(output, &format!("printer add {name} {uri}{flags}"))?;
        let link = self.services.link(Service::Spooler)?;
        let printer = Printer {
            printer_id: name.to_owned(),
            uri: uri.to_owned(),
            dialect: dialect.to_owned(),
            evidence: evidence.into(),
            ..Printer::default()
        };
        let request_id = Uuid::now_v7().to_string();
        let request = pb::CreatePrinterRequest {
            printer: Some(printer),
            request_id,
        };
        let mut printers = client!(PrinterServiceClient, link);
        let added = printers.create_printer(request).await;
        let added = added.map_err(|status| link.error(status))?.into_inner();
        output.line(format!(
            "{} {}",
            added.name,
            words::kebab(added.state().as_str_name())
        ))?;
        Ok(())
    }

    /// An impact printer prints one form stock at a time: it is loaded first.
    async fn print(
        &self,
        output: &mut Output<'_>,
        payer: &str,
        form_type: FormType,
        printer: &str,
    ) -> Result<Job, CliError> {
        let form = words::form_type(form_type);
        let stock = format!("{form}-3up");
        let name = words::resource("printers", printer);
        if printer == IMPACT {
            step(output, &format!("printer load-stock {printer} {stock}"))?;
            let link = self.services.link(Service::Spooler)?;
            let mut printers = client!(PrinterServiceClient, link);
            let request = pb::LoadStockRequest {
                name: name.clone(),
                stock: stock.clone(),
                sheets: None,
                ..pb::LoadStockRequest::default()
            };
            printers
                .load_stock(request)
                .await
                .map_err(|status| link.error(status))?;
            output.line(format!("{stock} loaded on {printer}"))?;
        }
        step(
            output,
            &format!(
                "print --payer {payer} --tax-year {TAX_YEAR} --form {form} --printer {printer} --stock {stock} --wait"
            ),
        )?;
        let request = PrintFormsRequest {
            request_id: Uuid::now_v7().to_string(),
            payer_id: payer.to_owned(),
            tax_year: TAX_YEAR,
            form_type: form_type.into(),
            copy: Copy::A.into(),
            printer: name,
            stock,
            follow: true,
            sort: SortOrder::Recipient.into(),
            ..PrintFormsRequest::default()
        };
        let job = super::print::print(request, self.services, output).await?;
        let view = JobView::new(&job);
        view.tell(output)?;
        output.line(view.last_line())?;
        Ok(job)
    }
}

fn step(output: &mut Output<'_>, command: &str) -> Result<(), CliError> {
    output.line(format!("\n$ formfeed {command}"))?;
    Ok(output.flush()?)
}

/// What came of some jobs together.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    forms: i32,
    void: i32,
    sheets: i32,
    total: Money,
}

impl Sum {
    fn of<'a>(jobs: impl Iterator<Item = &'a Job>) -> Self {
        let reports = jobs.filter_map(|job| job.report.as_ref());
        reports.fold(Self::default(), |sum, report| Self {
            forms: sum.forms + report.forms_printed,
            void: sum.void + report.forms_void,
            sheets: sum.sheets + report.sheets_printed,
            total: sum.total + Money::from_cents(report.total_amount_cents),
        })
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            forms,
            void,
            sheets,
            total,
        } = self;
        write!(
            f,
            "{forms} forms, {void} void, {sheets} sheets, total {total}"
        )
    }
}

/// The final quantity and total, of each printer and of all jobs.
fn finish(jobs: &[Job], out: &Path, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let files = made(out).map_err(|error| CliError::failed("looking at the prints", error))?;
    output.line(format!("\nwhat the printers made, in {}:", out.display()))?;
    for file in &files {
        output.line(format!("  {file}"))?;
    }
    for printer in [LASER, IMPACT] {
        let on_it = jobs.iter().filter(|job| words::id(&job.printer) == printer);
        output.line(format!("on {printer}: {}", Sum::of(on_it)))?;
    }
    let sum = Sum::of(jobs.iter());
    output.line(format!("final quantity and total: {sum}"))?;
    let views: Vec<_> = jobs.iter().map(JobView::new).collect();
    output.document(&json!({
        "jobs": views,
        "forms_printed": sum.forms,
        "forms_void": sum.void,
        "sheets_printed": sum.sheets,
        "total_amount": sum.total,
        "out": out,
        "files": files,
    }))?;
    let all_done = jobs.iter().all(|job| job_view::exit(job) == Exit::Done);
    Ok(if all_done { Exit::Done } else { Exit::Failed })
}

fn made(out: &Path) -> std::io::Result<Vec<String>> {
    let names =
        fs::read_dir(out)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<std::io::Result<Vec<_>>>()?;
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    Ok(names)
}
