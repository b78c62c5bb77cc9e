//! `formfeed job preview`: one sheet of a job for the eye, as PDF or PNG.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use formfeed_proto::spooler::PreviewSheetRequest;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_proto::spooler::preview_sheet_request::Format;
use serde_json::json;

use crate::connect::{Link, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words::resource;

#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// The job: jobs/ID or ID
    job: String,
    /// Number of the sheet, from 1
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    sheet: i32,
    /// How the picture comes
    #[arg(long, value_enum, default_value_t = FormatArg::Pdf)]
    format: FormatArg,
    /// Dots per inch of a PNG, 36 to 300
    #[arg(long, value_name = "NUMBER", default_value_t = 96)]
    dots_per_inch: i32,
    /// Where the picture goes; readable by nobody else
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArg {
    /// One page
    Pdf,
    /// Dots
    Png,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Pdf => Self::Pdf,
            FormatArg::Png => Self::Png,
        }
    }
}

/// Asks for the picture of a sheet and writes it to a file.
pub(crate) async fn run(
    args: PreviewArgs,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut jobs = client!(JobServiceClient, link);
    let request = PreviewSheetRequest {
        job: resource("jobs", &args.job),
        sheet: args.sheet,
        format: Format::from(args.format).into(),
        dots_per_inch: args.dots_per_inch,
    };
    let answered = jobs.preview_sheet(request).await;
    let answer = answered.map_err(|status| link.error(status))?;
    let picture = answer.into_inner().picture;
    let failed = |error| CliError::failed(format!("writing {}", args.out.display()), error);
    let mut file = OpenOptions::new();
    let file = file.write(true).create(true).truncate(true).mode(0o600);
    let mut file = file.open(&args.out).map_err(failed)?;
    file.write_all(&picture).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    let bytes = picture.len();
    output.line(format!("{bytes} bytes in {}", args.out.display()))?;
    output.document(&json!({"file": args.out, "bytes": bytes}))?;
    Ok(Exit::Done)
}
