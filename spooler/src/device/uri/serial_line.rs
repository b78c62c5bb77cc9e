//! `serial:/dev/ttyS0?baud=9600&data=8&parity=none&stop=1&flow=xonxoff`, and `dtr` and `rts` where the cable wants them.

use std::fmt;
use std::path::PathBuf;

use super::DeviceUriError;

/// A serial line and how to talk on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialLine {
    /// The device node; a stable one (`/dev/serial/by-id/…`) where the port is on USB.
    pub path: PathBuf,
    /// Bits per second. Default 9600.
    pub baud: u32,
    /// Data bits: 7 or 8. Default 8.
    pub data_bits: u8,
    /// Default none.
    pub parity: Parity,
    /// Stop bits: 1 or 2. Default 1.
    pub stop_bits: u8,
    /// How the printer says "wait". Default XON/XOFF.
    pub flow: FlowControl,
    /// Whether our DTR line is held; by default as the kernel leaves it, which is held.
    pub dtr: Option<bool>,
    /// Whether our RTS line is held; never where the kernel moves it (`flow=rtscts`).
    pub rts: Option<bool>,
}

/// Parity of a serial line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parity {
    /// No parity bit.
    None,
    /// Odd.
    Odd,
    /// Even.
    Even,
}

/// How a printer on a serial line says that it can take no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowControl {
    /// Never: the line must be slower than the printer.
    None,
    /// XOFF and XON characters, obeyed by the kernel.
    XonXoff,
    /// The CTS line, obeyed by the kernel.
    RtsCts,
    /// The DSR line, which we watch ourselves.
    DtrDsr,
}

impl SerialLine {
    /// Reads what follows `serial:`.
    pub(super) fn parse(rest: &str) -> Result<Self, DeviceUriError> {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        if !path.starts_with('/') || path.starts_with("//") || path == "/" {
            return Err(DeviceUriError::Missing(
                "the device node, such as /dev/ttyS1",
            ));
        }
        let mut line = Self {
            path: PathBuf::from(path),
            baud: 9_600,
            data_bits: 8,
            parity: Parity::None,
            stop_bits: 1,
            flow: FlowControl::XonXoff,
            dtr: None,
            rts: None,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            line.set(name, value)?;
        }
        if line.flow == FlowControl::RtsCts && line.rts.is_some() {
            return Err(DeviceUriError::Unexpected(
                "rts beside flow=rtscts, where the kernel moves that line",
            ));
        }
        Ok(line)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), DeviceUriError> {
        let refuse = |allowed| DeviceUriError::Parameter {
            name: name.to_owned(),
            value: value.to_owned(),
            allowed,
        };
        match (name, value) {
            ("baud", _) => {
                self.baud = value
                    .parse()
                    .ok()
                    .filter(|baud| (110..=921_600).contains(baud))
                    .ok_or_else(|| refuse("110 to 921600"))?;
            }
            ("data", "7") => self.data_bits = 7,
            ("data", "8") => self.data_bits = 8,
            ("data", _) => return Err(refuse("7 or 8")),
            ("parity", "none") => self.parity = Parity::None,
            ("parity", "odd") => self.parity = Parity::Odd,
            ("parity", "even") => self.parity = Parity::Even,
            ("parity", _) => return Err(refuse("none, odd or even")),
            ("stop", "1") => self.stop_bits = 1,
            ("stop", "2") => self.stop_bits = 2,
            ("stop", _) => return Err(refuse("1 or 2")),
            ("flow", "none") => self.flow = FlowControl::None,
            ("flow", "xonxoff") => self.flow = FlowControl::XonXoff,
            ("flow", "rtscts") => self.flow = FlowControl::RtsCts,
            ("flow", "dtrdsr") => self.flow = FlowControl::DtrDsr,
            ("flow", _) => return Err(refuse("xonxoff, rtscts, dtrdsr or none")),
            ("dtr", "on") => self.dtr = Some(true),
            ("dtr", "off") => self.dtr = Some(false),
            ("rts", "on") => self.rts = Some(true),
            ("rts", "off") => self.rts = Some(false),
            ("dtr" | "rts", _) => return Err(refuse("on or off")),
            _ => {
                return Err(DeviceUriError::UnknownParameter {
                    name: name.to_owned(),
                    known: "baud, data, parity, stop, flow, dtr and rts",
                });
            }
        }
        Ok(())
    }
}

impl fmt::Display for SerialLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parity = match self.parity {
            Parity::None => "none",
            Parity::Odd => "odd",
            Parity::Even => "even",
        };
        let flow = match self.flow {
            FlowControl::None => "none",
            FlowControl::XonXoff => "xonxoff",
            FlowControl::RtsCts => "rtscts",
            FlowControl::DtrDsr => "dtrdsr",
        };
        write!(
            f,
            "serial:{}?baud={}&data={}&parity={parity}&stop={}&flow={flow}",
            self.path.display(),
            self.baud,
            self.data_bits,
            self.stop_bits
        )?;
        for (name, held) in [("dtr", self.dtr), ("rts", self.rts)] {
            if let Some(held) = held {
                write!(f, "&{name}={}", if held { "on" } else { "off" })?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_needs_no_more_than_its_node() {
        let line = SerialLine::parse("/dev/ttyS1").unwrap();
        assert_eq!(
            line.to_string(),
            "serial:/dev/ttyS1?baud=9600&data=8&parity=none&stop=1&flow=xonxoff"
        );
    }

    #[test]
    fn lines_that_the_cable_wants_held_read_back_the_same() {
        let text = "/dev/ttyS1?baud=300&data=8&parity=none&stop=1&flow=none&dtr=on&rts=off";
        let line = SerialLine::parse(text).unwrap();
        assert_eq!((line.dtr, line.rts), (Some(true), Some(false)));
        assert_eq!(line.to_string(), format!("serial:{text}"));
    }

    #[test]
    fn a_misspelled_setting_is_not_ignored() {
        for bad in [
            "/dev/t?baud=fast",
            "/dev/t?baud=1",
            "/dev/t?data=9",
            "/dev/t?parity=maybe",
            "/dev/t?stop=1.5",
            "/dev/t?flow=xon",
            "/dev/t?speed=9600",
            "/dev/t?dtr=high",
            "/dev/t?flow=rtscts&rts=on",
            "ttyS1",
            "//dev/ttyS1",
            "",
        ] {
            assert!(SerialLine::parse(bad).is_err(), "{bad}");
        }
    }
}
