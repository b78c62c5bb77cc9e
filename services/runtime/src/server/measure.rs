//! A call from its arrival to its last byte: counted, timed, and told to who collects traces.

use std::{
    pin::Pin,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;
use tonic::{Code, Status, body::Body};

use crate::{
    metrics::{self, Held, meters},
    service::Service,
    telemetry::Trace,
};

/// A call that is measured. One that is dropped before its end was given up by its caller.
pub(super) struct Measured {
    service: Service,
    method: &'static str,
    arrived: Instant,
    trace: Trace,
    /// `None` once it has ended.
    at_work: Option<Held>,
}

impl Measured {
    /// Begins with the arrival.
    pub(super) fn begin(service: Service, path: &str, headers: &HeaderMap) -> Self {
        let method = metrics::method(path);
        Self {
            service,
            method,
            arrived: Instant::now(),
            trace: Trace::begin(service, method, headers),
            at_work: Some(meters().call(service)),
        }
    }

    /// Its method; any that is not ours has the same name.
    pub(super) fn method(&self) -> &'static str {
        self.method
    }

    /// How its trace is told from others.
    pub(super) fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Ends with the response, when that is whole by its head, else with the last byte of its body.
    pub(super) fn until_the_end_of(mut self, response: Response<Body>) -> Response<Body> {
        if let Some(code) = code(response.headers()) {
            self.end(code);
            return response;
        }
        response.map(|inner| {
            Body::new(MeasuredBody {
                inner,
                measured: self,
            })
        })
    }

    fn end(&mut self, code: Code) {
        if self.at_work.take().is_some() {
            let seconds = self.arrived.elapsed().as_secs_f64();
            meters().ended(self.service, self.method, code, seconds);
            self.trace.end(code);
        }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

struct MeasuredBody {
    inner: Body,
    measured: Measured,
}

impl HttpBody for MeasuredBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(code) = frame.trailers_ref().and_then(code) {
                    self.measured.end(code);
                }
            }
            Poll::Ready(Some(Err(status))) => self.measured.end(status.code()),
            Poll::Ready(None) => self.measured.end(Code::Unknown), // trailers come first
            Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn code(headers: &HeaderMap) -> Option<Code> {
    let code = headers.get(Status::GRPC_STATUS)?;
    Some(Code::from_bytes(code.as_bytes()))
}
