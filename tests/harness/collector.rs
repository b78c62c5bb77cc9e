//! A collector of traces made of OpenTelemetry's own service.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::ipp_printer::free_port;
use crate::tools::{tool, workspace};

/// Takes traces until it is dropped.
pub struct Collector {
    child: Child,
    folder: tempfile::TempDir,
    url: String,
}

impl Collector {
    /// Starts it on a free port of loopback.
    ///
    /// # Panics
    /// When Python or OpenTelemetry's messages are missing: `tests/tools/install.sh`.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let mut python = Command::new(tool("venv/bin/python"));
        python.arg(workspace().join("tests/tools/collector.py"));
        python.arg(port.to_string());
        python.arg(folder.path().join("spans"));
        python.arg(folder.path().join("raw"));
        let mut child = python.stdout(Stdio::piped()).spawn().expect("python");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its stdout is piped"))
            .read_line(&mut line)
            .expect("a line");
        assert_eq!(line, "ready\n");
        Self {
            child,
            folder,
            url: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Where traces are sent.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What came so far: a line of JSON for each span.
    pub fn text(&self) -> String {
        std::fs::read_to_string(self.file("spans")).unwrap_or_default()
    }

    /// Every byte that came so far.
    pub fn raw(&self) -> Vec<u8> {
        std::fs::read(self.file("raw")).unwrap_or_default()
    }

    /// Every span, once one of the asked for trace is among them.
    ///
    /// # Panics
    /// When it does not come.
    pub fn spans(&self, trace: &str) -> Vec<Value> {
        let begin = Instant::now();
        while !self.text().contains(trace) {
            assert!(begin.elapsed() < Duration::from_secs(30), "no trace came");
            std::thread::sleep(Duration::from_millis(100));
        }
        let lines = self.text();
        lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
