//! The methods of the policy laboratory: runs that stand for nobody, and what differs between runs.

use std::pin::Pin;
use std::sync::Arc;

use chrono::{Duration, Utc};
use formfeed_domain::VendorId;
use formfeed_domain::calculation::difference::{Cause, causes};
use formfeed_domain::calculation::{Method, Trace};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::lab_service_server::LabService;
use formfeed_proto::convert::information::{
    CalculationOrder, comparison_order_from, optional_recipient,
};
use formfeed_proto::convert::{Violations, key_in};
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{
    IntoStatus, Refusal, access, context, detached, incident, reason, request_id,
};
use formfeed_store::calculation::{CalculationStore, NewRun, Purpose, Run, RunState};
use futures::{Stream, StreamExt as _};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::answer::run_to;
use crate::differences::{self, Difference, Place};
use crate::page::Ground;
use crate::proof::Prover;
use crate::runs::Runs;

/// How long the results of runs that were only made to be compared are kept.
const KEPT_DAYS: i64 = 7;
/// Events ahead of a caller that is slow to read them.
const AHEAD: usize = 16;

type Events = mpsc::Sender<Result<pb::CompareMethodsEvent, Status>>;

/// The handlers.
pub(crate) struct LabHandlers {
    store: Arc<CalculationStore>,
    runs: Runs,
    prover: Prover,
}

impl LabHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>, runs: Runs) -> Self {
        let prover = Prover::new(store.clone());
        Self {
            store,
            runs,
            prover,
        }
    }

    /// A completed run whose results are still there.
    async fn comparable(&self, run_id: &str) -> Result<Run, Status> {
        let run = self.runs.get(run_id).await?;
        let name = format!("runs/{run_id}");
        let refused = |reason, message: String| {
            Refusal::failed_precondition(reason, message)
                .with("run", &name)
                .into_status()
        };
        if run.state != RunState::Completed {
            let message = format!(
                "{name} is {}: only completed runs can be compared",
                run.state.as_str()
            );
            return Err(refused(reason::RUN_NOT_COMPLETED, message));
        }
        let kept = self.store.results_are_kept(run_id).await;
        match kept.map_err(IntoStatus::into_status)? || run.totals.recipients == 0 {
            true => Ok(run),
            false => Err(refused(
                reason::RUN_RESULTS_FORGOTTEN,
                format!("the results of {name} are no longer kept: calculate again"),
            )),
        }
    }

    /// The causes of differences, each recipient's traces made once.
    async fn explain(
        &self,
        (first, second): (&Run, &Run),
        differences: &[Difference],
    ) -> Result<Vec<Vec<pb::DifferenceCause>>, Status> {
        let grounds = (
            self.prover.ground(first).await?,
            self.prover.ground(second).await?,
        );
        let mut explained = Vec::with_capacity(differences.len());
        let mut made: Option<(String, Option<Trace>, Option<Trace>)> = None;
        for difference in differences {
            let known = made.as_ref().map(|(id, ..)| id.as_str());
            if known != Some(difference.recipient_id.as_str()) {
                let id = &difference.recipient_id;
                let was = self.trace(first, &grounds.0, id).await?;
                let is = self.trace(second, &grounds.1, id).await?;
                made = Some((id.clone(), was, is));
            }
            let Some((_, was, is)) = &made else { continue };
            let found = causes(was.as_ref(), is.as_ref(), difference.income_type);
            let mut answered = Vec::with_capacity(found.len());
            for cause in found {
                answered.push(self.cause_to((first, second), cause).await?);
            }
            explained.push(answered);
        }
        Ok(explained)
    }

    async fn trace(&self, run: &Run, ground: &Ground, id: &str) -> Result<Option<Trace>, Status> {
        let recipient_id = VendorId::new(id).map_err(|bad| incident::internal(&bad))?;
        self.prover.trace(run, ground, &recipient_id).await
    }

    async fn cause_to(
        &self,
        (first, second): (&Run, &Run),
        cause: Cause,
    ) -> Result<pb::DifferenceCause, Status> {
        let text = |key: Option<String>| key.unwrap_or_default();
        let voucher_id = text(cause.voucher_id.map(|id| id.to_string()));
        let payment_id = text(cause.payment_id.map(|id| id.to_string()));
        let (one, other) = (first.import_sequence, second.import_sequence);
        let between = (one.min(other), one.max(other));
        let imports = match between.0 == between.1 {
            true => Vec::new(),
            false => {
                let imports = self
                    .store
                    .imports_between(between, &voucher_id, &payment_id)
                    .await;
                imports.map_err(IntoStatus::into_status)?
            }
        };
        Ok(pb::DifferenceCause {
            kind: cause.kind.as_str().to_owned(),
            explanation: cause.explanation,
            voucher_id,
            payment_id,
            imports: imports.iter().map(|id| format!("imports/{id}")).collect(),
        })
    }
}

#[tonic::async_trait]
impl LabService for LabHandlers {
    type CompareMethodsStream =
        Pin<Box<dyn Stream<Item = Result<pb::CompareMethodsEvent, Status>> + Send>>;

