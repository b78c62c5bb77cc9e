//! Calls that do not end, on all the streams of several connections: their messages are nearly whole, or whole and heavy.

use std::time::{Duration, Instant};

use bytes::Bytes;
use formfeed_proto::audit;
use formfeed_runtime::{Limits, Role, TokenStore, reason, status::reason_of};
use tokio::task::JoinSet;
use tonic::{Code, Status};

use super::Flooded;
use super::wire::{Called, connect, message, raw_call_to};

const CONNECTIONS: usize = 10;
/// As many as a connection may have at work.
const CALLS: usize = 64;
/// How long a call waits for its answer, unended.
const WAITS: Duration = Duration::from_secs(8);
/// What takes a message of many parts, from any auditor.
const VERIFY: &str = "/formfeed.audit.v1.AuditService/VerifyChain";
/// What such a message becomes at least, when its parts say nothing, bytes.
const HEAVY: usize = 48 * 1024 * 1024;

/// Begins as many calls on each of so many connections as there may be, which all send the same and do not end; the answers
/// that came.
async fn fill(called: &Called, connections: usize, sent: &Bytes) -> Vec<Option<Status>> {
    let mut calls = JoinSet::new();
    let mut open = Vec::new();
    for _ in 0..connections {
        let (mut client, connection) = connect(&called.address).await;
        for _ in 0..CALLS {
            client = client.ready().await.unwrap();
            let begun = client.send_request(called.request(None), false);
            let (response, mut sending) = begun.unwrap();
            let sent = sent.clone();
            calls.spawn(async move {
                sending.send_data(sent, false).ok();
                let answer = tokio::time::timeout(WAITS, response).await;
                let answer = answer.ok().and_then(Result::ok);
                answer.and_then(|answer| Status::from_header_map(answer.headers()))
            });
        }
        open.push(connection);
    }
    let answers = calls.join_all().await;
    for connection in open {
        connection.abort();
    }
    answers
}

/// Calls that were refused are told when to try again; how many they are.
fn refused(answers: &[Option<Status>]) -> usize {
    for status in answers.iter().flatten() {
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert_eq!(reason_of(status).unwrap(), reason::OVERLOADED);
        assert!(status.message().contains("try again"), "{status:?}");
    }
    answers.iter().flatten().count()
}

/// Once they have left, a whole call is read again; how it is answered.
async fn is_read_again(called: &Called, whole: &Bytes) -> Code {
    let begin = Instant::now();
    loop {
        let (code, why) = raw_call_to(called, None, whole.clone()).await;
        if code != Code::ResourceExhausted {
            return code;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{why}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_106_one_token_on_ten_connections_holds_its_share_and_no_more() {
    let flooded = Flooded::start().await;
    let Limits {
        max_message_bytes: largest,
        max_request_memory_bytes: budget,
        ..
    } = Limits::default();
    let content = vec![0; largest];
    let whole = Bytes::from(message(0, u32::try_from(largest).unwrap(), &content));
    let called = Called::of(&flooded);
    let nearly = whole.slice(..whole.len() - 1);
    let filled = fill(&called, CONNECTIONS, &nearly);
    let refused = refused(&flooded.during(filled).await);
    assert!(refused > CALLS, "{refused} were refused");
    // All of them would be 5 GiB.
    let all = u64::try_from(CONNECTIONS * CALLS * largest).unwrap();
    let bound = 2 * u64::try_from(budget).unwrap();
    assert!(bound < all / 8);
    flooded.assert_grown_less_than(bound);

    // Found to be none.
    assert_eq!(is_read_again(&called, &whole).await, Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_66_what_heavy_messages_of_one_token_become_is_held_within_the_same_bound() {
    let flooded = Flooded::start().await;
    let parts = [0x0a, 0].repeat(HEAVY / size_of::<audit::Anchor>());
    let whole = Bytes::from(message(0, u32::try_from(parts.len()).unwrap(), &parts));
    let called = Called {
        path: VERIFY,
        ..Called::of(&flooded)
    };
    let filled = fill(&called, 1, &whole);
    // Somebody else, meanwhile, with a message that is charged to the same budget.
    let tokens = TokenStore::open(flooded.up.folder.path());
    let (_, ida) = tokens.create("ida", Role::Auditor, None).unwrap();
    let other = Called {
        token: ida,
        ..called.clone()
    };
    let asks = async {
        tokio::time::sleep(WAITS / 2).await;
        raw_call_to(&other, None, whole.clone()).await
    };
    let (answers, (code, why)) = flooded.during(async { tokio::join!(filled, asks) }).await;
    assert_eq!(code, Code::InvalidArgument, "{why}");
    let refused = refused(&answers);
    assert!(CALLS / 2 < refused && refused < CALLS, "{refused} refused");
    // All of them would be 3 GiB, and as much again for lists that grow.
    let budget = Limits::default().max_request_memory_bytes;
    flooded.assert_grown_less_than(2 * u64::try_from(budget).unwrap());

    // Found to be too many to look at.
    assert_eq!(is_read_again(&called, &whole).await, Code::InvalidArgument);
}
