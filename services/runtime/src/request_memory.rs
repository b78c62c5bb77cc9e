//! What the requests of a server hold in memory, all together and those of one token.
//!
//! A call holds the bytes of its message while that is on its way in, and what the message became for as long as anybody works
//! for the call, also when its caller has left; so too what it makes of many messages ([`hold_records`]), and its answer until that
//! is sent. The first bytes of each call are not counted.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tonic::{Code, Status};

use crate::{
    reason,
    status::{IntoStatus, Refusal},
};

/// What each call may hold beside the budget: a small one is answered when large ones have used it up.
const BESIDE: usize = 64 * 1024;
/// What a record holds in memory beside its texts, about.
const BYTES_OF_A_RECORD: u64 = 512;
/// When those who hold the budget may be done.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// How long a call that keeps more and more waits for room, and how often it looks.
const ROOM_WITHIN: Duration = Duration::from_secs(60);
const LOOKS_EVERY: Duration = Duration::from_millis(20);

tokio::task_local! {
    static KEPT: Arc<Share>;
}

/// The share of the call that the running task works for, if it works for one.
pub(crate) fn kept() -> Option<Arc<Share>> {
    KEPT.try_with(Clone::clone).ok()
}

/// Runs a future that works for a call, and keeps the call's share until it is done.
pub(crate) async fn keep<F: Future>(share: Arc<Share>, future: F) -> F::Output {
    KEPT.scope(share, future).await
}

/// The same for a function.
pub(crate) fn keep_now<T>(share: Arc<Share>, run: impl FnOnce() -> T) -> T {
    KEPT.sync_scope(share, run)
}

/// What a call holds beside its messages; dropping it gives it back.
#[derive(Debug, Default)]
pub struct Also {
    share: Option<Arc<Share>>,
    bytes: usize,
}

/// The call holds so many bytes beside its messages; see [`hold_records`].
async fn hold_also(bytes: u64) -> Result<Also, Status> {
    let Some(share) = kept() else {
        return Ok(Also::default());
    };
    let until = Instant::now() + ROOM_WITHIN;
    loop {
        match share.also(bytes) {
            Err(_) if Instant::now() < until => sleep(LOOKS_EVERY).await,
            held => return held,
        }
    }
}

/// The call that the running task works for keeps so many records, which came in messages of so many bytes, until they are
/// stored: their texts twice, as read and as stored, and each itself. Waits for room; outside of calls nothing is counted.
///
/// # Errors
/// RESOURCE_EXHAUSTED `OVERLOADED` when there is no room for a minute.
pub async fn hold_records(bytes: u64, records: usize) -> Result<Also, Status> {
    hold_also(2 * bytes + BYTES_OF_A_RECORD * records as u64).await
}

/// The budget of a server.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    limit: usize,
    /// What one token may hold, or all who have none: the rest is not to be had by one.
    of_one: usize,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    /// By the name of the token; of all who have none together.
    of: HashMap<Option<String>, usize>,
}

