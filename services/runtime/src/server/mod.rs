//! A service's server: its methods behind one guard, with health, reflection, limits and a clean stop.

mod body;
mod calls;
mod deadline;
mod guard;
mod incoming;
mod measure;
mod rate;
mod request_body;
mod weight;

use std::{
    convert::Infallible,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use formfeed_proto::audit::audit_service_server::AuditServiceServer;
use formfeed_store::audit::Audited;
use http::{Request, Response};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{
    body::Body,
    server::NamedService,
    service::{Routes, RoutesBuilder},
};
use tonic_health::{ServingStatus, server::HealthReporter};
use tracing::{info, warn};

use crate::{
    access::TokenStore,
    audit::{self, Audit, AuditHandlers, Keeper},
    config::{ConfigError, ServiceConfig},
    request_memory::Budget,
    tls::{Protocol, ServerTls},
};
pub use guard::VERSION_HEADER;

use calls::Calls;
use guard::{Guard, Rules};
use incoming::incoming;
use rate::Rate;
use weight::Weights;

const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(30);
const KEEP_ALIVE_WITHIN: Duration = Duration::from_secs(20);
const STREAMS_PER_CONNECTION: u32 = 256;
const HEADER_BYTES: u32 = 16 * 1024;
/// What a caller may send ahead of what is read: half a message of an import. It is charged to no budget: the calls that one token
/// may have at work, each on a connection of its own, hold as much as the budget of a server.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// No more than each call may hold beside the budget.
const FRAME_BYTES: u32 = 64 * 1024;
/// How long calls that are cut off have to tell their clients.
const CUT_OFF_WITHIN: Duration = Duration::from_secs(3);
/// Largest message to health and reflection, which take names only, some of them of who has no token.
const ASIDE_BYTES: usize = 4 * 1024;

/// Sets a generated server's or client's message sizes, both ways:
/// `sized!(VendorServiceServer::new(handlers), config.limits)`.
#[macro_export]
macro_rules! sized {
    ($peer:expr, $limits:expr) => {{
        let bytes = $limits.max_message_bytes;
        $peer
            .max_decoding_message_size(bytes)
            .max_encoding_message_size(bytes)
    }};
}

/// Why a server did not start, or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The configuration must not run.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Another program has the port, or the address is not this machine's.
    #[error("cannot listen on {address}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The transport failed.
    #[error("the server failed")]
    Transport(#[from] tonic::transport::Error),
    /// The descriptors of the contract cannot be served.
    #[error("reflection cannot be served")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// A server being put together.
pub struct Server {
    config: ServiceConfig,
    tokens: TokenStore,
    routes: RoutesBuilder,
    names: Vec<&'static str>,
    audit: Option<Audit>,
}

/// A server that has its port but does not answer yet.
pub struct BoundServer {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<ServerTls>,
}

impl Server {
    /// A server without methods yet.
    pub fn new(config: &ServiceConfig, tokens: TokenStore) -> Self {
        Self {
            config: config.clone(),
            tokens,
            routes: Routes::builder(),
            names: Vec::new(),
            audit: None,
        }
    }

    /// Serves the audit trail of a store, tells where it ends to files outside its database, and writes down in it which
    /// calls were refused for lack of a role.
    #[must_use]
    pub fn audited<S: Audited + 'static>(mut self, store: Arc<S>) -> Self {
        let audit = Audit::new(store, &self.config);
        let handlers = AuditServiceServer::new(AuditHandlers(audit.clone()));
        self.audit = Some(audit);
        let limits = self.config.limits;
        self.add_service(sized!(handlers, limits))
    }

    /// Adds a generated server: `.add_service(sized!(VendorServiceServer::new(handlers), config.limits))`.
    #[must_use]
    pub fn add_service<S>(mut self, service: S) -> Self
    where
        S: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        self.names.push(S::NAME);
        self.routes.add_service(service);
        self
    }

    /// Takes the configured address.
    ///
    /// # Errors
    /// When the configuration must not run, the address is taken, or a certificate cannot be used.
    pub async fn bind(self) -> Result<BoundServer, ServerError> {
        let address = self.config.listen;
        self.config.check()?;
        if self.audit.is_some() {
            audit::prepare(&self.config).map_err(|source| ConfigError::File {
                what: "the folder of the audit trail's anchors",
                path: self.config.data_dir.join("audit"),
                source,
            })?;
        }
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ServerError::Bind { address, source })?;
        self.listen(listener)
    }

    /// Takes a listener that is bound already.
    ///
    /// # Errors
    /// When it is bound beyond loopback without TLS, or a certificate cannot be used.
    pub fn listen(self, listener: TcpListener) -> Result<BoundServer, ServerError> {
        let address = listener.local_addr().map_err(|source| ServerError::Bind {
            address: self.config.listen,
            source,
        })?;
        self.config.check_address(address)?;
        let tls = self.config.tls.as_ref();
        let tls = tls.map(|files| ServerTls::new(files, Protocol::Http2));
        Ok(BoundServer {
            tls: tls.transpose()?,
            server: self,
            listener,
            address,
        })
    }
}

