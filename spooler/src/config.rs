//! What a spooler runs with, beside what every service does.

use std::net::SocketAddr;
use std::time::Duration;

use url::Url;

use crate::console::{ConsoleConfig, public_url};
use crate::device::{AllowedHosts, DeviceConfig, DeviceKind, HostRule};
use crate::identity::is_name;

/// What a spooler runs with. Made by [`SpoolerArgs::resolve`], or the default.
#[derive(Debug, Clone)]
pub struct SpoolerConfig {
    /// Kinds of devices that may be added: a printer is a door into the network. `FORMFEED_PRINTER_KINDS`;
    /// default `file,ipp,ipps,serial`.
    pub allowed_kinds: Vec<DeviceKind>,
    /// Where printers may be on the network, held against each address of a name when it is looked up, and against the one that
    /// is kept before each connection. `FORMFEED_PRINTER_HOSTS`; default `private`.
    pub allowed_hosts: AllowedHosts,
    /// Limits of every wait for a device.
    pub device: DeviceConfig,
    /// Most forms of one job. `FORMFEED_MAX_FORMS_PER_JOB`; default 100,000.
    pub max_forms_per_job: usize,
    /// First wait before a printer that cannot print is tried again; doubled up to [`SpoolerConfig::retry_most`].
    /// `FORMFEED_PRINTER_RETRY_SECONDS`; default 1.
    pub retry_first: Duration,
    /// Longest such wait. Thirty times the first.
    pub retry_most: Duration,
    /// Time for the sheets at work to end when the spooler stops; what is under way then falls in doubt.
    /// `FORMFEED_PRINT_GRACE_SECONDS`; default 20.
    pub stop_grace: Duration,
    /// Its name among those that work on the same database. `FORMFEED_SPOOLER_NAME`; `None` is the host's name with the
    /// first letters of the data directory's id.
    pub name: Option<String>,
    /// How long it counts as alive after a sign of life; it gives three in that time. `FORMFEED_LEASE_SECONDS`; default 15.
    pub lease_life: Duration,
    /// Where the operators' console is served, and to whom.
    pub console: ConsoleConfig,
}

/// What is wrong with a name that is none.
pub(crate) const NO_NAME: &str = "is a spooler's name: 1 to 60 letters, digits, dashes, dots";

impl Default for SpoolerConfig {
    fn default() -> Self {
        Self {
            allowed_kinds: DRIVEN.to_vec(),
            allowed_hosts: AllowedHosts::default(),
            device: DeviceConfig::default(),
            max_forms_per_job: 100_000,
            retry_first: Duration::from_secs(1),
            retry_most: Duration::from_secs(30),
            stop_grace: Duration::from_secs(20),
            name: None,
            lease_life: Duration::from_secs(15),
            console: ConsoleConfig::default(),
        }
    }
}

/// The kinds this version drives.
const DRIVEN: [DeviceKind; 6] = [
    DeviceKind::File,
    DeviceKind::Ipp,
    DeviceKind::Ipps,
    DeviceKind::Serial,
    DeviceKind::Parallel,
    DeviceKind::Socket,
];

