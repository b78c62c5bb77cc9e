//! Places where tests let a service panic. Builds without debug assertions have none.

use std::fmt::Display;

/// Panics here, the first time it is passed, where `FORMFEED_PANIC_AT` names the place, others beside it parted by commas. What is
/// at hand is in the panic's message, as in that of an `expect` that somebody wrote without care: no message may get out.
#[cfg(debug_assertions)]
#[track_caller]
pub fn panic_point(place: &str, at_hand: impl Display) {
    use std::sync::{Mutex, OnceLock, PoisonError};

    static LEFT: OnceLock<Mutex<Vec<String>>> = OnceLock::new();
    let left = LEFT.get_or_init(|| {
        let named = std::env::var("FORMFEED_PANIC_AT").unwrap_or_default();
        Mutex::new(named.split(',').map(str::to_owned).collect())
    });
    let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = left.iter().position(|named| named == place) {
        left.swap_remove(at);
        drop(left);
        panic!("a test wants a panic at {place}, with {at_hand} at hand");
    }
}

/// None in this build.
#[cfg(not(debug_assertions))]
pub fn panic_point(_: &str, _: impl Display) {}
