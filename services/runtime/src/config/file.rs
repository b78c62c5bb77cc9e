//! `formfeed.toml`: shared settings at the top, a service's own in a table of its name.

use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::ConfigError;
use crate::{service::Service, telemetry::LogFormat};

/// Name of the file in the data directory.
pub(super) const NAME: &str = "formfeed.toml";

/// The settings of one service as far as the file gives them.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) listen: Option<SocketAddr>,
    pub(super) database_url: Option<String>,
    pub(super) tls_cert: Option<PathBuf>,
    pub(super) tls_key: Option<PathBuf>,
    pub(super) tls_client_ca: Option<PathBuf>,
    pub(super) tls_ca: Option<PathBuf>,
    pub(super) max_message_bytes: Option<usize>,
    pub(super) max_request_memory_bytes: Option<usize>,
    pub(super) max_calls_per_connection: Option<usize>,
    pub(super) max_calls_per_second: Option<u32>,
    pub(super) default_deadline_seconds: Option<u64>,
    pub(super) max_deadline_seconds: Option<u64>,
    pub(super) max_stream_seconds: Option<u64>,
    pub(super) shutdown_grace_seconds: Option<u64>,
    pub(super) reveals_per_hour: Option<u32>,
    pub(super) audit_anchors: Option<PathBuf>,
    pub(super) master_key: Option<String>,
    pub(super) log: Option<String>,
    pub(super) log_format: Option<LogFormat>,
    pub(super) metrics_listen: Option<SocketAddr>,
    pub(super) metrics_beyond_loopback: Option<bool>,
    pub(super) otlp_endpoint: Option<String>,
    pub(super) peers: BTreeMap<String, String>,
}

impl Settings {
    /// Where the file tells another service's address.
    pub(super) fn peer(&self, service: Service) -> Option<String> {
        self.peers.get(service.name()).cloned()
    }
}

/// Reads a service's settings: its table over the top. A missing file is empty unless it was asked for by name.
pub(super) fn read(
    service: Service,
    asked_for: Option<&Path>,
    data_dir: &Path,
) -> Result<Settings, ConfigError> {
    let path = asked_for.map_or_else(|| data_dir.join(NAME), Path::to_owned);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && asked_for.is_none() => {
            return Ok(Settings::default());
        }
        Err(source) => {
            return Err(ConfigError::File {
                what: "configuration",
                path,
                source,
            });
        }
    };
    parse(service, &text).map_err(|message| ConfigError::Syntax { path, message })
}

fn parse(service: Service, text: &str) -> Result<Settings, String> {
    let mut table: toml::Table = toml::from_str(text).map_err(|error| broken(text, &error))?;
    for other in Service::ALL {
        let Some(own) = table.remove(other.name()) else {
            continue;
        };
        let toml::Value::Table(own) = own else {
            return Err(format!("{other} is a table: [{other}]"));
        };
        if other == service {
            table.extend(own);
        }
    }
    table
        .try_into()
        .map_err(|error: toml::de::Error| unusable(&error))
}

/// What the text breaks on, and in which line. The line itself is not told: it may hold a password.
fn broken(text: &str, error: &toml::de::Error) -> String {
    let what = error.message();
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {what}", before.matches('\n').count() + 1),
        None => what.to_owned(),
    }
}

/// Which setting cannot be used, and what it should be. What it is instead is not told: it may be a password.
fn unusable(error: &toml::de::Error) -> String {
    let message = error.message();
    let what = match message.rsplit_once(", expected ") {
        Some((_, expected)) if !message.starts_with("unknown field") => {
            format!("expected {expected}")
        }
        _ => message.to_owned(),
    };
    // The name of the setting stands in a line of its own, and nowhere else.
    let shown = error.to_string();
    match shown.trim_end().rsplit_once("\nin ") {
        Some((_, setting)) => format!("{setting}: {what}"),
        None => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "postgres://office:hunter2@db/formfeed";

    fn refused(text: &str) -> String {
        let told = parse(Service::Vendor, text).unwrap_err();
        assert!(!told.contains("hunter2"), "{told}");
        assert!(!told.contains("office"), "{told}");
        told
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_by_its_number_and_not_shown() {
        for (text, line) in [
            (format!("log = \"info\"\ndatabase_url = \"{URL}\n"), 2),
            (format!("log = \"info\"\ndatabase_url = {URL}\n"), 2),
            (format!("{URL}\n"), 1),
            (
                format!("database_url = \"{URL}\"\n\ndatabase_url = \"{URL}\"\n"),
                3,
            ),
        ] {
            let told = refused(&text);
            assert!(told.starts_with(&format!("line {line}: ")), "{told}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_told_by_its_setting_and_not_shown() {
        for (text, setting) in [
            (
                format!("max_calls_per_second = \"{URL}\""),
                "max_calls_per_second",
            ),
            (format!("listen = \"{URL}\""), "listen"),
            (format!("log_format = \"{URL}\""), "log_format"),
            (
                format!("log_format = \"{URL}, expected hunter\""),
                "log_format",
            ),
            (format!("peers = \"{URL}\""), "peers"),
            (format!("database_url = [\"{URL}\"]"), "database_url"),
            (
                format!("[vendor]\nmax_message_bytes = \"{URL}\""),
                "max_message_bytes",
            ),
        ] {
            let told = refused(&text);
            assert!(told.starts_with(&format!("`{setting}`: ")), "{told}");
        }
        let told = refused("max_calls_per_second = \"office hunter2\"");
        assert_eq!(told, "`max_calls_per_second`: expected u32");
        let told = refused(&format!("vendor = \"{URL}\""));
        assert_eq!(told, "vendor is a table: [vendor]");
    }

    #[test]
    fn a_setting_that_there_is_not_is_told_by_its_name() {
        let told = refused(&format!("databse_url = \"{URL}\""));
        assert!(told.starts_with("unknown field `databse_url`"), "{told}");
    }
}
