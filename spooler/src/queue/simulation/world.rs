//! A print room: printers, a ledger, and a spooler that dies and starts again, in one thread and in a time of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::spool::{
    Delivery, EvidencePolicy, JobId, JobKind, JobReport, JobSpec, PlannedSheet, PrinterId,
    SerialRange, Sums, USUAL_PRIORITY,
};
use formfeed_domain::{Money, TaxYear};
use formfeed_runtime::access::DutySwitch;
use formfeed_store::spooler::{Act, Identity, NewJob, NewLoad, SpoolError};
use tempfile::TempDir;
use tokio::runtime::{Handle, Runtime};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::books::Books;
use super::driver::Workshop;
use super::memory::Answer;
use super::printer::Hardware;
use super::schedule::{PRINTERS, Step};
use super::weather::{Weather, Wire};
use crate::config::SpoolerConfig;
use crate::device::DeviceKind;
use crate::queue::clock::Clock;
use crate::queue::ledger::Ledger as _;
use crate::queue::{Board, CrashPoint, CrashPoints, Hub, Leases, Looks, Queue, Shared};

/// The stock of every job.
const STOCK: &str = "nec-3up";
/// Sheets of a load.
const SHEETS: u32 = 200;
/// The printer whose stock is numbered.
const NUMBERED: usize = 1;
/// Name of the spooler.
pub(super) const SPOOLER: &str = "one";
/// Who decides.
const OPERATOR: &str = "ada";

/// Everything there is.
pub(super) struct World {
    runtime: Arc<Runtime>,
    /// The ledger as people reach it.
    pub(super) books: Wire,
    pub(super) weather: Arc<Weather>,
    pub(super) hardware: Vec<Arc<Hardware>>,
    pub(super) printers: Vec<PrinterId>,
    pub(super) spooler: Option<Arc<Queue>>,
    pub(super) jobs: Vec<JobId>,
    /// Final reports that were seen, by job and version.
    pub(super) finals: BTreeMap<(JobId, u32), JobReport>,
    /// How every attempt stood after the last step.
    pub(super) stands: Vec<String>,
    clock: Arc<Watch>,
    runs: u32,
    acts: u32,
    loads: u64,
    _folder: Option<TempDir>,
}

/// What a print room keeps its ledger in.
pub(super) struct Ground {
    pub(super) books: Arc<dyn Books>,
    /// The threads of a ledger that has its own.
    pub(super) threads: Option<Handle>,
    /// Where it lies, to be removed with it.
    pub(super) folder: Option<TempDir>,
}

/// The clock of the machine: it goes with the time of the run, and people set it.
struct Watch {
    begin: Instant,
    set_by_minutes: AtomicI64,
}

impl Watch {
    fn now(&self) -> DateTime<Utc> {
        let since = TimeDelta::from_std(self.begin.elapsed()).expect("not so long");
        let set = TimeDelta::minutes(self.set_by_minutes.load(Ordering::SeqCst));
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + since + set
    }
}

impl Clock for Arc<Watch> {
    fn now(&self) -> DateTime<Utc> {
        Watch::now(self)
    }
}

