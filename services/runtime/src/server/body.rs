//! A response's stream, ended when its time is up or the server cuts it off.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::{
    sync::oneshot,
    task::AbortHandle,
    time::{Instant, sleep_until},
};
use tonic::{Status, body::Body};
use tracing::Span;

use super::calls::Call;
use crate::{
    context::{self, Context},
    request_memory::{self, Share},
};

/// How long a client whose stream is to end may go without reading on, until its connection is closed.
const READS_WITHIN: Duration = Duration::from_secs(20);
/// The transport takes in a piece as soon as its client would read a byte, and keeps the rest of it.
const PIECE: usize = 16 * 1024;

/// A body with an end of its own; a message that has begun to go out still goes out first. Until it is gone, its call has its
/// place, and holds what it makes.
pub(super) struct EndingBody {
    inner: Option<Body>,
    /// What is still to go out of the last of its messages.
    rest: Bytes,
    context: Context,
    span: Span,
    share: Arc<Share>,
    _call: Option<Call>,
    /// Told the status with which it ends before its time.
    ended: oneshot::Receiver<Status>,
    /// When the transport last asked for more.
    asked: Arc<Mutex<Instant>>,
    /// Waits for that, whether or not anybody reads.
    watch: AbortHandle,
}

impl EndingBody {
    /// `inner`, until it ends or `end` does, made within the call's context and span. The transport asks for more only while the
    /// client reads: of one that does not, the connection is closed by `close`.
    pub(super) fn wrap(
        inner: Body,
        context: Context,
        (share, call): (Arc<Share>, Option<Call>),
        end: impl Future<Output = Status> + Send + 'static,
        close: impl FnOnce() + Send + 'static,
    ) -> Body {
        let (teller, ended) = oneshot::channel();
        let asked = Arc::new(Mutex::new(Instant::now()));
        let last = asked.clone();
        let watch = tokio::spawn(async move {
            let status = end.await;
            set(&last, Instant::now());
            teller.send(status).ok();
            loop {
                let until = get(&last) + READS_WITHIN;
                if until <= Instant::now() {
                    return close();
                }
                sleep_until(until).await;
            }
        });
        Body::new(Self {
            inner: Some(inner),
            rest: Bytes::new(),
            context,
            span: Span::current(),
            share,
            _call: call,
            ended,
            asked,
            watch: watch.abort_handle(),
        })
    }

    fn piece(&mut self) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let piece = self.rest.split_to(PIECE.min(self.rest.len()));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn end(&mut self, status: &Status) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.inner = None; // the handler's stream is dropped here
        let mut trailers = HeaderMap::new();
        let added = status.add_header(&mut trailers);
        Poll::Ready(Some(added.map(|()| Frame::trailers(trailers))))
    }
}

impl HttpBody for EndingBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        set(&this.asked, Instant::now());
        if !this.rest.is_empty() {
            return this.piece();
        }
        let Some(inner) = &mut this.inner else {
            return Poll::Ready(None);
        };
        let polled = this.span.in_scope(|| {
            request_memory::keep_now(this.share.clone(), || {
                context::scope_now(this.context.clone(), || Pin::new(inner).poll_frame(cx))
            })
        });
        let data = match polled {
            Poll::Pending => None,
            Poll::Ready(Some(Ok(frame))) if frame.is_data() => frame.into_data().ok(),
            other => return other,
        };
        if let Poll::Ready(Ok(status)) = Pin::new(&mut this.ended).poll(cx) {
            return this.end(&status);
        }
        let Some(data) = data else {
            return Poll::Pending;
        };
        this.share.hold_anyway(data.len() as u64);
        this.rest = data;
        this.piece()
    }

    fn is_end_stream(&self) -> bool {
        let inner = self.inner.as_ref();
        self.rest.is_empty() && inner.is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Some(inner) if self.rest.is_empty() => inner.size_hint(),
            _ => SizeHint::default(),
        }
    }
}

fn get(time: &Mutex<Instant>) -> Instant {
    *time.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set(time: &Mutex<Instant>, to: Instant) {
    *time.lock().unwrap_or_else(PoisonError::into_inner) = to;
}

impl Drop for EndingBody {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request_memory::Budget;

    const KIB: usize = 1024;

    /// A message, and no more for ever.
    struct Once(Option<Bytes>);

    impl HttpBody for Once {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut TaskContext<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            match self.0.take() {
                Some(message) => Poll::Ready(Some(Ok(Frame::data(message)))),
                None => Poll::Pending,
            }
        }
    }

    async fn next(body: &mut Body) -> Option<Frame<Bytes>> {
        let frame = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
        frame.await.transpose().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_message_goes_out_in_pieces_and_whole_before_the_end_and_is_held_until_then() {
        let share = Budget::new(1024 * KIB).share(None);
        let (over, told) = oneshot::channel();
        let end = async { told.await.unwrap() };
        let message = Bytes::from(vec![7; 140 * KIB]);
        let inner = Body::new(Once(Some(message)));
        let context = Context::default();
        let mut body = EndingBody::wrap(inner, context, (share.clone(), None), end, || {});
        let mut come = next(&mut body).await.unwrap().into_data().unwrap().len();
        assert_eq!((come, share.held()), (PIECE, 76 * KIB));
        over.send(Status::aborted("over")).unwrap();
        let trailers = loop {
            tokio::task::yield_now().await;
            match next(&mut body).await.unwrap().into_data() {
                Ok(piece) => come += piece.len(),
                Err(end) => break end.into_trailers().unwrap(),
            }
        };
        assert_eq!(come, 140 * KIB);
        assert_eq!(trailers[Status::GRPC_STATUS], "10");
        assert!(next(&mut body).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_nothing_is_closed_some_time_after_the_end_and_who_reads_is_not() {
        for reads in [false, true] {
            let share = Budget::new(1024 * KIB).share(None);
            let (closed, mut is_closed) = oneshot::channel();
            let end = async { Status::aborted("over") };
            let close = move || closed.send(()).unwrap();
            let inner = Body::new(Once(Some(vec![7; 140 * KIB].into())));
            let context = Context::default();
            let mut body = EndingBody::wrap(inner, context, (share, None), end, close);
            next(&mut body).await.unwrap();
            for _ in 0..3 {
                tokio::time::sleep(READS_WITHIN * 2 / 3).await;
                if reads {
                    next(&mut body).await.unwrap();
                }
            }
            assert_eq!(is_closed.try_recv().is_ok(), !reads);
        }
    }
}
