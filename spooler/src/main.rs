//! The spooler as a program of its own.

use clap::Parser;
use formfeed_runtime::{Life, Service, ServiceArgs, access, discretion, shutdown, telemetry};
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
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    discretion::begin();
    let args = Args::parse();
    let config = args.service.resolve(Service::Spooler)?;
    let _logging = telemetry::init(&config, &[config.service])?;
    let tokens = access::ensure(&config.data_dir)?;
    let stop = shutdown::on_signals()?;
    let spooler = args.spooler.resolve();
    let life = Life::begin(&config).await?;
    let started = formfeed_spooler::start(&config, &spooler, tokens, stop.clone()).await;
    let running = started.inspect_err(|error| tracing::error!("{error}"))?;
    life.ready(vec![running.member()], stop);
    Ok(running.ended().await?)
}
