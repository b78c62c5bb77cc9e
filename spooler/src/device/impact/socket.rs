//! A printer that takes raw bytes on a TCP port, one connection to a document.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{SockRef, TcpKeepalive};

use super::kernel;
use super::port::{Finish, Port, PortState};
use crate::device::ipp::way_out;
use crate::device::{DeviceConfig, PrinterHost, RawSocket, Reason};

const DLE: u8 = 0x10;
const EOT: u8 = 0x04;

/// Asked of a printer that answers DLE EOT n. Source: Epson, ESC/POS command reference, DLE EOT: the printer (1), why it is
/// off-line (2), the roll or form paper (4).
const QUESTIONS: [u8; 3] = [1, 2, 4];

/// How long the answer to one question is waited for.
const ANSWER_LIMIT: Duration = Duration::from_secs(2);

/// Between two signs of life that are asked of a printer which says nothing.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// A connection that this process alone holds; printers take one at a time.
#[derive(Debug)]
pub(super) struct Socket {
    stream: TcpStream,
    answers: bool,
    is_ended: bool,
}

impl Socket {
    /// Connects to the address in the URI, else to the one that was kept of its name; no name is asked here.
    pub(super) fn open(address: &RawSocket, config: &DeviceConfig) -> io::Result<Self> {
        let (ip, kept) = match PrinterHost::parse(&address.host) {
            Ok(PrinterHost::Address(ip)) => (ip, None),
            _ => {
                let unknown = || io::Error::other("the address of its host was not found yet");
                let kept = config.access.address.ok_or_else(unknown)?;
                (kept, Some(kept))
            }
        };
        let place = SocketAddr::new(ip, address.port);
        let stream = TcpStream::connect_timeout(&place, config.connect_limit);
        let stream = stream.map_err(|error| with_way_out(error, kept))?;
        Self::over(stream, address, config)
    }

    /// A printer that is switched off sends no word of it: signs of life are asked for, and bytes that nobody acknowledges
    /// end the connection.
    fn over(stream: TcpStream, address: &RawSocket, config: &DeviceConfig) -> io::Result<Self> {
        let socket = SockRef::from(&stream);
        let alive = TcpKeepalive::new()
            .with_time(SIGN_OF_LIFE)
            .with_interval(SIGN_OF_LIFE)
            .with_retries(3);
        socket.set_tcp_keepalive(&alive)?;
        socket.set_tcp_user_timeout(Some(config.unreachable_limit))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            answers: address.answers,
            is_ended: false,
        })
    }

    /// One byte in answer to a question; `None` where none comes in time.
    fn answer(&mut self, question: u8) -> io::Result<Option<u8>> {
        self.forget_unasked()?;
        self.stream.write_all(&[DLE, EOT, question])?;
        let begin = Instant::now();
        let mut byte = [0];
        while begin.elapsed() < ANSWER_LIMIT {
            match self.stream.read(&mut byte) {
                Ok(0) => return Err(ErrorKind::ConnectionAborted.into()),
                Ok(_) => return Ok(Some(byte[0])),
                Err(error) if is_nothing_yet(&error) => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Reads what the printer said unasked.
    ///
    /// # Errors
    /// It hung up.
    fn forget_unasked(&mut self) -> io::Result<()> {
        let mut bytes = [0; 512];
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => return Err(ErrorKind::ConnectionAborted.into()),
                Ok(_) => {}
                Err(error) if is_nothing_yet(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }
}

impl Port for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn queued(&self) -> io::Result<u64> {
        match self.stream.take_error()? {
            Some(error) => Err(error),
            None => kernel::unacknowledged(&self.stream),
        }
    }

    /// A printer that closed the connection prints none of what is still to come.
    fn state(&mut self) -> PortState {
        match self.forget_unasked() {
            Ok(()) => PortState::Unknown,
            Err(_) => PortState::Gone("the printer closed the connection".to_owned()),
        }
    }

    fn ask(&mut self) -> io::Result<PortState> {
        self.forget_unasked()?;
        if !self.answers {
            return Ok(PortState::Unknown);
        }
        let mut answers = Vec::new();
        for question in QUESTIONS {
            match self.answer(question)? {
                Some(byte) => answers.push((question, byte)),
                None => break,
            }
        }
        Ok(told_by(&answers))
    }

    fn stalled(&self) -> Reason {
        Reason::error(
            "stalled",
            "the printer takes no data: look at paper, cover and the on-line light",
        )
    }

    fn finish(&mut self) -> io::Result<Finish> {
        if !std::mem::replace(&mut self.is_ended, true) {
            self.stream.shutdown(Shutdown::Write)?;
        }
        match self.forget_unasked() {
            Ok(()) => Ok(Finish::Waiting),
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => Ok(Finish::HungUp),
            Err(error) => Err(error),
        }
    }
}

fn with_way_out(error: io::Error, kept: Option<IpAddr>) -> io::Error {
    match kept {
        Some(address) => io::Error::new(error.kind(), format!("{error}{}", way_out(address))),
        None => error,
    }
}

fn is_nothing_yet(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// What a printer's answers say, in words; fewer than all mean that it does not speak this.
fn told_by(answers: &[(u8, u8)]) -> PortState {
    // Two bits of every answer are 1 and two are 0, so that they cannot be taken for anything else.
    let is_answer = |byte: u8| byte & 0x93 == 0x12;
    if answers.len() < QUESTIONS.len() || !answers.iter().all(|(_, byte)| is_answer(*byte)) {
        return PortState::NotReady(vec![Reason::error(
            "no-status",
            "the printer does not answer when asked for its state: look whether it is on, or add it without status=dle-eot",
        )]);
    }
    let bit = |question, bit| {
        let found = answers.iter().find(|(asked, _)| *asked == question);
        found.is_some_and(|(_, byte)| byte & bit != 0)
    };
    let mut reasons = Vec::new();
    if bit(4, 0x60) || bit(2, 0x20) {
        reasons.push(Reason::error(
            "media-empty",
            "paper out: load the form stock",
        ));
    }
    if bit(2, 0x04) {
        reasons.push(Reason::error("cover-open", "the cover is open"));
    }
    if bit(2, 0x40) {
        reasons.push(Reason::error(
            "error",
            "the printer reports an error: look at it",
        ));
    }
    if bit(1, 0x08) && reasons.is_empty() {
        reasons.push(Reason::error(
            "offline",
            "off-line: press the on-line button",
        ));
    }
    match reasons.is_empty() {
        true => PortState::Ready,
        false => PortState::NotReady(reasons),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keywords(printer: u8, cause: u8, paper: u8) -> Vec<String> {
        match told_by(&[(1, printer), (2, cause), (4, paper)]) {
            PortState::NotReady(reasons) => reasons.into_iter().map(|it| it.keyword).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn answers_are_told_in_words() {
        assert_eq!(
            told_by(&[(1, 0x16), (2, 0x12), (4, 0x12)]),
            PortState::Ready
        );
        assert_eq!(keywords(0x1E, 0x32, 0x72), ["media-empty"]);
        assert_eq!(keywords(0x1E, 0x16, 0x12), ["cover-open"]);
        assert_eq!(keywords(0x1E, 0x12, 0x12), ["offline"]);
        assert_eq!(keywords(0x1E, 0x52, 0x12), ["error"]);
        assert_eq!(keywords(b'?', 0x12, 0x12), ["no-status"]);
        assert!(matches!(told_by(&[]), PortState::NotReady(_)));
    }
}
