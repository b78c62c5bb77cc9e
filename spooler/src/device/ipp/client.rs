//! IPP over HTTP: one question, one answer, with limits on everything.
//!
//! No redirects, no proxies, no retries, no connection used twice: each of them would blur whether
//! a byte was sent.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::StreamExt;
use ipp::model::StatusCode;
use ipp::prelude::IppAttributes;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Body, Certificate, Client, Response, redirect, retry};
use url::Url;

use super::address::{Kept, way_out};
use super::answer;
use super::certificate::{Refusals, tls};
use super::login::{Login, LoginError};
use crate::device::{DeviceConfig, OpenError, PreflightError, PrinterHost, Reason};

/// Bytes of a document handed to the connection at once.
const CHUNK: usize = 16 * 1024;

/// Talks to one printer.
#[derive(Clone)]
pub(super) struct IppClient {
    http: Client,
    endpoint: Url,
    login: Arc<Login>,
    refusals: Refusals,
    /// Where the printer is reached, when its URL names its host.
    kept: Option<IpAddr>,
    request_limit: Duration,
    send_limit: Duration,
    response_limit_bytes: usize,
}

/// Why there is no good answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum IppClientError {
    /// There never was a connection, so nothing was sent.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// The connection was lost or the answer did not come in time.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// The certificate it shows is not the one it is known by, or not trusted; nothing was sent.
    #[error("{0}")]
    Certificate(String),
    /// It asks who we are, and has no answer that it takes.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// An HTTP status other than 200.
    #[error("the printer answers with HTTP status {status}{}", http_words(*.status))]
    Http {
        /// As the printer sent it.
        status: u16,
    },
    /// An answer that is not IPP.
    #[error("the printer's answer cannot be read: {0}")]
    Garbled(String),
    /// The printer refuses.
    #[error("the printer answers {}{}", status_words(*.status), detail(.message))]
    Refused {
        /// IPP's status.
        status: StatusCode,
        /// What the printer adds, and the attributes it does not support.
        message: String,
    },
}

/// `server-error-busy` for [`StatusCode::ServerErrorBusy`].
fn status_words(status: StatusCode) -> String {
    let mut words = String::new();
    for c in format!("{status:?}").chars() {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.push(c.to_ascii_lowercase());
    }
    words
}

/// Nothing is sent to where a redirect leads: that is another host, or another door.
fn http_words(status: u16) -> &'static str {
    match status {
        300..400 => {
            ", which leads elsewhere and is not followed: give the URI of the printer itself"
        }
        _ => "",
    }
}

fn detail(message: &str) -> String {
    match message {
        "" => String::new(),
        message => format!(" ({message})"),
    }
}

impl IppClient {
    /// For the printer at `printer`, an `ipp:` or `ipps:` URL.
    pub(super) fn new(printer: &Url, config: &DeviceConfig) -> Result<Self, OpenError> {
        // Err means that a provider is there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let encrypted = printer.scheme() == "ipps";
        let refusals = Refusals::default();
        let mut builder = Client::builder()
            .http1_only()
            .no_proxy()
            .dns_resolver(Kept(config.access.address))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .pool_max_idle_per_host(0)
            .connect_timeout(config.connect_limit);
        let pinned = config.access.certificate;
        match &config.trusted_certificate_pem {
            // Without TLS no roots are wanted, and a machine may have none.
            _ if !encrypted => builder = builder.tls_certs_only([]),
            Some(pem) if pinned.is_none() => {
                let certificate = Certificate::from_pem(pem).map_err(|_| OpenError::Certificate)?;
                builder = builder.tls_certs_only([certificate]);
            }
            _ => {
                let tls = tls(pinned, &refusals);
                let tls = tls.map_err(|error| OpenError::Client(error.to_string()))?;
                builder = builder.tls_backend_preconfigured(tls);
            }
        }
        let http = builder
            .build()
            .map_err(|error| OpenError::Client(error.to_string()))?;
        let endpoint = http_endpoint(printer, encrypted)?;
        let login = Login::new(config.access.login.clone(), encrypted, endpoint.path());
        Ok(Self {
            http,
            endpoint,
            login: Arc::new(login),
            refusals,
            kept: config.access.address.filter(|_| names_its_host(printer)),
            request_limit: config.request_limit,
            send_limit: config.send_limit,
            response_limit_bytes: config.response_limit_bytes,
        })
    }

