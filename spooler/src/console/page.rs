//! The frame of every page, what it says first, and a page that says why there is none.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};
use tonic::{Code, Status};

use super::assets;
use super::person::Person;
use super::{Console, words};

/// Settings of htmx: nothing that the content policy would forbid.
const HTMX: &str = r#"{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,"historyEnabled":false}"#;

/// What a page says before anything else.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    refused: bool,
    words: String,
}

impl Notice {
    /// Something was done.
    pub(super) fn done(words: impl Into<String>) -> Self {
        Self {
            refused: false,
            words: words.into(),
        }
    }

    /// Something was not done.
    pub(super) fn refused(words: impl Into<String>) -> Self {
        Self {
            refused: true,
            words: words.into(),
        }
    }

    pub(super) fn show(&self) -> Markup {
        let (class, sign, word, role) = match self.refused {
            true => ("notice refused", "✗", "Not done: ", "alert"),
            false => ("notice done", "✓", "Done: ", "status"),
        };
        html! {
            p class=(class) role=(role) {
                span aria-hidden="true" { (sign) " " } strong { (word) } (self.words)
            }
        }
    }
}

/// Where in the console a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Overview,
    Jobs,
    Reports,
    Stock,
}

const PLACES: [(Place, &str, &str); 4] = [
    (Place::Overview, "/", "Overview"),
    (Place::Jobs, "/jobs", "Jobs"),
    (Place::Reports, "/reports", "Reports"),
    (Place::Stock, "/stock", "Stock"),
];

/// A page of a signed-in person. `live` is the path that tells what changes on it.
pub(super) fn show(
    person: &Person,
    (place, title): (Place, &str),
    live: Option<String>,
    body: &Markup,
) -> Response {
    let notice = person.told();
    let token = person.token();
    let inner = html! {
        header.bar {
            a.brand href=(person.path("/")) { "Formfeed" }
            nav aria-label="Pages" {
                @for (its, path, name) in PLACES {
                    a href=(person.path(path)) aria-current=[(its == place).then_some("page")] { (name) }
                }
            }
            form.who method="post" action=(person.path("/sign-out")) {
                (csrf(person))
                span.person { (token.name) " " span.role { (token.role.name()) } }
                button type="submit" { "Sign out" }
            }
        }
        div #lost .lost role="alert" hidden data-session=(person.path("/session")) data-sign-in=(person.path("/sign-in"))
            data-count=(person.path("/waiting")) {}
        main #main tabindex="-1" {
            @if let Some(notice) = notice { (notice.show()) }
            (body)
        }
        footer {
            @if live.is_some() {
                p #beat sse-swap="beat" { (words::as_of()) }
                noscript { p { "Without JavaScript this page does not change by itself: reload it." } }
            } @else {
                p { (words::as_of()) }
            }
        }
    };
    let live = live.map(|path| person.path(path));
    let page = frame(person.console(), title, live, &inner);
    Html(page.into_string()).into_response()
}

/// A page of nobody.
pub(super) fn plain(console: &Console, title: &str, body: &Markup) -> Response {
    let inner = html! {
        header.bar { span.brand { "Formfeed" } }
        main #main tabindex="-1" { (body) }
    };
    Html(frame(console, title, None, &inner).into_string()).into_response()
}

fn frame(console: &Console, title: &str, live: Option<String>, inner: &Markup) -> Markup {
    let asset = |name| format!("{}{}", console.base, assets::path(name));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content=(HTMX);
                title { (title) " · Formfeed" }
                link rel="stylesheet" href=(asset("console.css"));
                link rel="icon" type="image/svg+xml" href=(asset("console.svg"));
                script src=(asset("htmx.min.js")) defer {}
                script src=(asset("htmx-ext-sse.js")) defer {}
                script src=(asset("console.js")) defer {}
            }
            body hx-ext="sse" sse-connect=[live] {
                a.skip href="#main" { "To the content" }
                (inner)
            }
        }
    }
}

/// What every form carries.
pub(super) fn csrf(person: &Person) -> Markup {
    html! { input type="hidden" name="csrf" value=(person.csrf()); }
}

/// A part of a page that is sent anew when it changes.
pub(super) fn region(id: &str, content: &Markup) -> Markup {
    html! { div id=(id) sse-swap=(id) hx-swap="innerHTML" { (content) } }
}

/// A long list in a box of its own, which the keyboard scrolls too.
pub(super) fn boxed(label: &str, list: &Markup) -> Markup {
    html! { div.boxed tabindex="0" role="region" aria-label=(label) { (list) } }
}

/// After a change: the page to read next says what came of it.
pub(super) fn next(person: &Person, outcome: Result<String, Status>, path: &str) -> Response {
    // No address of ours has a control character: what was asked for does not exist, and cannot be gone back to.
    if path.bytes().any(|byte| byte.is_ascii_control()) {
        let none = Status::not_found("there is no such page");
        return trouble(person, &outcome.err().unwrap_or(none));
    }
    person.tell(match outcome {
        Ok(words) => Notice::done(words),
        Err(status) => Notice::refused(status.message()),
    });
    Redirect::to(&person.path(path)).into_response()
}

/// A page that says why there is none.
pub(super) fn trouble(person: &Person, status: &Status) -> Response {
    let code = match status.code() {
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::InvalidArgument => StatusCode::BAD_REQUEST,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::FailedPrecondition | Code::Aborted | Code::AlreadyExists => StatusCode::CONFLICT,
        Code::Unavailable | Code::DeadlineExceeded => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body = html! {
        h1 { "There is nothing to show" }
        p { (status.message()) }
        p { a href=(person.path("/")) { "To the overview" } }
    };
    (
        code,
        show(person, (Place::Overview, "Trouble"), None, &body),
    )
        .into_response()
}
