//! The real `formfeed` program: its services on a temporary data directory, and its commands against them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use formfeed_runtime::access::{self, Secret};
use formfeed_runtime::endpoints::Endpoints;
use formfeed_runtime::{Connector, Service};
use serde_json::Value;

use crate::small_disk::SmallDisk;

/// How long a stop may take.
const STOP_WITHIN: Duration = Duration::from_secs(60);

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; -1 when a signal ended it.
    pub code: i32,
    /// What it printed.
    pub out: String,
    /// What it remarked.
    pub err: String,
}

/// Services of a data directory of their own, in one process started by `formfeed up`.
pub struct Up {
    /// The data directory; goes with this value.
    pub folder: tempfile::TempDir,
    child: Child,
}

impl Ran {
    /// The one JSON document on stdout.
    ///
    /// # Panics
    /// When there is anything else.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts that it ended well and answers what it printed.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

impl Up {
    /// Services on SQLite files.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Services with further flags of `up`, ready to answer.
    pub fn start_with(flags: &[&str]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("formfeed-test.")
            .tempdir()
            .expect("a folder");
        Self::start_on(folder, flags)
    }

    /// Services on a data directory that is there already.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_on(folder: tempfile::TempDir, flags: &[&str]) -> Self {
        Self::spawn(folder, flags, &[])
    }

