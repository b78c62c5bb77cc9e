//! A spooler of one's own: real server, real devices, either database; it can be dropped half-way and started again.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use formfeed_domain::form::{BoxId, Form, FormType, PayerBlock, RecipientBlock};
use formfeed_domain::{Money, TaxYear, Tin, TinKind};
use formfeed_proto::convert::form::{form_to, form_type_to};
use formfeed_proto::keys::key_service_client::KeyServiceClient;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::alignment_service_client::AlignmentServiceClient;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_proto::spooler::printer_service_client::PrinterServiceClient;
use formfeed_proto::spooler::submit_job_request::Part;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::{Connector, Service, ServiceConfig, access};
#[cfg(debug_assertions)]
use formfeed_spooler::CrashPoint;
use formfeed_spooler::device::AllowedHosts;
use formfeed_spooler::{CrashPoints, Running, SpoolerConfig};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::postgres::fresh_postgres_url;

/// How long a test waits for a printer.
const PATIENCE: Duration = Duration::from_secs(40);

/// A spooler at work.
pub struct Spool {
    left: Left,
    client: Client,
    running: Running,
    stop: CancellationToken,
}

/// What a spooler leaves behind: its data, its database, and the folder its file printer prints into.
pub struct Left {
    folder: TempDir,
    database_url: String,
}

impl Left {
    /// Nothing yet, on an SQLite file.
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder for data");
        let database_url = format!("sqlite:{}", folder.path().join("spooler.db").display());
        Self {
            folder,
            database_url,
        }
    }

    /// Nothing yet, on a fresh PostgreSQL database.
    pub fn on_postgres() -> Self {
        Self::on_database(fresh_postgres_url())
    }

    /// Nothing yet, on an empty database.
    pub fn on_database(database_url: String) -> Self {
        Self {
            database_url,
            ..Self::on_sqlite()
        }
    }

    /// Nothing yet, on each database in turn.
    pub fn on_both() -> [Self; 2] {
        [Self::on_sqlite(), Self::on_postgres()]
    }

    /// Starts a spooler on it.
    pub async fn start(self) -> Spool {
        self.start_with(CrashPoints::none()).await
    }

    /// Starts a spooler that goes no further once it passes the point the `nth` time. Crashes are for debug builds.
    #[cfg(debug_assertions)]
    pub async fn start_and_freeze(self, at: CrashPoint, nth: u32) -> Spool {
        self.start_with(CrashPoints::freeze(at, nth)).await
    }

    /// The data directory.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The same once more, as it lies there now; on an SQLite file.
    pub fn copy(&self) -> Self {
        let copy = Self::on_sqlite();
        copy_all(self.folder(), copy.folder());
        copy
    }

    /// The database.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// The configuration a spooler starts with here.
    pub fn config(&self) -> ServiceConfig {
        let mut config = ServiceConfig::local(Service::Spooler, self.folder.path());
        config.listen = "127.0.0.1:0".parse().expect("an address");
        config.database_url.clone_from(&self.database_url);
        config
    }

    /// Starts a spooler on it whose console has an address.
    pub async fn start_with_console(self, listen: Option<SocketAddr>) -> Spool {
        let change = |spooler: &mut SpoolerConfig| spooler.console.listen = listen;
        self.start_at(CrashPoints::none(), change).await
    }

    /// Starts a spooler on it that lets printers be at these hosts, as `FORMFEED_PRINTER_HOSTS` names them.
    ///
    /// # Panics
    /// They cannot be read.
    pub async fn start_for_hosts(self, hosts: &str) -> Spool {
        let rules = hosts.split(',').map(|word| word.parse().expect("a host"));
        let allowed = AllowedHosts::new(rules.collect());
        let change = |spooler: &mut SpoolerConfig| spooler.allowed_hosts = allowed;
        self.start_at(CrashPoints::none(), change).await
    }

    async fn start_with(self, crash: CrashPoints) -> Spool {
        self.start_at(crash, |_| ()).await
    }

    async fn start_at(self, crash: CrashPoints, change: impl FnOnce(&mut SpoolerConfig)) -> Spool {
        let tokens = access::ensure(self.folder.path()).expect("the first tokens");
        let mut spooler = SpoolerConfig {
            retry_first: Duration::from_millis(100),
            retry_most: Duration::from_millis(400),
            stop_grace: Duration::from_secs(5),
            ..SpoolerConfig::default()
        };
        spooler.device.poll_interval = Duration::from_millis(50);
        change(&mut spooler);
        let stop = CancellationToken::new();
        let (config, child) = (self.config(), stop.clone());
        let running = formfeed_spooler::start_with(&config, &spooler, tokens, child, crash)
            .await
            .expect("a spooler that starts");
        Spool {
            client: Client::new(self.folder.path(), running.url()),
            left: self,
            running,
            stop,
        }
    }
}

impl Spool {
    /// The data directory.
    pub fn folder(&self) -> &Path {
        self.left.folder.path()
    }

    /// The URL of its console.
    pub fn console(&self) -> &str {
        self.running.console()
    }

