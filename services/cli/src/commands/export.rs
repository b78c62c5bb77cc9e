//! `formfeed export`: the electronic file of a payer's forms, instead of Copy A on paper.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use formfeed_domain::export;
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::service::Service;
use pb::export_forms_event::Event;
use pb::export_forms_request::Format;
use pb::export_service_client::ExportServiceClient;
use serde_json::{Value, json};
use tonic::Streaming;
use uuid::Uuid;

use crate::args::PayerYear;
use crate::commands::forms::{FormArg, OptionArgs};
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words::{amount, form_type, id, resource};

/// The file holds TINs in full: it is made readable by its owner alone. Nothing is made when the IRS would refuse it.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    of: PayerYear,
    /// Form type
    #[arg(long, value_enum)]
    form: FormArg,
    /// What the file is
    #[arg(long, value_enum)]
    format: FormatArg,
    /// The file to make; a second and third one get `-2` and `-3` before the ending
    /// [default: PAYER-YEAR-FORM.xml, .csv or .txt]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Make a test file, of which the IRS counts nothing
    #[arg(long)]
    test: bool,
    /// Let the IRS pass state amounts on to the states that take part in combined filing
    #[arg(long)]
    combined_filing: bool,
    /// The year's own season is over
    #[arg(long)]
    prior_year: bool,
    /// Make the file once more although it was made before; the reason is kept
    #[arg(
        long,
        value_name = "REASON",
        default_value = "",
        hide_default_value = true
    )]
    again: String,
    /// The rejected export that this one takes the place of; the IRS's answer to it is kept by `exports answer`
    #[arg(long, value_name = "EXPORT")]
    replaces: Option<String>,
    #[command(flatten)]
    options: OptionArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormatArg {
    /// XML for IRIS by programs
    IrisXml,
    /// CSV for IRIS's portal, 100 forms to a file
    IrisCsv,
    /// Records of 750 bytes for FIRE, tax years to 2025
    Fire,
}

impl FormatArg {
    pub(crate) fn message(self) -> Format {
        match self {
            Self::IrisXml => Format::IrisXml,
            Self::IrisCsv => Format::IrisCsv,
            Self::Fire => Format::Fire,
        }
    }

    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::IrisXml => export::Format::IrisXml,
            Self::IrisCsv => export::Format::IrisCsv,
            Self::Fire => export::Format::Fire,
        }
        .extension()
    }
}

/// Makes the file.
pub(crate) async fn run(
    args: ExportArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let form = FormType::from(args.form);
    let out = args.out.unwrap_or_else(|| {
        let (payer, year) = (&args.of.payer, args.of.tax_year);
        let (form, extension) = (form_type(form), args.format.extension());
        PathBuf::from(format!("{payer}-{year}-{form}.{extension}"))
    });
    let request = pb::ExportFormsRequest {
        request_id: Uuid::now_v7().to_string(),
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        form_type: form.into(),
        format: args.format.message().into(),
        options: Some(args.options.into()),
        test: args.test,
        combined_filing: args.combined_filing,
        prior_year: args.prior_year,
        again_reason: args.again,
        replaces: args
            .replaces
            .as_ref()
            .map_or_else(String::new, |export| resource("exports", export)),
    };
    let mut exports = client!(ExportServiceClient, link);
    let answered = exports.export_forms(request).await;
    let events = answered.map_err(|status| link.error(status))?.into_inner();
    let document = finish(events, out, &link, output).await?;
    output.document(&document)?;
    Ok(Exit::Done)
}

