//! All four services in this process, talking to each other over gRPC as if they were apart.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use formfeed_runtime::access::{self, admin_token_path};
use formfeed_runtime::config::Peers;
use formfeed_runtime::endpoints::Endpoints;
use formfeed_runtime::in_use::InUse;
use formfeed_runtime::service::Service;
use formfeed_runtime::{
    Life, Member, ServiceArgs, ServiceConfig, TokenStore, data_dir,
    telemetry::{self, Logging},
};
use formfeed_spooler::{CrashPoints, SpoolerConfig};
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio_util::sync::CancellationToken;

use crate::errors::{CliError, chain};

/// Locked while services run on a data directory.
const LOCK: &str = "up.lock";

/// The order in which the services start: each calls only those before it.
const ORDER: [Service; 4] = [
    Service::Vendor,
    Service::Calculation,
    Service::Spooler,
    Service::Forms,
];

/// What the services run with.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Folder of databases, keys and tokens.
    pub(crate) data_dir: PathBuf,
    /// First port, 0 for free ones; none leaves the ports to the configuration file.
    pub(crate) port_base: Option<u16>,
    /// The rest, as far as it is not the file's.
    pub(crate) service_args: ServiceArgs,
    /// What concerns the spooler alone.
    pub(crate) spooler: SpoolerConfig,
}

/// The services at work.
pub(crate) struct Host {
    data_dir: PathBuf,
    endpoints: Endpoints,
    running: Vec<Running>,
    _lock: File,
    _in_use: InUse,
    _process: Option<Process>,
}

/// What the services of one process share beside their work.
struct Process {
    life: Life,
    _logging: Logging,
}

/// One service at work.
struct Running {
    service: Service,
    url: String,
    member: Member,
    /// Of the operators' console, which one of them serves.
    console: Option<String>,
    ended: BoxFuture<'static, Result<(), String>>,
}

impl Host {
    /// Starts the services, and writes `endpoints.json` when every one of them answers.
    ///
    /// # Errors
    /// When other services run on the data directory, or one of these does not start.
    pub(crate) async fn start(
        settings: Settings,
        stop: CancellationToken,
    ) -> Result<Self, CliError> {
        let failed = |what: &str| {
            let what = what.to_owned();
            move |error: std::io::Error| CliError::failed(what, error)
        };
        data_dir::prepare(&settings.data_dir).map_err(failed("making the data directory"))?;
        let data_dir = std::fs::canonicalize(&settings.data_dir);
        let data_dir = data_dir.map_err(failed("finding the data directory"))?;
        let lock = lock(&data_dir)?;
        // Before the first token is made: nothing begins on data that is half restored.
        let in_use = InUse::enter(&data_dir);
        let in_use = in_use.map_err(|error| CliError::Refused(chain(&error)))?;
        let tokens = access::ensure(&data_dir);
        let tokens = tokens.map_err(|error| CliError::failed("making the access tokens", error))?;

        let (mut running, mut process) = (Vec::new(), None);
        let already = (&mut running, &mut process);
        let started = start_all(&settings, &data_dir, &tokens, &stop, already).await;
        let endpoints = started.and_then(|endpoints| {
            let written = endpoints.write(&data_dir);
            written
                .map_err(failed("writing endpoints.json"))
                .map(|()| endpoints)
        });
        match endpoints {
            Ok(endpoints) => {
                if let Some(Process { life, .. }) = &process {
                    let members = running.iter().map(|one| one.member.clone());
                    life.ready(members.collect(), stop);
                }
                Ok(Self {
                    data_dir,
                    endpoints,
                    running,
                    _lock: lock,
                    _in_use: in_use,
                    _process: process,
                })
            }
            Err(error) => {
                stop.cancel();
                for service in running {
                    service.ended.await.ok();
                }
                Err(error)
            }
        }
    }

    /// Where the services answer.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Keeps the services running until `stop`, then lets their work end.
    ///
    /// # Errors
    /// When a service failed; then the others are stopped too.
    pub(crate) async fn run(self, stop: CancellationToken) -> Result<(), CliError> {
        let mut outcome = Ok(());
        let ended = |running: Running| async move { (running.service, running.ended.await) };
        let mut services: FuturesUnordered<_> = self.running.into_iter().map(ended).collect();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some((service, ended)) = services.next() => {
                    outcome = Err(early_end(service, ended));
                    stop.cancel();
                }
            }
        }
        let removed = Endpoints::remove(&self.data_dir);
        while let Some((service, ended)) = services.next().await {
            if let (Err(why), Ok(())) = (ended, &outcome) {
                outcome = Err(CliError::Failed {
                    what: format!("the {service} service"),
                    why,
                });
            }
        }
        outcome.and(removed.map_err(|error| CliError::failed("removing endpoints.json", error)))
    }
}

fn early_end(service: Service, ended: Result<(), String>) -> CliError {
    let why = ended
        .err()
        .unwrap_or_else(|| "it ended by itself".to_owned());
    CliError::Failed {
        what: format!("the {service} service"),
        why,
    }
}

