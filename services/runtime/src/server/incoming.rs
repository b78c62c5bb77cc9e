//! Connections as they come in: only so many at once, and none that says nothing.
//!
//! Four services of one process take half of the files it may have open; the rest is left to its own work: the database,
//! the printers.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep, sleep_until};
use tokio_stream::Stream;
use tonic::transport::server::{Connected, TcpConnectInfo};
use tracing::warn;

use crate::{
    metrics::{Held, meters},
    service::Service,
};

/// Connections at once, whatever the system allows.
const MOST: usize = 4_096;
/// From the connection to its first byte: a client speaks first (RFC 9113, 3.4).
const FIRST_BYTE_WITHIN: Duration = Duration::from_secs(10);
/// After the system had no room for one more.
const AGAIN_AFTER: Duration = Duration::from_millis(200);

/// Every connection, one after the other, while there is room; who comes then waits in the system's own queue.
pub(super) fn incoming(
    listener: TcpListener,
    service: Service,
) -> impl Stream<Item = io::Result<Connection>> {
    let room = Arc::new(Semaphore::new(most()));
    futures::stream::unfold((listener, room), move |(listener, room)| async move {
        loop {
            let permit = Arc::clone(&room).acquire_owned().await.ok()?;
            match listener.accept().await {
                Ok((stream, _)) => {
                    stream.set_nodelay(true).ok();
                    let connection = Connection::new(stream, permit, meters().connection(service));
                    return Some((Ok(connection), (listener, room)));
                }
                Err(error) if is_of_the_connection(&error) => {}
                Err(error) => {
                    warn!(%error, "No connection can be accepted now");
                    sleep(AGAIN_AFTER).await;
                }
            }
        }
    })
}

fn most() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let share = files.map_or(MOST, |files| usize::try_from(files / 8).unwrap_or(MOST));
    share.clamp(1, MOST)
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

/// A connection, which has its place until it is closed.
pub(super) struct Connection {
    stream: TcpStream,
    /// Until when the first byte must have come; `None` once it has.
    silent_until: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
    _counted: Held,
}

impl Connection {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit, counted: Held) -> Self {
        let until = Instant::now() + FIRST_BYTE_WITHIN;
        Self {
            stream,
            silent_until: Some(Box::pin(sleep_until(until))),
            _place: place,
            _counted: counted,
        }
    }
}

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(until) = &mut self.silent_until {
            if read.is_ready() {
                self.silent_until = None;
            } else if until.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
