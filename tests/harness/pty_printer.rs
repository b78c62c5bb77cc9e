//! A serial line whose other end the test itself holds, to the byte: a pseudo-terminal without a cable between.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A printer that reads only when it is told to.
#[derive(Debug)]
pub struct PtyPrinter {
    master: File,
    node: PathBuf,
}

impl PtyPrinter {
    /// A printer at a new line.
    ///
    /// # Panics
    /// The system gives no pseudo-terminal.
    pub fn start() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master: OwnedFd = openpt(flags).expect("a pseudo-terminal");
        grantpt(&master).expect("granted");
        unlockpt(&master).expect("unlocked");
        let node = ptsname(&master, Vec::new()).expect("a name");
        let node = PathBuf::from(node.into_string().expect("a plain name"));
        Self {
            master: File::from(master),
            node,
        }
    }

    /// Where to print to.
    pub fn uri(&self) -> String {
        format!("serial:{}?baud=9600&flow=xonxoff", self.node.display())
    }

    /// Reads exactly so many bytes.
    ///
    /// # Panics
    /// The line is gone before.
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.master.read_exact(&mut bytes).expect("bytes");
        bytes
    }

    /// Asks to wait.
    ///
    /// # Panics
    /// The line is gone.
    pub fn xoff(&mut self) {
        self.master.write_all(&[0x13]).expect("the line is there");
    }

    /// Is ready again.
    ///
    /// # Panics
    /// The line is gone.
    pub fn xon(&mut self) {
        self.master.write_all(&[0x11]).expect("the line is there");
    }

    /// Pulls the cable: what is on its way is lost.
    pub fn pull(self) {}

    /// Where the line is in the file system; another one each time.
    pub fn node(&self) -> &Path {
        &self.node
    }

    /// Reads on by itself from now on.
    pub fn reads_on(self) -> Paper {
        let paper = Paper::default();
        let received = Arc::downgrade(&paper.received);
        let mut master = self.master;
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Some(received) = received.upgrade() {
                match master.read(&mut bytes) {
                    Ok(count) => {
                        let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
                        received.extend_from_slice(&bytes[..count]);
                    }
                    // Nobody has the line open now.
                    Err(_) => std::thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        paper
    }
}

/// What a printer that reads on has received.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    received: Arc<Mutex<Vec<u8>>>,
}

impl Paper {
    /// Every byte so far.
    pub fn received(&self) -> Vec<u8> {
        let received = self.received.lock();
        received.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
