//! An access token is exchanged for a session, and a session is closed.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Redirect, Response};
use formfeed_runtime::access::{Role, Secret, Token};
use maud::{Markup, html};
use tonic::Status;
use tracing::{info, warn};

use super::Console;
use super::form::Form;
use super::guard::{own_path, same_origin};
use super::page::{self, Notice};
use super::person::Person;

/// Before a wrong token is refused.
const NOT_AT_ONCE: Duration = Duration::from_millis(300);

/// The page that asks for a token.
pub(super) async fn show(
    State(console): State<Arc<Console>>,
    RawQuery(query): RawQuery,
) -> Response {
    let next = Form::query(query.as_deref()).text("next").to_owned();
    form(&console, &next, None)
}

/// Takes a token.
pub(super) async fn sign_in(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !same_origin(&console, &headers) {
        let words = "This came from another site, and was refused.";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    let posted = match Form::read(body).await {
        Ok(posted) => posted,
        Err(status) => return status.into_response(),
    };
    let next = posted.text("next");
    let token = match find(&console, posted.text("token")) {
        Ok(token) => token,
        Err(why) => {
            tokio::time::sleep(NOT_AT_ONCE).await;
            let page = form(&console, next, Some(Notice::refused(why)));
            return (StatusCode::UNAUTHORIZED, page).into_response();
        }
    };
    let (name, role) = (token.name.clone(), token.role);
    match console.open_session(token).await {
        Ok(number) => {
            info!(user = name, %role, "{name} signed in to the console");
            let to = own_path(&console.base, next);
            let cookie = console.cookie(&number);
            ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
        }
        Err(error) => {
            warn!(%error, user = name, "{name} cannot be signed in now");
            let notice = Notice::refused("nobody can be signed in now; retry");
            let page = form(&console, next, Some(notice));
            (StatusCode::SERVICE_UNAVAILABLE, page).into_response()
        }
    }
}

/// Closes the session.
pub(super) async fn sign_out(
    State(console): State<Arc<Console>>,
    Extension(person): Extension<Person>,
) -> Response {
    let name = &person.token().name;
    if let Err(error) = console.close_session(&person.key).await {
        warn!(%error, user = name, "{name} cannot be signed out now");
        let status = Status::unavailable("you are still signed in: it cannot be ended now; retry");
        return page::trouble(&person, &status);
    }
    info!(user = name, "{name} signed out of the console");
    let cookie = console.cookie("");
    let to = format!("{}/sign-in", console.base);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}

fn find(console: &Console, text: &str) -> Result<Token, &'static str> {
    match console.tokens.find(&Secret::new(text)) {
        Ok(Some(token)) if token.role == Role::Service => {
            Err("That is a service's token; sign in with one of your own.")
        }
        Ok(Some(token)) if token.certificate.is_some() => Err(
            "That token goes with a client certificate, which browsers are not asked for; sign in with another one.",
        ),
        Ok(Some(token)) => Ok(token),
        Ok(None) => Err("That token is unknown or revoked."),
        Err(_) => Err("The access tokens cannot be read now; retry."),
    }
}

fn form(console: &Console, next: &str, notice: Option<Notice>) -> Response {
    let action = format!("{}/sign-in", console.base);
    let body: Markup = html! {
        div.narrow {
            h1 { "Sign in" }
            @if let Some(notice) = &notice { (notice.show()) }
            form.card method="post" action=(action) {
                input type="hidden" name="next" value=(own_path(&console.base, next));
                label for="token" { "Access token" }
                input id="token" name="token" type="password" required autofocus autocomplete="current-password" spellcheck="false"
                    aria-describedby="where";
                p #where .hint {
                    "It begins with " code { "ff_" } ". An admin makes one with " code { "formfeed token add NAME --role operator" }
                    "; the token's name stands beside every decision you take."
                }
                button.primary type="submit" { "Sign in" }
            }
        }
    };
    page::plain(console, "Sign in", &body)
}
