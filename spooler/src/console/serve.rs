//! Connections of browsers: only so many at once, none that says nothing, over TLS where there is a certificate, and a clean
//! end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use formfeed_runtime::newcomers::{Newcomers, Standing};
use formfeed_runtime::tls::ServerTls;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

/// Connections at once; then one on which nobody has signed in makes room.
const MOST: usize = 512;
/// From a connection, or the last answer on it, to the end of a request's head.
const HEAD_WITHIN: Duration = Duration::from_secs(20);
const HEAD_BYTES: usize = 32 * 1024;
/// After the system had no room for one more.
const AGAIN_AFTER: Duration = Duration::from_millis(200);
/// Time for answers to end once the console stops.
const GRACE: Duration = Duration::from_secs(3);

/// What answers on every connection.
#[derive(Clone)]
struct Answers {
    router: TowerToHyperService<Router>,
    tls: Option<Arc<ServerTls>>,
    stopping: CancellationToken,
}

/// Answers requests until `shutdown`.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<ServerTls>,
    shutdown: CancellationToken,
) {
    if let Ok(address) = listener.local_addr() {
        let scheme = if tls.is_some() { "https" } else { "http" };
        info!(console = %address, "The operators' console listens on {scheme}://{address}");
    }
    let answers = Answers {
        router: TowerToHyperService::new(router),
        tls: tls.map(Arc::new),
        stopping: shutdown.clone(),
    };
    let (room, newcomers) = (Arc::new(Semaphore::new(MOST)), Newcomers::default());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, address)) => {
                if room.available_permits() == 0 {
                    newcomers.turn_out_the_first();
                }
                let place = tokio::select! {
                    place = room.clone().acquire_owned() => place,
                    () = shutdown.cancelled() => break,
                };
                let Ok(place) = place else {
                    return;
                };
                let (answers, standing) = (answers.clone(), newcomers.add());
                connections.spawn(async move {
                    let _place = place;
                    answers.take(stream, address, standing).await;
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

impl Answers {
    async fn take(self, stream: TcpStream, address: SocketAddr, standing: Arc<Standing>) {
        stream.set_nodelay(true).ok();
        let answered = async {
            let Some(tls) = self.tls.clone() else {
                return self.answer(stream, standing.clone()).await;
            };
            match tls.accept(stream).await {
                Ok((stream, _)) => self.answer(stream, standing.clone()).await,
                Err(error) => debug!(%address, %error, "A browser did not shake hands"),
            }
        };
        tokio::select! {
            () = answered => {}
            () = standing.turned_out() => {}
        }
    }

    async fn answer(&self, stream: impl AsyncRead + AsyncWrite + Unpin, standing: Arc<Standing>) {
        let router = self.router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(standing.clone());
            router.call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_WITHIN)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            () = self.stopping.cancelled() => connection.as_mut().graceful_shutdown(),
        }
        connection.await.ok();
    }
}
