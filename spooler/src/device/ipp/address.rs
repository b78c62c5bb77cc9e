//! Where a printer is reached whose URL names its host: at the address that was kept of it, whatever the name says now.

use std::io;
use std::net::{IpAddr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Answers every name with the address that was kept, and asks nobody; TLS and `Host` still go by the name.
pub(super) struct Kept(pub(super) Option<IpAddr>);

impl Resolve for Kept {
    fn resolve(&self, name: Name) -> Resolving {
        let kept = self.0.map(|address| SocketAddr::new(address, 0)); // the port is the URL's
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found: Option<Addrs> = kept.map(|it| Box::new(std::iter::once(it)) as Addrs);
            let unknown = || io::Error::other(format!("the address of {name} was not found yet"));
            found.ok_or_else(|| unknown().into())
        })
    }
}

/// What to do when nobody answers there any more.
pub(in crate::device) fn way_out(address: IpAddr) -> String {
    format!(
        " at {address}, where its name was found; if it has another address by now: formfeed printer access NAME --resolve-again"
    )
}
