//! What every call passes: request id and span, token and role, deadline, and the net under a handler that panics.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use formfeed_store::panic_point;
use futures::FutureExt;
use http::{HeaderValue, Request, Response};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status, body::Body};
use tower::Service;
use tracing::{Instrument, debug, info, info_span};

use super::{
    body::EndingBody, calls::Calls, deadline, incoming::Peer, measure::Measured, rate::Rate,
    request_body::CountedBody, weight::Weights,
};
use crate::{
    access::{self, Caller, Door, Role, Token, TokenStore},
    audit::Refusals,
    config::Limits,
    context::{self, Context},
    incident, methods,
    metrics::{self, meters},
    reason, request_id,
    request_memory::{self, Budget},
    service::Service as Ours,
    status::{IntoStatus, Refusal, reason_of},
};

/// How prost begins what it says of a message that it cannot read.
const UNREADABLE: &str = "failed to decode Protobuf message";

/// Tells a caller whose token is known the version of the program that answers.
pub const VERSION_HEADER: &str = "x-formfeed-version";

/// What the guard goes by.
pub(super) struct Rules {
    /// Whose server this is.
    pub(super) service: Ours,
    pub(super) tokens: TokenStore,
    pub(super) limits: Limits,
    /// Calls that are at work.
    pub(super) calls: Calls,
    /// Streams of answers that are open.
    pub(super) streams: Calls,
    pub(super) rate: Rate,
    /// What requests may hold.
    pub(super) memory: Budget,
    /// What one of them may become.
    pub(super) weights: Weights,
    /// Whether the server listens on loopback only.
    pub(super) loopback: bool,
    /// Whether clients are asked for certificates.
    pub(super) asks_certificates: bool,
    /// Cancelled when calls must end now.
    pub(super) cut_off: CancellationToken,
    /// Where refusals for lack of a role are counted.
    pub(super) refusals: Option<Arc<Refusals>>,
}

/// A service with the guard before it.
#[derive(Clone)]
pub(super) struct Guard<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S> Guard<S> {
    pub(super) fn new(inner: S, rules: Arc<Rules>) -> Self {
        Self { inner, rules }
    }
}

impl<S> Service<Request<Body>> for Guard<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut TaskContext<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let fresh = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, fresh);
        let arrived = Instant::now(); // before the transport starts its own clock on the same timeout
        let (rules, id) = (self.rules.clone(), request_id_of(&request));
        let measured = Measured::begin(rules.service, request.uri().path(), request.headers());
        let span = info_span!(
            "rpc",
            method = measured.method(),
            request_id = id,
            trace_id = measured.trace().id(),
            user = tracing::field::Empty
        );
        let context = Context {
            request_id: id.clone(),
            user: None,
            token: None,
            trace: measured.trace().header(),
        };
        let answer = async move {
            let answered = rules.pass(ready, request, context, arrived).await;
            let mut response = answered.unwrap_or_else(Status::into_http);
            tell(&response, arrived, rules.service);
            if let Ok(id) = HeaderValue::from_str(&id) {
                response.headers_mut().insert(request_id::HEADER, id);
            }
            Ok(measured.until_the_end_of(response))
        };
        Box::pin(answer.instrument(span))
    }
}

impl Rules {
    /// Counts a refusal for lack of a role, or of the certificate that a token goes with. Who has no token in force is nobody,
    /// and is not written down.
    fn note_refusal(&self, refused: &Status, request: &Request<Body>, id: &str) {
        let Some(refusals) = &self.refusals else {
            return;
        };
        let is_refusal = matches!(
            refused.code(),
            Code::PermissionDenied | Code::Unauthenticated
        );
        if is_refusal && let Some(token) = access::bearer_of(&self.tokens, request.headers()) {
            refusals.note(&token.name, request.uri().path(), id);
        }
    }

