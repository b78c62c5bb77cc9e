//! What every request passes: whom it names, who is signed in, and, for a change or what a page asks by itself, that one of our own
//! pages sent it.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use formfeed_domain::text::is_written_as_tin;
use formfeed_runtime::access::Secret;
use formfeed_runtime::context::{self, Context};
use formfeed_runtime::incident;
use formfeed_runtime::newcomers::Standing;
use formfeed_store::panic_point;
use futures::FutureExt as _;
use tracing::{Instrument, info, info_span, warn};
use url::{Url, form_urlencoded};
use uuid::Uuid;

use super::Console;
use super::form::Form;
use super::person::Person;

/// Time for an answer; the stream of a page has what it wants.
const WITHIN: Duration = Duration::from_secs(30);

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What is said with every answer.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not less: without a referrer a browser names no origin either.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Before every route.
pub(super) async fn every(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    let id = Uuid::now_v7().to_string();
    let span = info_span!(
        "console",
        request_id = id,
        path = shown(request.uri().path())
    );
    let known = host(request.headers()).is_some_and(|host| console.is_known(&host));
    let answered = async {
        if !known {
            let words = "This address is not the console's: see FORMFEED_CONSOLE_PUBLIC_URL.";
            return (StatusCode::MISDIRECTED_REQUEST, words).into_response();
        }
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
        match tokio::time::timeout(WITHIN, answered).await {
            Ok(Ok(response)) => response,
            Ok(Err(_)) => broken(),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "no answer in time; retry").into_response(),
        }
    };
    let context = Context {
        request_id: id,
        ..Context::default()
    };
    let mut response = context::scope(context, answered.instrument(span)).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// A path as it may stand in a log line.