impl World {
    pub(super) fn new(seed: u64, ground: Ground) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let runtime = Arc::new(runtime);
        let weather = Arc::new(Weather::new(seed));
        let kinds = [
            DeviceKind::Ipp,
            DeviceKind::Ipp,
            DeviceKind::Serial,
            DeviceKind::File,
        ];
        let pace = || Duration::from_millis(u64::from(20 + weather.draw(1_500)));
        let hardware = kinds
            .map(|kind| Arc::new(Hardware::new(kind, pace())))
            .to_vec();
        let names = ["left", "numbered", "impact", "folder"];
        let printers = names
            .map(|name| PrinterId::new(name).expect("a name"))
            .to_vec();
        let clock = runtime.block_on(async {
            Arc::new(Watch {
                begin: Instant::now(),
                set_by_minutes: AtomicI64::new(0),
            })
        });
        let mut world = Self {
            runtime: runtime.clone(),
            books: Wire {
                books: ground.books,
                threads: ground.threads,
                weather: None,
            },
            _folder: ground.folder,
            weather,
            hardware,
            printers,
            spooler: None,
            jobs: Vec::new(),
            finals: BTreeMap::new(),
            stands: Vec::new(),
            clock,
            runs: 0,
            acts: 0,
            loads: 0,
        };
        runtime.block_on(async {
            let nobody = world.identity();
            let enrolled = world.books.enroll(&nobody, "here").await;
            enrolled.expect("a spooler");
            for at in 0..PRINTERS {
                let (printer, act) = (world.printers[at].clone(), world.act("new"));
                let asks = at < 2 && world.weather.draw(4) == 0;
                let device = (at.to_string(), asks.then_some(EvidencePolicy::Operator));
                let device = (device.0.as_str(), device.1);
                let installed = world.books.install(&printer, device, &act).await;
                installed.expect("a printer");
                world.load(at).await;
            }
            world.start(CrashPoints::none()).await;
        });
        world
    }

    pub(super) fn act(&mut self, reason: &str) -> Act {
        self.acts += 1;
        Act {
            id: format!("{:08}", self.acts),
            by: OPERATOR.to_owned(),
            reason: reason.to_owned(),
            at: self.clock.now(),
        }
    }

    /// Lets one thing happen.
    pub(super) fn take(&mut self, step: &Step) {
        self.weather.note(format!("== {step:?}"));
        let runtime = self.runtime.clone();
        runtime.block_on(async {
            self.step(step).await;
            self.check().await;
        });
    }

    /// From now on nothing goes wrong any more: everything must come to its end, and the paper is counted again.
    pub(super) fn end_well(&mut self) {
        let runtime = self.runtime.clone();
        runtime.block_on(async {
            self.weather.fail("", (0, 0), false);
            self.crash(CrashPoints::none()).await;
            let mut rounds = 0;
            while !self.all_ended().await {
                assert!(rounds < 200, "no end: {}", self.told().await);
                self.hardware.iter().for_each(|hardware| hardware.heal());
                self.answer(false).await;
                self.let_all_go_on().await;
                tokio::time::sleep(Duration::from_secs(1 + rounds)).await;
                self.check().await;
                rounds += 1;
            }
            self.recount().await;
            self.stop().await;
        });
    }

    async fn step(&mut self, step: &Step) {
        match *step {
            Step::Submit { printer, sheets } => self.submit(printer, sheets).await,
            Step::Wait(millis) => tokio::time::sleep(Duration::from_millis(millis)).await,
            Step::Fault(printer, fault) => self.hardware[printer].next_fails(Some(fault)),
            Step::Jam(printer, jam) => self.hardware[printer].jam(jam),
            Step::Off(printer, off) => self.hardware[printer].switch(off),
            Step::Reboot(printer) => self.hardware[printer].reboot(),
            Step::Stranger(printer) => self.hardware[printer].stranger(),
            Step::Storage {
                kind,
                lucky,
                calls,
                answers_lost,
            } => self.weather.fail(kind, (lucky, calls), answers_lost),
            Step::Clock(minutes) => {
                self.clock
                    .set_by_minutes
                    .fetch_add(minutes, Ordering::SeqCst);
            }
            Step::Crash => self.crash(CrashPoints::none()).await,
            Step::CrashThenAt(at, nth) => self.crash_then_at(at, nth).await,
            Step::Stop => {
                self.stop().await;
                self.start(CrashPoints::none()).await;
            }
            Step::Pause(printer) | Step::Resume(printer) => {
                let (id, act) = (self.printers[printer].clone(), self.act("because"));
                let done = match step {
                    Step::Pause(_) => self.books.pause(&id, &act).await,
                    _ => self.books.resume(&id, &act).await,
                };
                self.refused_or_done(done);
                self.wake_printer(printer);
            }
            Step::Load(printer) => {
                self.load(printer).await;
                self.wake_printer(printer);
            }
            Step::Answer { hurry } => self.answer(hurry).await,
            Step::Hold(job)
            | Step::Release(job)
            | Step::Cancel(job)
            | Step::Priority(job, _)
            | Step::Move { job, .. }
            | Step::Split { job, .. }
            | Step::Coffee { job, .. }
            | Step::Restart { job, .. } => self.change(job, step).await,
        }
    }

    async fn submit(&mut self, printer: usize, sheets: u32) {
        let number = self.jobs.len();
        let id = JobId::new(format!("00000000-0000-7000-8000-{number:012}")).expect("a name");
        let year = TaxYear::new(2025).expect("a year");
        let plan = |at: u32| PlannedSheet {
            number: at + 1,
            first_form: 3 * at,
            sums: Sums {
                sheets: 1,
                forms: 3 - u32::from(at + 1 == sheets),
                void_forms: u32::from(at + 1 == sheets),
                total: Money::from_cents(1 << (4 * at)),
                ..Sums::default()
            },
        };
        let new = NewJob {
            id: id.clone(),
            spec: JobSpec {
                kind: JobKind::Forms,
                payer: None,
                tax_year: year,
                format_year: year,
                form_type: FormType::Nec,
                copy: Copy::A,
                stock: STOCK.to_owned(),
                printer: self.printers[printer].clone(),
                priority: USUAL_PRIORITY,
                delivery: Delivery::Job,
            },
            request_id: format!("request-{number}"),
            fingerprint: String::new(),
            user: OPERATOR.to_owned(),
            submitted_by: OPERATOR.to_owned(),
            notes: Vec::new(),
            forms: Vec::new(),
            sheets: (0..sheets).map(plan).collect(),
            at: self.clock.now(),
        };
        self.books.submit(new).await.expect("a job");
        self.jobs.push(id.clone());
        self.wake(&id).await;
    }

    async fn load(&mut self, printer: usize) {
        let first = 1_001 + 1_000 * self.loads;
        self.loads += 1;
        let serials = (printer == NUMBERED).then(|| SerialRange::new(first, SHEETS));
        let load = NewLoad {
            stock: STOCK.to_owned(),
            sheets: Some(SHEETS),
            serials: serials.transpose().expect("numbers"),
        };
        let (id, act) = (self.printers[printer].clone(), self.act("fresh"));
        self.books
            .load_stock(&id, &load, &act)
            .await
            .expect("stock");
    }

    /// Of the present run.
    fn identity(&self) -> Identity {
        Identity {
            name: SPOOLER.to_owned(),
            home: "home".to_owned(),
            instance: format!("run-{}", self.runs),
            life: Duration::from_secs(15),
        }
    }

    async fn start(&mut self, mut crash: CrashPoints) {
        let config = SpoolerConfig::default();
        loop {
            self.runs += 1;
            let cut_off = CancellationToken::new();
            let queue = Arc::new(Queue::new(Arc::new(Shared {
                store: Arc::new(Wire {
                    books: self.books.books.clone(),
                    threads: self.books.threads.clone(),
                    weather: Some(self.weather.clone()),
                }),
                devices: Box::new(Workshop {
                    hardware: self.hardware.clone(),
                    weather: self.weather.clone(),
                }),
                clock: Box::new(self.clock.clone()),
                me: self.identity(),
                leases: Leases::new(cut_off.clone()),
                config: config.clone(),
                duty: DutySwitch::open(std::path::Path::new("no such folder")),
                board: Board::default(),
                hub: Hub::default(),
                looks: Looks::default(),
                crash: std::mem::take(&mut crash),
                journal: crate::journal::Journal::in_memory(),
                stopping: CancellationToken::new(),
                cut_off,
            })));
            if queue.begin("here").await.is_ok() {
                self.spooler = Some(queue);
                return;
            }
            queue.abandon().await;
        }
    }

    async fn crash(&mut self, next: CrashPoints) {
        if let Some(queue) = self.spooler.take() {
            queue.abandon().await;
        }
        self.start(next).await;
    }

    async fn crash_then_at(&mut self, at: CrashPoint, nth: u32) {
        self.crash(CrashPoints::freeze(at, nth)).await;
    }

    async fn stop(&mut self) {
        if let Some(queue) = self.spooler.take() {
            queue.stop().await;
            queue.abandon().await;
        }
    }

    pub(super) async fn wake(&self, job: &JobId) {
        let printers = self.books.printers_of(job).await.expect("printers");
        for printer in printers {
            self.queue().wake(&printer);
        }
    }

    pub(super) fn wake_printer(&self, printer: usize) {
        self.queue().wake(&self.printers[printer]);
    }

    pub(super) fn queue(&self) -> &Arc<Queue> {
        self.spooler.as_ref().expect("it was started")
    }

    /// People may be refused, and storage never fails them here.
    pub(super) fn refused_or_done(&self, done: Answer<()>) {
        match done {
            Ok(()) => {}
            Err(error @ (SpoolError::Store(_) | SpoolError::Report(_) | SpoolError::Ledger(_))) => {
                panic!("{error}")
            }
            Err(_) => self.weather.note("refused".to_owned()),
        }
    }
}
