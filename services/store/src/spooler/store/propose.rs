//! What takes two: where duty is separated, one person calls few sheets of stock spoiled or lost alone. More are a proposal, until
//! another person says the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{JobId, SheetRange};

use super::decide::{sheets_in_words, sheets_of};
use super::{Act, Once, SpoolerStore};
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::{ProposalRow, corrupt, count, job_id, stored};

/// How many sheets of stock one person may call spoiled or lost alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alone {
    /// At most so many,
    pub most: u32,
    /// since then.
    pub since: DateTime<Utc>,
}

/// How many persons a decision takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quorum {
    /// Where duty is separated: what one person may decide alone.
    pub alone: Option<Alone>,
    /// Key of the proposal that is agreed to: it must stand as it was made.
    pub agrees_to: Option<String>,
}

/// A decision that is kept until another person says the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its key.
    pub proposal: String,
    /// The job.
    pub job: JobId,
    /// Who proposes.
    pub by: String,
    /// Sheets of stock that would be wasted by it, and nobody else says so.
    pub sheets: u64,
    /// Those that this person called spoiled or lost alone before, since then.
    pub before: u64,
    /// At most so many may be.
    pub most: u32,
}

/// A decision that one person proposed and nobody agreed to yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its key, by which they are listed.
    pub key: String,
    /// The job.
    pub job: JobId,
    /// What is to be decided, such as `lost` or `restart`.
    pub verb: String,
    /// The sheets.
    pub sheets: SheetRange,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A sheet that a decision is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) sheet: i32,
    /// Its last attempt; 0 where there is none.
    pub(super) attempt: i32,
    /// Whether a sheet of stock is wasted by it.
    pub(super) wastes: bool,
}

/// What another person said before.
#[derive(Debug, Default)]
pub(super) struct Seconded {
    /// Who proposed the same, by sheet.
    pub(super) by: BTreeMap<i32, String>,
    /// Ids and contents of the requests that proposed it.
    pub(super) requests: BTreeSet<(String, String)>,
}

/// What another person said before; returns from the transaction with what is kept where one person's word is not enough.
macro_rules! seconded {
    ($self:ident, $c:ident, $q:ident, $decided:expr, $wanted:expr, $act:expr, ($quorum:expr, $once:expr)) => {{
        use crate::spooler::store::decide::{ROWS, sheets_of};
        use crate::spooler::store::propose as p;
        let ((id, verb), act): ((&JobId, &str), &Act) = ($decided, $act);
        let (wanted, quorum): (&[p::Wanted], &p::Quorum) = ($wanted, $quorum);
        let once: Option<&crate::spooler::Once> = $once;
        if let Some(key) = &quorum.agrees_to {
            let rows = $q::proposals::find(&mut *$c, key).await?;
            p::must_stand(key, &rows, verb, wanted)?;
        }
        let (mut seconded, mut own) = (p::Seconded::default(), Vec::new());
        let stands = p::attempts_of(wanted);
        for sheets in wanted.chunks(ROWS) {
            let numbers: Vec<i32> = sheets.iter().map(|it| it.sheet).collect();
            for row in $q::proposals::of_sheets(&mut *$c, id.as_str(), &numbers).await? {
                match row.verb == verb && stands.get(&row.sheet) == Some(&row.attempt) {
                    true if row.proposed_by == act.by => own.push(row),
                    true => seconded.add(row),
                    false => {}
                }
            }
        }
        let lone = |it: &&p::Wanted| it.wastes && !seconded.by.contains_key(&it.sheet);
        let lone = u64::try_from(wanted.iter().filter(lone).count()).map_err(corrupt)?;
        if let Some(alone) = quorum.alone.filter(|_| lone > 0) {
            $q::decisions::take_turn(&mut *$c, &act.by).await?;
            let since = stored(alone.since);
            let before = $q::decisions::wasted_by_one(&mut *$c, &act.by, since).await?;
            let before = u64::try_from(before).map_err(corrupt)?;
            if before + lone > u64::from(alone.most) {
                let again = match own.first().map(|row| row.proposal.clone()) {
                    Some(key) => {
                        let rows = $q::proposals::find(&mut *$c, &key).await?;
                        p::must_stand(&key, &rows, verb, wanted).ok().map(|()| key)
                    }
                    None => None,
                };
                let kept = p::Kept {
                    proposal: again.clone().unwrap_or_else(|| act.id.clone()),
                    job: id.clone(),
                    by: act.by.clone(),
                    sheets: lone,
                    before,
                    most: alone.most,
                };
                if again.is_none() {
                    for sheets in wanted.chunks(ROWS) {
                        let rows = p::proposal_rows(id, verb, sheets, (act, once));
                        let whose = (id.as_str(), act.by.as_str());
                        $q::proposals::put(&mut *$c, whose, rows).await?;
                    }
                    let range = p::range_of(wanted)?;
                    let message = p::told(&range, verb, act);
                    let first = wanted.first().map(|it| it.sheet);
                    let about = ("sheet_proposed", message.as_str(), first);
                    $q::job_events::append(&mut *$c, id.as_str(), about, stored(act.at)).await?;
                    let details = sheets_of(&range)
                        .word("decision", verb)
                        .word("proposal", &kept.proposal);
                    $self
                        .note_act($c, "sheet.propose", id.to_string(), act, details)
                        .await?;
                }
                return Ok(Some(kept));
            }
        }
        seconded
    }};
}

pub(super) use seconded;