    /// Asks a question that carries no document; once more, with who we are, where the printer wants to know.
    pub(super) async fn ask(&self, request: Vec<u8>) -> Result<IppAttributes, IppClientError> {
        let first = self.exchange(
            Body::from(request.clone()),
            self.login.answer(),
            self.request_limit,
        );
        let Challenged(headers) = match first.await? {
            Answered::Well(attributes) => return Ok(attributes),
            Answered::Challenge(challenged) => challenged,
        };
        self.login.learn(&headers)?;
        let answer = self.login.answer();
        let again = self.exchange(Body::from(request), answer, self.request_limit);
        match again.await? {
            Answered::Well(attributes) => Ok(attributes),
            Answered::Challenge(_) => Err(LoginError::Refused.into()),
        }
    }

    /// Has the printer ask anew who we are, where its questions grow old, so that a document need not be sent twice. `request`
    /// is a question without a document that may be asked by anybody.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(super) async fn be_asked_anew(&self, request: Vec<u8>) -> Result<(), IppClientError> {
        if !self.login.is_digest() {
            return Ok(());
        }
        let asked = self.exchange(Body::from(request), None, self.request_limit);
        if let Answered::Challenge(Challenged(headers)) = asked.await? {
            self.login.learn(&headers)?;
        }
        Ok(())
    }

    /// Sends a request with a document after it. `pulled` counts the bytes of the document that
    /// the connection took: if it stays 0, none was sent. Whatever comes back, it is never sent again.
    pub(super) async fn send(
        &self,
        request: Vec<u8>,
        document: Arc<[u8]>,
        pulled: Arc<AtomicU64>,
        report: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<IppAttributes, IppClientError> {
        let chunks = (0..document.len().div_ceil(CHUNK)).map(move |index| {
            let chunk = &document[index * CHUNK..document.len().min((index + 1) * CHUNK)];
            let length = u64::try_from(chunk.len()).unwrap_or_default();
            report(pulled.fetch_add(length, Ordering::SeqCst) + length);
            chunk.to_vec()
        });
        let pieces = std::iter::once(request).chain(chunks);
        let stream = futures::stream::iter(pieces).map(Ok::<_, std::convert::Infallible>);
        let body = Body::wrap_stream(stream);
        let sent = self.exchange(body, self.login.answer(), self.send_limit);
        match sent.await? {
            Answered::Well(attributes) => Ok(attributes),
            Answered::Challenge(_) => Err(LoginError::TooLate.into()),
        }
    }

    /// Asks a question whose answer comes in parts, some of them late, and rings for each.
    pub(super) async fn listen(
        &self,
        request: Vec<u8>,
        mut heard: impl FnMut() + Send,
    ) -> Result<(), IppClientError> {
        let body = Body::from(request);
        let mut response = self
            .post(body, self.login.answer(), self.send_limit)
            .await?;
        if response.status() != 200 {
            return Err(IppClientError::Http {
                status: response.status().as_u16(),
            });
        }
        while response.chunk().await.map_err(no_answer)?.is_some() {
            heard();
        }
        Ok(())
    }

    async fn post(
        &self,
        body: Body,
        login: Option<HeaderValue>,
        limit: Duration,
    ) -> Result<Response, IppClientError> {
        let mut request = self
            .http
            .post(self.endpoint.clone())
            .header("content-type", "application/ipp")
            .timeout(limit)
            .body(body);
        if let Some(login) = login {
            request = request.header(AUTHORIZATION, login);
        }
        request
            .send()
            .await
            .map_err(|error| match self.refusals.take() {
                Some(words) if error.is_connect() => IppClientError::Certificate(words),
                _ => no_answer(error).at(self.kept),
            })
    }

    async fn exchange(
        &self,
        body: Body,
        login: Option<HeaderValue>,
        limit: Duration,
    ) -> Result<Answered, IppClientError> {
        let mut response = self.post(body, login, limit).await?;
        if response.status() == 401 {
            let headers = std::mem::take(response.headers_mut());
            return Ok(Answered::Challenge(Challenged(headers)));
        }
        if response.status() != 200 {
            return Err(IppClientError::Http {
                status: response.status().as_u16(),
            });
        }
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            answer.extend_from_slice(&chunk);
            if answer.len() > self.response_limit_bytes {
                return Err(IppClientError::Garbled("it is too long".to_owned()));
            }
        }
        let (status, answer) = answer::read(answer).map_err(IppClientError::Garbled)?;
        match status.is_success() {
            true => Ok(Answered::Well(answer)),
            false => Err(IppClientError::Refused {
                status,
                message: super::attributes::refusal(&answer),
            }),
        }
    }
}

