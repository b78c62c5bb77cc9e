//! A spooler's journal held against the database: what was printed that an older database, put back, has forgotten.

use std::collections::{BTreeSet, HashMap, HashSet};

use formfeed_domain::spool::{
    JobId, JournalEntry, JournalIntent, JournalLine, JournalLoad, SheetSpan, TriedSheet,
};

use super::{Act, SpoolerStore};
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::{corrupt, job_id, stored};

/// Names in a statement.
const NAMES: usize = 500;

/// What the journal knows and the database does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Sheets that were printed, by device job, in the order of the journal.
    pub printed: Vec<JournalIntent>,
    /// Form stock that was put in, in the order of the journal.
    pub loads: Vec<JournalLoad>,
    /// Those of the jobs that the database knows.
    pub known_jobs: BTreeSet<String>,
}

/// What a reconciliation did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Jobs that are held: nobody knows what of them was printed since.
    pub held: Vec<JobId>,
}

impl Forgotten {
    /// Whether database and journal agree.
    pub fn is_empty(&self) -> bool {
        self.printed.is_empty() && self.loads.is_empty()
    }

    /// How many sheets.
    pub fn sheets(&self) -> u64 {
        let spans = self.printed.iter().flat_map(|intent| &intent.sheets);
        spans.map(|span| u64::from(span.count())).sum()
    }
}

