//! The services at work, heard at every level, and what they are asked.

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use formfeed_tests::collector::Collector;
use formfeed_tests::command::{Ran, Up};
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::tools::{run, tool, workspace};
use serde_json::Value;
use tempfile::TempDir;

use super::needles::{PAYER, PAYER_2, TOLD, VENDORS};
use super::places::Places;

/// All services in one process, with everything that hears them.
pub(super) struct Run {
    pub(super) up: Up,
    pub(super) seen: RefCell<Places>,
    pub(super) collector: Collector,
    /// Where it runs; its temporary files and log lines are here.
    pub(super) runs_in: TempDir,
    metrics: String,
    /// The address of its database, `{service}` for a service's name.
    pub(super) database: String,
}

impl Run {
    /// Starts it on a PostgreSQL database, or on SQLite files; it panics once at each of these places.
    pub(super) fn start(database: Option<String>, panics: &str) -> Self {
        let (collector, runs_in) = (Collector::start(), tempfile::tempdir().unwrap());
        let metrics = format!("127.0.0.1:{}", free_port());
        let mut environment = vec![
            ("FORMFEED_OTLP_ENDPOINT", collector.url()),
            ("FORMFEED_METRICS_LISTEN", &metrics),
            ("FORMFEED_PANIC_AT", panics),
        ];
        environment.extend(
            database
                .as_deref()
                .map(|url| ("FORMFEED_DATABASE_URL", url)),
        );
        let up = Up::start_heard(runs_in.path(), &environment);
        let files = format!("sqlite:{}/{{service}}.db", up.folder.path().display());
        Self {
            up,
            seen: RefCell::default(),
            collector,
            runs_in,
            metrics,
            database: database.unwrap_or(files),
        }
    }

    /// Keeps what was found at a place.
    pub(super) fn keep(&self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.seen.borrow_mut().keep(place, bytes);
    }

    /// Runs a command, however it ends. Its words are parted by blanks; a `~` is a blank within a word, `YEAR` stands for
    /// the payer and year worked on, `TOLD` for a text with a number in it.
    pub(super) fn tries(&self, line: &str) -> Ran {
        let words = words(line);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        self.kept(line, self.up.run(&words))
    }

    /// Runs a command that must end well.
    #[track_caller]
    pub(super) fn does(&self, line: &str) -> Ran {
        self.tries(line).ok()
    }

    /// Runs a command with a line on its standard input, however it ends.
    pub(super) fn tries_with_input(&self, line: &str, input: &str) -> Ran {
        let words = words(line);
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let ran = self.up.run_with_input(&words, &format!("{input}\n"));
        fs::remove_file(self.up.folder.path().join("input")).unwrap(); // the test's own
        self.kept(line, ran)
    }

    /// The same for one that must end well.
    #[track_caller]
    pub(super) fn does_with_input(&self, line: &str, input: &str) -> Ran {
        self.tries_with_input(line, input).ok()
    }

    fn kept(&self, line: &str, ran: Ran) -> Ran {
        self.keep(format!("stdout of {line}"), ran.out.as_str());
        self.keep(format!("stderr of {line}"), ran.err.as_str());
        ran
    }

    /// Makes a call with a token's file, keeps its answer, and answers whether it went well, and what it said.
    pub(super) fn asks(&self, token: &Path, method: &str, message: &Value) -> (bool, String) {
        let answered = self.calls(token, method, message, &[]);
        self.keep(format!("the answer to {method}"), answered.1.as_str());
        answered
    }

    /// The same without keeping the answer.
    pub(super) fn calls(
        &self,
        token: &Path,
        method: &str,
        message: &Value,
        headers: &[&str],
    ) -> (bool, String) {
        let token = fs::read_to_string(token).unwrap();
        let mut grpcurl = Command::new(tool("bin/grpcurl"));
        grpcurl.args(["-plaintext", "-d", "@", "-H"]);
        grpcurl.arg(format!("authorization: Bearer {}", token.trim()));
        for header in headers {
            grpcurl.args(["-H", header]);
        }
        let service = method.split('.').next().unwrap();
        let address = self.endpoint(service);
        grpcurl.arg(address.trim_start_matches("http://"));
        let (service, name) = method.split_once('.').unwrap();
        grpcurl.arg(format!("formfeed.{service}.v1.{name}"));
        let piped = grpcurl.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.stderr(Stdio::piped()).spawn().unwrap();
        let text = message.to_string();
        child.stdin.take().unwrap().write_all(text.as_bytes()).ok();
        let ended = child.wait_with_output().unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        for never_asked in [
            "error getting request data",
            "does not include a method",
            "does not expose service",
            "Code: Unimplemented",
        ] {
            assert!(!said.contains(never_asked), "{method}: {said}");
        }
        (ended.status.success(), said)
    }

