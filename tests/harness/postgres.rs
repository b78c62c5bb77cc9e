//! A real PostgreSQL server of the tests' own, on a free loopback port, one fresh database for each test.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// How root becomes the user `postgres`.
const AS_POSTGRES: [&str; 4] = [
    "setpriv",
    "--reuid=postgres",
    "--regid=postgres",
    "--clear-groups",
];

static SERVER: OnceLock<Server> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The address of a fresh, empty database: `postgres://postgres@127.0.0.1:PORT/tN`.
///
/// The server starts with the first call. It is stopped by its watchdog when the test process ends.
///
/// # Panics
/// When PostgreSQL is not installed or does not start: tests fail, they do not skip.
pub fn fresh_postgres_url() -> String {
    let server = SERVER.get_or_init(Server::start);
    let database = format!("t{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut create = as_postgres(&server.programs.join("createdb"));
    create.args([
        "-h",
        "127.0.0.1",
        "-U",
        "postgres",
        "-p",
        &server.port.to_string(),
        &database,
    ]);
    run(create);
    format!("postgres://postgres@127.0.0.1:{}/{database}", server.port)
}

/// A server that serves one test alone, so that it may crash. It is stopped by its watchdog when the test process ends.
pub struct OwnPostgres(Server);

impl OwnPostgres {
    /// Starts it, with nothing on it.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn start() -> Self {
        Self(Server::start())
    }

    /// Starts it so that it talks to nobody but over TLS, and only to who shows a certificate of the authority whose common name is
    /// the user's. PEM files.
    ///
    /// # Panics
    /// When PostgreSQL is not installed or does not start.
    pub fn over_tls(cert: &Path, key: &Path, authority: &Path) -> Self {
        let server = Server::prepare("-c ssl=on -c ssl_ca_file=root.crt");
        let data = server.folder.join("data");
        for (from, to) in [
            (cert, "server.crt"),
            (key, "server.key"),
            (authority, "root.crt"),
        ] {
            let pem = std::fs::read(from).expect("a PEM file");
            let to = data.join(to);
            std::fs::write(&to, pem).expect("room for a PEM file");
            std::fs::set_permissions(&to, Permissions::from_mode(0o600)).expect("its mode");
            give_to_postgres(&to);
        }
        let doors = "hostssl all all 127.0.0.1/32 cert\n";
        std::fs::write(data.join("pg_hba.conf"), doors).expect("its doors");
        server.serve();
        stop_with_this_process(&server.programs, &server.folder);
        Self(server)
    }

    /// The TCP port it listens at, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.0.port
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.0.port)
    }

    /// Ends it as a crash does: no connection is told, nothing is finished.
    ///
    /// # Panics
    /// When it does not end.
    pub fn crash(&self) {
        let mut stop = as_postgres(&self.0.programs.join("pg_ctl"));
        stop.arg("-D").arg(self.0.folder.join("data"));
        stop.args(["-m", "immediate", "-s", "-w", "stop"]);
        run(stop);
    }

    /// Starts it again on what it left.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_again(&self) {
        self.0.serve();
    }
}

struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    options: &'static str,
}

impl Server {
    fn start() -> Self {
        let server = Self::prepare("");
        server.serve();
        stop_with_this_process(&server.programs, &server.folder);
        server
    }

    /// An empty cluster that is not served yet.
    fn prepare(options: &'static str) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new()
            .prefix("formfeed-pg.")
            .tempdir()
            .expect("a folder for PostgreSQL")
            .keep();
        give_to_postgres(&folder);
        let data = folder.join("data");
        let mut initdb = as_postgres(&programs.join("initdb"));
        initdb.arg("-D").arg(&data);
        initdb.args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]);
        run(initdb);
        Self {
            programs,
            folder,
            port: free_port(),
            options,
        }
    }

    fn serve(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories={} -c fsync=off -c max_connections=400 {}",
            self.port,
            self.folder.display(),
            self.options
        );
        let mut start = as_postgres(&self.programs.join("pg_ctl"));
        start
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-s", "-w", "-t", "60", "-o", &options, "-l"])
            .arg(self.folder.join("log"))
            .arg("start");
        run(start);
    }
}

/// Leaves a small shell that waits for this process to end, then stops the server and removes its folder.
/// It runs as this process's user: another's could not ask whether the process still lives.
#[expect(clippy::zombie_processes, reason = "it outlives this process")]
fn stop_with_this_process(programs: &Path, folder: &Path) {
    let as_owner = if is_root() {
        AS_POSTGRES.join(" ")
    } else {
        String::new()
    };
    let script = format!(
        "while kill -0 {} 2>/dev/null; do sleep 1; done; {as_owner} {} -D {}/data -m immediate -s stop; rm -rf {}",
        std::process::id(),
        programs.join("pg_ctl").display(),
        folder.display(),
        folder.display()
    );
    let mut watchdog = Command::new("/bin/sh");
    watchdog
        .args(["-c", &script])
        .current_dir("/")
        .process_group(0);
    watchdog
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    watchdog.spawn().expect("a watchdog for PostgreSQL");
}

fn programs() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    installed
        .map(|version| version.path().join("bin"))
        .filter(|programs| programs.join("initdb").exists())
        .max()
        .expect("PostgreSQL is not installed: run tests/all, which installs what the tests need")
}

/// PostgreSQL refuses to run as root; then it runs as the user `postgres` that its package made.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new(AS_POSTGRES[0]);
    command
        .args(&AS_POSTGRES[1..])
        .arg(program)
        .current_dir("/");
    command
}

fn give_to_postgres(folder: &Path) {
    if is_root() {
        let mut chown = Command::new("chown");
        chown.arg("postgres:postgres").arg(folder);
        run(chown);
    }
}

fn is_root() -> bool {
    let output = Command::new("id")
        .arg("-u")
        .output()
        .expect("the program id");
    output.stdout.starts_with(b"0\n")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    listener.local_addr().expect("a bound address").port()
}

fn run(mut command: Command) {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
