//! The way to a service: a lazy channel that sends token, request id, user and deadline along.

use std::time::Duration;

use http::Uri;
use tonic::{
    Code, GrpcMethod, Request, Status,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tracing::warn;

use crate::{
    access::{Caller, Secret, USER_HEADER},
    config::{ConfigError, Limits},
    context, methods, reason, request_id,
    service::Service,
    status::{IntoStatus, Refusal, reason_of},
    telemetry,
    tls::{ClientTls, Trust},
};

/// A channel that sends our headers: what a generated client is made over.
pub type AuthChannel = InterceptedService<Channel, Headers>;

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(30);
const KEEP_ALIVE_WITHIN: Duration = Duration::from_secs(20);

/// A way to one service. Nothing is connected before the first call, and a lost connection is made again.
///
/// ```no_run
/// # use formfeed_proto::vendor::{GetPayerRequest, payer_service_client::PayerServiceClient};
/// # use formfeed_runtime::{Connector, sized};
/// # async fn example(connector: &Connector) -> Result<(), tonic::Status> {
/// let mut payers = sized!(PayerServiceClient::new(connector.channel()), connector.limits());
/// let request = GetPayerRequest { name: "payers/ACME".to_owned() };
/// let payer = payers.get_payer(request).await.map_err(|status| connector.explain(status))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Connector {
    service: Service,
    channel: Channel,
    headers: Headers,
    limits: Limits,
    from_service: bool,
}

impl Connector {
    /// A way to `service` at `http://host:port` (or `https://…`, which wants to know whom to trust) with an access token. An
    /// address without a scheme is reached over TLS where it is known whom to trust.
    ///
    /// # Errors
    /// When address, certificates or token cannot be used.
    pub fn new(
        service: Service,
        address: &str,
        token: Secret,
        trust: Option<&Trust>,
    ) -> Result<Self, ConfigError> {
        let bad_address = || ConfigError::PeerAddress {
            service,
            address: address.to_owned(),
        };
        let url = match (address.contains("://"), trust) {
            (true, _) => address.to_owned(),
            (false, None) => format!("http://{address}"),
            (false, Some(_)) => format!("https://{address}"),
        };
        let channel = channel(service, &url, trust)?.ok_or_else(bad_address)?;
        let mut authorization: MetadataValue<Ascii> = format!("Bearer {}", token.expose())
            .parse()
            .map_err(|_| bad_address())?;
        authorization.set_sensitive(true);
        let limits = Limits::default();
        Ok(Self {
            service,
            channel,
            headers: Headers {
                authorization,
                user: None,
                deadline: limits.default_deadline,
            },
            limits,
            from_service: false,
        })
    }

    /// Calls as a service on another's behalf: see [`Connector::explain`].
    #[must_use]
    pub fn from_service(mut self) -> Self {
        self.from_service = true;
        self
    }

    /// Keeps to other limits than the usual: message size and default deadline.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.headers.deadline = limits.default_deadline;
        self.limits = limits;
        self
    }

    /// Gives unary calls that name no deadline this one.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.headers.deadline = deadline;
        self
    }

    /// Acts for the user of a call, where the running task does not tell (see [`crate::context`]).
    #[must_use]
    pub fn acting_for(mut self, caller: &Caller) -> Self {
        self.headers.user = Some(caller.acting_user().to_owned());
        self
    }

    /// The channel to make a generated client over: `VendorServiceClient::new(connector.channel())`.
    pub fn channel(&self) -> AuthChannel {
        InterceptedService::new(self.channel.clone(), self.headers.clone())
    }

    /// The headers alone, for a channel of one's own.
    pub fn headers(&self) -> Headers {
        self.headers.clone()
    }

    /// The service this leads to.
    pub fn service(&self) -> Service {
        self.service
    }

    /// The limits in force; set a client's message sizes with [`crate::sized`].
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// As [`explain`]; and when a service's own token is refused, that is no fault of the user it acts for, who is told
    /// UNAVAILABLE `SERVICE_UNAVAILABLE` instead.
    pub fn explain(&self, status: Status) -> Status {
        let refused = matches!(
            reason_of(&status).as_deref(),
            Some(
                reason::TOKEN_MISSING
                    | reason::TOKEN_UNKNOWN
                    | reason::TOKEN_EXPIRED
                    | reason::CERTIFICATE_REQUIRED
                    | reason::ROLE_NOT_ALLOWED
            )
        );
        match self.from_service && refused {
            true => token_refused(self.service),
            false => explain(self.service, status),
        }
    }
}

