//! A service's server: its methods behind one guard, with health, reflection, limits and a clean stop.

mod body;
mod calls;
mod deadline;
mod guard;
mod incoming;
mod measure;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use http::{Request, Response};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{
    body::Body,
    server::NamedService,
    service::{Routes, RoutesBuilder},
    transport::{Identity, ServerTlsConfig},
};
use tonic_health::{ServingStatus, server::HealthReporter};
use tracing::{info, warn};

use crate::{
    access::TokenStore,
    config::{ConfigError, ServiceConfig},
};
pub use guard::VERSION_HEADER;

use calls::Calls;
use guard::{Guard, Rules};
use incoming::incoming;

const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(30);
const KEEP_ALIVE_WITHIN: Duration = Duration::from_secs(20);
const STREAMS_PER_CONNECTION: u32 = 256;
const HEADER_BYTES: u32 = 16 * 1024;
/// What a caller may send ahead of what is read: some messages of an import.
const STREAM_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 8 * 1024 * 1024;
const FRAME_BYTES: u32 = 256 * 1024;

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
}

/// A server that has its port but does not answer yet.
pub struct BoundServer {
    server: Server,
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// A server without methods yet.
    pub fn new(config: &ServiceConfig, tokens: TokenStore) -> Self {
        Self {
            config: config.clone(),
            tokens,
            routes: Routes::builder(),
            names: Vec::new(),
        }
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
    /// When the configuration must not run or the address is taken.
    pub async fn bind(self) -> Result<BoundServer, ServerError> {
        let address = self.config.listen;
        self.config.check()?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| ServerError::Bind { address, source })?;
        self.listen(listener)
    }

    /// Takes a listener that is bound already.
    ///
    /// # Errors
    /// When it is bound beyond loopback without TLS.
    pub fn listen(self, listener: TcpListener) -> Result<BoundServer, ServerError> {
        let address = listener.local_addr().map_err(|source| ServerError::Bind {
            address: self.config.listen,
            source,
        })?;
        self.config.check_address(address)?;
        Ok(BoundServer {
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

    /// Its URL for clients.
    pub fn url(&self) -> String {
        match self.server.config.tls {
            Some(_) => format!("https://{}", self.address),
            None => format!("http://{}", self.address),
        }
    }

    /// Answers calls until `shutdown` is cancelled, then lets calls end for the grace period and cuts off what is left.
    ///
    /// # Errors
    /// When TLS files cannot be used or the transport fails.
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
            loopback: address.ip().is_loopback(),
            cut_off: cut_off.clone(),
        });
        let incoming = incoming(self.listener, service);
        let serving = transport(&self.server.config)?
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
            std::future::pending::<()>().await;
        };
        tokio::select! {
            served = serving => served?,
            () = stopping => {}
        }
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
            .add_service(health_server)
            .add_service(self.reflection().build_v1()?)
            .add_service(self.reflection().build_v1alpha()?);
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

fn transport(config: &ServiceConfig) -> Result<tonic::transport::Server, ServerError> {
    let server = tonic::transport::Server::builder()
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_frame_size(FRAME_BYTES)
        .http2_max_header_list_size(HEADER_BYTES)
        .http2_keepalive_interval(Some(KEEP_ALIVE_EVERY))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_WITHIN));
    let Some(files) = &config.tls else {
        return Ok(server);
    };
    let read = |what, path: &std::path::PathBuf| {
        std::fs::read(path).map_err(|source| ConfigError::File {
            what,
            path: path.clone(),
            source,
        })
    };
    let cert = read("the server's certificate", &files.cert)?;
    let key = read("the server's private key", &files.key)?;
    let tls = ServerTlsConfig::new().identity(Identity::from_pem(cert, key));
    Ok(server.tls_config(tls).map_err(ConfigError::Tls)?)
}
