//! `formfeed check`: what should be mended or known before forms are printed.

use clap::Args;
use formfeed_proto::forms as pb;
use formfeed_runtime::service::Service;
use pb::finding::Severity;
use pb::preflight_service_client::PreflightServiceClient;
use serde::Serialize;
use serde_json::json;

use crate::args::PayerYear;
use crate::commands::forms::OptionArgs;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words;

/// Exit status 1 when anything is blocking; warnings and notes alone end with 0.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    of: PayerYear,
    #[command(flatten)]
    options: OptionArgs,
}

#[derive(Serialize)]
struct Finding {
    severity: String,
    kind: String,
    record: String,
    related: Vec<String>,
    effect: String,
    way_out: String,
}

impl From<pb::Finding> for Finding {
    fn from(finding: pb::Finding) -> Self {
        Self {
            severity: words::kebab(finding.severity().as_str_name()),
            kind: finding.kind,
            record: finding.record,
            related: finding.related,
            effect: finding.effect,
            way_out: finding.way_out,
        }
    }
}

/// Checks a payer's year.
pub(crate) async fn run(
    args: CheckArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Forms)?;
    let mut preflight = client!(PreflightServiceClient, link);
    let request = pb::CheckYearRequest {
        payer_id: args.of.payer,
        tax_year: args.of.tax_year,
        options: Some(args.options.into()),
    };
    let answered = preflight.check_year(request).await;
    let mut stream = answered.map_err(|status| link.error(status))?.into_inner();
    let mut findings = Vec::new();
    while let Some(finding) = stream
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        findings.push(finding);
    }
    // Worst first; otherwise in the order they were found.
    findings.sort_by_key(pb::Finding::severity);
    let count = |severity| {
        findings
            .iter()
            .filter(|found| found.severity() == severity)
            .count()
    };
    let (blocking, warnings, notes) = (
        count(Severity::Blocking),
        count(Severity::Warning),
        count(Severity::Note),
    );
    let findings: Vec<_> = findings.into_iter().map(Finding::from).collect();
    for line in lines(&findings) {
        output.line(line)?;
    }
    output.line(format!(
        "{blocking} blocking, {warnings} warnings, {notes} notes"
    ))?;
    output.document(&json!({
        "blocking": blocking,
        "warnings": warnings,
        "notes": notes,
        "findings": findings,
    }))?;
    Ok(match blocking {
        0 => Exit::Done,
        _ => Exit::Failed,
    })
}

/// Findings of a kind together, below the way out; control characters are shown as escapes.
fn lines(findings: &[Finding]) -> Vec<String> {
    let mut kinds: Vec<(&str, &str)> = Vec::new();
    for finding in findings {
        let kind = (finding.severity.as_str(), finding.kind.as_str());
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let mut lines = Vec::new();
    for (severity, kind) in kinds {
        let is_such =
            |found: &&Finding| (found.severity.as_str(), found.kind.as_str()) == (severity, kind);
        let mut of_kind = findings.iter().filter(is_such).peekable();
        let way_out = of_kind
            .peek()
            .map_or("", |finding| finding.way_out.as_str());
        lines.push(format!("{severity} {kind}: {way_out}"));
        lines.extend(of_kind.map(|finding| {
            let line = format!("  {}: {}", finding.record, finding.effect);
            match line.chars().any(char::is_control) {
                true => line.escape_debug().to_string(),
                false => line,
            }
        }));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_of_a_kind_stand_together_below_the_way_out() {
        let finding = |severity: &str, kind: &str, record: &str| Finding {
            severity: severity.to_owned(),
            kind: kind.to_owned(),
            record: record.to_owned(),
            related: Vec::new(),
            effect: "no form".to_owned(),
            way_out: format!("Mend {kind}."),
        };
        let found = [
            finding("warning", "missing_tin", "vendors/V1"),
            finding("warning", "blank_address", "vendors/V1"),
            finding("warning", "missing_tin", "vendors/V2"),
        ];
        assert_eq!(
            lines(&found),
            [
                "warning missing_tin: Mend missing_tin.",
                "  vendors/V1: no form",
                "  vendors/V2: no form",
                "warning blank_address: Mend blank_address.",
                "  vendors/V1: no form",
            ]
        );
    }
}
