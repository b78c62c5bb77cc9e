//! Certificates that are about to end.

use std::collections::BTreeSet;
use std::path::Path;

use formfeed_store::checkup::Finding;
use x509_parser::pem::Pem;
use x509_parser::time::ASN1Time;

use crate::config::ServiceConfig;

const CHECK: &str = "certificates";
const SOON_DAYS: i64 = 30;

/// Looks at the certificates that the services show, and at the authority they trust.
pub(super) fn examine(configs: &[ServiceConfig]) -> Vec<Finding> {
    let own = configs
        .iter()
        .filter_map(|config| config.tls.as_ref().map(|files| &files.cert));
    let authorities = configs.iter().filter_map(|config| config.ca_file.as_ref());
    let files: BTreeSet<_> = own.chain(authorities).collect();
    files.into_iter().map(|file| of_file(file)).collect()
}

fn of_file(path: &Path) -> Finding {
    let shown = path.display().to_string();
    match first_end(path) {
        Err(error) => {
            let way_out = "give a file of PEM certificates";
            Finding::fault(CHECK, shown, error, way_out)
        }
        Ok(end) => {
            let days = (end.timestamp() - ASN1Time::now().timestamp()) / (24 * 3600);
            let text = format!("it is good until {end}");
            let way_out = "have it renewed, and put the new one in its place";
            match days {
                SOON_DAYS.. => Finding::fine(CHECK, shown, text),
                0.. => Finding::warning(CHECK, shown, text, way_out),
                _ => Finding::fault(CHECK, shown, format!("it was good until {end}"), way_out),
            }
        }
    }
}

/// When the first of a chain ends.
fn first_end(path: &Path) -> Result<ASN1Time, String> {
    let text = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut first: Option<ASN1Time> = None;
    for pem in Pem::iter_from_buffer(&text) {
        let pem = pem.map_err(|error| error.to_string())?;
        let certificate = pem.parse_x509().map_err(|error| error.to_string())?;
        let end = certificate.validity().not_after;
        first = Some(first.map_or(end, |first| first.min(end)));
    }
    first.ok_or_else(|| "there is no certificate in it".to_owned())
}