    /// What it runs on, for a second one beside it.
    pub fn config(&self) -> ServiceConfig {
        self.left.config()
    }

    /// Where the file printer of [`Spool::with_file_printer`] prints.
    pub fn out(&self) -> PathBuf {
        self.folder().join("out")
    }

    /// The documents printed there, by name.
    pub fn printed(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.out()).into_iter().flatten();
        let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "pdf"));
        files.sort();
        files
    }

    /// Drops it where it stands, as a crash would. Crashes are for debug builds.
    #[cfg(debug_assertions)]
    pub async fn crash(self) -> Left {
        self.running.abandon().await;
        self.left
    }

    /// Stops it in good order.
    pub async fn stop(self) -> Left {
        self.stop.cancel();
        self.running.ended().await.expect("a clean stop");
        self.left
    }

    /// Adds the file printer `files`.
    pub async fn with_file_printer(self) -> Self {
        let printer = pb::Printer {
            printer_id: "files".to_owned(),
            uri: format!("file:{}", self.out().display()),
            ..pb::Printer::default()
        };
        self.add_printer(printer).await.expect("a file printer");
        self
    }
}

impl Deref for Spool {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A spooler's services, asked by the tokens in its data directory.
#[derive(Debug, Clone)]
pub struct Client {
    folder: PathBuf,
    url: String,
}

impl Client {
    /// Of the spooler with that data directory and URL.
    pub fn new(folder: &Path, url: &str) -> Self {
        Self {
            folder: folder.to_owned(),
            url: url.to_owned(),
        }
    }

    /// JobService as the admin.
    pub fn jobs(&self) -> JobServiceClient<AuthChannel> {
        JobServiceClient::new(self.channel(&access::admin_token_path(&self.folder)))
    }

    /// JobService as the forms service, which alone may submit.
    pub fn submitter(&self) -> JobServiceClient<AuthChannel> {
        let path = access::service_token_path(&self.folder, Service::Forms);
        JobServiceClient::new(self.channel(&path))
    }

    /// PrinterService as the admin.
    pub fn printers(&self) -> PrinterServiceClient<AuthChannel> {
        PrinterServiceClient::new(self.channel(&access::admin_token_path(&self.folder)))
    }

    /// AlignmentService as the admin.
    pub fn alignments(&self) -> AlignmentServiceClient<AuthChannel> {
        AlignmentServiceClient::new(self.channel(&access::admin_token_path(&self.folder)))
    }

    /// KeyService as the admin.
    pub fn keys(&self) -> KeyServiceClient<AuthChannel> {
        KeyServiceClient::new(self.channel(&access::admin_token_path(&self.folder)))
    }

    fn channel(&self, token: &Path) -> AuthChannel {
        let token = access::read_token(token).expect("a token");
        let connector = Connector::new(Service::Spooler, &self.url, token, None);
        connector.expect("an address").channel()
    }

    /// Adds a printer.
    pub async fn add_printer(&self, printer: pb::Printer) -> Result<pb::Printer, Status> {
        let request = pb::CreatePrinterRequest {
            request_id: format!("add-{}", printer.printer_id),
            printer: Some(printer),
        };
        let answer = self.printers().create_printer(request).await?;
        Ok(answer.into_inner())
    }

    /// Submits forms with a header.
    pub async fn submit(&self, header: pb::JobHeader, forms: &[Form]) -> Result<pb::Job, Status> {
        submit_by(&mut self.submitter(), header, forms).await
    }

    /// The job now.
    pub async fn job(&self, name: &str) -> pb::Job {
        let request = pb::GetJobRequest {
            name: name.to_owned(),
            ..pb::GetJobRequest::default()
        };
        let answer = self.jobs().get_job(request).await;
        answer.expect("a job that is there").into_inner()
    }

    /// What happened to the job so far.
    pub async fn events(&self, name: &str) -> Vec<pb::JobEvent> {
        let request = pb::WatchJobRequest {
            name: name.to_owned(),
            after_sequence: 0,
        };
        let answer = self.jobs().watch_job(request).await;
        let mut stream = answer.expect("a job that is there").into_inner();
        let mut events = Vec::new();
        // The stream of an open job does not end.
        while let Ok(Ok(Some(event))) =
            tokio::time::timeout(Duration::from_secs(1), stream.message()).await
        {
            events.push(event);
        }
        events
    }

    /// All sheets of the job.
    pub async fn sheets(&self, name: &str) -> Vec<pb::Sheet> {
        let request = pb::ListSheetsRequest {
            job: name.to_owned(),
            page_size: 1000,
            ..pb::ListSheetsRequest::default()
        };
        let answer = self.jobs().list_sheets(request).await;
        answer.expect("sheets").into_inner().sheets
    }

    /// Waits until the job is in a state; the report of one that has ended must add up.
    ///
    /// # Panics
    /// With the job, when it is not in time.
    pub async fn until(&self, name: &str, state: pb::job::State) -> pb::Job {
        let what = format!("{state:?}");
        let job = self
            .until_job(name, &what, |job| job.state() == state)
            .await;
        self.adds_up(&job).await;
        job
    }

