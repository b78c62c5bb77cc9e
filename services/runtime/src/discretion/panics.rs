//! What is told of a panic: where it was. Its message may have anything in it: the text that could not be cut, the value that was no
//! number.

use std::io::Write as _;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

static SET: Once = Once::new();
static LOGGED: AtomicBool = AtomicBool::new(false);

/// Tells of panics in a line on stderr.
pub(super) fn tell_where_only() {
    SET.call_once(|| panic::set_hook(Box::new(tell)));
}

/// From here on in a log line. Without [`tell_where_only`] before, nothing changes.
pub(crate) fn into_log_lines() {
    LOGGED.store(true, Ordering::Relaxed);
}

fn tell(info: &PanicHookInfo<'_>) {
    let what = in_words(info);
    if LOGGED.load(Ordering::Relaxed) {
        tracing::error!("{what}");
    } else {
        // Nobody reads: there is nobody to tell.
        writeln!(std::io::stderr(), "{what}").ok();
    }
}

/// A message that stands in the source as it is holds nothing of anybody's.
fn in_words(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map(ToString::to_string);
    let place = place.unwrap_or_else(|| "an unknown place".to_owned());
    match info.payload().downcast_ref::<&'static str>() {
        Some(literal) => format!("Panicked at {place}: {literal}"),
        None => format!("Panicked at {place}; what it said is not told, as it may hold a TIN"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn a_panic_tells_where_it_was_and_no_value_that_was_at_hand() {
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let hook = told.clone();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            hook.lock().unwrap().push(in_words(info));
        }));
        let digits = String::from("900700001");
        let panics: [fn(&str); 4] = [
            |digits| panic!("no such number: {digits}"),
            |digits| assert!(!format!("é{digits}")[1..].is_empty()), // within a letter
            |digits| assert_eq!(digits, ""),
            |_| panic!("nothing of anybody's"),
        ];
        for panics in panics {
            let digits = digits.clone();
            panic::catch_unwind(move || panics(&digits)).unwrap_err();
        }
        panic::set_hook(before);
        let told = told.lock().unwrap().join("\n");
        assert!(!told.contains("900700001"), "{told}");
        assert!(
            told.contains("panics.rs:") && told.contains(": nothing of anybody's"),
            "{told}"
        );
    }
}
