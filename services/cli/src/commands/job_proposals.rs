//! `formfeed job proposals|agree|withdraw`: decisions that one person proposed and that wait for another.

use clap::Args;
use formfeed_proto::spooler as pb;
use pb::job_service_client::JobServiceClient;
use serde::Serialize;

use crate::connect::{Link, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{id, resource, time};

#[derive(Debug, Args)]
pub(crate) struct AgreeArgs {
    /// The proposal: proposals/ID or ID
    proposal: String,
    /// Why; kept [default: the reason of the proposal]
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// The proposal: proposals/ID or ID
    proposal: String,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl AgreeArgs {
    pub(super) fn request(self) -> pb::AgreeToProposalRequest {
        pb::AgreeToProposalRequest {
            name: resource("proposals", &self.proposal),
            reason: self.reason,
        }
    }
}

impl WithdrawArgs {
    pub(super) fn request(self) -> pb::WithdrawProposalRequest {
        pb::WithdrawProposalRequest {
            name: resource("proposals", &self.proposal),
            reason: self.reason,
        }
    }
}

#[derive(Serialize)]
struct ProposalView {
    proposal: String,
    job: String,
    decision: String,
    first_sheet: i32,
    last_sheet: i32,
    sheets: i64,
    which: String,
    by: String,
    reason: String,
    time: String,
}

impl From<pb::Proposal> for ProposalView {
    fn from(proposal: pb::Proposal) -> Self {
        Self {
            time: time(proposal.time.as_ref()),
            proposal: proposal.name,
            job: proposal.job,
            decision: proposal.verb,
            first_sheet: proposal.first_sheet,
            last_sheet: proposal.last_sheet,
            sheets: proposal.sheets,
            which: proposal.sheet_ranges,
            by: proposal.proposed_by,
            reason: proposal.reason,
        }
    }
}

/// All that wait, the oldest first.
pub(super) async fn list(link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let jobs = client!(JobServiceClient, link);
    let found = pages::all(|page_token| {
        let request = pb::ListProposalsRequest {
            page_size: pages::PAGE_SIZE,
            page_token,
        };
        let mut jobs = jobs.clone();
        async move {
            let page = jobs.list_proposals(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.proposals, page.next_page_token))
        }
    });
    let views: Vec<_> = found.await?.into_iter().map(ProposalView::from).collect();
    let heading = [
        "proposal", "job", "decision", ">sheets", "which", "by", "why",
    ];
    let mut table = Table::new(&heading);
    for it in &views {
        table.row([
            id(&it.proposal),
            id(&it.job),
            &it.decision,
            &it.sheets.to_string(),
            &it.which,
            &it.by,
            &it.reason,
        ]);
    }
    output.table(&table)?;
    output.document(&views)?;
    Ok(Exit::Done)
}
