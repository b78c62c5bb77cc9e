//! At the start, and at a reconciliation: the journal held against the database.

use std::io;
use std::path::Path;
use std::sync::Mutex;

use formfeed_domain::spool::{JournalEntry, JournalLine, PrintedSince, Tried};
use formfeed_store::spooler::{Act, Reconciled, SpoolError, SpoolerStore};
use tracing::{info, warn};
use uuid::Uuid;

use super::file::JournalFile;
use super::{Journal, KEPT, State, Trouble, journal_path};

impl Journal {
    /// Opens the journal of a data directory, of that id, and holds it against the database.
    ///
    /// # Errors
    /// [`SpoolError::Journal`] when it cannot be read or written; storage.
    pub(crate) async fn open(
        data_dir: &Path,
        home: &str,
        store: &SpoolerStore,
    ) -> Result<Self, SpoolError> {
        let fresh = Uuid::new_v4().to_string();
        let database = store.database_identity(&fresh).await?;
        let mark = store.journal_mark(home).await?;
        let path = journal_path(data_dir);
        let opened = JournalFile::open(&path).map_err(SpoolError::Journal)?;
        let (mut file, mut lines, gone) = match opened {
            Some((file, lines)) if !lines.is_empty() => (file, lines, false),
            unreadable => {
                if unreadable.is_some() {
                    JournalFile::set_aside(&path).map_err(SpoolError::Journal)?;
                }
                let begun = [begun(mark.unwrap_or(0))];
                let file = JournalFile::replace(&path, &begun).map_err(SpoolError::Journal)?;
                (file, begun.to_vec(), mark.is_some())
            }
        };
        let incomplete = match gone {
            true => Some("the journal of what was printed is gone".to_owned()),
            false => gap(&lines, mark.unwrap_or(0)).or_else(|| file.is_torn().then(torn)),
        };
        let known = mark.unwrap_or(0);
        if incomplete.is_some() && !says_unknown(&lines, known) {
            // Kept until a person has reconciled them, over every restart.
            let unknown = unknown(lines.last().map_or(0, |line| line.n).max(known) + 1);
            let kept = file.append(&unknown).and_then(|()| file.sync());
            kept.map_err(SpoolError::Journal)?;
            lines.push(unknown);
        }
        let since = since(&lines, &database, mark.unwrap_or(0));
        let forgotten = store.forgotten(&since).await?;
        let last = lines.last().map_or(0, |line| line.n).max(mark.unwrap_or(0));
        let mut state = State {
            tried: tried(&lines, &database),
            file: Some(file),
            database,
            last,
            trouble: None,
        };
        if forgotten.is_empty() && incomplete.is_none() {
            agree(&mut state, &lines).map_err(SpoolError::Journal)?;
            if mark != Some(last) {
                store.mark_journal(home, last).await?;
            }
        } else {
            let trouble = Trouble {
                forgotten,
                incomplete,
                again: None,
            };
            warn!("{}", trouble.words());
            state.trouble = Some(trouble);
        }
        Ok(Self {
            home: home.to_owned(),
            state: Mutex::new(state),
        })
    }

    /// What the journal knows and the database does not, looked up anew. `None` when they agree.
    ///
    /// # Errors
    /// Storage.
    pub(crate) async fn look_again(
        &self,
        store: &SpoolerStore,
    ) -> Result<Option<Trouble>, SpoolError> {
        let Some(before) = self.details() else {
            return Ok(None);
        };
        let mark = store.journal_mark(&self.home).await?.unwrap_or(0);
        let since = {
            let state = self.state();
            let lines = state.lines().map_err(SpoolError::Journal)?;
            since(&lines, &state.database, mark)
        };
        Ok(Some(Trouble {
            forgotten: store.forgotten(&since).await?,
            ..before
        }))
    }

    /// Takes in what the database has forgotten, by a person's word, and lets the spooler print again.
    ///
    /// # Errors
    /// Storage; then nothing is changed.
    pub(crate) async fn reconcile(
        &self,
        store: &SpoolerStore,
        act: &Act,
    ) -> Result<(Trouble, Reconciled), SpoolError> {
        let Some(trouble) = self.look_again(store).await? else {
            return Ok(Default::default());
        };
        let last = {
            let state = self.state();
            if let Some(file) = &state.file {
                file.sync().map_err(SpoolError::Journal)?;
            }
            state.last
        };
        let hold = trouble.incomplete.is_some();
        let place = (self.home.as_str(), last);
        let done = store
            .reconcile(place, &trouble.forgotten, hold, act)
            .await?;
        self.state().trouble = None;
        info!(
            sheets = trouble.forgotten.sheets(),
            held = done.held.len(),
            by = act.by,
            "Database and paper agree again"
        );
        Ok((trouble, done))
    }
}

impl State {
    /// Every line of the file.
    fn lines(&self) -> io::Result<Vec<JournalLine>> {
        match &self.file {
            Some(file) => file.lines(),
            None => Ok(Vec::new()),
        }
    }
}

/// All is known: the lines are made durable before that is noted, and the old ones forgotten.
fn agree(state: &mut State, lines: &[JournalLine]) -> io::Result<()> {
    let Some(file) = &mut state.file else {
        return Ok(());
    };
    file.sync()?;
    if lines.len() > 2 * KEPT {
        file.prune(lines, KEPT)?;
    }
    Ok(())
}

fn begun(n: u64) -> JournalLine {
    JournalLine {
        n,
        db: String::new(),
        entry: JournalEntry::Begun,
    }
}