/// The spooler's own flags; each also as a variable `FORMFEED_…`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct SpoolerArgs {
    /// Kinds of printers that may be added [default: file,ipp,ipps,serial,parallel,socket]
    #[arg(
        long,
        env = "FORMFEED_PRINTER_KINDS",
        value_name = "KINDS",
        value_delimiter = ',',
        value_parser = kind
    )]
    pub printer_kinds: Option<Vec<DeviceKind>>,
    /// Where printers may be on the network: host names, addresses, networks such as 203.0.113.0/24, and private for this machine
    /// and the networks of RFC 1918 and RFC 4193 [default: private]
    #[arg(
        long,
        env = "FORMFEED_PRINTER_HOSTS",
        value_name = "HOSTS",
        value_delimiter = ','
    )]
    pub printer_hosts: Option<Vec<HostRule>>,
    /// Most forms of one job [default: 100000]
    #[arg(long, env = "FORMFEED_MAX_FORMS_PER_JOB", value_name = "NUMBER")]
    pub max_forms_per_job: Option<usize>,
    /// First wait before a printer that cannot print is tried again, seconds [default: 1]
    #[arg(
        long,
        env = "FORMFEED_PRINTER_RETRY_SECONDS",
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub printer_retry_seconds: Option<u64>,
    /// Between two questions to a printer about a sheet it works on, at most, milliseconds [default: 500]
    #[arg(
        long,
        env = "FORMFEED_PRINTER_POLL_MILLISECONDS",
        value_name = "MILLISECONDS",
        value_parser = clap::value_parser!(u64).range(5..=60_000)
    )]
    pub printer_poll_milliseconds: Option<u64>,
    /// Time for the sheets at work to end when the spooler stops, seconds [default: 20]
    #[arg(long, env = "FORMFEED_PRINT_GRACE_SECONDS", value_name = "SECONDS")]
    pub print_grace_seconds: Option<u64>,
    /// Name among the spoolers of one database [default: the host's with the first letters of the data directory's id]
    #[arg(long, env = "FORMFEED_SPOOLER_NAME", value_name = "NAME", value_parser = name)]
    pub spooler_name: Option<String>,
    /// How long the spooler counts as alive after a sign of life, seconds; no printer moves by itself [default: 15]
    #[arg(
        long,
        env = "FORMFEED_LEASE_SECONDS",
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3600)
    )]
    pub lease_seconds: Option<u64>,
    /// Address of the operators' console; port 0 takes a free one [default: 127.0.0.1, 40 above the spooler's port]
    #[arg(long, env = "FORMFEED_CONSOLE_LISTEN", value_name = "ADDRESS")]
    pub console_listen: Option<SocketAddr>,
    /// Where browsers find the console when a reverse proxy stands before it, such as `https://print.example/console`
    #[arg(
        long,
        env = "FORMFEED_CONSOLE_PUBLIC_URL",
        value_name = "URL",
        value_parser = public_url
    )]
    pub console_public_url: Option<Url>,
    /// Time without a click or key after which the console signs a person out, minutes [default: 30]
    #[arg(
        long,
        env = "FORMFEED_CONSOLE_IDLE_MINUTES",
        value_name = "MINUTES",
        value_parser = clap::value_parser!(u64).range(1..=1440)
    )]
    pub console_idle_minutes: Option<u64>,
}

impl SpoolerArgs {
    /// The configuration in force.
    pub fn resolve(self) -> SpoolerConfig {
        let usual = SpoolerConfig::default();
        let seconds = |given: Option<u64>, usual| given.map_or(usual, Duration::from_secs);
        let mut device = usual.device;
        if let Some(poll) = self.printer_poll_milliseconds {
            device.poll_interval = Duration::from_millis(poll);
        }
        let retry_first = seconds(self.printer_retry_seconds, usual.retry_first);
        SpoolerConfig {
            allowed_kinds: self.printer_kinds.unwrap_or(usual.allowed_kinds),
            allowed_hosts: self
                .printer_hosts
                .map_or(usual.allowed_hosts, AllowedHosts::new),
            max_forms_per_job: self.max_forms_per_job.unwrap_or(usual.max_forms_per_job),
            retry_first,
            retry_most: retry_first * 30,
            stop_grace: seconds(self.print_grace_seconds, usual.stop_grace),
            name: self.spooler_name,
            lease_life: seconds(self.lease_seconds, usual.lease_life),
            console: ConsoleConfig {
                listen: self.console_listen,
                public_url: self.console_public_url,
                idle: seconds(
                    self.console_idle_minutes.map(|minutes| minutes * 60),
                    usual.console.idle,
                ),
            },
            device,
        }
    }
}

fn name(word: &str) -> Result<String, String> {
    match is_name(word) {
        true => Ok(word.to_owned()),
        false => Err(NO_NAME.to_owned()),
    }
}

fn kind(word: &str) -> Result<DeviceKind, String> {
    DRIVEN
        .into_iter()
        .find(|kind| kind.as_str() == word)
        .ok_or_else(|| "use file, ipp, ipps, serial, parallel or socket".to_owned())
}
