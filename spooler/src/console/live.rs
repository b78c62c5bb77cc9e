//! Tells an open page what changes on it: one stream of events to each, in which the changed parts come as they are now.
//!
//! A page says which parts it has ([`seen`]): in the address of its first stream, and after that, as the browser itself does, by
//! the id of the last event. So what somebody types into a part that did not change stays, and a page that lost its stream is
//! whole again with the next.

use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::form::Form;
use super::person::Person;
use super::{job, overview, printer, question, words};

/// How often a page hears that all is well; what no bell tells is looked at as often.
const BEAT: Duration = Duration::from_secs(2);
/// Changes within this time are told together.
const TOGETHER: Duration = Duration::from_millis(200);
/// Events that wait for a slow reader.
const AHEAD: usize = 4;

/// The query's name of what a page has.
const SEEN: &str = "seen";
/// The header by which a browser says which event was its last.
const LAST_EVENT: &str = "last-event-id";

/// Which parts a page has: the hash of each, in order.
pub(super) fn seen(regions: &[Region]) -> String {
    let hashes = regions.iter().map(|(_, content)| hash(&content.0));
    hashes
        .map(|hash| format!("{hash:x}"))
        .collect::<Vec<_>>()
        .join(".")
}

fn hash(content: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    content.hash(&mut hash);
    hash.finish()
}

/// A part of a page: its id and its content.
pub(super) type Region = (&'static str, Markup);

/// What a page shows.
enum View {
    Overview,
    Job(job::View),
    Question(question::View),
    Printer(String, String),
}

pub(super) async fn overview(
    Extension(person): Extension<Person>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let has = has(query.as_deref(), &headers);
    stream(person, View::Overview, has)
}

/// What the page that asks has.
fn has(query: Option<&str>, headers: &HeaderMap) -> Vec<u64> {
    let last = headers.get(LAST_EVENT).and_then(|id| id.to_str().ok());
    let form = Form::query(query);
    let words = last.unwrap_or_else(|| form.text(SEEN));
    let hashes = words.split('.').map(|word| u64::from_str_radix(word, 16));
    hashes.map(Result::unwrap_or_default).collect()
}

pub(super) async fn job(
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let has = has(query.as_deref(), &headers);
    stream(
        person,
        View::Job(job::View::read(id, query.as_deref())),
        has,
    )
}

pub(super) async fn question(
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let has = has(query.as_deref(), &headers);
    let view = question::View::read(id, query.as_deref());
    stream(person, View::Question(view), has)
}

pub(super) async fn printer(
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let has = has(query.as_deref(), &headers);
    let once = Form::query(query.as_deref()).text("once").to_owned();
    stream(person, View::Printer(id, once), has)
}

impl View {
    async fn regions(&self, person: &Person) -> Result<Vec<Region>, Status> {
        match self {
            Self::Overview => overview::regions(person).await,
            Self::Job(view) => job::regions(person, view).await,
            Self::Question(view) => question::regions(person, view).await,
            Self::Printer(id, once) => printer::regions(person, id, once).await,
        }
    }
}

fn stream(person: Person, view: View, has: Vec<u64>) -> Response {
    let Ok(place) = person.console().streams.clone().try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many open pages").into_response();
    };
    let (sender, events) = mpsc::channel::<Result<Event, Infallible>>(AHEAD);
    formfeed_runtime::context::spawn(async move {
        let _place = place;
        follow(&person, &view, has, &sender).await;
    });
    let headers = [("x-accel-buffering", "no")]; // nginx would keep events back
    (headers, Sse::new(ReceiverStream::new(events))).into_response()
}

/// Until the page is closed, its person signed out, or the console stops.
async fn follow(
    person: &Person,
    view: &View,
    mut told: Vec<u64>,
    page: &mpsc::Sender<Result<Event, Infallible>>,
) {
    let console = person.console();
    let shared = console.handlers.shared();
    let (mut bell, mut board) = (shared.hub.listen(), shared.board.listen());
    loop {
        let open = console.watches(&person.key).await;
        if !open.is_some_and(|token| console.in_force(&token)) {
            return;
        }
        for event in changed(person, view, &mut told).await {
            if page.send(Ok(event)).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = bell.rung() => tokio::time::sleep(TOGETHER).await,
            Ok(()) = board.changed() => tokio::time::sleep(TOGETHER).await,
            () = tokio::time::sleep(BEAT) => {}
            () = page.closed() => return,
            () = console.stopping.cancelled() => return,
        }
    }
}

/// The parts that changed since they were told, and the time. When nothing can be read no time is told either, and the page
/// says that it is out of date.
async fn changed(person: &Person, view: &View, told: &mut Vec<u64>) -> Vec<Event> {
    let regions = match view.regions(person).await {
        Ok(regions) => regions,
        Err(status) => {
            tracing::debug!(
                error = status.message(),
                "A page cannot be told what changes"
            );
            return Vec::new();
        }
    };
    let now: Vec<_> = regions
        .iter()
        .map(|(_, content)| hash(&content.0))
        .collect();
    let before = told.iter().map(Some).chain(std::iter::repeat(None));
    let parts = regions.iter().zip(&now).zip(before);
    let changed = parts.filter(|((_, now), before)| *before != Some(*now));
    let mut events: Vec<_> = changed
        .map(|(((id, content), _), _)| event(id, &content.0))
        .collect();
    *told = now;
    let beat = event("beat", &words::as_of().into_string());
    events.push(beat.id(seen(&regions)));
    events
}

/// An event; a carriage return, which no stream of events can carry, is a space to any browser.
fn event(name: &str, content: &str) -> Event {
    Event::default()
        .event(name)
        .data(content.replace('\r', " "))
}
