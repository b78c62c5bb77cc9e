//! Messages that are nearly whole, on all the streams of several connections.

use std::time::{Duration, Instant};

use bytes::Bytes;
use formfeed_runtime::{Limits, reason, status::reason_of};
use tokio::task::JoinSet;
use tonic::{Code, Status};

use super::Flooded;
use super::wire::{connect, message, raw_call, request};

const CONNECTIONS: usize = 10;
/// As many as a connection may have at work.
const CALLS: usize = 64;
/// How long a call waits for its answer, its last byte unsent.
const WAITS: Duration = Duration::from_secs(8);

/// Begins as many calls as there may be, each with all but the last byte of the largest message; the answers that came.
async fn fill(flooded: &Flooded, whole: &Bytes) -> Vec<Option<Status>> {
    let mut calls = JoinSet::new();
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let (mut client, connection) = connect(flooded).await;
        for _ in 0..CALLS {
            client = client.ready().await.unwrap();
            let begun = client.send_request(request(flooded, None), false);
            let (response, mut sending) = begun.unwrap();
            let nearly = whole.slice(..whole.len() - 1);
            calls.spawn(async move {
                sending.send_data(nearly, false).ok();
                let answer = tokio::time::timeout(WAITS, response).await;
                let answer = answer.ok().and_then(Result::ok);
                answer.and_then(|answer| Status::from_header_map(answer.headers()))
            });
        }
        connections.push(connection);
    }
    let answers = calls.join_all().await;
    for connection in connections {
        connection.abort();
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_106_one_token_on_ten_connections_holds_what_all_may_together_and_no_more() {
    let flooded = Flooded::start().await;
    let Limits {
        max_message_bytes: largest,
        max_unread_bytes: budget,
        ..
    } = Limits::default();
    let content = vec![0; largest];
    let whole = Bytes::from(message(0, u32::try_from(largest).unwrap(), &content));
    let answers = flooded.during(fill(&flooded, &whole)).await;

    let refused: Vec<_> = answers.iter().flatten().collect();
    for status in &refused {
        assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
        assert_eq!(reason_of(status).unwrap(), reason::OVERLOADED);
        assert!(status.message().contains("try again"), "{status:?}");
    }
    assert!(refused.len() > CALLS, "{} were refused", refused.len());
    // All of them would be 5 GiB.
    let all = u64::try_from(CONNECTIONS * CALLS * largest).unwrap();
    let bound = 2 * u64::try_from(budget).unwrap();
    assert!(bound < all / 8);
    flooded.assert_grown_less_than(bound);

    // A whole one is read again, and found to be none.
    let begin = Instant::now();
    loop {
        let (code, why) = raw_call(&flooded, None, whole.clone()).await;
        if code == Code::InvalidArgument {
            break;
        }
        assert_eq!(code, Code::ResourceExhausted, "{why}");
        assert!(begin.elapsed() < Duration::from_secs(10), "{why}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
