//! `printer-state-reasons` in words.

use crate::device::{Reason, Severity};

/// Reads one keyword; `none` is no reason.
///
/// The ending says how bad it is; without one it counts as an error (RFC 8011, 5.4.12).
pub(super) fn parse(keyword: &str) -> Option<Reason> {
    let endings = [
        ("-report", Severity::Report),
        ("-warning", Severity::Warning),
        ("-error", Severity::Error),
    ];
    let (bare, severity) = endings
        .into_iter()
        .find_map(|(ending, severity)| Some((keyword.strip_suffix(ending)?, severity)))
        .unwrap_or((keyword, Severity::Error));
    let severity = match bare {
        // Notices by their nature, whatever a printer writes behind them.
        "none" | "" => return None,
        "cups-waiting-for-job-completed" | "moving-to-paused" => severity.min(Severity::Warning),
        _ => severity,
    };
    Some(Reason {
        keyword: bare.to_owned(),
        severity,
        words: words(bare),
    })
}

fn words(keyword: &str) -> String {
    let known = match keyword {
        "media-empty" => "out of paper",
        "media-needed" => "needs paper",
        "media-low" => "paper is low",
        "media-jam" => "paper jam",
        "cover-open" => "a cover is open",
        "door-open" => "a door is open",
        "interlock-open" => "an interlock is open",
        "input-tray-missing" => "the paper tray is out",
        "output-area-full" => "the output tray is full",
        "output-tray-missing" => "the output tray is out",
        "toner-low" | "marker-supply-low" => "toner is low",
        "toner-empty" | "marker-supply-empty" => "out of toner",
        "marker-waste-full" => "the waste toner box is full",
        "paused" => "paused at the printer",
        "offline" => "set off line at the printer",
        "shutdown" => "shutting down or asleep",
        "connecting-to-device" => "connecting",
        "timed-out" => "the print engine does not answer",
        "spool-area-full" => "the printer's memory is full",
        "fuser-over-temp" => "the fuser is too hot",
        "fuser-under-temp" => "the fuser is warming up",
        "stopping" | "stopped-partly" => "stopping",
        _ => return keyword.replace('-', " "),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_how_bad_it_is() {
        let read = |keyword: &str| {
            let reason = parse(keyword).unwrap();
            (reason.keyword, reason.severity, reason.words)
        };
        let expected =
            |keyword: &str, severity, words: &str| (keyword.to_owned(), severity, words.to_owned());
        assert_eq!(
            read("media-empty-warning"),
            expected("media-empty", Severity::Warning, "out of paper")
        );
        assert_eq!(
            read("media-jam"),
            expected("media-jam", Severity::Error, "paper jam")
        );
        assert_eq!(
            read("acme-flux-low-report"),
            expected("acme-flux-low", Severity::Report, "acme flux low")
        );
        assert_eq!(parse("none"), None);
    }
}
