//! Clients that break the rules of HTTP/2 and of gRPC by the thousand, at running services that print meanwhile.

mod bodies;
mod handshakes;
mod messages;
mod rates;
mod streams;
mod windows;
mod wire;

use std::time::{Duration, Instant};

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{self, Secret, read_token};
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::tls::{Identity, Trust};
use formfeed_runtime::{Connector, Role, Service, TokenStore};
use formfeed_tests::command::Up;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{forms, header, submit_by};
use pb::job_service_client::JobServiceClient;
use pb::printer_service_client::PrinterServiceClient;
use tokio_util::sync::CancellationToken;

use crate::secure_connections::{up_over_tls, up_over_tls_by};

/// The most by which the services may grow under a flood, bytes.
const GROWTH: u64 = 256 * 1024 * 1024;
/// Within which each call by the rules is answered meanwhile; a silent connection has ten seconds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// Within which half of them are.
const MEDIAN_WITHIN: Duration = Duration::from_secs(1);
/// How long a flood lasts that could go on for ever.
const LASTS: Duration = Duration::from_secs(4);
/// Sheets that are printed meanwhile, of three forms each, and how long the printer takes for one.
const SHEETS: usize = 50;
const PACE: Duration = Duration::from_millis(150);
/// How long the last of them may take once the flood is over.
const PATIENCE: Duration = Duration::from_secs(90);
/// Asks the printer often.
const OFTEN: [(&str, &str); 1] = [("FORMFEED_PRINTER_POLL_MILLISECONDS", "50")];

/// Running services that print a job, and what a flood wants to know of them.
struct Flooded {
    up: Up,
    /// Host and port of the spooler.
    address: String,
    trust: Option<Trust>,
    laser: LyingPrinter,
    job: String,
    /// Of whoever floods.
    flooder: Secret,
    before: u64,
}

impl Flooded {
    async fn start() -> Self {
        Self::on(Up::start_in(&OFTEN), None).await
    }

    /// The same with so many files and connections open at most.
    async fn limited(files: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::on(Up::start_limited(folder, files, &OFTEN), None).await
    }

    /// The same with the certificates that `tls init` makes.
    async fn over_tls() -> Self {
        Self::on_tls(up_over_tls()).await
    }

    /// The same with so many files and connections open at most.
    async fn limited_over_tls(files: u32) -> Self {
        let up = up_over_tls_by(|folder| Up::start_limited(folder, files, &OFTEN));
        Self::on_tls(up).await
    }

    async fn on_tls(up: Up) -> Self {
        let tls = up.folder.path().join("tls");
        let trust = Trust {
            authority: tls.join("ca.pem"),
            identity: Some(Identity {
                cert: tls.join("server.pem"),
                key: tls.join("server.key"),
            }),
        };
        Self::on(up, Some(trust)).await
    }

    async fn on(up: Up, trust: Option<Trust>) -> Self {
        let laser = LyingPrinter::start(Lie::None).await;
        laser.take_time(PACE);
        let tokens = TokenStore::open(up.folder.path());
        let (_, flooder) = tokens.create("flooder", Role::Auditor, None).unwrap();
        let mut flooded = Self {
            address: address(&up),
            up,
            trust,
            laser,
            job: String::new(),
            flooder,
            before: 0,
        };
        flooded.print().await;
        flooded.before = peak_memory(flooded.up.pid());
        flooded
    }

    /// Begins to print, and waits for the first sheet.
    async fn print(&mut self) {
        let printer = pb::Printer {
            printer_id: "laser".to_owned(),
            uri: self.laser.uri(),
            stock: "nec-3up".to_owned(),
            ..pb::Printer::default()
        };
        let request = pb::CreatePrinterRequest {
            request_id: "add-laser".to_owned(),
            printer: Some(printer),
        };
        let mut printers = PrinterServiceClient::new(self.caller().channel());
        printers.create_printer(request).await.unwrap();
        let own = access::service_token_path(self.up.folder.path(), Service::Forms);
        let own = self.caller_with(read_token(&own).unwrap());
        let many = forms(FormType::Nec, 3 * SHEETS);
        let header = header("r1", "laser", &many);
        let job = submit_by(&mut JobServiceClient::new(own.channel()), header, &many).await;
        self.job = job.unwrap().name;
        self.until("the first sheet", |report| report.sheets_printed > 0)
            .await;
    }

