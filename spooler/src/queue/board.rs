//! What printers are up to at this moment: known to this process only, gone with it.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use formfeed_domain::spool::{JobId, PrinterId};

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

/// Every printer's condition.
#[derive(Default)]
pub(crate) struct Board {
    conditions: RwLock<HashMap<PrinterId, Condition>>,
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

    fn change<T>(&self, printer: &PrinterId, change: impl FnOnce(&mut Condition) -> T) -> T {
        let mut conditions = self
            .conditions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        change(conditions.entry(printer.clone()).or_default())
    }
}
