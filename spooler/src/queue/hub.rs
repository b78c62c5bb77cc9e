//! Tells watchers that a job changed. What changed they read from the store.

use formfeed_domain::spool::JobId;
use tokio::sync::broadcast;

/// Changes that wait for a slow watcher; one that falls further behind looks at the store anyway.
const AHEAD: usize = 1_024;

/// The bell of all jobs; `None` may be any of them.
pub(crate) struct Hub {
    changes: broadcast::Sender<Option<JobId>>,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            changes: broadcast::Sender::new(AHEAD),
        }
    }
}

impl Hub {
    /// Says that a job changed.
    pub(crate) fn ring(&self, job: &JobId) {
        // Without a watcher nobody listens, which is no failure.
        self.changes.send(Some(job.clone())).ok();
    }

    /// Says that any job may have changed.
    pub(crate) fn ring_all(&self) {
        self.changes.send(None).ok();
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> Bell {
        Bell(self.changes.subscribe())
    }
}

/// One watcher's ear.
pub(crate) struct Bell(broadcast::Receiver<Option<JobId>>);

impl Bell {
    /// Waits until any job changed, or may have.
    pub(crate) async fn rung(&mut self) {
        if let Err(broadcast::error::RecvError::Closed) = self.0.recv().await {
            std::future::pending().await
        }
    }

    /// Waits until the job changed, or may have.
    pub(crate) async fn rung_for(&mut self, job: &JobId) {
        loop {
            match self.0.recv().await {
                Ok(Some(changed)) if changed != *job => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
