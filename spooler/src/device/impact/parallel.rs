//! An open parallel port, or the USB printer port that stands for one.

use std::ffi::c_int;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::kernel;
use super::port::{Port, PortState};
use crate::device::Reason;

// Bits of the status lines. Source: Linux, `include/uapi/linux/lp.h`, after IEEE 1284 compatibility mode; USB printers give
// the last three (USB Device Class Definition for Printing Devices 1.1, 4.2.2).
/// The paper end line is high.
const PAPER_OUT: c_int = 0x20;
/// The select line is high: on-line.
const SELECTED: c_int = 0x10;
/// The error line is high: no error.
const NO_ERROR: c_int = 0x08;

/// How long a node is waited for that another process, perhaps a child just started, lets go of.
const PATIENCE: Duration = Duration::from_millis(200);

/// A port that this process alone holds.
#[derive(Debug)]
pub(super) struct Parallel {
    port: OwnedFd,
    is_pipe: bool,
}

impl Parallel {
    /// Opens the port and locks it for this process; the kernel's own ports let nobody else in anyhow.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let port = match rustix::fs::open(path, flags, Mode::empty()) {
            Err(Errno::NXIO) => return Err(io::Error::other("nobody reads at the other end")),
            Err(Errno::BUSY) => return Err(io::Error::other("is in use by another process")),
            opened => opened?,
        };
        let kind = FileType::from_raw_mode(rustix::fs::fstat(&port)?.st_mode);
        let is_pipe = kind == FileType::Fifo;
        // A plain file would be filled with names and numbers for anybody to read.
        if !is_pipe && kind != FileType::CharacterDevice || rustix::termios::isatty(&port) {
            return Err(io::Error::other("is no parallel port"));
        }
        lock(&port)?;
        Ok(Self { port, is_pipe })
    }
}

fn lock(port: &OwnedFd) -> io::Result<()> {
    let begin = std::time::Instant::now();
    loop {
        match rustix::fs::flock(port, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) if begin.elapsed() < PATIENCE => {
                std::thread::sleep(PATIENCE / 10);
            }
            Err(Errno::WOULDBLOCK) => {
                return Err(io::Error::other("is in use by another process"));
            }
            locked => return Ok(locked?),
        }
    }
}

impl Port for Parallel {
    /// The kernel answers a printer without paper with ENOSPC and one that is off-line with EIO, when it took nothing: as
    /// long as the status lines say so too, that is no more than waiting.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match rustix::io::write(&self.port, bytes) {
            Err(Errno::NOSPC | Errno::IO) if matches!(self.state(), PortState::NotReady(_)) => {
                Err(ErrorKind::WouldBlock.into())
            }
            taken => Ok(taken?),
        }
    }

    /// A parallel port holds nothing back; a USB port is not writable until its last bytes are with the printer.
    fn queued(&self) -> io::Result<u64> {
        let writable = kernel::is_writable(&self.port)?;
        match self.is_pipe {
            true => Ok(rustix::io::ioctl_fionread(&self.port)?),
            false => Ok(u64::from(!writable)),
        }
    }

    fn state(&mut self) -> PortState {
        match kernel::parallel_status(&self.port) {
            Ok(lines) => told_by(lines),
            Err(_) => PortState::Unknown, // Adapters and stand-ins have no status lines.
        }
    }

    fn stalled(&self) -> Reason {
        Reason::error(
            "stalled",
            "the printer takes no data: look at paper, cover and the on-line light",
        )
    }
}

/// What the status lines say, in words.
fn told_by(lines: c_int) -> PortState {
    let reason = match (
        lines & PAPER_OUT != 0,
        lines & SELECTED != 0,
        lines & NO_ERROR != 0,
    ) {
        (true, _, _) => Reason::error("media-empty", "paper out: load the form stock"),
        (_, false, true) => Reason::error("offline", "off-line: press the on-line button"),
        (_, false, false) => Reason::error(
            "offline",
            "off-line with an error, or switched off: look at power, cover and paper",
        ),
        (_, true, false) => Reason::error("error", "the printer reports an error: look at it"),
        (false, true, true) => return PortState::Ready,
    };
    PortState::NotReady(vec![reason])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyword(lines: c_int) -> String {
        match told_by(lines) {
            PortState::NotReady(reasons) => reasons[0].keyword.clone(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn status_lines_are_told_in_words() {
        assert_eq!(keyword(0xD8), "Ready"); // As a real port of an emulated PC gives it.
        assert_eq!(keyword(0x18), "Ready");
        assert_eq!(keyword(0x38), "media-empty");
        assert_eq!(keyword(0x20), "media-empty");
        assert_eq!(keyword(0x48), "offline");
        assert_eq!(keyword(0x40), "offline");
        assert_eq!(keyword(0x10), "error");
    }

    #[test]
    fn what_is_no_port_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "kept").unwrap();
        for path in [
            file.as_path(),
            folder.path(),
            Path::new("/dev/no-such-port"),
        ] {
            assert!(Parallel::open(path).is_err(), "{}", path.display());
        }
        assert_eq!(std::fs::read(&file).unwrap(), b"kept");
    }
}
