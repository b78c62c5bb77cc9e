//! A response's stream, ended when its time is up or the server cuts it off.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::{sync::oneshot, task::AbortHandle, time::sleep};
use tonic::{Status, body::Body};
use tracing::Span;

use super::calls::Call;
use crate::{
    context::{self, Context},
    request_memory::{self, Share},
};

/// How long a client whose stream has ended may go without reading that, until its connection is closed.
const READS_WITHIN: Duration = Duration::from_secs(20);

/// A body with an end of its own; messages already made still go out first. Until it is gone, its call has its place, and holds
/// what it makes.
pub(super) struct EndingBody {
    inner: Option<Body>,
    context: Context,
    span: Span,
    share: Arc<Share>,
    _call: Option<Call>,
    /// Told the status with which it ends before its time.
    ended: oneshot::Receiver<Status>,
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
        let watch = tokio::spawn(async move {
            teller.send(end.await).ok();
            sleep(READS_WITHIN).await;
            close();
        });
        Body::new(Self {
            inner: Some(inner),
            context,
            span: Span::current(),
            share,
            _call: call,
            ended,
            watch: watch.abort_handle(),
        })
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
        let Some(inner) = &mut this.inner else {
            return Poll::Ready(None);
        };
        let polled = this.span.in_scope(|| {
            request_memory::keep_now(this.share.clone(), || {
                context::scope_now(this.context.clone(), || Pin::new(inner).poll_frame(cx))
            })
        });
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
            && let Err(full) = this.share.hold(data.len() as u64)
        {
            return this.end(&full);
        }
        if polled.is_ready() {
            return polled;
        }
        match Pin::new(&mut this.ended).poll(cx) {
            Poll::Ready(Ok(status)) => this.end(&status),
            Poll::Ready(Err(_)) | Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner
            .as_ref()
            .map(HttpBody::size_hint)
            .unwrap_or_default()
    }
}

impl Drop for EndingBody {
    fn drop(&mut self) {
        self.watch.abort();
    }
}
