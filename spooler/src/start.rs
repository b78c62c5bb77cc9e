//! Puts the spooler together and starts it.

use std::net::SocketAddr;
use std::sync::Arc;

use formfeed_proto::spooler::alignment_service_server::AlignmentServiceServer;
use formfeed_proto::spooler::job_service_server::JobServiceServer;
use formfeed_proto::spooler::printer_service_server::PrinterServiceServer;
use formfeed_runtime::access::DutySwitch;
use formfeed_runtime::config::ConfigError;
use formfeed_runtime::in_use::InUse;
use formfeed_runtime::server::{BoundServer, ServerError};
use formfeed_runtime::{Member, Server, ServiceConfig, TokenStore, keys, sized};
use formfeed_store::spooler::{SpoolError, SpoolerStore};
use formfeed_store::{DatabaseUrl, StoreError};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::config::SpoolerConfig;
use crate::console::{BoundConsole, ConsoleError};
use crate::device::{Locator, SystemResolver};
use crate::identity::identity;
use crate::journal::Journal;
use crate::lock::{Lock, LockError};
use crate::queue::{Board, ByUri, CrashPoints, Hub, Leases, Looks, Queue, Shared, WallClock};
use crate::service::Handlers;

/// The spooler at work.
pub struct Running {
    address: SocketAddr,
    url: String,
    member: Member,
    console: String,
    #[cfg_attr(
        not(debug_assertions),
        expect(dead_code, reason = "only tests drop the workers")
    )]
    queue: Arc<Queue>,
    ended: JoinHandle<Result<(), ServerError>>,
}

/// Why the spooler did not start, or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The tables cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue cannot be read.
    #[error(transparent)]
    Queue(#[from] SpoolError),
    /// Another spooler works with the same data directory.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The id of the data directory cannot be read or made.
    #[error("the id of the data directory cannot be used")]
    Identity(#[source] std::io::Error),
    /// The configuration must not run.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The server did not start, or failed.
    #[error("{0}")]
    Server(#[from] ServerError),
    /// The operators' console did not start.
    #[error("{0}")]
    Console(#[from] ConsoleError),
    /// The server's task broke.
    #[error("the server's task broke")]
    Task(#[from] JoinError),
}

/// Opens the tables and the key, takes the port, settles what the last run left, and prints and answers calls until
/// `shutdown` is cancelled.
///
/// # Errors
/// When another spooler has the data directory, or tables, key, configuration or address cannot be used.
pub async fn start(
    config: &ServiceConfig,
    spooler: &SpoolerConfig,
    tokens: TokenStore,
    shutdown: CancellationToken,
) -> Result<Running, StartError> {
    let crash = CrashPoints::from_environment();
    start_with(config, spooler, tokens, shutdown, crash).await
}

/// As [`start`], dying where `crash` says: for tests.
///
/// # Errors
/// As [`start`].
pub async fn start_with(
    config: &ServiceConfig,
    spooler: &SpoolerConfig,
    tokens: TokenStore,
    shutdown: CancellationToken,
    crash: CrashPoints,
) -> Result<Running, StartError> {
    let in_use = InUse::enter(&config.data_dir).map_err(ConfigError::from)?;
    let own_files = formfeed_domain::own_files::install(&config.own_files()?);
    own_files.map_err(|bad| config.bad_own_files(bad))?;
    let url: DatabaseUrl = config.database_url.parse()?;
    let mut locks = vec![Lock::take(&config.data_dir.join("spooler.lock")).await?];
    if let DatabaseUrl::Sqlite(file) = &url {
        locks.push(Lock::take(&file.with_added_extension("spooler.lock")).await?);
    }
    let me = identity(&config.data_dir, spooler).map_err(StartError::Identity)?;
    let store = Arc::new(SpoolerStore::open(&url, &config.keys(), &me.instance).await?);
    let journal = Journal::open(&config.data_dir, &me.home, &store).await?;
    let cut_off = CancellationToken::new();
    let shared = Arc::new(Shared {
        store: store.clone(),
        devices: Box::new(ByUri {
            config: spooler.device.clone(),
            locator: locator(spooler),
        }),
        clock: Box::new(WallClock),
        me,
        leases: Leases::new(cut_off.clone()),
        config: spooler.clone(),
        duty: DutySwitch::open(&config.data_dir),
        board: Board::default(),
        hub: Hub::default(),
        looks: Looks::default(),
        crash,
        journal,
        stopping: shutdown.child_token(),
        cut_off,
    });
    let queue = Arc::new(Queue::new(shared));
    let asked = store.clone();
    let handlers = Handlers::new(queue.clone(), store.clone());
    let jobs = JobServiceServer::new(handlers.clone());
    let alignments = AlignmentServiceServer::new(handlers.clone());
    let printers = PrinterServiceServer::new(handlers.clone());
    let keys = keys::keep(store.clone(), shutdown.child_token());
    let server = Server::new(config, tokens.clone())
        .audited(store)
        .add_service(sized!(keys, config.limits))
        .add_service(sized!(jobs, config.limits))
        .add_service(sized!(printers, config.limits))
        .add_service(sized!(alignments, config.limits));
    let bound = server.bind().await?;
    let console = spooler.console.clone();
    let console = BoundConsole::bind(console, config, handlers, tokens).await?;
    queue.begin(&bound.url()).await?;
    Ok(Running {
        address: bound.address(),
        url: bound.url(),
        member: Member::new(config.service, bound.url(), move || {
            let store = asked.clone();
            async move { store.ping().await }
        }),
        console: console.url(),
        queue: queue.clone(),
        ended: tokio::spawn(in_use.during(serve((bound, console), queue, locks, shutdown))),
    })
}

fn locator(spooler: &SpoolerConfig) -> Locator {
    let limit = spooler.device.connect_limit;
    Locator::new(
        spooler.allowed_hosts.clone(),
        Box::new(SystemResolver),
        limit,
    )
}

/// Answers calls and prints until the end; the locks go last.
async fn serve(
    (bound, console): (BoundServer, BoundConsole),
    queue: Arc<Queue>,
    locks: Vec<Lock>,
    shutdown: CancellationToken,
) -> Result<(), ServerError> {
    let stopped = async {
        shutdown.cancelled().await;
        queue.stop().await;
    };
    let screens = console.serve(shutdown.clone());
    let (served, (), ()) = tokio::join!(bound.serve(shutdown.clone()), screens, stopped);
    drop(locks);
    served
}

impl Running {
    /// Where it listens; the port is the real one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL for clients.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The service as the service manager and Prometheus see it.
    pub fn member(&self) -> Member {
        self.member.clone()
    }

    /// URL of the operators' console.
    pub fn console(&self) -> &str {
        &self.console
    }

    /// Waits until it has stopped.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn ended(self) -> Result<(), StartError> {
        Ok(self.ended.await??)
    }

    /// Drops everything where it stands, as a crash would: for tests.
    #[cfg(debug_assertions)]
    pub async fn abandon(self) {
        self.ended.abort();
        self.ended.await.ok();
        self.queue.abandon().await;
    }
}
