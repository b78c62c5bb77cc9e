//! A small service behind the real guard: it answers what it sees of its caller.

use std::{pin::Pin, sync::Arc, time::Duration};

use formfeed_proto::forms::{
    GetPrintingRequest, GetTaxYearRulesRequest, ListFormsRequest, ListFormsResponse,
    ListPrintingsRequest, ListPrintingsResponse, PrintFormsEvent, PrintFormsRequest, Printing,
    TaxYearRules,
    forms_service_client::FormsServiceClient,
    forms_service_server::{FormsService, FormsServiceServer},
    print_forms_event::Event,
};
use formfeed_runtime::{
    Connector, Refusal, Server, Service, ServiceConfig, TokenStore, access, access::Secret,
    client::AuthChannel, context, detached, reason, sized, tls::Trust,
};
use futures::{Stream, StreamExt};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

/// What the probe tells the test.
#[derive(Default)]
pub(crate) struct Seen {
    /// Detached work has ended.
    pub(crate) work_ended: Notify,
    /// The endless stream was dropped by the server.
    pub(crate) stream_dropped: Notify,
}

struct Probe(Arc<Seen>);

struct TellsWhenDropped(Arc<Seen>);

impl Drop for TellsWhenDropped {
    fn drop(&mut self) {
        self.0.stream_dropped.notify_one();
    }
}

#[tonic::async_trait]
impl FormsService for Probe {
    type PrintFormsStream = Pin<Box<dyn Stream<Item = Result<PrintFormsEvent, Status>> + Send>>;

    /// Waits `tax_year` milliseconds, then answers name, role, user and request id.
    async fn list_forms(
        &self,
        request: Request<ListFormsRequest>,
    ) -> Result<Response<ListFormsResponse>, Status> {
        let caller = access::caller(&request);
        let wait = u64::try_from(request.get_ref().tax_year).unwrap();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let context = context::current().unwrap();
        let next_page_token = format!(
            "{} {} {} {}",
            caller.name,
            caller.role,
            caller.acting_user(),
            context.request_id
        );
        Ok(Response::new(ListFormsResponse {
            decisions: vec![],
            next_page_token,
        }))
    }

    /// One event, then silence for ever.
    async fn print_forms(
        &self,
        _: Request<PrintFormsRequest>,
    ) -> Result<Response<Self::PrintFormsStream>, Status> {
        let guard = TellsWhenDropped(self.0.clone());
        let silence = futures::stream::once(async move {
            let _guard = guard;
            std::future::pending().await
        });
        let first = futures::stream::once(async {
            let context = context::current().expect("a stream is made within its call's context");
            let printing = Printing {
                user: context.user.unwrap_or_default(),
                ..Printing::default()
            };
            Ok(PrintFormsEvent {
                event: Some(Event::Submitted(printing)),
            })
        });
        Ok(Response::new(Box::pin(first.chain(silence))))
    }

    /// Panics.
    async fn get_printing(
        &self,
        _: Request<GetPrintingRequest>,
    ) -> Result<Response<Printing>, Status> {
        panic!("the secret cause");
    }

    /// Answers a message of `page_size` bytes.
    async fn list_printings(
        &self,
        request: Request<ListPrintingsRequest>,
    ) -> Result<Response<ListPrintingsResponse>, Status> {
        let size = usize::try_from(request.get_ref().page_size)
            .map_err(|_| Refusal::invalid(reason::FIELDS_INVALID, "page_size is negative"))?;
        Ok(Response::new(ListPrintingsResponse {
            printings: vec![],
            next_page_token: "x".repeat(size),
        }))
    }

    /// Does work of `tax_year` milliseconds that ends whatever the caller does.
    async fn get_tax_year_rules(
        &self,
        request: Request<GetTaxYearRulesRequest>,
    ) -> Result<Response<TaxYearRules>, Status> {
        let seen = self.0.clone();
        let wait = u64::try_from(request.get_ref().tax_year).unwrap();
        detached::finish(async move {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            seen.work_ended.notify_one();
            Ok(Response::new(TaxYearRules::default()))
        })
        .await
    }
}

/// A running probe and its data directory.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) tokens: TokenStore,
    pub(crate) url: String,
    pub(crate) seen: Arc<Seen>,
    pub(crate) config: ServiceConfig,
    pub(crate) shutdown: CancellationToken,
    pub(crate) serving: JoinHandle<()>,
}

impl World {
    /// Starts the probe with the usual limits.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// Starts the probe with a configuration of one's own.
    pub(crate) async fn start_with(change: impl FnOnce(&mut ServiceConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tokens = access::ensure(dir.path()).unwrap();
        let mut config = ServiceConfig::local(Service::Forms, dir.path());
        config.listen.set_port(0);
        change(&mut config);
        let seen = Arc::new(Seen::default());
        let probe = sized!(FormsServiceServer::new(Probe(seen.clone())), config.limits);
        let server = Server::new(&config, tokens.clone()).add_service(probe);
        let server = server.bind().await.unwrap();
        let url = server.url();
        let shutdown = CancellationToken::new();
        let until = shutdown.clone();
        let serving = tokio::spawn(async move { server.serve(until).await.unwrap() });
        Self {
            dir,
            tokens,
            url,
            seen,
            config,
            shutdown,
            serving,
        }
    }

    /// The first admin's secret.
    pub(crate) fn admin(&self) -> Secret {
        access::read_token(&access::admin_token_path(self.dir.path())).unwrap()
    }

    /// A way to the probe with a token.
    pub(crate) fn connector(&self, secret: Secret) -> Connector {
        let trust = self.config.ca_file.clone().map(|authority| Trust {
            authority,
            identity: None,
        });
        Connector::new(Service::Forms, &self.url, secret, trust.as_ref()).unwrap()
    }

    /// The admin's client.
    pub(crate) fn client(&self) -> FormsServiceClient<AuthChannel> {
        client(&self.connector(self.admin()))
    }
}

/// A client over a connector.
pub(crate) fn client(connector: &Connector) -> FormsServiceClient<AuthChannel> {
    sized!(
        FormsServiceClient::new(connector.channel()),
        connector.limits()
    )
}
