//! Puts the service together and starts it.

use std::net::SocketAddr;
use std::sync::Arc;

use formfeed_proto::forms::correction_service_server::CorrectionServiceServer;
use formfeed_proto::forms::export_service_server::ExportServiceServer;
use formfeed_proto::forms::forms_service_server::FormsServiceServer;
use formfeed_proto::forms::overview_service_server::OverviewServiceServer;
use formfeed_proto::forms::preflight_service_server::PreflightServiceServer;
use formfeed_proto::forms::report_service_server::ReportServiceServer;
use formfeed_proto::forms::transmittal_service_server::TransmittalServiceServer;
use formfeed_runtime::access::DutySwitch;
use formfeed_runtime::config::ConfigError;
use formfeed_runtime::in_use::InUse;
use formfeed_runtime::server::ServerError;
use formfeed_runtime::{Member, Server, ServiceConfig, TokenStore, sized};
use formfeed_store::forms::FormsStore;
use formfeed_store::{DatabaseUrl, StoreError};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::correction_service::CorrectionHandlers;
use crate::export_service::ExportHandlers;
use crate::overview_service::OverviewHandlers;
use crate::peers::Peers;
use crate::preflight_service::PreflightHandlers;
use crate::print::Desk;
use crate::report_service::ReportHandlers;
use crate::service::Handlers;
use crate::transmittal_service::TransmittalHandlers;
use crate::turns::Turns;

/// The service at work.
pub struct Running {
    address: SocketAddr,
    url: String,
    member: Member,
    ended: JoinHandle<Result<(), ServerError>>,
}

/// Why the service did not start, or ended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The tables cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The configuration must not run.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The server did not start, or failed.
    #[error("{0}")]
    Server(#[from] ServerError),
    /// The server's task broke.
    #[error("the server's task broke")]
    Task(#[from] JoinError),
}

/// Opens the tables and the key `keys/forms-audit.key` of the data directory, takes the port and answers calls until `shutdown` is cancelled.
///
/// # Errors
/// When the tables, the configuration or the address cannot be used.
pub async fn start(
    config: &ServiceConfig,
    tokens: TokenStore,
    shutdown: CancellationToken,
) -> Result<Running, StartError> {
    let in_use = InUse::enter(&config.data_dir).map_err(ConfigError::from)?;
    let own_files = formfeed_domain::own_files::install(&config.own_files()?);
    own_files.map_err(|bad| config.bad_own_files(bad))?;
    let url: DatabaseUrl = config.database_url.parse()?;
    let audit_key = config.data_dir.join("keys").join("forms-audit.key");
    let store = Arc::new(FormsStore::open(&url, &audit_key).await?);
    let desk = Arc::new(Desk {
        store: store.clone(),
        peers: Peers::new(config)?,
        turns: Turns::default(),
        duty: DutySwitch::open(&config.data_dir),
    });
    let reports = ReportServiceServer::new(ReportHandlers(desk.peers.clone()));
    let preflight = PreflightServiceServer::new(PreflightHandlers(desk.peers.clone()));
    let exports = ExportServiceServer::new(ExportHandlers(desk.clone()));
    let corrections = CorrectionServiceServer::new(CorrectionHandlers(desk.clone()));
    let overview = OverviewServiceServer::new(OverviewHandlers(desk.clone()));
    let transmittals = TransmittalServiceServer::new(TransmittalHandlers(desk.clone()));
    let asked = desk.clone();
    let handlers = FormsServiceServer::from_arc(Arc::new(Handlers(desk)));
    let server = Server::new(config, tokens)
        .audited(store)
        .add_service(sized!(reports, config.limits))
        .add_service(sized!(preflight, config.limits))
        .add_service(sized!(overview, config.limits))
        .add_service(sized!(exports, config.limits))
        .add_service(sized!(corrections, config.limits))
        .add_service(sized!(transmittals, config.limits))
        .add_service(sized!(handlers, config.limits));
    let bound = server.bind().await?;
    let (address, url) = (bound.address(), bound.url());
    Ok(Running {
        address,
        member: Member::new(config.service, url.clone(), move || {
            let desk = asked.clone();
            async move { desk.store.ping().await }
        }),
        url,
        ended: tokio::spawn(in_use.during(bound.serve(shutdown))),
    })
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

    /// Waits until it has stopped.
    ///
    /// # Errors
    /// When the server failed.
    pub async fn ended(self) -> Result<(), StartError> {
        Ok(self.ended.await??)
    }
}
