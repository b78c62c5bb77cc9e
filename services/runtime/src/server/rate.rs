//! How many calls a second a token may make.
//!
//! Over some time so many, and five times as many at once: a program that begins its day with a list of everything is
//! served. Services are not counted: what they call for is their callers' doing.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use tonic::{Code, Status};

use crate::{
    access::{Caller, Role},
    reason,
    status::{IntoStatus, Refusal},
};

/// So many seconds' calls may come at once.
const AT_ONCE: u32 = 5;

type Limiter = RateLimiter<String, HashMapStateStore<String>, DefaultClock>;

/// Counts calls by the name of the token.
pub(super) struct Rate {
    limit: u32,
    /// None: any number.
    limiter: Option<Limiter>,
    clock: DefaultClock,
}

impl Rate {
    /// `limit` calls a second; 0: any number.
    pub(super) fn new(limit: u32) -> Self {
        let quota = |limit: NonZeroU32| {
            let at_once = limit.saturating_mul(NonZeroU32::new(AT_ONCE).unwrap_or(limit));
            Quota::per_second(limit).allow_burst(at_once)
        };
        let clock = DefaultClock::default();
        Self {
            limit,
            limiter: NonZeroU32::new(limit)
                .map(|limit| Limiter::hashmap_with_clock(quota(limit), clock.clone())),
            clock,
        }
    }

    /// Lets a call begin, or refuses it with RESOURCE_EXHAUSTED `RATE_LIMITED` and the time to wait.
    pub(super) fn count(&self, caller: &Caller) -> Result<(), Status> {
        let Some(limiter) = self
            .limiter
            .as_ref()
            .filter(|_| caller.role != Role::Service)
        else {
            return Ok(());
        };
        let Err(refused) = limiter.check_key(&caller.name) else {
            return Ok(());
        };
        let wait = refused.wait_time_from(self.clock.now());
        let message = format!(
            "more than {} calls a second with the token of {}; wait, then retry",
            self.limit, caller.name
        );
        Err(
            Refusal::new(Code::ResourceExhausted, reason::RATE_LIMITED, message)
                .with("limit", self.limit)
                .retry_after(wait)
                .into_status(),
        )
    }
}
