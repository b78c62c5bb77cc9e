//! The method that adds the proofs up again: it streams what does not hold, and ends with the counts.

use std::sync::Arc;

use formfeed_domain::verify::{Finding, Proof};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::verify_information_event::Event;
use formfeed_proto::calculation::verify_service_server::VerifyService;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::information::{PayerYear, payer_year_from};
use formfeed_runtime::{IntoStatus, Refusal, context, reason};
use formfeed_store::calculation::{CalculationStore, Purpose, RunState, Selection};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::verification::Verification;

/// Events made ahead of the caller's reading.
const AHEAD: usize = 16;

/// Progress is told once for so many recipients.
const PROGRESS_EVERY: i64 = 100;

/// Runs looked through for one that completed.
const RUNS: i64 = 1_000;

/// The handlers.
pub(crate) struct VerifyHandlers(Arc<CalculationStore>);

/// What the caller reads.
type Events = mpsc::Sender<Result<pb::VerifyInformationEvent, Status>>;

impl VerifyHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>) -> Self {
        Self(store)
    }

    /// Refuses a payer and year for which no run ever completed: nothing proven must not look proven.
    async fn require_a_run(&self, of: &PayerYear) -> Result<(), Status> {
        let (payer_id, tax_year) = (Some(&of.payer_id), Some(of.tax_year));
        let runs = self.0.runs_before(None, payer_id, tax_year, RUNS).await;
        let runs = runs.map_err(IntoStatus::into_status)?;
        let mut stood = runs
            .iter()
            .filter(|run| run.asked.purpose == Purpose::Standing);
        if stood.any(|run| run.state == RunState::Completed) {
            return Ok(());
        }
        let message = format!(
            "nothing was calculated for payer {} and {}: calculate first",
            of.payer_id, of.tax_year
        );
        Err(Refusal::not_found(reason::INFORMATION_NOT_FOUND, message)
            .with("payer", &of.payer_id)
            .with("tax_year", of.tax_year)
            .into_status())
    }
}

#[tonic::async_trait]
impl VerifyService for VerifyHandlers {
    type VerifyInformationStream = ReceiverStream<Result<pb::VerifyInformationEvent, Status>>;

    async fn verify_information(
        &self,
        request: Request<pb::VerifyInformationRequest>,
    ) -> Result<Response<Self::VerifyInformationStream>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let of = payer_year_from(&mut bad, &request.payer_id, request.tax_year);
        let of = bad.finish(of).map_err(IntoStatus::into_status)?;
        let selection = Selection {
            payer_id: of.payer_id.clone(),
            tax_year: of.tax_year,
            recipient_id: None,
            income_type: None,
        };
        let total = self.0.standing_recipients(&selection).await;
        let total = total.map_err(IntoStatus::into_status)?;
        if total == 0 {
            self.require_a_run(&of).await?;
        }
        let (events, read) = mpsc::channel(AHEAD);
        let verification = Arc::new(Verification::new(self.0.clone(), selection));
        context::spawn(async move {
            let (proofs, made) = mpsc::channel(AHEAD);
            let told = tell(made, total, events.clone());
            let (worked, counts) = tokio::join!(verification.work(proofs), told);
            if let Some(counts) = counts {
                let last = worked.map(|()| event(Event::Counts(counts)));
                // Nobody reads: there is nobody to tell.
                let _ = events.send(last).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(read)))
    }
}

/// Sends progress and findings as they come; answers the counts, or none when nobody reads on.
async fn tell(
    mut proofs: mpsc::Receiver<Proof>,
    recipients_total: i64,
    events: Events,
) -> Option<pb::VerifyCounts> {
    let mut counts = pb::VerifyCounts::default();
    while let Some(proof) = proofs.recv().await {
        add(&mut counts, &proof);
        for finding in &proof.findings {
            let finding = event(Event::Finding(finding_to(finding)));
            events.send(Ok(finding)).await.ok()?;
        }
        if counts.recipients % PROGRESS_EVERY == 1 {
            let progress = event(Event::Progress(pb::VerifyProgress {
                recipients: counts.recipients,
                recipients_total,
                findings: counts.findings,
            }));
            events.send(Ok(progress)).await.ok()?;
        }
    }
    Some(counts)
}

fn event(event: Event) -> pb::VerifyInformationEvent {
    pb::VerifyInformationEvent { event: Some(event) }
}

fn add(counts: &mut pb::VerifyCounts, proof: &Proof) {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    counts.recipients += 1;
    counts.vouchers += count(proof.vouchers);
    counts.payments += count(proof.payments);
    counts.rows += count(proof.rows);
    counts.amounts += count(proof.amounts);
    counts.findings += i64::try_from(proof.findings.len()).unwrap_or(i64::MAX);
}

fn finding_to(finding: &Finding) -> pb::VerifyFinding {
    pb::VerifyFinding {
        recipient_id: finding.recipient_id.clone(),
        voucher_id: finding.voucher_id.clone(),
        payment_id: finding.payment_id.clone(),
        what: finding.what.clone(),
        expected: finding.expected.clone(),
        found: finding.found.clone(),
        explanation: finding.to_string(),
    }
}
