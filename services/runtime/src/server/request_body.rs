//! The body of a request: what it makes its call hold is told while it comes.
//!
//! A message is kept in memory until it is whole. What a call keeps is the most that it has kept at once so far: the buffer
//! that grew for a large message is the call's until its request ends. Compressed messages are refused unopened, so what
//! arrives is what is kept. What a message becomes when it is read is told meanwhile by its weight, and is kept as long as
//! anybody works for the call.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context as TaskContext, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::{Status, body::Body};

use super::weight::{self, Walk};
use crate::request_memory::Share;

/// What stands before each message: compressed or not, and its length in four bytes.
const HEAD: u64 = 5;

/// The body of a request that is counted.
pub(super) struct CountedBody {
    inner: Body,
    place: Place,
    /// None where the method is not of the contract.
    walk: Option<Walk>,
    share: Arc<Share>,
    /// The most bytes that were kept at once.
    most: u64,
    over: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl CountedBody {
    /// It ends with RESOURCE_EXHAUSTED `OVERLOADED` when its call cannot hold more, and with `TOO_MANY_PARTS` before a message is
    /// read that would become too large. When the call is over, nobody reads on: not even who outlives it to finish what it
    /// began.
    pub(super) fn wrap(
        inner: Body,
        walk: Option<Walk>,
        share: Arc<Share>,
        over: CancellationToken,
    ) -> Body {
        Body::new(Self {
            inner,
            place: Place::default(),
            walk,
            share,
            most: 0,
            over: Box::pin(over.cancelled_owned()),
        })
    }

    /// What was kept of the message at hand is kept until these bytes have been looked at.
    fn count(&mut self, data: &[u8]) -> Result<(), Status> {
        self.most = self.most.max(self.place.come + data.len() as u64);
        self.place.pass(data, &mut self.walk);
        if self.walk.as_ref().is_some_and(Walk::is_too_heavy) {
            return Err(weight::refused());
        }
        self.share.hold(self.most.saturating_add(self.heaviest()))
    }

    fn heaviest(&self) -> u64 {
        self.walk.as_ref().map_or(0, Walk::heaviest)
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
            Poll::Ready(_) => this.share.hold_only(this.heaviest()),
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

    use super::super::weight::Weights;
    use super::*;
    use crate::{config::Limits, reason, request_memory::Budget, status::reason_of};
    use tonic::Code;

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

    fn weights() -> Weights {
        Weights::new(&Limits {
            max_message_bytes: 512 * KIB,
            ..Limits::default()
        })
    }

    fn share() -> Arc<Share> {
        Budget::new(16 * 1024 * KIB).share(Some("mia"))
    }

    /// A body of these parts, whose messages are not weighed.
    fn body(share: &Arc<Share>, parts: &[Vec<u8>], ends: bool) -> Body {
        let inner = Body::new(Parts(parts.to_vec().into(), ends));
        CountedBody::wrap(inner, None, share.clone(), CancellationToken::new())
    }

    /// The same, weighed.
    fn weighed(share: &Arc<Share>, parts: &[Vec<u8>]) -> Body {
        let inner = Body::new(Parts(parts.to_vec().into(), true));
        let walk = weights().walk(PATH);
        assert!(walk.is_some());
        CountedBody::wrap(inner, walk, share.clone(), CancellationToken::new())
    }

    /// The beginning of a message of so many bytes.
    fn beginning(length: usize, come: usize) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
        bytes.resize(5 + come, 7);
        bytes
    }

    /// Records that say nothing, so many of them, in one message.
    fn records(count: usize) -> Vec<u8> {
        let parts = [0x12, 0].repeat(count);
        [beginning(parts.len(), 0), parts].concat()
    }

    /// Reads until nothing more comes.
    fn read(body: &mut Body) -> Result<(), Status> {
        let mut context = TaskContext::from_waker(Waker::noop());
        while let Poll::Ready(Some(frame)) = Pin::new(&mut *body).poll_frame(&mut context) {
            frame?;
        }
        Ok(())
    }

    #[test]
    fn nobody_reads_on_when_the_call_is_over() {
        let over = CancellationToken::new();
        let inner = Body::new(Parts([beginning(8, 4)].into(), false));
        let mut body = CountedBody::wrap(inner, None, share(), over.clone());
        read(&mut body).unwrap();
        over.cancel();
        assert_eq!(read(&mut body).unwrap_err().code(), Code::Cancelled);
    }

    #[test]
    fn a_message_that_is_not_whole_is_held_and_refused_when_there_is_no_room() {
        let budget = Budget::new(512 * KIB);
        let part = [beginning(512 * KIB, 300 * KIB)];
        let first = budget.share(Some("mia"));
        let mut open = body(&first, &part, false);
        read(&mut open).unwrap();
        assert_eq!(first.held(), 236 * KIB + 5);
        let refused = read(&mut body(&budget.share(Some("mia")), &part, false)).unwrap_err();
        assert_eq!(reason_of(&refused).unwrap(), reason::OVERLOADED);
        drop((open, first));
        read(&mut body(&budget.share(Some("mia")), &part, false)).unwrap();
    }

    #[test]
    fn a_stream_of_messages_holds_the_largest_of_them_and_no_bytes_once_it_has_ended() {
        let whole = beginning(100 * KIB, 100 * KIB);
        let stream = share();
        read(&mut body(&stream, &vec![whole.clone(); 50], false)).unwrap();
        assert_eq!(stream.held(), 36 * KIB + 5);

        let ended = share();
        read(&mut body(&ended, &[whole], true)).unwrap();
        assert_eq!(ended.held(), 0, "though its call goes on");
    }

    #[test]
    fn what_the_heaviest_message_becomes_is_held_until_its_call_ends() {
        let (one, both) = (share(), share());
        let (light, heavy) = (records(5), records(KIB));
        read(&mut weighed(&one, std::slice::from_ref(&heavy))).unwrap();
        assert!(one.held() > 100 * KIB, "{}", one.held());
        read(&mut weighed(&both, &[light.clone(), heavy, light])).unwrap();
        assert_eq!(both.held(), one.held());
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
    fn a_message_of_too_many_parts_is_refused_wherever_it_is_cut_and_one_that_is_compressed_is_not_opened()
     {
        let mut bytes = [beginning(3, 3), records(150 * KIB)].concat();
        for cut in [1, 7, 4 * KIB, bytes.len()] {
            let cut: Vec<_> = bytes.chunks(cut).map(<[u8]>::to_vec).collect();
            let refused = read(&mut weighed(&share(), &cut)).unwrap_err();
            assert_eq!(refused.code(), Code::ResourceExhausted);
            assert_eq!(reason_of(&refused).unwrap(), reason::TOO_MANY_PARTS);
            assert!(refused.message().contains("fewer at a time"), "{refused}");
        }
        bytes[8] = 1; // the second message's first byte
        read(&mut weighed(&share(), &[bytes])).unwrap();
    }
}
