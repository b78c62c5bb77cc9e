//! Connections of browsers: only so many at once, none that says nothing, and a clean end.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Connections at once; who comes then waits in the system's own queue.
const MOST: usize = 512;
/// From a connection, or the last answer on it, to the end of a request's head.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
const HEAD_BYTES: usize = 32 * 1024;
/// After the system had no room for one more.
const AGAIN_AFTER: Duration = Duration::from_millis(200);
/// Time for answers to end once the console stops.
const GRACE: Duration = Duration::from_secs(3);

/// Answers requests until `shutdown`.
pub(super) async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    if let Ok(address) = listener.local_addr() {
        info!(console = %address, "The operators' console listens on http://{address}");
    }
    let room = Arc::new(Semaphore::new(MOST));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = room.clone().acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                stream.set_nodelay(true).ok();
                let service = TowerToHyperService::new(router.clone());
                let stopping = shutdown.clone();
                connections.spawn(async move {
                    let _place = place;
                    let connection = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEAD_WITHIN)
                        .max_buf_size(HEAD_BYTES)
                        .serve_connection(TokioIo::new(stream), service);
                    tokio::pin!(connection);
                    tokio::select! {
                        _ = connection.as_mut() => return,
                        () = stopping.cancelled() => connection.as_mut().graceful_shutdown(),
                    }
                    connection.await.ok();
                });
            }
            Err(error) => {
                warn!(%error, "The console can accept no connection now");
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    tokio::time::timeout(GRACE, all).await.ok();
}
