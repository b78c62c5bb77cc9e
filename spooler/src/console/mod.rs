//! The operators' console: what the queue and the printers are up to, live, and every decision about them.
//!
//! It never decides anything itself: a page asks the handlers of the gRPC services in this process, as the person who is
//! signed in ([`person`]), so that rights, refusals and records are theirs. Pages work without JavaScript: a change is a
//! form that is posted and answered by the page to read next. With it, [`live`] sends the parts of a page that changed.
//!
//! Start at [`routes`], then at [`overview`] for a page, [`live`] for what keeps it true, and [`guard`] for what every
//! request passes.

mod align;
mod answer;
mod asked;
mod assets;
mod config;
mod csv;
mod form;
mod guard;
mod health;
mod history;
mod job;
mod job_acts;
mod job_list;
mod live;
mod metrics;
mod overview;
mod page;
mod person;
mod picture;
mod printer;
mod printer_acts;
mod proposal;
mod question;
mod report;
mod routes;
mod serve;
mod session;
mod sheet;
mod sign_in;
mod signed_in;
mod states;
mod stock;
mod waiting;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use formfeed_runtime::tls::{Protocol, ServerTls};
use formfeed_runtime::{ServiceConfig, TokenStore};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use url::Url;

pub(crate) use config::public_url;
pub use config::{ConsoleConfig, ConsoleError};

use crate::service::Handlers;
use session::Sessions;

/// Open pages that are told what changes, at most.
const STREAMS: usize = 200;

/// What every request to the console shares.
pub(crate) struct Console {
    handlers: Handlers,
    tokens: TokenStore,
    sessions: Sessions,
    /// Where browsers find it, when that is not where it listens.
    public_url: Option<Url>,
    /// Before every path, without a slash at the end; blank without a reverse proxy.
    base: String,
    address: SocketAddr,
    /// Whether it speaks TLS itself.
    is_secure: bool,
    streams: Arc<Semaphore>,
    stopping: CancellationToken,
}

/// A console that has its port but does not answer yet.
pub(crate) struct BoundConsole {
    console: Arc<Console>,
    listener: TcpListener,
    tls: Option<ServerTls>,
}

impl Console {
    /// What it speaks where it listens.
    fn scheme(&self) -> &'static str {
        match self.is_secure {
            true => "https",
            false => "http",
        }
    }
}

impl BoundConsole {
    /// Takes the configured address, else the one that goes with the spooler's.
    ///
    /// # Errors
    /// When the address is taken, or is beyond loopback without TLS, or a certificate cannot be used.
    pub(crate) async fn bind(
        config: ConsoleConfig,
        spooler: &ServiceConfig,
        handlers: Handlers,
        tokens: TokenStore,
    ) -> Result<Self, ConsoleError> {
        let address = config.address(spooler.listen, spooler.tls.is_some())?;
        let tls = spooler.tls.as_ref();
        let tls = tls.filter(|_| config.is_secure(address));
        let tls = tls.map(|files| ServerTls::new(files, Protocol::Http1));
        let tls = tls.transpose()?;
        let bound = TcpListener::bind(address).await;
        let listener = bound.map_err(|source| ConsoleError::Bind { address, source })?;
        let address = listener
            .local_addr()
            .map_err(|source| ConsoleError::Bind { address, source })?;
        let base = config.public_url.as_ref().map(Url::path);
        let base = base.unwrap_or_default().trim_end_matches('/').to_owned();
        let console = Console {
            handlers,
            tokens,
            sessions: Sessions::new(config.idle),
            public_url: config.public_url,
            base,
            address,
            is_secure: tls.is_some(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            stopping: CancellationToken::new(),
        };
        Ok(Self {
            console: Arc::new(console),
            listener,
            tls,
        })
    }

    /// Where people find it.
    pub(crate) fn url(&self) -> String {
        match &self.console.public_url {
            Some(url) => url.to_string(),
            None => format!("{}://{}", self.console.scheme(), self.console.address),
        }
    }

    /// Answers requests, and keeps the history of printers, until `shutdown`.
    pub(crate) async fn serve(self, shutdown: CancellationToken) {
        let Self {
            console,
            listener,
            tls,
        } = self;
        console.restore_sessions().await;
        let ended = async {
            shutdown.cancelled().await;
            console.stopping.cancel();
        };
        let history = history::keep(console.handlers.clone(), shutdown.clone());
        let router = routes::routes(console.clone());
        let serving = serve::serve(listener, router, tls, shutdown.clone());
        tokio::join!(ended, history, serving);
    }
}
