//! Whether the services answer, with one version.

use std::path::Path;
use std::time::Instant;

use formfeed_proto::calculation::ListRunsRequest;
use formfeed_proto::calculation::calculation_service_client::CalculationServiceClient;
use formfeed_proto::forms::ListPrintingsRequest;
use formfeed_proto::forms::forms_service_client::FormsServiceClient;
use formfeed_proto::spooler::ListPrintersRequest;
use formfeed_proto::spooler::printer_service_client::PrinterServiceClient;
use formfeed_proto::vendor::ListPayersRequest;
use formfeed_proto::vendor::payer_service_client::PayerServiceClient;
use formfeed_runtime::server::VERSION_HEADER;
use formfeed_runtime::service::Service;
use formfeed_store::checkup::Finding;
use tonic::metadata::MetadataMap;
use tonic::{Response, Status};

use super::printers;
use crate::connect::{ConnectArgs, Link, Services, client};
use crate::errors::CliError;

const CHECK: &str = "services";
const OURS: &str = env!("CARGO_PKG_VERSION");
/// A unit of all services stops those of one each when it starts: it must not be the only way that is named.
const START: &str = "start them: systemctl start formfeed; or, where each has a unit of its own, systemctl start formfeed-vendor formfeed-calculation formfeed-forms formfeed-spooler";
const LOOK: &str =
    "see that it runs, and its log: systemctl status 'formfeed*', journalctl -u 'formfeed*'";

/// Asks the services that run. Where none do it is a fault only when they `must_run`.
pub(super) async fn examine(
    connect: &ConnectArgs,
    config: Option<&Path>,
    must_run: bool,
) -> Vec<Finding> {
    let services = match connect.find_by(config) {
        Ok(services) => services,
        Err(error) => {
            let text = error.to_string();
            return vec![match must_run {
                true => Finding::fault(CHECK, "all", text, START),
                false => Finding::warning(CHECK, "all", text, START),
            }];
        }
    };
    let mut found = Vec::new();
    for service in Service::ALL {
        found.push(of_service(&services, service).await);
    }
    // Where they cannot be listed the spooler's own line tells. Who looks again and again leaves the devices alone.
    let printers = printers::examine(&services, !must_run).await;
    found.extend(printers.unwrap_or_default());
    found
}

async fn of_service(services: &Services, service: Service) -> Finding {
    let begin = Instant::now();
    let asked = match services.link(service) {
        Ok(link) => ask(&link, service)
            .await
            .map_err(|status| link.error(status)),
        Err(error) => Err(error),
    };
    let way_out = |error: &CliError| match error {
        CliError::Answered { status, .. } if status.code() == tonic::Code::Unauthenticated => {
            "give the token of an admin or auditor with --token-file"
        }
        _ => LOOK,
    };
    match asked {
        Err(error) => Finding::fault(CHECK, service.name(), error.to_string(), way_out(&error)),
        Ok(version) if version == OURS => {
            let took = begin.elapsed().as_millis();
            let text = format!("version {version} answers after {took} ms");
            Finding::fine(CHECK, service.name(), text)
        }
        Ok(version) => {
            let text = format!("version {version} answers, and this is {OURS}");
            let way_out = "bring all of them to one version, and restart what was started before";
            Finding::fault(CHECK, service.name(), text, way_out)
        }
    }
}

/// Asks a service something small of its tables, and answers its version.
async fn ask(link: &Link, service: Service) -> Result<String, Status> {
    let page_size = 1;
    let answered = match service {
        Service::Vendor => {
            let request = ListPayersRequest {
                page_size,
                ..Default::default()
            };
            let answered = client!(PayerServiceClient, link).list_payers(request).await;
            answered.map(headers)
        }
        Service::Calculation => {
            let request = ListRunsRequest {
                page_size,
                ..Default::default()
            };
            let answered = client!(CalculationServiceClient, link)
                .list_runs(request)
                .await;
            answered.map(headers)
        }
        Service::Forms => {
            let request = ListPrintingsRequest {
                page_size,
                ..Default::default()
            };
            let answered = client!(FormsServiceClient, link)
                .list_printings(request)
                .await;
            answered.map(headers)
        }
        Service::Spooler => {
            let request = ListPrintersRequest {
                page_size,
                ..Default::default()
            };
            let answered = client!(PrinterServiceClient, link)
                .list_printers(request)
                .await;
            answered.map(headers)
        }
    };
    let headers = answered?;
    let version = headers
        .get(VERSION_HEADER)
        .and_then(|version| version.to_str().ok());
    Ok(version
        .unwrap_or("of a program that does not tell")
        .to_owned())
}

fn headers<T>(response: Response<T>) -> MetadataMap {
    response.into_parts().0
}
