//! The end of a service manager's socket: what a program tells there, as systemd would read it.

use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::{Duration, Instant};

/// A socket of a service manager.
pub struct ServiceManager {
    socket: UnixDatagram,
    name: String,
    _folder: Option<tempfile::TempDir>,
}

impl ServiceManager {
    /// One with a path.
    ///
    /// # Panics
    /// There is no folder for it.
    pub fn with_path() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notify");
        Self {
            socket: UnixDatagram::bind(&path).expect("a socket"),
            name: path.to_str().expect("a path of text").to_owned(),
            _folder: Some(folder),
        }
    }

    /// An abstract one, which lies in no folder.
    ///
    /// # Panics
    /// The name is taken.
    pub fn abstract_one() -> Self {
        let name = format!("formfeed-test-{}", uuid::Uuid::new_v4().simple());
        let address = SocketAddr::from_abstract_name(&name).expect("a name");
        Self {
            socket: UnixDatagram::bind_addr(&address).expect("a socket"),
            name: format!("@{name}"),
            _folder: None,
        }
    }

    /// The value of `NOTIFY_SOCKET`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The next message within a time, if there is one.
    ///
    /// # Panics
    /// The socket breaks.
    pub fn next(&self, within: Duration) -> Option<String> {
        let within = within.max(Duration::from_millis(1));
        self.socket.set_read_timeout(Some(within)).expect("a time");
        let mut message = [0; 4096];
        match self.socket.recv(&mut message) {
            Ok(length) => Some(String::from_utf8_lossy(&message[..length]).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) => panic!("the socket broke: {error}"),
        }
    }

    /// The first message with a word in it.
    ///
    /// # Panics
    /// There is none in time.
    #[track_caller]
    pub fn expect(&self, word: &str, within: Duration) -> String {
        let end = Instant::now() + within;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.next(left) {
                Some(message) if message.contains(word) => return message,
                Some(_) if !left.is_zero() => {}
                _ => panic!("no {word} within {within:?}"),
            }
        }
    }

    /// How many messages with a word in it come within a time.
    pub fn count(&self, word: &str, within: Duration) -> usize {
        let end = Instant::now() + within;
        let mut count = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return count;
            }
            if let Some(message) = self.next(left)
                && message.contains(word)
            {
                count += 1;
            }
        }
    }
}