/// Adds our headers to each call.
#[derive(Debug, Clone)]
pub struct Headers {
    authorization: MetadataValue<Ascii>,
    user: Option<String>,
    deadline: Duration,
}

impl Interceptor for Headers {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let context = context::current();
        let id = context
            .as_ref()
            .map_or_else(request_id::new, |context| context.request_id.clone());
        let trace = context.as_ref().and_then(|context| context.trace.clone());
        let user = self
            .user
            .clone()
            .or_else(|| context.and_then(|context| context.user));
        if is_unary(&request) && !request.metadata().contains_key("grpc-timeout") {
            request.set_timeout(self.deadline);
        }
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.authorization.clone());
        for (header, value) in [
            (request_id::HEADER, Some(id)),
            (USER_HEADER, user),
            (telemetry::TRACE_HEADER, trace),
        ] {
            if let Some(value) = value.and_then(|value| value.parse().ok())
                && !metadata.contains_key(header)
            {
                metadata.insert(header, value);
            }
        }
        Ok(request)
    }
}

/// What a failed call to a service means for our own caller: a service that cannot be reached becomes UNAVAILABLE
/// `SERVICE_UNAVAILABLE` naming it, a deadline passed on our side DEADLINE_EXCEEDED; what the service itself answered stays.
pub fn explain(service: Service, status: Status) -> Status {
    use std::error::Error;
    let ours = status.source().is_some() || status.metadata().is_empty();
    if !ours || !status.details().is_empty() {
        return status;
    }
    match status.code() {
        Code::Cancelled if status.message().contains("Timeout expired") => Refusal::new(
            Code::DeadlineExceeded,
            reason::DEADLINE_EXCEEDED,
            format!("the {service} service did not answer within the deadline"),
        )
        .with("service", service)
        .into_status(),
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal => {
            Refusal::unavailable(
                reason::SERVICE_UNAVAILABLE,
                format!("the {service} service cannot be reached; check that it runs, then retry"),
            )
            .with("service", service)
            .into_status()
        }
        _ => status,
    }
}

fn token_refused(service: Service) -> Status {
    warn!(peer = %service, "The {service} service refuses this service's token");
    let message = format!(
        "the {service} service refuses the token of the service that called it; \
         check that both use the same data directory, then restart them"
    );
    Refusal::unavailable(reason::SERVICE_UNAVAILABLE, message)
        .with("service", service)
        .into_status()
}

fn is_unary(request: &Request<()>) -> bool {
    let method = request.extensions().get::<GrpcMethod<'_>>();
    let path = method.map(|method| format!("/{}/{}", method.service(), method.method()));
    path.and_then(|path| methods::shape(&path))
        .is_some_and(|shape| !shape.is_stream())
}

/// None for what is no URL.
fn channel(
    service: Service,
    url: &str,
    trust: Option<&Trust>,
) -> Result<Option<Channel>, ConfigError> {
    let Ok(uri) = url.parse::<Uri>() else {
        return Ok(None);
    };
    let is_tls = uri.scheme_str() == Some("https");
    // The transport shakes no hands itself: it is led to believe that the line is clear.
    let reached = url.replacen("https://", "http://", 1);
    let Ok(endpoint) = Endpoint::from_shared(reached) else {
        return Ok(None);
    };
    let endpoint = endpoint
        .origin(uri.clone())
        .connect_timeout(CONNECT_WITHIN)
        .http2_keep_alive_interval(KEEP_ALIVE_EVERY)
        .keep_alive_timeout(KEEP_ALIVE_WITHIN)
        .tcp_nodelay(true);
    if !is_tls {
        return Ok(Some(endpoint.connect_lazy()));
    }
    let tls = ClientTls::new(trust.ok_or(ConfigError::NoAuthority(service))?)?;
    let connect = tower::service_fn(move |_| tls.clone().connect(uri.clone()));
    Ok(Some(endpoint.connect_with_connector_lazy(connect)))
}
