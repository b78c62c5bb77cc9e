//! The store itself, on SQLite, with the verbs of people.

use async_trait::async_trait;
use formfeed_domain::spool::{
    EvidencePolicy, JobId, Outcome, PrinterAccess, PrinterId, Ruling, Sheet, SheetRange,
    StockLedger,
};
use formfeed_store::spooler::{Act, NewJob, NewLoad, NewPrinter, Once, Quorum, SpoolerStore};

use super::books::Books;
use super::memory::Answer;
use super::world::SPOOLER;

#[async_trait]
impl Books for SpoolerStore {
    async fn install(
        &self,
        id: &PrinterId,
        device: (&str, Option<EvidencePolicy>),
        act: &Act,
    ) -> Answer<()> {
        let new = NewPrinter {
            id: id.clone(),
            uri: device.0.to_owned(),
            dialect: None,
            evidence: device.1,
            stock: None,
            holder: (SPOOLER.to_owned(), String::new()),
            access: PrinterAccess::default(),
            request_id: act.id.clone(),
            fingerprint: String::new(),
        };
        self.create_printer(&new, act).await.map(drop)
    }

    async fn submit(&self, new: NewJob) -> Answer<()> {
        self.submit(new).await.map(drop)
    }

    async fn hold(&self, id: &JobId, act: &Act) -> Answer<()> {
        self.hold(id, act).await
    }

    async fn release(&self, id: &JobId, act: &Act) -> Answer<()> {
        self.release(id, act).await
    }

    async fn cancel(&self, id: &JobId, act: &Act) -> Answer<()> {
        self.cancel(id, false, act).await
    }

    async fn set_priority(&self, id: &JobId, priority: i32, act: &Act) -> Answer<()> {
        self.set_priority(id, priority, act).await
    }

    async fn move_job(&self, id: &JobId, printer: &PrinterId, act: &Act) -> Answer<()> {
        self.move_job(id, printer, act).await
    }

    async fn split_job(&self, id: &JobId, printer: &PrinterId, act: &Act) -> Answer<()> {
        self.split_job(id, printer, None, act).await
    }

    async fn resolve(
        &self,
        id: &JobId,
        range: &SheetRange,
        outcome: Outcome,
        act: &Act,
    ) -> Answer<()> {
        let quorum = Quorum::default();
        self.resolve(id, range, outcome, None, act, &quorum).await
    }

    async fn rule(&self, id: &JobId, range: &SheetRange, ruling: Ruling, act: &Act) -> Answer<()> {
        let once = Once {
            request_id: act.id.clone(),
            fingerprint: String::new(),
        };
        self.rule(id, range, ruling, act, &once, &Quorum::default())
            .await
    }

    async fn resume(&self, id: &PrinterId, act: &Act) -> Answer<()> {
        self.resume(id, act).await
    }

    async fn load_stock(&self, id: &PrinterId, new: &NewLoad, act: &Act) -> Answer<()> {
        self.load_stock(id, new, act).await
    }

    async fn sheets(&self, id: &JobId) -> Answer<Vec<Sheet>> {
        self.sheets(id, 0, 1_000, false).await
    }

    async fn stock_ledger(&self, id: &PrinterId) -> Answer<StockLedger> {
        self.stock_ledger(id).await
    }
}
