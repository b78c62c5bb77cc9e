//! A serial cable with a printer at its end: a real pair of pseudo-terminals, joined by socat.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

/// A printer that takes every byte, until it is dropped.
#[derive(Debug)]
pub struct SerialPrinter {
    socat: Child,
    folder: tempfile::TempDir,
    keys: File,
    received: Arc<Mutex<Vec<u8>>>,
}

impl SerialPrinter {
    /// Lays the cable and switches the printer on.
    ///
    /// # Panics
    /// socat is missing or makes no pair.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let end = |name: &str| format!("pty,raw,echo=0,link={}/{name}", folder.path().display());
        let socat = Command::new("socat")
            .args(["-T", "600", &end("ours"), &end("theirs")])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("socat: {error}; run tests/tools/install.sh"));
        let theirs = folder.path().join("theirs");
        wait_until("socat makes its pair", || {
            theirs.exists() && folder.path().join("ours").exists()
        });
        let received = Arc::new(Mutex::new(Vec::new()));
        let paper = open(&theirs);
        let keys = paper.try_clone().expect("an open file");
        std::thread::spawn({
            let received = Arc::clone(&received);
            move || take(paper, &received)
        });
        Self {
            socat,
            folder,
            keys,
            received,
        }
    }

    /// The device node at our end of the cable.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("ours")
    }

    /// Where to print to.
    pub fn uri(&self) -> String {
        format!("serial:{}?baud=9600&flow=xonxoff", self.path().display())
    }

    /// Every byte that came through so far.
    pub fn received(&self) -> Vec<u8> {
        self.received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until so many bytes came through, then returns all.
    ///
    /// # Panics
    /// They do not come within ten seconds.
    pub fn wait_for(&self, bytes: usize) -> Vec<u8> {
        wait_until("the printer gets its bytes", || {
            self.received().len() >= bytes
        });
        self.received()
    }

    /// The printer asks us to wait.
    ///
    /// # Panics
    /// The cable is pulled.
    pub fn xoff(&mut self) {
        self.press(XOFF);
    }

    /// The printer is ready again.
    ///
    /// # Panics
    /// The cable is pulled.
    pub fn xon(&mut self) {
        self.press(XON);
    }

    /// Pulls the cable.
    pub fn pull_cable(&mut self) {
        let _ = self.socat.kill();
        let _ = self.socat.wait();
    }

    fn press(&mut self, key: u8) {
        self.keys.write_all(&[key]).expect("the cable is there");
        std::thread::sleep(Duration::from_millis(100)); // Through socat and into the kernel.
    }
}

impl Drop for SerialPrinter {
    fn drop(&mut self) {
        self.pull_cable();
    }
}

fn open(path: &Path) -> File {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    rustix::fs::open(path, flags, Mode::empty())
        .map(File::from)
        .expect("socat's end of the cable opens")
}

fn take(mut paper: File, received: &Mutex<Vec<u8>>) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = paper.read(&mut bytes) {
        received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(&bytes[..count]);
    }
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < Duration::from_secs(10), "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