/// Receives the files, keeps them once they are whole, and says what they are.
pub(crate) async fn finish(
    events: Streaming<pb::ExportFormsEvent>,
    out: PathBuf,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Value, CliError> {
    let mut files = Files::new(out);
    let export = receive(events, &mut files, link, output).await?;
    let paths = files.keep()?;
    for warning in &export.warnings {
        output.note(format!("warning: {warning}"))?;
    }
    for path in &paths {
        output.line(format!("made {}", path.display()))?;
    }
    let total = amount(export.total_amount_cents);
    let (forms, name) = (export.forms, id(&export.name));
    let what = if export.test { "test of " } else { "" };
    output.line(format!(
        "exported {what}{forms} forms, total {total}, as {name}"
    ))?;
    Ok(json!({
        "export": name,
        "form": form_type(export.form_type()),
        "files": paths,
        "forms": forms,
        "total_amount": total,
        "federal_tax_withheld": amount(export.federal_tax_withheld_cents),
        "test": export.test,
        "digest": export.digest,
        "warnings": export.warnings,
    }))
}

/// Writes the pieces as they come; answers the record, without which nothing is whole.
async fn receive(
    mut events: Streaming<pb::ExportFormsEvent>,
    files: &mut Files,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<pb::Export, CliError> {
    loop {
        let message = events
            .message()
            .await
            .map_err(|status| link.error(status))?;
        match message.and_then(|message| message.event) {
            Some(Event::Piece(piece)) => files.write(piece.file, &piece.data)?,
            Some(Event::Fault(fault)) => output.note(format!(
                "{}: {}: {} ({}); {}",
                fault.about, fault.field, fault.problem, fault.rule, fault.way_out
            ))?,
            Some(Event::Finished(export)) => return Ok(export),
            None => {
                let broken = "the answer ended without the record: nothing was made";
                return Err(CliError::Refused(broken.to_owned()));
            }
        }
    }
}

/// Files under names of their own until all of them are whole; then they get the names that were asked for.
struct Files {
    out: PathBuf,
    /// Each file's unfinished name, in order.
    unfinished: Vec<(PathBuf, File)>,
}

impl Files {
    fn new(out: PathBuf) -> Self {
        Self {
            out,
            unfinished: Vec::new(),
        }
    }

    fn write(&mut self, file: i32, data: &[u8]) -> std::io::Result<()> {
        let wanted = usize::try_from(file).unwrap_or_default();
        while self.unfinished.len() < wanted {
            let number = self.unfinished.len() + 1;
            let mut path = numbered(&self.out, number).into_os_string();
            path.push(".unfinished");
            let path = PathBuf::from(path);
            let made = create(&path)?;
            self.unfinished.push((path, made));
        }
        match self.unfinished.last_mut() {
            Some((_, file)) => file.write_all(data),
            None => Ok(()),
        }
    }

    /// Gives the files their names.
    fn keep(&mut self) -> std::io::Result<Vec<PathBuf>> {
        for (_, file) in &self.unfinished {
            file.sync_all()?;
        }
        let mut kept = Vec::new();
        for (path, _) in self.unfinished.drain(..) {
            let named = numbered(&self.out, kept.len() + 1);
            std::fs::rename(&path, &named)?;
            kept.push(named);
        }
        Ok(kept)
    }
}

impl Drop for Files {
    /// What is not whole does not stay.
    fn drop(&mut self) {
        for (path, _) in &self.unfinished {
            std::fs::remove_file(path).ok();
        }
    }
}

/// `te1.csv`, then `te1-2.csv`.
fn numbered(out: &Path, number: usize) -> PathBuf {
    if number == 1 {
        return out.to_owned();
    }
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    match out.extension() {
        Some(extension) => {
            let extension = extension.to_string_lossy();
            out.with_file_name(format!("{stem}-{number}.{extension}"))
        }
        None => out.with_file_name(format!("{stem}-{number}")),
    }
}

/// A new file that its owner alone may read, in the place of what lies there: a link is not followed.
pub(crate) fn create(path: &Path) -> std::io::Result<File> {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_link_at_the_name_of_a_file_is_replaced_and_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (target, name) = (folder.path().join("target"), folder.path().join("name"));
        std::fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, &name).unwrap();
        create(&name).unwrap().write_all(b"new").unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "kept");
        assert_eq!(std::fs::read_to_string(&name).unwrap(), "new");
        create(&name).unwrap();
        assert_eq!(
            std::fs::read_to_string(&name).unwrap(),
            "",
            "an older one is gone"
        );
    }
}
