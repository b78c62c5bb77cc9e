//! Keeps what the printers of this daemon are up to, in words, for whoever asks later.

use std::collections::HashMap;
use std::time::Duration;

use chrono::Utc;
use formfeed_domain::spool::PrinterId;
use formfeed_store::spooler::{PrinterPast, SpoolError};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::waiting::Standing;
use crate::service::Handlers;

/// A trouble that is gone sooner is none to remember.
const SETTLED: Duration = Duration::from_millis(500);
/// What no change of a device tells, such as a pause.
const LOOK_ANYWAY: Duration = Duration::from_secs(5);

/// Until `shutdown`.
pub(super) async fn keep(handlers: Handlers, shutdown: CancellationToken) {
    let mut news = handlers.shared().board.listen();
    let mut told = HashMap::new();
    loop {
        if let Err(error) = note(&handlers, &mut told).await {
            warn!(%error, "What printers are up to cannot be kept");
        }
        tokio::select! {
            Ok(()) = news.changed() => tokio::time::sleep(SETTLED).await,
            () = tokio::time::sleep(LOOK_ANYWAY) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

type Told = HashMap<PrinterId, (String, Vec<String>)>;

async fn note(handlers: &Handlers, told: &mut Told) -> Result<(), SpoolError> {
    for lease in handlers.shared().leases.all() {
        let printer = match handlers.printer(&lease.printer).await {
            Err(SpoolError::PrinterNotFound(_)) => continue,
            printer => printer?,
        };
        let Some(standing) = Standing::of(handlers, printer).await? else {
            continue;
        };
        let (state, reasons) = standing.in_words();
        let now = (state.to_owned(), reasons);
        if told.get(&lease.printer) == Some(&now) {
            continue;
        }
        let past = PrinterPast {
            at: Utc::now(),
            state: now.0.clone(),
            reasons: now.1.clone(),
        };
        handlers
            .store()
            .note_printer_state(&lease.printer, &past)
            .await?;
        told.insert(lease.printer.clone(), now);
    }
    Ok(())
}
