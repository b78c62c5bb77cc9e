//! The vendor service as a program of its own.

use clap::Parser;
use formfeed_runtime::{Life, Service, ServiceArgs, access, discretion, shutdown, telemetry};

/// Formfeed's vendor service: payers, vendors, accounts, sealed TINs, access tokens.
#[derive(Parser)]
#[command(name = "formfeed-vendor", version)]
struct Args {
    #[command(flatten)]
    service: ServiceArgs,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    discretion::begin();
    let config = Args::parse().service.resolve(Service::Vendor)?;
    let _logging = telemetry::init(&config, &[config.service])?;
    let tokens = access::ensure(&config.data_dir)?;
    let stop = shutdown::on_signals()?;
    let life = Life::begin(&config).await?;
    let running = formfeed_vendor::start(&config, tokens, stop.clone()).await?;
    life.ready(vec![running.member()], stop);
    Ok(running.ended().await?)
}
