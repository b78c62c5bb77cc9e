//! The paper's own record: one line beside the database for each device job, before its first byte.
//!
//! A line is written without waiting for the disk, after the intent is durable: the journal can be behind the database,
//! never ahead, unless the database is an older one that was put back. Then nothing is printed until a person has
//! reconciled them ([`examine`]). The lines are [`JournalLine`]s as JSON; what the database knows at a start is pruned to
//! the last [`KEPT`] of them.

mod examine;
mod file;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use formfeed_domain::spool::{
    JournalEntry, JournalIntent, JournalLine, JournalLoad, SheetSpan, Tried, TriedSheet,
};
use formfeed_store::spooler::{Forgotten, Lease, Reservation, SpoolError};
use tracing::warn;

use file::JournalFile;
pub use file::position;

/// Name of the file in the data directory.
pub const JOURNAL_FILE: &str = "spooler.journal";
/// Lines that are kept although the database knows them: an older one may be put back.
const KEPT: usize = 20_000;

/// The journal of a data directory.
pub(crate) struct Journal {
    /// Id of the data directory.
    home: String,
    state: Mutex<State>,
}

struct State {
    /// None in a simulation: nothing is kept over a restart there.
    file: Option<JournalFile>,
    /// Identity of the database.
    database: String,
    /// The last line.
    last: u64,
    tried: Tried,
    trouble: Option<Trouble>,
}

/// Why nothing is printed: database and paper do not agree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What the database has forgotten.
    pub(crate) forgotten: Forgotten,
    /// Why more may have been printed than is listed, in words.
    pub(crate) incomplete: Option<String>,
    /// What was about to be printed a second time.
    pub(crate) again: Option<String>,
}

impl Trouble {
    /// In words, with the way out.
    pub(crate) fn words(&self) -> String {
        let (sheets, loads) = (self.forgotten.sheets(), self.forgotten.loads.len());
        let mut known = Vec::new();
        if sheets > 0 {
            known.push(format!(
                "{sheets} sheets were printed that it does not know"
            ));
        }
        if loads > 0 {
            known.push(format!(
                "stock was loaded {loads} times that it does not know"
            ));
        }
        known.extend(self.incomplete.clone());
        known.extend(self.again.clone());
        format!(
            "the database is older than the paper: {}; nothing is printed until somebody looks: formfeed reconcile",
            known.join("; ")
        )
    }
}

impl Journal {
    /// Keeps nothing over a restart.
    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Self {
            home: String::new(),
            state: Mutex::new(State {
                file: None,
                database: String::new(),
                last: 0,
                tried: Tried::default(),
                trouble: None,
            }),
        }
    }

    /// Why nothing may be printed, in words.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.state().trouble.as_ref().map(Trouble::words)
    }

    /// The same, sheet by sheet.
    pub(crate) fn details(&self) -> Option<Trouble> {
        self.state().trouble.clone()
    }

    /// Writes down what is about to be printed, before the first byte. One call of the operating system; no wait for the disk.
    ///
    /// # Errors
    /// [`SpoolError::OlderThanPaper`] when one of these attempts was made before: from then on nothing is printed.
    /// [`SpoolError::Journal`] when it cannot be written.
    pub(crate) fn note(
        &self,
        lease: &Lease,
        new: &Reservation,
        tried: Vec<TriedSheet>,
    ) -> Result<(), SpoolError> {
        let (job, sheets) = (new.job.as_str(), SheetSpan::of(tried));
        let mut state = self.state();
        if state.tried.knows_any(job, &sheets) {
            let again = format!("{} was about to be printed a second time", new.token);
            let trouble = Trouble {
                again: Some(again.clone()),
                ..Trouble::default()
            };
            state.trouble.get_or_insert(trouble);
            return Err(SpoolError::OlderThanPaper(again));
        }
        let intent = JournalIntent {
            printer: lease.printer.as_str().to_owned(),
            job: job.to_owned(),
            device_job: new.device_job.clone(),
            token: new.token.clone(),
            load: new.load.clone(),
            sheets: sheets.clone(),
        };
        state
            .append(JournalEntry::Intent(intent))
            .map_err(SpoolError::Journal)?;
        state.tried.note(job, &sheets);
        Ok(())
    }

    /// Writes down that stock was loaded. What cannot be written is no reason to undo it.
    pub(crate) fn note_load(&self, load: JournalLoad) {
        let printer = load.printer.clone();
        if let Err(error) = self.state().append(JournalEntry::Load(load)) {
            warn!(printer, error = %error, "The journal does not tell of the stock that was loaded");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn append(&mut self, entry: JournalEntry) -> std::io::Result<()> {
        let n = self.last + 1;
        if let Some(file) = &mut self.file {
            file.append(&JournalLine {
                n,
                db: self.database.clone(),
                entry,
            })?;
        }
        self.last = n;
        Ok(())
    }
}

/// The journal of a data directory.
pub fn journal_path(data_dir: &Path) -> PathBuf {
    data_dir.join(JOURNAL_FILE)
}
