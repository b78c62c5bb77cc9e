//! The calculation service as a program of its own.

use clap::Parser;
use formfeed_runtime::{Life, Service, ServiceArgs, access, discretion, shutdown, telemetry};

/// Formfeed's calculation service: the AP history, and the 1099 information made from it.
#[derive(Parser)]
#[command(name = "formfeed-calculation", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    discretion::begin();
    let config = Args::parse().service.resolve(Service::Calculation)?;
    let _logging = telemetry::init(&config, &[config.service])?;
    let tokens = access::ensure(&config.data_dir)?;
    let stop = shutdown::on_signals()?;
    let life = Life::begin(&config).await?;
    let running = formfeed_calculation::start(&config, tokens, stop.clone()).await?;
    life.ready(vec![running.member()], stop);
    Ok(running.ended().await?)
}
