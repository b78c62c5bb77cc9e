//! Between the workers and the ledger: time passes at every call, and storage fails before a commit or after it.

use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use fastrand::Rng;
use formfeed_domain::spool::{
    AttemptState, EvidencePolicy, Job, JobId, Outcome, Printer, PrinterAccess, PrinterId, Ruling,
    Sheet, SheetRange, StockLedger, TriedSheet,
};
use formfeed_store::StoreError;
use formfeed_store::spooler::{
    Act, Aligned, Change, Chosen, Identity, JobView, Lease, Listener, NewJob, NewLoad,
    OpenAttempts, Opened, PrinterStatus, Reservation, SpoolError,
};
use tokio::runtime::Handle;

use super::books::Books;
use super::memory::Answer;
use crate::queue::ledger::{Ledger, WindowOf};

/// Chance, luck and memory of a run: everything random is drawn here, in one order.
pub(super) struct Weather(Mutex<State>);

struct State {
    rng: Rng,
    /// Calls that will be carried out before some fail.
    lucky: u32,
    /// Calls that will fail then, where they are of this kind; blank for any.
    failing: u32,
    kind: &'static str,
    /// They fail after they were carried out.
    answers_lost: bool,
    trace: Vec<String>,
}

impl Weather {
    pub(super) fn new(seed: u64) -> Self {
        Self(Mutex::new(State {
            rng: Rng::with_seed(seed),
            lucky: 0,
            failing: 0,
            kind: "",
            answers_lost: false,
            trace: Vec::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of so many.
    pub(super) fn draw(&self, of: u32) -> u32 {
        self.state().rng.u32(..of)
    }

    /// So many calls of a kind fail, after so many others.
    pub(super) fn fail(&self, kind: &'static str, (lucky, calls): (u32, u32), answers_lost: bool) {
        let mut state = self.state();
        (state.kind, state.lucky) = (kind, lucky);
        (state.failing, state.answers_lost) = (calls, answers_lost);
    }

    pub(super) fn note(&self, event: String) {
        self.state().trace.push(event);
    }

    /// What happened lately, a line for each.
    pub(super) fn so_far(&self) -> String {
        let state = self.state();
        let lately = state.trace.len().saturating_sub(60);
        state.trace[lately..].join("\n")
    }

    pub(super) fn trace(&self) -> Vec<String> {
        self.state().trace.clone()
    }

    /// A moment, now and then a long one.
    pub(super) async fn moment(&self) {
        let millis = match self.draw(64) {
            0 => 700,
            few => 1 + few % 4,
        };
        tokio::time::sleep(Duration::from_millis(u64::from(millis))).await;
    }

    /// How a call of the ledger goes: `Some(carried_out)` when it fails.
    fn failure(&self, what: &str) -> Option<bool> {
        let mut state = self.state();
        if state.failing == 0 || !what.contains(state.kind) {
            return None;
        }
        match state.lucky.checked_sub(1) {
            Some(lucky) => {
                state.lucky = lucky;
                None
            }
            None => {
                state.failing -= 1;
                state.trace.push(format!("{what}: storage fails"));
                Some(state.answers_lost)
            }
        }
    }
}

/// The ledger as it is reached.
pub(super) struct Wire {
    pub(super) books: Arc<dyn Books>,
    /// Where the ledger has its own threads: what it is asked is done there, and nothing else happens meanwhile.
    pub(super) threads: Option<Handle>,
    /// None for people and for who counts: they wait for nothing, and are always answered.
    pub(super) weather: Option<Arc<Weather>>,
}

impl Wire {
    async fn through<T: Send>(
        &self,
        what: String,
        call: impl Future<Output = Answer<T>> + Send,
    ) -> Answer<T> {
        let Some(weather) = &self.weather else {
            return self.whole(call).await;
        };
        weather.moment().await;
        let failure = weather.failure(&what);
        if failure == Some(false) {
            return Err(unavailable());
        }
        let answer = self.whole(call).await;
        if !what.is_empty() {
            let how = answer
                .as_ref()
                .map_or_else(ToString::to_string, |_| "done".to_owned());
            weather.note(format!("{what}: {how}"));
        }
        weather.moment().await;
        match failure {
            Some(_) => Err(unavailable()),
            None => answer,
        }
    }

    async fn whole<T: Send>(&self, call: impl Future<Output = Answer<T>> + Send) -> Answer<T> {
        match &self.threads {
            None => call.await,
            Some(threads) => {
                let there = || threads.block_on(call);
                let done = thread::scope(|scope| scope.spawn(there).join());
                done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        }
    }
}

fn unavailable() -> SpoolError {
    StoreError::Unavailable("the weather".into()).into()
}

#[async_trait]
impl Ledger for Wire {
    async fn enroll(&self, me: &Identity, address: &str) -> Answer<()> {
        let what = String::new();
        self.through(what, self.books.enroll(me, address)).await
    }

    async fn take_own(&self, me: &Identity) -> Answer<Vec<Lease>> {
        let what = "take_own".to_owned();
        self.through(what, self.books.take_own(me)).await
    }

    async fn show_life(&self, me: &Identity) -> Answer<Vec<Lease>> {
        let what = String::new();
        self.through(what, self.books.show_life(me)).await
    }

    async fn retire(&self, me: &Identity) -> Answer<()> {
        let what = "retire".to_owned();
        self.through(what, self.books.retire(me)).await
    }

    async fn in_force(&self, lease: &Lease) -> Answer<()> {
        let what = "in_force".to_owned();
        self.through(what, self.books.in_force(lease)).await
    }

    async fn note_condition(&self, lease: &Lease, condition: &str) -> Answer<()> {
        let what = String::new();
        self.through(what, self.books.note_condition(lease, condition))
            .await
    }

    fn is_shared(&self) -> bool {
        self.books.is_shared()
    }

    async fn listen(&self) -> Answer<Option<Listener>> {
        let what = String::new();
        self.through(what, self.books.listen()).await
    }

    async fn printer(&self, id: &PrinterId) -> Answer<Printer> {
        let what = String::new();
        self.through(what, self.books.printer(id)).await
    }

    async fn printer_access(&self, id: &PrinterId) -> Answer<PrinterAccess> {
        let what = String::new();
        self.through(what, self.books.printer_access(id)).await
    }

    async fn keep_address(&self, id: &PrinterId, found: IpAddr, act: &Act) -> Answer<IpAddr> {
        let what = String::new();
        self.through(what, self.books.keep_address(id, found, act))
            .await
    }

    async fn printer_status(&self, id: &PrinterId) -> Answer<PrinterStatus> {
        let what = String::new();
        self.through(what, self.books.printer_status(id)).await
    }

    async fn alignment(&self, printer: &PrinterId, stock: &str) -> Answer<Option<Aligned>> {
        let what = String::new();
        self.through(what, self.books.alignment(printer, stock))
            .await
    }

    async fn choose(
        &self,
        printer: &PrinterId,
        any_stock: bool,
        window: WindowOf<'_>,
    ) -> Answer<Option<Chosen>> {
        let what = String::new();
        self.through(what, self.books.choose(printer, any_stock, window))
            .await
    }

    async fn first_in_line(&self, printer: &PrinterId) -> Answer<Option<Job>> {
        let what = String::new();
        self.through(what, self.books.first_in_line(printer)).await
    }

    async fn job(&self, id: &JobId) -> Answer<JobView> {
        let what = String::new();
        self.through(what, self.books.job(id)).await
    }

    async fn printers_of(&self, id: &JobId) -> Answer<Vec<PrinterId>> {
        let what = String::new();
        self.through(what, self.books.printers_of(id)).await
    }

    async fn next_attempt(&self, job: &JobId, sheet: u32) -> Answer<u32> {
        let what = String::new();
        self.through(what, self.books.next_attempt(job, sheet))
            .await
    }

    async fn device_jobs(&self, job: &JobId) -> Answer<i64> {
        let what = String::new();
        self.through(what, self.books.device_jobs(job)).await
    }

    /// Blank forms: what is on a sheet changes nothing here.
    async fn opened(&self, _job: &Job, sheets: &[u32]) -> Answer<Opened> {
        Ok(Opened::Forms(sheets.iter().map(|_| Vec::new()).collect()))
    }

    async fn note_event(&self, job: &JobId, event: (&str, &str), now: DateTime<Utc>) -> Answer<()> {
        let what = String::new();
        self.through(what, self.books.note_event(job, event, now))
            .await
    }

    async fn reserve(
        &self,
        lease: &Lease,
        new: &Reservation,
        now: DateTime<Utc>,
    ) -> Answer<Vec<TriedSheet>> {
        let what = format!("{} reserved", new.token);
        self.through(what, self.books.reserve(lease, new, now))
            .await
    }

    async fn step(
        &self,
        lease: &Lease,
        token: &str,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        let what = format!("{token} {} -> {}", change.from, change.to);
        self.through(what, self.books.step(lease, token, change, now))
            .await
    }

    async fn note_evidence(
        &self,
        lease: &Lease,
        token: &str,
        state: AttemptState,
        evidence: &str,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        let what = String::new();
        self.through(
            what,
            self.books.note_evidence(lease, token, state, evidence, now),
        )
        .await
    }

    async fn recover(&self, lease: &Lease, now: DateTime<Utc>) -> Answer<()> {
        let what = "recover".to_owned();
        self.through(what, self.books.recover(lease, now)).await
    }

    async fn open_attempts(&self, printer: &PrinterId) -> Answer<Vec<OpenAttempts>> {
        let what = String::new();
        self.through(what, self.books.open_attempts(printer)).await
    }

    async fn printer_mark(&self, printer: &PrinterId) -> Answer<Option<String>> {
        let what = String::new();
        self.through(what, self.books.printer_mark(printer)).await
    }

    async fn pause(&self, printer: &PrinterId, act: &Act) -> Answer<()> {
        let what = "pause".to_owned();
        self.through(what, self.books.pause(printer, act)).await
    }

    async fn pause_for_stranger(&self, printer: &PrinterId, mark: &str, act: &Act) -> Answer<()> {
        let what = "pause_for_stranger".to_owned();
        self.through(what, self.books.pause_for_stranger(printer, mark, act))
            .await
    }

    async fn is_ours(&self, token: &str) -> Answer<bool> {
        let what = String::new();
        self.through(what, self.books.is_ours(token)).await
    }

    async fn decided_lately(
        &self,
        printer: &PrinterId,
        device: &str,
        now: DateTime<Utc>,
    ) -> Answer<Vec<OpenAttempts>> {
        let what = String::new();
        self.through(what, self.books.decided_lately(printer, device, now))
            .await
    }

    async fn note_late_result(
        &self,
        printer: &PrinterId,
        late: (&OpenAttempts, &str),
        act: &Act,
    ) -> Answer<()> {
        let what = "note_late_result".to_owned();
        self.through(what, self.books.note_late_result(printer, late, act))
            .await
    }

    async fn mark_printer(
        &self,
        printer: &PrinterId,
        mark: &str,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        let what = String::new();
        self.through(what, self.books.mark_printer(printer, mark, now))
            .await
    }
}

#[async_trait]
impl Books for Wire {
    async fn install(
        &self,
        id: &PrinterId,
        device: (&str, Option<EvidencePolicy>),
        act: &Act,
    ) -> Answer<()> {
        self.whole(self.books.install(id, device, act)).await
    }

    async fn submit(&self, new: NewJob) -> Answer<()> {
        self.whole(self.books.submit(new)).await
    }

    async fn hold(&self, id: &JobId, act: &Act) -> Answer<()> {
        self.whole(self.books.hold(id, act)).await
    }

    async fn release(&self, id: &JobId, act: &Act) -> Answer<()> {
        self.whole(self.books.release(id, act)).await
    }

    async fn cancel(&self, id: &JobId, act: &Act) -> Answer<()> {
        self.whole(self.books.cancel(id, act)).await
    }

    async fn set_priority(&self, id: &JobId, priority: i32, act: &Act) -> Answer<()> {
        self.whole(self.books.set_priority(id, priority, act)).await
    }

    async fn move_job(&self, id: &JobId, printer: &PrinterId, act: &Act) -> Answer<()> {
        self.whole(self.books.move_job(id, printer, act)).await
    }

    async fn split_job(&self, id: &JobId, printer: &PrinterId, act: &Act) -> Answer<()> {
        self.whole(self.books.split_job(id, printer, act)).await
    }

    async fn resolve(
        &self,
        id: &JobId,
        range: &SheetRange,
        outcome: Outcome,
        act: &Act,
    ) -> Answer<()> {
        self.whole(self.books.resolve(id, range, outcome, act))
            .await
    }

    async fn rule(&self, id: &JobId, range: &SheetRange, ruling: Ruling, act: &Act) -> Answer<()> {
        self.whole(self.books.rule(id, range, ruling, act)).await
    }

    async fn resume(&self, id: &PrinterId, act: &Act) -> Answer<()> {
        self.whole(self.books.resume(id, act)).await
    }

    async fn load_stock(&self, id: &PrinterId, new: &NewLoad, act: &Act) -> Answer<()> {
        self.whole(self.books.load_stock(id, new, act)).await
    }

    async fn sheets(&self, id: &JobId) -> Answer<Vec<Sheet>> {
        self.whole(self.books.sheets(id)).await
    }

    async fn stock_ledger(&self, id: &PrinterId) -> Answer<StockLedger> {
        self.whole(self.books.stock_ledger(id)).await
    }
}
