//! The device of a printer to be added: its URI, and the dialect and evidence that suit it.

use std::path::Component;

use formfeed_domain::spool::PrinterAccess;
use formfeed_domain::text;
use formfeed_proto::convert::{Violations, read};
use formfeed_proto::spooler as pb;
use formfeed_runtime::reason;

use super::access;
use crate::device::{DeviceKind, DeviceUri};
use crate::render::DialectName;

/// Where a printer is, and what it understands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Device {
    pub(super) uri: DeviceUri,
    /// Of an impact printer.
    pub(super) dialect: Option<String>,
    /// Beyond the URI.
    pub(super) access: PrinterAccess,
}

/// Reads the device of a printer. Bad fields are noted under `printer.`; a URI is never repeated, as it may hold a
/// password.
pub(super) fn read_device(bad: &mut Violations, printer: &pb::Printer) -> Option<Device> {
    let uri = read_uri(bad, &printer.uri);
    let dialect = read_dialect(bad, &printer.dialect, uri.as_ref().map(DeviceUri::kind));
    let access = match &printer.access {
        None => Some(PrinterAccess::default()),
        Some(access) => {
            let kind = uri.as_ref().map(DeviceUri::kind);
            access::read_change(bad, "printer.access", access, kind).map(access::first)
        }
    };
    let (uri, access) = uri.zip(access)?;
    if let DeviceUri::File { folder } = &uri {
        if !folder.is_absolute() {
            bad.add(
                "printer.uri",
                "names no absolute folder: write file:/FOLDER",
            );
        }
        if folder.components().any(|part| part == Component::ParentDir) {
            bad.add("printer.uri", "goes up by ..: write the folder itself");
        }
    }
    if is_impact(uri.kind()) && printer.evidence() == pb::printer::EvidencePolicy::Device {
        bad.add(
            "printer.evidence",
            "an impact printer does not say what it printed: use operator or sent",
        );
    }
    if let Some(dialect) = dialect.as_deref() {
        check_bits(bad, &uri, dialect);
    }
    Some(Device {
        uri,
        dialect,
        access,
    })
}

/// A line of seven data bits drops the eighth of every byte, and with it the places that commands move to.
fn check_bits(bad: &mut Violations, uri: &DeviceUri, dialect: &str) {
    let seven = matches!(uri, DeviceUri::Serial(line) if line.data_bits < 8);
    let name = dialect.parse::<DialectName>();
    if seven && name.is_ok_and(|name| name.dialect().needs_eight_bits()) {
        let words = format!(
            "data=7 drops a part of the commands of {dialect}: set printer and URI to data=8, or the dialect to oki-microline or line"
        );
        bad.add_because(reason::DEVICE_URI_INVALID, "printer.uri", words);
    }
}

fn read_uri(bad: &mut Violations, uri: &str) -> Option<DeviceUri> {
    const FIELD: &str = "printer.uri";
    read(bad, FIELD, text::check_required(uri))?;
    let read = DeviceUri::parse(uri);
    read.map_err(|error| bad.add_because(reason::DEVICE_URI_INVALID, FIELD, error))
        .ok()
}

/// An impact printer has a dialect, any other has none; of a device of an unknown kind the word alone is looked at.
fn read_dialect(bad: &mut Violations, word: &str, kind: Option<DeviceKind>) -> Option<String> {
    const FIELD: &str = "printer.dialect";
    match (word, kind.map(is_impact)) {
        ("", Some(true)) => {
            let words = format!("is required for an impact printer: {}", DialectName::NAMES);
            bad.add(FIELD, words);
        }
        ("", _) => {}
        (_, Some(false)) => bad.add(FIELD, "is for impact printers; leave it blank"),
        (word, _) => {
            read(bad, FIELD, text::check(word))?;
            read(bad, FIELD, word.parse::<DialectName>())?;
            return Some(word.to_owned());
        }
    }
    None
}

fn is_impact(kind: DeviceKind) -> bool {
    matches!(
        kind,
        DeviceKind::Serial | DeviceKind::Parallel | DeviceKind::Socket
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printer(uri: &str, dialect: &str) -> pb::Printer {
        pb::Printer {
            uri: uri.to_owned(),
            dialect: dialect.to_owned(),
            ..pb::Printer::default()
        }
    }

    fn wrong(printer: &pb::Printer) -> Vec<(String, Option<&'static str>)> {
        let mut bad = Violations::new();
        read_device(&mut bad, printer);
        let wrong = bad.into_iter();
        wrong.map(|bad| (bad.field, bad.reason)).collect()
    }

    #[test]
    fn uri_and_dialect_are_refused_together() {
        let uri = ("printer.uri".to_owned(), Some("DEVICE_URI_INVALID"));
        let dialect = ("printer.dialect".to_owned(), None);
        assert_eq!(
            wrong(&printer("http://h/", "esc/q")),
            [uri, dialect.clone()]
        );
        let relative = ("printer.uri".to_owned(), None);
        assert_eq!(wrong(&printer("file:../x", "escp")).len(), 3);
        assert_eq!(wrong(&printer("file:x", "")), [relative]);
        assert_eq!(wrong(&printer("serial:/dev/ttyS0", "")), [dialect]);
        assert_eq!(wrong(&printer("serial:/dev/ttyS0", "escp")), []);
        assert_eq!(wrong(&printer("", "\u{1b}")).len(), 2);
        for uri in ["parallel:/dev/lp0", "socket://printer"] {
            assert_eq!(wrong(&printer(uri, "oki-microline")), []);
            assert_eq!(wrong(&printer(uri, ""))[0].0, "printer.dialect");
        }
    }

    #[test]
    fn a_line_of_seven_bits_takes_only_a_dialect_that_needs_no_more() {
        let uri = "serial:/dev/ttyS0?data=7&parity=even";
        for dialect in DialectName::ALL {
            let refused = !wrong(&printer(uri, dialect.as_str())).is_empty();
            let seven = matches!(dialect, DialectName::OkiMicroline | DialectName::Line);
            assert_eq!(refused, !seven, "{dialect}");
        }
    }

    #[test]
    fn a_password_in_a_uri_is_not_repeated() {
        let mut bad = Violations::new();
        read_device(&mut bad, &printer("ipp://user:secret@h/ipp/print", ""));
        assert!(!bad.is_empty() && !bad.to_string().contains("secret"));
    }
}
