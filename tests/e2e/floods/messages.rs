//! Messages that are not what they say, one after the other.

use std::time::{Duration, Instant};

use bytes::Bytes;
use formfeed_runtime::{Limits, Role, TokenStore};
use tokio::task::JoinSet;
use tonic::Code;

use super::wire::{Called, message, raw_call, raw_call_to};
use super::{Flooded, GROWTH, LASTS, address_of};

/// Calls at once, each with a message of as many parts as go into it.
const HEAVY_CALLS: usize = 16;

/// Sends the same again and again; each is refused with that code.
async fn flood(flooded: &Flooded, encoding: Option<&str>, messages: &[Vec<u8>], expected: Code) {
    let messages = messages.iter().cloned().map(Bytes::from);
    let messages: Vec<_> = messages.collect();
    let sent = async {
        let begin = Instant::now();
        while begin.elapsed() < LASTS {
            for message in &messages {
                let (code, why) = raw_call(flooded, encoding, message.clone()).await;
                assert_eq!(code, expected, "{why}");
            }
        }
    };
    flooded.during(sent).await;
    flooded.assert_grown_less_than(GROWTH);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_66_a_declared_length_of_four_gigabytes_is_refused_before_anything_is_set_aside() {
    let flooded = Flooded::start().await;
    let declared = message(0, u32::MAX, b"little");
    flood(&flooded, None, &[declared], Code::OutOfRange).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_66_two_hundred_levels_of_nesting_are_the_callers_fault() {
    let flooded = Flooded::start().await;
    // Groups within groups of a field nobody knows: each begins with 0x9b 0x06, number 99.
    let nested = [0x9b, 0x06].repeat(200);
    let length = u32::try_from(nested.len()).unwrap();
    let messages = [message(0, length, &nested), message(0, 3, &[0xff; 3])];
    flood(&flooded, None, &messages, Code::InvalidArgument).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_67_a_compressed_message_is_refused_unopened() {
    // A gigabyte of zeroes, made small by the real thing.
    let made = std::process::Command::new("sh")
        .args(["-c", "head -c 1073741824 /dev/zero | gzip -1"])
        .output()
        .unwrap();
    let bomb = made.stdout;
    assert!(made.status.success() && bomb.len() > 100_000);
    let length = u32::try_from(bomb.len()).unwrap();
    let flooded = Flooded::start().await;
    let bomb = message(1, length, &bomb);
    flood(&flooded, Some("gzip"), &[bomb], Code::Unimplemented).await;
}

/// The largest message of a field, by its key, that says nothing and stands within so many others, each by its key.
fn of_nothing(within: &[u8], key: u8) -> Bytes {
    let largest = Limits::default().max_message_bytes;
    let mut content = [key, 0].repeat((largest - 5 * within.len()) / 2);
    for key in within.iter().rev() {
        let mut wrapped = vec![*key];
        let mut left = content.len();
        while left >= 0x80 {
            wrapped.push(left.to_le_bytes()[0] | 0x80);
            left >>= 7;
        }
        wrapped.push(left.to_le_bytes()[0]);
        wrapped.append(&mut content);
        content = wrapped;
    }
    assert!((largest - 16..=largest).contains(&content.len()));
    message(0, u32::try_from(content.len()).unwrap(), &content).into()
}

/// Sends a message in several calls at once, which are all refused with the way out, as they may hold too much together before
/// their parts are counted to the end; a call alone is told of its parts.
async fn refused_at_once(called: &Called, message: &Bytes) {
    let mut calls = JoinSet::new();
    for _ in 0..HEAVY_CALLS {
        let (called, message) = (called.clone(), message.clone());
        calls.spawn(async move { raw_call_to(&called, None, message).await });
    }
    for (code, why) in calls.join_all().await {
        assert_eq!(code, Code::ResourceExhausted, "{}: {why}", called.path);
        let is_told = why.contains("send fewer at a time");
        assert!(is_told || why.contains("try again"), "{why}");
    }
    let (_, why) = raw_call_to(called, None, message.clone()).await;
    assert!(why.contains("send fewer at a time"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_66_four_million_parts_that_say_nothing_are_refused_before_they_are_read() {
    let flooded = Flooded::start().await;
    let tokens = TokenStore::open(flooded.up.folder.path());
    let (_, clerk) = tokens.create("clerk", Role::Clerk, None).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await; // the services look for tokens so often
    let called = |service, path| Called {
        address: address_of(&flooded.up, service),
        path,
        token: clerk.clone(),
    };
    let vendors = called(
        "vendor",
        "/formfeed.vendor.v1.VendorImportService/StageVendorImport",
    );
    let history = called(
        "calculation",
        "/formfeed.calculation.v1.ImportService/StageHistoryImport",
    );
    // Records; and the lines of a voucher of a record.
    let (records, lines) = (of_nothing(&[], 0x12), of_nothing(&[0x12, 0x12], 0x42));
    let sent = async {
        let begin = Instant::now();
        while begin.elapsed() < LASTS {
            refused_at_once(&vendors, &records).await;
            refused_at_once(&history, &lines).await;
        }
    };
    flooded.during(sent).await;
    flooded.assert_grown_less_than(GROWTH);
}
