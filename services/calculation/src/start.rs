//! Puts the service together and starts it.

use std::net::SocketAddr;
use std::sync::Arc;

use chrono::Utc;
use formfeed_proto::calculation::calculation_service_server::CalculationServiceServer;
use formfeed_proto::calculation::history_check_service_server::HistoryCheckServiceServer;
use formfeed_proto::calculation::history_service_server::HistoryServiceServer;
use formfeed_proto::calculation::import_service_server::ImportServiceServer;
use formfeed_proto::calculation::information_edit_service_server::InformationEditServiceServer;
use formfeed_proto::calculation::lab_service_server::LabServiceServer;
use formfeed_proto::calculation::parameter_set_service_server::ParameterSetServiceServer;
use formfeed_proto::calculation::payment_preview_service_server::PaymentPreviewServiceServer;
use formfeed_proto::calculation::quick_service_server::QuickServiceServer;
use formfeed_proto::calculation::verify_service_server::VerifyServiceServer;
use formfeed_runtime::audit;
use formfeed_runtime::config::ConfigError;
use formfeed_runtime::in_use::InUse;
use formfeed_runtime::server::ServerError;
use formfeed_runtime::{Member, Server, Service, ServiceConfig, TokenStore, sized};
use formfeed_store::calculation::CalculationStore;
use formfeed_store::{DatabaseUrl, StoreError};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::calculation_service::CalculationHandlers;
use crate::edit_service::EditHandlers;
use crate::history_check_service::HistoryCheckHandlers;
use crate::history_service::HistoryHandlers;
use crate::import_service::ImportHandlers;
use crate::lab_service::LabHandlers;
use crate::parameter_set_service::ParameterSetHandlers;
use crate::preview::PreviewHandlers;
use crate::publication::{Publisher, Turn};
use crate::quick_service::QuickHandlers;
use crate::runs::Runs;
use crate::vendors::Vendors;
use crate::verify_service::VerifyHandlers;

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

/// Opens the tables and the key `keys/calculation-audit.key` of the data directory, lets the runs of a process that died fail, takes the port and answers calls until `shutdown`
/// is cancelled; publications that it left half done are finished meanwhile. One process serves a database at a time.
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
    let audit_key = config.data_dir.join("keys").join("calculation-audit.key");
    let store = Arc::new(CalculationStore::open(&url, &audit_key).await?);
    let vendors = Vendors::new(config.connector(Service::Vendor)?);
    let turn = Turn::default();
    let publisher = Publisher::new(store.clone(), vendors.clone(), turn.clone());
    let preview = PreviewHandlers::new(store.clone(), vendors.clone());
    let checks = HistoryCheckHandlers::new(store.clone(), vendors.clone());
    let runs = Runs::new(store.clone(), vendors.clone(), turn, shutdown.clone());
    let bound = Server::new(config, tokens)
        .audited(store.clone())
        .add_service(sized!(
            ImportServiceServer::new(ImportHandlers::new(publisher.clone())),
            config.limits
        ))
        .add_service(sized!(
            HistoryServiceServer::new(HistoryHandlers::new(store.clone())),
            config.limits
        ))
        .add_service(sized!(
            QuickServiceServer::new(QuickHandlers),
            config.limits
        ))
        .add_service(sized!(
            CalculationServiceServer::new(CalculationHandlers::new(
                store.clone(),
                runs.clone(),
                vendors.clone()
            )),
            config.limits
        ))
        .add_service(sized!(
            LabServiceServer::new(LabHandlers::new(store.clone(), runs.clone())),
            config.limits
        ))
        .add_service(sized!(
            PaymentPreviewServiceServer::new(preview),
            config.limits
        ))
        .add_service(sized!(
            HistoryCheckServiceServer::new(checks),
            config.limits
        ))
        .add_service(sized!(
            VerifyServiceServer::new(VerifyHandlers::new(store.clone())),
            config.limits
        ))
        .add_service(sized!(
            InformationEditServiceServer::new(EditHandlers::new(store.clone(), vendors)),
            config.limits
        ))
        .add_service(sized!(
            ParameterSetServiceServer::new(ParameterSetHandlers::new(store.clone())),
            config.limits
        ))
        .bind()
        .await?;
    runs.bury_the_dead().await?;
    for import_id in store.forget_stale_imports(Utc::now()).await? {
        info!(import = %import_id, "Forgot import {import_id}, staged long ago and never published");
    }
    let asked = store.clone();
    let (until, config) = (shutdown.clone(), config.clone());
    tokio::spawn(async move { publisher.finish_the_cut_off(until).await });
    let (address, url) = (bound.address(), bound.url());
    Ok(Running {
        address,
        member: Member::new(config.service, url.clone(), move || {
            let store = asked.clone();
            async move { store.ping().await }
        }),
        url,
        ended: tokio::spawn(async move {
            let served = bound.serve(shutdown).await;
            runs.all_ended().await;
            audit::tell_end(&config, &*store).await;
            drop(in_use);
            served
        }),
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
