//! `formfeed vendor reveal-tin` and `find-tin`: one TIN for a person's eyes, and who has one.

use std::fs::OpenOptions;
use std::io::{self, Write as _};

use clap::Args;
use formfeed_proto::vendor as pb;
use pb::tin_service_client::TinServiceClient;
use serde_json::json;
use zeroize::Zeroizing;

use crate::connect::{Link, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::table::Table;
use crate::words::{id, resource};

/// Room for a typed number; a line that is longer leaves what it outgrew in memory.
const LINE: usize = 64;

#[derive(Debug, Args)]
pub(crate) struct RevealArgs {
    /// Key of the vendor
    vendor: String,
    /// Why it is wanted: 5 to 200 characters, kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Shows the number on the terminal this runs at, whatever stdout is: in a file or a pipe it would stay.
pub(super) async fn run(
    args: RevealArgs,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let terminal = OpenOptions::new().write(true).open("/dev/tty");
    let mut terminal = terminal.map_err(|_| {
        let why = "a TIN is shown on a terminal only, and this runs at none";
        CliError::Refused(why.to_owned())
    })?;
    let request = pb::RevealTinRequest {
        name: resource("vendors", &args.vendor),
        reason: args.reason,
    };
    let answer = client!(TinServiceClient, link).reveal_tin(request).await;
    let tin = answer.map_err(|status| link.error(status))?.into_inner();
    let digits = Zeroizing::new(tin.digits);
    writeln!(terminal, "{} {}", tin.tin_type, digits.as_str())?;
    output.note("it stands in the audit trail that you have seen it")?;
    Ok(Exit::Done)
}

/// Finds vendors by the number on standard input: on the command line everybody on this machine could read it.
pub(super) async fn find(link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let mut tin = Zeroizing::new(String::with_capacity(LINE));
    io::stdin().read_line(&mut tin)?;
    formfeed_store::panic_point("cli-find-tin", tin.trim());
    let request = pb::FindVendorsByTinRequest {
        tin: tin.trim().to_owned(),
    };
    let answer = client!(TinServiceClient, link)
        .find_vendors_by_tin(request)
        .await;
    let found = answer.map_err(|status| link.error(status))?.into_inner();
    let mut table = Table::new(&["vendor", "versions"]);
    for vendor in &found.vendors {
        table.row([id(&vendor.name), &versions(vendor)]);
    }
    output.table(&table)?;
    let documents = found
        .vendors
        .iter()
        .map(|vendor| json!({"vendor": vendor.name, "versions": vendor.versions}));
    output.document(&documents.collect::<Vec<_>>())?;
    Ok(Exit::Done)
}

fn versions(vendor: &pb::VendorWithTin) -> String {
    let versions = vendor.versions.iter().map(i64::to_string);
    versions.collect::<Vec<_>>().join(" ")
}