impl Budget {
    /// So many bytes, three quarters of them for one token; nothing held yet.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            of_one: limit - limit / 4,
            held: Arc::default(),
        }
    }

    /// What one token may hold, bytes.
    pub(crate) fn of_one(&self) -> usize {
        self.of_one
    }

    /// For a call, which holds nothing yet.
    pub(crate) fn share(&self, token: Option<&str>) -> Arc<Share> {
        Arc::new(Share {
            budget: self.clone(),
            token: token.map(str::to_owned),
            held: Mutex::default(),
        })
    }

    fn take(&self, token: &Option<String>, bytes: usize) -> Result<(), Status> {
        let mut held = self.lock();
        let all = held.all.saturating_add(bytes);
        let of_token = held.of.get(token).copied().unwrap_or_default();
        let of_token = of_token.saturating_add(bytes);
        if of_token > self.of_one {
            let whose = match token {
                Some(_) => " with this token",
                None => " without a token",
            };
            return Err(shed(whose, self.of_one));
        }
        if all > self.limit {
            return Err(shed("", self.limit));
        }
        held.all = all;
        held.of.insert(token.clone(), of_token);
        Ok(())
    }

    /// Takes what is there already, however much is held.
    fn add(&self, token: &Option<String>, bytes: usize) {
        let mut held = self.lock();
        held.all += bytes;
        *held.of.entry(token.clone()).or_default() += bytes;
    }

    fn give_back(&self, token: &Option<String>, bytes: usize) {
        let mut held = self.lock();
        held.all -= bytes;
        if let Some(of_token) = held.of.get_mut(token) {
            *of_token -= bytes;
            if *of_token == 0 {
                held.of.remove(token);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shed(whose: &str, limit: usize) -> Status {
    let message = format!(
        "the requests{whose} at this service hold the {limit} bytes that they may together; try again shortly"
    );
    Refusal::new(Code::ResourceExhausted, reason::OVERLOADED, message)
        .with("limit", limit)
        .retry_after(AGAIN_AFTER)
        .into_status()
}

/// What one call holds of the budget; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    token: Option<String>,
    held: Mutex<usize>,
}

impl Share {
    /// The call holds so many bytes at least, until it is said otherwise. However many they are, a call that is alone has them.
    ///
    /// # Errors
    /// RESOURCE_EXHAUSTED `OVERLOADED`: it holds what it held.
    pub(crate) fn hold(&self, bytes: u64) -> Result<(), Status> {
        let wanted = self.counted(bytes);
        let mut held = self.lock();
        if wanted > *held {
            self.budget.take(&self.token, wanted - *held)?;
            *held = wanted;
        }
        Ok(())
    }

    /// The same for what is there already, such as an answer: it is charged beyond what may be held, so that others wait.
    pub(crate) fn hold_anyway(&self, bytes: u64) {
        let wanted = self.counted(bytes);
        let mut held = self.lock();
        if wanted > *held {
            self.budget.add(&self.token, wanted - *held);
            *held = wanted;
        }
    }

    /// The call holds so many bytes at most.
    pub(crate) fn hold_only(&self, bytes: u64) {
        let wanted = self.counted(bytes);
        let mut held = self.lock();
        if wanted < *held {
            self.budget.give_back(&self.token, *held - wanted);
            *held = wanted;
        }
    }

    /// How many bytes it holds, beside those that are not counted.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        *self.lock()
    }

    fn also(self: &Arc<Self>, bytes: u64) -> Result<Also, Status> {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let bytes = bytes.min(self.budget.of_one);
        self.budget.take(&self.token, bytes)?;
        Ok(Also {
            share: Some(self.clone()),
            bytes,
        })
    }

    fn counted(&self, bytes: u64) -> usize {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        bytes.saturating_sub(BESIDE).min(self.budget.of_one)
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.hold_only(0);
    }
}

impl Drop for Also {
    fn drop(&mut self) {
        if let Some(share) = &self.share {
            share.budget.give_back(&share.token, self.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{context, status::reason_of};

    const KIB: u64 = 1024;

    /// Four megabytes, three of them for one token.
    fn budget() -> Budget {
        Budget::new(4 * 1024 * 1024)
    }

    /// A call that holds so many bytes beside those that are not counted.
    fn call(budget: &Budget, token: Option<&str>, bytes: u64) -> Result<Arc<Share>, Status> {
        let share = budget.share(token);
        share.hold(64 * KIB + bytes).map(|()| share)
    }

    fn refused(budget: &Budget, token: Option<&str>, bytes: u64) -> String {
        let refused = call(budget, token, bytes).unwrap_err();
        assert_eq!(refused.code(), Code::ResourceExhausted);
        assert_eq!(reason_of(&refused).unwrap(), reason::OVERLOADED);
        assert!(refused.message().contains("try again"), "{refused}");
        refused.message().to_owned()
    }

    #[test]
    fn one_token_has_its_share_others_the_rest_and_small_calls_are_answered() {
        let budget = budget();
        let mia = call(&budget, Some("mia"), 2_000 * KIB).unwrap();
        let more = call(&budget, Some("mia"), 1_072 * KIB).unwrap();
        assert!(refused(&budget, Some("mia"), 1).contains("with this token"));
        let nobody = call(&budget, None, 1_000 * KIB).unwrap();
        assert!(refused(&budget, Some("ben"), 25 * KIB).contains("the requests at this"));
        let ben = call(&budget, Some("ben"), 24 * KIB).unwrap();
        call(&budget, Some("mia"), 0).unwrap();
        drop((mia, more, nobody, ben));
        let held = budget.lock();
        assert!(held.all == 0 && held.of.is_empty(), "{held:?}");
    }

    #[test]
    fn a_call_holds_the_most_that_it_held_until_it_is_said_otherwise() {
        let budget = budget();
        let mia = call(&budget, Some("mia"), 500 * KIB).unwrap();
        mia.hold(100 * KIB).unwrap();
        assert_eq!(budget.lock().all, 500 * 1024);
        mia.hold_only(164 * KIB);
        assert_eq!(budget.lock().all, 100 * 1024);
        let others = call(&budget, None, 2_000 * KIB).unwrap();
        mia.hold(2_564 * KIB).unwrap_err();
        assert_eq!(budget.lock().all, 2_100 * 1024);
        mia.hold_anyway(2_564 * KIB);
        assert_eq!(budget.lock().all, 4_500 * 1024);
        assert!(refused(&budget, Some("ben"), 1).contains("the requests at this"));
        drop(others);
        mia.hold(2_564 * KIB).unwrap();
    }

    #[test]
    fn a_call_that_is_alone_has_what_it_needs() {
        let budget = budget();
        let alone = call(&budget, Some("mia"), 100_000 * KIB).unwrap();
        refused(&budget, Some("mia"), 1);
        drop(alone);
        call(&budget, Some("mia"), 1).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_call_makes_of_many_messages_waits_for_room() {
        let budget = budget();
        let share = call(&budget, Some("mia"), 0).unwrap();
        let other = call(&budget, Some("mia"), 3_000 * KIB).unwrap();
        keep(share.clone(), async {
            let first = hold_also(72 * KIB).await.unwrap();
            let refused = hold_also(KIB).await.unwrap_err();
            assert_eq!(reason_of(&refused).unwrap(), reason::OVERLOADED);
            let (second, ()) = tokio::join!(hold_also(KIB), async { drop(first) });
            drop(second.unwrap());
        })
        .await;
        drop(other);
        assert_eq!(budget.lock().all, 0);
        hold_also(u64::MAX).await.unwrap();
        assert_eq!(budget.lock().all, 0, "outside of calls nothing is counted");
    }

    #[tokio::test]
    async fn whoever_works_on_for_a_call_that_is_over_holds_what_it_held() {
        let budget = budget();
        let share = call(&budget, Some("mia"), 500 * KIB).unwrap();
        let (go_on, told) = tokio::sync::oneshot::channel::<()>();
        let begin = async { (context::spawn(async { told.await.ok() }),) };
        let called = context::scope(context::Context::default(), begin);
        let (working,) = keep(share, called).await;
        assert_eq!(budget.lock().all, 500 * 1024);
        go_on.send(()).unwrap();
        working.await.unwrap();
        assert_eq!(budget.lock().all, 0);
    }
}
