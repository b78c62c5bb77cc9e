//! Tells an open page what changes on it: one stream of events to each, in which the changed parts come as they are now.
//!
//! The first of a stream brings every part, so that a page that lost its stream is whole again with the next.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
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

/// What a page shows.
enum View {
    Overview,
    Job(job::View),
    Question(question::View),
    Printer(String, String),
}

pub(super) async fn overview(Extension(person): Extension<Person>) -> Response {
    stream(person, View::Overview)
}

pub(super) async fn job(
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    stream(person, View::Job(job::View::read(id, query.as_deref())))
}

pub(super) async fn question(
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = question::View::read(id, query.as_deref());
    stream(person, View::Question(view))
}

pub(super) async fn printer(
    Extension(person): Extension<Person>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let once = Form::query(query.as_deref()).text("once").to_owned();
    stream(person, View::Printer(id, once))
}

impl View {
    async fn regions(&self, person: &Person) -> Result<Vec<(&'static str, Markup)>, Status> {
        match self {
            Self::Overview => overview::regions(person).await,
            Self::Job(view) => job::regions(person, view).await,
            Self::Question(view) => question::regions(person, view).await,
            Self::Printer(id, once) => printer::regions(person, id, once).await,
        }
    }
}

fn stream(person: Person, view: View) -> Response {
    let Ok(place) = person.console().streams.clone().try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many open pages").into_response();
    };
    let (sender, events) = mpsc::channel::<Result<Event, Infallible>>(AHEAD);
    formfeed_runtime::context::spawn(async move {
        let _place = place;
        follow(&person, &view, &sender).await;
    });
    let headers = [("x-accel-buffering", "no")]; // nginx would keep events back
    (headers, Sse::new(ReceiverStream::new(events))).into_response()
}

/// Until the page is closed, its person signed out, or the console stops.
async fn follow(person: &Person, view: &View, page: &mpsc::Sender<Result<Event, Infallible>>) {
    let console = person.console();
    let shared = console.handlers.shared();
    let (mut bell, mut board) = (shared.hub.listen(), shared.board.listen());
    let mut told = HashMap::new();
    loop {
        let open = console.sessions.watches(&person.key);
        if !open.is_some_and(|session| console.in_force(&session.token)) {
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
async fn changed(
    person: &Person,
    view: &View,
    told: &mut HashMap<&'static str, u64>,
) -> Vec<Event> {
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
    let mut events = Vec::new();
    for (id, content) in regions {
        let content = content.into_string();
        let mut hash = DefaultHasher::new();
        content.hash(&mut hash);
        let hash = hash.finish();
        if told.insert(id, hash) != Some(hash) {
            events.push(event(id, &content));
        }
    }
    events.push(event("beat", &words::as_of().into_string()));
    events
}

/// An event; a carriage return, which no stream of events can carry, is a space to any browser.
fn event(name: &str, content: &str) -> Event {
    Event::default()
        .event(name)
        .data(content.replace('\r', " "))
}
