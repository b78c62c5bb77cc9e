//! The spooler's own program in a process that can be killed at any moment, and started again on what it left.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::command::{built, clean};
use crate::small_disk::SmallDisk;
use crate::spool::{Client, Left};

/// How long it may take to start.
const STARTS_WITHIN: Duration = Duration::from_secs(60);
/// Log lines that are kept.
const LINES: usize = 40;
/// What one with little has as memory of its own, bytes.
const LITTLE_MEMORY: u64 = 512 * 1024 * 1024;

/// A spooler daemon.
pub struct SpoolerProgram {
    child: Child,
    client: Client,
    address: String,
    log: Log,
}

type Log = Arc<Mutex<VecDeque<String>>>;

impl SpoolerProgram {
    /// Starts it; it kills itself at a point such as `after-intent:2`, if one is given. `None` when it has died before
    /// it answered.
    ///
    /// # Panics
    /// When it was not built, or neither starts nor dies.
    pub fn start(left: &Left, crash_at: Option<&str>) -> Option<Self> {
        Self::try_start(left, crash_at).ok()
    }

    /// The same; its last words where it has died.
    ///
    /// # Errors
    /// Those.
    ///
    /// # Panics
    /// When it was not built, or neither starts nor dies.
    pub fn try_start(left: &Left, crash_at: Option<&str>) -> Result<Self, String> {
        Self::start_with(left, crash_at, &[])
    }

    /// The same, with more arguments.
    ///
    /// # Errors
    /// Its last words.
    ///
    /// # Panics
    /// When it was not built, or neither starts nor dies.
    pub fn start_with(left: &Left, crash_at: Option<&str>, more: &[&str]) -> Result<Self, String> {
        let command = clean(&built("formfeed-spooler"));
        Self::run(command, left, left.folder(), crash_at, more)
    }

    /// The same, with little: so many files and connections open at most, 512 MiB of memory of its own, two processors; by
    /// util-linux's `taskset` and `prlimit`.
    ///
    /// # Errors
    /// Its last words.
    ///
    /// # Panics
    /// When it was not built, or neither starts nor dies.
    pub fn start_limited(left: &Left, files: u32) -> Result<Self, String> {
        let mut command = clean(Path::new("taskset"));
        command.args(["--cpu-list", &two_processors(), "prlimit"]);
        command.arg(format!("--nofile={files}:{files}"));
        command.arg(format!("--data={LITTLE_MEMORY}:{LITTLE_MEMORY}"));
        command.arg(built("formfeed-spooler"));
        Self::run(command, left, left.folder(), None, &[])
    }

    /// The same, with all that it writes on a small disk over its data directory.
    ///
    /// # Errors
    /// Its last words.
    ///
    /// # Panics
    /// When it was not built, or neither starts nor dies.
    pub fn start_on(disk: &SmallDisk, left: &Left, crash_at: Option<&str>) -> Result<Self, String> {
        let command = disk.command(&built("formfeed-spooler"));
        Self::run(command, left, &disk.path(), crash_at, &[])
    }

    fn run(
        mut command: Command,
        left: &Left,
        seen_from_here: &Path,
        crash_at: Option<&str>,
        more: &[&str],
    ) -> Result<Self, String> {
        command.envs(crash_at.map(|at| ("FORMFEED_CRASH_AT", at)));
        command.arg("--data-dir").arg(left.folder());
        command.args(["--database-url", left.database_url()]);
        command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        const POLL: &str = "--printer-poll-milliseconds";
        if !more.contains(&POLL) {
            command.args([POLL, "10"]);
        }
        command.args(more);
        command.stderr(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().expect("the spooler starts");
        let stderr = child.stderr.take().expect("its stderr is piped");
        let (log, address) = listen(stderr);
        let address = match address.recv_timeout(STARTS_WITHIN) {
            Ok(address) => address,
            Err(RecvTimeoutError::Disconnected) => {
                child.wait().expect("our own child");
                return Err(words(&log));
            }
            Err(RecvTimeoutError::Timeout) => panic!("the spooler neither starts nor dies"),
        };
        let url = format!("http://{address}");
        Ok(Self {
            child,
            client: Client::new(seen_from_here, &url),
            address,
            log,
        })
    }

    /// Its services.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until it stands still by itself.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn until_it_stands_still(&self) {
        crate::command::until_it_stands_still(&self.child);
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        crate::command::signal(&self.child, "CONT");
    }

    /// Whether it lives.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it as a power cut would.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
    }

    /// Asks it to stop, and waits.
    ///
    /// # Panics
    /// When it does not stop in good order.
    pub fn stop(mut self) {
        crate::command::signal(&self.child, "TERM");
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                assert!(status.success(), "{status}: {}", self.last_words());
                return;
            }
            assert!(begin.elapsed() < STARTS_WITHIN, "the spooler does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What it has worked so far, on all processors together.
    ///
    /// # Panics
    /// When the system does not tell.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.expect("a process that lives");
        let fields = stat.rsplit(')').next().unwrap_or_default().split(' ');
        // Fields 14 and 15 of proc(5), in hundredths of a second, counted behind the name.
        let ticks = fields
            .skip(12)
            .take(2)
            .filter_map(|it| it.parse::<u64>().ok());
        Duration::from_millis(ticks.sum::<u64>() * 10)
    }

    /// The most memory that it has taken so far, in KiB.
    ///
    /// # Panics
    /// When the system does not tell.
    pub fn most_memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("a process that lives");
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|most| most.trim().strip_suffix("kB"));
        most.and_then(|most| most.trim().parse().ok())
            .expect("its memory")
    }

    /// Its last log lines.
    pub fn last_words(&self) -> String {
        words(&self.log)
    }

    /// Waits until it has died by itself.
    ///
    /// # Panics
    /// When it goes on living.
    pub fn until_dead(mut self) {
        let begin = Instant::now();
        while self.lives() {
            assert!(begin.elapsed() < STARTS_WITHIN, "the spooler lives on");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Two of the processors that this process may run on, or its only one: proc(5), Cpus_allowed_list.
fn two_processors() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("our own process");
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let allowed = allowed.expect("a list of processors").trim();
    // Of a range, such as 0-7, both ends are in it.
    let two: Vec<_> = allowed.split([',', '-']).take(2).collect();
    two.join(",")
}

fn words(log: &Log) -> String {
    let lines = log.lock().unwrap_or_else(PoisonError::into_inner);
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    lines.join("\n")
}

impl Drop for SpoolerProgram {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads log lines for as long as there are any; hands the address on that one of them tells.
fn listen(stderr: ChildStderr) -> (Log, Receiver<String>) {
    let (tell, address): (Sender<String>, _) = channel();
    let log = Log::default();
    let kept = log.clone();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let told: Option<Value> = serde_json::from_str(&line).ok();
            if let Some(address) = told
                .as_ref()
                .and_then(|told| told["fields"]["address"].as_str())
            {
                tell.send(address.to_owned()).ok();
            }
            let mut lines = kept.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push_back(line);
            if lines.len() > LINES {
                lines.pop_front();
            }
        }
    });
    (log, address)
}
