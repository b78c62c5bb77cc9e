//! Tells files outside the database where the chain ends, within seconds of each entry and when the server stops.

use std::path::PathBuf;
use std::time::Duration;

use chrono::Utc;
use formfeed_store::audit::{Head, Trail, anchors};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::Audit;

/// How often the end is looked for.
const EVERY: Duration = Duration::from_secs(1);
/// Looks after an entry was written: its transaction may end late.
const LOOKS: u32 = 30;

/// The files, and what each was told last.
pub(crate) struct Keeper {
    files: Vec<Told>,
}

struct Told {
    file: PathBuf,
    last: Option<Head>,
    /// Whether its failure was told already.
    fails: bool,
}

impl Keeper {
    pub(crate) fn new(files: Vec<PathBuf>) -> Self {
        let told = |file: PathBuf| Told {
            file,
            last: None,
            fails: false,
        };
        Self {
            files: files.into_iter().map(told).collect(),
        }
    }

    /// Tells the end as it is now, then again whenever it has moved, until `stop`, and once more then.
    pub(crate) async fn keep(audit: Audit, stop: CancellationToken) {
        let trail = audit.store.trail();
        let mut keeper = Self::new(audit.files.clone());
        keeper.compare(trail).await;
        let (mut noted, mut looks) = (trail.noted(), LOOKS);
        loop {
            if looks > 0 {
                looks -= 1;
                keeper.tell(trail).await;
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                () = stop.cancelled() => break,
            }
            write_refusals(&audit, false).await;
            if trail.noted() != noted {
                (noted, looks) = (trail.noted(), LOOKS);
            }
        }
        write_refusals(&audit, true).await;
        keeper.tell(trail).await;
    }

    /// Tells each file the end, unless it knows it.
    pub(crate) async fn tell(&mut self, trail: Trail<'_>) {
        let head = match trail.head().await {
            Ok(head) if head.sequence > 0 => head,
            Ok(_) => return,
            Err(error) => {
                warn!(%error, "The end of the audit trail cannot be read");
                return;
            }
        };
        for told in &mut self.files {
            if told.last.as_ref() != Some(&head) {
                told.tell(&head).await;
            }
        }
    }

    /// Says aloud when a file was told of more than the database holds.
    pub(crate) async fn compare(&mut self, trail: Trail<'_>) {
        let Ok(head) = trail.head().await else {
            return;
        };
        for told in &mut self.files {
            let Ok(known) = anchors::read(&told.file) else {
                continue;
            };
            let furthest = known.anchors.iter().map(|anchor| anchor.sequence).max();
            let service = trail.service();
            if let Some(furthest) = furthest.filter(|furthest| *furthest > head.sequence) {
                let ends = head.sequence;
                error!(
                    service,
                    ends,
                    anchored = furthest,
                    "The audit trail ends with entry {ends}, and entry {furthest} was anchored: an older database stands here, or its tail was cut; see `formfeed audit verify`"
                );
            }
            told.last = known.anchors.last().map(|anchor| Head {
                sequence: anchor.sequence,
                hash: anchor.hash.clone(),
            });
        }
    }
}

impl Told {
    async fn tell(&mut self, head: &Head) {
        let (file, end) = (self.file.clone(), head.clone());
        let told = spawn_blocking(move || anchors::append(&file, &end, Utc::now())).await;
        match told {
            Ok(Ok(())) => {
                self.last = Some(head.clone());
                self.fails = false;
            }
            Ok(Err(error)) if !self.fails => {
                self.fails = true;
                let file = self.file.display();
                warn!(%error, "The end of the audit trail cannot be told to {file}; it is tried again");
            }
            _ => {}
        }
    }
}

async fn write_refusals(audit: &Audit, last: bool) {
    if let Err(error) = audit.refusals.write(audit.store.trail(), last).await {
        warn!(%error, "Refused calls cannot be written into the audit trail; it is tried again");
    }
}
