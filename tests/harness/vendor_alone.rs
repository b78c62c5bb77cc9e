//! The vendor service by itself, real, on a free port and a fresh database of either kind.

use std::path::Path;

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::account_service_client::AccountServiceClient;
use formfeed_proto::vendor::b_notice_service_client::BNoticeServiceClient;
use formfeed_proto::vendor::box_definition_service_client::BoxDefinitionServiceClient;
use formfeed_proto::vendor::payer_service_client::PayerServiceClient;
use formfeed_proto::vendor::token_service_client::TokenServiceClient;
use formfeed_proto::vendor::transmitter_service_client::TransmitterServiceClient;
use formfeed_proto::vendor::vendor_import_service_client::VendorImportServiceClient;
use formfeed_proto::vendor::vendor_service_client::VendorServiceClient;
use formfeed_proto::vendor::withholding_service_client::WithholdingServiceClient;
use formfeed_runtime::access::{NewToken, Secret};
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::{Connector, Service, ServiceConfig, TokenStore, access, request_id};
use formfeed_vendor::Running;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::by_hand;
use crate::postgres::fresh_postgres_url;

/// The service at work, its data directory, and ways to call it.
pub struct VendorAlone {
    folder: TempDir,
    config: ServiceConfig,
    tokens: TokenStore,
    stop: CancellationToken,
    running: Option<Running>,
    url: String,
}

impl VendorAlone {
    /// One on an SQLite file and one on PostgreSQL.
    pub async fn on_both() -> Vec<Self> {
        vec![
            Self::on_sqlite().await,
            Self::on(Some(fresh_postgres_url())).await,
        ]
    }

    /// One on an SQLite file.
    pub async fn on_sqlite() -> Self {
        Self::on(None).await
    }

    async fn on(database_url: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder for data");
        let tokens = access::ensure(folder.path()).expect("the first tokens");
        let mut config = ServiceConfig::local(Service::Vendor, folder.path());
        config.listen = "127.0.0.1:0".parse().expect("an address");
        if let Some(url) = database_url {
            config.database_url = url;
        }
        let mut alone = Self {
            folder,
            config,
            tokens,
            stop: CancellationToken::new(),
            running: None,
            url: String::new(),
        };
        alone.start().await;
        alone
    }

    /// Stops the service and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.stop.cancel();
        if let Some(running) = self.running.take() {
            running.ended().await.expect("a clean stop");
        }
        self.stop = CancellationToken::new();
        self.start().await;
    }

    async fn start(&mut self) {
        let running = formfeed_vendor::start(&self.config, self.tokens.clone(), self.stop.clone());
        let running = running.await.expect("a service that starts");
        running.url().clone_into(&mut self.url);
        self.running = Some(running);
    }

    /// The data directory.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the service runs with.
    pub fn config(&self) -> &ServiceConfig {
        &self.config
    }

    /// A channel with the admin's token.
    pub fn admin(&self) -> AuthChannel {
        self.channel(read(&access::admin_token_path(self.folder())))
    }

    /// The secret of a token that is made for it, known to the service at once.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn secret(&self, new: NewToken<'_>) -> Secret {
        self.tokens.make(new).expect("a new token").1
    }

    /// A channel with a service's own token.
    pub fn service(&self, service: Service) -> AuthChannel {
        self.channel(read(&access::service_token_path(self.folder(), service)))
    }

    /// A channel with that token.
    pub fn channel(&self, secret: Secret) -> AuthChannel {
        let connector = Connector::new(Service::Vendor, &self.url, secret, None);
        connector.expect("an address").channel()
    }

    /// Payers, organizations and cash accounts, as the admin.
    pub fn payers(&self) -> PayerServiceClient<AuthChannel> {
        PayerServiceClient::new(self.admin())
    }

    /// Accounts and Relate To codes, as the admin.
    pub fn accounts(&self) -> AccountServiceClient<AuthChannel> {
        AccountServiceClient::new(self.admin())
    }

    /// Vendors and addresses, as the admin.
    pub fn vendors(&self) -> VendorServiceClient<AuthChannel> {
        VendorServiceClient::new(self.admin())
    }

    /// Box definitions, as the admin.
    pub fn boxes(&self) -> BoxDefinitionServiceClient<AuthChannel> {
        BoxDefinitionServiceClient::new(self.admin())
    }

    /// B-notices, as the admin.
    pub fn notices(&self) -> BNoticeServiceClient<AuthChannel> {
        BNoticeServiceClient::new(self.admin())
    }

    /// Backup withholding, as the admin.
    pub fn withholding(&self) -> WithholdingServiceClient<AuthChannel> {
        WithholdingServiceClient::new(self.admin())
    }

    /// The transmitter, as the admin.
    pub fn transmitter(&self) -> TransmitterServiceClient<AuthChannel> {
        TransmitterServiceClient::new(self.admin())
    }

    /// Staging, as the admin.
    pub fn imports(&self) -> VendorImportServiceClient<AuthChannel> {
        VendorImportServiceClient::new(self.admin())
    }

    /// Publication, as the calculation service.
    pub fn publication(&self) -> VendorImportServiceClient<AuthChannel> {
        VendorImportServiceClient::new(self.service(Service::Calculation))
    }

    /// Released numbers, as the forms service.
    pub fn releases(&self) -> VendorServiceClient<AuthChannel> {
        VendorServiceClient::new(self.service(Service::Forms))
    }

    /// Tokens, as the admin.
    pub fn tokens(&self) -> TokenServiceClient<AuthChannel> {
        TokenServiceClient::new(self.admin())
    }

    /// Adds a payer of that key.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn create_payer(&self, payer_id: &str) -> pb::Payer {
        let payer = pb::Payer {
            payer_id: payer_id.to_owned(),
            display_name: format!("Payer {payer_id}"),
            ..pb::Payer::default()
        };
        let request = pb::CreatePayerRequest {
            payer: Some(payer),
            request_id: request_id::new(),
        };
        let made = self.payers().create_payer(request).await;
        made.expect("a payer").into_inner()
    }

    /// Edits the tables by hand, as somebody with the database's password could.
    ///
    /// # Panics
    /// When the database refuses.
    pub fn edit(&self, sql: &str) {
        by_hand::edit(&self.config.database_url, Service::Vendor, sql);
    }

    /// Adds a vendor.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn create_vendor(&self, vendor: pb::Vendor) -> pb::Vendor {
        let request = pb::CreateVendorRequest {
            vendor: Some(vendor),
            request_id: request_id::new(),
        };
        let made = self.vendors().create_vendor(request).await;
        made.expect("a vendor").into_inner()
    }
}

fn read(path: &Path) -> Secret {
    access::read_token(path).expect("a token's file")
}
