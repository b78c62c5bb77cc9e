//! Whether a chain is what was written: each entry recomputed, its end held against what was told outside the database.

use std::collections::BTreeMap;

use super::anchors::Anchor;
use super::chain::GENESIS;
use super::entry::{Entry, HeadRow};
use super::trail::Trail;
use crate::StoreError;

/// Entries read at once.
const PAGE: i64 = 1_000;

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The entry does not say what was written.
    Edited,
    /// The entry is not there, though later ones are.
    Removed,
    /// The entry was written in another place.
    Reordered,
    /// The entry was written, but does not follow the one before.
    Foreign,
    /// Entries at the end are not there.
    TailCut,
    /// The end was changed by somebody without the key.
    HeadRewritten,
    /// The whole chain ends before what was told outside, and is sound: an older database stands here.
    OlderDatabase,
    /// The entry is another one than was told outside.
    OtherThanAnchored,
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// Number of the first entry concerned.
    pub sequence: i64,
    /// The same in words.
    pub message: String,
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that are sound, from the first on.
    pub sound: i64,
    /// Number of the last entry by the chain's end.
    pub last: i64,
    /// Hash of the last sound entry.
    pub hash: String,
    /// Anchors that were held against the chain.
    pub anchors: usize,
    /// Faults, the first bad entry first; none for a sound chain.
    pub findings: Vec<Finding>,
}

impl Verdict {
    fn find(&mut self, fault: Fault, sequence: i64, message: String) {
        self.findings.push(Finding {
            fault,
            sequence,
            message,
        });
    }

    fn found(&self, fault: Fault) -> bool {
        self.findings.iter().any(|finding| finding.fault == fault)
    }
}

/// Hashes that were told outside, by the number of their entry.
type Told<'a> = BTreeMap<i64, Vec<&'a Anchor>>;

impl Trail<'_> {
    /// Recomputes the chain to its end, and holds it against anchors, which are read before this is called.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn verify(&self, anchors: &[Anchor]) -> Result<Verdict, StoreError> {
        let head = on_read!(self.database, audit, |c, q| q::head(c).await?);
        let mut verdict = Verdict {
            sound: 0,
            last: head.as_ref().map_or(0, |head| head.sequence),
            hash: GENESIS.to_owned(),
            anchors: anchors.len(),
            findings: Vec::new(),
        };
        let mut told = Told::new();
        for anchor in anchors.iter().filter(|anchor| anchor.sequence > 0) {
            told.entry(anchor.sequence).or_default().push(anchor);
        }
        let mut seen = 0;
        'chain: loop {
            let rows = on_read!(self.database, audit, |c, q| q::after(c, seen, PAGE).await?);
            if rows.is_empty() {
                break;
            }
            for entry in rows.into_iter().map(Entry::from) {
                if head
                    .as_ref()
                    .is_some_and(|head| entry.sequence > head.sequence)
                    && seen == verdict.last
                {
                    break 'chain; // written since, or the end was put back: the end says which
                }
                seen = entry.sequence;
                if !self.follows(&mut verdict, &entry) {
                    break 'chain;
                }
                held_against(&mut verdict, &mut told, &entry);
            }
        }
        self.judge_end(&mut verdict, head.as_ref()).await?;
        judge_ahead(&mut verdict, &told);
        Ok(verdict)
    }

    /// Whether an entry is sound and follows the last sound one.
    fn follows(&self, verdict: &mut Verdict, entry: &Entry) -> bool {
        let key = &self.auditor.key;
        let (expected, found) = (verdict.sound + 1, entry.sequence);
        if found != expected {
            let message = match found - expected {
                1 => format!("entry {expected} is not there, though entry {found} is"),
                _ => format!(
                    "entries {expected} to {} are not there, though entry {found} is",
                    found - 1
                ),
            };
            verdict.find(Fault::Removed, expected, message);
            return false;
        }
        if key.hash(entry) != entry.hash {
            let reach = verdict.last.max(found) + PAGE;
            let elsewhere = (1..=reach).find(|place| key.hash_at(entry, *place) == entry.hash);
            let (fault, message) = match elsewhere {
                Some(place) => (
                    Fault::Reordered,
                    format!("entry {found} was written as entry {place}"),
                ),
                None => (
                    Fault::Edited,
                    format!("entry {found} does not say what was written"),
                ),
            };
            verdict.find(fault, found, message);
            return false;
        }
        if entry.previous_hash != verdict.hash {
            let message = format!("entry {found} does not follow the entry before it");
            verdict.find(Fault::Foreign, found, message);
            return false;
        }
        verdict.sound = found;
        verdict.hash.clone_from(&entry.hash);
        true
    }

    /// The chain's end: sealed by who has the key, and the last entry's.
    async fn judge_end(
        &self,
        verdict: &mut Verdict,
        head: Option<&HeadRow>,
    ) -> Result<(), StoreError> {
        let Some(head) = head else {
            let message = "the end of the chain is not there".to_owned();
            verdict.find(Fault::HeadRewritten, 0, message);
            return Ok(());
        };
        if !self.auditor.key.has_sealed(head) {
            let message = format!(
                "the end of the chain, entry {}, was set by somebody without the key: what followed was cut off, or was to be",
                head.sequence
            );
            verdict.find(Fault::HeadRewritten, head.sequence + 1, message);
            return Ok(());
        }
        if !verdict.findings.is_empty() {
            return Ok(());
        }
        if verdict.sound < head.sequence {
            let message = format!(
                "entries {} to {} at the end are not there: the tail was cut",
                verdict.sound + 1,
                head.sequence
            );
            verdict.find(Fault::TailCut, verdict.sound + 1, message);
        } else if verdict.hash != head.hash {
            let message = format!(
                "entry {} is not the one that the chain ended with",
                head.sequence
            );
            verdict.find(Fault::Foreign, head.sequence, message);
        } else if !self.is_last(head).await? {
            let message = format!(
                "entry {} is beyond the end of the chain, which was put back",
                head.sequence + 1
            );
            verdict.find(Fault::HeadRewritten, head.sequence + 1, message);
        }
        Ok(())
    }

    /// Whether nothing is beyond the end, as it stands now.
    async fn is_last(&self, head: &HeadRow) -> Result<bool, StoreError> {
        let now = on_read!(self.database, audit, |c, q| q::head(c).await?);
        if now.as_ref() != Some(head) {
            return Ok(true); // it went on meanwhile
        }
        let beyond = on_read!(self.database, audit, |c, q| {
            q::after(c, head.sequence, 1).await?
        });
        let again = on_read!(self.database, audit, |c, q| q::head(c).await?);
        Ok(beyond.is_empty() || again.as_ref() != Some(head))
    }
}

