//! Places where tests let a backup or a restore die. Builds without debug assertions have none.

/// Dies here, by a signal that nobody catches, where `FORMFEED_CRASH_AT` names the place.
pub(super) fn pass(place: &str) {
    #[cfg(debug_assertions)]
    if std::env::var("FORMFEED_CRASH_AT").is_ok_and(|at| at == place) {
        let me = rustix::process::getpid();
        rustix::process::kill_process(me, rustix::process::Signal::KILL).ok();
        std::thread::park();
    }
    #[cfg(not(debug_assertions))]
    let _ = place;
}
