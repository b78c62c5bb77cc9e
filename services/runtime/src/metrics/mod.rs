//! Numbers for Prometheus: calls, connections, the process. Neither names of people, vendors and payers nor amounts.
//!
//! The numbers are the process's: `up` runs four services and has one set, told apart by the label `service`. The guard
//! counts calls (`server/measure.rs`); `http.rs` answers who asks.

mod database;
mod http;
mod process;

use std::sync::OnceLock;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tonic::Code;

use crate::{methods, service::Service};

pub(crate) use http::{BoundMetrics, listen};

/// Upper ends of the times that calls are sorted into, seconds: a database's answer to an import of a year.
const SECONDS: [f64; 15] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0, 600.0,
];
/// Methods that every service has.
const COMMON: [&str; 4] = [
    "grpc.health.v1.Health/Check",
    "grpc.health.v1.Health/Watch",
    "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];
/// What is asked for and is no method of ours: whoever calls chooses no label.
const OTHER: &str = "other";

/// Labels of an ended call.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    service: &'static str,
    method: &'static str,
    code: &'static str,
}

/// Labels of a method.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    service: &'static str,
    method: &'static str,
}

/// Labels of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    service: &'static str,
    reason: String,
}

/// The label of a service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    service: &'static str,
}

/// What the servers of this process count.
#[derive(Debug)]
pub(crate) struct Meters {
    ended: Family<Ended, Counter>,
    seconds: Family<Method, Histogram, fn() -> Histogram>,
    refused: Family<Refused, Counter>,
    at_work: Family<Of, Gauge>,
    connections: Family<Of, Gauge>,
}

/// One more while it lives.
#[derive(Debug)]
pub(crate) struct Held(Gauge);

/// The numbers of this process.
pub(crate) fn meters() -> &'static Meters {
    static METERS: OnceLock<Meters> = OnceLock::new();
    METERS.get_or_init(|| Meters {
        ended: Family::default(),
        seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        refused: Family::default(),
        at_work: Family::default(),
        connections: Family::default(),
    })
}

/// The name of a method as a label, without the first slash.
pub(crate) fn method(path: &str) -> &'static str {
    let asked = path.strip_prefix('/').unwrap_or(path);
    let common = COMMON.into_iter().find(|known| *known == asked);
    common
        .or_else(|| {
            methods::all()
                .get_key_value(path)
                .map(|(known, _)| &known[1..])
        })
        .unwrap_or(OTHER)
}

impl Meters {
    /// Counts a call that ended, and how long it took from its first byte to its last.
    pub(crate) fn ended(&self, service: Service, method: &'static str, code: Code, seconds: f64) {
        let service = service.name();
        let ended = Ended {
            service,
            method,
            code: name(code),
        };
        self.ended.get_or_create(&ended).inc();
        let method = Method { service, method };
        self.seconds.get_or_create(&method).observe(seconds);
    }

    /// Counts a refusal by its reason, one of [`crate::reason`].
    pub(crate) fn refused(&self, service: Service, reason: &str) {
        let service = service.name();
        let reason = reason.to_owned();
        self.refused
            .get_or_create(&Refused { service, reason })
            .inc();
    }

    /// A call at work until it is dropped.
    pub(crate) fn call(&self, service: Service) -> Held {
        Held::one(&self.at_work, service)
    }

    /// A connection until it is dropped.
    pub(crate) fn connection(&self, service: Service) -> Held {
        Held::one(&self.connections, service)
    }

    fn register(&self, registry: &mut Registry) {
        registry.register(
            "rpc_calls",
            "Calls that ended, by method and gRPC code",
            self.ended.clone(),
        );
        registry.register_with_unit(
            "rpc_duration",
            "From a call's arrival to its last byte",
            Unit::Seconds,
            self.seconds.clone(),
        );
        registry.register(
            "rpc_refusals",
            "Calls that were refused before or by their handler, by reason; OVERLOADED is a limit",
            self.refused.clone(),
        );
        registry.register("rpc_calls_at_work", "Calls at work", self.at_work.clone());
        registry.register(
            "connections",
            "Connections of clients to the service",
            self.connections.clone(),
        );
    }
}

impl Held {
    fn one(family: &Family<Of, Gauge>, service: Service) -> Self {
        let of = Of {
            service: service.name(),
        };
        let gauge = family.get_or_create(&of).clone();
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Everything this process tells.
fn registry() -> Registry {
    let mut registry = Registry::default();
    let ours = registry.sub_registry_with_prefix("formfeed");
    meters().register(ours);
    let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
    ours.register("build", "The program", build);
    registry.register_collector(Box::new(process::Process));
    registry
}

/// `INVALID_ARGUMENT` as gRPC writes it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_calls_chooses_no_label() {
        let ours = "/formfeed.vendor.v1.PayerService/GetPayer";
        assert_eq!(method(ours), &ours[1..]);
        assert_eq!(method("/grpc.health.v1.Health/Check"), COMMON[0]);
        for strange in ["/formfeed.vendor.v1.PayerService/Nope", "/900-11-2222", ""] {
            assert_eq!(method(strange), OTHER);
        }
    }

    #[test]
    fn a_call_at_work_counts_until_it_is_dropped() {
        let of = Of { service: "forms" };
        let held = meters().call(Service::Forms);
        assert_eq!(meters().at_work.get_or_create(&of).get(), 1);
        drop(held);
        assert_eq!(meters().at_work.get_or_create(&of).get(), 0);
    }
}
