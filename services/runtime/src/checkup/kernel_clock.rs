//! What the kernel knows of who keeps its clock.

use std::io;
use std::mem::MaybeUninit;

/// Who keeps the clock.
pub(super) enum Kept {
    /// A program that follows a time server.
    ByTimeServer,
    /// Nobody, or nobody has managed to.
    ByNobody,
    /// The kernel does not answer.
    Unknown(io::Error),
}

/// Asks without changing anything: see `adjtimex(2)`.
pub(super) fn kept() -> Kept {
    // SAFETY: all bits zero are a `timex`, which asks for no change, and the kernel writes nothing but it.
    let state = unsafe {
        let mut asked = MaybeUninit::<libc::timex>::zeroed();
        libc::adjtimex(asked.as_mut_ptr())
    };
    match state {
        -1 => Kept::Unknown(io::Error::last_os_error()),
        libc::TIME_ERROR => Kept::ByNobody,
        _ => Kept::ByTimeServer,
    }
}
