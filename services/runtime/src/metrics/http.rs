//! The numbers over HTTP: a listener of its own, beside the service's.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use prometheus_client::encoding::text::encode;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tracing::{info, warn};

use super::{database, registry};
use crate::life::Member;
use crate::server::ServerError;

/// What Prometheus reads.
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// Connections at once; who comes then waits in the system's own queue.
const MOST: usize = 16;
/// A connection's whole life: whoever scrapes asks once, or comes again.
const LIFE: Duration = Duration::from_secs(120);
const HEAD_WITHIN: Duration = Duration::from_secs(10);
const HEAD_BYTES: usize = 16 * 1024;
/// After the system had no room for one more.
const AGAIN_AFTER: Duration = Duration::from_millis(200);

/// Members of the process, once they have started.
type Members = Arc<OnceLock<Vec<Member>>>;

/// A listener that answers already: with the process's numbers at first, with its services' once they are told.
#[derive(Debug, Clone)]
pub(crate) struct BoundMetrics {
    members: Members,
    /// Where it listens; the port is the real one.
    pub(crate) address: SocketAddr,
}

/// Takes the address and answers `GET /metrics` there from now on.
///
/// # Errors
/// When the address is taken.
pub(crate) async fn listen(address: SocketAddr) -> Result<BoundMetrics, ServerError> {
    let failed = |source| ServerError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let members = Members::default();
    let router = Router::new()
        .route("/metrics", get(show))
        .with_state(members.clone());
    tokio::spawn(serve(listener, router));
    info!(metrics = %address, "Numbers for Prometheus are on http://{address}/metrics");
    Ok(BoundMetrics { members, address })
}

impl BoundMetrics {
    /// Tells whose databases to ask.
    pub(crate) fn tell(&self, members: &[Member]) {
        self.members.set(members.to_vec()).ok(); // told once
    }
}

async fn show(State(members): State<Members>) -> Response {
    let mut registry = registry();
    if let Some(members) = members.get() {
        database::register(&mut registry, members).await;
    }
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, KIND)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn serve(listener: TcpListener, router: Router) {
    let room = Arc::new(Semaphore::new(MOST));
    while let Ok(place) = room.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let answered = answer(stream, router.clone());
                tokio::spawn(async move {
                    tokio::time::timeout(LIFE, answered).await.ok();
                    drop(place);
                });
            }
            Err(error) => {
                warn!(%error, "The listener for metrics can accept no connection now");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }
}

async fn answer(stream: TcpStream, router: Router) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    connection.await.ok(); // who asks may go away
}
