//! A virtual impact printer: the far end of a pseudo-terminal, which keeps every byte it gets.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// How long the printer looks away while no byte comes.
const PAUSE: Duration = Duration::from_millis(10);

/// A serial line with a printer on it that keeps its bytes in a file.
pub(crate) struct ImpactPrinter {
    line: PathBuf,
    stop: Arc<AtomicBool>,
    reader: JoinHandle<io::Result<()>>,
}

impl ImpactPrinter {
    /// Plugs it in; what it is sent goes into `file`.
    ///
    /// # Errors
    /// When this machine has no pseudo-terminals or the file cannot be made.
    pub(crate) fn start(file: &Path) -> io::Result<Self> {
        let far_end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&far_end)?;
        unlockpt(&far_end)?;
        let name = ptsname(&far_end, Vec::new())?;
        let line = PathBuf::from(name.into_string().map_err(io::Error::other)?);
        fcntl_setfl(&far_end, OFlags::NONBLOCK)?;
        let (source, target) = (File::from(far_end), File::create(file)?);
        let stop = Arc::new(AtomicBool::new(false));
        let asked_to_stop = stop.clone();
        let reader = thread::spawn(move || keep(source, target, &asked_to_stop));
        Ok(Self { line, stop, reader })
    }

    /// Its address for the spooler.
    pub(crate) fn uri(&self) -> String {
        format!("serial:{}?baud=115200&flow=none", self.line.display())
    }

    /// Unplugs it.
    ///
    /// # Errors
    /// When the bytes could not be kept.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        let panicked = |_| io::Error::other("the virtual printer's thread failed");
        self.reader.join().map_err(panicked)?
    }
}

/// Reads until asked to stop and nothing more comes. While the spooler has the line closed, reading it is an error (EIO).
fn keep(mut source: File, mut target: File, stop: &AtomicBool) -> io::Result<()> {
    let mut bytes = [0; 4096];
    loop {
        let stopping = stop.load(Ordering::Relaxed);
        match source.read(&mut bytes) {
            Ok(count) if count > 0 => target.write_all(&bytes[..count])?,
            Ok(_) | Err(_) if stopping => return target.sync_all(),
            Ok(_) | Err(_) => thread::sleep(PAUSE),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs::OpenOptions;

    use super::*;

    #[test]
    fn every_byte_of_every_session_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("impact.prn");
        let printer = ImpactPrinter::start(&file).unwrap();
        for sheet in ["\u{1b}@first", "\u{1b}@second"] {
            let mut line = OpenOptions::new().write(true).open(&printer.line).unwrap();
            line.write_all(sheet.as_bytes()).unwrap();
            rustix::termios::tcdrain(&line).unwrap();
            thread::sleep(PAUSE * 5);
        }
        printer.finish().unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"\x1b@first\x1b@second");
    }
}
