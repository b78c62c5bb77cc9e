//! What a restore leaves the spooler to stand on: its journal tells what was printed since, or a person says.
//!
//! A journal tells of one spooler. Where the database knows others, it is not enough, and a person is asked as for a restore
//! on another machine.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::Path;

use formfeed_domain::spool::{JournalEntry, JournalLine, PrintedSince};
use formfeed_spooler::{HOME_FILE, JOURNAL_FILE, journal_position};
use formfeed_store::DatabaseUrl;
use formfeed_store::backup::sharing::{self, Spooler, Spoolers};

use super::failed;
use super::manifest::Manifest;
use super::put_back::{Restore, restoring};
use crate::errors::CliError;
use crate::output::Output;

/// What the spooler finds when it starts.
#[derive(Debug, Default)]
pub(super) struct Ground {
    /// The journal that takes the place of the one that is there; `None` where that one stays.
    pub(super) journal: Option<Vec<u8>>,
    /// Whether the data directory keeps an id of its own, because the database knows its spooler besides that of the backup.
    pub(super) keeps_home: bool,
    /// Names of the other spoolers that the database knows.
    pub(super) others: Vec<String>,
    /// Whether nobody may print of the jobs that are open, on whichever machine.
    pub(super) hold: bool,
}

impl Restore<'_> {
    /// What the spooler is to find; asks a person what was printed since, where no journal tells it.
    pub(super) async fn ground(
        &self,
        manifest: &Manifest,
        output: &mut Output<'_>,
    ) -> Result<Ground, CliError> {
        let own = fs::read_to_string(self.data_dir.join(HOME_FILE)).unwrap_or_default();
        let own = own.trim();
        let is_same = !manifest.home.is_empty() && own == manifest.home;
        let mut known = self.spoolers().await?;
        let is_one_of_them = known.contains_key(&plain(own));
        let home = if is_one_of_them {
            own
        } else {
            manifest.home.as_str()
        };
        known.remove(&plain(home));
        let others: Vec<Spooler> = known.into_values().collect();
        let path = self.data_dir.join(JOURNAL_FILE);
        let tells = (is_same || is_one_of_them) && path.exists();
        if others.is_empty() && (tells || manifest.home.is_empty()) {
            return Ok(Ground::default());
        }
        let printed_since = match self.printed_since {
            Some(said) => said,
            None => ask(&others, output)?,
        };
        let before = if tells { Some(path.as_path()) } else { None };
        Ok(Ground {
            journal: Some(journal(before, manifest.journal, printed_since)?),
            keeps_home: is_one_of_them && !is_same,
            hold: printed_since == PrintedSince::Unknown && !others.is_empty(),
            others: others.into_iter().map(|other| other.name).collect(),
        })
    }

    /// The spoolers that the database knows now, or knew when it was backed up; only PostgreSQL is shared.
    async fn spoolers(&self) -> Result<Spoolers, CliError> {
        let Some(url) = self.shared_database() else {
            return Ok(Spoolers::new());
        };
        let mut known = sharing::spoolers_in(self.from).map_err(restoring)?;
        known.extend(sharing::spoolers_there(url).await.map_err(restoring)?);
        Ok(known)
    }

    /// The database that spoolers may share.
    fn shared_database(&self) -> Option<&str> {
        self.databases
            .0
            .iter()
            .find_map(|(service, url)| match url {
                DatabaseUrl::Postgres(url) if service == "spooler" => Some(url.as_str()),
                _ => None,
            })
    }

    /// Holds the open jobs of the tables that were laid ready, where nobody may print of them.
    pub(super) async fn hold(&self, ground: &Ground) -> Result<(), CliError> {
        const MESSAGE: &str = "held by a restore: several spoolers print from this database, and nobody knows what of it was printed since the backup";
        match self.shared_database().filter(|_| ground.hold) {
            Some(url) => {
                let held = sharing::hold_open_jobs(url, MESSAGE).await;
                held.map(drop).map_err(restoring)
            }
            None => Ok(()),
        }
    }
}

/// The lines of a journal that is there, if any, and one more that tells what a person says of the time since the backup.
fn journal(
    before: Option<&Path>,
    backed_up: u64,
    printed_since: PrintedSince,
) -> Result<Vec<u8>, CliError> {
    let (mut text, last) = match before {
        None => (Vec::new(), backed_up),
        Some(path) => {
            let mut text = fs::read(path).map_err(failed("reading the journal"))?;
            let whole = text.iter().rposition(|byte| *byte == b'\n');
            text.truncate(whole.map_or(0, |at| at + 1));
            let last = journal_position(path).map_err(failed("reading the journal"))?;
            (text, last.max(backed_up))
        }
    };
    let line = JournalLine {
        n: last + 1,
        db: String::new(),
        entry: JournalEntry::Restored { printed_since },
    };
    text.extend(serde_json::to_vec(&line).unwrap_or_default());
    text.push(b'\n');
    Ok(text)
}

/// The question, with when each of the other spoolers was last alive: one that is long gone printed nothing.
fn question(others: &[Spooler]) -> String {
    let others: Vec<_> = others.iter().map(ToString::to_string).collect();
    let by_whom = match others.is_empty() {
        true => String::new(),
        false => format!(
            " Other spoolers print from this database ({}), of which nothing here tells.",
            others.join("; ")
        ),
    };
    format!(
        "was anything printed since this backup was made? Sheets that were must not be printed a second time.{by_whom}"
    )
}

/// An id as the database writes it: without dashes.
fn plain(home: &str) -> String {
    home.replace('-', "")
}

/// Asks a person what was printed since the backup.
fn ask(others: &[Spooler], output: &mut Output<'_>) -> Result<PrintedSince, CliError> {
    let question = question(others);
    if !io::stdin().is_terminal() {
        return Err(CliError::Usage(format!(
            "{question} Say --printed-since none, or --printed-since unknown"
        )));
    }
    output.note(format!("{question} Type none, or unknown:"))?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    match line.trim() {
        "none" => Ok(PrintedSince::None),
        "unknown" => Ok(PrintedSince::Unknown),
        _ => Err(CliError::Usage("type none, or unknown".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_asked_with_when_each_other_spooler_was_last_alive() {
        assert!(question(&[]).ends_with("a second time."));
        let spooler = |name: &str, seen: Option<&str>| Spooler {
            name: name.to_owned(),
            seen: seen.map(str::to_owned),
        };
        let asked = question(&[
            spooler("hall", Some("2026-01-15 09:30:00")),
            spooler("cellar", None),
        ]);
        let told = "(hall, last seen 2026-01-15 09:30:00 UTC; cellar, stopped in good order)";
        assert!(asked.contains(told), "{asked}");
    }
}
