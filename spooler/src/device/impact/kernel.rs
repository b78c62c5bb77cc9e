//! The questions to the kernel that no crate asks without `unsafe`.

use std::ffi::c_int;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

use rustix::ioctl::{Getter, Opcode, ioctl};

/// Status lines of a parallel printer. Source: Linux, `include/uapi/linux/lp.h`.
const LPGETSTATUS: Opcode = 0x060b;

/// Bytes of a socket that the other side has not acknowledged. Source: Linux, `tcp(7)`; the same number as TIOCOUTQ.
const SIOCOUTQ: Opcode = 0x5411;

/// The status lines of the printer on a parallel or USB printer port.
///
/// # Errors
/// The port has none (ENOTTY and the like), or the printer is gone.
#[expect(
    unsafe_code,
    reason = "the kernel writes one int for LPGETSTATUS, and reads nothing"
)]
pub(super) fn parallel_status(port: impl AsFd) -> io::Result<c_int> {
    Ok(unsafe { ioctl(port, Getter::<LPGETSTATUS, c_int>::new()) }?)
}

/// How many bytes the other side of a TCP connection has still to acknowledge.
///
/// # Errors
/// It is no such connection.
#[expect(
    unsafe_code,
    reason = "the kernel writes one int for SIOCOUTQ, and reads nothing"
)]
pub(super) fn unacknowledged(socket: impl AsFd) -> io::Result<u64> {
    let bytes: c_int = unsafe { ioctl(socket, Getter::<SIOCOUTQ, c_int>::new()) }?;
    Ok(u64::try_from(bytes).unwrap_or_default())
}

/// Whether a port would take a byte now.
///
/// # Errors
/// The other end is gone.
#[expect(
    unsafe_code,
    reason = "poll reads and writes the one entry it is given"
)]
pub(super) fn is_writable(port: impl AsFd) -> io::Result<bool> {
    let mut asked = libc::pollfd {
        fd: port.as_fd().as_raw_fd(),
        events: libc::POLLOUT,
        revents: 0,
    };
    if unsafe { libc::poll(&raw mut asked, 1, 0) } < 0 {
        return Err(io::Error::last_os_error());
    }
    match asked.revents & (libc::POLLERR | libc::POLLHUP | libc::POLLNVAL) {
        0 => Ok(asked.revents & libc::POLLOUT != 0),
        _ => Err(io::ErrorKind::BrokenPipe.into()),
    }
}
