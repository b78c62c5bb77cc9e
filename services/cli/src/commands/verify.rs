//! `formfeed verify`: every amount added up again from its proof.

use clap::Args;
use formfeed_proto::calculation as pb;
use formfeed_runtime::service::Service;
use pb::verify_information_event::Event;
use pb::verify_service_client::VerifyServiceClient;
use serde::Serialize;

use crate::args::PayerYear;
use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::progress::{Progress, Stand};

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    of: PayerYear,
}

#[derive(Serialize)]
struct Report {
    payer: String,
    tax_year: i32,
    holds: bool,
    recipients: i64,
    vouchers: i64,
    payments: i64,
    rows: i64,
    amounts: i64,
    findings: Vec<Finding>,
}

#[derive(Serialize)]
struct Finding {
    recipient_id: String,
    voucher_id: String,
    payment_id: String,
    what: String,
    expected: String,
    found: String,
}

impl From<pb::VerifyFinding> for Finding {
    fn from(finding: pb::VerifyFinding) -> Self {
        Self {
            recipient_id: finding.recipient_id,
            voucher_id: finding.voucher_id,
            payment_id: finding.payment_id,
            what: finding.what,
            expected: finding.expected,
            found: finding.found,
        }
    }
}

/// Verifies a payer's year and prints what does not hold, then the counts.
pub(crate) async fn run(
    args: VerifyArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    let mut verify = client!(VerifyServiceClient, link);
    let PayerYear { payer, tax_year } = args.of;
    let request = pb::VerifyInformationRequest {
        payer_id: payer.clone(),
        tax_year,
    };
    let events = verify.verify_information(request).await;
    let mut events = events.map_err(|status| link.error(status))?.into_inner();
    let mut progress = Progress::new(output);
    let mut findings = Vec::new();
    let mut counts = None;
    while let Some(event) = events
        .message()
        .await
        .map_err(|status| link.error(status))?
    {
        match event.event {
            Some(Event::Progress(stand)) => progress.show(output, &shown(&stand))?,
            Some(Event::Finding(finding)) => {
                progress.aside(|| output.line(&finding.explanation))?;
                findings.push(Finding::from(finding));
            }
            Some(Event::Counts(last)) => counts = Some(last),
            None => {}
        }
    }
    drop(progress);
    let counts = counts.ok_or_else(|| CliError::Failed {
        what: "the verification".to_owned(),
        why: "the service ended its events before the counts".to_owned(),
    })?;
    report(&payer, tax_year, &counts, findings, output)
}

fn shown(stand: &pb::VerifyProgress) -> Stand {
    let (done, total) = (stand.recipients, stand.recipients_total);
    Stand {
        done: u64::try_from(done).unwrap_or_default(),
        total: u64::try_from(total).unwrap_or_default(),
        text: format!("{done} of {total} recipients, {} findings", stand.findings),
    }
}

fn report(
    payer: &str,
    tax_year: i32,
    counts: &pb::VerifyCounts,
    findings: Vec<Finding>,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let holds = counts.findings == 0;
    output.line(format!(
        "{payer} {tax_year}: {} recipients, {} vouchers, {} payments, {} rows: {} amounts added up again",
        counts.recipients, counts.vouchers, counts.payments, counts.rows, counts.amounts
    ))?;
    output.line(match counts.findings {
        0 => "every proof holds".to_owned(),
        1 => "1 finding: not every proof holds".to_owned(),
        many => format!("{many} findings: not every proof holds"),
    })?;
    output.document(&Report {
        payer: payer.to_owned(),
        tax_year,
        holds,
        recipients: counts.recipients,
        vouchers: counts.vouchers,
        payments: counts.payments,
        rows: counts.rows,
        amounts: counts.amounts,
        findings,
    })?;
    Ok(if holds { Exit::Done } else { Exit::Failed })
}