impl BoundServer {
    /// Where it listens; the port is the real one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL for clients on this machine.
    pub fn url(&self) -> String {
        let scheme = match self.server.config.tls {
            Some(_) => "https",
            None => "http",
        };
        let host = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("{scheme}://{}", SocketAddr::new(host, self.address.port()))
    }

    /// Answers calls until `shutdown` is cancelled, then lets calls end for the grace period and cuts off what is left.
    ///
    /// # Errors
    /// When the transport fails.
    pub async fn serve(self, shutdown: CancellationToken) -> Result<(), ServerError> {
        let (service, address) = (self.server.config.service, self.address);
        let grace = self.server.config.limits.shutdown_grace;
        let cut_off = CancellationToken::new();
        let (routes, health) = self.server.routes().await?;
        let rules = Arc::new(Rules {
            service,
            tokens: self.server.tokens.clone(),
            limits: self.server.config.limits,
            calls: Calls::new(self.server.config.limits.calls_per_connection),
            streams: Calls::new(STREAMS_PER_CONNECTION as usize),
            memory: Budget::new(self.server.config.limits.max_request_memory_bytes),
            weights: Weights::new(&self.server.config.limits),
            loopback: address.ip().is_loopback(),
            asks_certificates: (self.server.config.tls.as_ref())
                .is_some_and(|files| files.client_ca.is_some()),
            rate: Rate::new(self.server.config.limits.calls_per_second),
            cut_off: cut_off.clone(),
            refusals: self
                .server
                .audit
                .as_ref()
                .map(|audit| audit.refusals.clone()),
        });
        let ended = CancellationToken::new();
        let audit = self.server.audit.clone();
        let keeper = audit.map(|audit| tokio::spawn(Keeper::keep(audit, ended.clone())));
        let incoming = incoming(self.listener, self.tls, service, shutdown.clone());
        let serving = transport()
            .layer(tower::layer::layer_fn(move |inner| {
                Guard::new(inner, rules.clone())
            }))
            .serve_with_incoming_shutdown(
                routes.prepare(),
                incoming,
                shutdown.clone().cancelled_owned(),
            );
        info!(service = %service, %address, "The {service} service listens on {address}");
        let names = self.server.names;
        let stopping = async {
            shutdown.cancelled().await;
            for name in names.iter().copied().chain([""]) {
                health
                    .set_service_status(name, ServingStatus::NotServing)
                    .await;
            }
            tokio::time::sleep(grace).await;
            warn!(service = %service, "Cutting off calls that did not end in time");
            cut_off.cancel();
            tokio::time::sleep(CUT_OFF_WITHIN).await; // a client that does not read is left behind
        };
        let served = tokio::select! {
            served = serving => served,
            () = stopping => Ok(()),
        };
        ended.cancel();
        if let Some(keeper) = keeper {
            keeper.await.ok(); // it has said what failed
        }
        served?;
        info!(service = %service, "The {service} service has stopped");
        Ok(())
    }
}

impl Server {
    async fn routes(&self) -> Result<(Routes, HealthReporter), ServerError> {
        let (health, health_server) = tonic_health::server::health_reporter();
        for name in self.names.iter().copied().chain([""]) {
            health
                .set_service_status(name, ServingStatus::Serving)
                .await;
        }
        let mut routes = self.routes.clone();
        routes
            .add_service(health_server.max_decoding_message_size(ASIDE_BYTES))
            .add_service((self.reflection().build_v1()?).max_decoding_message_size(ASIDE_BYTES))
            .add_service(
                (self.reflection().build_v1alpha()?).max_decoding_message_size(ASIDE_BYTES),
            );
        Ok((routes.routes(), health))
    }

    fn reflection(&self) -> tonic_reflection::server::Builder<'static> {
        let builder = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(formfeed_proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .with_service_name("grpc.health.v1.Health");
        let names = self.names.iter().copied();
        names.fold(
            builder,
            tonic_reflection::server::Builder::with_service_name,
        )
    }
}

fn transport() -> tonic::transport::Server {
    tonic::transport::Server::builder()
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_frame_size(FRAME_BYTES)
        .http2_max_header_list_size(HEADER_BYTES)
        .http2_keepalive_interval(Some(KEEP_ALIVE_EVERY))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_WITHIN))
}
