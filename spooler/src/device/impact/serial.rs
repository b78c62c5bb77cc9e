//! An open serial line: set up and locked by `serialport`, written without ever blocking.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use serialport::{ClearBuffer, SerialPort, TTYPort};

use super::port::{Port, PortState};
use crate::device::{FlowControl, Parity, Reason, SerialLine, Severity};

/// Where the kernel names the ports of USB adapters by maker and serial number.
const BY_ID: &str = "/dev/serial/by-id";

/// A line that this process alone holds.
#[derive(Debug)]
pub(super) struct Serial {
    port: TTYPort,
    /// The same port once more: `serialport` opens for blocking writes, and a large write to a
    /// printer that stands still would never return.
    writer: OwnedFd,
    flow: FlowControl,
    /// Which lines the printer held when the port was opened, or has held since.
    seen: Lines,
    warnings: Vec<Reason>,
}

/// The lines by which a printer speaks; `None` where the port has none, as pseudo-terminals and some adapters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Lines {
    cts: Option<bool>,
    dsr: Option<bool>,
}

impl Serial {
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
        let mut port = TTYPort::open(&builder)?;
        port.clear(ClearBuffer::Input)?;
        let mut warnings = unapplied(&port, address);
        warnings.extend(hold_lines(&mut port, address));
        warnings.extend(unstable(&address.path));
        let mut serial = Self {
            port,
            writer,
            flow: address.flow,
            seen: Lines::default(),
            warnings,
        };
        serial.seen = serial.lines();
        Ok(serial)
    }

    fn lines(&mut self) -> Lines {
        Lines {
            cts: self.port.read_clear_to_send().ok(),
            dsr: self.port.read_data_set_ready().ok(),
        }
    }
}

impl Port for Serial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(&self.writer, bytes)?)
    }

    fn queued(&self) -> io::Result<u64> {
        Ok(u64::from(self.port.bytes_to_write()?))
    }

    fn state(&mut self) -> PortState {
        let now = self.lines();
        self.seen = self.seen.or(now);
        told_by(self.flow, self.seen, now)
    }

    fn stalled(&self) -> Reason {
        let words = match self.flow {
            FlowControl::XonXoff => {
                "waiting for the line: the printer sent XOFF, or takes no data: look at paper, cover and the on-line light"
            }
            _ => "the printer takes no data: look at paper, cover and the on-line light",
        };
        Reason::error("stalled", words)
    }

    fn warnings(&self) -> Vec<Reason> {
        self.warnings.clone()
    }
}

impl Lines {
    /// Which of the lines were held in either.
    fn or(self, other: Self) -> Self {
        let either = |one: Option<bool>, two: Option<bool>| match (one, two) {
            (Some(one), Some(two)) => Some(one || two),
            (one, two) => one.or(two),
        };
        Self {
            cts: either(self.cts, other.cts),
            dsr: either(self.dsr, other.dsr),
        }
    }
}

/// What the lines say, in words. Of a line that was never held nothing follows: it may not be in the cable.
fn told_by(flow: FlowControl, seen: Lines, now: Lines) -> PortState {
    let fell = |seen: Option<bool>, now: Option<bool>| seen == Some(true) && now == Some(false);
    let (cts_fell, dsr_fell) = (fell(seen.cts, now.cts), fell(seen.dsr, now.dsr));
    if cts_fell && dsr_fell {
        return PortState::Gone("powered off, or the cable is gone: CTS and DSR fell".to_owned());
    }
    let waits = |line: &str| {
        PortState::NotReady(vec![Reason::error(
            "stalled",
            format!(
                "waiting for the line: the printer holds {line} back; look at paper, cover and the on-line light"
            ),
        )])
    };
    let handshake = match flow {
        FlowControl::RtsCts => now.cts,
        FlowControl::DtrDsr => now.dsr,
        FlowControl::None | FlowControl::XonXoff => None,
    };
    match (flow, handshake) {
        (FlowControl::RtsCts, Some(false)) => waits("CTS"),
        (FlowControl::DtrDsr, Some(false)) => waits("DSR"),
        _ if dsr_fell => waits("DSR"),
        (_, Some(true)) => PortState::Ready,
        _ => PortState::Unknown,
    }
}

