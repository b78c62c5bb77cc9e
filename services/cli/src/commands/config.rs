//! `formfeed config`: what is in force, and where each value came from.

use std::path::Path;

use clap::Subcommand;
use formfeed_runtime::service::Service;
use formfeed_runtime::{ServiceConfig, config::TlsFiles};
use formfeed_spooler::SpoolerConfig;
use serde::Serialize;
use toml::Table as File;

use crate::connect::ConnectArgs;
use crate::environment::{Environment, no_password};
use crate::errors::{CliError, Exit, chain};
use crate::output::Output;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show each service's configuration, and whether a value comes from the command line, the environment, the
    /// configuration file or a default
    Show,
}

/// One setting of one service.
#[derive(Debug, Serialize)]
struct Setting {
    service: &'static str,
    setting: &'static str,
    value: String,
    source: &'static str,
}

/// Runs a command of the family.
pub(crate) fn run(
    command: &ConfigCommand,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let ConfigCommand::Show = command;
    let environment = Environment::read()?;
    let mut settings = Vec::new();
    for service in Service::ALL {
        let mut args = environment.args.clone();
        args.data_dir = Some(connect.data_dir()?);
        let named = args.config.clone();
        let config = args
            .resolve(service)
            .map_err(|e| CliError::Refused(chain(&e)))?;
        let path = named.unwrap_or_else(|| config.data_dir.join("formfeed.toml"));
        let file = read_file(&path, service);
        let mut values = values(&config);
        if service == Service::Spooler {
            values.extend(spooler_values(&environment.spooler.clone().resolve()));
        }
        settings.extend(values.into_iter().map(|(setting, value)| Setting {
            service: service.name(),
            setting,
            value,
            source: source(setting, &environment, &file, connect),
        }));
    }
    let mut table = Table::new(&["service", "setting", "value", "from"]);
    for Setting {
        service,
        setting,
        value,
        source,
    } in &settings
    {
        table.row([service, setting, value, source]);
    }
    output.table(&table)?;
    output.document(&settings)?;
    Ok(Exit::Done)
}

/// The service's settings in the file, which [`formfeed_runtime::ServiceArgs::resolve`] has checked.
fn read_file(path: &Path, service: Service) -> File {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut file: File = toml::from_str(&text).unwrap_or_default();
    if let Some(toml::Value::Table(own)) = file.remove(service.name()) {
        file.extend(own);
    }
    file
}

fn source(
    setting: &str,
    environment: &Environment,
    file: &File,
    connect: &ConnectArgs,
) -> &'static str {
    let peer = setting.strip_suffix("_address");
    let in_file = match (peer, file.get("peers")) {
        (Some(peer), Some(peers)) => peers.get(peer).is_some(),
        (Some(_), None) => false,
        (None, _) => file.contains_key(setting),
    };
    let on_the_line = setting == "data_dir" && connect.data_dir != environment.args.data_dir;
    match (on_the_line, environment.sets(setting), in_file) {
        (true, _, _) => "command line",
        (false, true, _) => "environment",
        (false, false, true) => "file",
        (false, false, false) => "default",
    }
}

