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
    let mut table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
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
        .map_err(|error: toml::de::Error| error.to_string())
}
