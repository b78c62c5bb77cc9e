//! What takes two: where duty is separated, one person calls few sheets of stock spoiled or lost alone. More are a proposal, until
//! another person says the same.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{JobId, SheetRange};

use super::decide::{sheets_in_words, sheets_of};
use super::{Act, SpoolerStore};
use crate::StoreError;
use crate::spooler::SpoolError;
use crate::spooler::rows::{ProposalRow, ProposedRow, corrupt, count, job_id, stored};

/// How many sheets of stock one person may call spoiled or lost alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alone {
    /// At most so many,
    pub most: u32,
    /// since then.
    pub since: DateTime<Utc>,
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
    /// Its key; later ones have greater keys.
    pub key: String,
    /// The job.
    pub job: JobId,
    /// What is to be decided, such as `lost` or `restart`.
    pub verb: String,
    /// The first of the sheets.
    pub first: u32,
    /// The last of them.
    pub last: u32,
    /// How many.
    pub sheets: u64,
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

/// Who proposed the same before, by sheet; returns from the transaction with what is kept where one person's word is not enough.
macro_rules! seconded {
    ($self:ident, $c:ident, $q:ident, $decided:expr, $wanted:expr, $act:expr, $alone:expr) => {{
        use crate::spooler::store::decide::{ROWS, sheets_of};
        use crate::spooler::store::propose::{kept_before, proposal_rows, says, told};
        let ((id, verb), act): ((&JobId, &str), &Act) = ($decided, $act);
        let wanted: &[crate::spooler::store::propose::Wanted] = $wanted;
        let mut said = std::collections::BTreeMap::new();
        let mut own = Vec::new();
        for sheets in wanted.chunks(ROWS) {
            let numbers: Vec<i32> = sheets.iter().map(|it| it.sheet).collect();
            for row in $q::proposals::of_sheets(&mut *$c, id.as_str(), &numbers).await? {
                if !says(&row, verb, sheets) {
                    continue;
                }
                match row.proposed_by == act.by {
                    true => own.push(row),
                    false => {
                        said.entry(row.sheet).or_insert(row.proposed_by);
                    }
                }
            }
        }
        let lone = |it: &&crate::spooler::store::propose::Wanted| {
            it.wastes && !said.contains_key(&it.sheet)
        };
        let lone = u64::try_from(wanted.iter().filter(lone).count()).map_err(corrupt)?;
        let alone: Option<crate::spooler::store::propose::Alone> = $alone;
        if let Some(alone) = alone.filter(|_| lone > 0) {
            $q::decisions::take_turn(&mut *$c, &act.by).await?;
            let since = stored(alone.since);
            let before = $q::decisions::wasted_by_one(&mut *$c, &act.by, since).await?;
            let before = u64::try_from(before).map_err(corrupt)?;
            if before + lone > u64::from(alone.most) {
                let again = kept_before(&own, wanted);
                let kept = crate::spooler::store::propose::Kept {
                    proposal: again.clone().unwrap_or_else(|| act.id.clone()),
                    job: id.clone(),
                    by: act.by.clone(),
                    sheets: lone,
                    before,
                    most: alone.most,
                };
                if again.is_none() {
                    for sheets in wanted.chunks(ROWS) {
                        let rows = proposal_rows(id, verb, sheets, act);
                        let whose = (id.as_str(), act.by.as_str());
                        $q::proposals::put(&mut *$c, whose, rows).await?;
                    }
                    let range = crate::spooler::store::propose::range_of(wanted)?;
                    let message = told(&range, verb, act);
                    let first = wanted.first().map(|it| it.sheet);
                    let about = ("sheet_proposed", message.as_str(), first);
                    $q::job_events::append(&mut *$c, id.as_str(), about, stored(act.at)).await?;
                    let details = sheets_of(&range)
                        .word("decision", verb)
                        .word("proposal", &kept.proposal);
                    $self
                        .note_act($c, "sheet.propose", format!("jobs/{id}"), act, details)
                        .await?;
                }
                return Ok(Some(kept));
            }
        }
        said
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
        let rows = on_read!(self.database, spooler, |c, q| {
            q::proposals::page_after(c, after, limit).await
        })?;
        let proposals = rows.into_iter().map(proposal);
        Ok(proposals.collect::<Result<_, StoreError>>()?)
    }

    /// A proposal and its sheets.
    ///
    /// # Errors
    /// [`SpoolError::ProposalNotFound`].
    pub async fn proposal(&self, key: &str) -> Result<(Proposal, SheetRange), SpoolError> {
        let rows = on_read!(self.database, spooler, |c, q| {
            q::proposals::find(c, key).await
        })?;
        let sheets = rows.iter().map(|row| count(row.sheet));
        let sheets = sheets.collect::<Result<Vec<_>, _>>()?;
        let (Some(row), Some(first), Some(last)) = (rows.first(), sheets.first(), sheets.last())
        else {
            return Err(SpoolError::ProposalNotFound(key.to_owned()));
        };
        let found = Proposal {
            key: row.proposal.clone(),
            job: job_id(row.job_id.clone())?,
            verb: row.verb.clone(),
            first: *first,
            last: *last,
            sheets: u64::try_from(sheets.len()).map_err(corrupt)?,
            by: row.proposed_by.clone(),
            reason: row.reason.clone(),
            at: row.proposed_at.and_utc(),
        };
        Ok((found, SheetRange::of(sheets).map_err(corrupt)?))
    }

    /// Withdraws a proposal: nothing comes of it.
    ///
    /// # Errors
    /// [`SpoolError::ProposalNotFound`].
    pub async fn withdraw_proposal(&self, key: &str, act: &Act) -> Result<JobId, SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let rows = q::proposals::find(c, key).await?;
            let Some(row) = rows.first() else {
                return Err(SpoolError::ProposalNotFound(key.to_owned()));
            };
            let job = job_id(row.job_id.clone())?;
            q::jobs::touch(c, job.as_str(), stored(act.at)).await?;
            q::proposals::withdraw(c, key).await?;
            let sheets = rows.iter().map(|row| count(row.sheet));
            let sheets = sheets.collect::<Result<Vec<_>, _>>()?;
            let range = SheetRange::of(sheets).map_err(corrupt)?;
            let message = format!(
                "{} withdraws what {} proposed: {} {}",
                act.by,
                row.proposed_by,
                sheets_in_words(&range),
                row.verb
            );
            let about = ("sheet_withdrawn", message.as_str(), Some(row.sheet));
            q::job_events::append(c, job.as_str(), about, stored(act.at)).await?;
            let details = sheets_of(&range)
                .word("decision", &row.verb)
                .word("proposed_by", &row.proposed_by)
                .word("proposal", key);
            self.note_act(c, "sheet.withdraw", format!("jobs/{job}"), act, details)
                .await?;
            Ok(job)
        })
    }
}

