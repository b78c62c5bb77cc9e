//! `formfeed audit`: who did what, and whether the record of it is what was written.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::audit as pb;
use formfeed_proto::convert::timestamp_to;
use formfeed_runtime::audit::anchors;
use formfeed_runtime::service::Service;
use pb::audit_service_client::AuditServiceClient;
use serde_json::{Value, json};

use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::table::Table;
use crate::words::{kebab, time};

/// Entries that a list shows unless more are asked for.
const SHOWN: usize = 50;
/// Anchors handed to a service: the last of a file say the most.
const LAST_ANCHORS: usize = 10_000;
/// Entries asked for at once.
const PAGE: i32 = 1_000;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Recompute the audit trail of every service: status 1 when an entry was edited, removed or moved, the tail was cut, or an older database was put back
    Verify(VerifyArgs),
    /// List what was done, the newest first
    List(ListArgs),
    /// Write the audit trail into a file, the oldest entry first
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// Only this service's trail: vendor, calculation, forms or spooler
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    service: Option<Service>,
    /// Another folder with anchors, such as a copy from another machine, to hold the trail against
    #[arg(long, value_name = "DIR")]
    anchors: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// Most entries of each service
    #[arg(long, value_name = "NUMBER", default_value_t = SHOWN)]
    limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// How the entries are written
    #[arg(long, value_enum)]
    format: Format,
    /// File to write, which must not be there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// How entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Rows for a spreadsheet
    Csv,
    /// One JSON document a line
    Jsonl,
}

#[derive(Debug, Clone, Args)]
struct FilterArgs {
    /// Only this service's trail: vendor, calculation, forms or spooler
    #[arg(long, value_name = "SERVICE", value_parser = service)]
    service: Option<Service>,
    /// Not before this day or instant in UTC, such as 2026-01-31 or 2026-01-31T08:00:00Z
    #[arg(long, value_name = "TIME", value_parser = instant)]
    since: Option<DateTime<Utc>>,
    /// Only by this user, or by the token of this name
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only this action, such as vendor.update, or all that begin so, such as 'job.*'
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Only about this resource, such as vendors/V-1
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: AuditCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    match command {
        AuditCommand::Verify(args) => verify(&args, services, output).await,
        AuditCommand::List(args) => list(&args, services, output).await,
        AuditCommand::Export(args) => export(&args, services, output).await,
    }
}

fn wanted(service: Option<Service>) -> Vec<Service> {
    service.map_or_else(|| Service::ALL.to_vec(), |service| vec![service])
}

async fn verify(
    args: &VerifyArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut documents = Vec::new();
    let mut sound = true;
    for service in wanted(args.service) {
        let anchors = match &args.anchors {
            Some(folder) => told(folder, service)?,
            None => Vec::new(),
        };
        let link = services.link(service)?;
        let request = pb::VerifyChainRequest { anchors };
        let answer = client!(AuditServiceClient, link)
            .verify_chain(request)
            .await;
        let answer = answer.map_err(|status| link.error(status))?.into_inner();
        let (entries, last) = (answer.sound_entries, answer.last_sequence);
        sound &= answer.findings.is_empty();
        match answer.findings.is_empty() {
            true => output.line(format!(
                "{service}: sound, {entries} entries, {} anchors, ends with {}",
                answer.anchors, answer.hash
            ))?,
            false => output.line(format!(
                "{service}: NOT sound after entry {entries} of {last}"
            ))?,
        }
        for finding in &answer.findings {
            let kind = kebab(finding.kind().as_str_name());
            output.line(format!("  {kind}: {}", finding.message))?;
        }
        documents.push(document(service, &answer));
    }
    output.document(&documents)?;
    Ok(if sound { Exit::Done } else { Exit::Failed })
}

/// What a folder knows of a service's trail.
fn told(folder: &Path, service: Service) -> Result<Vec<pb::Anchor>, CliError> {
    let file = anchors::path(folder, service.name());
    let refused = |why: String| CliError::Refused(format!("{}: {why}", file.display()));
    let known = anchors::read(&file).map_err(|error| refused(error.to_string()))?;
    if let Some(line) = known.unreadable.first() {
        return Err(refused(format!("line {line} is no anchor")));
    }
    let skipped = known.anchors.len().saturating_sub(LAST_ANCHORS);
    let last = known.anchors.into_iter().skip(skipped);
    let anchors: Vec<_> = last
        .map(|anchor| pb::Anchor {
            sequence: anchor.sequence,
            hash: anchor.hash,
            time: Some(timestamp_to(anchor.time)),
        })
        .collect();
    match anchors.is_empty() {
        true => Err(refused("there are no anchors in it".to_owned())),
        false => Ok(anchors),
    }
}

