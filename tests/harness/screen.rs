//! A terminal that a person could sit at: tmux, in a server of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::command::program;
use crate::tools::run;

/// How long something may take to be seen.
const SEEN_WITHIN: Duration = Duration::from_secs(20);

/// A terminal with a shell in it; goes with this value.
pub struct Screen {
    socket: PathBuf,
    _folder: tempfile::TempDir,
}

impl Screen {
    /// A terminal of a size, in which `formfeed` runs against a data directory.
    ///
    /// # Panics
    /// tmux is missing.
    pub fn start(data: &Path, (columns, lines): (u16, u16), environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("tmux");
        let mut tmux = Command::new("tmux");
        tmux.arg("-S").arg(&socket).args(["-f", "/dev/null"]);
        tmux.args(["new-session", "-d", "-x", &columns.to_string()]);
        tmux.args(["-y", &lines.to_string()]);
        for (name, value) in environment {
            tmux.args(["-e", &format!("{name}={value}")]);
        }
        tmux.args(["env", "PS1=$ ", "ENV=", "sh"]);
        tmux.env_remove("TMUX").env_remove("NO_COLOR");
        tmux.env("LC_ALL", "C.UTF-8");
        run(&mut tmux);
        let screen = Self {
            socket,
            _folder: folder,
        };
        screen.until("$");
        let alias = format!(
            "f() {{ {} --data-dir {} \"$@\"; }}; clear; echo at hand",
            program().display(),
            data.display()
        );
        screen.types(&alias);
        screen.keys(&["Enter"]);
        screen.until_it("a shell at hand", |text| text.starts_with("at hand"));
        screen
    }

    /// Presses keys by their names for tmux: Enter, Escape, Down, Tab, C-c, or a letter.
    pub fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Types a text.
    pub fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// What stands on it.
    pub fn text(&self) -> String {
        self.captured(&[])
    }

    /// The same with the escape codes of its colours.
    pub fn styled(&self) -> String {
        self.captured(&["-e"])
    }

    /// Waits until something stands on it, and answers all that does.
    ///
    /// # Panics
    /// With all that does, when it never does.
    #[track_caller]
    pub fn until(&self, words: &str) -> String {
        self.until_it(words, |text| text.contains(words))
    }

    /// Waits until something is true of it, and answers all that stands on it.
    ///
    /// # Panics
    /// With that, when it never is.
    #[track_caller]
    pub fn until_it(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let begin = Instant::now();
        loop {
            let text = self.text();
            if is_so(&text) {
                return text;
            }
            assert!(begin.elapsed() < SEEN_WITHIN, "never {what:?}:\n{text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// A property of the terminal, such as `alternate_on` or `cursor_flag`.
    pub fn property(&self, name: &str) -> String {
        let output = self.tmux(&["display-message", "-p", &format!("#{{{name}}}")]);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Makes it another size.
    pub fn resize(&self, columns: u16, lines: u16) {
        let (columns, lines) = (columns.to_string(), lines.to_string());
        self.tmux(&["resize-window", "-x", &columns, "-y", &lines]);
    }

    fn captured(&self, flags: &[&str]) -> String {
        let output = self.tmux(&[&["capture-pane", "-p"], flags].concat());
        String::from_utf8(output.stdout).expect("text")
    }

    fn tmux(&self, arguments: &[&str]) -> Output {
        run(Command::new("tmux")
            .arg("-S")
            .arg(&self.socket)
            .args(arguments))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let mut end = Command::new("tmux");
        end.arg("-S")
            .arg(&self.socket)
            .arg("kill-server")
            .output()
            .ok();
    }
}
