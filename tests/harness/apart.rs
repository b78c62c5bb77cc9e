//! The four services as programs of their own on one data directory, as their units start them.

use std::fs::File;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use formfeed_runtime::Service;
use tempfile::TempDir;

use crate::command::{Ran, built, clean, formfeed, signal};

/// How long a program may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// Services of a data directory, each in a process of its own; they are killed with this value.
pub struct Apart {
    folder: TempDir,
    programs: Vec<(Service, Child)>,
}

impl Apart {
    /// Starts all of them at once on free ports, which are set in the configuration file of the data directory; they call
    /// each other by `http` or `https`.
    ///
    /// # Panics
    /// When one of them was not built, or does not start.
    pub fn start(folder: TempDir, scheme: &str) -> Self {
        let ports = free_ports();
        configure(folder.path(), scheme, &ports).expect("a writable folder");
        let spawn = |service| (service, spawn(service, folder.path()));
        let programs = Service::ALL.map(spawn).into_iter().collect();
        let mut apart = Self { folder, programs };
        for (place, port) in ports.into_iter().enumerate() {
            apart.comes_up(place, port);
        }
        apart
    }

    fn comes_up(&mut self, place: usize, port: u16) {
        let (service, child) = &mut self.programs[place];
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = child.try_wait().expect("our own child");
            let said = || std::fs::read_to_string(said(self.folder.path(), *service));
            assert!(ended.is_none(), "{service} ended: {:?}", said());
            assert!(begin.elapsed() < PATIENCE, "{service}: {:?}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Their data directory.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command that is told the data directory and nothing else.
    ///
    /// # Panics
    /// When it does not start.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let folder = self.folder().to_str().expect("a path of text");
        formfeed(&[&["--data-dir", folder], arguments].concat())
    }

    /// Asks one of them to stop, and answers its exit code; -1 when a signal ended it.
    ///
    /// # Panics
    /// When it runs no more, or does not stop in time.
    pub fn stop(&mut self, service: Service) -> i32 {
        let place = self.programs.iter().position(|(it, _)| *it == service);
        let (_, mut child) = self.programs.remove(place.expect("it runs"));
        signal(&child, "TERM");
        let begin = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("our own child") {
                return status.code().unwrap_or(-1);
            }
            if begin.elapsed() > PATIENCE {
                child.kill().ok();
                panic!("{service} does not stop");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        for (_, child) in &mut self.programs {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Four that differ: all are taken before one is let go of.
fn free_ports() -> [u16; 4] {
    let taken = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
    taken.each_ref().map(port)
}

/// Adds where each service listens, and where the others find it.
fn configure(folder: &Path, scheme: &str, ports: &[u16; 4]) -> std::io::Result<()> {
    let mut options = File::options();
    let mut file = options
        .create(true)
        .append(true)
        .open(folder.join("formfeed.toml"))?;
    for (service, port) in Service::ALL.iter().zip(ports) {
        writeln!(file, "[{service}]\nlisten = \"127.0.0.1:{port}\"")?;
    }
    writeln!(file, "[peers]")?;
    for (service, port) in Service::ALL.iter().zip(ports) {
        writeln!(file, "{service} = \"{scheme}://127.0.0.1:{port}\"")?;
    }
    Ok(())
}

fn spawn(service: Service, folder: &Path) -> Child {
    let said = File::create(said(folder, service)).expect("a writable folder");
    let mut program = clean(&built(&format!("formfeed-{service}")));
    program.arg("--data-dir").arg(folder);
    program.env("FORMFEED_LOG", "warn");
    program.env("FORMFEED_CONSOLE_LISTEN", "127.0.0.1:0");
    program.stdout(Stdio::null()).stderr(said);
    program.spawn().expect("the program starts")
}

/// What a program says.
fn said(folder: &Path, service: Service) -> std::path::PathBuf {
    folder.join(format!("said-{service}"))
}