    fn caller(&self) -> Caller {
        let admin = access::admin_token_path(self.up.folder.path());
        self.caller_with(read_token(&admin).unwrap())
    }

    fn caller_with(&self, token: Secret) -> Caller {
        Caller {
            address: self.address.clone(),
            trust: self.trust.clone(),
            token,
        }
    }

    /// How far the job is.
    async fn report(&self) -> pb::JobReport {
        let request = pb::GetJobRequest {
            name: self.job.clone(),
            ..pb::GetJobRequest::default()
        };
        let mut jobs = JobServiceClient::new(self.caller().channel());
        let job = jobs.get_job(request).await.unwrap().into_inner();
        job.report.unwrap_or_default()
    }

    async fn until(&self, what: &str, holds: impl Fn(&pb::JobReport) -> bool) -> pb::JobReport {
        let begin = Instant::now();
        loop {
            let report = self.report().await;
            if holds(&report) {
                return report;
            }
            assert!(begin.elapsed() < PATIENCE, "never {what}: {report:#?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Floods the services; meanwhile sheets are printed and calls by the rules are answered, and in the end the job is whole.
    async fn during<T>(&self, flood: impl Future<Output = T>) -> T {
        let good = self.report().await.sheets_printed;
        let over = CancellationToken::new();
        let calls = tokio::spawn(self.caller().calls_until(over.clone()));
        let flooded = flood.await;
        let now = self.report().await.sheets_printed;
        assert!(now > good, "printing stood still at {good} sheets");
        over.cancel();
        assert_soon(calls.await.unwrap());
        self.ends_whole().await;
        flooded
    }

    async fn ends_whole(&self) {
        let all = i32::try_from(SHEETS).unwrap();
        let is_final =
            |report: &pb::JobReport| report.finality() == pb::job_report::Finality::Final;
        let report = self.until("the end of the job", is_final).await;
        let counted = (report.sheets_printed, report.forms_printed);
        assert_eq!(counted, (all, 3 * all), "{report:?}");
        let mut marked = self.laser.marked();
        marked.sort();
        marked.dedup();
        assert_eq!((marked.len(), self.laser.marked().len()), (SHEETS, SHEETS));
    }

    #[track_caller]
    fn assert_grown_less_than(&self, bytes: u64) {
        let grown = peak_memory(self.up.pid()).saturating_sub(self.before);
        assert!(grown < bytes, "grown by {} MiB", grown / 1024 / 1024);
    }
}

/// Who calls by the rules.
struct Caller {
    address: String,
    trust: Option<Trust>,
    token: Secret,
}

impl Caller {
    /// A connection of its own.
    fn channel(&self) -> AuthChannel {
        let (address, token) = (&self.address, self.token.clone());
        let connector = Connector::new(Service::Spooler, address, token, self.trust.as_ref());
        connector.unwrap().channel()
    }

    /// One call, answered in time; how long it took.
    async fn call(&self) -> Duration {
        let begin = Instant::now();
        let mut jobs = JobServiceClient::new(self.channel());
        let answer = jobs.list_jobs(pb::ListJobsRequest::default());
        let answer = tokio::time::timeout(ANSWERED_WITHIN, answer).await;
        answer.expect("an answer in time").unwrap();
        begin.elapsed()
    }

    /// Calls, each on a connection of its own, for as long as a flood lasts; how long each took.
    async fn calls_until(self, over: CancellationToken) -> Vec<Duration> {
        let mut took = vec![self.call().await];
        while !over.is_cancelled() {
            took.push(self.call().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        took
    }
}

/// Half of the answers came within a second.
#[track_caller]
fn assert_soon(mut took: Vec<Duration>) {
    took.sort();
    let median = took[took.len() / 2];
    assert!(median < MEDIAN_WITHIN, "{median:?} of {took:?}");
}

/// Host and port of the spooler.
fn address(up: &Up) -> String {
    address_of(up, "spooler")
}

fn address_of(up: &Up, service: &str) -> String {
    let told = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let (_, address) = told[service].as_str().unwrap().split_once("://").unwrap();
    address.to_owned()
}

/// The most memory a process has had at once, bytes: proc(5), VmHWM.
fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() * 1024
}