    /// Where a service, or the console, answers.
    pub(super) fn endpoint(&self, name: &str) -> String {
        let told = fs::read(self.up.folder.path().join("endpoints.json")).unwrap();
        let told: Value = serde_json::from_slice(&told).unwrap();
        told[name].as_str().unwrap().to_owned()
    }

    /// The file with the admin's token.
    pub(super) fn admin(&self) -> PathBuf {
        self.up.folder.path().join("admin.token")
    }

    /// A file for something, beside the data directory and the folder it runs in.
    pub(super) fn file(&self, folder: &TempDir, name: &str) -> String {
        folder.path().join(name).display().to_string()
    }

    /// Keeps the numbers for Prometheus, of the services and of the console.
    pub(super) fn keep_metrics(&self) -> String {
        let console = self.endpoint("console");
        let mut all = String::new();
        for url in [format!("http://{}", self.metrics), console] {
            let text = run(Command::new("curl").args(["-sS", &format!("{url}/metrics")]));
            all.push_str(&String::from_utf8(text.stdout).unwrap());
        }
        self.keep("metrics", all.as_str());
        all
    }

    /// Keeps the data directory as it lies there while services work on it, and the database where that is none of its files; answers
    /// a place that is among them.
    pub(super) fn keep_data(&self) -> &'static str {
        let folder = self.up.folder.path();
        let mut seen = self.seen.borrow_mut();
        seen.keep_folder("data while at work", folder);
        if !self.database.starts_with("postgres") {
            return "data while at work/vendor.db-wal";
        }
        let mut dump = Command::new("pg_dump");
        let dumped = run(dump.args(["--dbname", &self.database]));
        seen.keep("the database as SQL", dumped.stdout);
        "the database as SQL"
    }

    /// Keeps what the operating system tells of the process.
    pub(super) fn keep_process(&self) {
        for file in ["cmdline", "environ", "comm", "limits", "maps"] {
            let path = format!("/proc/{}/{file}", self.up.pid());
            self.keep(path.as_str(), fs::read(&path).unwrap());
        }
    }
}

/// A text with a number in it, as somebody may write it where a reason is asked for.
pub(super) fn told() -> String {
    let number = [&TOLD[..3], &TOLD[3..5], &TOLD[5..]].join("-");
    format!("her number is {number}, he says {TOLD}")
}

fn words(line: &str) -> Vec<String> {
    let line = line.replace("YEAR", "--payer HARBOR --tax-year 2025");
    let words = line.split_whitespace();
    let word = |word: &str| match word {
        "TOLD" => told(),
        _ => word.replace('~', " "),
    };
    words.map(word).collect()
}

/// The sample's extract with canaries for numbers.
pub(super) fn extract() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(workspace().join("services/cli/sample")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::write(folder.path().join(name), with_canaries(name, &text)).unwrap();
    }
    folder
}

/// A row's key, its number, and the number's kind where the file tells one.
type Numbered = (&'static str, &'static str, Option<&'static str>);

fn with_canaries(name: &str, text: &str) -> String {
    let (at, tins): (usize, Vec<Numbered>) = match name {
        "payers.csv" => (2, vec![("HARBOR", PAYER, None), ("QUAY", PAYER_2, None)]),
        "vendors.csv" => {
            let vendors = VENDORS.map(|(vendor, tin, kind)| (vendor, tin, Some(kind)));
            (3, vendors.to_vec())
        }
        _ => return text.to_owned(),
    };
    let line = |line: &str| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if let Some((_, tin, kind)) = tins.iter().find(|(key, ..)| *key == cells[0]) {
            cells[at] = tin;
            cells[at + 1] = kind.unwrap_or(cells[at + 1]);
        }
        cells.join(",") + "\n"
    };
    text.lines().map(line).collect()
}
