//! The methods of runs and of the 1099 information: parse, load, answer. The deciding is the domain's.

use std::pin::Pin;
use std::sync::Arc;

use chrono::Utc;
use formfeed_domain::calculation::render;
use formfeed_domain::{PayerId, TaxYear};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::calculation_service_server::CalculationService;
use formfeed_proto::convert::information::{
    PayerYear, calculation_order_from, optional_income_type, optional_recipient, payer_year_from,
    run_name,
};
use formfeed_proto::convert::{Violations, key_in, read, read_optional};
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{IntoStatus, Refusal, access, detached, incident, reason, request_id};
use formfeed_store::calculation::{
    CalculationStore, InformationEntry, NewRun, Purpose, RunState, Selection, Show,
};
use futures::{Stream, StreamExt as _};
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use crate::answer::{exception_to, information_to, run_to, skipped_to};
use crate::edit_text::edit_text;
use crate::proof::Prover;
use crate::proof_pdf;
use crate::run::Progress;
use crate::runs::Runs;
use crate::vendors::Vendors;

/// More than the rows of one recipient: one for each income type.
const ROWS_OF_A_RECIPIENT: i64 = 100;

/// The handlers.
pub(crate) struct CalculationHandlers {
    store: Arc<CalculationStore>,
    runs: Runs,
    prover: Prover,
    vendors: Vendors,
}

impl CalculationHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>, runs: Runs, vendors: Vendors) -> Self {
        let prover = Prover::new(store.clone());
        Self {
            store,
            runs,
            prover,
            vendors,
        }
    }

    /// Refuses a payer that does not exist, instead of answering that there is nothing of it.
    async fn check_payer_if_none<T>(&self, of: &PayerYear, found: &[T]) -> Result<(), Status> {
        match found.is_empty() {
            true => self.vendors.payer_exists(&of.payer_id).await,
            false => Ok(()),
        }
    }
}

#[tonic::async_trait]
impl CalculationService for CalculationHandlers {
    type CalculateStream = Pin<Box<dyn Stream<Item = Result<pb::CalculateEvent, Status>> + Send>>;

    async fn calculate(
        &self,
        request: Request<pb::CalculateRequest>,
    ) -> Result<Response<Self::CalculateStream>, Status> {
        let user = access::caller(&request).acting_user().to_owned();
        let request = request.into_inner();
        let mut bad = Violations::new();
        let order = calculation_order_from(&mut bad, &request);
        request_id::require(&mut bad, &request.request_id);
        let order = bad.finish(order).map_err(IntoStatus::into_status)?;
        let asked = NewRun {
            run_id: Uuid::now_v7().to_string(),
            user,
            request_id: request.request_id,
            payer_id: order.of.payer_id,
            tax_year: order.of.tax_year,
            method: order.method,
            from_recipient_id: order.from_recipient_id,
            to_recipient_id: order.to_recipient_id,
            create_time: Utc::now(),
            purpose: Purpose::Standing,
        };
        let runs = self.runs.clone();
        let progress = detached::finish(async move { runs.begin(asked).await }).await?;
        Ok(Response::new(events(progress).boxed()))
    }

    async fn get_run(
        &self,
        request: Request<pb::GetRunRequest>,
    ) -> Result<Response<pb::Run>, Status> {
        let run_id = run_id_from(&request.into_inner().name)?;
        let run = self.runs.get(&run_id).await?;
        Ok(Response::new(run_to(&run)))
    }