/// A node whose number depends on the order in which adapters are plugged in, and the name that does not.
pub(super) fn unstable(path: &Path) -> Option<Reason> {
    unstable_beside(path, Path::new(BY_ID))
}

fn unstable_beside(path: &Path, by_id: &Path) -> Option<Reason> {
    let node = std::fs::canonicalize(path).ok()?;
    if path.starts_with(by_id) {
        return None;
    }
    let names = std::fs::read_dir(by_id).ok()?;
    let names = names.flatten().map(|name| name.path());
    let is_it = |name: &PathBuf| std::fs::canonicalize(name).is_ok_and(|to| to == node);
    let stable = names.into_iter().find(is_it)?;
    Some(Reason {
        keyword: "unstable-path".to_owned(),
        severity: Severity::Warning,
        words: format!(
            "{} may be another printer's when adapters are plugged in again: use serial:{}",
            path.display(),
            stable.display()
        ),
    })
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

/// Holds the lines that the printer's cable wants held; a port that has none is told of.
fn hold_lines(port: &mut TTYPort, address: &SerialLine) -> Vec<Reason> {
    let mut ignored = Vec::new();
    if let Some(held) = address.dtr {
        ignored.extend(
            port.write_data_terminal_ready(held)
                .is_err()
                .then_some("DTR"),
        );
    }
    if let Some(held) = address.rts {
        ignored.extend(port.write_request_to_send(held).is_err().then_some("RTS"));
    }
    let words = |line| Reason {
        keyword: "setting-ignored".to_owned(),
        severity: Severity::Warning,
        words: format!("the port has no {line} line to hold"),
    };
    ignored.into_iter().map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(cts: Option<bool>, dsr: Option<bool>) -> Lines {
        Lines { cts, dsr }
    }

    #[test]
    fn a_node_that_may_be_another_s_tomorrow_is_told_of_with_the_name_that_stays() {
        let folder = tempfile::tempdir().unwrap();
        let by_id = folder.path().join("by-id");
        let (node, other) = (folder.path().join("ttyUSB0"), folder.path().join("ttyS0"));
        std::fs::create_dir(&by_id).unwrap();
        std::fs::write(&node, "").unwrap();
        std::fs::write(&other, "").unwrap();
        let stays = by_id.join("usb-Adapter-if00");
        std::os::unix::fs::symlink(&node, &stays).unwrap();
        let told = unstable_beside(&node, &by_id).unwrap();
        let stays_in_words = format!("serial:{}", stays.display());
        assert!(told.words.ends_with(&stays_in_words), "{}", told.words);
        for path in [&stays, &other, &folder.path().join("gone")] {
            assert_eq!(unstable_beside(path, &by_id), None, "{}", path.display());
        }
        let none = folder.path().join("no-adapters");
        assert_eq!(unstable_beside(&node, &none), None);
    }

    #[test]
    fn a_port_without_lines_says_nothing_and_is_written_to() {
        for flow in [
            FlowControl::None,
            FlowControl::XonXoff,
            FlowControl::RtsCts,
            FlowControl::DtrDsr,
        ] {
            let none = Lines::default();
            assert_eq!(told_by(flow, none, none), PortState::Unknown, "{flow:?}");
        }
    }

    #[test]
    fn a_line_that_falls_makes_us_wait_and_all_lines_say_that_the_printer_is_off() {
        let held = lines(Some(true), Some(true));
        let waits = |flow, now| match told_by(flow, held, now) {
            PortState::NotReady(reasons) => reasons[0].words.contains("waiting for the line"),
            _ => false,
        };
        assert!(waits(FlowControl::RtsCts, lines(Some(false), Some(true))));
        assert!(waits(FlowControl::DtrDsr, lines(Some(true), Some(false))));
        assert!(waits(FlowControl::XonXoff, lines(Some(true), Some(false))));
        let off = told_by(FlowControl::XonXoff, held, lines(Some(false), Some(false)));
        assert!(matches!(off, PortState::Gone(words) if words.contains("powered off")));
        // Three wires: none was ever held.
        let never = lines(Some(false), Some(false));
        let said = told_by(FlowControl::XonXoff, never, never);
        assert_eq!(said, PortState::Unknown);
        assert_eq!(told_by(FlowControl::RtsCts, held, held), PortState::Ready);
    }
}
