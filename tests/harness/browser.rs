//! A browser of the operators' console: headless Chromium, driven by a script of `tests/browser` in a Node of its own.
//!
//! Script and test take turns: where the script comes to a step it says so and waits until the test lets it go on.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;

use crate::tools::{tool, workspace};

/// How long a script may take from one step to the next.
const PATIENCE: Duration = Duration::from_secs(120);

/// A script at work; it is ended with this value.
pub struct Browser {
    child: Child,
    say: ChildStdin,
    said: Receiver<String>,
    script: String,
}

impl Browser {
    /// Starts a script that is told some facts.
    ///
    /// # Panics
    /// Node, Chromium or what drives it is missing.
    pub fn start(script: &str, facts: &Value) -> Self {
        let modules = tool("browser/node_modules");
        let path = workspace().join(format!("tests/browser/{script}.mjs"));
        let child = Command::new("node")
            .arg(&path)
            .env("FORMFEED_BROWSER_MODULES", modules)
            .env("FORMFEED_FACTS", facts.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child
            .unwrap_or_else(|error| panic!("node: {error}; run tests/tools/install_browser.sh"));
        let say = child.stdin.take().expect("its stdin is piped");
        let stdout = child.stdout.take().expect("its stdout is piped");
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            say,
            said,
            script: script.to_owned(),
        }
    }

    /// Waits until the script comes to a step, which it then waits at.
    ///
    /// # Panics
    /// It fails before, or does not come there.
    pub async fn until(&mut self, step: &str) {
        let wanted = format!("step {step}");
        self.until_line(&wanted).await;
    }

    /// Lets the script go on.
    ///
    /// # Panics
    /// It has ended.
    pub fn go_on(&mut self) {
        writeln!(self.say).expect("the script reads");
    }

    /// Waits until the script has found everything as it should be.
    ///
    /// # Panics
    /// It has not.
    pub async fn done(mut self) {
        self.until_line("done").await;
    }

    /// Runs a script without steps.
    ///
    /// # Panics
    /// It finds what should not be.
    pub async fn run(script: &str, facts: &Value) {
        Self::start(script, facts).done().await;
    }

    async fn until_line(&mut self, wanted: &str) {
        let line = tokio::task::block_in_place(|| self.said.recv_timeout(PATIENCE));
        match line {
            Ok(line) if line == wanted => {}
            Ok(line) => panic!("{}: {line:?} instead of {wanted:?}", self.script),
            Err(RecvTimeoutError::Timeout) => panic!("{}: never {wanted:?}", self.script),
            Err(RecvTimeoutError::Disconnected) => {
                let ended = self.child.wait();
                panic!("{} ended before {wanted:?}: {ended:?}", self.script);
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
