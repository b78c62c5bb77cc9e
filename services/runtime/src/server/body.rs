//! A response's stream, ended when its time is up or the server cuts it off.

use std::{
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::{Status, body::Body};
use tracing::Span;

use crate::context::{self, Context};

/// Becomes ready with the status that ends the stream.
pub(super) type End = Pin<Box<dyn Future<Output = Status> + Send>>;

/// A body with an end of its own; messages already made still go out first.
pub(super) struct EndingBody {
    inner: Option<Body>,
    context: Context,
    span: Span,
    end: End,
}

impl EndingBody {
    /// `inner`, until it ends or `end` does, made within the call's context and span.
    pub(super) fn wrap(inner: Body, context: Context, end: End) -> Body {
        Body::new(Self {
            inner: Some(inner),
            context,
            span: Span::current(),
            end,
        })
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
            context::scope_now(this.context.clone(), || Pin::new(inner).poll_frame(cx))
        });
        if polled.is_ready() {
            return polled;
        }
        let Poll::Ready(status) = this.end.as_mut().poll(cx) else {
            return Poll::Pending;
        };
        this.inner = None; // the handler's stream is dropped here
        let mut trailers = HeaderMap::new();
        status.add_header(&mut trailers)?;
        Poll::Ready(Some(Ok(Frame::trailers(trailers))))
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