fn shown(path: &str) -> String {
    let parts = path.split('/');
    let parts = parts.map(|part| match is_written_as_tin(part) {
        true => "[9 digits]",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// After a panic, of which the log says where it was.
fn broken() -> Response {
    let status = incident::internal_because("a page of the console panicked");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        status.message().to_owned(),
    )
        .into_response()
}

/// Before every page and every change: who is signed in.
pub(super) async fn signed_in(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    let_in(console, request, next, false).await
}

/// Before what a page asks by itself, such as its live stream: that no page of another site asks it, and who is signed in. It is no
/// use of the session.
pub(super) async fn looked_at(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    let_in(console, request, next, true).await
}

async fn let_in(console: Arc<Console>, mut request: Request, next: Next, quiet: bool) -> Response {
    panic_point("console", request.uri());
    let is_change = request.method() == Method::POST;
    if quiet && is_foreign(&console, request.headers()) {
        info!(
            path = shown(request.uri().path()),
            "What another site asked was refused"
        );
        let words = "This came from another site, and was refused.";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    let Some((key, session)) = session(&console, request.headers(), !quiet).await else {
        return sign_in_first(&console, &request, quiet);
    };
    if let Some(standing) = request.extensions().get::<Arc<Standing>>() {
        standing.becomes_known();
    }
    let person = Person::new(console.clone(), key, session);
    if is_change {
        if !same_origin(&console, request.headers()) {
            warn!(
                user = person.token().name,
                "A change from another site was refused"
            );
            return refused_change("This change came from another site, and was refused.");
        }
        let body = std::mem::take(request.body_mut());
        let form = match Form::read(body).await {
            Ok(form) => form,
            Err(status) => return status.into_response(),
        };
        if !person.session.owns(form.text("csrf")) {
            return refused_change(
                "This form is of another session, and was refused: load the page again.",
            );
        }
        info!(
            user = person.token().name,
            path = shown(request.uri().path()),
            "A change is asked for"
        );
        request.extensions_mut().insert(form);
    }
    let user = Some(person.token().name.clone());
    request.extensions_mut().insert(person);
    let context = Context {
        token: user.clone(),
        user,
        ..context::current().unwrap_or_default()
    };
    context::scope(context, next.run(request)).await
}

fn refused_change(words: &'static str) -> Response {
    (StatusCode::FORBIDDEN, words).into_response()
}

/// The session of a request, while its token is in force.
async fn session(
    console: &Console,
    headers: &HeaderMap,
    acts: bool,
) -> Option<(super::session::Key, super::session::Session)> {
    let number = cookie(headers, &console.cookie_name())?;
    let (key, session) = console.find_session(number, acts).await?;
    match console.in_force(&session.token) {
        true => Some((key, session)),
        false => {
            // What stays kept opens nothing: its token is not in force after a restart either.
            if console.close_session(&key).await.is_err() {
                console.sessions.close(&key);
            }
            None
        }
    }
}

fn sign_in_first(console: &Console, request: &Request, quiet: bool) -> Response {
    let by_script = quiet || request.headers().contains_key("hx-request");
    if by_script || request.method() != Method::GET {
        return (StatusCode::UNAUTHORIZED, "Sign in first.").into_response();
    }
    let next = format!("{}{}", console.base, without_secrets(request.uri()));
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    Redirect::to(&format!("{}/sign-in?next={next}", console.base)).into_response()
}

/// The path and query of an address, without the pairs that look like a secret: no token belongs there, and none is repeated.
fn without_secrets(uri: &Uri) -> String {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let harmless = pairs.filter(|(name, value)| {
        let name = name.to_ascii_lowercase();
        let named = ["token", "secret", "password", "bearer", "authorization"];
        let like_one = Secret::is_in(&name) || Secret::is_in(value);
        !named.iter().any(|word| name.contains(word)) && !like_one
    });
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(harmless)
        .finish();
    match query.as_str() {
        _ if Secret::is_in(uri.path()) => "/".to_owned(),
        "" => uri.path().to_owned(),
        query => format!("{}?{query}", uri.path()),
    }
}

/// A change comes from one of our own pages: the browser says from where (RFC 6454, 7; Fetch, 3.1).
pub(super) fn same_origin(console: &Console, headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::ORIGIN) {
        Some(origin) => {
            let own = console
                .public_url
                .as_ref()
                .map(|url| url.origin().ascii_serialization());
            let direct = host(headers)
                .filter(|host| is_loopback(host) || console.public_url.is_none())
                .map(|host| format!("{}://{host}", console.scheme()));
            own.as_deref() == Some(origin) || direct.as_deref() == Some(origin)
        }
        None => text(HeaderName::from_static("sec-fetch-site")) == Some("same-origin"),
    }
}

/// What a page of another site asks, another port of this machine included. Of what our own pages ask a browser names no origin,
/// as it changes nothing; by `Sec-Fetch-Site` most say where it came from all the same (Fetch, 3.1; Fetch Metadata, 2.2).
fn is_foreign(console: &Console, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    let elsewhere = site.is_some_and(|site| site == "cross-site" || site == "same-site");
    let named = headers.contains_key(header::ORIGIN);
    elsewhere || (named && !same_origin(console, headers))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn host(headers: &HeaderMap) -> Option<Authority> {
    headers.get(header::HOST)?.to_str().ok()?.parse().ok()
}

fn is_loopback(host: &Authority) -> bool {
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl Console {
    /// Whether a request that names this host is for us: no page of another name may reach us through a browser here.
    fn is_known(&self, host: &Authority) -> bool {
        let public = self.public_url.as_ref().and_then(|url| url.host_str());
        let own = self.address.ip().to_string();
        is_loopback(host) || public == Some(host.host()) || own == host.host()
    }

    /// Of this console: several on one machine share the cookies of its address.
    pub(super) fn cookie_name(&self) -> String {
        format!("formfeed_{}", self.address.port())
    }

    /// The cookie that holds a session's number; of a blank one, its removal.
    pub(super) fn cookie(&self, number: &str) -> String {
        let public = self.public_url.as_ref().map(Url::scheme);
        let secure = match public.unwrap_or(self.scheme()) {
            "https" => "; Secure",
            _ => "",
        };
        let gone = if number.is_empty() { "; Max-Age=0" } else { "" };
        let name = self.cookie_name();
        // Without a slash at its end a path holds for the front page too, however it is written (RFC 6265, 5.1.4).
        let path = match self.base.as_str() {
            "" => "/",
            base => base,
        };
        format!("{name}={number}; Path={path}; HttpOnly; SameSite=Strict{secure}{gone}")
    }

    /// Whether the token of a session still opens anything.
    pub(super) fn in_force(&self, token: &formfeed_runtime::access::Token) -> bool {
        let known = self.tokens.in_force(token);
        known.unwrap_or(false)
    }
}

/// A path to go to after signing in, as the browser has it: one of ours, else the first page.
pub(super) fn own_path(base: &str, text: &str) -> String {
    let inner = text.strip_prefix(base).unwrap_or_default();
    let plain = inner.starts_with('/') && !inner.starts_with("//") && !inner.contains('\\');
    let is_path = |text: &str| {
        text.parse::<Uri>()
            .is_ok_and(|uri| uri.authority().is_none())
    };
    match plain && is_path(inner) {
        true => text.to_owned(),
        false => format!("{base}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_sent_on_to_our_own_pages_only() {
        assert_eq!(own_path("", "/jobs/1?page=2"), "/jobs/1?page=2");
        for foreign in ["https://evil/", "//evil/", "/\\evil", "", "jobs"] {
            assert_eq!(own_path("", foreign), "/", "{foreign}");
        }
        assert_eq!(own_path("/print", "/print/jobs"), "/print/jobs");
        for foreign in ["/jobs", "/printer/x", "/print//evil/", "/print"] {
            assert_eq!(own_path("/print", foreign), "/print/", "{foreign}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=1; formfeed_7080=x; b=2"),
        );
        assert_eq!(cookie(&headers, "formfeed_7080"), Some("x"));
        assert_eq!(cookie(&headers, "formfeed_70"), None);
    }

    #[test]
    fn loopback_is_known_by_number_and_by_name() {
        for host in ["localhost:1", "127.0.0.1:7080", "[::1]:7080"] {
            assert!(is_loopback(&host.parse().unwrap()), "{host}");
        }
        assert!(!is_loopback(&"localhost.evil.example".parse().unwrap()));
    }
}
