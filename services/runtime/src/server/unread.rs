//! How many bytes of requests on their way in all calls of a server hold together.
//!
//! A message is kept in memory until it is whole. What a call holds is the most that it has kept at once so far: the buffer
//! that grew for a large message is the call's until its request ends. Compressed messages are refused unopened, so what
//! arrives is what is kept; if they were taken, each call could hold `max_message_bytes` opened beside it. What a message
//! becomes when it is read is told meanwhile by its weight.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context as TaskContext, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::{Code, Status, body::Body};

use super::weight::{self, Walk, Weights};
use crate::{
    config::Limits,
    reason,
    status::{IntoStatus, Refusal},
};

/// What each call may hold beside the budget: a small one is answered when large ones have used it up.
const BESIDE: usize = 64 * 1024;
/// What stands before each message: compressed or not, and its length in four bytes.
const HEAD: u64 = 5;
/// When those who hold the budget may be done.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The budget of a server.
#[derive(Debug, Clone)]
pub(super) struct Unread {
    limit: usize,
    /// Most that is asked of one call.
    largest: usize,
    held: Arc<AtomicUsize>,
    weights: Weights,
}

impl Unread {
    /// Nothing held yet.
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            limit: limits.max_unread_bytes,
            largest: limits.max_message_bytes,
            held: Arc::default(),
            weights: Weights::new(limits),
        }
    }

    /// The body of a request to a method. It ends with RESOURCE_EXHAUSTED `OVERLOADED` when the budget does, and with
    /// `TOO_MANY_PARTS` before a message is read that would become too large. When the call is over, nobody reads on: not even who
    /// outlives it to finish what it began.
    pub(super) fn count(&self, path: &str, inner: Body, over: CancellationToken) -> Body {
        let share = Share {
            budget: self.clone(),
            held: 0,
        };
        Body::new(CountedBody {
            inner,
            place: Place::default(),
            walk: self.weights.walk(path),
            share,
            over: Box::pin(over.cancelled_owned()),
        })
    }

    fn take(&self, bytes: usize) -> Result<(), Status> {
        let more = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= self.limit);
        let taken = self
            .held
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        taken.map(|_| ()).map_err(|_| self.shed())
    }

    fn shed(&self) -> Status {
        let message = format!(
            "the requests on their way to this service hold the {} bytes that they may together; try again shortly",
            self.limit
        );
        Refusal::new(Code::ResourceExhausted, reason::OVERLOADED, message)
            .with("limit", self.limit)
            .retry_after(AGAIN_AFTER)
            .into_status()
    }
}

/// What one call holds of the budget; dropping it gives it back.
struct Share {
    budget: Unread,
    held: usize,
}

impl Share {
    /// The call keeps so many bytes at once.
    fn keep(&mut self, bytes: u64) -> Result<(), Status> {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let wanted = bytes.saturating_sub(BESIDE).min(self.budget.largest);
        if wanted > self.held {
            self.budget.take(wanted - self.held)?;
            self.held = wanted;
        }
        Ok(())
    }

