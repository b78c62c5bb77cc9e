//! Answers that come in many messages, made while the caller reads.

use std::future::Future;

use formfeed_runtime::context;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

/// What a caller reads.
pub(crate) type Answer<T> = ReceiverStream<Result<T, Status>>;

/// Messages that wait for a slow reader.
const AHEAD: usize = 64;

/// Where messages go.
pub(crate) struct Outlet<T>(mpsc::Sender<Result<T, Status>>);

/// Why making an answer ended early.
pub(crate) enum Stop {
    /// The caller has left.
    CallerLeft,
    /// The caller is told.
    Failed(Status),
}

impl From<Status> for Stop {
    fn from(status: Status) -> Self {
        Self::Failed(status)
    }
}

impl<T> Outlet<T> {
    /// Hands on one message.
    pub(crate) async fn send(&self, message: T) -> Result<(), Stop> {
        let sent = self.0.send(Ok(message)).await;
        sent.map_err(|_| Stop::CallerLeft)
    }

    /// Hands on one message from a thread that may wait.
    pub(crate) fn send_blocking(&self, message: T) -> Result<(), Stop> {
        let sent = self.0.blocking_send(Ok(message));
        sent.map_err(|_| Stop::CallerLeft)
    }
}

/// The stream of what `make` sends; it ends with the status that `make` fails with, and `make` ends when the caller leaves.
pub(crate) fn answer<T, F>(make: impl FnOnce(Outlet<T>) -> F) -> Answer<T>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Stop>> + Send + 'static,
{
    let (messages, stream) = mpsc::channel(AHEAD);
    let making = make(Outlet(messages.clone()));
    context::spawn(async move {
        let made = tokio::select! {
            made = making => made,
            () = messages.closed() => return,
        };
        if let Err(Stop::Failed(status)) = made {
            messages.send(Err(status)).await.ok();
        }
    });
    ReceiverStream::new(stream)
}