    async fn pass<S>(
        &self,
        mut handlers: S,
        mut request: Request<Body>,
        mut context: Context,
        arrived: Instant,
    ) -> Result<Response<Body>, Status>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Send,
        S::Future: Send,
    {
        let path = request.uri().path().to_owned();
        let peer = request.extensions().get::<Peer>().cloned();
        let door = Door {
            loopback: self.loopback,
            asks_certificates: self.asks_certificates,
            shown: peer.as_ref().and_then(|peer| peer.shown.as_deref()),
        };
        let known = access::authenticate(&self.tokens, &path, request.headers(), &door);
        let known = known
            .inspect_err(|refused| self.note_refusal(refused, &request, &context.request_id))?;
        if let (Some(peer), Some(_)) = (&peer, &known) {
            peer.becomes_known();
        }
        let (caller, token) = known.unzip();
        context.user = caller
            .as_ref()
            .map(|caller: &Caller| caller.acting_user().to_owned());
        if let Some(user) = &context.user {
            tracing::Span::current().record("user", user);
        }
        context.token = token.as_ref().map(|token| token.name.clone());
        let known_caller = caller.is_some();
        let is_service = caller
            .as_ref()
            .is_some_and(|caller| caller.role == Role::Service);
        if let Some(caller) = caller {
            self.rate.count(&caller)?;
            request.extensions_mut().insert(caller);
        }
        let call = self
            .calls
            .begin(&peer, context.token.as_deref(), is_service)?;
        // Whoever still reads the request when the call has ended, however that was, reads no more of it.
        let over = CancellationToken::new();
        let share = self.memory.share(context.token.as_deref());
        let request = request.map(|body| {
            let walk = self.weights.walk(&path);
            let messages = methods::takes_one(&path);
            CountedBody::wrap(body, walk, messages, share.clone(), over.clone())
        });
        let over = over.drop_guard();
        let allowed = deadline::time_allowed(&path, request.headers(), &self.limits);
        let until = arrived + allowed;
        let answers_by = arrived + deadline::time_to_answer(&path).unwrap_or(allowed);
        let handlers = async {
            panic_point(metrics::method(&path), "nothing");
            handlers.call(request).await
        };
        let handled = context::scope(context.clone(), handlers);
        let handled = request_memory::keep(share.clone(), handled);
        let handled = AssertUnwindSafe(handled);
        let mut response = tokio::select! {
            biased;
            answered = handled.catch_unwind() => match answered {
                Ok(Ok(response)) => readable(response)?,
                Ok(Err(never)) => match never {},
                Err(_) => return Err(incident::internal_because("a handler panicked")),
            },
            () = tokio::time::sleep_until(answers_by.min(until)) => return Err(deadline::exceeded(allowed)),
            () = self.cut_off.cancelled() => return Err(stopping()),
            () = out_of_force(&self.tokens, token.as_ref()) => return Err(turned_out()),
        };
        let is_stream = path != deadline::HEALTH_CHECK
            && methods::shape(&path).is_none_or(|shape| shape.server_streaming);
        let call = match is_stream {
            true => {
                let streams = &self.streams;
                streams.begin(&peer, context.token.as_deref(), is_service)?
            }
            false => call,
        };
        let (cut_off, tokens) = (self.cut_off.clone(), self.tokens.clone());
        let end = async move {
            let _over = over;
            tokio::select! {
                () = tokio::time::sleep_until(until) => deadline::exceeded(allowed),
                () = cut_off.cancelled() => stopping(),
                () = out_of_force(&tokens, token.as_ref()) => turned_out(),
            }
        };
        if known_caller {
            let version = HeaderValue::from_static(env!("CARGO_PKG_VERSION"));
            response.headers_mut().insert(VERSION_HEADER, version);
        }
        let close = move || {
            if let Some(peer) = peer {
                peer.close();
            }
        };
        Ok(response.map(|body| EndingBody::wrap(body, context, (share, call), end, close)))
    }
}

/// A message that could not be read is the caller's fault; the transport calls it the server's.
fn readable(response: Response<Body>) -> Result<Response<Body>, Status> {
    let status = Status::from_header_map(response.headers());
    let unread = status.filter(|status| {
        status.code() == Code::Internal && status.message().starts_with(UNREADABLE)
    });
    match unread {
        None => Ok(response),
        Some(status) => {
            let message = format!("{}; send what the contract says", status.message());
            Err(Refusal::invalid(reason::MESSAGE_MALFORMED, message).into_status())
        }
    }
}

/// Waits for the end of the caller's token; for ever where none was wanted.
async fn out_of_force(tokens: &TokenStore, token: Option<&Token>) {
    match token {
        Some(token) => tokens.ended(token).await,
        None => std::future::pending().await,
    }
}

fn turned_out() -> Status {
    Refusal::unauthenticated(
        reason::TOKEN_UNKNOWN,
        "the access token was revoked, or its time is over; ask an admin for another one (`formfeed token add`)",
    )
    .into_status()
}

/// One line for each call: refusals at `info`, the rest at `debug`.
fn tell(response: &Response<Body>, arrived: Instant, service: Ours) {
    let millis = u64::try_from(arrived.elapsed().as_millis()).unwrap_or(u64::MAX);
    match Status::from_header_map(response.headers()) {
        Some(status) if status.code() != Code::Ok => {
            let reason = reason_of(&status).unwrap_or_default();
            meters().refused(service, &reason);
            info!(code = ?status.code(), reason, millis, "Refused after {millis} ms");
        }
        _ => debug!(millis, "Answered after {millis} ms"),
    }
}

fn request_id_of(request: &Request<Body>) -> String {
    request
        .headers()
        .get(request_id::HEADER)
        .and_then(|value| value.to_str().ok())
        .filter(|id| request_id::is_safe(id))
        .map_or_else(request_id::new, str::to_owned)
}

fn stopping() -> Status {
    Refusal::unavailable(
        reason::SHUTTING_DOWN,
        "the server is stopping; retry shortly",
    )
    .into_status()
}