    async fn list_runs(
        &self,
        request: Request<pb::ListRunsRequest>,
    ) -> Result<Response<pb::ListRunsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let payer_id = read_optional(&mut bad, "payer_id", &request.payer_id, PayerId::new);
        let tax_year = match request.tax_year {
            0 => None,
            year => read(&mut bad, "tax_year", TaxYear::new(year)),
        };
        let query = Query::new("runs")
            .filter("payer_id", &request.payer_id)
            .filter("tax_year", request.tax_year);
        let before = query.key_after(&mut bad, &request.page_token);
        let payer_id = bad.finish(payer_id).map_err(IntoStatus::into_status)?;
        let runs = self
            .store
            .runs_before(before.as_deref(), payer_id.as_ref(), tax_year, limit(size))
            .await;
        let mut runs = runs.map_err(IntoStatus::into_status)?;
        let next = page::cut(&mut runs, size, |last| last.asked.run_id.clone());
        Ok(Response::new(pb::ListRunsResponse {
            runs: runs.iter().map(run_to).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }

    async fn cancel_run(
        &self,
        request: Request<pb::CancelRunRequest>,
    ) -> Result<Response<pb::Run>, Status> {
        let run_id = run_id_from(&request.into_inner().name)?;
        let runs = self.runs.clone();
        let run = detached::finish(async move { runs.cancel(&run_id).await }).await?;
        Ok(Response::new(run_to(&run)))
    }

    async fn list_information(
        &self,
        request: Request<pb::ListInformationRequest>,
    ) -> Result<Response<pb::ListInformationResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let of = payer_year_from(&mut bad, &request.payer_id, request.tax_year);
        let recipient_id = optional_recipient(&mut bad, "recipient_id", &request.recipient_id);
        let income_type = optional_income_type(&mut bad, "income_type", &request.income_type);
        let show = Show {
            deleted: request.show_deleted,
            edited_only: request.edited_only,
        };
        let query = query_of("information", &request.payer_id, request.tax_year)
            .filter("recipient_id", &request.recipient_id)
            .filter("income_type", &request.income_type)
            .filter("show_deleted", show.deleted)
            .filter("edited_only", show.edited_only);
        let after = place_after(&mut bad, &query, &request.page_token);
        let of = bad.finish(of).map_err(IntoStatus::into_status)?;
        let selection = Selection {
            recipient_id,
            income_type,
            ..selection(&of)
        };
        let entries = self
            .store
            .information_after(&selection, show, place(&after), limit(size))
            .await;
        let mut entries = entries.map_err(IntoStatus::into_status)?;
        self.check_payer_if_none(&of, &entries).await?;
        let next = page::cut(&mut entries, size, |e| {
            place_key(&e.recipient_id, e.position)
        });
        Ok(Response::new(pb::ListInformationResponse {
            information: entries
                .iter()
                .map(|entry| information_to(&of, entry))
                .collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }

    async fn list_skipped_recipients(
        &self,
        request: Request<pb::ListSkippedRecipientsRequest>,
    ) -> Result<Response<pb::ListSkippedRecipientsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let of = payer_year_from(&mut bad, &request.payer_id, request.tax_year);
        let query = query_of("skipped", &request.payer_id, request.tax_year);
        let after = query.key_after(&mut bad, &request.page_token);
        let of = bad.finish(of).map_err(IntoStatus::into_status)?;
        let after = after.unwrap_or_default();
        let entries = self
            .store
            .skipped_after(&selection(&of), &after, limit(size))
            .await;
        let mut entries = entries.map_err(IntoStatus::into_status)?;
        self.check_payer_if_none(&of, &entries).await?;
        let next = page::cut(&mut entries, size, |last| last.recipient_id.clone());
        Ok(Response::new(pb::ListSkippedRecipientsResponse {
            skipped: entries.iter().map(skipped_to).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }

    async fn list_exceptions(
        &self,
        request: Request<pb::ListExceptionsRequest>,
    ) -> Result<Response<pb::ListExceptionsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let of = payer_year_from(&mut bad, &request.payer_id, request.tax_year);
        let query = query_of("exceptions", &request.payer_id, request.tax_year);
        let after = place_after(&mut bad, &query, &request.page_token);
        let of = bad.finish(of).map_err(IntoStatus::into_status)?;
        let entries = self
            .store
            .exceptions_after(&selection(&of), place(&after), limit(size))
            .await;
        let mut entries = entries.map_err(IntoStatus::into_status)?;
        self.check_payer_if_none(&of, &entries).await?;
        let next = page::cut(&mut entries, size, |e| {
            place_key(&e.recipient_id, e.position)
        });
        Ok(Response::new(pb::ListExceptionsResponse {
            exceptions: entries.iter().map(exception_to).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }

    async fn explain_information(
        &self,
        request: Request<pb::ExplainInformationRequest>,
    ) -> Result<Response<pb::ExplainInformationResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let of = payer_year_from(&mut bad, &request.payer_id, request.tax_year);
        bad.require("recipient_id", &request.recipient_id);
        let recipient_id = optional_recipient(&mut bad, "recipient_id", &request.recipient_id);
        let income_type = optional_income_type(&mut bad, "income_type", &request.income_type);
        let of = bad.finish(of).map_err(IntoStatus::into_status)?;
        let selection = Selection {
            recipient_id,
            income_type,
            ..selection(&of)
        };
        let rows = self
            .store
            .information_after(&selection, Show::ALL, ("", -1), ROWS_OF_A_RECIPIENT)
            .await;
        let rows = rows.map_err(IntoStatus::into_status)?;
        let proof = self.prover.standing(&selection).await?;
        if rows.is_empty() {
            self.check_payer_if_none(&of, proof.as_slice()).await?;
        }
        let proof = match proof {
            Some(proof) => proof,
            None if rows.is_empty() => return Err(not_calculated(&of, &request.recipient_id)),
            None => return Ok(Response::new(by_hand(&of, &rows))),
        };
        let text = match income_type {
            Some(income_type) => render::render_text_of(&proof.trace, income_type),
            None => render::render_text(&proof.trace),
        };
        let text = text + &edit_text(&rows);
        let pdf = match request.with_pdf {
            true => proof_pdf::pages(&of, &proof, &text)?,
            false => Vec::new(),
        };
        Ok(Response::new(pb::ExplainInformationResponse {
            run: run_name(&proof.run.asked.run_id),
            skipped: proof.skipped.as_ref().map(skipped_to),
            trace_text: text,
            pdf,
            trace_json: serde_json::to_string(&proof.trace)
                .map_err(|error| incident::internal(&error))?,
            newer_history: self.prover.is_touched(&proof).await?,
            ..by_hand(&of, &rows)
        }))
    }
}

/// The explanation of rows that no run made: only their edits.
fn by_hand(of: &PayerYear, rows: &[InformationEntry]) -> pb::ExplainInformationResponse {
    pb::ExplainInformationResponse {
        run: String::new(),
        information: rows.iter().map(|row| information_to(of, row)).collect(),
        skipped: None,
        trace_json: "null".to_owned(),
        trace_text: edit_text(rows),
        newer_history: false,
        pdf: Vec::new(),
    }
}

/// The progress of a run as it comes, to its end.
fn events(
    progress: watch::Receiver<Progress>,
) -> impl Stream<Item = Result<pb::CalculateEvent, Status>> {
    let event = |progress: Progress| pb::CalculateEvent {
        run: Some(run_to(&progress.run)),
        recipients_total: progress.recipients_total,
    };
    WatchStream::new(progress)
        .scan(false, |ended, progress| {
            let last = std::mem::replace(ended, progress.run.state != RunState::Running);
            futures::future::ready((!last).then_some(progress))
        })
        .map(move |progress| Ok(event(progress)))
}

fn run_id_from(name: &str) -> Result<String, Status> {
    let mut bad = Violations::new();
    let id = key_in(&mut bad, "name", "runs", name, |id| {
        Uuid::parse_str(id)
            .map(|_| id.to_owned())
            .map_err(|_| "is not a name of the shape runs/ID")
    });
    bad.finish(id).map_err(IntoStatus::into_status)
}

fn selection(of: &PayerYear) -> Selection {
    Selection {
        payer_id: of.payer_id.clone(),
        tax_year: of.tax_year,
        recipient_id: None,
        income_type: None,
    }
}

fn query_of(list: &str, payer_id: &str, tax_year: i32) -> Query {
    Query::new(list)
        .filter("payer_id", payer_id)
        .filter("tax_year", tax_year)
}

/// One entry beyond the page tells whether more follow.
fn limit(size: usize) -> i64 {
    i64::try_from(size + 1).unwrap_or(i64::MAX)
}

/// `position/recipient`: recipients have no slash.
fn place_key(recipient_id: &str, position: i32) -> String {
    format!("{position}/{recipient_id}")
}

fn place_after(bad: &mut Violations, query: &Query, token: &str) -> (String, i32) {
    let key = query.key_after(bad, token).unwrap_or_default();
    let place = key.split_once('/');
    let place = place.and_then(|(position, id)| Some((id.to_owned(), position.parse().ok()?)));
    place.unwrap_or((String::new(), -1))
}

fn place((recipient_id, position): &(String, i32)) -> (&str, i32) {
    (recipient_id, *position)
}

fn not_calculated(of: &PayerYear, recipient_id: &str) -> Status {
    let message = format!(
        "no run that stands went through recipient {recipient_id} for payer {} and {}: calculate first, or look whether it was paid at all",
        of.payer_id, of.tax_year
    );
    Refusal::not_found(reason::INFORMATION_NOT_FOUND, message)
        .with("recipient", recipient_id)
        .into_status()
}
