//! What every way to an impact printer does: takes bytes without ever blocking, and says what it knows of the printer.

use std::fmt;
use std::io;

use crate::device::Reason;

/// An open port, which this process alone holds.
pub(super) trait Port: Send + fmt::Debug {
    /// Hands bytes to the kernel; takes as many as it has room for.
    ///
    /// # Errors
    /// `WouldBlock` when there is no room, or the printer asks to wait; anything else means that the printer is gone. An
    /// error means that none of `bytes` was taken.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Bytes that this machine holds back still.
    ///
    /// # Errors
    /// The printer is gone.
    fn queued(&self) -> io::Result<u64>;

    /// What the printer says of itself.
    fn state(&mut self) -> PortState;

    /// Asked before a sheet only, where asking takes the printer's time.
    ///
    /// # Errors
    /// The printer is gone.
    fn ask(&mut self) -> io::Result<PortState> {
        Ok(self.state())
    }

    /// What an operator should look at when the port takes nothing and the printer does not say why.
    fn stalled(&self) -> Reason;

    /// What an operator should know of the set-up.
    fn warnings(&self) -> Vec<Reason> {
        Vec::new()
    }

    /// Ends a document whose bytes have all left; asked again while it is waiting.
    ///
    /// # Errors
    /// The printer broke off.
    fn finish(&mut self) -> io::Result<Finish> {
        Ok(Finish::Kept)
    }
}

/// What a printer says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PortState {
    /// It is ready.
    Ready,
    /// It cannot be asked.
    Unknown,
    /// It would not print now.
    NotReady(Vec<Reason>),
    /// It was switched off, and what it held is lost.
    Gone(String),
}

/// Whether a port is done with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finish {
    /// It is, and stays open.
    Kept,
    /// It is, and is closed on both sides.
    HungUp,
    /// The printer has not hung up yet.
    Waiting,
}
