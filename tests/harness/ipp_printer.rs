//! A real IPP printer on loopback: CUPS's ippeveprinter.
//!
//! What it "prints" is decided by a shell script that it runs for each job; the script's folder
//! tells afterwards what was really marked.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::tools::workspace;

/// Marks one sheet at once and says so.
pub const PRINTS: &str = "mark; impressions 1";

/// Works on a job until a test calls [`IppPrinter::let_go`], then marks one sheet.
pub const WAITS: &str = "until_let_go; mark; impressions 1";

/// Runs out of paper until a test calls [`IppPrinter::let_go`], then marks one sheet.
pub const OUT_OF_PAPER: &str = "echo 'STATE: +media-empty-warning' >&2; until_let_go;
    echo 'STATE: -media-empty-warning' >&2; mark; impressions 1";

/// Marks one sheet, then breaks.
pub const ABORTS: &str = "mark; impressions 1; exit 1";

/// Says completed and has marked nothing.
pub const LIES: &str = "impressions 0";

/// A printer that runs until it is dropped.
#[derive(Debug)]
pub struct IppPrinter {
    child: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl IppPrinter {
    /// Starts a printer that does `each_job` for each job: shell text, in which `mark`,
    /// `impressions N` and `until_let_go` are commands.
    ///
    /// # Panics
    /// The printer does not come up.
    pub fn start(each_job: &str) -> Self {
        Self::start_with(each_job, &[])
    }

    /// As [`Self::start`], with more flags for ippeveprinter.
    ///
    /// # Panics
    /// The printer does not come up.
    pub fn start_with(each_job: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let script = write_script(folder.path(), each_job);
        // Another test may take a free port first: try a few.
        for _ in 0..5 {
            let port = free_port();
            let name = folder
                .path()
                .file_name()
                .expect("it has a name")
                .to_string_lossy();
            let mut child = spawn(&name, port, folder.path(), &script, flags);
            if comes_up(&mut child, &name, port) {
                return Self {
                    child,
                    port,
                    folder,
                };
            }
            drop(child.stdin.take());
            let _ = child.wait();
        }
        panic!("ippeveprinter did not come up; run tests/tools/install.sh")
    }

    /// Its TCP port on localhost.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where to print to.
    pub fn uri(&self) -> String {
        format!("ipp://localhost:{}/ipp/print", self.port)
    }

    /// Names of the jobs whose sheets were marked, one for each marking.
    pub fn marked(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("marked")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// The document of a job as it was when it was marked.
    ///
    /// # Panics
    /// There is none.
    pub fn document(&self, job_name: &str) -> Vec<u8> {
        let path = self.folder.path().join(format!("{job_name}.document"));
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Lets every job that waits, and all later ones, go on.
    ///
    /// # Panics
    /// The folder is gone.
    pub fn let_go(&self) {
        fs::write(self.folder.path().join("go"), "").expect("a writable temporary folder");
    }

    /// The certificate it shows for TLS, in PEM; made at the first connection with TLS.
    pub fn certificate(&self) -> Option<Vec<u8>> {
        fs::read(self.folder.path().join("localhost.crt")).ok()
    }

    /// Switches it off.
    pub fn stop(&mut self) {
        self.let_go();
        drop(self.child.stdin.take()); // The script ends with its standard input.
        let _ = self.child.wait();
    }
}

impl Drop for IppPrinter {
    fn drop(&mut self) {
        self.stop();
    }
}

fn write_script(folder: &Path, each_job: &str) -> PathBuf {
    let path = folder.join("each-job.sh");
    let text = format!(
        "#!/bin/sh\n\
         folder='{}'\ndocument=$1\n\
         mark() {{ cp \"$document\" \"$folder/$IPP_JOB_NAME.document\"; \
         echo \"$IPP_JOB_NAME\" >>\"$folder/marked\"; }}\n\
         impressions() {{ echo \"ATTR: job-impressions-completed=$1\" >&2; }}\n\
         until_let_go() {{ while [ -d \"$folder\" ] && [ ! -e \"$folder/go\" ]; do sleep 0.05; done; }}\n\
         {each_job}\n",
        folder.display()
    );
    fs::write(&path, text).expect("a writable temporary folder");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("our own file");
    path
}

fn spawn(name: &str, port: u16, folder: &Path, script: &Path, flags: &[&str]) -> Child {
    Command::new(workspace().join("tests/tools/ipp-printer.sh"))
        .args([name, &port.to_string()])
        .args([folder, script])
        .args(flags)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("bash runs the printer's script")
}

/// A port that nobody has now.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("loopback has a free port")
        .port()
}

/// Waits until the printer of this very name answers: another test's may have taken the port.
fn comes_up(child: &mut Child, name: &str, port: u16) -> bool {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        if child.try_wait().is_ok_and(|status| status.is_some()) {
            return false;
        }
        if status_page(port).is_ok_and(|page| page.contains(name)) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// The beginning of the printer's own web page, where its name stands.
fn status_page(port: u16) -> std::io::Result<String> {
    let mut printer = TcpStream::connect(("127.0.0.1", port))?;
    printer.set_read_timeout(Some(Duration::from_secs(2)))?;
    printer.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    let mut page = Vec::new();
    let mut bytes = [0; 1024];
    while !page.windows(8).any(|part| part == b"</title>") {
        match printer.read(&mut bytes)? {
            0 => break,
            count => page.extend_from_slice(&bytes[..count]),
        }
    }
    Ok(String::from_utf8_lossy(&page).into_owned())
}
