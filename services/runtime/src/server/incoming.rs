//! Connections as they come in: only so many at once, and a place for those who are known before those who are not.
//!
//! A connection is a newcomer until a call on it has shown a token in force.
//!
//! Four services of one process take half of the files it may have open; the rest is left to its own work: the database,
//! the printers.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_rustls::server::TlsStream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::transport::server::Connected;
use tracing::{debug, warn};

use crate::metrics::{Held, meters};
use crate::newcomers::{Newcomers, Standing};
use crate::service::Service;
use crate::tls::{ServerTls, Shown};

/// Connections at once, whatever the system allows.
const MOST: usize = 4_096;
/// From the connection to its first byte: a client speaks first (RFC 9113, 3.4).
const FIRST_BYTE_WITHIN: Duration = Duration::from_secs(10);
/// After the system had no room for one more.
const AGAIN_AFTER: Duration = Duration::from_millis(200);
/// Connections that wait for the server to take them up.
const AHEAD: usize = 16;

/// Every connection, one after the other, until `stop`; over TLS with its hands shaken.
pub(super) fn incoming(
    listener: TcpListener,
    tls: Option<ServerTls>,
    service: Service,
    stop: CancellationToken,
) -> ReceiverStream<io::Result<Connection>> {
    let (ready, taken) = mpsc::channel(AHEAD);
    let door = Door {
        room: Arc::new(Semaphore::new(most())),
        newcomers: Newcomers::default(),
        tls: tls.map(Arc::new),
        service,
        ready,
    };
    tokio::spawn(async move {
        tokio::select! {
            () = door.open(listener) => {}
            () = stop.cancelled() => {}
        }
    });
    ReceiverStream::new(taken)
}

fn most() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let share = files.map_or(MOST, |files| usize::try_from(files / 8).unwrap_or(MOST));
    share.clamp(1, MOST)
}

struct Door {
    room: Arc<Semaphore>,
    newcomers: Newcomers,
    tls: Option<Arc<ServerTls>>,
    service: Service,
    ready: mpsc::Sender<io::Result<Connection>>,
}

impl Door {
    async fn open(self, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, address)) => self.let_in(stream, address).await,
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    warn!(%error, "No connection can be accepted now");
                    sleep(AGAIN_AFTER).await;
                }
            }
        }
    }

    async fn let_in(&self, stream: TcpStream, address: SocketAddr) {
        stream.set_nodelay(true).ok();
        let Some(place) = self.place().await else {
            return;
        };
        let place = (place, meters().connection(self.service));
        let standing = self.newcomers.add();
        let ready = self.ready.clone();
        match self.tls.clone() {
            None => {
                let line = Line::Clear(stream);
                let connection = Connection::new(line, address, None, standing, place);
                ready.send(Ok(connection)).await.ok();
            }
            Some(tls) => {
                tokio::spawn(async move {
                    let accepted = tokio::select! {
                        accepted = tls.accept(stream) => accepted,
                        () = standing.turned_out() => return,
                    };
                    match accepted {
                        Ok((stream, shown)) => {
                            let line = Line::Tls(Box::new(stream));
                            let connection = Connection::new(line, address, shown, standing, place);
                            ready.send(Ok(connection)).await.ok();
                        }
                        Err(error) => debug!(%address, %error, "A client did not shake hands"),
                    }
                });
            }
        }
    }

    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = Arc::clone(&self.room).try_acquire_owned() {
            return Some(place);
        }
        self.newcomers.turn_out_the_first();
        Arc::clone(&self.room).acquire_owned().await.ok()
    }
}

/// Whoever connected is gone already: the next one may be there.
fn is_of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Who is at the other end of a connection: what every call on it can tell.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    /// The certificate it showed.
    pub(super) shown: Option<Arc<Shown>>,
    standing: Arc<Standing>,
    closing: CancellationToken,
}

impl Peer {
    /// Ends the connection with all its calls.
    pub(super) fn close(&self) {
        self.closing.cancel();
    }

    /// It has shown a token in force: its place is its own from now on.
    pub(super) fn becomes_known(&self) {
        self.standing.becomes_known();
    }
}

/// A connection, which has its place until it is closed.
pub(super) struct Connection {
    line: Line,
    peer: Peer,
    /// Until when the first byte must have come; `None` once it has.
    silent_until: Option<Pin<Box<Sleep>>>,
    gone: Pin<Box<WaitForCancellationFutureOwned>>,
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
    _place: OwnedSemaphorePermit,
    _counted: Held,
}

enum Line {
    Clear(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection {
    fn new(
        line: Line,
        address: SocketAddr,
        shown: Option<Shown>,
        standing: Arc<Standing>,
        (place, counted): (OwnedSemaphorePermit, Held),
    ) -> Self {
        let closing = CancellationToken::new();
        Self {
            line,
            silent_until: Some(Box::pin(sleep_until(Instant::now() + FIRST_BYTE_WITHIN))),
            gone: Box::pin(standing.turned_out_owned()),
            closed: Box::pin(closing.clone().cancelled_owned()),
            peer: Peer {
                address,
                shown: shown.map(Arc::new),
                standing,
                closing,
            },
            _place: place,
            _counted: counted,
        }
    }
}

impl Connected for Connection {
    type ConnectInfo = Peer;

    fn connect_info(&self) -> Peer {
        self.peer.clone()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = match &mut self.line {
            Line::Clear(stream) => Pin::new(stream).poll_read(context, buffer),
            Line::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        if read.is_ready() {
            self.silent_until = None;
            return read;
        }
        if let Some(until) = &mut self.silent_until
            && until.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let is_turned_out =
            self.peer.standing.is_new() && self.gone.as_mut().poll(context).is_ready();
        if is_turned_out || self.closed.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Poll::Pending
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.line {
            Line::Clear(stream) => Pin::new(stream).poll_write(context, bytes),
            Line::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.line {
            Line::Clear(stream) => Pin::new(stream).poll_write_vectored(context, bytes),
            Line::Tls(stream) => Pin::new(stream).poll_write_vectored(context, bytes),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.line {
            Line::Clear(stream) => stream.is_write_vectored(),
            Line::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.line {
            Line::Clear(stream) => Pin::new(stream).poll_flush(context),
            Line::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.line {
            Line::Clear(stream) => Pin::new(stream).poll_shutdown(context),
            Line::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
