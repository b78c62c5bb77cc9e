//! The spooler is killed at random moments and at every named point, while printers fault at random and an operator who
//! looks at nothing but the paper answers its questions. After each run the paper is counted again.
//!
//! `FORMFEED_SEEDS=1000..4000` runs these seeds instead of the usual ones.

mod operator;
mod recount;

use std::error::Error as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_spooler::CrashPoint;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Client, Left, forms, header};
use formfeed_tests::spooler_program::SpoolerProgram;
use ipp::model::Operation;
use tokio::sync::Semaphore;
use tonic::{Code, Status};

/// Runs at once.
const AT_ONCE: usize = 12;
/// How long the last daemon of a run may take to end all jobs.
const ENDS_WITHIN: Duration = Duration::from_secs(90);
/// Sheets in each printer's tray; the numbers of the second begin with [`FIRST_SERIAL`].
const SHEETS: i32 = 200;
const FIRST_SERIAL: i64 = 1_001;

#[tokio::test(flavor = "multi_thread", worker_threads = 16)]
async fn any_crash_on_sqlite_leaves_the_paper_and_the_count_right() {
    all(seeds(0..200), Left::on_sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 16)]
async fn any_crash_on_postgres_leaves_the_paper_and_the_count_right() {
    all(seeds(10_000..10_020), Left::on_postgres).await;
}

fn seeds(usual: Range<u64>) -> Range<u64> {
    let wanted = std::env::var("FORMFEED_SEEDS").ok();
    wanted.map_or(usual, |text| {
        let (from, to) = text.split_once("..").expect("FORMFEED_SEEDS=FROM..TO");
        let number = |text: &str| text.parse().expect("FORMFEED_SEEDS=FROM..TO");
        number(from)..number(to)
    })
}

/// Runs every seed; panics with those that went wrong.
async fn all(seeds: Range<u64>, left: fn() -> Left) {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let runs = seeds.map(|seed| {
        let room = room.clone();
        let run = tokio::spawn(async move {
            let _place = room.acquire().await.expect("it stays open");
            Run::new(seed, left()).await.go().await;
        });
        (seed, run)
    });
    let runs: Vec<_> = runs.collect();
    let mut wrong = Vec::new();
    for (seed, run) in runs {
        if run.await.is_err() {
            wrong.push(seed);
        }
    }
    assert!(
        wrong.is_empty(),
        "the messages above are of seeds {wrong:?}"
    );
}

/// A job as its caller asks for it.
struct Order {
    request_id: String,
    printer: usize,
    forms: usize,
    /// Its name, once the caller was told.
    name: Option<String>,
}

/// One run of a seed.
struct Run {
    seed: u64,
    rng: Rng,
    left: Left,
    printers: [LyingPrinter; 2],
    orders: Vec<Order>,
    /// Sheets that the operator threw away or wants once more, by job and number.
    wanted_again: usize,
}

const PRINTERS: [&str; 2] = ["left", "right"];

impl Run {
    async fn new(seed: u64, left: Left) -> Self {
        let mut rng = Rng::with_seed(seed);
        let printers = [
            LyingPrinter::start(Lie::None).await,
            LyingPrinter::start(Lie::None).await,
        ];
        for printer in &printers {
            printer.take_time(Duration::from_millis(rng.u64(0..40)));
        }
        let jobs = rng.usize(1..=3);
        let order = |number| Order {
            request_id: format!("request-{number}"),
            printer: rng.usize(0..2),
            forms: rng.usize(1..=13),
            name: None,
        };
        let orders = (1..=jobs).map(order).collect();
        Self {
            seed,
            rng,
            left,
            printers,
            orders,
            wanted_again: 0,
        }
    }

    async fn go(mut self) {
        self.install().await;
        for _ in 0..self.rng.usize(2..=5) {
            self.live_until_killed().await;
        }
        self.end_well().await;
    }

    /// Adds the printers.
    async fn install(&self) {
        let daemon = self.start_whole();
        for (at, name) in PRINTERS.into_iter().enumerate() {
            let printer = pb::Printer {
                printer_id: name.to_owned(),
                uri: self.printers[at].uri(),
                ..pb::Printer::default()
            };
            let added = daemon.client().add_printer(printer).await;
            added.expect("a printer");
            let load = pb::LoadStockRequest {
                name: format!("printers/{name}"),
                stock: "nec-3up".to_owned(),
                sheets: Some(SHEETS),
                first_serial: (at == 1).then_some(FIRST_SERIAL),
            };
            let loaded = daemon.client().printers().load_stock(load).await;
            loaded.expect("stock");
        }
        daemon.stop();
    }

    /// A daemon that dies of nothing by itself.
    fn start_whole(&self) -> SpoolerProgram {
        SpoolerProgram::start(&self.left, None).expect("a spooler that lives")
    }