    fn give_back(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.budget.held.fetch_sub(held, Ordering::Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Where among the messages of a body its reader is.
#[derive(Default)]
struct Place {
    /// How much of the message at hand has come, with its head.
    come: u64,
    /// Its length, as far as that is told.
    length: u64,
    /// Whether it is compressed, so that nobody opens it.
    is_compressed: bool,
}

impl Place {
    /// Goes on by these bytes. Whole messages are their handler's.
    fn pass(&mut self, data: &[u8], walk: &mut Option<Walk>) {
        let mut rest = data;
        while let Some((first, after)) = rest.split_first() {
            if self.come < HEAD {
                match self.come {
                    0 => self.is_compressed = *first != 0,
                    _ => self.length = (self.length << 8) | u64::from(*first),
                }
                self.come += 1;
                rest = after;
            } else {
                let missing = usize::try_from(HEAD + self.length - self.come);
                let (part, after) = rest.split_at(missing.unwrap_or(usize::MAX).min(rest.len()));
                self.show(part, walk);
                self.come += part.len() as u64;
                rest = after;
            }
            if self.come >= HEAD && self.come == HEAD + self.length {
                *self = Self::default();
            }
        }
    }

    /// Shows what comes of the message at hand to who weighs it.
    fn show(&self, part: &[u8], walk: &mut Option<Walk>) {
        let Some(walk) = walk.as_mut().filter(|_| !self.is_compressed) else {
            return;
        };
        if self.come == HEAD {
            walk.begin(self.length);
        }
        walk.read(part);
    }
}

struct CountedBody {
    inner: Body,
    place: Place,
    /// None where the method is not of the contract.
    walk: Option<Walk>,
    share: Share,
    over: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl CountedBody {
    /// What was kept of the message at hand is kept until these bytes have been looked at.
    fn count(&mut self, data: &[u8]) -> Result<(), Status> {
        self.share.keep(self.place.come + data.len() as u64)?;
        self.place.pass(data, &mut self.walk);
        match &self.walk {
            Some(walk) if walk.is_too_heavy() => Err(weight::refused()),
            _ => Ok(()),
        }
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if this.over.as_mut().poll(cx).is_ready() {
            this.inner = Body::empty();
            return Poll::Ready(Some(Err(Status::cancelled("the call is over"))));
        }
        let polled = Pin::new(&mut this.inner).poll_frame(cx);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref()
                    && let Err(refused) = this.count(data)
                {
                    this.inner = Body::empty(); // nothing more is read
                    return Poll::Ready(Some(Err(refused)));
                }
            }
            Poll::Ready(_) => this.share.give_back(),
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

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, task::Waker};

    use super::*;
    use crate::status::reason_of;

    const KIB: usize = 1024;
    const PATH: &str = "/formfeed.vendor.v1.VendorImportService/StageVendorImport";

    /// Parts of a body that come one after the other, and then its end, or no more.
    struct Parts(VecDeque<Vec<u8>>, bool);

    impl HttpBody for Parts {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut TaskContext<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            match self.0.pop_front() {
                Some(part) => Poll::Ready(Some(Ok(Frame::data(part.into())))),
                None if self.1 => Poll::Ready(None),
                None => Poll::Pending,
            }
        }
    }

    fn budget() -> Unread {
        Unread::new(&Limits {
            max_message_bytes: 512 * KIB,
            max_unread_bytes: 1024 * KIB,
            ..Limits::default()
        })
    }

    fn body(budget: &Unread, parts: &[Vec<u8>], ends: bool) -> Body {
        let over = CancellationToken::new();
        budget.count(PATH, Body::new(Parts(parts.to_vec().into(), ends)), over)
    }

    /// The beginning of a message of so many bytes.
    fn beginning(length: usize, come: usize) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
        bytes.resize(5 + come, 7);
        bytes
    }

    /// Reads until nothing more comes.
    fn read(body: &mut Body) -> Result<(), Status> {
        let mut context = TaskContext::from_waker(Waker::noop());
        while let Poll::Ready(Some(frame)) = Pin::new(&mut *body).poll_frame(&mut context) {
            frame?;
        }
        Ok(())
    }

    fn held(budget: &Unread) -> usize {
        budget.held.load(Ordering::Relaxed)
    }

    #[test]
    fn nobody_reads_on_when_the_call_is_over() {
        let (budget, over) = (budget(), CancellationToken::new());
        let part = [beginning(8, 4)];
        let parts = Parts(part.to_vec().into(), false);
        let mut body = budget.count(PATH, Body::new(parts), over.clone());
        read(&mut body).unwrap();
        over.cancel();
        assert_eq!(read(&mut body).unwrap_err().code(), Code::Cancelled);
    }

    #[test]
    fn messages_that_are_not_whole_are_held_up_to_the_limit_and_given_back() {
        let budget = budget();
        let part = [beginning(512 * KIB, 400 * KIB)];
        let mut open: Vec<_> = (0..4).map(|_| body(&budget, &part, false)).collect();
        let answers: Vec<_> = open.iter_mut().map(read).collect();
        let refused = answers[3].as_ref().unwrap_err();
        assert!(answers[..3].iter().all(Result::is_ok));
        assert_eq!(refused.code(), Code::ResourceExhausted);
        assert_eq!(reason_of(refused).unwrap(), reason::OVERLOADED);
        assert!(refused.message().contains("try again"), "{refused}");
        assert_eq!(held(&budget), 3 * (336 * KIB + 5));

        let small = [beginning(60 * KIB, 59 * KIB)];
        read(&mut body(&budget, &small, false)).unwrap();
        open.pop();
        open.pop();
        read(&mut body(&budget, &part, false)).unwrap();
        drop(open);
        assert_eq!(held(&budget), 0);
    }

    #[test]
    fn a_stream_of_messages_holds_the_largest_of_them_and_nothing_once_it_has_ended() {
        let budget = budget();
        let whole = beginning(100 * KIB, 100 * KIB);
        let mut stream = body(&budget, &vec![whole.clone(); 50], false);
        read(&mut stream).unwrap();
        assert_eq!(held(&budget), 36 * KIB + 5);
        drop(stream);

        let mut ended = body(&budget, &[whole], true);
        read(&mut ended).unwrap();
        assert_eq!(held(&budget), 0, "though its call goes on");
    }

    #[test]
    fn messages_are_told_apart_wherever_they_are_cut() {
        let bytes = [beginning(3, 3), beginning(0, 0), beginning(300, 299)].concat();
        for cut in 1..bytes.len() {
            let mut place = Place::default();
            bytes
                .chunks(cut)
                .for_each(|part| place.pass(part, &mut None));
            assert_eq!((place.come, place.length), (304, 300), "by {cut}");
        }
    }

    #[test]
    fn no_call_is_asked_for_more_than_the_largest_message() {
        let budget = budget();
        let parts = [beginning(512 * KIB, 512 * KIB), vec![0; 512 * KIB]];
        let mut call = body(&budget, &[parts.concat()], false);
        read(&mut call).unwrap();
        assert_eq!(held(&budget), 512 * KIB);
    }
    #[test]
    fn a_message_of_too_many_parts_is_refused_wherever_it_is_cut_and_one_that_is_compressed_is_not_opened()
     {
        let parts = [0x12, 0].repeat(150 * KIB);
        let mut bytes = [beginning(3, 3), beginning(parts.len(), 0), parts].concat();
        for cut in [1, 7, 4 * KIB, bytes.len()] {
            let cut: Vec<_> = bytes.chunks(cut).map(<[u8]>::to_vec).collect();
            let refused = read(&mut body(&budget(), &cut, true)).unwrap_err();
            assert_eq!(refused.code(), Code::ResourceExhausted);
            assert_eq!(reason_of(&refused).unwrap(), reason::TOO_MANY_PARTS);
            assert!(refused.message().contains("fewer at a time"), "{refused}");
        }
        bytes[8] = 1; // the second message's first byte
        read(&mut body(&budget(), &[bytes], true)).unwrap();
    }
}
