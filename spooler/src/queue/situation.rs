//! What keeps a printer from printing a job, in words.

use formfeed_domain::spool::{Job, Situation};
use formfeed_store::spooler::PrinterStatus;

use super::{Condition, Shared, takes_any_stock};
use crate::device::DeviceUri;

/// What a printer is up to: as this run knows it, or as the one that drives it last recorded.
pub(crate) fn condition(status: &PrinterStatus, shared: &Shared) -> Condition {
    let id = &status.printer.id;
    let mut condition = match &status.lease {
        Some(lease) if lease.instance == shared.me.instance => shared.board.of(id),
        Some(lease) => Condition::recorded(id, lease),
        None => Condition::undriven(id),
    };
    let waits = shared.waits_for_approval(&status.printer);
    if let Some(words) = waits.filter(|words| !condition.trouble.contains(words)) {
        condition.trouble.insert(0, words);
    }
    condition
}

/// What keeps a printer from printing a job, if anything does.
pub(crate) fn situation(job: &Job, status: &PrinterStatus, shared: &Shared) -> Situation {
    let printer = &status.printer;
    let condition = condition(status, shared);
    let mut obstacles = Vec::new();
    if let Some(reason) = &printer.paused {
        obstacles.push(format!("printer {} is paused: {reason}", printer.id));
    }
    if status.in_doubt > 0 {
        obstacles.push(format!(
            "printer {} waits for a decision about a sheet in doubt",
            printer.id
        ));
    }
    let any_stock = DeviceUri::parse(&printer.uri).is_ok_and(|uri| takes_any_stock(uri.kind()));
    let (stock, id) = (&job.spec.stock, &printer.id);
    match &printer.load {
        _ if any_stock => {}
        Some(load) if load.stock == *stock && load.on_hand() != Some(0) => {}
        Some(load) if load.stock == *stock => {
            obstacles.push(format!(
                "printer {id} has no {stock} left; load stock {stock} on {id}"
            ));
        }
        _ => obstacles.push(format!("load stock {stock} on {id}")),
    }
    Situation {
        at_work: condition.at_work.as_ref() == Some(&job.id),
        trouble: condition.trouble,
        attention: condition.attention,
        obstacles,
    }
}
