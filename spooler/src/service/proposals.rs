//! Decisions that wait for a second person: listed, agreed to, withdrawn.

use formfeed_domain::spool::{JobId, Outcome, Ruling};
use formfeed_domain::text;
use formfeed_proto::convert::ruling::RulingOrder;
use formfeed_proto::convert::{Violations, timestamp_to};
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, page, reason};
use formfeed_store::spooler::{Act, Once, Proposal, Quorum};
use tonic::{Request, Response, Status};

use super::Handlers;
use super::act::act;
use super::carry_out::{Resolution, Verb};
use super::error::refused;

impl Handlers {
    /// A page of what waits for a second person.
    pub(super) async fn proposals(
        &self,
        request: &pb::ListProposalsRequest,
    ) -> Result<pb::ListProposalsResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = page::Query::new("proposals");
        let after = query.key_after(&mut bad, &request.page_token);
        bad.finish(Some(())).map_err(IntoStatus::into_status)?;
        let after = after.unwrap_or_default();
        let found = self.store.proposals_after(&after, size + 1).await;
        let mut found = found.map_err(refused)?;
        let next = page::cut(&mut found, size, |proposal| proposal.key.clone());
        Ok(pb::ListProposalsResponse {
            proposals: found.into_iter().map(proposal_to).collect(),
            next_page_token: next.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    /// Carries out what another person proposed, as if this one had decided it.
    pub(super) async fn agree(
        &self,
        request: Request<pb::AgreeToProposalRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let mut bad = Violations::new();
        let key = read_proposal_name(&mut bad, &request.get_ref().name);
        if let Err(error) = text::check(&request.get_ref().reason) {
            bad.add("reason", error);
        }
        let key = bad.finish(key).map_err(IntoStatus::into_status)?;
        let proposal = self.store.proposal(&key).await.map_err(refused)?;
        let mut act = act(&request, &request.get_ref().reason);
        if act.by == proposal.by {
            return Err(own(&proposal));
        }
        self.may_decide(&proposal.job, &act.by).await?;
        if act.reason.is_empty() {
            act.reason.clone_from(&proposal.reason);
        }
        if proposal.verb == Outcome::NotPrinted.as_str() {
            self.refuse_at_work(&proposal.job, &proposal.sheets).await?;
        }
        let quorum = self.quorum(Some(key))?;
        let (job, verb) = (proposal.job.clone(), decision(proposal, quorum, act)?);
        self.change_job(job, verb).await
    }

    /// Withdraws a proposal.
    pub(super) async fn withdraw(
        &self,
        request: &Request<pb::WithdrawProposalRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let mut bad = Violations::new();
        let key = read_proposal_name(&mut bad, &request.get_ref().name);
        if let Err(error) = text::check_required(&request.get_ref().reason) {
            bad.add("reason", error);
        }
        let key = bad.finish(key).map_err(IntoStatus::into_status)?;
        let proposal = self.store.proposal(&key).await.map_err(refused)?;
        let act = act(request, &request.get_ref().reason);
        self.change_job(proposal.job, Verb::Withdraw(key, act))
            .await
    }
}

/// What a proposal comes to.
fn decision(proposal: Proposal, quorum: Quorum, act: Act) -> Result<Verb, Status> {
    if let Some(outcome) = Outcome::find(&proposal.verb) {
        let said = Resolution {
            sheets: proposal.sheets,
            outcome,
            serial: None,
        };
        return Ok(Verb::Resolve(said, quorum, act));
    }
    let unknown = || Status::internal(format!("a proposal to {}", proposal.verb));
    let ruling = Ruling::find(&proposal.verb).ok_or_else(unknown)?;
    // No caller can choose such an id.
    let once = Once {
        request_id: format!("proposal:{}", proposal.key),
        fingerprint: proposal.key,
    };
    let order = RulingOrder {
        job: proposal.job,
        sheets: proposal.sheets,
        ruling,
        reason: act.reason.clone(),
    };
    Ok(Verb::Rule(order, once, quorum, act))
}

fn own(proposal: &Proposal) -> Status {
    let message = format!(
        "{} proposed it, and may not agree to it: another person does, or somebody withdraws it (`formfeed job withdraw`)",
        proposal.by
    );
    Refusal::failed_precondition(reason::DUTY_NOT_SEPARATE, message)
        .with("user", &proposal.by)
        .with("proposal", &proposal.key)
        .into_status()
}

/// The name of a proposal.
pub(super) fn proposal_name(key: &str) -> String {
    format!("proposals/{key}")
}

fn read_proposal_name(bad: &mut Violations, name: &str) -> Option<String> {
    let key = name.strip_prefix("proposals/").filter(|key| is_key(key));
    if key.is_none() {
        bad.add("name", "is the name of a proposal: proposals/{id}");
    }
    key.map(str::to_owned)
}

/// Whether a text is the key of some act: keys of acts are made as those of jobs are.
pub(crate) fn is_key(text: &str) -> bool {
    JobId::new(text).is_ok()
}

/// A proposal as a message.
pub(crate) fn proposal_to(proposal: Proposal) -> pb::Proposal {
    let number = |sheet: Option<&u32>| sheet.map_or(0, |it| i32::try_from(*it).unwrap_or(i32::MAX));
    let sheets = proposal.sheets.sheets();
    pb::Proposal {
        name: proposal_name(&proposal.key),
        job: proposal.job.to_string(),
        verb: proposal.verb,
        first_sheet: number(sheets.first()),
        last_sheet: number(sheets.last()),
        sheets: i64::try_from(sheets.len()).unwrap_or(i64::MAX),
        sheet_ranges: proposal.sheets.in_ranges(),
        proposed_by: proposal.by,
        reason: proposal.reason,
        time: Some(timestamp_to(proposal.at)),
    }
}
