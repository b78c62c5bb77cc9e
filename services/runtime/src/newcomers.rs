//! Connections that have not shown who they are, and which of them goes when every place is taken.
//!
//! It is the one that has been there longest: whoever opens connections and says nothing, or nothing that is right, keeps
//! nobody out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Connections on which nobody has shown a token yet, in the order in which they came; others among them, and closed ones,
/// are taken out in passing.
#[derive(Debug, Default)]
pub struct Newcomers(Mutex<VecDeque<Weak<Standing>>>);

/// Whether a connection has shown who it is.
#[derive(Debug, Default)]
pub struct Standing {
    is_known: AtomicBool,
    /// Cancelled when the connection must make room.
    gone: CancellationToken,
}

impl Newcomers {
    /// Adds a connection.
    pub fn add(&self) -> Arc<Standing> {
        let standing = Arc::new(Standing::default());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == all.capacity() {
            all.retain(|one| one.upgrade().is_some_and(|one| one.is_new()));
        }
        all.push_back(Arc::downgrade(&standing));
        standing
    }

    /// Ends the one that has been there longest, if there is any.
    pub fn turn_out_the_first(&self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(first) = all.pop_front() {
            if let Some(first) = first.upgrade().filter(|first| first.is_new()) {
                first.gone.cancel();
                return;
            }
        }
    }
}

impl Standing {
    /// It has shown who it is: its place is its own from now on.
    pub fn becomes_known(&self) {
        self.is_known.store(true, Ordering::Relaxed);
    }

    /// Whether it has not.
    pub fn is_new(&self) -> bool {
        !self.is_known.load(Ordering::Relaxed)
    }

    /// Waits until it must make room.
    pub async fn turned_out(&self) {
        self.gone.cancelled().await;
    }

    /// The same, to keep.
    pub fn turned_out_owned(&self) -> WaitForCancellationFutureOwned {
        self.gone.clone().cancelled_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_turned_out(standing: &Standing) -> bool {
        standing.gone.is_cancelled()
    }

    #[test]
    fn the_one_that_waited_longest_goes_and_never_one_that_is_known() {
        let newcomers = Newcomers::default();
        let (known, first, second) = (newcomers.add(), newcomers.add(), newcomers.add());
        known.becomes_known();
        newcomers.turn_out_the_first();
        assert!(is_turned_out(&first) && !is_turned_out(&second) && !is_turned_out(&known));
        newcomers.turn_out_the_first();
        newcomers.turn_out_the_first();
        assert!(is_turned_out(&second) && !is_turned_out(&known));
    }

    #[test]
    fn closed_connections_are_forgotten() {
        let newcomers = Newcomers::default();
        let stays = newcomers.add();
        for _ in 0..10_000 {
            newcomers.add();
        }
        assert!(newcomers.0.lock().unwrap().len() < 100);
        newcomers.turn_out_the_first();
        assert!(is_turned_out(&stays));
    }
}
