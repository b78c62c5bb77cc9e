//! Traces for who collects them (OpenTelemetry): one span for each call, which the calls that it makes belong to.
//!
//! A span tells the service, the method, its code and its time, and nothing else that a request or a log line holds. It is
//! no part of the log; the two are told together by the `trace_id` of the log's lines. Callers send their span along, and
//! services to each other, as W3C Trace Context has it (`traceparent`).

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{
    Span as _, SpanKind, Status as Outcome, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::tonic_types::transport::ClientTlsConfig;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracerProvider, Span};
use tonic::Code;

use crate::service::Service;

/// The header of W3C Trace Context.
pub(crate) const HEADER: &str = "traceparent";
/// For a batch of spans on their way, and for the last ones at the end.
const WITHIN: Duration = Duration::from_secs(5);

/// Where the spans of each service of this process go; nowhere before [`start`].
static SENDERS: OnceLock<Vec<(Service, SdkTracerProvider)>> = OnceLock::new();

/// Sends the spans of these services to a collector from here on, in batches: work never waits for them, and they are
/// dropped when nobody takes them. A second call changes nothing.
///
/// # Errors
/// A sentence when the address cannot be used.
pub(super) fn start(endpoint: &str, services: &[Service]) -> Result<(), String> {
    let mut senders = Vec::new();
    for service in services {
        let mut exporter = SpanExporter::builder().with_tonic();
        if endpoint.starts_with("https://") {
            exporter = exporter.with_tls_config(ClientTlsConfig::new().with_enabled_roots());
        }
        let exporter = exporter
            .with_endpoint(endpoint)
            .with_timeout(WITHIN)
            .build();
        let exporter =
            exporter.map_err(|error| format!("FORMFEED_OTLP_ENDPOINT cannot be used: {error}"))?;
        let resource = Resource::builder()
            .with_service_name(format!("formfeed-{service}"))
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build());
        senders.push((*service, provider.build()));
    }
    SENDERS.set(senders).ok();
    Ok(())
}

/// Sends what waits, for as long as that may take.
pub(super) fn finish() {
    std::thread::scope(|at_once| {
        for (service, sender) in SENDERS.get().into_iter().flatten() {
            at_once.spawn(move || {
                if let Err(error) = sender.shutdown_with_timeout(WITHIN) {
                    tracing::warn!(%error, "The last traces of {service} are lost");
                }
            });
        }
    });
}

/// The span of a call; nothing while no traces are sent.
#[derive(Debug)]
pub(crate) struct Trace(Option<Span>);

impl Trace {
    /// Begins the span of a call, below the one that its caller sends along. `method` is one of ours, or "other".
    pub(crate) fn begin(service: Service, method: &'static str, headers: &HeaderMap) -> Self {
        let sender = SENDERS.get().into_iter().flatten();
        let mut of_service = sender.filter(|(of, _)| *of == service);
        let Some((_, sender)) = of_service.next() else {
            return Self(None);
        };
        let above =
            TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(headers));
        let tracer = sender.tracer("formfeed");
        let (package, name) = method.rsplit_once('/').unwrap_or_default();
        let span = tracer
            .span_builder(method)
            .with_kind(SpanKind::Server)
            .with_attributes([
                KeyValue::new("rpc.system", "grpc"),
                KeyValue::new("rpc.service", package),
                KeyValue::new("rpc.method", name),
            ]);
        Self(Some(span.start_with_context(&tracer, &above)))
    }

    /// What the calls send along that this one makes, the value of [`HEADER`].
    pub(crate) fn header(&self) -> Option<String> {
        let here = self.0.as_ref()?.span_context().clone();
        let here = Context::new().with_remote_span_context(here);
        let mut headers = HashMap::new();
        TraceContextPropagator::new().inject_context(&here, &mut headers);
        headers.remove(HEADER)
    }

    /// What tells its trace from others, for log lines.
    pub(crate) fn id(&self) -> Option<String> {
        let span = self.0.as_ref()?;
        Some(span.span_context().trace_id().to_string())
    }

    /// Ends it with the code that the caller was answered.
    pub(crate) fn end(&mut self, code: Code) {
        let Some(mut span) = self.0.take() else {
            return;
        };
        span.set_attribute(KeyValue::new(
            "rpc.grpc.status_code",
            i64::from(code as i32),
        ));
        if is_ours(code) {
            span.set_status(Outcome::error(""));
        }
        span.end();
    }
}

/// Whether a server's call with this code counts as failed, as OpenTelemetry has it for gRPC.
fn is_ours(code: Code) -> bool {
    use Code::{DataLoss, DeadlineExceeded, Internal, Unavailable, Unimplemented, Unknown};
    matches!(
        code,
        Unknown | DeadlineExceeded | Unimplemented | Internal | Unavailable | DataLoss
    )
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}
