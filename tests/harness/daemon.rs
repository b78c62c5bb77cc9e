//! Spooler daemons as processes of their own, several on one PostgreSQL database: each with its data directory, all with one key.

use std::fs::File;
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use formfeed_proto::spooler as pb;
use formfeed_runtime::access;
use tempfile::TempDir;
use tonic::Status;

use crate::command::{built, clean};
use crate::ipp_printer::free_port;
use crate::spool::Client;

/// How long a test waits for a daemon or its printer.
const PATIENCE: Duration = Duration::from_secs(40);

/// The key of a spooler's audit trail.
const AUDIT_KEY: &str = "spooler-audit.key";

/// A spooler daemon; it is killed with this value.
pub struct Daemon {
    client: Client,
    folder: TempDir,
    child: Child,
    database: String,
    name: String,
}

impl Daemon {
    /// Starts a daemon on a database.
    pub async fn start(name: &str, database: &str) -> Self {
        Self::start_with(name, database, &[], None).await
    }

    /// Starts a daemon that shares a database, and the key that seals forms, with another; variables as given.
    pub async fn beside(other: &Self, name: &str, environment: &[(&str, &str)]) -> Self {
        let key = other.folder.path().join("keys/spooler.key");
        Self::start_with(name, &other.database, environment, Some(&key)).await
    }

    /// Starts a daemon with variables, and a copy of a key.
    pub async fn start_with(
        name: &str,
        database: &str,
        environment: &[(&str, &str)],
        key: Option<&Path>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder for data");
        if let Some(key) = key {
            copy_keys(key, &folder);
        }
        Self::on(folder, name, database, environment).await
    }

    /// Starts a daemon on a database whose log lines go into a pipe that nobody reads.
    pub async fn unheard(name: &str, database: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for data");
        let told = (name, database, Stdio::piped());
        Self::telling(folder, told, environment).await
    }

    async fn on(folder: TempDir, name: &str, database: &str, environment: &[(&str, &str)]) -> Self {
        let said = said(&folder).into();
        Self::telling(folder, (name, database, said), environment).await
    }

    async fn telling(
        folder: TempDir,
        (name, database, stderr): (&str, &str, Stdio),
        environment: &[(&str, &str)],
    ) -> Self {
        let port = free_port();
        let child = spawn(&folder, (name, database), port, (stderr, environment));
        let mut daemon = Self {
            client: Client::new(folder.path(), &format!("http://127.0.0.1:{port}")),
            folder,
            child,
            database: database.to_owned(),
            name: name.to_owned(),
        };
        daemon.comes_up().await;
        daemon
    }

