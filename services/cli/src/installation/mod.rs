//! An installation as files: what belongs to it, copied while it works ([`copy`]), and put back ([`put_back`]).
//!
//! It reads a data directory and its configuration as `up` does, and calls no service: what it copies is the services' own
//! ground. Nothing else of the command line goes around them.

pub(crate) mod copy;
mod crash;
mod files;
mod ground;
pub(crate) mod manifest;
mod plan;
pub(crate) mod put_back;
mod tokens;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use formfeed_runtime::ServiceConfig;
use formfeed_runtime::service::Service;
use formfeed_store::DatabaseUrl;

use crate::environment::Environment;
use crate::errors::{CliError, chain};

/// The order in which the databases are held. Who refers to another's rows comes first: forms know jobs, and 1099 information
/// vendors. What a later one holds too much, the services finish by themselves: a printing is submitted again under its
/// request id, an import that was published by half is published.
pub(crate) const ORDER: [Service; 4] = [
    Service::Forms,
    Service::Spooler,
    Service::Calculation,
    Service::Vendor,
];

/// Files of a data directory that belong to an installation, beside databases and keys.
const FILES: [&str; 3] = ["tokens.toml", "duty.toml", formfeed_spooler::HOME_FILE];
/// Folders of the same, and the ending of what is in them.
const OWN_RULES: (&str, &str) = ("rules", "toml");
/// The folder of keys, and the ending of what is in it.
const KEYS: (&str, &str) = ("keys", "key");

/// Where an installation keeps its tables.
#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseArgs {
    /// sqlite:PATH or postgres://…; {service} stands for the service's name [default: SQLite in the data directory]
    #[arg(
        long,
        env = "FORMFEED_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Configuration file [default: formfeed.toml in the data directory]
    #[arg(long, env = "FORMFEED_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What tells the master keys of services from others, by service.
pub(crate) type Masters = BTreeMap<String, String>;

/// The databases of an installation by service, in the order they are held.
#[derive(Debug, Clone)]
pub(crate) struct Databases(pub(crate) Vec<(String, DatabaseUrl)>);

impl DatabaseArgs {
    /// The configuration of each service of a data directory, in the order their databases are held.
    pub(crate) fn configs(&self, data_dir: &Path) -> Result<Vec<ServiceConfig>, CliError> {
        let mut configs = Vec::with_capacity(ORDER.len());
        for service in ORDER {
            let mut args = Environment::read()?.args;
            args.data_dir = Some(data_dir.to_owned());
            args.listen = None;
            args.config.clone_from(&self.config);
            args.database_url.clone_from(&self.database_url);
            let config = args.resolve(service);
            configs.push(config.map_err(|error| CliError::Usage(chain(&error)))?);
        }
        Ok(configs)
    }

    /// What tells the master keys that are set for the services of a data directory; one that cannot be had is left out.
    pub(crate) async fn masters_set(&self, data_dir: &Path) -> Result<Masters, CliError> {
        let mut masters = Masters::new();
        for config in self.configs(data_dir)? {
            let Some(source) = config.master_key else {
                continue;
            };
            if let Ok(check) = source.check().await {
                masters.insert(config.service.name().to_owned(), check);
            }
        }
        Ok(masters)
    }

    /// The databases that the services of a data directory work on.
    pub(crate) fn resolve(&self, data_dir: &Path) -> Result<Databases, CliError> {
        let mut databases = Vec::with_capacity(ORDER.len());
        for config in self.configs(data_dir)? {
            let service = config.service;
            let url: DatabaseUrl = config
                .database_url
                .parse()
                .map_err(|error| CliError::Usage(chain(&error)))?;
            databases.push((service.name().to_owned(), url));
        }
        let databases = Databases(databases);
        databases.kind()?;
        Ok(databases)
    }
}

impl Databases {
    /// `sqlite` or `postgres`.
    pub(crate) fn kind(&self) -> Result<&'static str, CliError> {
        let is_file = |(_, url): &(String, DatabaseUrl)| matches!(url, DatabaseUrl::Sqlite(_));
        match self.0.iter().filter(|database| is_file(database)).count() {
            0 => Ok("postgres"),
            all if all == self.0.len() => Ok("sqlite"),
            _ => Err(CliError::Usage(
                "some services work on SQLite files and some on PostgreSQL: back up each by its own database's means"
                    .to_owned(),
            )),
        }
    }
}

/// Something on this machine failed, with all its causes.
fn failed(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> CliError {
    let what = what.into();
    move |error| CliError::failed(what, error)
}
