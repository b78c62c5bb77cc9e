//! A serial line whose other end the test itself holds, to the byte: a pseudo-terminal without a cable between.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

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
}
