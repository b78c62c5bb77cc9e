//! `formfeed up`: all services in one process, until a signal stops them.

use std::path::PathBuf;

use clap::Args;
use formfeed_runtime::endpoints::Endpoints;
use formfeed_runtime::service::Service;
use formfeed_runtime::shutdown;
use formfeed_spooler::SpoolerArgs;

use crate::connect::ConnectArgs;
use crate::environment::Environment;
use crate::errors::{CliError, Exit};
use crate::host::{Host, Settings};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// First of the services' ports: the others are 10, 20 and 30 above it, the console's 70; 0 takes free ones [default: 7010]
    #[arg(long, env = "FORMFEED_PORT_BASE", value_name = "PORT")]
    port_base: Option<u16>,
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
    /// Filter of log lines, such as info or info,formfeed_forms=debug [default: info]
    #[arg(long, env = "FORMFEED_LOG", value_name = "FILTER")]
    log: Option<String>,
    #[command(flatten)]
    spooler: SpoolerArgs,
}

/// Starts the services, says where they are, and runs until SIGTERM or SIGINT.
pub(crate) async fn run(
    args: UpArgs,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let stop = shutdown::on_signals().map_err(|e| CliError::failed("minding signals", e))?;
    let mut service_args = Environment::read()?.args;
    service_args.database_url = args.database_url;
    service_args.config = args.config;
    service_args.log = args.log;
    let data_dir = connect.data_dir()?;
    let settings = Settings {
        data_dir,
        port_base: args.port_base,
        service_args,
        spooler: args.spooler.resolve(),
    };
    let host = Host::start(settings, stop.clone()).await?;
    tell(host.endpoints(), output)?;
    host.run(stop).await?;
    output.note("stopped").ok(); // whether or not anybody takes the word
    Ok(Exit::Done)
}

fn tell(endpoints: &Endpoints, output: &mut Output<'_>) -> Result<(), CliError> {
    for service in Service::ALL {
        output.line(format!(
            "{:<12} {}",
            service.name(),
            endpoints.address(service)
        ))?;
    }
    if let Some(console) = &endpoints.console {
        output.line(format!("{:<12} {console}", "console"))?;
    }
    output.line(format!(
        "{:<12} {}",
        "access token",
        endpoints.token_file.display()
    ))?;
    output.line("ready")?;
    output.json_line(endpoints)?;
    Ok(output.flush()?)
}
