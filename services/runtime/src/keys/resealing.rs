//! Sealing anew beside all other work: begun by a newer key, or by a start that finds it cut off.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::Duration;

use chrono::Utc;
use formfeed_store::StoreError;
use formfeed_store::keys::{Keyed, Pass};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often keys of other daemons are looked for.
const EVERY: Duration = Duration::from_secs(30);
/// Between two transactions, so that everybody else has a turn.
const PAUSE: Duration = Duration::from_millis(20);

/// What is going on, for who asks.
#[derive(Debug, Default)]
pub(super) struct Work {
    /// Somebody made a key.
    pub(super) wanted: Notify,
    /// The key with which everything was sealed anew that was there; 0 before the first look.
    pub(super) walked: AtomicI32,
    /// Values that did not open then.
    pub(super) unreadable: AtomicU64,
}

/// Keeps the keys until `stop`. What fails is tried again later.
pub(super) async fn keep<S: Keyed>(store: Arc<S>, work: Arc<Work>, stop: CancellationToken) {
    let kept = async {
        loop {
            if let Err(error) = settle(&*store, &work).await {
                let service = store.keys().service();
                warn!(%error, "The {service} keys wait: {error}");
            }
            tokio::select! {
                () = work.wanted.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    };
    stop.run_until_cancelled(kept).await;
}

/// Walks through all values when a key is new, and once more when nobody seals with an older one any more.
async fn settle<S: Keyed>(store: &S, work: &Work) -> Result<(), StoreError> {
    store.keys().learn().await?;
    let Some(newest) = store.keys().unsettled().await? else {
        work.walked.store(store.keys().newest(), Ordering::Relaxed);
        return Ok(());
    };
    let walked = work.walked.load(Ordering::Relaxed) == newest.version;
    if walked && Utc::now() < newest.settles {
        return Ok(());
    }
    let (resealed, unreadable) = walk(store).await?;
    work.unreadable.store(unreadable, Ordering::Relaxed);
    work.walked.store(newest.version, Ordering::Relaxed);
    let service = store.keys().service();
    info!(
        service,
        values = resealed,
        "Sealed {resealed} values of the {service} service anew"
    );
    Ok(())
}

/// Answers how many values were sealed anew, and how many did not open.
async fn walk<S: Keyed>(store: &S) -> Result<(u64, u64), StoreError> {
    let mut pass = Pass::default();
    let (mut resealed, mut unreadable) = (0, 0);
    loop {
        let batch = store.keys().reseal(&mut pass).await?;
        resealed += batch.resealed;
        unreadable += batch.unreadable;
        if batch.done {
            return Ok((resealed, unreadable));
        }
        if batch.begins_again {
            unreadable = 0;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