/// Holds a sound entry against what was told of it outside, and crosses that off.
fn held_against(verdict: &mut Verdict, told: &mut Told<'_>, entry: &Entry) {
    let Some(anchors) = told.remove(&entry.sequence) else {
        return;
    };
    let other = anchors.iter().find(|anchor| anchor.hash != entry.hash);
    if let Some(other) = other
        && !verdict.found(Fault::OtherThanAnchored)
    {
        let message = format!(
            "entry {} is another one than was anchored at {}: an older database was put back and written on, or the chain was made again",
            entry.sequence,
            other.time.format("%Y-%m-%d %H:%M:%S UTC")
        );
        verdict.find(Fault::OtherThanAnchored, entry.sequence, message);
    }
}

/// What was told outside of entries that the chain does not reach, where nothing else explains it.
fn judge_ahead(verdict: &mut Verdict, told: &Told<'_>) {
    let broken = verdict.findings.iter().any(|finding| {
        !matches!(
            finding.fault,
            Fault::HeadRewritten | Fault::TailCut | Fault::OtherThanAnchored
        )
    });
    let ahead = told
        .iter()
        .next_back()
        .filter(|(last, _)| **last > verdict.last);
    let Some((last, anchor)) = ahead.filter(|_| !broken) else {
        return;
    };
    let at = anchor.first().map(|anchor| anchor.time);
    let at = at.map_or_else(String::new, |at| {
        at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
    });
    let ends = verdict.last;
    let (fault, message) = match verdict.found(Fault::HeadRewritten) {
        true => (
            Fault::TailCut,
            format!(
                "the chain ends with entry {ends}, and entry {last} was anchored at {at}: the tail was cut"
            ),
        ),
        false => (
            Fault::OlderDatabase,
            format!(
                "the chain ends with entry {ends}, and entry {last} was anchored at {at}: an older database was put back"
            ),
        ),
    };
    verdict.find(fault, ends + 1, message);
}