    /// The same at the addresses of its configuration file.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_with_own_ports(folder: tempfile::TempDir, flags: &[&str]) -> Self {
        Self::spawn_up(folder, flags, &[])
    }

    /// Services with variables of their environment.
    pub fn start_in(environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::spawn(folder, &[], environment)
    }

    /// The same on a data directory that is there already.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_on_in(folder: tempfile::TempDir, environment: &[(&str, &str)]) -> Self {
        Self::spawn(folder, &[], environment)
    }

    /// Services that kill themselves at a point in the life of an attempt, such as `after-intent:2`.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_doomed(at: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::spawn(folder, &[], &[("FORMFEED_CRASH_AT", at)])
    }

    /// The same on a data directory that is there already.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_doomed_on(folder: tempfile::TempDir, at: &str) -> Self {
        Self::spawn(folder, &[], &[("FORMFEED_CRASH_AT", at)])
    }

    fn spawn(folder: tempfile::TempDir, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let flags = [&["--port-base", "0"], flags].concat();
        Self::spawn_up(folder, &flags, environment)
    }

    /// Services that tell everything, at the level `trace` and as JSON, into the file `stderr` of the folder they run in,
    /// which is also their folder for temporary files; dumps of their memory are allowed as large as they like.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_heard(runs_in: &Path, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut up = dumping(&program());
        let stderr = std::fs::File::create(runs_in.join("stderr")).expect("a writable folder");
        up.env("FORMFEED_LOG_FORMAT", "json").env("TMPDIR", runs_in);
        up.envs(environment.iter().copied());
        up.current_dir(runs_in).stderr(stderr);
        Self::ready(folder, up, "trace", &["--port-base", "0"])
    }

    /// Services on a data directory that is there already, with variables of their environment, and so many files and
    /// connections open at most: by util-linux's `prlimit`.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_limited(
        folder: tempfile::TempDir,
        files: u32,
        environment: &[(&str, &str)],
    ) -> Self {
        let mut up = clean(Path::new("prlimit"));
        up.arg(format!("--nofile={files}:{files}")).arg(program());
        up.envs(environment.iter().copied());
        Self::ready(folder, up, "warn", &["--port-base", "0"])
    }

    /// Services that tell everything, at the level `trace`, into what is given.
    ///
    /// # Panics
    /// When they do not become ready.
    pub fn start_telling(stderr: Stdio, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut up = clean(&program());
        up.envs(environment.iter().copied()).stderr(stderr);
        Self::ready(folder, up, "trace", &["--port-base", "0"])
    }

    /// What they tell, for who reads it, where that is a pipe.
    ///
    /// # Panics
    /// When it is none, or was taken before.
    pub fn take_stderr(&mut self) -> ChildStderr {
        self.child.stderr.take().expect("a pipe of our own")
    }

    fn spawn_up(folder: tempfile::TempDir, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut up = clean(&program());
        up.envs(environment.iter().copied());
        Self::ready(folder, up, "warn", flags)
    }

    fn ready(folder: tempfile::TempDir, mut up: Command, log: &str, flags: &[&str]) -> Self {
        up.arg("--data-dir")
            .arg(folder.path())
            .args(["up", "--log", log]);
        up.args(flags).stdout(Stdio::piped());
        let mut child = up.spawn().expect("formfeed starts");
        let lines = BufReader::new(child.stdout.take().expect("its stdout is piped")).lines();
        let ready = lines.map_while(Result::ok).any(|line| line == "ready");
        assert!(
            ready,
            "formfeed up ended before it was ready: {:?}",
            child.wait()
        );
        Self { folder, child }
    }

    /// Runs a command against them.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = clean(&program());
        command
            .arg("--data-dir")
            .arg(self.folder.path())
            .args(arguments);
        ran(command)
    }

    /// The same with a text on its standard input.
    ///
    /// # Panics
    /// It does not start.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let file = self.folder.path().join("input");
        std::fs::write(&file, input).expect("a writable folder");
        let file = std::fs::File::open(&file).expect("the file just written");
        let mut command = clean(&program());
        command
            .arg("--data-dir")
            .arg(self.folder.path())
            .args(arguments)
            .stdin(file);
        ran(command)
    }

    /// Where one of them answers.
    ///
    /// # Panics
    /// When they do not run.
    pub fn address(&self, service: Service) -> String {
        let endpoints = Endpoints::find(self.folder.path()).expect("services that run");
        endpoints.address(service).to_owned()
    }

    /// The way to one of them with the admin's token.
    ///
    /// # Panics
    /// When they do not run.
    pub fn connector(&self, service: Service) -> Connector {
        let admin = access::admin_token_path(self.folder.path());
        self.connector_with(service, access::read_token(&admin).expect("a token"))
    }

    /// The way to one of them with a token, over a connection of its own.
    ///
    /// # Panics
    /// When they do not run.
    pub fn connector_with(&self, service: Service, token: Secret) -> Connector {
        let way = Connector::new(service, &self.address(service), token, None);
        way.expect("an address")
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends them a signal by its name, such as `STOP`.
    pub fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Asks them to stop and answers their exit code and the folder.
    ///
    /// # Panics
    /// When they do not stop in time.
    pub fn stop(mut self) -> (i32, tempfile::TempDir) {
        signal(&self.child, "TERM");
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                break status;
            }
            assert!(begin.elapsed() < STOP_WITHIN, "formfeed up does not stop");
            std::thread::sleep(Duration::from_millis(50));
        };
        (status.code().unwrap_or(-1), self.take_folder())
    }

    /// Waits until they have died, and answers the folder.
    ///
    /// # Panics
    /// When they go on living, or end by themselves.
    pub fn die(mut self) -> tempfile::TempDir {
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                break status;
            }
            assert!(begin.elapsed() < STOP_WITHIN, "formfeed up does not die");
            std::thread::sleep(Duration::from_millis(20));
        };
        assert_eq!(status.code(), None, "killed by a signal");
        self.take_folder()
    }

    /// Kills them as a power cut would, and answers the folder.
    ///
    /// # Panics
    /// When they cannot be killed.
    pub fn kill(mut self) -> tempfile::TempDir {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
        self.take_folder()
    }

    fn take_folder(&mut self) -> tempfile::TempDir {
        let other = tempfile::tempdir().expect("a folder");
        std::mem::replace(&mut self.folder, other)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

/// Runs the program by itself.
pub fn formfeed(arguments: &[&str]) -> Ran {
    let mut command = clean(&program());
    command.args(arguments);
    ran(command)
}

/// Runs a service's own program until it ends by itself.
pub fn service_program(name: &str, arguments: &[&str]) -> Ran {
    let mut command = clean(&built(name));
    command.args(arguments);
    ran(command)
}

/// Runs the program by itself, which kills itself at a place such as `restore-planned`.
pub fn formfeed_dying_at(place: &str, arguments: &[&str]) -> Ran {
    let mut command = clean(&program());
    command.env("FORMFEED_CRASH_AT", place).args(arguments);
    ran(command)
}

/// Runs the program by itself where a small disk is seen.
pub fn run_on(disk: &SmallDisk, arguments: &[&str]) -> Ran {
    let mut command = disk.command(&program());
    command.args(arguments);
    ran(command)
}

/// The program as built beside this test.
///
/// # Panics
/// When it was not built: `cargo build --bins` does.
pub fn program() -> PathBuf {
    built("formfeed")
}

/// A program as built beside this test, or this program.
///
/// # Panics
/// When it was not built: `cargo build --bins` does.
pub fn built(name: &str) -> PathBuf {
    let ours = std::env::current_exe().expect("a running program");
    let folder = ours.parent().expect("a program lies in a folder");
    let folder = match folder.ends_with("deps") {
        true => folder.parent().expect("tests lie in target/PROFILE/deps"),
        false => folder,
    };
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} is missing: cargo build --bins",
        program.display()
    );
    program
}

/// Without what the caller's environment says about Formfeed.
pub(crate) fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("FORMFEED_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// The same, by util-linux's `prlimit`, with leave to leave its memory in a file when it dies.
pub fn dumping(program: &Path) -> Command {
    let mut command = clean(Path::new("prlimit"));
    command.arg("--core=unlimited:unlimited").arg(program);
    command
}

fn ran(mut command: Command) -> Ran {
    let output = command.output().expect("formfeed starts");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Waits until a program stands still by itself.
pub(crate) fn until_it_stands_still(child: &Child) {
    let begin = Instant::now();
    let status = format!("/proc/{}/stat", child.id());
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let after_name = text.rsplit(')').next();
        let state = after_name.and_then(|rest| rest.split(' ').nth(1));
        if state == Some("T") {
            return;
        }
        assert!(begin.elapsed() < STOP_WITHIN, "it works on: {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn signal(child: &Child, name: &str) {
    let pid = child.id().to_string();
    let sent = Command::new("kill").args(["-s", name, &pid]).status();
    assert!(
        sent.is_ok_and(|status| status.success()),
        "cannot signal {pid}"
    );
}
