//! A run from beginning to end.
//!
//! It reads vendors, cash accounts and codes once, while nothing is published, notes what reached somebody whom the
//! payment does not name in working rows of its own, then goes through the recipients in order of their keys, a page at
//! a time: while one page is calculated the next two are read and the last is kept. Memory holds a few pages, however
//! long the history is. Nothing shows before it completes.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use chrono::Utc;
use formfeed_domain::calculation::RunContext;
use formfeed_domain::{CashAccountId, PayerId};
use formfeed_runtime::{IntoStatus, context, incident};
use formfeed_store::StoreError;
use formfeed_store::calculation::{
    CalculationStore, RecipientResult, Run, RunPage, RunState, Totals,
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tonic::Status;

use crate::page::{self, Ground};
use crate::publication::Turn;
use crate::vendors::Vendors;

/// Pages read ahead of the calculation, and results ahead of their keeping.
const AHEAD: usize = 1;
/// Pages read at a time, each on a connection of its own.
const READERS: usize = 2;

/// What a caller sees of a run at work.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    /// The run as it stands.
    pub(crate) run: Run,
    /// Recipients to go through; 0 while not yet known.
    pub(crate) recipients_total: i64,
}

/// A run at work.
pub(crate) struct Worker {
    pub(crate) store: Arc<CalculationStore>,
    pub(crate) vendors: Vendors,
    pub(crate) publication: Turn,
    /// As it was begun.
    pub(crate) run: Run,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) cancel: CancellationToken,
}

/// Why a run ends without effect.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Someone wished it.
    Canceled,
    /// What its user is told.
    Failed(Status),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into_status())
    }
}

impl From<Status> for Stop {
    fn from(status: Status) -> Self {
        Self::Failed(status)
    }
}

impl Worker {
    /// Does all the work and completes the run; answers whether its results stand.
    pub(crate) async fn work(&self) -> Result<(), Stop> {
        let (run, ground) = self.read_once().await?;
        for month in 1..=12 {
            self.check()?;
            self.store.find_work(&run, month).await?;
        }
        let total = self.store.work_recipients(&run).await?;
        self.progress
            .send_modify(|progress| progress.recipients_total = total);
        let totals = self.go_through(&run, Arc::new(ground)).await?;
        self.check()?;
        let asked = &self.run.asked;
        match self.store.complete_run(asked, &totals, Utc::now()).await? {
            true => Ok(()),
            false => Err(Stop::Canceled),
        }
    }

    /// Keeps vendors, cash accounts and codes as they are now; answers the run that sees the history as it is now.
    ///
    /// No import is published meanwhile: its vendors would come with the vouchers of the import before it.
    async fn read_once(&self) -> Result<(Run, Ground), Stop> {
        let _turn = tokio::select! {
            turn = self.publication.lock() => turn,
            () = self.cancel.cancelled() => return Err(Stop::Canceled),
        };
        let run = self.store.renew_sequence(self.id()).await?;
        let run = run.ok_or(Stop::Canceled)?;
        self.progress
            .send_modify(|progress| progress.run.import_sequence = run.import_sequence);
        let mut stream = self.vendors.stream().await?;
        while let Some(vendors) = stream.next().await? {
            self.check()?;
            self.store.note_vendors(&run, &vendors).await?;
        }
        let accounts = self.vendors.cash_accounts().await?;
        let with_payer = accounts.with_payer;
        self.store
            .keep_cash_accounts(self.id(), &with_payer)
            .await?;
        let key = |(account, payer): (String, String)| {
            let account = CashAccountId::new(account).map_err(|bad| incident::internal(&bad))?;
            let payer = PayerId::new(payer).map_err(|bad| incident::internal(&bad))?;
            Ok((account, payer))
        };
        let payers: Result<HashMap<_, _>, Status> = with_payer.into_iter().map(key).collect();
        let ground = Ground {
            payers: payers?.into(),
            without_payer: accounts.without_payer,
            chart: self.vendors.chart(run.asked.tax_year).await?.into(),
        };
        self.store.keep_chart(self.id(), &ground.chart).await?;
        Ok((run, ground))
    }

