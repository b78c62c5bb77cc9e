//! `formfeed tls`: certificates for encrypted connections, signed by an authority of one's own.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use formfeed_runtime::data_dir;
use formfeed_runtime::service::Service;
use formfeed_runtime::tls::{Authority, AuthorityError, Issued, Purpose, service_dns_name};
use serde_json::json;

use crate::connect::ConnectArgs;
use crate::environment::Environment;
use crate::errors::{CliError, Exit, chain};
use crate::output::Output;

/// Folder of certificates in the data directory.
const FOLDER: &str = "tls";
/// The certificate that `init` makes for the services.
const SERVER: &str = "server";
/// Days a certificate lasts when nobody says otherwise.
const DAYS: &str = "397";

#[derive(Debug, Subcommand)]
pub(crate) enum TlsCommand {
    /// Make an authority and a certificate for the services of this machine, and set the services up to use them
    Init(InitArgs),
    /// Make a certificate signed by the authority, for a client or for a service on another machine
    Issue(IssueArgs),
    /// Make a certificate anew, with the names it has; running services take it up by themselves
    Renew(RenewArgs),
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Host name or IP address by which other machines reach the services; may be repeated. This machine's name and
    /// localhost are in it anyway
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Days after which the services' certificate must be renewed
    #[arg(long, value_name = "DAYS", default_value = DAYS, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
}

#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// Name of its bearer: letters, digits, dots, dashes
    name: String,
    /// Whom it is for
    #[arg(long = "for", value_enum, default_value_t = Bearer::Client)]
    bearer: Bearer,
    /// Host name or IP address by which a service is reached; may be repeated
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Days after which it must be renewed
    #[arg(long, value_name = "DAYS", default_value = DAYS, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
}

#[derive(Debug, Args)]
pub(crate) struct RenewArgs {
    /// Name of its bearer
    #[arg(default_value = SERVER)]
    name: String,
    /// Days after which it must be renewed again
    #[arg(long, value_name = "DAYS", default_value = DAYS, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
}

/// Whom a certificate is for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bearer {
    /// A person or program that calls
    Client,
    /// All four services together
    Services,
    /// The vendor service alone
    Vendor,
    /// The calculation service alone
    Calculation,
    /// The forms service alone
    Forms,
    /// The spooler alone
    Spooler,
}

impl Bearer {
    fn services(self) -> &'static [Service] {
        match self {
            Self::Client => &[],
            Self::Services => &Service::ALL,
            Self::Vendor => &[Service::Vendor],
            Self::Calculation => &[Service::Calculation],
            Self::Forms => &[Service::Forms],
            Self::Spooler => &[Service::Spooler],
        }
    }
}

/// Runs a command of the family.
pub(crate) fn run(
    command: TlsCommand,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let data_dir = connect.data_dir()?;
    let folder = data_dir.join(FOLDER);
    match command {
        TlsCommand::Init(args) => return init(&args, &data_dir, output),
        TlsCommand::Issue(args) => {
            let authority = Authority::open(&folder).map_err(refused)?;
            let (purpose, hosts) = match args.bearer.services() {
                [] => (Purpose::Client, args.host),
                services => (Purpose::Service, with_names(services, args.host)),
            };
            let issued = authority.issue(&args.name, purpose, &hosts, args.days);
            let issued = issued.map_err(refused)?;
            hand_over(&data_dir, [&issued.cert, &issued.key].into_iter().cloned())?;
            tell(&issued, &authority, output)?;
        }
        TlsCommand::Renew(args) => {
            let authority = Authority::open(&folder).map_err(refused)?;
            let renewed = authority.renew(&args.name, args.days).map_err(refused)?;
            hand_over(
                &data_dir,
                [&renewed.cert, &renewed.key].into_iter().cloned(),
            )?;
            tell(&renewed, &authority, output)?;
        }
    }
    Ok(Exit::Done)
}