impl SpoolerStore {
    /// What waits for a second person after a proposal, which is blank for the first, the oldest first.
    ///
    /// # Errors
    /// Storage.
    pub async fn proposals_after(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<Proposal>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = on_reads!(self.database, spooler, |c, q| {
            let mut found = Vec::new();
            for key in q::proposals::keys_after(c, after, limit).await? {
                found.push(q::proposals::find(c, &key).await?);
            }
            Ok::<_, SpoolError>(found)
        })?;
        let proposals = found
            .into_iter()
            .filter_map(|rows| proposal(&rows).transpose());
        Ok(proposals.collect::<Result<_, StoreError>>()?)
    }

    /// A proposal.
    ///
    /// # Errors
    /// [`SpoolError::ProposalNotFound`].
    pub async fn proposal(&self, key: &str) -> Result<Proposal, SpoolError> {
        let rows = on_read!(self.database, spooler, |c, q| {
            q::proposals::find(c, key).await
        })?;
        proposal(&rows)?.ok_or_else(|| SpoolError::ProposalNotFound(key.to_owned()))
    }

    /// Withdraws a proposal about a job: nothing comes of it.
    ///
    /// # Errors
    /// [`SpoolError::ProposalNotFound`].
    pub async fn withdraw_proposal(
        &self,
        job: &JobId,
        key: &str,
        act: &Act,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            // Who agrees to it at this moment waits for the job, or is waited for.
            q::jobs::touch(c, job.as_str(), stored(act.at)).await?;
            let rows = q::proposals::find(c, key).await?;
            let Some(proposal) = proposal(&rows)? else {
                return Err(SpoolError::ProposalNotFound(key.to_owned()));
            };
            q::proposals::withdraw(c, key).await?;
            let message = format!(
                "{} withdraws what {} proposed: {} for {}: {}",
                act.by,
                proposal.by,
                proposal.verb,
                sheets_in_words(&proposal.sheets),
                act.reason
            );
            let first = rows.first().map(|row| row.sheet);
            let about = ("sheet_withdrawn", message.as_str(), first);
            q::job_events::append(c, job.as_str(), about, stored(act.at)).await?;
            let details = sheets_of(&proposal.sheets)
                .word("decision", &proposal.verb)
                .word("proposed_by", &proposal.by)
                .word("proposal", key);
            self.note_act(c, "sheet.withdraw", job.to_string(), act, details)
                .await?;
            Ok(())
        })
    }
}

impl Seconded {
    pub(super) fn add(&mut self, row: ProposalRow) {
        self.requests.extend(row.request_id.zip(row.fingerprint));
        self.by.entry(row.sheet).or_insert(row.proposed_by);
    }

    /// Everybody who proposed it, in words; blank for nobody.
    pub(super) fn names(&self) -> String {
        let names: BTreeSet<_> = self.by.values().map(String::as_str).collect();
        names.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// The last attempt of each sheet.
pub(super) fn attempts_of(wanted: &[Wanted]) -> BTreeMap<i32, i32> {
    wanted.iter().map(|it| (it.sheet, it.attempt)).collect()
}

/// A proposal is about just these sheets as they stand; both in order.
///
/// # Errors
/// [`SpoolError::ProposalNotFound`], [`SpoolError::ProposalStale`].
pub(super) fn must_stand(
    key: &str,
    rows: &[ProposalRow],
    verb: &str,
    wanted: &[Wanted],
) -> Result<(), SpoolError> {
    if rows.is_empty() {
        return Err(SpoolError::ProposalNotFound(key.to_owned()));
    }
    let stands = |(row, it): (&ProposalRow, &Wanted)| {
        row.verb == verb && (row.sheet, row.attempt) == (it.sheet, it.attempt)
    };
    match rows.len() == wanted.len() && rows.iter().zip(wanted).all(stands) {
        true => Ok(()),
        false => Err(SpoolError::ProposalStale(key.to_owned())),
    }
}

pub(super) fn proposal_rows(
    job: &JobId,
    verb: &str,
    sheets: &[Wanted],
    (act, once): (&Act, Option<&Once>),
) -> Vec<ProposalRow> {
    let row = |it: &Wanted| ProposalRow {
        proposal: act.id.clone(),
        job_id: job.as_str().to_owned(),
        sheet: it.sheet,
        attempt: it.attempt,
        verb: verb.to_owned(),
        proposed_by: act.by.clone(),
        reason: act.reason.clone(),
        proposed_at: stored(act.at),
        request_id: once.map(|once| once.request_id.clone()),
        fingerprint: once.map(|once| once.fingerprint.clone()),
    };
    sheets.iter().map(row).collect()
}

pub(super) fn range_of(wanted: &[Wanted]) -> Result<SheetRange, StoreError> {
    let sheets = wanted.iter().map(|it| count(it.sheet));
    SheetRange::of(sheets.collect::<Result<Vec<_>, _>>()?).map_err(corrupt)
}

pub(super) fn told(range: &SheetRange, verb: &str, act: &Act) -> String {
    let (by, sheets) = (&act.by, sheets_in_words(range));
    let why = match act.reason.is_empty() {
        true => String::new(),
        false => format!(": {}", act.reason),
    };
    format!("{by} proposes {verb} for {sheets}, which takes a second person{why}")
}

/// A proposal, of its rows; `None` where there are none.
fn proposal(rows: &[ProposalRow]) -> Result<Option<Proposal>, StoreError> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let sheets = rows.iter().map(|row| count(row.sheet));
    let sheets = sheets.collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Proposal {
        key: row.proposal.clone(),
        job: job_id(row.job_id.clone())?,
        verb: row.verb.clone(),
        sheets: SheetRange::of(sheets).map_err(corrupt)?,
        by: row.proposed_by.clone(),
        reason: row.reason.clone(),
        at: row.proposed_at.and_utc(),
    }))
}
