//! `formfeed letter`: letters to recipients, as PDF.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use formfeed_proto::vendor as pb;
use formfeed_runtime::service::Service;
use pb::b_notice::Kind;
use pb::b_notice_service_client::BNoticeServiceClient;
use serde::Serialize;

use super::export::create;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;

/// Longest part of a file's name that comes of a vendor's key.
const KEY_CHARACTERS: usize = 40;

#[derive(Debug, Subcommand)]
pub(crate) enum LetterCommand {
    /// Write the first or second B notice to a vendor, or to every vendor whose last notice is open
    BNotice(BNoticeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct BNoticeArgs {
    /// Key of the payer that writes
    #[arg(long, value_name = "PAYER")]
    payer: String,
    /// Key of the vendor it writes to
    #[arg(
        long,
        value_name = "VENDOR",
        required_unless_present = "all_open",
        conflicts_with = "all_open"
    )]
    vendor: Option<String>,
    /// Key of the notice within the vendor [default: the last one, as long as it is not answered]
    #[arg(long, value_name = "ID", requires = "vendor")]
    notice: Option<String>,
    /// Write to every vendor whose last notice is not answered, one file each
    #[arg(long)]
    all_open: bool,
    /// The file to make; with --all-open the folder
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
}

/// A letter, as `--json` prints it. A public contract.
#[derive(Debug, Serialize)]
struct LetterView {
    vendor: String,
    b_notice: String,
    kind: &'static str,
    file: PathBuf,
    send_by: String,
    withhold_from: String,
    warnings: Vec<String>,
}

/// Writes the letters.
pub(crate) async fn run(
    command: LetterCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let LetterCommand::BNotice(args) = command;
    let link = services.link(Service::Vendor)?;
    let mut notices = client!(BNoticeServiceClient, link);
    let request = pb::WriteBNoticeLettersRequest {
        payer_id: args.payer,
        vendor_id: args.vendor.unwrap_or_default(),
        b_notice_id: args.notice.unwrap_or_default(),
        date: None,
    };
    let answered = notices.write_b_notice_letters(request).await;
    let mut letters = answered.map_err(|status| link.error(status))?.into_inner();
    if args.all_open {
        std::fs::create_dir_all(&args.out)?;
    }
    let mut names = Names::default();
    let mut views = Vec::new();
    while let Some(letter) = letters
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        let path = match args.all_open {
            true => args.out.join(names.next(&letter)),
            false => args.out.clone(),
        };
        write(&path, &letter.pdf)?;
        let view = LetterView::new(&letter, path);
        for warning in &view.warnings {
            output.note(format!("warning: {warning}"))?;
        }
        output.line(format!(
            "{} B notice to {} in {}; send it by {}, withhold from {}",
            view.kind,
            view.vendor,
            view.file.display(),
            view.send_by,
            view.withhold_from
        ))?;
        views.push(view);
    }
    output.line(format!("wrote {} letters", views.len()))?;
    output.document(&views)?;
    Ok(Exit::Done)
}

impl LetterView {
    fn new(letter: &pb::BNoticeLetter, file: PathBuf) -> Self {
        Self {
            vendor: letter.vendor_id.clone(),
            b_notice: letter.b_notice.clone(),
            kind: kind(letter),
            file,
            send_by: day(letter.send_by.as_ref()),
            withhold_from: day(letter.withhold_from.as_ref()),
            warnings: letter.warnings.clone(),
        }
    }
}

fn kind(letter: &pb::BNoticeLetter) -> &'static str {
    match letter.kind() {
        Kind::Second => "second",
        _ => "first",
    }
}

fn day(date: Option<&formfeed_proto::Date>) -> String {
    let date = date.copied().unwrap_or_default();
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// Names of files that keep apart vendors whose keys look alike, and lead nowhere else.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn next(&mut self, letter: &pb::BNoticeLetter) -> String {
        let plain = |c: char| match c.is_ascii_alphanumeric() {
            true => c,
            false => '_',
        };
        let key: String = letter
            .vendor_id
            .chars()
            .map(plain)
            .take(KEY_CHARACTERS)
            .collect();
        let stem = format!("{}-{}", kind(letter), key.trim_matches('_'));
        let numbered = (2..).map(|number| format!("{stem}-{number}.pdf"));
        let mut candidates = std::iter::once(format!("{stem}.pdf")).chain(numbered);
        let free = candidates.find(|name| !self.0.contains(&name.to_lowercase()));
        let name = free.expect("there are more numbers than letters");
        self.0.insert(name.to_lowercase());
        name
    }
}

/// Whole or not at all, for its owner alone.
fn write(path: &Path, pdf: &[u8]) -> std::io::Result<()> {
    let mut unfinished = path.to_owned().into_os_string();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = create(&unfinished).and_then(|mut file| {
        file.write_all(pdf)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, path)
    });
    if written.is_err() {
        std::fs::remove_file(&unfinished).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_vendor_key_leads_out_of_the_folder_or_over_another_letter() {
        let mut names = Names::default();
        let mut name = |vendor: &str| {
            names.next(&pb::BNoticeLetter {
                vendor_id: vendor.to_owned(),
                kind: Kind::First.into(),
                ..pb::BNoticeLetter::default()
            })
        };
        let found = ["../x", "x", "..", "a\nb", "X", "=cmd"].map(&mut name);
        let expected = [
            "first-x",
            "first-x-2",
            "first-",
            "first-a_b",
            "first-X-3",
            "first-cmd",
        ];
        assert_eq!(found, expected.map(|stem| format!("{stem}.pdf")));
    }
}