    async fn comes_up(&mut self) {
        let begin = Instant::now();
        loop {
            let token = access::admin_token_path(self.folder.path());
            if token.exists() && self.list_printers().await.is_ok() {
                return;
            }
            let ended = self.child.try_wait().expect("our own child");
            assert!(ended.is_none(), "{} ended: {ended:?}", self.name);
            assert!(begin.elapsed() < PATIENCE, "{} does not answer", self.name);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Tries to start a daemon and answers what it said when it ended by itself.
    ///
    /// # Panics
    /// When it goes on living.
    pub async fn refused(name: &str, database: &str, key: Option<&Path>) -> String {
        let folder = tempfile::tempdir().expect("a folder for data");
        if let Some(key) = key {
            copy_keys(key, &folder);
        }
        let quiet = (said(&folder).into(), &[][..]);
        let mut child = spawn(&folder, (name, database), free_port(), quiet);
        let begin = Instant::now();
        while child.try_wait().expect("our own child").is_none() {
            if begin.elapsed() > PATIENCE {
                child.kill().ok();
                panic!("{name} started");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::fs::read_to_string(folder.path().join("said")).expect("what it said")
    }

    /// Variables of a daemon whose calendar clock is off, such as by `-2h`; its monotonic one is not.
    ///
    /// # Panics
    /// When libfaketime is not installed: `tests/tools/install.sh` does it.
    pub fn with_clock(shift: &str) -> [(&'static str, String); 3] {
        let library = std::fs::read_dir("/usr/lib")
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"))
            .find(|library| library.exists())
            .expect("libfaketime is not installed: run tests/tools/install.sh");
        [
            ("LD_PRELOAD", library.display().to_string()),
            ("FAKETIME", shift.to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }

    /// Variables of a daemon whose calendar clock goes by what the file says at each moment, such as `-2h`.
    pub fn with_clock_of(file: &Path) -> [(&'static str, String); 4] {
        let [library, _, monotonic] = Self::with_clock("");
        [
            library,
            monotonic,
            ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
        ]
    }

    /// The address of its database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its data directory.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets it stand still, as a stopped virtual machine does.
    pub fn stand_still(&self) {
        self.signal("STOP");
    }

    /// Waits until it stands still by itself.
    ///
    /// # Panics
    /// When it does not in time.
    pub fn until_it_stands_still(&self) {
        crate::command::until_it_stands_still(&self.child);
    }

    /// Lets it go on.
    pub fn go_on(&self) {
        self.signal("CONT");
    }

    /// Kills it as a power cut would, and starts it again on its data directory.
    pub async fn kill_and_start(mut self) -> Self {
        self.kill();
        let other = tempfile::tempdir().expect("a folder");
        let folder = std::mem::replace(&mut self.folder, other);
        Self::on(folder, &self.name.clone(), &self.database.clone(), &[]).await
    }

    /// Kills it as a power cut would.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
    }

    /// Waits until it died by itself.
    ///
    /// # Panics
    /// When it goes on living.
    pub async fn until_it_died(&mut self) {
        let begin = Instant::now();
        while self.child.try_wait().expect("our own child").is_none() {
            assert!(begin.elapsed() < PATIENCE, "{} lives on", self.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks it to stop in good order, and waits for that.
    pub async fn stop(&mut self) {
        self.signal("TERM");
        self.until_it_died().await;
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "no signal");
    }

    async fn list_printers(&self) -> Result<(), Status> {
        let request = pb::ListPrintersRequest::default();
        self.printers().list_printers(request).await.map(drop)
    }

    /// Adds a printer for the IRS's stock, driven by the daemon of that name; blank for this one.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn add_laser(&self, id: &str, uri: &str, spooler: &str) -> pb::Printer {
        let printer = pb::Printer {
            printer_id: id.to_owned(),
            uri: uri.to_owned(),
            stock: "nec-3up".to_owned(),
            spooler: spooler.to_owned(),
            ..pb::Printer::default()
        };
        self.add_printer(printer).await.expect("a printer")
    }

    /// A printer now.
    ///
    /// # Panics
    /// When there is none.
    pub async fn printer(&self, id: &str) -> pb::Printer {
        let name = format!("printers/{id}");
        let request = pb::GetPrinterRequest { name };
        let printer = self.printers().get_printer(request).await;
        printer.expect("a printer").into_inner()
    }

    /// Waits until something holds of a printer.
    ///
    /// # Panics
    /// With the printer, when it does not in time.
    pub async fn until_printer(
        &self,
        id: &str,
        what: &str,
        holds: impl Fn(&pb::Printer) -> bool,
    ) -> pb::Printer {
        let begin = Instant::now();
        loop {
            let printer = self.printer(id).await;
            if holds(&printer) {
                return printer;
            }
            assert!(begin.elapsed() < PATIENCE, "never {what}: {printer:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Takes a printer over.
    pub async fn take_over(
        &self,
        id: &str,
        although_holder_lives: bool,
    ) -> Result<pb::Printer, Status> {
        let request = pb::TakeOverPrinterRequest {
            name: format!("printers/{id}"),
            reason: "its host is gone".to_owned(),
            although_holder_lives,
        };
        let taken = self.printers().take_over_printer(request).await?;
        Ok(taken.into_inner())
    }

    /// Every epoch of a printer, the newest first: number and holder.
    ///
    /// # Panics
    /// When they are not to be had.
    pub async fn epochs(&self, id: &str) -> Vec<(i64, String)> {
        let request = pb::ListLeasesRequest {
            printer: format!("printers/{id}"),
            ..pb::ListLeasesRequest::default()
        };
        let leases = self.printers().list_leases(request).await;
        let leases = leases.expect("leases").into_inner().leases;
        leases
            .into_iter()
            .map(|lease| (lease.epoch, lease.spooler))
            .collect()
    }

    /// Says what became of a sheet.
    pub async fn resolve(
        &self,
        job: &str,
        sheet: i32,
        outcome: pb::resolve_sheet_request::Outcome,
    ) -> Result<pb::Job, Status> {
        let request = pb::ResolveSheetRequest {
            job: job.to_owned(),
            sheet,
            outcome: outcome.into(),
            reason: "looked in the tray".to_owned(),
            ..pb::ResolveSheetRequest::default()
        };
        Ok(self.jobs().resolve_sheet(request).await?.into_inner())
    }
}

impl Deref for Daemon {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn spawn(
    folder: &TempDir,
    (name, database): (&str, &str),
    port: u16,
    (stderr, environment): (Stdio, &[(&str, &str)]),
) -> Child {
    let mut daemon = clean(&built("formfeed-spooler"));
    daemon
        .arg("--data-dir")
        .arg(folder.path())
        .args(["--database-url", database, "--spooler-name", name])
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .args(["--console-listen", "127.0.0.1:0"])
        .args(["--lease-seconds", "2", "--printer-retry-seconds", "1"])
        .args(["--print-grace-seconds", "2"])
        .env("FORMFEED_LOG", "warn")
        .envs(environment.iter().copied())
        .stdout(Stdio::null())
        .stderr(stderr);
    daemon.spawn().expect("formfeed-spooler starts")
}

/// What a daemon says.
fn said(folder: &TempDir) -> File {
    let mut options = File::options();
    options.create(true).append(true);
    let file = options.open(folder.path().join("said"));
    file.expect("a writable folder")
}

/// Gives a data directory the key that seals forms, and that of the audit trail where it lies beside it.
fn copy_keys(key: &Path, folder: &TempDir) {
    let keys = folder.path().join("keys");
    std::fs::create_dir_all(&keys).expect("a writable folder");
    std::fs::copy(key, keys.join("spooler.key")).expect("a key to copy");
    let beside = [
        key.with_file_name(AUDIT_KEY),
        key.with_file_name("keys").join(AUDIT_KEY),
    ];
    if let Some(audit) = beside.iter().find(|file| file.exists()) {
        std::fs::copy(audit, keys.join(AUDIT_KEY)).expect("a key to copy");
    }
}
