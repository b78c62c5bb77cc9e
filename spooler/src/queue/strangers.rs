//! Before a sheet: whether somebody else printed on the printer since its last one, and whether it says something new of a
//! sheet that a person has decided about.
//!
//! On numbered stock a stranger's sheet took a number: the printer stops and asks. On any other it is told, and goes on.

use formfeed_domain::spool::AttemptState;
use formfeed_store::spooler::{Act, Chosen, OpenAttempts, SpoolError};
use tracing::warn;
use uuid::Uuid;

use super::equipment::Equipment;
use super::print::{BY_DEVICE, json, words};
use super::recovery::key;
use super::worker::Worker;
use crate::device::{DeviceKind, Evidence, Finding, Mark, Since, Strength, TerminalState};

impl Worker {
    /// Whether the next sheet may go: `false` when a person is asked first, or the printer cannot be asked now.
    pub(super) async fn undisturbed(
        &self,
        equipment: &Equipment,
        chosen: &Chosen,
    ) -> Result<bool, SpoolError> {
        if !matches!(equipment.kind, DeviceKind::Ipp | DeviceKind::Ipps) {
            return Ok(true);
        }
        Ok(self.nothing_late(equipment).await? && self.no_stranger(equipment, chosen).await?)
    }

    /// Notes how far the printer is, now that a job of ours has ended.
    pub(super) async fn keep_mark(&self, equipment: &Equipment, ended: &Evidence) {
        let Some(mark) = equipment.device.mark(ended).await else {
            return;
        };
        let (store, mark) = (&self.shared.store, mark_json(&mark));
        if let Err(failed) = store
            .mark_printer(&self.printer, &mark, self.shared.now())
            .await
        {
            // What is ours is known by its name all the same.
            warn!(printer = %self.printer, error = %failed, "How far the printer is cannot be noted");
        }
    }

    async fn no_stranger(
        &self,
        equipment: &Equipment,
        chosen: &Chosen,
    ) -> Result<bool, SpoolError> {
        let store = &self.shared.store;
        let Some(mark) = store.printer_mark(&self.printer).await? else {
            return Ok(true);
        };
        let mark: Mark = serde_json::from_str(&mark).unwrap_or_default();
        let since = match equipment.device.since(&mark).await {
            Ok(since) => since,
            Err(error) => {
                self.trouble(Some(&chosen.job.id), words(&error)).await?;
                return Ok(false);
            }
        };
        let Some(seen) = self.strangers(&since).await? else {
            return Ok(true);
        };
        let now = mark_json(&since.now);
        let load = equipment.facts.load.as_ref();
        let numbered = load.filter(|load| load.serials.is_some());
        let printer = &self.printer;
        let told = match numbered {
            None => {
                store.mark_printer(printer, &now, self.shared.now()).await?;
                format!("{seen}; the count of the stock may be off")
            }
            Some(load) => {
                let told = format!(
                    "{seen}, so another number may lie in the tray: look, then formfeed printer resume {printer} when it is the next one; else before that formfeed printer load-stock {printer} blank, and formfeed printer load-stock {printer} {} --sheets SHEETS --first-serial NUMBER",
                    load.stock
                );
                let act = self.act(&told);
                store.pause_for_stranger(printer, &now, &act).await?;
                told
            }
        };
        let event = ("foreign_job", told.as_str());
        store
            .note_event(&chosen.job.id, event, self.shared.now())
            .await?;
        self.shared.hub.ring(&chosen.job.id);
        Ok(numbered.is_none())
    }

    /// What others did, in words.
    async fn strangers(&self, since: &Since) -> Result<Option<String>, SpoolError> {
        let mut others = Vec::new();
        for job in &since.jobs {
            if !self.shared.store.is_ours(job).await? {
                others.push(format!("{job:?}"));
            }
        }
        let before = format!(
            "somebody else printed on {} since its last sheet",
            self.printer
        );
        // Sides that a job of ours may have marked late tell nothing of others.
        let only_others = since.jobs.len() == others.len();
        let sides = since.impressions.filter(|sides| only_others && *sides != 0);
        Ok(match (others.is_empty(), sides) {
            (false, _) => Some(format!("{before} ({})", others.join(", "))),
            (true, Some(sides)) => Some(format!("{before} (it counts {sides} more sides)")),
            (true, None) => None,
        })
    }

    /// Whether the printer says nothing new of what was decided lately.
    async fn nothing_late(&self, equipment: &Equipment) -> Result<bool, SpoolError> {
        let store = &self.shared.store;
        let decided = store.decided_lately(&self.printer, BY_DEVICE, self.shared.now());
        let mut quiet = true;
        for attempt in decided.await? {
            let known: Evidence = serde_json::from_str(&attempt.evidence).unwrap_or_default();
            // Who decided had seen that already.
            if known.terminal == Some(TerminalState::Completed) {
                continue;
            }
            let Some(key) = key(&attempt, &known) else {
                continue;
            };
            let late = match equipment.device.find(&key, &known).await {
                Ok(Finding::Settled(late)) if late.strength == Strength::Device => late,
                Ok(_) => continue,
                Err(error) => {
                    warn!(token = attempt.token, error = %error, "The device cannot be asked about a sheet that was decided");
                    continue;
                }
            };
            let act = self.act(&late_words(&attempt, &late, self.printer.as_str()));
            let noted = (&attempt, json(&late));
            let noted = (noted.0, noted.1.as_str());
            store.note_late_result(&self.printer, noted, &act).await?;
            warn!(token = attempt.token, "{}", act.reason);
            self.shared.hub.ring(&attempt.job);
            quiet = false;
        }
        Ok(quiet)
    }

    /// What no person does.
    pub(super) fn act(&self, reason: &str) -> Act {
        Act {
            id: Uuid::now_v7().to_string(),
            by: BY_DEVICE.to_owned(),
            reason: reason.to_owned(),
            at: self.shared.now(),
        }
    }
}

fn late_words(attempt: &OpenAttempts, late: &Evidence, printer: &str) -> String {
    let sheets: Vec<_> = attempt.sheets.iter().map(u32::to_string).collect();
    let decided = match attempt.state {
        AttemptState::Lost => "lost",
        _ => "not printed",
    };
    let number = late.device_job_id.unwrap_or_default();
    let sides = late
        .impressions_completed
        .map(|sides| format!(", {sides} sides"))
        .unwrap_or_default();
    format!(
        "printer {printer} says now that sheet {} of {} is printed (its job {number}, completed{sides}), which was decided as {decided}; the decision stands: throw the late sheet away, load numbered stock by its next number, then formfeed printer resume {printer}",
        sheets.join(", "),
        attempt.job
    )
}

fn mark_json(mark: &Mark) -> String {
    serde_json::to_string(mark).unwrap_or_default()
}
