//! TLS: what a server shows and asks for, what a client trusts and shows, and an authority for those who have none.
//!
//! Certificates are read anew when their files change; connections that stand keep theirs. Start at [`ServerTls`] for a
//! listener, at [`Trust`] for a caller, at [`Authority`] for making certificates.

mod authority;
mod client;
mod made;
mod pem;
mod server;
mod shown;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

pub use authority::{Authority, AuthorityError, Issued, Purpose};
pub(crate) use client::ClientTls;
pub use client::{Identity, Trust};
pub use server::{Protocol, ServerTls};
pub use shown::{Fingerprint, Shown, service_dns_name};

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
