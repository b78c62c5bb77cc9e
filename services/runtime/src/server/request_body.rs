//! The body of a request: what it makes its call hold is told while it comes.
//!
//! A message is kept in memory until it is whole. What a call keeps is the most that it has kept at once so far: the buffer
//! that grew for a large message is the call's until its reader lets go of it. Compressed messages are refused unopened, so what
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
use tonic::{Code, Status, body::Body};

use super::weight::{self, Walk};
use crate::{
    reason,
    request_memory::Share,
    status::{IntoStatus as _, Refusal},
};

/// What stands before each message: compressed or not, and its length in four bytes.
const HEAD: u64 = 5;

/// The body of a request that is counted.
pub(super) struct CountedBody {
    inner: Body,
    place: Place,
    /// None where the method is not of the contract.
    walk: Option<Walk>,
    /// Whether more than one message is refused.
    takes_one: bool,
    share: Arc<Share>,
    /// The most bytes that were kept at once.
    most: u64,
    over: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl CountedBody {
    /// It ends with RESOURCE_EXHAUSTED `OVERLOADED` when its call cannot hold more, and with `TOO_MANY_PARTS` before a message is
    /// read that would become too large. When the call is over, nobody reads on: not even who outlives it to finish what it
    /// began, who must not take that for the end of what there was to read.
    pub(super) fn wrap(
        inner: Body,
        walk: Option<Walk>,
        takes_one: bool,
        share: Arc<Share>,
        over: CancellationToken,
    ) -> Body {
        Body::new(Self {
            inner,
            place: Place::default(),
            walk,
            takes_one,
            share,
            most: 0,
            over: Box::pin(over.cancelled_owned()),
        })
    }

    /// What was kept of the message at hand is kept until these bytes have been looked at.
    fn count(&mut self, data: &[u8]) -> Result<(), Status> {
        self.most = self.most.max(self.place.come + data.len() as u64);
        self.place.pass(data, &mut self.walk);
        if self.takes_one && self.place.messages > 1 {
            return Err(one_too_many());
        }
        if self.walk.as_ref().is_some_and(Walk::is_too_heavy) {
            return Err(weight::refused());
        }
        self.share.hold(self.most.saturating_add(self.heaviest()))
    }

    fn heaviest(&self) -> u64 {
        self.walk.as_ref().map_or(0, Walk::heaviest)
    }
}

/// The call has ended while its request had not. tonic reads a request that is cancelled as one that has come to its end.
fn cut_off() -> Status {
    Status::aborted("the call ended before its request did")
}

fn one_too_many() -> Status {
    let message = "the method takes one message, and the call has more; send one";
    Refusal::invalid(reason::MESSAGE_MALFORMED, message).into_status()
}

impl Drop for CountedBody {
    /// Its reader lets go of it together with what it had read ahead; what the messages became is still there.
    fn drop(&mut self) {
        self.share.hold_only(self.heaviest());
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
    /// How many messages have begun.
    messages: u64,
}

impl Place {
    /// Goes on by these bytes. Whole messages are their handler's.
    fn pass(&mut self, data: &[u8], walk: &mut Option<Walk>) {
        let mut rest = data;
        while let Some((first, after)) = rest.split_first() {
            if self.come < HEAD {
                match self.come {
                    0 => {
                        self.is_compressed = *first != 0;
                        self.messages += 1;
                    }
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
                (self.come, self.length) = (0, 0);
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
            return Poll::Ready(Some(Err(cut_off())));
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
            Poll::Ready(Some(Err(status))) if status.code() == Code::Cancelled => {
                return Poll::Ready(Some(Err(cut_off())));
            }
            _ => {}
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
    use crate::{config::Limits, request_memory::Budget, status::reason_of};

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
        CountedBody::wrap(inner, None, false, share.clone(), CancellationToken::new())
    }

    /// The same, weighed.
    fn weighed(share: &Arc<Share>, parts: &[Vec<u8>]) -> Body {
        let inner = Body::new(Parts(parts.to_vec().into(), true));
        let walk = weights().walk(PATH);
        assert!(walk.is_some());
        CountedBody::wrap(inner, walk, false, share.clone(), CancellationToken::new())
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
        let mut body = CountedBody::wrap(inner, None, false, share(), over.clone());
        read(&mut body).unwrap();
        over.cancel();
        assert_eq!(read(&mut body).unwrap_err().code(), Code::Aborted);
    }

    /// A request that its caller has cancelled.
    struct Cancelled;

    impl HttpBody for Cancelled {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut TaskContext<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            Poll::Ready(Some(Err(Status::cancelled("reset"))))
        }
    }

    #[tokio::test]
    async fn a_request_that_is_cut_off_is_not_read_as_whole() {
        let over = CancellationToken::new();
        over.cancel();
        let silent = Body::new(Parts(VecDeque::new(), false));
        for (inner, over) in [
            (silent, over),
            (Body::new(Cancelled), CancellationToken::new()),
        ] {
            let body = CountedBody::wrap(inner, None, false, share(), over);
            let mut decoder = tonic_prost::ProstCodec::<(), ()>::default();
            let decoder = tonic::codec::Codec::decoder(&mut decoder);
            let mut messages = tonic::Streaming::new_request(decoder, body, None, None);
            assert_eq!(messages.message().await.unwrap_err().code(), Code::Aborted);
        }
    }

    #[test]
    fn where_one_message_is_taken_another_is_refused() {
        let messages = [beginning(3, 3), beginning(0, 0)];
        for (takes_one, code) in [(true, Some(Code::InvalidArgument)), (false, None)] {
            let inner = Body::new(Parts(messages.to_vec().into(), true));
            let mut body =
                CountedBody::wrap(inner, None, takes_one, share(), CancellationToken::new());
            assert_eq!(read(&mut body).err().map(|refused| refused.code()), code);
        }
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
    fn a_stream_of_messages_holds_the_largest_of_them_until_its_reader_lets_go() {
        let whole = beginning(100 * KIB, 100 * KIB);
        let stream = share();
        let mut open = body(&stream, &vec![whole.clone(); 50], false);
        read(&mut open).unwrap();
        assert_eq!(stream.held(), 36 * KIB + 5);

        let ended = share();
        let mut open = body(&ended, &[whole], true);
        read(&mut open).unwrap();
        assert_eq!(ended.held(), 36 * KIB + 5);
        drop(open);
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
