//! A disk with little room, which a test fills and frees.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::clean;

/// A file system of its own over a folder, seen only by the programs that are started on it, and gone with this.
pub struct SmallDisk {
    holder: Child,
    folder: PathBuf,
    is_root: bool,
}

/// Its size.
const MEBIBYTES: u32 = 32;

impl SmallDisk {
    /// Over an empty folder.
    ///
    /// # Panics
    /// When the system allows no file system of one's own.
    pub fn over(folder: &Path) -> Self {
        let is_root = rustix::process::geteuid().is_root();
        let mount =
            "mount -t tmpfs -o size=\"$1\"m none \"$0\" && echo mounted && exec sleep infinity";
        let mut holder = Command::new("unshare")
            .arg(if is_root { "-m" } else { "-rm" })
            .args(["sh", "-c", mount])
            .arg(folder)
            .arg(MEBIBYTES.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare starts");
        let said = holder.stdout.take().expect("its output is piped");
        let said = BufReader::new(said).lines().next();
        assert!(
            matches!(said, Some(Ok(word)) if word == "mounted"),
            "no file system of our own: it takes root, or user namespaces"
        );
        Self {
            holder,
            folder: folder.to_owned(),
            is_root,
        }
    }

    /// The folder as this process sees it.
    pub fn path(&self) -> PathBuf {
        let folder = self.folder.strip_prefix("/").expect("an absolute path");
        PathBuf::from(format!("/proc/{}/root", self.holder.id())).join(folder)
    }

    /// A program that sees it.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = clean(Path::new("nsenter"));
        command.args(["-m", "-t", &self.holder.id().to_string()]);
        if !self.is_root {
            command.args(["-U", "--preserve-credentials"]);
        }
        command.arg(program);
        command
    }

    /// Leaves no room on it.
    ///
    /// # Panics
    /// When it cannot be written to at all.
    pub fn fill(&self) {
        let mut filler = std::fs::File::create(self.filler()).expect("a file more");
        let block = [0; 4096];
        while filler.write_all(&block).is_ok() {}
    }

    /// Makes room again.
    ///
    /// # Panics
    /// When it was not full.
    pub fn free(&self) {
        std::fs::remove_file(self.filler()).expect("it was full");
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        self.holder.kill().ok();
        self.holder.wait().ok();
    }
}