    /// Starts a daemon that will die, and works with it until it does.
    async fn live_until_killed(&mut self) {
        let points = [&CrashPoint::OF_AN_ATTEMPT[..], &CrashPoint::BESIDE_ATTEMPTS].concat();
        let at = match self.rng.u8(0..3) {
            0 => None,
            _ => {
                let point = points[self.rng.usize(..points.len())];
                Some(format!("{}:{}", point.as_str(), self.rng.u8(1..=3)))
            }
        };
        let Some(mut daemon) = SpoolerProgram::start(&self.left, at.as_deref()) else {
            return;
        };
        let most = match at {
            None => self.rng.u64(0..400),
            Some(_) => 700,
        };
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_millis(most) && daemon.lives() {
            self.fault();
            self.act(daemon.client()).await;
            let pause = self.rng.u64(0..25);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        daemon.kill();
    }

    /// Another fault of a printer, or none, from now on.
    fn fault(&mut self) {
        let lies = [
            Lie::BusyBefore(1),
            Lie::BusyAfterDocument,
            Lie::Drops,
            Lie::Reboots,
            Lie::MarksNone,
            Lie::Aborts,
            Lie::Garbage(Operation::SendDocument),
            Lie::Empty(Operation::SendDocument),
            Lie::Cut(Operation::SendDocument),
            Lie::Garbage(Operation::GetJobAttributes),
            Lie::Redirects(Operation::SendDocument),
        ];
        let lie = match self.rng.u8(0..10) {
            0 | 1 => lies[self.rng.usize(..lies.len())],
            _ => Lie::None,
        };
        self.printers[self.rng.usize(..2)].now(lie);
    }

    /// Submits whatever its caller has no answer for, again and again by the same request id.
    async fn submit(&mut self, client: &Client) {
        let Some(order) = self.orders.iter_mut().find(|order| order.name.is_none()) else {
            return;
        };
        let forms = forms(FormType::Nec, order.forms);
        let header = header(&order.request_id, PRINTERS[order.printer], &forms);
        match client.submit(header, &forms).await {
            Ok(job) => order.name = Some(job.name),
            Err(status) => lost_or_refused(&status),
        }
    }

    /// Printers work as they should from now on, and a daemon that nobody kills ends every job.
    async fn end_well(&mut self) {
        for printer in &self.printers {
            printer.now(Lie::None);
        }
        let daemon = self.start_whole();
        let begin = Instant::now();
        let ended = loop {
            self.submit(daemon.client()).await;
            self.answer(daemon.client()).await;
            let jobs = self.jobs(daemon.client()).await;
            let all = jobs.len() == self.orders.len();
            if all && jobs.iter().all(recount::is_final) {
                break jobs;
            }
            if begin.elapsed() > ENDS_WITHIN {
                self.give_up(&daemon, &jobs).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        self.recount(daemon.client(), &ended).await;
        daemon.stop();
        let again = self.start_whole();
        for job in &ended {
            let later = again.client().job(&job.name).await;
            assert_eq!(later.report, job.report, "seed {}", self.seed);
        }
        again.stop();
    }

    /// Panics with all there is to know.
    async fn give_up(&self, daemon: &SpoolerProgram, jobs: &[pb::Job]) -> ! {
        let mut told = format!("seed {}: no end", self.seed);
        for job in jobs {
            let sheets = daemon.client().sheets(&job.name).await;
            told += &format!("\n{job:#?}\n{sheets:#?}");
        }
        let request = pb::ListPrintersRequest::default();
        let printers = daemon.client().printers().list_printers(request).await;
        told += &format!("\n{printers:#?}\n{:#?}", self.printers);
        panic!("{told}\n{}", daemon.last_words());
    }

    /// The jobs that their callers know.
    async fn jobs(&self, client: &Client) -> Vec<pb::Job> {
        let mut jobs = Vec::new();
        for name in self.orders.iter().filter_map(|order| order.name.as_ref()) {
            let request = pb::GetJobRequest {
                name: name.clone(),
                ..pb::GetJobRequest::default()
            };
            match client.jobs().get_job(request).await {
                Ok(job) => jobs.push(job.into_inner()),
                Err(status) => lost_or_refused(&status),
            }
        }
        jobs
    }
}

/// A call may be lost with the daemon, or refused for a reason; it is never a fault of the daemon's own.
fn lost_or_refused(status: &Status) {
    if status.source().is_some() {
        return; // the connection is gone: nobody refused it
    }
    let is_fault = matches!(
        status.code(),
        Code::Internal | Code::DataLoss | Code::Unimplemented | Code::InvalidArgument
    );
    assert!(!is_fault, "{status:?}");
}
