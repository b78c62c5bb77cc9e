//! The services this one asks. A service that cannot be reached is UNAVAILABLE and named.

mod calculation;
mod history_check;
mod spooler;
mod standing_runs;
mod vendor;

use formfeed_runtime::config::ConfigError;
use formfeed_runtime::{Connector, Service, ServiceConfig};
use tonic::Status;

pub(crate) use calculation::{Calculation, ExceptionPages, InformationPages, SkippedPages};
pub(crate) use history_check::{UnmappedAccountPages, WithoutPayerPages};
pub(crate) use spooler::Spooler;
pub(crate) use vendor::{VendorVersionRef, Vendors, address_from};

/// The ways to the other services, with this service's own token.
#[derive(Debug, Clone)]
pub(crate) struct Peers {
    pub(crate) vendors: Vendors,
    pub(crate) calculation: Calculation,
    pub(crate) spooler: Spooler,
}

impl Peers {
    pub(crate) fn new(config: &ServiceConfig) -> Result<Self, ConfigError> {
        Ok(Self {
            vendors: Vendors(config.connector(Service::Vendor)?),
            calculation: Calculation(config.connector(Service::Calculation)?),
            spooler: Spooler(config.connector(Service::Spooler)?),
        })
    }
}

/// What a failed call means for our own caller: code, message and details, without the other service's headers.
fn explained(connector: &Connector, status: Status) -> Status {
    let status = connector.explain(status);
    let details = status.details().to_vec();
    Status::with_details(status.code(), status.message(), details.into())
}