    /// Reads, calculates and keeps every recipient; three steps at a time, each on another page.
    async fn go_through(&self, run: &Run, ground: Arc<Ground>) -> Result<Totals, Stop> {
        let (pages, read) = mpsc::channel(AHEAD);
        let (results, calculated) = mpsc::channel(AHEAD);
        let (_, _, totals) = futures::try_join!(
            self.read_pages(run, pages),
            self.calculate_pages(run, ground, read, results),
            self.keep_results(calculated),
        )?;
        Ok(totals)
    }

    /// Reads the pages in order, [`READERS`] at a time.
    async fn read_pages(&self, run: &Run, pages: mpsc::Sender<RunPage>) -> Result<(), Stop> {
        let (mut reading, mut after, mut is_more) = (VecDeque::new(), None, true);
        loop {
            while is_more && reading.len() < READERS {
                self.check()?;
                let next = self.store.recipients_after(run, after.as_deref()).await?;
                is_more = next.is_some();
                if let Some(recipients) = next {
                    after = recipients.last().cloned();
                    let (store, run) = (self.store.clone(), run.clone());
                    let page = async move { store.page(&run, &recipients).await };
                    reading.push_back(context::spawn(page));
                }
            }
            let Some(page) = reading.pop_front() else {
                return Ok(());
            };
            let page = page.await.map_err(|broken| incident::internal(&broken))?;
            if pages.send(page?).await.is_err() {
                return Ok(()); // the calculation has stopped, and says why
            }
        }
    }

    async fn calculate_pages(
        &self,
        run: &Run,
        ground: Arc<Ground>,
        mut pages: mpsc::Receiver<RunPage>,
        results: mpsc::Sender<Vec<RecipientResult>>,
    ) -> Result<(), Stop> {
        let asked = &run.asked;
        let context = Arc::new(RunContext {
            payer_id: asked.payer_id.clone(),
            tax_year: asked.tax_year,
            method: asked.method,
        });
        let orphans = &ground.without_payer;
        let orphans = self.store.payments_of_accounts(run, orphans).await?;
        let nobodys = self.store.payments_to_nobody(run).await?;
        let nobodys = page::nobodys(&context, &ground, &nobodys, &orphans);
        let nobodys = nobodys.map_err(|dangling| incident::internal(&dangling))?;
        if let Some(nobodys) = nobodys {
            results.send(vec![nobodys]).await.ok();
        }
        while let Some(page) = pages.recv().await {
            let (context, ground) = (context.clone(), ground.clone());
            let work = move || page::results(&context, &ground, &page);
            let done = tokio::task::spawn_blocking(work).await;
            let done = done.map_err(|broken| incident::internal(&broken))?;
            let done = done.map_err(|dangling| incident::internal(&dangling))?;
            if results.send(done).await.is_err() {
                break; // keeping has stopped, and says why
            }
        }
        Ok(())
    }

    async fn keep_results(
        &self,
        mut results: mpsc::Receiver<Vec<RecipientResult>>,
    ) -> Result<Totals, Stop> {
        let mut totals = Totals::default();
        while let Some(results) = results.recv().await {
            page::add(&mut totals, &results);
            self.store.keep_results(self.id(), results).await?;
            self.progress
                .send_modify(|progress| progress.run.totals = totals);
        }
        Ok(totals)
    }

    /// Ends the run without effect, and forgets what it has noted. A run that was completed after all stays as it is.
    pub(crate) async fn abandon(&self, state: RunState, failure: &str) -> Result<(), StoreError> {
        let now = Utc::now();
        self.store
            .abandon_run(self.id(), state, failure, now)
            .await?;
        let run = self.store.run(self.id()).await?;
        match run.is_some_and(|run| run.state == RunState::Completed) {
            true => Ok(()),
            false => self.store.clear_abandoned(self.id()).await,
        }
    }

    fn check(&self) -> Result<(), Stop> {
        match self.cancel.is_cancelled() {
            true => Err(Stop::Canceled),
            false => Ok(()),
        }
    }

    fn id(&self) -> &str {
        &self.run.asked.run_id
    }
}
