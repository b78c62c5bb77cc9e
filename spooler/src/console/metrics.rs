//! Numbers for Prometheus: jobs, sheets, devices, and how long a person is waited for. Neither names nor amounts.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use formfeed_domain::spool::{AttemptState, PrinterId};
use formfeed_proto::convert::printer::printer_name;
use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{Secret, roles};
use formfeed_store::spooler::SpoolError;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::waiting::Standing;
use super::{Console, words};

/// What Prometheus reads.
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Whoever may list jobs may count them.
const READS: &str = "formfeed.spooler.v1.JobService/ListJobs";
/// Printers and questions that are counted.
const MOST: usize = 10_000;

/// States of a job, as tables tell.
const JOBS: [&str; 8] = [
    "pending",
    "held",
    "processing",
    "needs_decision",
    "awaiting_confirmation",
    "canceled",
    "aborted",
    "completed",
];

type By = Family<Vec<(&'static str, String)>, Gauge>;

/// The numbers of this moment. Open where only this machine can ask, else for a bearer of a reader's token.
pub(super) async fn show(State(console): State<Arc<Console>>, headers: HeaderMap) -> Response {
    let open = console.public_url.is_none() && console.address.ip().is_loopback();
    if !open && !is_reader(&console, &headers) {
        let words = "an access token is required: send `authorization: Bearer …`\n";
        return (StatusCode::UNAUTHORIZED, words).into_response();
    }
    let mut text = String::new();
    match gather(&console).await {
        Ok(registry) if encode(&mut text, &registry).is_ok() => {
            ([(header::CONTENT_TYPE, KIND)], text).into_response()
        }
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

fn is_reader(console: &Console, headers: &HeaderMap) -> bool {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|it| it.to_str().ok());
    let secret = value.and_then(|it| it.strip_prefix("Bearer "));
    let token = secret.and_then(|secret| console.tokens.find(&Secret::new(secret)).ok()?);
    // Nobody is asked for a certificate here.
    let token = token.filter(|token| token.certificate.is_none());
    token.is_some_and(|token| roles::access(READS).allows(token.role, &token.name))
}

async fn gather(console: &Console) -> Result<Registry, SpoolError> {
    let store = console.handlers.store();
    let counts = store.counts().await?;
    let questions = store.questions(MOST).await?;
    let ids = store.printers_after("", MOST).await?;
    let mut registry = Registry::with_prefix("formfeed");
    let (jobs, sheets) = (By::default(), By::default());
    registry.register(
        "jobs",
        "Jobs by state, as tables tell: a job that its device hinders is pending",
        jobs.clone(),
    );
    registry.register(
        "sheets",
        "Tries to print a sheet by state, and sheets that are pending",
        sheets.clone(),
    );
    let attempts = AttemptState::ALL.map(AttemptState::as_str);
    for (family, words, numbers) in [
        (&jobs, JOBS.as_slice(), &counts.jobs),
        (
            &sheets,
            &[["pending"].as_slice(), &attempts].concat(),
            &counts.sheets,
        ),
    ] {
        // All of them, so that none disappears when it is 0.
        for word in words {
            set(family, vec![("state", (*word).to_owned())], 0);
        }
        for (word, number) in numbers {
            set(family, vec![("state", word.clone())], *number);
        }
    }
    let in_doubt = Gauge::<i64>::default();
    let count = |state: AttemptState| -> u64 {
        let of = questions.iter().filter(|question| question.state == state);
        of.map(|question| question.sheets).sum()
    };
    in_doubt.set(whole(count(AttemptState::InDoubt)));
    registry.register(
        "sheets_in_doubt",
        "Sheets of which nobody can prove whether they were marked",
        in_doubt,
    );
    let waiting = By::default();
    registry.register(
        "sheets_waiting_for_operator",
        "Sheets that wait for a person's word, by why",
        waiting.clone(),
    );
    for state in [
        AttemptState::InDoubt,
        AttemptState::AwaitingConfirmation,
        AttemptState::Spoiled,
        AttemptState::Lost,
    ] {
        set(
            &waiting,
            vec![("state", state.as_str().to_owned())],
            count(state),
        );
    }
    let (states, hindered) = printers(console, &ids).await?;
    let wait = Gauge::<i64>::default();
    let asked = questions.iter().map(|question| question.since);
    let oldest = asked.chain(hindered).min();
    wait.set(oldest.map_or(0, |since| (Utc::now() - since).num_seconds().max(0)));
    registry.register(
        "operator_wait_seconds",
        "How long the oldest question, stopped printer or printer without the stock of its next job waits for a person; 0 when none does",
        wait,
    );
    registry.register(
        "printer_state",
        "1 for the state that a printer is in",
        states,
    );
    Ok(registry)
}

/// Every printer with every state, so that none disappears when it is left; and since when those wait that want a hand.
async fn printers(
    console: &Console,
    ids: &[PrinterId],
) -> Result<(By, Vec<DateTime<Utc>>), SpoolError> {
    use pb::printer::State;
    let (family, mut hindered) = (By::default(), Vec::new());
    for id in ids {
        let printer = match console.handlers.printer(id).await {
            Err(SpoolError::PrinterNotFound(_)) => continue, // removed since the list was read
            printer => printer?,
        };
        let name = printer_name(id);
        for (state, word) in [
            (State::Idle, "idle"),
            (State::Processing, "processing"),
            (State::Stopped, "stopped"),
            (State::Quarantined, "quarantined"),
        ] {
            let labels = vec![
                ("printer", words::id(&name).to_owned()),
                ("state", word.to_owned()),
            ];
            set(&family, labels, u64::from(printer.state() == state));
        }
        if let Some(standing) = Standing::of(&console.handlers, printer).await? {
            hindered.extend(standing.since(console.handlers.store()).await?);
        }
    }
    Ok((family, hindered))
}

fn set(family: &By, labels: Vec<(&'static str, String)>, number: u64) {
    family.get_or_create(&labels).set(whole(number));
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
