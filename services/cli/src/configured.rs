//! The services by their configuration: of those that run as programs of their own no `endpoints.json` tells.

use std::path::{Path, PathBuf};

use formfeed_runtime::listener;
use formfeed_runtime::service::Service;

use crate::environment::Environment;
use crate::errors::{CliError, chain};

/// Where the services answer by their configuration.
#[derive(Debug)]
pub(crate) struct Configured {
    /// Of each service, in the order of [`Service::ALL`].
    pub(crate) addresses: [String; 4],
    /// Authority that signed the services' certificates.
    pub(crate) ca_file: Option<PathBuf>,
}

impl Configured {
    /// What the configuration of a data directory says of its services, in the file named or the usual one; `ca_file` stands
    /// before the authority that is set there.
    ///
    /// # Errors
    /// [`CliError::Refused`] when the configuration cannot be used.
    pub(crate) fn read(
        data_dir: &Path,
        file: Option<&Path>,
        ca_file: Option<&Path>,
    ) -> Result<Self, CliError> {
        let environment = Environment::read()?;
        let mut addresses = [const { String::new() }; 4];
        let mut authority = None;
        for (address, service) in addresses.iter_mut().zip(Service::ALL) {
            let mut args = environment.args.clone();
            args.data_dir = Some(data_dir.to_owned());
            args.listen = None; // one address cannot be every service's
            args.config = file.map(Path::to_owned).or(args.config);
            args.tls_ca = ca_file.map(Path::to_owned).or(args.tls_ca);
            let config = args.resolve(service);
            let config = config.map_err(|error| CliError::Refused(chain(&error)))?;
            config.peers.address(service).clone_into(address);
            authority = authority.or(config.ca_file);
        }
        Ok(Self {
            addresses,
            ca_file: authority,
        })
    }

    /// The addresses at which a service of the data directory may be; all are looked at together.
    pub(crate) fn served(&self, data_dir: &Path) -> [Option<String>; 4] {
        std::thread::scope(|scope| {
            let looking = self.addresses.each_ref().map(|address| {
                let look = move || listener::may_serve(data_dir, address);
                (address, scope.spawn(look))
            });
            looking.map(|(address, looked)| {
                let serves = looked.join().unwrap_or(false);
                serves.then(|| address.clone())
            })
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn services_are_where_their_configuration_says_and_trusted_by_its_authority() {
        let folder = tempfile::tempdir().unwrap();
        let read = |ca_file| Configured::read(folder.path(), None, ca_file).unwrap();
        let usual = read(None);
        assert_eq!(usual.addresses[0], "http://127.0.0.1:7010");
        assert_eq!(usual.ca_file, None);
        let own = Path::new("own.pem");
        let trusting = read(Some(own));
        assert_eq!(trusting.addresses[0], "https://127.0.0.1:7010");
        assert_eq!(trusting.ca_file.as_deref(), Some(own));

        let text = "tls_ca = 'ca.pem'\n[peers]\nspooler = 'https://print.example:1'\n";
        std::fs::write(folder.path().join("formfeed.toml"), text).unwrap();
        let set = read(None);
        assert_eq!(set.addresses[2], "https://127.0.0.1:7030");
        assert_eq!(set.addresses[3], "https://print.example:1");
        assert_eq!(set.ca_file.as_deref(), Some(Path::new("ca.pem")));
    }

    #[test]
    fn nobody_serves_where_nobody_listens() {
        let folder = tempfile::tempdir().unwrap();
        let listeners = [(); 4].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        let configured = Configured {
            addresses: listeners
                .each_ref()
                .map(|listener| format!("http://{}", listener.local_addr().unwrap())),
            ca_file: None,
        };
        let all = configured.addresses.clone().map(Some);
        let [vendor, calculation, forms, spooler] = listeners;
        assert_eq!(configured.served(folder.path()), all);
        drop((vendor, calculation, forms));
        let found = configured.served(folder.path());
        assert_eq!(found, [None, None, None, all[3].clone()]);
        drop(spooler);
        assert_eq!(
            configured.served(folder.path()),
            [const { None::<String> }; 4]
        );
    }
}
