//! Which spooler drives a printer, and taking one over.

use clap::Args;
use formfeed_proto::spooler as pb;
use pb::printer_service_client::PrinterServiceClient;
use serde::Serialize;

use crate::connect::{Link, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{resource, time};

#[derive(Debug, Args)]
pub(crate) struct TakeOverArgs {
    /// Name of the printer
    name: String,
    /// Why; kept
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Take it from a spooler that shows life: that one sends nothing more, and the sheet it is printing is in doubt
    #[arg(long)]
    although_holder_lives: bool,
}

impl TakeOverArgs {
    pub(super) fn request(self) -> pb::TakeOverPrinterRequest {
        pb::TakeOverPrinterRequest {
            name: resource("printers", &self.name),
            reason: self.reason,
            although_holder_lives: self.although_holder_lives,
        }
    }
}

/// Who drives a printer.
#[derive(Serialize)]
pub(super) struct LeaseView {
    spooler: String,
    epoch: i64,
    since: String,
    taken_by: String,
    reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    address: String,
    shows_life: bool,
    last_sign: Option<String>,
}

impl From<pb::Lease> for LeaseView {
    fn from(lease: pb::Lease) -> Self {
        Self {
            spooler: lease.spooler,
            epoch: lease.epoch,
            since: time(lease.since.as_ref()),
            taken_by: lease.taken_by,
            reason: lease.reason,
            address: lease.address,
            shows_life: lease.shows_life,
            last_sign: lease.last_sign_time.map(|at| time(Some(&at))),
        }
    }
}

impl LeaseView {
    /// `hall since 2026-11-26T03:44:34Z`, and what is wrong with it.
    pub(super) fn in_words(&self) -> String {
        let (spooler, since) = (&self.spooler, &self.since);
        match (self.shows_life, &self.last_sign) {
            (true, _) => format!("{spooler} since {since}"),
            (false, Some(sign)) => format!("{spooler} since {since}; last sign of life {sign}"),
            (false, None) => format!("{spooler} since {since}; it was stopped"),
        }
    }

    /// The spooler, and whether it shows life.
    pub(super) fn in_short(&self) -> String {
        match self.shows_life {
            true => self.spooler.clone(),
            false => format!("{} (no life)", self.spooler),
        }
    }
}

/// Every epoch of a printer.
pub(super) async fn leases(
    printer: String,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let printers = client!(PrinterServiceClient, link);
    let found = pages::all(|page_token| {
        let request = pb::ListLeasesRequest {
            printer: printer.clone(),
            page_size: pages::PAGE_SIZE,
            page_token,
        };
        let mut printers = printers.clone();
        async move {
            let page = printers.list_leases(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.leases, page.next_page_token))
        }
    });
    let mut table = Table::new(&[">epoch", "spooler", "since", "by", "reason"]);
    let mut epochs = Vec::new();
    for lease in found.await? {
        let lease = LeaseView::from(lease);
        let epoch = lease.epoch.to_string();
        table.row([
            &epoch,
            &lease.spooler,
            &lease.since,
            &lease.taken_by,
            &lease.reason,
        ]);
        epochs.push(serde_json::json!({
            "epoch": lease.epoch,
            "spooler": lease.spooler,
            "since": lease.since,
            "taken_by": lease.taken_by,
            "reason": lease.reason,
        }));
    }
    output.table(&table)?;
    output.document(&epochs)?;
    Ok(Exit::Done)
}
