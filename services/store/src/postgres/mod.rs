//! The one way to a PostgreSQL server: over TLS where it is on another machine.
//!
//! Start at [`establish`].

mod address;
mod sink;
mod tls;

use std::error::Error as StdError;
use std::io;

use diesel_async::AsyncPgConnection;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Connection, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) use address::{Address, BadAddress};
pub(crate) use sink::Log;

use crate::StoreError;

/// What carries a client's messages, and is to be polled as long as the client is used.
pub(crate) type Carrier = Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    /// The address cannot be used.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// A file that the address names, in words.
    #[error("{0}")]
    File(String),
    /// It may be anybody; nothing was said to it.
    #[error(
        "the certificate of PostgreSQL does not prove that it is the server of the address ({0}): name its authority by sslrootcert=FILE in the \
         address, and the server as its certificate does"
    )]
    Untrusted(String),
    /// It would have been in clear; nothing was said.
    #[error(
        "PostgreSQL does not encrypt there: set ssl = on in its configuration, or say sslmode=disable in the address where nobody can listen on the way"
    )]
    NotEncrypted,
    /// The server is away, or refuses.
    #[error("{}", with_causes(.0))]
    Server(tokio_postgres::Error),
    /// It hung up at once.
    #[error("{0}")]
    Session(#[from] diesel::ConnectionError),
}

impl From<ConnectError> for StoreError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Server(_) | ConnectError::Session(_) => {
                Self::Unavailable(Box::new(error))
            }
            lasting => Self::Open(lasting.to_string()),
        }
    }
}

impl From<ConnectError> for diesel::ConnectionError {
    fn from(error: ConnectError) -> Self {
        Self::BadConnection(error.to_string())
    }
}

/// A connection for queries.
///
/// # Errors
/// See [`ConnectError`].
pub(crate) async fn establish(url: &str) -> Result<AsyncPgConnection, ConnectError> {
    let (client, carrier) = connect(url).await?;
    Ok(AsyncPgConnection::try_from_client_and_connection(client, carrier).await?)
}

/// A connection of the driver itself.
///
/// # Errors
/// See [`ConnectError`].
pub(crate) async fn connect(url: &str) -> Result<(Client, Carrier), ConnectError> {
    let address: Address = url.parse()?;
    let connector = match address.is_encrypted() {
        true => {
            // It reads files, and those of the machine's authorities are many.
            let files = address.files.clone();
            let made = tokio::task::spawn_blocking(move || tls::connector(&files)).await;
            made.map_err(|failed| failed.to_string())
                .and_then(|made| made)
        }
        false => tls::unused(),
    };
    let connector = connector.map_err(ConnectError::File)?;
    address.config.connect(connector).await.map_err(told)
}

/// Tells apart what a person must set right.
fn told(error: tokio_postgres::Error) -> ConnectError {
    let no_tls = causes(&error).any(|cause| cause.to_string() == "server does not support TLS");
    if let Some(why) = causes(&error).find_map(mistrust) {
        return ConnectError::Untrusted(why);
    }
    match no_tls {
        true => ConnectError::NotEncrypted,
        false => ConnectError::Server(error),
    }
}

/// What is wrong with the server's certificate, in words.
fn mistrust(cause: &(dyn StdError + 'static)) -> Option<String> {
    let inner = cause.downcast_ref::<io::Error>()?.get_ref()?;
    match inner.downcast_ref()? {
        rustls::Error::InvalidCertificate(why) => Some(why.to_string()),
        _ => None,
    }
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// An error and what lies under it, in one line.
fn with_causes(error: &(dyn StdError + 'static)) -> String {
    let words: Vec<_> = causes(error).map(ToString::to_string).collect();
    words.join(": ")
}
