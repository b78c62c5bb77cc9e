//! Handshakes that never end.

use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::{Flooded, GROWTH, LASTS};

/// How a client begins (RFC 8446, 5.1 and 4): a handshake of 512 bytes, whose hello is 508 long.
const HELLO: [u8; 9] = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc];
/// Connections each time.
const AT_ONCE: usize = 25;

#[tokio::test(flavor = "multi_thread")]
async fn fault_68_who_shakes_hands_byte_by_byte_or_never_disturbs_nobody() {
    let flooded = Flooded::over_tls().await;
    let opened = flooded
        .during(async {
            let mut slow = Vec::new();
            let begin = Instant::now();
            while begin.elapsed() < LASTS {
                for number in 0..AT_ONCE {
                    let line = TcpStream::connect(&flooded.address).await.unwrap();
                    if number % 2 == 0 {
                        line.writable().await.unwrap();
                        line.try_write(&HELLO).ok();
                    }
                    slow.push((number % 2 == 0, line));
                }
                // One byte more from who has begun; some have been turned out by now.
                for (_, line) in slow.iter().filter(|(began, _)| *began) {
                    line.try_write(&[0]).ok();
                }
                tokio::time::sleep(Duration::from_millis(400)).await;
            }
            slow.len()
        })
        .await;
    assert!(opened > AT_ONCE, "{opened}");
    flooded.assert_grown_less_than(GROWTH);
}
