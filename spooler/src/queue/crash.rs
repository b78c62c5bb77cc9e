//! Places where tests let the spooler die. Builds without debug assertions have none.

use std::sync::Mutex;

/// Where the process may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CrashPoint {
    /// Reserved; no intent yet.
    AfterReserve,
    /// The intent is durable; no byte has left.
    AfterIntent,
    /// The lease was found in force a moment ago; no byte has left.
    BeforeSend,
    /// The device took every byte; that is not recorded yet.
    AfterSend,
    /// The same, recorded.
    AfterInFlight,
    /// The device is done; that is not recorded yet.
    AfterSettle,
    /// The outcome is durable.
    AfterOutcome,
    /// A job has come in whole; nothing of it is kept.
    BeforeSubmit,
    /// It is sealed; its caller does not know.
    AfterSubmit,
    /// An operator has decided; nothing of it is kept.
    BeforeDecision,
    /// The decision is durable; the operator does not know.
    AfterDecision,
    /// What was under way is in doubt; the device is not asked yet.
    InRecovery,
}

impl CrashPoint {
    /// The points in the life of an attempt, in order.
    pub const OF_AN_ATTEMPT: [Self; 7] = [
        Self::AfterReserve,
        Self::AfterIntent,
        Self::BeforeSend,
        Self::AfterSend,
        Self::AfterInFlight,
        Self::AfterSettle,
        Self::AfterOutcome,
    ];

    /// The others.
    pub const BESIDE_ATTEMPTS: [Self; 5] = [
        Self::BeforeSubmit,
        Self::AfterSubmit,
        Self::BeforeDecision,
        Self::AfterDecision,
        Self::InRecovery,
    ];

    #[cfg(debug_assertions)]
    fn all() -> impl Iterator<Item = Self> {
        Self::OF_AN_ATTEMPT.into_iter().chain(Self::BESIDE_ATTEMPTS)
    }

    /// The word in `FORMFEED_CRASH_AT`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AfterReserve => "after-reserve",
            Self::AfterIntent => "after-intent",
            Self::BeforeSend => "before-send",
            Self::AfterSend => "after-send",
            Self::AfterInFlight => "after-in-flight",
            Self::AfterSettle => "after-settle",
            Self::AfterOutcome => "after-outcome",
            Self::BeforeSubmit => "before-submit",
            Self::AfterSubmit => "after-submit",
            Self::BeforeDecision => "before-decision",
            Self::AfterDecision => "after-decision",
            Self::InRecovery => "in-recovery",
        }
    }
}

/// Where to die, if anywhere.
#[derive(Debug, Default)]
pub struct CrashPoints {
    plan: Mutex<Option<Plan>>,
}

/// What to do at the `nth` pass of a point.
#[derive(Debug, Clone, Copy)]
struct Plan {
    at: CrashPoint,
    nth: u32,
    how: How,
}

#[derive(Debug, Clone, Copy)]
#[cfg_attr(
    not(debug_assertions),
    expect(dead_code, reason = "builds without debug assertions never die")
)]
enum How {
    /// The operating system ends the process, as `kill -9` does.
    Kill,
    /// The worker goes no further, until the test drops it.
    Freeze,
    /// The operating system lets the process stand still until the test lets it go on.
    Stop,
}

impl CrashPoints {
    /// None.
    pub fn none() -> Self {
        Self::default()
    }

    /// Kills the process as `FORMFEED_CRASH_AT=POINT:NTH` says, or stops it with `POINT:NTH:stop`; nowhere without it. In builds without debug
    /// assertions the variable means nothing.
    pub fn from_environment() -> Self {
        #[cfg(debug_assertions)]
        if let Ok(text) = std::env::var("FORMFEED_CRASH_AT") {
            let mut words = text.split(':');
            let point = words.next().unwrap_or_default();
            let nth = words.next().unwrap_or("1");
            let how = match words.next() {
                Some("stop") => How::Stop,
                _ => How::Kill,
            };
            let point = CrashPoint::all().find(|p| p.as_str() == point);
            return Self {
                plan: Mutex::new(point.map(|at| Plan {
                    at,
                    nth: nth.parse().unwrap_or(1),
                    how,
                })),
            };
        }
        Self::none()
    }

    /// Lets the worker that passes the point the `nth` time go no further.
    #[cfg(debug_assertions)]
    pub fn freeze(at: CrashPoint, nth: u32) -> Self {
        Self {
            plan: Mutex::new(Some(Plan {
                at,
                nth,
                how: How::Freeze,
            })),
        }
    }

    /// Passes a point, or does not.
    pub(crate) async fn pass(&self, point: CrashPoint) {
        if !cfg!(debug_assertions) {
            return;
        }
        match self.due(point) {
            None => {}
            Some(How::Kill) => {
                let own = rustix::process::getpid();
                rustix::process::kill_process(own, rustix::process::Signal::KILL).ok();
                std::future::pending().await
            }
            Some(How::Stop) => {
                let own = rustix::process::getpid();
                rustix::process::kill_process(own, rustix::process::Signal::STOP).ok();
                // The other threads of the process may take the signal a little later.
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            Some(How::Freeze) => std::future::pending().await,
        }
    }

    fn due(&self, point: CrashPoint) -> Option<How> {
        let mut plan = self.plan.lock().ok()?;
        let found = plan.as_mut().filter(|plan| plan.at == point)?;
        found.nth = found.nth.saturating_sub(1);
        match found.nth {
            0 => plan.take().map(|plan| plan.how), // once
            _ => None,
        }
    }
}
