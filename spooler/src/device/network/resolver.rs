//! Name → addresses, behind a trait: what a name says another time is for tests to choose.

use std::io;
use std::net::IpAddr;

use async_trait::async_trait;

/// Who is asked what a name's addresses are.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// All addresses of a name, the one to try first in front.
    ///
    /// # Errors
    /// There is none, or nobody answers.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}
