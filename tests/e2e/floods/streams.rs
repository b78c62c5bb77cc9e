//! Streams by the hundred thousand.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::wire::{frame, head};
use super::{Flooded, GROWTH};

/// Streams that each flood opens, at least.
const STREAMS: u32 = 100_000;

/// Opens streams without regard for what the server allows, until it has had enough or all were opened; how many were sent.
async fn open_streams(address: &str, most: u32, head: &[u8], reset: bool) -> u32 {
    let mut line = TcpStream::connect(address).await.unwrap();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    frame(&mut bytes, 4, 0, 0, &[]); // SETTINGS
    let mut opened = 0;
    while opened < most {
        for _ in 0..100 {
            let stream = 2 * opened + 1;
            frame(&mut bytes, 1, 4, stream, head); // HEADERS, END_HEADERS
            if reset {
                frame(&mut bytes, 3, 0, stream, &8_u32.to_be_bytes()); // RST_STREAM, CANCEL
            }
            opened += 1;
        }
        // Whoever never reads is cut off by a full line; what is asked here is what the streams cost.
        let written = tokio::time::timeout(Duration::from_secs(2), line.write_all(&bytes)).await;
        bytes.clear();
        let mut answer = [0; 65_536];
        let read = tokio::time::timeout(Duration::from_millis(1), line.read(&mut answer)).await;
        if !matches!(written, Ok(Ok(()))) || matches!(read, Ok(Ok(0) | Err(_))) {
            break;
        }
    }
    opened
}

/// Streams that are reset at once, of nobody; or that stay open for a message that never comes, of who has a token.
async fn flood(reset: bool) {
    let flooded = Flooded::start().await;
    let head = head(Some(&flooded.flooder).filter(|_| !reset));
    let connections = flooded
        .during(async {
            let (mut opened, mut connections) = (0, 0_u32);
            let begin = Instant::now();
            while opened < STREAMS || begin.elapsed() < Duration::from_secs(2) {
                opened += open_streams(&flooded.address, STREAMS, &head, reset).await;
                connections += 1;
                assert!(begin.elapsed() < Duration::from_secs(120), "{opened}");
            }
            connections
        })
        .await;
    // Streams beyond the allowed ones are refused one by one; resets by the thousand end the connection.
    assert!(!reset || connections > 1, "the server never had enough");
    flooded.assert_grown_less_than(GROWTH);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_65_streams_that_are_reset_at_once_end_the_connection_and_disturb_nobody() {
    flood(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_65_a_hundred_thousand_streams_are_refused_one_by_one_and_disturb_nobody() {
    flood(false).await;
}