fn init(args: &InitArgs, data_dir: &Path, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let named = Environment::read()?.args.config;
    let config = named.unwrap_or_else(|| data_dir.join("formfeed.toml"));
    let settings = read(&config)?;
    data_dir::prepare(data_dir)
        .map_err(|error| CliError::failed("making the data directory", error))?;
    let data_dir = std::fs::canonicalize(data_dir)
        .map_err(|error| CliError::failed("finding the data directory", error))?;
    let authority = Authority::create(&data_dir.join(FOLDER)).map_err(refused)?;
    let this_machine = rustix::system::uname();
    let mut hosts = args.host.clone();
    let usual = [this_machine.nodename().to_str().ok(), Some("localhost")];
    hosts.extend(usual.into_iter().flatten().map(str::to_owned));
    hosts.extend(["127.0.0.1", "::1"].map(str::to_owned));
    let hosts = with_names(&Service::ALL, hosts);
    let issued = authority.issue(SERVER, Purpose::Service, &hosts, args.days);
    let issued = issued.map_err(refused)?;
    let written = [
        ("tls_cert", issued.cert.clone()),
        ("tls_key", issued.key.clone()),
        ("tls_ca", authority.certificate()),
        ("tls_client_ca", authority.certificate()),
    ];
    write(&config, &settings, &written)?;
    let folder = data_dir.join(FOLDER);
    let keys = [SERVER, "ca"].map(|name| folder.join(format!("{name}.key")));
    let certificates = [SERVER, "ca"].map(|name| folder.join(format!("{name}.pem")));
    hand_over(
        &data_dir,
        [folder].into_iter().chain(keys).chain(certificates),
    )?;
    output.line(format!(
        "wrote the settings to {}; start the services anew",
        config.display()
    ))?;
    output.line(format!(
        "clients on other machines trust {}",
        authority.certificate().display()
    ))?;
    output.document(&json!({
        "config": config,
        "authority": authority.certificate(),
        "certificate": issued.cert,
        "hosts": hosts,
    }))?;
    Ok(Exit::Done)
}

fn with_names(services: &[Service], mut hosts: Vec<String>) -> Vec<String> {
    hosts.extend(services.iter().map(|&service| service_dns_name(service)));
    hosts.sort();
    hosts.dedup();
    hosts
}

fn tell(issued: &Issued, authority: &Authority, output: &mut Output<'_>) -> Result<(), CliError> {
    let (cert, key) = (issued.cert.display(), issued.key.display());
    output.line(format!("certificate {cert}"))?;
    output.line(format!("private key {key}"))?;
    output.line(format!("SHA-256     {}", issued.fingerprint))?;
    output.document(&json!({
        "certificate": issued.cert,
        "key": issued.key,
        "authority": authority.certificate(),
        "certificate_sha256": issued.fingerprint.to_string(),
    }))?;
    Ok(())
}

/// The configuration file's text, which sets nothing of TLS yet.
fn read(config: &Path) -> Result<String, CliError> {
    let text = match std::fs::read_to_string(config) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => {
            return Err(CliError::failed(
                format!("reading {}", config.display()),
                error,
            ));
        }
    };
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let why = error.message();
        CliError::Refused(format!("{} cannot be read: {why}", config.display()))
    })?;
    let own = |table: &toml::Table| table.keys().find(|key| key.starts_with("tls_")).cloned();
    let tables = table.values().filter_map(toml::Value::as_table);
    match own(&table).or_else(|| tables.filter_map(own).next()) {
        None => Ok(text),
        Some(setting) => Err(CliError::Refused(format!(
            "{} sets {setting} already; take it out first, or use `formfeed tls issue`",
            config.display()
        ))),
    }
}

/// Puts the settings before the others: at the end they would belong to the last service's table.
fn write(config: &Path, text: &str, settings: &[(&str, PathBuf)]) -> Result<(), CliError> {
    let own: toml::Table = settings
        .iter()
        .map(|(name, path)| ((*name).to_owned(), path.display().to_string().into()))
        .collect();
    let between = if text.is_empty() { "" } else { "\n" };
    let all = format!("{own}{between}{text}");
    let before = std::fs::metadata(config).ok();
    let failed = |error| CliError::failed(format!("writing {}", config.display()), error);
    data_dir::replace(config, all.as_bytes()).map_err(failed)?;
    let Some(before) = before else {
        return Ok(());
    };
    // Whom it belonged to and who could read it: the services may run as another user.
    chown(config, Some(before.uid()), Some(before.gid())).map_err(failed)?;
    std::fs::set_permissions(config, before.permissions()).map_err(failed)
}

/// What root made in a data directory belongs to whom the directory belongs to.
fn hand_over(data_dir: &Path, made: impl Iterator<Item = PathBuf>) -> Result<(), CliError> {
    let failed = |error| CliError::failed(format!("handing {} over", data_dir.display()), error);
    let owner = std::fs::metadata(data_dir).map_err(failed)?;
    if !rustix::process::geteuid().is_root() || owner.uid() == 0 {
        return Ok(());
    }
    for path in made {
        chown(&path, Some(owner.uid()), Some(owner.gid())).map_err(failed)?;
    }
    Ok(())
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn refused(error: AuthorityError) -> CliError {
    CliError::Refused(chain(&error))
}
