//! What the workers ask of storage, as a trait: the store in a spooler, the same store behind faults in the simulation.

use std::net::IpAddr;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use formfeed_domain::spool::{
    AttemptState, Job, JobId, Printer, PrinterAccess, PrinterId, TriedSheet,
};
use formfeed_store::spooler::{
    Act, Aligned, Change, Chosen, Identity, JobView, Lease, Listener, OpenAttempts, Opened,
    PrinterStatus, Reservation, SpoolError, SpoolerStore,
};

type Answer<T> = Result<T, SpoolError>;
/// Sheets of the next device job, of a job's sheets that are left.
pub(crate) type WindowOf<'a> = &'a (dyn Fn(&Job, u32) -> u32 + Send + Sync);

/// The store as the queue sees it: each method is the one of [`SpoolerStore`] with the same name, and happens whole or not at all.
#[async_trait]
pub(crate) trait Ledger: Send + Sync {
    async fn enroll(&self, me: &Identity, address: &str) -> Answer<()>;
    async fn take_own(&self, me: &Identity) -> Answer<Vec<Lease>>;
    async fn show_life(&self, me: &Identity) -> Answer<Vec<Lease>>;
    async fn retire(&self, me: &Identity) -> Answer<()>;
    async fn in_force(&self, lease: &Lease) -> Answer<()>;
    async fn note_condition(&self, lease: &Lease, condition: &str) -> Answer<()>;
    fn is_shared(&self) -> bool;
    async fn listen(&self) -> Answer<Option<Listener>>;

    async fn printer(&self, id: &PrinterId) -> Answer<Printer>;
    async fn printer_access(&self, id: &PrinterId) -> Answer<PrinterAccess>;
    async fn keep_address(&self, id: &PrinterId, found: IpAddr, act: &Act) -> Answer<IpAddr>;
    async fn printer_status(&self, id: &PrinterId) -> Answer<PrinterStatus>;
    async fn alignment(&self, printer: &PrinterId, stock: &str) -> Answer<Option<Aligned>>;

    async fn choose(
        &self,
        printer: &PrinterId,
        any_stock: bool,
        window: WindowOf<'_>,
    ) -> Answer<Option<Chosen>>;
    async fn first_in_line(&self, printer: &PrinterId) -> Answer<Option<Job>>;
    async fn job(&self, id: &JobId) -> Answer<JobView>;
    async fn printers_of(&self, id: &JobId) -> Answer<Vec<PrinterId>>;
    async fn next_attempt(&self, job: &JobId, sheet: u32) -> Answer<u32>;
    async fn device_jobs(&self, job: &JobId) -> Answer<i64>;
    async fn opened(&self, job: &Job, sheets: &[u32]) -> Answer<Opened>;
    async fn note_event(&self, job: &JobId, event: (&str, &str), now: DateTime<Utc>) -> Answer<()>;

    async fn reserve(
        &self,
        lease: &Lease,
        new: &Reservation,
        now: DateTime<Utc>,
    ) -> Answer<Vec<TriedSheet>>;
    async fn step(
        &self,
        lease: &Lease,
        token: &str,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Answer<()>;
    async fn note_evidence(
        &self,
        lease: &Lease,
        token: &str,
        state: AttemptState,
        evidence: &str,
        now: DateTime<Utc>,
    ) -> Answer<()>;
    async fn recover(&self, lease: &Lease, now: DateTime<Utc>) -> Answer<()>;
    async fn open_attempts(&self, printer: &PrinterId) -> Answer<Vec<OpenAttempts>>;

    async fn printer_mark(&self, printer: &PrinterId) -> Answer<Option<String>>;
    async fn mark_printer(&self, printer: &PrinterId, mark: &str, now: DateTime<Utc>)
    -> Answer<()>;
    async fn pause(&self, printer: &PrinterId, act: &Act) -> Answer<()>;
    async fn pause_for_stranger(&self, printer: &PrinterId, mark: &str, act: &Act) -> Answer<()>;
    async fn is_ours(&self, token: &str) -> Answer<bool>;
    async fn decided_lately(
        &self,
        printer: &PrinterId,
        device: &str,
        now: DateTime<Utc>,
    ) -> Answer<Vec<OpenAttempts>>;
    async fn note_late_result(
        &self,
        printer: &PrinterId,
        late: (&OpenAttempts, &str),
        act: &Act,
    ) -> Answer<()>;
}

#[async_trait]
impl Ledger for SpoolerStore {
    async fn enroll(&self, me: &Identity, address: &str) -> Answer<()> {
        self.enroll(me, address).await
    }

    async fn take_own(&self, me: &Identity) -> Answer<Vec<Lease>> {
        self.take_own(me).await
    }

