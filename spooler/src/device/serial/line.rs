//! An open serial line: set up and locked by `serialport`, written without ever blocking.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use serialport::{ClearBuffer, SerialPort, TTYPort};

use crate::device::{FlowControl, Parity, Reason, SerialLine, Severity};

/// A port that this process alone holds.
#[derive(Debug)]
pub(super) struct Line {
    port: TTYPort,
    /// The same port once more: `serialport` opens for blocking writes, and a large write to a
    /// printer that stands still would never return.
    writer: OwnedFd,
    flow: FlowControl,
    warnings: Vec<Reason>,
}

/// What the handshake line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineState {
    /// The printer is ready.
    Ready,
    /// The printer asks to wait, or is off.
    NotReady,
    /// No such line in this set-up, or the port has none.
    Unknown,
}

impl Line {
    /// Opens the port, locks it for this process, and sets it up.
    pub(super) fn open(address: &SerialLine) -> io::Result<Self> {
        let writer = open_writer(&address.path)?;
        let path = address.path.to_string_lossy();
        let builder = serialport::new(path, address.baud)
            .data_bits(match address.data_bits {
                7 => serialport::DataBits::Seven,
                _ => serialport::DataBits::Eight,
            })
            .parity(match address.parity {
                Parity::None => serialport::Parity::None,
                Parity::Odd => serialport::Parity::Odd,
                Parity::Even => serialport::Parity::Even,
            })
            .stop_bits(match address.stop_bits {
                2 => serialport::StopBits::Two,
                _ => serialport::StopBits::One,
            })
            .flow_control(match address.flow {
                FlowControl::XonXoff => serialport::FlowControl::Software,
                FlowControl::RtsCts => serialport::FlowControl::Hardware,
                FlowControl::DtrDsr | FlowControl::None => serialport::FlowControl::None,
            })
            .exclusive(true);
        let port = TTYPort::open(&builder)?;
        port.clear(ClearBuffer::Input)?;
        let warnings = unapplied(&port, address);
        Ok(Self {
            port,
            writer,
            flow: address.flow,
            warnings,
        })
    }

    /// Settings that the port would not take.
    pub(super) fn warnings(&self) -> &[Reason] {
        &self.warnings
    }

    /// Hands bytes to the kernel; takes as many as it has room for.
    ///
    /// # Errors
    /// `WouldBlock` when there is no room; anything else means that the line is gone. An error
    /// means that none of `bytes` was taken.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(&self.writer, bytes)?)
    }

    /// Bytes that the kernel holds back still.
    pub(super) fn queued(&self) -> io::Result<u32> {
        Ok(self.port.bytes_to_write()?)
    }

    /// Asks the line by which the printer says that it is ready.
    pub(super) fn state(&mut self) -> LineState {
        let level = match self.flow {
            FlowControl::RtsCts => self.port.read_clear_to_send(),
            FlowControl::DtrDsr => self.port.read_data_set_ready(),
            FlowControl::None | FlowControl::XonXoff => return LineState::Unknown,
        };
        match level {
            Ok(true) => LineState::Ready,
            Ok(false) => LineState::NotReady,
            Err(_) => LineState::Unknown, // Pseudo-terminals and some adapters have no lines.
        }
    }
}

fn open_writer(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let writer = rustix::fs::open(path, flags, Mode::empty())?;
    match rustix::termios::isatty(&writer) {
        true => Ok(writer),
        false => Err(io::Error::other("is not a serial line")),
    }
}

/// Reads back what some drivers ignore in silence.
fn unapplied(port: &TTYPort, address: &SerialLine) -> Vec<Reason> {
    let data = port.data_bits().map(u8::from);
    let parity = port.parity().map(|parity| match parity {
        serialport::Parity::None => Parity::None,
        serialport::Parity::Odd => Parity::Odd,
        serialport::Parity::Even => Parity::Even,
    });
    let mut ignored = Vec::new();
    if data.is_ok_and(|data| data != address.data_bits) {
        ignored.push("data bits");
    }
    if parity.is_ok_and(|parity| parity != address.parity) {
        ignored.push("parity");
    }
    ignored
        .into_iter()
        .map(|what| Reason {
            keyword: "setting-ignored".to_owned(),
            severity: Severity::Warning,
            words: format!("the port does not take the setting for {what}"),
        })
        .collect()
}