fn document(service: Service, answer: &pb::VerifyChainResponse) -> Value {
    let finding = |finding: &pb::Finding| {
        json!({
            "kind": kebab(finding.kind().as_str_name()),
            "sequence": finding.sequence,
            "message": finding.message,
        })
    };
    json!({
        "service": service.name(),
        "sound": answer.findings.is_empty(),
        "sound_entries": answer.sound_entries,
        "last_sequence": answer.last_sequence,
        "hash": answer.hash,
        "anchors": answer.anchors,
        "findings": answer.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

async fn list(
    args: &ListArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut all = Vec::new();
    for service in wanted(args.filter.service) {
        let link = services.link(service)?;
        let mut pages = Pages::new(&args.filter, true);
        let mut left = args.limit;
        while let Some(page) = pages.next(&link, left).await? {
            left -= page.len().min(left);
            all.extend(page.into_iter().map(|entry| (service, entry)));
        }
    }
    let when = |entry: &pb::Entry| entry.time.map(|at| (at.seconds, at.nanos));
    all.sort_by_key(|(_, entry)| std::cmp::Reverse(when(entry)));
    let mut table = Table::new(&[
        "service", ">entry", "when", "user", "action", "subject", "details",
    ]);
    for (service, entry) in &all {
        let (number, at) = (entry.sequence.to_string(), time(entry.time.as_ref()));
        table.row([
            service.name(),
            &number,
            &at,
            &actor(entry),
            &entry.action,
            &entry.subject,
            &entry.details,
        ]);
    }
    output.table(&table)?;
    let documents = all.iter().map(|(service, entry)| view(*service, entry));
    output.document(&documents.collect::<Vec<_>>())?;
    Ok(Exit::Done)
}

/// The user, and the token where it is another's.
fn actor(entry: &pb::Entry) -> String {
    match entry.token.is_empty() || entry.token == entry.user {
        true => entry.user.clone(),
        false => format!("{} by {}", entry.user, entry.token),
    }
}

async fn export(
    args: &ExportArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let path = args.out.display();
    let file = super::audit_file::AuditFile::create(&args.out, args.format == Format::Csv);
    let mut file = file.map_err(|error| CliError::failed(format!("writing {path}"), error))?;
    let mut entries = 0;
    for service in wanted(args.filter.service) {
        let link = services.link(service)?;
        let mut pages = Pages::new(&args.filter, false);
        while let Some(page) = pages.next(&link, usize::MAX).await? {
            let written = file.add(service, &page);
            written.map_err(|error| CliError::failed(format!("writing {path}"), error))?;
            entries += page.len();
        }
    }
    file.finish()
        .map_err(|error| CliError::failed(format!("writing {path}"), error))?;
    output.line(format!("{entries} entries in {path}"))?;
    output.document(&json!({"file": args.out, "entries": entries}))?;
    Ok(Exit::Done)
}

/// The pages of a service's trail.
struct Pages {
    request: Option<pb::ListEntriesRequest>,
}

impl Pages {
    fn new(filter: &FilterArgs, newest_first: bool) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            request: Some(pb::ListEntriesRequest {
                page_size: PAGE,
                page_token: String::new(),
                since: filter.since.map(timestamp_to),
                user: text(&filter.actor),
                action: text(&filter.action),
                subject: text(&filter.subject),
                newest_first,
            }),
        }
    }

    /// The next page, of at most so many entries; none after the last.
    async fn next(&mut self, link: &Link, most: usize) -> Result<Option<Vec<pb::Entry>>, CliError> {
        let Some(mut request) = self.request.take().filter(|_| most > 0) else {
            return Ok(None);
        };
        request.page_size = i32::try_from(most).unwrap_or(PAGE).min(PAGE);
        let answer = client!(AuditServiceClient, link)
            .list_entries(request.clone())
            .await;
        let answer = answer.map_err(|status| link.error(status))?.into_inner();
        if !answer.next_page_token.is_empty() {
            request.page_token = answer.next_page_token;
            self.request = Some(request);
        }
        Ok(Some(answer.entries))
    }
}

/// An entry as a document.
pub(super) fn view(service: Service, entry: &pb::Entry) -> Value {
    let details = serde_json::from_str(&entry.details);
    json!({
        "service": service.name(),
        "sequence": entry.sequence,
        "time": time(entry.time.as_ref()),
        "user": entry.user,
        "token": entry.token,
        "request_id": entry.request_id,
        "action": entry.action,
        "subject": entry.subject,
        "details": details.unwrap_or_else(|_| Value::from(entry.details.as_str())),
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    })
}

fn service(text: &str) -> Result<Service, String> {
    let found = Service::ALL
        .into_iter()
        .find(|service| service.name() == text);
    found.ok_or_else(|| "is no service: vendor, calculation, forms or spooler".to_owned())
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || text.parse::<NaiveDate>().ok();
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .ok()
        .or_else(|| day().map(midnight))
        .ok_or_else(|| {
            "is no day such as 2026-01-31 and no instant such as 2026-01-31T08:00:00Z".to_owned()
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_day_begins_at_midnight_in_utc_and_words_are_no_time() {
        let midnight = instant("2026-01-31").unwrap();
        assert_eq!(midnight.to_rfc3339(), "2026-01-31T00:00:00+00:00");
        assert_eq!(instant("2026-01-31T01:00:00+01:00").unwrap(), midnight);
        assert!(instant("yesterday").unwrap_err().contains("2026-01-31"));
    }
}
