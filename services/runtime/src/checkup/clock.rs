//! Whether the clock can be trusted: dates stand in books and decide which rule holds.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use formfeed_store::checkup::Finding;

use super::kernel_clock::{self, Kept};

const CHECK: &str = "clock";
const BY_NTP: &str = "let the machine's clock be set by a time server (systemd-timesyncd, chrony)";
/// The clocks are watched for so long, and may differ by so much then.
const WATCHED: Duration = Duration::from_millis(300);
const APART: Duration = Duration::from_millis(60);
/// A file may be younger than the present by so much.
const AHEAD: Duration = Duration::from_mins(2);

/// Looks at this machine's clock, also by the files that were written before.
pub(super) fn examine(data_dir: &Path) -> Vec<Finding> {
    vec![kept(), steady(), not_set_back(data_dir)]
}

fn kept() -> Finding {
    match kernel_clock::kept() {
        Kept::ByTimeServer => Finding::fine(CHECK, "time server", "the clock is kept by one"),
        Kept::ByNobody => {
            let text = "the kernel knows of none that keeps the clock";
            Finding::warning(CHECK, "time server", text, BY_NTP)
        }
        Kept::Unknown(error) => {
            let text = format!("the kernel does not tell: {error}");
            Finding::warning(
                CHECK,
                "time server",
                text,
                "ask outside of the container: timedatectl",
            )
        }
    }
}

fn steady() -> Finding {
    let (wall, steady) = (SystemTime::now(), Instant::now());
    thread::sleep(WATCHED);
    let passed = steady.elapsed();
    let apart = match wall.elapsed() {
        Ok(wall) => wall.abs_diff(passed),
        Err(back) => back.duration() + passed,
    };
    match apart < APART {
        true => Finding::fine(CHECK, "pace", "time of day and time that passes agree"),
        false => {
            let text = format!(
                "the time of day jumped by {} ms just now",
                apart.as_millis()
            );
            Finding::warning(CHECK, "pace", text, BY_NTP)
        }
    }
}

fn not_set_back(data_dir: &Path) -> Finding {
    let now = SystemTime::now();
    let youngest = youngest(data_dir);
    let ahead = youngest.and_then(|(path, time)| Some((path, time.duration_since(now).ok()?)));
    match ahead {
        Some((path, ahead)) if ahead > AHEAD => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let text = format!(
                "{name} was written {} minutes from now",
                ahead.as_secs() / 60
            );
            let way_out = "the clock was set back, or was wrong before: set it right before anything is printed";
            Finding::fault(CHECK, "past", text, way_out)
        }
        _ => Finding::fine(CHECK, "past", "nothing was written later than now"),
    }
}

fn youngest(data_dir: &Path) -> Option<(PathBuf, SystemTime)> {
    let entries = fs::read_dir(data_dir).into_iter().flatten().flatten();
    let times = entries.filter_map(|entry| {
        let time = entry.metadata().ok()?.modified().ok()?;
        Some((entry.path(), time))
    });
    times.max_by_key(|(_, time)| *time)
}
