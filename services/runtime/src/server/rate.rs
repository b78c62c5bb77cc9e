//! How many calls a second a token may make.
//!
//! Over some time so many, and five times as many at once: a program that begins its day with a list of everything is
//! served. What a service calls for is its callers' doing, of whom there are many: it may call ten times as often.

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
/// A service may make so many times the calls of anybody else.
const SERVICES: u32 = 10;

type Limiter = RateLimiter<String, HashMapStateStore<String>, DefaultClock>;

/// Counts calls by the name of the token.
pub(super) struct Rate {
    /// None: any number.
    services: Option<Bound>,
    others: Option<Bound>,
    clock: DefaultClock,
}

/// So many calls a second of each token.
struct Bound {
    limit: NonZeroU32,
    limiter: Limiter,
}

impl Bound {
    /// None for 0.
    fn new(limit: u32, clock: &DefaultClock) -> Option<Self> {
        let limit = NonZeroU32::new(limit)?;
        let at_once = limit.saturating_mul(NonZeroU32::new(AT_ONCE).unwrap_or(limit));
        let quota = Quota::per_second(limit).allow_burst(at_once);
        Some(Self {
            limit,
            limiter: Limiter::hashmap_with_clock(quota, clock.clone()),
        })
    }
}

impl Rate {
    /// `limit` calls a second, ten times as many of a service; 0: any number.
    pub(super) fn new(limit: u32) -> Self {
        let clock = DefaultClock::default();
        Self {
            services: Bound::new(limit.saturating_mul(SERVICES), &clock),
            others: Bound::new(limit, &clock),
            clock,
        }
    }

    /// Lets a call begin, or refuses it with RESOURCE_EXHAUSTED `RATE_LIMITED` and the time to wait.
    pub(super) fn count(&self, caller: &Caller) -> Result<(), Status> {
        let bound = match caller.role {
            Role::Service => &self.services,
            _ => &self.others,
        };
        let Some(Bound { limit, limiter }) = bound else {
            return Ok(());
        };
        let Err(refused) = limiter.check_key(&caller.name) else {
            return Ok(());
        };
        let wait = refused.wait_time_from(self.clock.now());
        let message = format!(
            "more than {limit} calls a second with the token of {}; wait, then retry",
            caller.name
        );
        Err(
            Refusal::new(Code::ResourceExhausted, reason::RATE_LIMITED, message)
                .with("limit", limit)
                .retry_after(wait)
                .into_status(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::reason_of;

    fn refused_after(rate: &Rate, role: Role) -> (usize, Status) {
        let caller = Caller {
            name: role.name().to_owned(),
            role,
            on_behalf_of: None,
        };
        let mut count = 0;
        loop {
            match rate.count(&caller) {
                Ok(()) => count += 1,
                Err(refused) => return (count, refused),
            }
            assert!(count < 100_000, "{role} has no limit");
        }
    }

    #[test]
    fn a_service_has_a_limit_too_ten_times_that_of_others() {
        let rate = Rate::new(2);
        let (clerk, refused) = refused_after(&rate, Role::Clerk);
        assert!((10..15).contains(&clerk), "{clerk}");
        assert_eq!(reason_of(&refused).unwrap(), reason::RATE_LIMITED);
        let (service, refused) = refused_after(&rate, Role::Service);
        assert!((100..150).contains(&service), "{service}");
        assert!(refused.message().contains("20 calls"), "{refused}");
    }

    #[test]
    fn no_limit_is_none_for_anybody() {
        let rate = Rate::new(0);
        assert!(rate.services.is_none() && rate.others.is_none());
    }
}
