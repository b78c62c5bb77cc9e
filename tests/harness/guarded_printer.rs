//! A real IPP printer behind a door that asks who comes: lighttpd before ippeveprinter.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::ipp_printer::{IppPrinter, free_port};

/// Who is let in.
pub const USER: &str = "office";

/// That user's password, which no file and no answer of ours may show.
pub const PASSWORD: &str = "correct horse, battery";

/// How the door asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// For the password itself.
    Basic,
    /// The same, over TLS with the printer's own certificate.
    BasicOverTls,
    /// For a proof by MD5.
    DigestMd5,
    /// For a proof by SHA-256.
    DigestSha256,
}

/// A guarded printer that runs until it is dropped.
#[derive(Debug)]
pub struct GuardedPrinter {
    printer: IppPrinter,
    door: Child,
    port: u16,
    tls: bool,
    _folder: tempfile::TempDir,
}

impl GuardedPrinter {
    /// Starts a printer that does `each_job` for each job, behind a door.
    ///
    /// # Panics
    /// One of them does not come up.
    pub fn start(each_job: &str, asks: Asks) -> Self {
        let printer = IppPrinter::start(each_job);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let tls = asks == Asks::BasicOverTls;
        if tls {
            make_certificate(folder.path());
        }
        fs::write(folder.path().join("users"), format!("{USER}:{PASSWORD}\n"))
            .expect("a writable temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("our folder");
        for _ in 0..5 {
            let port = free_port();
            let path = folder.path().join("door.conf");
            fs::write(
                &path,
                configuration(folder.path(), port, printer.port(), asks),
            )
            .expect("a writable temporary folder");
            let mut door = Command::new("lighttpd")
                .arg("-D")
                .arg("-f")
                .arg(&path)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("lighttpd runs; run tests/tools/install.sh");
            if comes_up(&mut door, port) {
                return Self {
                    printer,
                    door,
                    port,
                    tls,
                    _folder: folder,
                };
            }
            let _ = door.kill();
            let _ = door.wait();
        }
        panic!("lighttpd did not come up; run tests/tools/install.sh")
    }

    /// Where to print to, through the door.
    pub fn uri(&self) -> String {
        let scheme = if self.tls { "ipps" } else { "ipp" };
        format!("{scheme}://localhost:{}/ipp/print", self.port)
    }

    /// The printer behind it.
    pub fn printer(&self) -> &IppPrinter {
        &self.printer
    }
}

impl Drop for GuardedPrinter {
    fn drop(&mut self) {
        let _ = self.door.kill();
        let _ = self.door.wait();
    }
}

fn configuration(folder: &Path, port: u16, printer: u16, asks: Asks) -> String {
    let folder = folder.display();
    let (modules, tls) = match asks {
        Asks::BasicOverTls => (
            ", \"mod_openssl\"",
            format!("ssl.engine = \"enable\"\nssl.pemfile = \"{folder}/door.pem\"\n"),
        ),
        _ => ("", String::new()),
    };
    let method = match asks {
        Asks::Basic | Asks::BasicOverTls => "\"method\" => \"basic\"",
        Asks::DigestMd5 => "\"method\" => \"digest\", \"algorithm\" => \"MD5\"",
        Asks::DigestSha256 => "\"method\" => \"digest\", \"algorithm\" => \"SHA-256\"",
    };
    format!(
        "server.document-root = \"{folder}\"\n\
         server.bind = \"127.0.0.1\"\n\
         server.port = {port}\n\
         server.modules = (\"mod_auth\", \"mod_authn_file\", \"mod_proxy\"{modules})\n\
         {tls}\
         auth.backend = \"plain\"\n\
         auth.backend.plain.userfile = \"{folder}/users\"\n\
         auth.require = (\"/\" => ({method}, \"realm\" => \"printer\", \"require\" => \"valid-user\"))\n\
         proxy.server = (\"\" => ((\"host\" => \"127.0.0.1\", \"port\" => {printer})))\n"
    )
}

fn make_certificate(folder: &Path) {
    let pem = folder.join("door.pem");
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args(["-subj", "/CN=localhost", "-keyout"])
        .arg(&pem)
        .arg("-out")
        .arg(folder.join("door.crt"))
        .stdin(Stdio::null())
        .output();
    assert!(made.is_ok_and(|made| made.status.success()), "openssl");
    let mut both = fs::read(&pem).expect("a key");
    both.extend(fs::read(folder.join("door.crt")).expect("a certificate"));
    fs::write(pem, both).expect("a writable temporary folder");
}

fn comes_up(door: &mut Child, port: u16) -> bool {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(10) {
        if door.try_wait().is_ok_and(|status| status.is_some()) {
            return false;
        }
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}
