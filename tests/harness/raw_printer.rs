//! A printer that takes raw bytes on a TCP port, as most with a network card do at 9100.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A printer on loopback, until it is dropped.
#[derive(Debug)]
pub struct RawPrinter {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// One entry to a connection.
    received: Mutex<Vec<Vec<u8>>>,
    is_stopped: AtomicBool,
    breaks_off: AtomicBool,
    is_over: AtomicBool,
    answers: bool,
    /// Bits of an answer that mean trouble: paper, cover, off-line.
    trouble: AtomicU8,
}

/// What a printer that answers says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// None.
    None,
    /// No paper.
    PaperOut,
    /// Somebody pressed the button.
    OffLine,
}

impl RawPrinter {
    /// Switches it on; it answers nothing.
    ///
    /// # Panics
    /// There is no free port.
    pub fn start() -> Self {
        Self::with(State::default())
    }

    /// Switches one on that answers DLE EOT n.
    ///
    /// # Panics
    /// There is no free port.
    pub fn that_answers() -> Self {
        Self::with(State {
            answers: true,
            ..State::default()
        })
    }

    fn with(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(state);
        let ours = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ours.is_over.load(Ordering::SeqCst) {
                    return;
                }
                serve(stream, &ours);
            }
        });
        Self { port, state }
    }

    /// Where to print to.
    pub fn uri(&self) -> String {
        let status = if self.state.answers {
            "?status=dle-eot"
        } else {
            ""
        };
        format!("socket://127.0.0.1:{}{status}", self.port)
    }

    /// What came through so far, by connection; questions are no part of it.
    pub fn received(&self) -> Vec<Vec<u8>> {
        self.state.lock().clone()
    }

    /// All that came through so far.
    pub fn stream(&self) -> Vec<u8> {
        self.received().concat()
    }

    /// The printer takes no byte until it goes on.
    pub fn stop(&self) {
        self.state.is_stopped.store(true, Ordering::SeqCst);
    }

    /// The printer takes bytes again.
    pub fn go_on(&self) {
        self.state.is_stopped.store(false, Ordering::SeqCst);
    }

    /// The printer breaks off whoever prints.
    pub fn break_off(&self) {
        self.state.breaks_off.store(true, Ordering::SeqCst);
    }

    /// What it answers from now on.
    pub fn set(&self, trouble: Trouble) {
        self.state.trouble.store(trouble as u8, Ordering::SeqCst);
    }
}

impl Drop for RawPrinter {
    fn drop(&mut self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

impl State {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Source: Epson, ESC/POS command reference, DLE EOT.
    fn answer(&self, question: u8) -> u8 {
        let bits = match (question, self.trouble.load(Ordering::SeqCst)) {
            (1, 1 | 2) => 0x08,
            (2, 1) => 0x20,
            (4, 1) => 0x60,
            _ => 0,
        };
        0x12 | bits
    }
}

fn serve(mut stream: TcpStream, state: &State) {
    state.lock().push(Vec::new());
    let wait = Some(Duration::from_millis(20));
    stream.set_read_timeout(wait).expect("a time limit");
    let mut kept = Vec::new();
    while !state.is_over.load(Ordering::SeqCst) {
        if state.breaks_off.swap(false, Ordering::SeqCst) {
            return;
        }
        if state.is_stopped.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        }
        let mut bytes = [0; 512];
        match stream.read(&mut bytes) {
            Ok(0) => return,
            Ok(count) => kept.extend_from_slice(&bytes[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) => return,
        }
        if state.answers {
            while let Some(at) = kept.windows(2).position(|pair| pair == [0x10, 0x04]) {
                let Some(question) = kept.get(at + 2).copied() else {
                    break;
                };
                kept.drain(at..at + 3);
                if stream.write_all(&[state.answer(question)]).is_err() {
                    return;
                }
            }
        }
        if let Some(last) = state.lock().last_mut() {
            last.append(&mut kept);
        }
    }
}