/// Every setting under its name in file and environment.
fn values(config: &ServiceConfig) -> Vec<(&'static str, String)> {
    let limits = config.limits;
    let tls = |file: fn(&TlsFiles) -> &Path| {
        let file = config.tls.as_ref().map(file);
        file.map(|path| path.display().to_string())
            .unwrap_or_default()
    };
    let authority = shown_path(config.ca_file.as_deref());
    let client_ca = config
        .tls
        .as_ref()
        .and_then(|files| files.client_ca.as_deref());
    let client_authority = shown_path(client_ca);
    let log_format = format!("{:?}", config.log_format).to_ascii_lowercase();
    vec![
        ("data_dir", config.data_dir.display().to_string()),
        ("listen", config.listen.to_string()),
        ("database_url", no_password(&config.database_url)),
        ("tls_cert", tls(|files| &files.cert)),
        ("tls_key", tls(|files| &files.key)),
        ("tls_client_ca", client_authority),
        ("tls_ca", authority),
        ("vendor_address", config.peers.vendor.clone()),
        ("calculation_address", config.peers.calculation.clone()),
        ("forms_address", config.peers.forms.clone()),
        ("spooler_address", config.peers.spooler.clone()),
        ("max_message_bytes", limits.max_message_bytes.to_string()),
        (
            "max_request_memory_bytes",
            limits.max_request_memory_bytes.to_string(),
        ),
        (
            "max_calls_per_connection",
            limits.calls_per_connection.to_string(),
        ),
        ("max_calls_per_second", limits.calls_per_second.to_string()),
        (
            "default_deadline_seconds",
            limits.default_deadline.as_secs().to_string(),
        ),
        (
            "max_deadline_seconds",
            limits.max_deadline.as_secs().to_string(),
        ),
        (
            "max_stream_seconds",
            limits.max_stream.as_secs().to_string(),
        ),
        (
            "shutdown_grace_seconds",
            limits.shutdown_grace.as_secs().to_string(),
        ),
        ("reveals_per_hour", limits.reveals_per_hour.to_string()),
        ("audit_anchors", shown_path(config.audit_anchors.as_deref())),
        (
            "master_key",
            config
                .master_key
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        ("log", config.log.clone()),
        ("log_format", log_format),
        (
            "metrics_listen",
            config
                .metrics_listen
                .map(|address| address.to_string())
                .unwrap_or_default(),
        ),
        (
            "metrics_beyond_loopback",
            config.metrics_beyond_loopback.to_string(),
        ),
        (
            "otlp_endpoint",
            config.otlp_endpoint.clone().unwrap_or_default(),
        ),
    ]
}

fn shown_path(path: Option<&Path>) -> String {
    path.map(|path| path.display().to_string())
        .unwrap_or_default()
}

/// The settings that the spooler alone has.
fn spooler_values(config: &SpoolerConfig) -> Vec<(&'static str, String)> {
    let console = &config.console;
    let kinds: Vec<_> = config
        .allowed_kinds
        .iter()
        .map(|kind| kind.as_str())
        .collect();
    vec![
        ("printer_kinds", kinds.join(",")),
        ("printer_hosts", config.allowed_hosts.to_string()),
        ("max_forms_per_job", config.max_forms_per_job.to_string()),
        (
            "printer_retry_seconds",
            config.retry_first.as_secs().to_string(),
        ),
        (
            "printer_poll_milliseconds",
            config.device.poll_interval.as_millis().to_string(),
        ),
        (
            "print_grace_seconds",
            config.stop_grace.as_secs().to_string(),
        ),
        ("spooler_name", config.name.clone().unwrap_or_default()),
        ("lease_seconds", config.lease_life.as_secs().to_string()),
        (
            "console_listen",
            console.listen.map_or_else(String::new, |it| it.to_string()),
        ),
        (
            "console_public_url",
            console
                .public_url
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
        ),
        (
            "console_idle_minutes",
            (console.idle.as_secs() / 60).to_string(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn each_value_names_where_it_comes_from() {
        let folder = tempfile::tempdir().unwrap();
        let text = "log = \"debug\"\n[forms]\nlisten = \"127.0.0.1:9\"\n[forms.peers]\nvendor = \"http://h:1\"\n";
        std::fs::write(folder.path().join("formfeed.toml"), text).unwrap();
        let connect = ConnectArgs {
            data_dir: Some(folder.path().to_owned()),
            ..ConnectArgs::default()
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output::new(true, &mut out, &mut err);
        run(&ConfigCommand::Show, &connect, &mut output).unwrap();
        let settings: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
        let of = |service: &str, setting: &str| {
            let found = settings
                .iter()
                .find(|s| s["service"] == service && s["setting"] == setting);
            let found = found.unwrap();
            format!(
                "{} {}",
                found["value"].as_str().unwrap(),
                found["source"].as_str().unwrap()
            )
        };
        assert_eq!(of("vendor", "log"), "debug file");
        assert_eq!(of("forms", "listen"), "127.0.0.1:9 file");
        assert_eq!(of("vendor", "listen"), "127.0.0.1:7010 default");
        assert_eq!(of("forms", "vendor_address"), "http://h:1 file");
        assert_eq!(
            of("forms", "data_dir"),
            format!("{} command line", folder.path().display())
        );
    }
}
