//! Finding the services, and calling them with this user's access token.

use std::path::{Path, PathBuf};

use clap::Args;
use formfeed_runtime::access::{Secret, admin_token_path, read_token};
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::endpoints::{Endpoints, EndpointsError};
use formfeed_runtime::service::Service;
use formfeed_runtime::tls::{Identity, Trust};
use formfeed_runtime::{Connector, Limits, data_dir, listener};
use tonic::Status;

use crate::configured::Configured;
use crate::errors::{CliError, chain};

/// What is said of a service where others of its data directory run.
const NOT_SERVED: &str =
    "no service of this data directory listens at its address; check that it runs, then retry";

/// Where the services are: told by a data directory's `endpoints.json`, by its configuration, or by hand.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct ConnectArgs {
    /// Folder of databases, keys and tokens; its endpoints.json tells where the services answer, or else its configuration
    /// [default: the platform's data directory]
    #[arg(long, global = true, env = "FORMFEED_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where a service answers: vendor, calculation, forms or spooler, then its address; may be repeated
    #[arg(long, global = true, value_name = "NAME=HOST:PORT", value_parser = server)]
    pub server: Vec<(Service, String)>,
    /// File with the access token [default: the one endpoints.json names, or admin.token in the data directory]
    #[arg(long, global = true, env = "FORMFEED_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Authority that signed the services' certificates, PEM
    #[arg(long, global = true, env = "FORMFEED_TLS_CA", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Certificate to show to services that ask for one, PEM
    #[arg(
        long,
        global = true,
        env = "FORMFEED_TLS_CLIENT_CERT",
        value_name = "FILE",
        requires = "client_key"
    )]
    pub client_cert: Option<PathBuf>,
    /// Private key of the certificate to show, PEM
    #[arg(
        long,
        global = true,
        env = "FORMFEED_TLS_CLIENT_KEY",
        value_name = "FILE",
        requires = "client_cert"
    )]
    pub client_key: Option<PathBuf>,
}

/// The ways to the four services.
#[derive(Debug)]
pub struct Services {
    addresses: [Option<String>; 4],
    why_unknown: String,
    token_file: PathBuf,
    trust: Option<Trust>,
}

/// The way to one service.
#[derive(Debug, Clone)]
pub struct Link(Connector);

impl ConnectArgs {
    /// The data directory in force.
    ///
    /// # Errors
    /// When none is given and this user has no home.
    pub fn data_dir(&self) -> Result<PathBuf, CliError> {
        let no_home =
            || CliError::Usage("no home directory to keep data in; give --data-dir".to_owned());
        self.data_dir
            .clone()
            .or_else(data_dir::default_path)
            .ok_or_else(no_home)
    }

    /// Finds the services; nothing is called yet.
    ///
    /// # Errors
    /// When nothing runs on the data directory and no address is given by hand.
    pub fn find(&self) -> Result<Services, CliError> {
        self.find_by(None)
    }

    /// The same, where the services' configuration is this file if one is named.
    ///
    /// # Errors
    /// As [`ConnectArgs::find`]; also when that file cannot be used.
    pub fn find_by(&self, config: Option<&Path>) -> Result<Services, CliError> {
        let data_dir = self.data_dir()?;
        let found = Endpoints::find(&data_dir);
        let by_hand = !self.server.is_empty();
        let mut services = match found {
            Ok(endpoints) => Services::from_endpoints(&endpoints).but_others(&data_dir),
            Err(_) if by_hand => Services {
                addresses: [const { None }; 4],
                why_unknown: "give its address with --server".to_owned(),
                token_file: admin_token_path(&data_dir),
                trust: None,
            },
            Err(error @ EndpointsError::Unreadable { .. }) => {
                return Err(CliError::Refused(chain(&error)));
            }
            Err(error) => {
                let configured = self.configured(&data_dir, config)?;
                configured.ok_or_else(|| CliError::Unreachable(chain(&error)))?
            }
        };
        for (service, address) in &self.server {
            services.addresses[place(*service)] = Some(address.clone());
        }
        if let Some(token_file) = &self.token_file {
            services.token_file.clone_from(token_file);
        }
        let named = services.trust.map(|trust| trust.authority);
        let authority = self.ca_file.clone().or(named);
        services.trust = authority.map(|authority| Trust {
            authority,
            identity: self.identity(),
        });
        Ok(services)
    }
}

impl ConnectArgs {
    /// The services of a data directory where its configuration says; `None` where none of them runs. Without a token
    /// nobody is looked for: a directory in which no service ever ran has none.
    fn configured(
        &self,
        data_dir: &Path,
        config: Option<&Path>,
    ) -> Result<Option<Services>, CliError> {
        let token_file = admin_token_path(data_dir);
        if self.token_file.is_none() && !token_file.exists() {
            return Ok(None);
        }
        let configured = Configured::read(data_dir, config, self.ca_file.as_deref())?;
        let addresses = configured.served(data_dir);
        if addresses.iter().all(Option::is_none) {
            return Ok(None);
        }
        Ok(Some(Services {
            addresses,
            why_unknown: NOT_SERVED.to_owned(),
            token_file,
            trust: configured.ca_file.map(|authority| Trust {
                authority,
                identity: None,
            }),
        }))
    }