/// What came back.
enum Answered {
    /// A good answer.
    Well(IppAttributes),
    /// The question who we are.
    Challenge(Challenged),
}

/// The headers of an answer with status 401.
struct Challenged(HeaderMap);

impl std::fmt::Debug for IppClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IppClient({})", self.endpoint)
    }
}

impl IppClientError {
    /// The same before any document was at stake.
    pub(super) fn in_preflight(self) -> PreflightError {
        let words = self.to_string();
        match self {
            Self::Refused {
                status:
                    StatusCode::ServerErrorBusy
                    | StatusCode::ServerErrorNotAcceptingJobs
                    | StatusCode::ServerErrorTemporaryError
                    | StatusCode::ServerErrorServiceUnavailable
                    | StatusCode::ServerErrorDeviceError,
                ..
            } => PreflightError::NotReady {
                reasons: vec![Reason::error("busy", words)],
            },
            Self::Certificate(_) => PreflightError::NotReady {
                reasons: vec![Reason::error("certificate", words)],
            },
            Self::Login(_) => PreflightError::NotReady {
                reasons: vec![Reason::error("login", words)],
            },
            Self::Http { status: 300..500 } | Self::Refused { .. } => PreflightError::Unsuitable {
                problems: vec![words],
            },
            Self::NoConnection(_) | Self::NoAnswer(_) | Self::Http { .. } | Self::Garbled(_) => {
                PreflightError::Offline { detail: words }
            }
        }
    }

    /// The same, with the way out where the address was found once and kept since.
    fn at(self, kept: Option<IpAddr>) -> Self {
        match (self, kept) {
            (Self::NoConnection(words), Some(address)) => {
                Self::NoConnection(words + &way_out(address))
            }
            (error, _) => error,
        }
    }

    /// The printer does not offer the operation.
    pub(super) fn is_unknown_operation(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: StatusCode::ServerErrorOperationNotSupported,
                ..
            }
        )
    }

    /// The printer has no such job (any more).
    pub(super) fn is_unknown_job(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: StatusCode::ClientErrorNotFound | StatusCode::ClientErrorGone,
                ..
            }
        )
    }
}

fn no_answer(error: reqwest::Error) -> IppClientError {
    let connecting = error.is_connect();
    let error = error.without_url();
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        words = next.to_string(); // The innermost says it best: "Connection refused".
        cause = next.source();
    }
    match connecting {
        true => IppClientError::NoConnection(words),
        false => IppClientError::NoAnswer(words),
    }
}

fn names_its_host(printer: &Url) -> bool {
    let host = PrinterHost::parse(printer.host_str().unwrap_or_default());
    matches!(host, Ok(PrinterHost::Name(_)))
}

/// `http://host:631/path` for `ipp://host/path`.
fn http_endpoint(printer: &Url, tls: bool) -> Result<Url, OpenError> {
    let host = printer.host_str().unwrap_or_default();
    let port = printer.port().unwrap_or(631);
    let scheme = if tls { "https" } else { "http" };
    Url::parse(&format!("{scheme}://{host}:{port}{}", printer.path()))
        .map_err(|error| OpenError::Client(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipp_goes_to_port_631_of_http() {
        let endpoint = |text: &str| {
            let url = Url::parse(text).unwrap();
            http_endpoint(&url, url.scheme() == "ipps")
                .unwrap()
                .to_string()
        };
        assert_eq!(endpoint("ipp://h/ipp/print"), "http://h:631/ipp/print");
        assert_eq!(endpoint("ipps://h:8443/p"), "https://h:8443/p");
        assert_eq!(endpoint("ipp://[::1]:99/p"), "http://[::1]:99/p");
    }

    #[test]
    fn a_refusal_reads_as_ipp_writes_it() {
        let error = IppClientError::Refused {
            status: StatusCode::ServerErrorBusy,
            message: "Currently printing another job.".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "the printer answers server-error-busy (Currently printing another job.)"
        );
    }
}