impl SpoolerStore {
    /// Which database this is: `fresh` from now on where nobody asked before.
    ///
    /// # Errors
    /// Storage.
    pub async fn database_identity(&self, fresh: &str) -> Result<String, SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            q::journal::identify(c, fresh).await?;
            let id = q::journal::identity(c).await?;
            Ok(id.ok_or_else(|| corrupt("a database without identity"))?)
        })
    }

    /// Up to which line the journal of a data directory is known to agree; `None` before the first.
    ///
    /// # Errors
    /// Storage.
    pub async fn journal_mark(&self, home: &str) -> Result<Option<u64>, SpoolError> {
        let line = on_read!(self.database, spooler, |c, q| {
            q::journal::mark(c, home).await
        })?;
        Ok(line.map(u64::try_from).transpose().map_err(corrupt)?)
    }

    /// Notes that the journal of a data directory agrees up to a line.
    ///
    /// # Errors
    /// Storage.
    pub async fn mark_journal(&self, home: &str, line: u64) -> Result<(), SpoolError> {
        let line = i64::try_from(line).map_err(corrupt)?;
        on_write!(self.database, spooler, |c, q| {
            Ok(q::journal::set_mark(c, home, line).await?)
        })
    }

    /// What these lines tell that the database does not know. An attempt whose intent is not recorded counts as not known.
    ///
    /// # Errors
    /// Storage.
    pub async fn forgotten(&self, lines: &[JournalLine]) -> Result<Forgotten, SpoolError> {
        let (intents, loads) = sorted(lines);
        let tokens: BTreeSet<&str> = intents.iter().map(|it| it.token.as_str()).collect();
        let tokens: Vec<&str> = tokens.into_iter().collect();
        let mut known: HashMap<String, HashSet<(i32, i32)>> = HashMap::new();
        for some in tokens.chunks(NAMES) {
            let names = || some.iter().map(|name| (*name).to_owned()).collect();
            let found = on_reads!(self.database, spooler, |c, q| {
                let attempts = q::journal::attempts_of(c, names()).await?;
                let attempts = attempts
                    .into_iter()
                    .filter(|(.., state)| state != "reserved");
                let attempts = attempts.map(|(token, sheet, number, _)| (token, sheet, number));
                let mut found: Vec<_> = attempts.collect();
                found.extend(q::unknown_sheets::of_tokens(c, names()).await?);
                Ok::<_, StoreError>(found)
            })?;
            for (token, sheet, number) in found {
                known.entry(token).or_default().insert((sheet, number));
            }
        }
        let none = HashSet::new();
        let printed = intents.into_iter().filter_map(|intent| {
            let known = known.get(&intent.token).unwrap_or(&none);
            let unknown = |one: &TriedSheet| {
                let key = i32::try_from(one.sheet)
                    .ok()
                    .zip(i32::try_from(one.attempt).ok());
                key.is_none_or(|key| !known.contains(&key))
            };
            let sheets = intent.sheets.iter().flat_map(|span| span.sheets());
            let sheets = SheetSpan::of(sheets.filter(unknown));
            (!sheets.is_empty()).then(|| JournalIntent {
                sheets,
                ..intent.clone()
            })
        });
        let printed: Vec<JournalIntent> = printed.collect();
        let loads = self.unknown_loads(loads).await?;
        let known_jobs = self.known_among(&printed).await?;
        Ok(Forgotten {
            printed,
            loads,
            known_jobs,
        })
    }

    async fn unknown_loads(
        &self,
        loads: Vec<&JournalLoad>,
    ) -> Result<Vec<JournalLoad>, SpoolError> {
        let mut known = HashSet::new();
        for some in loads.chunks(NAMES) {
            let names = some.iter().map(|load| load.load.clone()).collect();
            let found = on_read!(self.database, spooler, |c, q| {
                q::journal::loads_among(c, names).await
            })?;
            known.extend(found);
        }
        let unknown = loads
            .into_iter()
            .filter(|load| known.insert(load.load.clone()));
        Ok(unknown.cloned().collect())
    }

    async fn known_among(&self, printed: &[JournalIntent]) -> Result<BTreeSet<String>, SpoolError> {
        let mut known = BTreeSet::new();
        for job in printed.iter().map(|it| &it.job).collect::<BTreeSet<_>>() {
            let found = on_read!(self.database, spooler, |c, q| q::jobs::find(c, job).await)?;
            if found.is_some() {
                known.insert(job.clone());
            }
        }
        Ok(known)
    }

    /// The oldest job that a user had printed and that has not ended.
    ///
    /// # Errors
    /// Storage.
    pub async fn first_open_job_of(&self, user: &str) -> Result<Option<JobId>, SpoolError> {
        let job = on_read!(self.database, spooler, |c, q| {
            q::jobs::first_open_of(c, user).await
        })?;
        Ok(job.map(job_id).transpose()?)
    }

    /// Takes in what the database has forgotten, and notes that the journal of a data directory agrees up to a line:
    /// sheets of jobs that it knows are in doubt from then on, others count as lost of their stock. Where nobody knows what
    /// was printed, `hold` holds every open job. All of it by a person's word, or nothing.
    ///
    /// # Errors
    /// Storage.
    pub async fn reconcile(
        &self,
        (home, line): (&str, u64),
        forgotten: &Forgotten,
        hold: bool,
        act: &Act,
    ) -> Result<Reconciled, SpoolError> {
        let line = i64::try_from(line).map_err(corrupt)?;
        on_write!(self.database, spooler, |c, q| {
            use q::take_in::{About, Pen};
            let mut pen = Pen::new(&act.id, &act.by, &act.reason, stored(act.at));
            q::printers::lock_numbers(c).await?;
            for load in &forgotten.loads {
                q::take_in::load(c, &pen, load).await?;
            }
            for intent in &forgotten.printed {
                q::take_in::intent(c, &mut pen, intent).await?;
            }
            let mut held = Vec::new();
            if hold {
                for job in q::jobs::open_and_not_held(c).await? {
                    let about = About {
                        job: Some(&job),
                        ..About::default()
                    };
                    pen.decide(c, "held", about).await?;
                    q::jobs::set_held(c, &job, true).await?;
                    let message = format!(
                        "held by {}: nobody knows what of it was printed since the backup",
                        act.by
                    );
                    let event = ("held", message.as_str(), None);
                    q::job_events::append(c, &job, event, stored(act.at)).await?;
                    held.push(job_id(job)?);
                }
            }
            let printers = forgotten.printed.iter().map(|it| it.printer.as_str());
            let printers = printers.chain(forgotten.loads.iter().map(|it| it.printer.as_str()));
            let mut printers: BTreeSet<Option<&str>> = printers.map(Some).collect();
            if printers.is_empty() {
                printers.insert(None);
            }
            for printer in printers {
                let about = About {
                    printer,
                    ..About::default()
                };
                pen.decide(c, "reconcile", about).await?;
            }
            q::journal::set_mark(c, home, line).await?;
            Ok(Reconciled { held })
        })
    }
}

/// Intents and loads of lines.
fn sorted(lines: &[JournalLine]) -> (Vec<&JournalIntent>, Vec<&JournalLoad>) {
    let (mut intents, mut loads) = (Vec::new(), Vec::new());
    for line in lines {
        match &line.entry {
            JournalEntry::Intent(intent) => intents.push(intent),
            JournalEntry::Load(load) => loads.push(load),
            JournalEntry::Begun | JournalEntry::Restored { .. } => {}
        }
    }
    (intents, loads)
}
