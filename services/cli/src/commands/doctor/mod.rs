//! `formfeed doctor`: whether the installation is sound, and the way out where it is not.
//!
//! What it finds is found elsewhere: files, disk, clock and access by [`formfeed_runtime::checkup`], databases and keys by
//! [`formfeed_store::checkup`], both without the services, for they may not run; the rest by asking the services.

mod printers;
mod services;

use std::path::PathBuf;

use clap::Args;
use formfeed_runtime::service::Service;
use formfeed_runtime::{ServiceConfig, checkup};
use formfeed_store::DatabaseUrl;
use formfeed_store::checkup::{self as tables, Finding, Verdict};

use crate::connect::ConnectArgs;
use crate::environment::Environment;
use crate::errors::{CliError, Exit, chain};
use crate::output::Output;
use crate::shown::shown;

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Only whether the services run and answer, and what they know of their printers: within seconds, no device is asked, and a
    /// fault when they do not run
    #[arg(long)]
    live: bool,
    /// Configuration file of the services [default: formfeed.toml in the data directory]
    #[arg(long, env = "FORMFEED_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Looks, and tells; status 1 when something is to be mended.
pub(crate) async fn run(
    args: DoctorArgs,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut found = Vec::new();
    if !args.live {
        found.extend(at_rest(&args, connect).await?);
    }
    found.extend(services::examine(connect, args.config.as_deref(), args.live).await);
    for finding in &found {
        tell(finding, output)?;
    }
    let count = |verdict| found.iter().filter(|one| one.verdict == verdict).count();
    let (faults, warnings) = (count(Verdict::Fault), count(Verdict::Warning));
    output.line(format!(
        "{} checks, {faults} faults, {warnings} warnings",
        found.len()
    ))?;
    output.document(&found)?;
    Ok(match faults {
        0 => Exit::Done,
        _ => Exit::Failed,
    })
}

/// What can be looked at whether the services run or not.
async fn at_rest(args: &DoctorArgs, connect: &ConnectArgs) -> Result<Vec<Finding>, CliError> {
    let data_dir = connect.data_dir()?;
    let environment = Environment::read()?;
    let mut configs = Vec::new();
    for service in Service::ALL {
        let mut settings = environment.args.clone();
        settings.data_dir = Some(data_dir.clone());
        settings.config.clone_from(&args.config);
        let resolved = settings.resolve(service);
        configs.push(resolved.map_err(|error| CliError::Refused(chain(&error)))?);
    }
    let (dir, of_all) = (data_dir.clone(), configs.clone());
    let looked = tokio::task::spawn_blocking(move || checkup::installation(&dir, &of_all));
    let mut found = looked
        .await
        .map_err(|error| CliError::failed("looking at the data directory", error))?;
    if data_dir.is_dir() {
        for config in &configs {
            found.extend(database(config).await?);
        }
    }
    Ok(found)
}

async fn database(config: &ServiceConfig) -> Result<Vec<Finding>, CliError> {
    let url: Result<DatabaseUrl, _> = config.database_url.parse();
    let url = url.map_err(|error| CliError::Refused(chain(&error)))?;
    Ok(tables::database(config.service.name(), &url, &config.keys()).await)
}

/// One line, and one more with the way out.
fn tell(finding: &Finding, output: &mut Output<'_>) -> Result<(), CliError> {
    let word = match finding.verdict {
        Verdict::Fine => "ok",
        Verdict::Warning => "warning",
        Verdict::Fault => "FAULT",
    };
    let Finding {
        check,
        subject,
        text,
        way_out,
        ..
    } = finding;
    output.line(format!(
        "{word:<8} {check:<19} {}: {}",
        shown(subject),
        shown(text)
    ))?;
    if !way_out.is_empty() {
        output.line(format!("{:<8} -> {}", "", shown(way_out)))?;
    }
    Ok(())
}