    /// The final report is the sum over the sheets that are good, and every sheet is accounted for.
    async fn adds_up(&self, job: &pb::Job) {
        let report = job.report.clone().expect("a report");
        let classes = report.sheets_printed
            + report.sheets_pending
            + report.sheets_live
            + report.sheets_in_doubt
            + report.sheets_abandoned;
        assert_eq!(classes, job.sheets, "{report:?}");
        let waiting = 0..=report.sheets_live;
        assert!(
            waiting.contains(&report.sheets_awaiting_confirmation),
            "{report:?}"
        );
        if report.finality() != pb::job_report::Finality::Final {
            return;
        }
        let sheets = self.sheets(&job.name).await;
        let good: Vec<_> = sheets
            .iter()
            .filter(|sheet| sheet.state() == pb::sheet::State::Good)
            .collect();
        let forms: usize = good.iter().map(|sheet| sheet.account_numbers.len()).sum();
        let found = (
            i32::try_from(good.len()).ok(),
            i32::try_from(forms).ok(),
            good.iter().map(|sheet| sheet.void_slots).sum(),
            good.iter().map(|sheet| sheet.amount_cents).sum(),
        );
        let told = (
            Some(report.sheets_printed),
            Some(report.forms_printed),
            report.forms_void,
            report.total_amount_cents,
        );
        assert_eq!(found, told, "{report:?}");
        assert_eq!(job.sheets, report.sheets_printed + report.sheets_abandoned);
    }

    /// Waits until something holds of the job.
    ///
    /// # Panics
    /// With the job, when it does not in time.
    pub async fn until_job(
        &self,
        name: &str,
        what: &str,
        holds: impl Fn(&pb::Job) -> bool,
    ) -> pb::Job {
        let start = Instant::now();
        loop {
            let job = self.job(name).await;
            if holds(&job) {
                return job;
            }
            assert!(start.elapsed() < PATIENCE, "never {what}: {job:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Submits forms with a header over a connection that is there already.
pub async fn submit_by(
    submitter: &mut JobServiceClient<AuthChannel>,
    header: pb::JobHeader,
    forms: &[Form],
) -> Result<pb::Job, Status> {
    let part = |part| pb::SubmitJobRequest { part: Some(part) };
    let mut parts = vec![part(Part::Header(header))];
    for some in forms.chunks(500) {
        let forms = some.iter().map(form_to).collect();
        parts.push(part(Part::Forms(pb::JobForms { forms })));
    }
    let answer = submitter.submit_job(tokio_stream::iter(parts)).await?;
    Ok(answer.into_inner())
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            std::fs::create_dir_all(&copy).expect("a writable folder");
            copy_all(&path, &copy);
        } else {
            std::fs::copy(&path, &copy).expect("a file that can be copied");
        }
    }
}

/// The header of a job of these forms for a printer.
pub fn header(request_id: &str, printer: &str, forms: &[Form]) -> pb::JobHeader {
    let form_type = forms.first().map_or(FormType::Nec, |form| form.form_type);
    let total: i64 = forms
        .iter()
        .flat_map(|form| &form.boxes)
        .filter(|(id, _)| id.0 == "1")
        .map(|(_, amount)| amount.cents())
        .sum();
    pb::JobHeader {
        request_id: request_id.to_owned(),
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        form_type: form_type_to(form_type).into(),
        printer: format!("printers/{printer}"),
        control_total_cents: total,
        on_behalf_of: "ada".to_owned(),
        ..pb::JobHeader::default()
    }
}

/// Forms of recipients R0001, R0002, …: box 1 holds 1,000.01, 1,000.02, …; every one has 24.00 withheld in box 4.
pub fn forms(form_type: FormType, count: usize) -> Vec<Form> {
    (1..=count).map(|number| form(form_type, number)).collect()
}

fn form(form_type: FormType, number: usize) -> Form {
    let cents = i64::try_from(number).expect("a small number");
    let tin = |kind, digits: &str| Tin::parse(kind, digits).ok();
    Form {
        form_type,
        tax_year: TaxYear::new(2025).expect("a tax year"),
        account_number: format!("R{number:04}"),
        payer: PayerBlock {
            name: "Acme Water District".to_owned(),
            street: "1 Main St".to_owned(),
            city_line: "Springfield, IL 62701".to_owned(),
            parts: None,
            phone: "217-555-0100".to_owned(),
            tin: tin(TinKind::Ein, "00-1234567"),
        },
        recipient: RecipientBlock {
            name: format!("Ada Pump {number}"),
            name_2: String::new(),
            street: format!("{number} Elm Ave"),
            city_line: "Salem, OR 97301".to_owned(),
            parts: None,
            tin: tin(TinKind::Ssn, &format!("9001{number:05}")),
        },
        boxes: [
            (BoxId::from("1"), Money::from_cents(1_000_00 + cents)),
            (BoxId::from("4"), Money::from_cents(24_00)),
        ]
        .into(),
        occupation_codes: Vec::new(),
        marks: [].into(),
        states: vec![],
    }
}
