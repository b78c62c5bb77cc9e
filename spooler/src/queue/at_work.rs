//! Before a person's word that sheets were not printed is taken: whether their device may still print them.

use formfeed_domain::spool::{AttemptState, JobId};
use formfeed_store::spooler::{OpenAttempts, SpoolError};

use super::Shared;
use super::recovery::key;
use crate::device::{Device, Evidence, Finding};

/// Why some of these sheets in doubt may still come out of their device, in words; `None` when they cannot.
///
/// # Errors
/// Storage.
pub(crate) async fn may_still_print(
    shared: &Shared,
    job: &JobId,
    sheets: &[u32],
) -> Result<Option<String>, SpoolError> {
    for printer in shared.store.printers_of(job).await? {
        // Before the facts: what was changed since shows in these.
        let access = shared.store.printer_access(&printer).await?;
        let facts = shared.store.printer(&printer).await?;
        if let Some(words) = shared.waits_for_approval(&facts) {
            return Ok(Some(format!("printer {printer} cannot be asked: {words}")));
        }
        let Ok(equipment) = shared.devices.set_up(facts, access, None) else {
            continue;
        };
        for open in shared.store.open_attempts(&printer).await? {
            let asked_about = open.job == *job
                && open.state == AttemptState::InDoubt
                && open.sheets.iter().any(|sheet| sheets.contains(sheet));
            if asked_about && let Some(words) = ask(&*equipment.device, &open).await {
                return Ok(Some(format!("printer {printer} {words}")));
            }
        }
    }
    Ok(None)
}

async fn ask(device: &dyn Device, open: &OpenAttempts) -> Option<String> {
    let known: Evidence = serde_json::from_str(&open.evidence).unwrap_or_default();
    let key = key(open, &known)?;
    match device.find(&key, &known).await {
        Ok(Finding::Running(_)) => Some("still works on it".to_owned()),
        Ok(_) => None,
        Err(error) => Some(format!(
            "does not say whether it still works on it: {error}"
        )),
    }
}