    async fn show_life(&self, me: &Identity) -> Answer<Vec<Lease>> {
        self.show_life(me).await
    }

    async fn retire(&self, me: &Identity) -> Answer<()> {
        self.retire(me).await
    }

    async fn in_force(&self, lease: &Lease) -> Answer<()> {
        self.in_force(lease).await
    }

    async fn note_condition(&self, lease: &Lease, condition: &str) -> Answer<()> {
        self.note_condition(lease, condition).await
    }

    fn is_shared(&self) -> bool {
        self.is_shared()
    }

    async fn listen(&self) -> Answer<Option<Listener>> {
        self.listen().await
    }

    async fn printer(&self, id: &PrinterId) -> Answer<Printer> {
        self.printer(id).await
    }

    async fn printer_access(&self, id: &PrinterId) -> Answer<PrinterAccess> {
        self.printer_access(id).await
    }

    async fn keep_address(&self, id: &PrinterId, found: IpAddr, act: &Act) -> Answer<IpAddr> {
        self.keep_address(id, found, act).await
    }

    async fn printer_status(&self, id: &PrinterId) -> Answer<PrinterStatus> {
        self.printer_status(id).await
    }

    async fn alignment(&self, printer: &PrinterId, stock: &str) -> Answer<Option<Aligned>> {
        self.alignment(printer, stock).await
    }

    async fn choose(
        &self,
        printer: &PrinterId,
        any_stock: bool,
        window: WindowOf<'_>,
    ) -> Answer<Option<Chosen>> {
        self.choose(printer, any_stock, window).await
    }

    async fn first_in_line(&self, printer: &PrinterId) -> Answer<Option<Job>> {
        self.first_in_line(printer).await
    }

    async fn job(&self, id: &JobId) -> Answer<JobView> {
        self.job(id).await
    }

    async fn printers_of(&self, id: &JobId) -> Answer<Vec<PrinterId>> {
        self.printers_of(id).await
    }

    async fn next_attempt(&self, job: &JobId, sheet: u32) -> Answer<u32> {
        self.next_attempt(job, sheet).await
    }

    async fn device_jobs(&self, job: &JobId) -> Answer<i64> {
        self.device_jobs(job).await
    }

    async fn opened(&self, job: &Job, sheets: &[u32]) -> Answer<Opened> {
        self.opened(job, sheets).await
    }

    async fn note_event(&self, job: &JobId, event: (&str, &str), now: DateTime<Utc>) -> Answer<()> {
        self.note_event(job, event, now).await
    }

    async fn reserve(
        &self,
        lease: &Lease,
        new: &Reservation,
        now: DateTime<Utc>,
    ) -> Answer<Vec<TriedSheet>> {
        self.reserve(lease, new, now).await
    }

    async fn step(
        &self,
        lease: &Lease,
        token: &str,
        change: &Change,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        self.step(lease, token, change, now).await
    }

    async fn note_evidence(
        &self,
        lease: &Lease,
        token: &str,
        state: AttemptState,
        evidence: &str,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        self.note_evidence(lease, token, state, evidence, now).await
    }

    async fn recover(&self, lease: &Lease, now: DateTime<Utc>) -> Answer<()> {
        self.recover(lease, now).await
    }

    async fn open_attempts(&self, printer: &PrinterId) -> Answer<Vec<OpenAttempts>> {
        self.open_attempts(printer).await
    }

    async fn printer_mark(&self, printer: &PrinterId) -> Answer<Option<String>> {
        self.printer_mark(printer).await
    }

    async fn mark_printer(
        &self,
        printer: &PrinterId,
        mark: &str,
        now: DateTime<Utc>,
    ) -> Answer<()> {
        self.mark_printer(printer, mark, now).await
    }

    async fn pause(&self, printer: &PrinterId, act: &Act) -> Answer<()> {
        self.pause(printer, act).await
    }

    async fn pause_for_stranger(&self, printer: &PrinterId, mark: &str, act: &Act) -> Answer<()> {
        self.pause_for_stranger(printer, mark, act).await
    }

    async fn is_ours(&self, token: &str) -> Answer<bool> {
        self.is_ours(token).await
    }

    async fn decided_lately(
        &self,
        printer: &PrinterId,
        device: &str,
        now: DateTime<Utc>,
    ) -> Answer<Vec<OpenAttempts>> {
        self.decided_lately(printer, device, now).await
    }

    async fn note_late_result(
        &self,
        printer: &PrinterId,
        late: (&OpenAttempts, &str),
        act: &Act,
    ) -> Answer<()> {
        self.note_late_result(printer, late, act).await
    }
}
