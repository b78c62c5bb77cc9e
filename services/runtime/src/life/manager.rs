//! The service manager's socket, as `sd_notify(3)` has it. The crate for it knows no abstract sockets.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::sync::Arc;
use std::time::Duration;

/// The way to who started this process and watches it.
#[derive(Debug, Clone)]
pub(super) struct Manager {
    socket: Arc<UnixDatagram>,
    /// How long it goes without a sign of life; `None` when it waits for none.
    pub(super) patience: Option<Duration>,
}

impl Manager {
    /// The one that `NOTIFY_SOCKET` names; `None` without one.
    ///
    /// # Errors
    /// When the variable names no socket that can be used.
    pub(super) fn from_environment() -> io::Result<Option<Self>> {
        let Some(name) = env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        let variable = |name| env::var(name).ok();
        let patience = patience(variable("WATCHDOG_USEC"), variable("WATCHDOG_PID"));
        Self::at(&name, patience).map(Some)
    }

    /// The one whose socket has this name; `@` begins that of an abstract one.
    pub(super) fn at(name: &OsStr, patience: Option<Duration>) -> io::Result<Self> {
        let address = match name.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
            _ => SocketAddr::from_pathname(name)?,
        };
        let socket = UnixDatagram::unbound()?;
        socket.connect_addr(&address)?;
        socket.set_nonblocking(true)?; // a manager that is busy holds nobody up
        Ok(Self {
            socket: Arc::new(socket),
            patience,
        })
    }

    /// Tells it something; what it has no room for is lost.
    pub(super) fn tell(&self, state: &str) {
        if let Err(error) = self.socket.send(state.as_bytes()) {
            tracing::warn!(%error, "The service manager cannot be told {state:?}");
        }
    }
}

/// `WATCHDOG_USEC`, unless it is meant for another process.
fn patience(microseconds: Option<String>, pid: Option<String>) -> Option<Duration> {
    let meant = pid.is_none_or(|pid| pid.parse() == Ok(std::process::id()));
    let microseconds = microseconds?.parse().ok().filter(|micros| *micros > 0)?;
    meant.then(|| Duration::from_micros(microseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abstract_socket_is_reached_like_one_with_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let name = format!("formfeed-test-{}", std::process::id());
        let listeners = [
            UnixDatagram::bind(&path).unwrap(),
            UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap(),
        ];
        let names = [path.into_os_string(), format!("@{name}").into()];
        for (listener, name) in listeners.iter().zip(names) {
            Manager::at(&name, None).unwrap().tell("READY=1");
            let mut told = [0; 16];
            let length = listener.recv(&mut told).unwrap();
            assert_eq!(&told[..length], b"READY=1");
        }
    }

    #[test]
    fn a_watchdog_of_another_process_is_not_ours() {
        let own = std::process::id().to_string();
        let micros = || Some("2000000".to_owned());
        let two = Some(Duration::from_secs(2));
        assert_eq!(patience(micros(), Some(own)), two);
        assert_eq!(patience(micros(), None), two);
        assert_eq!(patience(micros(), Some("1".to_owned())), None);
        assert_eq!(patience(None, None), None);
        assert_eq!(patience(Some("0".to_owned()), None), None);
    }
}
