//! Messages that are not what they say, one after the other.

use std::time::Instant;

use bytes::Bytes;
use tonic::Code;

use super::wire::{message, raw_call};
use super::{Flooded, GROWTH, LASTS};

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
