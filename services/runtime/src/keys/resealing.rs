//! Sealing anew beside all other work: begun by a newer key, or by a start that finds it cut off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

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
    /// Values are being sealed anew, or will be in a moment.
    pub(super) going_on: AtomicBool,
    /// Values that did not open, in the last walk.
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

async fn settle<S: Keyed>(store: &S, work: &Work) -> Result<(), StoreError> {
    store.keys().learn().await?;
    if !store.keys().unsettled().await? {
        work.going_on.store(false, Ordering::Relaxed);
        return Ok(());
    }
    work.going_on.store(true, Ordering::Relaxed);
    let resealed = walk(store, work).await?;
    work.going_on.store(false, Ordering::Relaxed);
    let service = store.keys().service();
    info!(
        service,
        values = resealed,
        "Sealed {resealed} values of the {service} service anew"
    );
    Ok(())
}

async fn walk<S: Keyed>(store: &S, work: &Work) -> Result<u64, StoreError> {
    let mut pass = Pass::default();
    let (mut resealed, mut unreadable) = (0, 0);
    loop {
        let batch = store.keys().reseal(&mut pass).await?;
        resealed += batch.resealed;
        unreadable += batch.unreadable;
        if batch.done {
            work.unreadable.store(unreadable, Ordering::Relaxed);
            return Ok(resealed);
        }
        if batch.begins_again {
            unreadable = 0;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
