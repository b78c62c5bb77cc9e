//! The spooler as a program of its own.

use std::process::ExitCode;

use clap::Parser;
use formfeed_runtime::config::ConfigError;
use formfeed_runtime::{
    Life, Service, ServiceArgs, access, discretion, program, shutdown, telemetry,
};
use formfeed_spooler::SpoolerArgs;

/// Formfeed's spooler daemon: the print queue and the devices.
#[derive(Parser)]
#[command(name = "formfeed-spooler", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
    #[command(flatten)]
    spooler: SpoolerArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    discretion::begin();
    program::exit_code(run(Args::parse()).await)
}

async fn run(args: Args) -> Result<(), Box<dyn std::error::Error>> {
    let config = args.service.resolve(Service::Spooler)?;
    let logging = telemetry::init(&config, &[config.service]);
    let _logging = logging.map_err(ConfigError::Telemetry)?;
    let tokens = access::ensure(&config.data_dir)?;
    let stop = shutdown::on_signals()?;
    let spooler = args.spooler.resolve();
    let life = Life::begin(&config).await?;
    let running = formfeed_spooler::start(&config, &spooler, tokens, stop.clone()).await?;
    life.ready(vec![running.member()], stop);
    Ok(running.ended().await?)
}
