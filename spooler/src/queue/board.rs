//! What printers are up to at this moment: known to the process that drives them, gone with it. Other daemons of the
//! database see what it last recorded beside the lease.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use formfeed_domain::spool::{JobId, PrinterId};
use formfeed_store::spooler::Tenure;
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};

/// What one printer is up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    /// The job whose sheets are being printed, or would be if the printer could.
    pub(crate) at_work: Option<JobId>,
    /// Why the printer does not print, in words; empty when it does.
    pub(crate) trouble: Vec<String>,
    /// What a person should look after although the printer prints.
    pub(crate) attention: Vec<String>,
    /// The job that was last told why it waits, and why.
    told: Option<(JobId, Vec<String>)>,
}

/// A condition as other daemons read it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Record {
    at_work: Option<String>,
    trouble: Vec<String>,
    attention: Vec<String>,
}

impl Condition {
    /// As the holder of a printer records it for the other daemons.
    pub(crate) fn to_record(&self) -> String {
        let record = Record {
            at_work: self.at_work.as_ref().map(|job| job.as_str().to_owned()),
            trouble: self.trouble.clone(),
            attention: self.attention.clone(),
        };
        serde_json::to_string(&record).unwrap_or_default()
    }

    /// Of a printer that no daemon took up.
    pub(crate) fn undriven(printer: &PrinterId) -> Self {
        Self {
            trouble: vec![format!("no spooler drives {printer} yet")],
            ..Self::default()
        }
    }

    /// As the holder last recorded it; what it cannot do any more without life is trouble too.
    pub(crate) fn recorded(printer: &PrinterId, lease: &Tenure) -> Self {
        let record: Record = serde_json::from_str(&lease.condition).unwrap_or_default();
        let mut trouble = record.trouble;
        if !lease.shows_life {
            trouble.push(format!(
                "spooler {} drives {printer} and shows no life: start it, or take {printer} over",
                lease.spooler
            ));
        }
        Self {
            at_work: record.at_work.and_then(|job| JobId::new(job).ok()),
            trouble,
            attention: record.attention,
            told: None,
        }
    }
}

/// Every printer's condition.
#[derive(Default)]
pub(crate) struct Board {
    conditions: RwLock<HashMap<PrinterId, Condition>>,
    changed: Notify,
    /// The same for any number of watchers.
    news: watch::Sender<()>,
}

impl Board {
    /// What a printer is up to.
    pub(crate) fn of(&self, printer: &PrinterId) -> Condition {
        let conditions = self
            .conditions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        conditions.get(printer).cloned().unwrap_or_default()
    }

    /// Notes the job at work.
    pub(crate) fn set_work(&self, printer: &PrinterId, job: Option<&JobId>) {
        self.change(printer, |condition| condition.at_work = job.cloned());
    }

    /// Notes why the printer does not print; answers whether that is news.
    pub(crate) fn set_trouble(&self, printer: &PrinterId, trouble: Vec<String>) -> bool {
        self.change(printer, |condition| {
            let news = condition.trouble != trouble;
            condition.trouble = trouble;
            news
        })
    }

    /// Notes what a person should look after; answers whether that is news.
    pub(crate) fn set_attention(&self, printer: &PrinterId, attention: Vec<String>) -> bool {
        self.change(printer, |condition| {
            let news = condition.attention != attention;
            condition.attention = attention;
            news
        })
    }

    /// Notes why the job that is first in line waits; answers whether that is news.
    pub(crate) fn set_told(&self, printer: &PrinterId, told: Option<(JobId, Vec<String>)>) -> bool {
        self.change(printer, |condition| {
            let news = condition.told != told;
            condition.told = told;
            news
        })
    }

    /// Waits until a condition changed, or may have.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Hears of changes from now on.
    pub(crate) fn listen(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    fn change<T>(&self, printer: &PrinterId, change: impl FnOnce(&mut Condition) -> T) -> T {
        let mut conditions = self
            .conditions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let condition = conditions.entry(printer.clone()).or_default();
        let before = condition.clone();
        let answer = change(condition);
        if *condition != before {
            self.changed.notify_one();
            self.news.send_replace(());
        }
        answer
    }
}
