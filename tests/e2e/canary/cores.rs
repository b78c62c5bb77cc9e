//! A process that dies leaves its memory in no file.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use formfeed_tests::command::{Up, built, dumping};

use super::run::extract;

const PATIENCE: Duration = Duration::from_secs(30);

/// What lies in a folder and is named as a core file is.
fn cores(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains("core")).collect()
}

/// Whether this machine puts core files where a process runs.
fn are_put_where_it_runs() -> bool {
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    !pattern.starts_with(['|', '/'])
}

/// The soft and the hard limit of core files.
fn limit(pid: u32) -> Option<String> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))?;
    let words: Vec<_> = line.split_whitespace().skip(4).take(2).collect();
    Some(words.join(" "))
}

fn dies(child: &mut Child) {
    let pid = child.id().to_string();
    formfeed_tests::tools::run(Command::new("kill").args(["-s", "ABRT", &pid]));
    let status = child.wait().unwrap();
    assert_eq!(status.code(), None, "killed by a signal");
}

/// One that may leave its memory does so here: without this, that there is none would prove nothing.
#[test]
fn a_process_that_may_leave_a_core_file_leaves_one() {
    if !are_put_where_it_runs() {
        return; // to a program, or to a folder of the machine's: the limit below is looked at all the same
    }
    let folder = tempfile::tempdir().unwrap();
    let mut sleep = dumping(Path::new("sleep"));
    let mut sleep = sleep.arg("60").current_dir(folder.path()).spawn().unwrap();
    let begin = Instant::now();
    while limit(sleep.id()).as_deref() != Some("unlimited unlimited") {
        assert!(begin.elapsed() < PATIENCE);
    }
    std::thread::sleep(Duration::from_millis(300)); // prlimit becomes sleep
    dies(&mut sleep);
    assert_eq!(cores(folder.path()).len(), 1);
}

#[test]
fn fault_97_no_program_that_dies_leaves_a_core_file() {
    for name in [
        "formfeed-vendor",
        "formfeed-calculation",
        "formfeed-forms",
        "formfeed-spooler",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut program = dumping(&built(name));
        program.arg("--data-dir").arg(folder.path().join("data"));
        program
            .args(["--listen", "127.0.0.1:0"])
            .current_dir(folder.path());
        let quiet = program.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = quiet.spawn().unwrap();
        let begin = Instant::now();
        while limit(child.id()).as_deref() != Some("0 0") {
            assert!(
                begin.elapsed() < PATIENCE,
                "{name}: {:?}",
                limit(child.id())
            );
            assert!(child.try_wait().unwrap().is_none(), "{name} ended");
            std::thread::sleep(Duration::from_millis(20));
        }
        dies(&mut child);
        assert_eq!(cores(folder.path()), [""; 0], "{name}");
    }
}

#[test]
fn fault_97_services_through_which_numbers_went_leave_no_core_file() {
    let folder = tempfile::tempdir().unwrap();
    let up = Up::start_heard(folder.path(), &[]);
    assert_eq!(limit(up.pid()).as_deref(), Some("0 0"));
    let extract = extract();
    up.run(&["import", extract.path().to_str().unwrap()]).ok();
    up.signal("ABRT");
    let data = up.die();
    assert_eq!(cores(folder.path()), [""; 0]);
    assert_eq!(cores(data.path()), [""; 0]);
}