/// Whether a proposal wants that decided about one of these sheets as it stands.
pub(super) fn says(row: &ProposalRow, verb: &str, sheets: &[Wanted]) -> bool {
    let stands = |it: &Wanted| (it.sheet, it.attempt) == (row.sheet, row.attempt);
    row.verb == verb && sheets.iter().any(stands)
}

/// The key of the proposal that a person made of just these sheets before, in these rows of that person.
pub(super) fn kept_before(own: &[ProposalRow], wanted: &[Wanted]) -> Option<String> {
    let key = &own.first()?.proposal;
    let same = own.len() == wanted.len() && own.iter().all(|row| row.proposal == *key);
    same.then(|| key.clone())
}

pub(super) fn proposal_rows(
    job: &JobId,
    verb: &str,
    sheets: &[Wanted],
    act: &Act,
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

/// Everybody who proposed the same before, in words; blank for nobody.
pub(super) fn names<'a>(said: impl IntoIterator<Item = &'a String>) -> String {
    let names: BTreeSet<_> = said.into_iter().map(String::as_str).collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn proposal(row: ProposedRow) -> Result<Proposal, StoreError> {
    let ((key, job, verb, by, reason), first, last, sheets, at) = row;
    let missing = || corrupt("a proposal without sheets");
    Ok(Proposal {
        key,
        job: job_id(job)?,
        verb,
        first: count(first.ok_or_else(missing)?)?,
        last: count(last.ok_or_else(missing)?)?,
        sheets: u64::try_from(sheets).map_err(corrupt)?,
        by,
        reason,
        at: at.ok_or_else(missing)?.and_utc(),
    })
}