    fn identity(&self) -> Option<Identity> {
        let (cert, key) = (self.client_cert.clone(), self.client_key.clone());
        cert.zip(key).map(|(cert, key)| Identity { cert, key })
    }
}

impl Services {
    /// The services of `up` or `demo` in this very process.
    pub fn from_endpoints(endpoints: &Endpoints) -> Self {
        Self {
            addresses: Service::ALL.map(|service| Some(endpoints.address(service).to_owned())),
            why_unknown: String::new(),
            token_file: endpoints.token_file.clone(),
            trust: endpoints.ca_file.clone().map(|authority| Trust {
                authority,
                identity: None,
            }),
        }
    }

    /// The same without those whose port is another user's by now: what wrote `endpoints.json` may have been killed, and its
    /// process number be somebody else's.
    fn but_others(mut self, data_dir: &Path) -> Self {
        for address in &mut self.addresses {
            if address
                .take_if(|it| listener::is_of_another(data_dir, it))
                .is_some()
            {
                NOT_SERVED.clone_into(&mut self.why_unknown);
            }
        }
        self
    }

    /// The way to one service; its first call connects.
    ///
    /// # Errors
    /// When its address is not known, or the token cannot be read.
    pub fn link(&self, service: Service) -> Result<Link, CliError> {
        let address = self.addresses[place(service)].as_deref().ok_or_else(|| {
            let why = &self.why_unknown;
            CliError::Unreachable(format!(
                "the {service} service is nowhere to be found: {why}"
            ))
        })?;
        let connector = Connector::new(service, address, self.token()?, self.trust.as_ref());
        connector
            .map(Link)
            .map_err(|error| CliError::Usage(chain(&error)))
    }

    fn token(&self) -> Result<Secret, CliError> {
        read_token(&self.token_file).map_err(|error| {
            let path = self.token_file.display().to_string();
            CliError::Refused(match Secret::is_like(&path) {
                true => "--token-file takes the path of a file that holds the token, not the token: what stands on a command line is seen by everybody on the machine; revoke that token".to_owned(),
                false => format!("no access token in {path}: {error}; give --token-file"),
            })
        })
    }
}

impl Link {
    /// What a generated client is made over.
    pub fn channel(&self) -> AuthChannel {
        self.0.channel()
    }

    /// Message sizes and times in force.
    pub fn limits(&self) -> Limits {
        self.0.limits()
    }

    /// A failed call as this command's error.
    pub fn error(&self, status: Status) -> CliError {
        let status = Box::new(self.0.explain(status));
        CliError::Answered {
            service: self.0.service(),
            status,
        }
    }
}

/// A generated client over a link, with the link's message sizes: `client!(JobServiceClient, link)`.
macro_rules! client {
    ($client:ident, $link:expr) => {
        formfeed_runtime::sized!($client::new($link.channel()), $link.limits())
    };
}
pub(crate) use client;

fn place(service: Service) -> usize {
    match service {
        Service::Vendor => 0,
        Service::Calculation => 1,
        Service::Forms => 2,
        Service::Spooler => 3,
    }
}

fn server(text: &str) -> Result<(Service, String), String> {
    let usage = "write NAME=HOST:PORT with vendor, calculation, forms or spooler as the name";
    let (name, address) = text.split_once('=').ok_or(usage)?;
    let service = Service::ALL
        .into_iter()
        .find(|service| service.name() == name);
    match address.is_empty() {
        false => service
            .map(|service| (service, address.to_owned()))
            .ok_or(usage.to_owned()),
        true => Err(usage.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::errors::Exit;

    #[test]
    fn a_server_is_given_by_name_and_address() {
        assert_eq!(server("forms=h:1"), Ok((Service::Forms, "h:1".to_owned())));
        for bad in ["forms", "forms=", "mailer=h:1", "=h:1"] {
            assert!(server(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn without_running_services_a_command_says_how_to_start_them() {
        let folder = tempfile::tempdir().unwrap();
        let args = ConnectArgs {
            data_dir: Some(folder.path().to_owned()),
            ..ConnectArgs::default()
        };
        let error = args.find().unwrap_err();
        assert_eq!(error.exit(), Exit::Unreachable);
        assert!(error.to_string().contains("formfeed up"), "{error}");
    }

    #[test]
    fn a_service_that_was_not_named_is_nowhere_to_be_found() {
        let folder = tempfile::tempdir().unwrap();
        let args = ConnectArgs {
            data_dir: Some(folder.path().to_owned()),
            server: vec![(Service::Vendor, "127.0.0.1:1".to_owned())],
            ..ConnectArgs::default()
        };
        let error = args.find().unwrap().link(Service::Forms).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the forms service is nowhere to be found: give its address with --server"
        );
    }
}