    async fn compare_methods(
        &self,
        request: Request<pb::CompareMethodsRequest>,
    ) -> Result<Response<Self::CompareMethodsStream>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let order = comparison_order_from(&mut bad, &request);
        request_id::require(&mut bad, &request.request_id);
        let (order, methods) = bad.finish(order).map_err(IntoStatus::into_status)?;
        let before = Utc::now() - Duration::days(KEPT_DAYS);
        let forgotten = self.store.forget_lab_results(before).await;
        forgotten.map_err(IntoStatus::into_status)?;
        let (events, answered) = mpsc::channel(AHEAD);
        let comparison = Comparison {
            runs: self.runs.clone(),
            user,
            request_id: request.request_id,
            order,
            events,
        };
        // The first run is begun before the answer, so that what hinders it is the answer.
        let first = comparison.asked(0, methods[0]);
        let runs = self.runs.clone();
        let progress = detached::finish(async move { runs.begin(first).await }).await?;
        context::spawn(async move { comparison.see_through(progress, &methods).await });
        Ok(Response::new(ReceiverStream::new(answered).boxed()))
    }

    async fn list_differences(
        &self,
        request: Request<pb::ListDifferencesRequest>,
    ) -> Result<Response<pb::ListDifferencesResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let first = run_key(&mut bad, "first_run", &request.first_run);
        let second = run_key(&mut bad, "second_run", &request.second_run);
        optional_recipient(&mut bad, "recipient_id", &request.recipient_id);
        let query = Query::new("differences")
            .filter("first_run", &request.first_run)
            .filter("second_run", &request.second_run)
            .filter("recipient_id", &request.recipient_id);
        let after = place_after(&mut bad, &query, &request.page_token);
        let keys = bad.finish(first.zip(second));
        let (first, second) = keys.map_err(IntoStatus::into_status)?;
        let (first, second) = (
            self.comparable(&first).await?,
            self.comparable(&second).await?,
        );
        of_the_same(&first, &second)?;
        let ids = (first.asked.run_id.as_str(), second.asked.run_id.as_str());
        let found =
            differences::between(&self.store, ids, &request.recipient_id, &after, size + 1).await;
        let mut found = found?;
        let next = page::cut(&mut found, size, |last| {
            format!("{}/{}", last.position, last.recipient_id)
        });
        let explained = match request.without_causes {
            true => vec![Vec::new(); found.len()],
            false => self.explain((&first, &second), &found).await?,
        };
        let found = found.into_iter().zip(explained);
        Ok(Response::new(pb::ListDifferencesResponse {
            differences: found
                .map(|(difference, causes)| difference_to(difference, causes))
                .collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }
}

/// The runs of one comparison, one after the other.
struct Comparison {
    runs: Runs,
    user: String,
    request_id: String,
    order: CalculationOrder,
    events: Events,
}

impl Comparison {
    fn asked(&self, position: usize, method: Method) -> NewRun {
        let order = &self.order;
        NewRun {
            run_id: Uuid::now_v7().to_string(),
            user: self.user.clone(),
            request_id: format!("{}/{position}", self.request_id),
            payer_id: order.of.payer_id.clone(),
            tax_year: order.of.tax_year,
            method,
            from_recipient_id: order.from_recipient_id.clone(),
            to_recipient_id: order.to_recipient_id.clone(),
            create_time: Utc::now(),
            purpose: Purpose::Lab,
        }
    }

    /// Follows each run to its end and begins the next, until one does not complete or the caller has left.
    async fn see_through(
        &self,
        mut progress: tokio::sync::watch::Receiver<crate::run::Progress>,
        methods: &[Method],
    ) {
        for (position, method) in methods.iter().enumerate() {
            if position > 0 {
                let asked = self.asked(position, *method);
                match self.runs.begin(asked).await {
                    Ok(begun) => progress = begun,
                    Err(status) => {
                        self.events.send(Err(status)).await.ok();
                        return;
                    }
                }
            }
            loop {
                let now = progress.borrow_and_update().clone();
                let state = now.run.state;
                let event = pb::CompareMethodsEvent {
                    position: i32::try_from(position).unwrap_or(i32::MAX),
                    run: Some(run_to(&now.run)),
                    recipients_total: now.recipients_total,
                };
                if self.events.send(Ok(event)).await.is_err() {
                    return;
                }
                match state {
                    RunState::Running if progress.changed().await.is_ok() => {}
                    RunState::Completed => break,
                    _ => return,
                }
            }
        }
    }
}

fn run_key(bad: &mut Violations, field: &str, name: &str) -> Option<String> {
    key_in(bad, field, "runs", name, |id| {
        Uuid::parse_str(id)
            .map(|_| id.to_owned())
            .map_err(|_| "is not a name of the shape runs/ID")
    })
}

fn place_after(bad: &mut Violations, query: &Query, token: &str) -> Place {
    let key = query.key_after(bad, token).unwrap_or_default();
    let place = key.split_once('/');
    let place = place.and_then(|(position, id)| Some((id.to_owned(), position.parse().ok()?)));
    place.unwrap_or((String::new(), -1))
}

fn of_the_same(first: &Run, second: &Run) -> Result<(), Status> {
    let of = |run: &Run| (run.asked.payer_id.clone(), run.asked.tax_year);
    match of(first) == of(second) {
        true => Ok(()),
        false => {
            let mut bad = Violations::new();
            bad.add(
                "second_run",
                "is of another payer or tax year than first_run",
            );
            bad.finish(None).map_err(IntoStatus::into_status)
        }
    }
}

fn difference_to(difference: Difference, causes: Vec<pb::DifferenceCause>) -> pb::Difference {
    pb::Difference {
        recipient_id: difference.recipient_id,
        recipient_name: difference.recipient_name,
        income_type: difference.income_type.to_string(),
        first_total_1099_amount_cents: difference.first.0.cents(),
        first_taxable_amount_cents: difference.first.1.cents(),
        second_total_1099_amount_cents: difference.second.0.cents(),
        second_taxable_amount_cents: difference.second.1.cents(),
        causes,
    }
}