/// Nobody knows what was printed before this line.
fn unknown(n: u64) -> JournalLine {
    JournalLine {
        entry: JournalEntry::Restored {
            printed_since: PrintedSince::Unknown,
        },
        ..begun(n)
    }
}

/// Whether the journal itself says so of what came after a line.
fn says_unknown(lines: &[JournalLine], mark: u64) -> bool {
    let of_unknown = |line: &JournalLine| line.entry == unknown(line.n).entry;
    lines.iter().any(|line| line.n > mark && of_unknown(line))
}

/// Why the journal does not tell all that was printed since a line.
fn gap(lines: &[JournalLine], mark: u64) -> Option<String> {
    let (first, last) = (lines.first()?, lines.last()?);
    let restored = lines.iter().rev().find_map(|line| match line.entry {
        JournalEntry::Restored { printed_since } => Some((line.n, printed_since)),
        _ => None,
    });
    let told = match restored {
        Some((n, PrintedSince::Unknown)) if mark < n => {
            "nobody knows what was printed since: it was restored from a backup, or the journal was lost"
                .to_owned()
        }
        Some((n, PrintedSince::None)) if mark < n => return hole(lines, n),
        _ if mark < first.n => format!(
            "the journal of what was printed goes back to line {} only, and the database knows line {mark}",
            first.n
        ),
        _ if mark > last.n => format!(
            "the journal of what was printed ends with line {}, and the database knows line {mark}: the journal is an older one",
            last.n
        ),
        _ => return hole(lines, mark),
    };
    Some(told)
}

/// Why the journal does not tell all although it begins and ends as it should: behind a line that is known, a number is
/// missing. What begins anew, or says that nobody knows, may come at any number.
fn hole(lines: &[JournalLine], known: u64) -> Option<String> {
    let (_, after) = lines
        .iter()
        .zip(lines.iter().skip(1))
        .find(|(line, next)| {
            let follows = matches!(next.entry, JournalEntry::Intent(_) | JournalEntry::Load(_));
            follows && next.n > known + 1 && next.n > line.n + 1
        })?;
    let missing = after.n - 1;
    Some(format!(
        "line {missing} of the journal of what was printed is missing or cannot be read"
    ))
}

fn torn() -> String {
    "the last line of the journal of what was printed cannot be read".to_owned()
}

/// The lines about a database after one that it knows.
fn since(lines: &[JournalLine], database: &str, mark: u64) -> Vec<JournalLine> {
    let about = |line: &&JournalLine| line.n > mark && line.db == database;
    lines.iter().filter(about).cloned().collect()
}

fn tried(lines: &[JournalLine], database: &str) -> Tried {
    let mut tried = Tried::default();
    for line in lines.iter().filter(|line| line.db == database) {
        if let JournalEntry::Intent(intent) = &line.entry {
            tried.note(&intent.job, &intent.sheets);
        }
    }
    tried
}

#[cfg(test)]
mod tests {
    use formfeed_domain::spool::JournalLoad;

    use super::*;

    fn restored(n: u64, printed_since: PrintedSince) -> JournalLine {
        JournalLine {
            entry: JournalEntry::Restored { printed_since },
            ..begun(n)
        }
    }

    #[test]
    fn a_journal_that_does_not_reach_back_to_the_database_does_not_tell_all() {
        let line = begun;
        assert_eq!(gap(&[line(0), line(1), line(2)], 0), None);
        assert_eq!(gap(&[line(5), line(6)], 5), None);
        assert!(gap(&[line(5), line(6)], 4).unwrap().contains("line 5"));
        assert!(gap(&[line(5), line(6)], 7).unwrap().contains("older"));
    }

    #[test]
    fn a_journal_with_a_hole_does_not_tell_all_unless_the_database_knows_what_was_there() {
        let load = |n: u64| JournalLine {
            entry: JournalEntry::Load(JournalLoad {
                load: n.to_string(),
                printer: "laser".to_owned(),
                stock: "blank".to_owned(),
                sheets: None,
                first_serial: None,
            }),
            ..begun(n)
        };
        let lines = [begun(4), load(5), load(7), load(8)];
        assert!(gap(&lines, 4).unwrap().contains("line 6"));
        assert!(gap(&lines, 5).unwrap().contains("line 6"));
        assert_eq!(gap(&lines, 6), None);
        let whole = [begun(4), load(5), load(6)];
        assert_eq!(gap(&whole, 4), None);
        // A person's word reaches as far as the line that holds it.
        let none = [load(5), load(7), restored(8, PrintedSince::None), load(9)];
        assert_eq!(gap(&none, 4), None);
        let since = [load(5), restored(6, PrintedSince::None), load(7), load(9)];
        assert!(gap(&since, 5).unwrap().contains("line 8"));
    }

    #[test]
    fn what_nobody_knows_is_said_once_and_until_it_is_reconciled() {
        let lines = [begun(4), unknown(5)];
        assert!(says_unknown(&lines, 4) && !says_unknown(&lines, 5));
        assert!(!says_unknown(&[begun(4), begun(5)], 4));
        assert!(gap(&lines, 4).unwrap().contains("nobody knows"));
        assert_eq!(gap(&lines, 5), None);
    }

    #[test]
    fn after_a_restore_elsewhere_a_person_says_what_was_printed_since() {
        let unknown = [restored(9, PrintedSince::Unknown), begun(10)];
        assert!(gap(&unknown, 3).unwrap().contains("nobody knows"));
        assert_eq!(gap(&unknown, 9), None); // reconciled
        let none = [restored(9, PrintedSince::None), begun(10)];
        assert_eq!(gap(&none, 3), None);
    }
}
