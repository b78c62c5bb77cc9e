//! Handshakes that never end, and connections on which nobody ever says a word.

use std::time::{Duration, Instant};

use formfeed_tests::connections::{allow_many, until_closed};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use super::{ANSWERED_WITHIN, Flooded, GROWTH, LASTS, address_of, assert_soon};

/// How a client begins (RFC 8446, 5.1 and 4): a handshake of 512 bytes, whose hello is 508 long.
const HELLO: [u8; 9] = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc];
/// Connections each time.
const AT_ONCE: usize = 25;
/// Until the next of them come: whoever goes by the rules has shown a token before it is the first in line.
const PAUSE: Duration = Duration::from_millis(100);
/// Files that services may have open, of which each has an eighth for its connections.
const FILES: u32 = 1_024;
/// How much later than it should a connection may end on a busy machine.
const LATE: Duration = Duration::from_secs(5);

/// Where connections are opened, more than there are places, on which no more is said than a beginning.
struct Door<'a> {
    address: &'a str,
    places: usize,
    /// Connections that are opened.
    opened: usize,
    /// What every other one begins with.
    begins: &'a [u8],
    /// How long each may be silent, as long as there is room.
    patience: Duration,
}

impl Door<'_> {
    /// Of a service that may have [`FILES`] open.
    fn of<'a>(flooded: &'a Flooded, begins: &'a [u8]) -> Door<'a> {
        Door {
            address: &flooded.address,
            places: 128,
            opened: 500,
            begins,
            patience: Duration::from_secs(10),
        }
    }

    /// Opens them; how long each was kept, in the order in which they came.
    async fn is_flooded(&self) -> Vec<Duration> {
        let mut lines = Vec::new();
        for number in 1..=self.opened {
            let mut line = TcpStream::connect(self.address).await.unwrap();
            if number % 2 == 0 {
                line.write_all(self.begins).await.ok();
            }
            lines.push(tokio::spawn(until_closed(line, self.patience + LATE)));
            if number % AT_ONCE == 0 {
                tokio::time::sleep(PAUSE).await;
            }
        }
        let mut kept = Vec::new();
        for line in lines {
            kept.extend(line.await.unwrap());
        }
        assert_eq!(kept.len(), self.opened, "some are not let go in time");
        kept
    }

    /// Whoever came first made room for whoever came later; the last were let go only when their time was over.
    #[track_caller]
    fn assert_was_full(&self, kept: &[Duration]) {
        let (first, last) = kept.split_at(self.opened - self.places);
        let longest = first.iter().max().unwrap();
        assert!(*longest < self.patience / 2, "nobody made room: {first:?}");
        let to_the_end = last.iter().filter(|kept| **kept > self.patience * 4 / 5);
        assert!(to_the_end.count() > self.places / 4, "{last:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_68_who_says_nothing_makes_room_for_others_and_is_let_go() {
    let flooded = Flooded::limited(FILES).await;
    let door = Door::of(&flooded, &[]);
    door.assert_was_full(&flooded.during(door.is_flooded()).await);
    flooded.assert_grown_less_than(GROWTH);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_68_who_never_ends_a_handshake_makes_room_for_others_and_is_let_go() {
    let flooded = Flooded::limited_over_tls(FILES).await;
    let door = Door::of(&flooded, &HELLO);
    door.assert_was_full(&flooded.during(door.is_flooded()).await);
    flooded.assert_grown_less_than(GROWTH);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_68_who_says_nothing_to_the_console_makes_room_for_others_and_is_let_go() {
    allow_many();
    let flooded = Flooded::start().await;
    let console = address_of(&flooded.up, "console");
    let door = Door {
        address: &console,
        places: 512,
        opened: 600,
        begins: b"GET / HTTP/1.1\r\n",
        patience: Duration::from_secs(20),
    };
    let over = CancellationToken::new();
    let asks = tokio::spawn(asks_until(console.clone(), over.clone()));
    let kept = flooded.during(door.is_flooded()).await;
    over.cancel();
    door.assert_was_full(&kept);
    assert_soon(asks.await.unwrap());
    flooded.assert_grown_less_than(GROWTH);
}

/// Asks the console, each time on a connection of its own, until told; how long each answer took.
async fn asks_until(console: String, over: CancellationToken) -> Vec<Duration> {
    let mut took = vec![ask(&console).await];
    while !over.is_cancelled() {
        took.push(ask(&console).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    took
}

/// Asks whether the console works; how long the answer took.
async fn ask(console: &str) -> Duration {
    let begin = Instant::now();
    let asked = async {
        let mut line = TcpStream::connect(console).await.unwrap();
        let head = format!("GET /healthz HTTP/1.1\r\nhost: {console}\r\nconnection: close\r\n\r\n");
        line.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = tokio::time::timeout(ANSWERED_WITHIN, asked).await;
    let answer = answer.expect("an answer in time");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    begin.elapsed()
}

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
