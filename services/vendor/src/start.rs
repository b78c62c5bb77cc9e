//! Puts the service together and starts it.

use std::net::SocketAddr;
use std::sync::Arc;

use chrono::Utc;
use formfeed_proto::vendor::account_service_server::AccountServiceServer;
use formfeed_proto::vendor::b_notice_service_server::BNoticeServiceServer;
use formfeed_proto::vendor::box_definition_service_server::BoxDefinitionServiceServer;
use formfeed_proto::vendor::duty_service_server::DutyServiceServer;
use formfeed_proto::vendor::payer_service_server::PayerServiceServer;
use formfeed_proto::vendor::tin_service_server::TinServiceServer;
use formfeed_proto::vendor::token_service_server::TokenServiceServer;
use formfeed_proto::vendor::transmitter_service_server::TransmitterServiceServer;
use formfeed_proto::vendor::twin_service_server::TwinServiceServer;
use formfeed_proto::vendor::vendor_import_service_server::VendorImportServiceServer;
use formfeed_proto::vendor::vendor_service_server::VendorServiceServer;
use formfeed_proto::vendor::withholding_service_server::WithholdingServiceServer;
use formfeed_runtime::access::DutySwitch;
use formfeed_runtime::config::ConfigError;
use formfeed_runtime::in_use::InUse;
use formfeed_runtime::server::ServerError;
use formfeed_runtime::{Member, Server, ServiceConfig, TokenStore, keys, sized};
use formfeed_store::vendor::VendorStore;
use formfeed_store::{DatabaseUrl, StoreError};
use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::Handlers;
use crate::duty::Duties;
use crate::reveal::Reveals;
use crate::tokens::Tokens;

/// The service at work.
#[derive(Debug)]
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
    /// The tables or the key file cannot be used.
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

/// Opens the tables and their keys, forgets imports staged too long ago, takes the port and answers calls until
/// `shutdown` is cancelled.
///
/// # Errors
/// When the tables, the key, the configuration or the address cannot be used.
pub async fn start(
    config: &ServiceConfig,
    tokens: TokenStore,
    shutdown: CancellationToken,
) -> Result<Running, StartError> {
    let in_use = InUse::enter(&config.data_dir).map_err(ConfigError::from)?;
    let own_files = formfeed_domain::own_files::install(&config.own_files()?);
    own_files.map_err(|bad| config.bad_own_files(bad))?;
    let url: DatabaseUrl = config.database_url.parse()?;
    let store = Arc::new(VendorStore::open(&url, &config.keys(), Utc::now()).await?);
    for import_id in store.forget_stale_imports(Utc::now()).await? {
        tracing::info!(import.id = %import_id, "Forgot import {import_id}, staged long ago and never published");
    }
    let asked = store.clone();
    let keys = keys::keep(store.clone(), shutdown.child_token());
    let server = server(config, Handlers { store }, tokens);
    let bound = server
        .add_service(sized!(keys, config.limits))
        .bind()
        .await?;
    let (address, url) = (bound.address(), bound.url());
    Ok(Running {
        address,
        member: Member::new(config.service, url.clone(), move || {
            let store = asked.clone();
            async move { store.ping().await }
        }),
        url,
        ended: tokio::spawn(in_use.during(bound.serve(shutdown))),
    })
}

fn server(config: &ServiceConfig, handlers: Handlers, tokens: TokenStore) -> Server {
    let limits = config.limits;
    let token_service = TokenServiceServer::new(Tokens {
        tokens: tokens.clone(),
        store: handlers.store.clone(),
    });
    let reveals = Reveals {
        handlers: handlers.clone(),
        per_hour: limits.reveals_per_hour,
    };
    let duties = Duties {
        switch: DutySwitch::open(&config.data_dir),
        store: handlers.store.clone(),
    };
    Server::new(config, tokens)
        .audited(handlers.store.clone())
        .add_service(sized!(PayerServiceServer::new(handlers.clone()), limits))
        .add_service(sized!(AccountServiceServer::new(handlers.clone()), limits))
        .add_service(sized!(VendorServiceServer::new(handlers.clone()), limits))
        .add_service(sized!(
            BoxDefinitionServiceServer::new(handlers.clone()),
            limits
        ))
        .add_service(sized!(BNoticeServiceServer::new(handlers.clone()), limits))
        .add_service(sized!(
            WithholdingServiceServer::new(handlers.clone()),
            limits
        ))
        .add_service(sized!(DutyServiceServer::new(duties), limits))
        .add_service(sized!(TinServiceServer::new(reveals), limits))
        .add_service(sized!(TwinServiceServer::new(handlers.clone()), limits))
        .add_service(sized!(
            TransmitterServiceServer::new(handlers.clone()),
            limits
        ))
        .add_service(sized!(VendorImportServiceServer::new(handlers), limits))
        .add_service(sized!(token_service, limits))
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