/// Starts the services in order, and their log lines; those that did start are in `running`, whatever comes after.
async fn start_all(
    settings: &Settings,
    data_dir: &Path,
    tokens: &TokenStore,
    stop: &CancellationToken,
    (running, process): (&mut Vec<Running>, &mut Option<Process>),
) -> Result<Endpoints, CliError> {
    let mut peers = Peers::default();
    let (mut ca_file, mut console) = (None, None);
    for service in ORDER {
        let config = configure(service, settings, data_dir, &peers)?;
        if process.is_none() {
            *process = Some(begin(&config).await?);
        }
        let one = start_one(&config, &settings.spooler, tokens.clone(), stop.clone()).await?;
        peers.set(service, one.url.clone());
        ca_file = config.ca_file;
        console = console.or_else(|| one.console.clone());
        running.push(one);
    }
    Ok(Endpoints {
        vendor: peers.vendor,
        calculation: peers.calculation,
        forms: peers.forms,
        spooler: peers.spooler,
        console,
        token_file: admin_token_path(data_dir),
        ca_file,
        pid: std::process::id(),
    })
}

/// Log lines, traces and numbers of all services, by the configuration of the first.
async fn begin(config: &ServiceConfig) -> Result<Process, CliError> {
    let logging = telemetry::init(config, &ORDER).map_err(CliError::Usage)?;
    let life = Life::begin(config).await;
    Ok(Process {
        life: life.map_err(|error| CliError::failed("serving metrics", error))?,
        _logging: logging,
    })
}

fn configure(
    service: Service,
    settings: &Settings,
    data_dir: &Path,
    peers: &Peers,
) -> Result<ServiceConfig, CliError> {
    let mut args = settings.service_args.clone();
    args.data_dir = Some(data_dir.to_owned());
    args.listen = None; // one address cannot be every service's
    let mut config = args
        .resolve(service)
        .map_err(|error| CliError::Usage(chain(&error)))?;
    config.peers = peers.clone();
    if let Some(base) = settings.port_base {
        config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port(service, base)?));
    }
    Ok(config)
}

/// N, N+10, N+20, N+30 in the order of the addresses; 0 stays 0, a free port.
fn port(service: Service, base: u16) -> Result<u16, CliError> {
    let above = service.default_port() - Service::Vendor.default_port();
    let too_large = || CliError::Usage(format!("--port-base {base} leaves no room for {service}"));
    match base {
        0 => Ok(0),
        _ => base.checked_add(above).ok_or_else(too_large),
    }
}

async fn start_one(
    config: &ServiceConfig,
    spooler: &SpoolerConfig,
    tokens: TokenStore,
    stop: CancellationToken,
) -> Result<Running, CliError> {
    let service = config.service;
    let failed = |error: &dyn std::error::Error| CliError::Failed {
        what: format!("starting the {service} service"),
        why: chain(error),
    };
    macro_rules! running {
        ($started:expr $(, $console:expr)?) => {{
            let running = $started.await.map_err(|error| failed(&error))?;
            Running {
                service,
                url: running.url().to_owned(),
                member: running.member(),
                console: [$($console(&running))?].into_iter().next(),
                ended: Box::pin(async move { running.ended().await.map_err(|e| chain(&e)) }),
            }
        }};
    }
    Ok(match service {
        Service::Vendor => running!(formfeed_vendor::start(config, tokens, stop)),
        Service::Calculation => running!(formfeed_calculation::start(config, tokens, stop)),
        Service::Forms => running!(formfeed_forms::start(config, tokens, stop)),
        Service::Spooler => {
            let crash = CrashPoints::from_environment();
            let started = formfeed_spooler::start_with(config, spooler, tokens, stop, crash);
            let console = |running: &formfeed_spooler::Running| running.console().to_owned();
            running!(started, console)
        }
    })
}

/// Takes the data directory for this process; the operating system gives it back however the process ends.
fn lock(data_dir: &Path) -> Result<File, CliError> {
    let failed = |error: std::io::Error| CliError::failed("locking the data directory", error);
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600);
    let mut file = options.open(data_dir.join(LOCK)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(failed(error)),
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            file.read_to_string(&mut pid).map_err(failed)?;
            return Err(CliError::Refused(format!(
                "services run on {} already (process {}); stop them first, or give another --data-dir",
                data_dir.display(),
                pid.trim()
            )));
        }
    }
    let pid = format!("{}\n", std::process::id());
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(pid.as_bytes()));
    written.map_err(failed).map(|()| file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_data_directory_serves_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path()).unwrap();
        let refused = lock(folder.path()).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("(process {})", std::process::id())),
            "{refused}"
        );
        drop(first);
        assert!(lock(folder.path()).is_ok());
    }

    #[test]
    fn the_ports_lie_ten_apart_and_must_fit() {
        let port = |service| port(service, 8000).unwrap();
        assert_eq!(Service::ALL.map(port), [8000, 8010, 8020, 8030]);
        assert_eq!(super::port(Service::Forms, 0).unwrap(), 0);
        assert!(super::port(Service::Spooler, 65_530).is_err());
    }
}
