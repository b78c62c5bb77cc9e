//! A process's life as others see it: the service manager, which starts and watches it, and Prometheus.
//!
//! A program calls [`Life::begin`] before its services start and [`Life::ready`] when all of them have. Without a service
//! manager and without an address for metrics nothing of this does anything.

mod manager;
mod watch;

use std::fmt;
use std::sync::Arc;

use formfeed_store::StoreError;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::config::ServiceConfig;
use crate::metrics::{self, BoundMetrics};
use crate::server::ServerError;
use crate::service::Service;

use manager::Manager;

type Ask = dyn Fn() -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync;

/// A service of this process.
#[derive(Clone)]
pub struct Member {
    service: Service,
    url: String,
    ask: Arc<Ask>,
}

/// See the [module](self).
#[derive(Debug)]
pub struct Life {
    manager: Option<Manager>,
    metrics: Option<BoundMetrics>,
}

impl Member {
    /// A service that answers at `url`, and how to ask its tables for a sign of life.
    pub fn new<F>(
        service: Service,
        url: impl Into<String>,
        ask: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        Self {
            service,
            url: url.into(),
            ask: Arc::new(move || Box::pin(ask())),
        }
    }

    /// Which service.
    pub(crate) fn service(&self) -> Service {
        self.service
    }

    /// A sign of life of its tables.
    pub(crate) async fn ask(&self) -> Result<(), StoreError> {
        (self.ask)().await
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("service", &self.service)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Life {
    /// Finds the service manager, and serves metrics where the configuration says so.
    ///
    /// # Errors
    /// When the address for metrics is taken.
    pub async fn begin(config: &ServiceConfig) -> Result<Self, ServerError> {
        let metrics = match config.metrics_listen {
            Some(address) => Some(metrics::listen(address).await?),
            None => None,
        };
        let manager = Manager::from_environment().unwrap_or_else(|error| {
            warn!(%error, "The service manager's socket (NOTIFY_SOCKET) cannot be used");
            None
        });
        Ok(Self { manager, metrics })
    }

    /// Where metrics are served; the port is the real one.
    pub fn metrics(&self) -> Option<std::net::SocketAddr> {
        self.metrics.as_ref().map(|metrics| metrics.address)
    }

    /// Tells that every service answers, and from then on that the process is alive, until it ends; that it stops, once
    /// `stop` is cancelled.
    pub fn ready(&self, members: Vec<Member>, stop: CancellationToken) {
        if let Some(metrics) = &self.metrics {
            metrics.tell(&members);
        }
        if let Some(manager) = self.manager.clone() {
            manager.tell(&format!("READY=1\nSTATUS={}", addresses(&members)));
            tokio::spawn(watch::until_stopped(manager, members, stop));
        }
    }
}

/// Where the services answer, for `systemctl status`.
fn addresses(members: &[Member]) -> String {
    let each = members
        .iter()
        .map(|member| format!("{} {}", member.service, member.url));
    each.collect::<Vec<_>>().join(", ")
}
