//! The forms service as a program of its own.

use std::process::ExitCode;

use clap::Parser;
use formfeed_runtime::config::ConfigError;
use formfeed_runtime::{
    Life, Service, ServiceArgs, access, discretion, program, shutdown, telemetry,
};

/// Formfeed's forms service: who gets which form, and the way to the spooler.
#[derive(Parser)]
#[command(name = "formfeed-forms", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    discretion::begin();
    program::exit_code(run(Args::parse()).await)
}

async fn run(args: Args) -> Result<(), Box<dyn std::error::Error>> {
    let config = args.service.resolve(Service::Forms)?;
    let logging = telemetry::init(&config, &[config.service]);
    let _logging = logging.map_err(ConfigError::Telemetry)?;
    let tokens = access::ensure(&config.data_dir)?;
    let stop = shutdown::on_signals()?;
    let life = Life::begin(&config).await?;
    let running = formfeed_forms::start(&config, tokens, stop.clone()).await?;
    life.ready(vec![running.member()], stop);
    Ok(running.ended().await?)
}
