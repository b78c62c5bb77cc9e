//! Calls refused for lack of a role, as the audit trail keeps them: the first of a token and method at once, the others
//! of the same minute as a number. So a flood of them fills no disk.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use formfeed_store::StoreError;
use formfeed_store::acting::{self, Context};
use formfeed_store::audit::{Details, Trail};
use tokio::time::{Duration, Instant};

use crate::methods;

/// For how long refusals are counted together.
const TOGETHER: Duration = Duration::from_secs(60);
/// What stands for all methods that there are not.
const UNKNOWN: &str = "unknown";

/// Refusals that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Mutex<HashMap<Key, Count>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    token: String,
    method: String,
}

#[derive(Debug, Clone)]
struct Count {
    /// Of the first of them.
    context: Context,
    since: Instant,
    /// Refusals since the last entry.
    unwritten: u32,
    first_is_written: bool,
}

impl Refusals {
    /// Counts a refusal of a token that called a method, by full path.
    pub(crate) fn note(&self, token: &str, path: &str, request_id: &str) {
        let method = match methods::shape(path) {
            Some(_) => path.trim_start_matches('/'),
            None => UNKNOWN,
        };
        let key = Key {
            token: token.to_owned(),
            method: method.to_owned(),
        };
        let fresh = || Count {
            context: Context {
                request_id: request_id.to_owned(),
                user: Some(token.to_owned()),
                token: Some(token.to_owned()),
                trace: None,
            },
            since: Instant::now(),
            unwritten: 0,
            first_is_written: false,
        };
        let mut counts = self.lock();
        counts.entry(key).or_insert_with(fresh).unwritten += 1;
    }

    /// Writes what is due; everything, when it is the `last` time.
    pub(crate) async fn write(&self, trail: Trail<'_>, last: bool) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for (key, count) in self.due(last) {
            if outcome.is_ok() {
                let details = Details::new().number("count", count.unwritten);
                let written = trail.note("call.refuse", &key.method, details);
                outcome = acting::scope(count.context.clone(), written).await;
            }
            if outcome.is_err() {
                self.lock()
                    .entry(key)
                    .and_modify(|again| again.unwritten += count.unwritten)
                    .or_insert(count);
            }
        }
        outcome
    }

    /// Takes the refusals that are to be written now: new ones, and those whose minute is over.
    fn due(&self, last: bool) -> Vec<(Key, Count)> {
        let mut due = Vec::new();
        self.lock().retain(|key, count| {
            let over = last || count.since.elapsed() >= TOGETHER;
            if count.unwritten > 0 && (over || !count.first_is_written) {
                due.push((key.clone(), count.clone()));
                count.unwritten = 0;
                count.first_is_written = true;
            }
            !over
        });
        due
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METHOD: &str = "/formfeed.vendor.v1.TokenService/ListTokens";

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_refusals_makes_two_entries_a_minute() {
        let refusals = Refusals::default();
        let due = |last| -> Vec<u32> {
            let due = refusals.due(last);
            due.iter().map(|(_, count)| count.unwritten).collect()
        };
        refusals.note("bob", METHOD, "r1");
        assert_eq!(due(false), [1]);
        for _ in 0..1_000 {
            refusals.note("bob", METHOD, "r2");
        }
        assert!(due(false).is_empty());
        tokio::time::advance(TOGETHER).await;
        assert_eq!(due(false), [1_000]);
        assert!(due(true).is_empty());
        refusals.note("bob", METHOD, "r3");
        assert_eq!(due(true), [1]);
    }

    #[tokio::test]
    async fn methods_that_there_are_not_are_counted_as_one() {
        let refusals = Refusals::default();
        for n in 0..100 {
            refusals.note("bob", &format!("/formfeed.vendor.v1.Made/Up{n}"), "r1");
        }
        let due = refusals.due(true);
        assert_eq!(due.len(), 1);
        assert_eq!(due[0].0.method, UNKNOWN);
    }
}
