//! What must hold at every moment, and at the end: the paper is counted, and held against the ledger.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_domain::spool::{
    Attempt, AttemptState as A, Finality, JobId, Sheet, SheetState, StockCounts, Sums,
};

use super::books::Books as _;
use super::world::World;
use crate::queue::ledger::Ledger as _;

impl World {
    /// What holds at every moment.
    pub(super) async fn check(&mut self) {
        let mut in_doubt: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut under_way = in_doubt.clone();
        let mut stands = Vec::new();
        for id in self.jobs.clone() {
            let sheets = self.books.sheets(&id).await.expect("sheets");
            for attempt in sheets.iter().flat_map(|sheet| &sheet.attempts) {
                let at_stake = match attempt.state {
                    A::InDoubt => &mut in_doubt,
                    state if state.is_under_way() => &mut under_way,
                    _ => continue,
                };
                let tokens = at_stake.entry(attempt.printer.to_string()).or_default();
                tokens.insert(attempt.token.clone());
            }
            sheets.iter().for_each(|sheet| self.check_sheet(&id, sheet));
            stands.extend(sheets.iter().flat_map(stand));
            self.check_report(&id, &sheets).await;
        }
        for (printer, tokens) in in_doubt.into_iter().chain(under_way) {
            let so_far = self.weather.so_far();
            assert!(
                tokens.len() == 1,
                "{printer} has {tokens:?} at stake\n{so_far}"
            );
        }
        self.stands = stands;
        for printer in &self.printers {
            // Every load adds up, every number is in one class.
            let ledger = self.books.stock_ledger(printer).await;
            ledger.unwrap_or_else(|error| panic!("{error}\n{}", self.weather.so_far()));
        }
    }

    /// No sheet was marked more often than decided; every attempt marked what it says.
    fn check_sheet(&self, id: &JobId, sheet: &Sheet) {
        let (mut marks, mut decided, mut holding) = (0, 0, 0);
        for attempt in &sheet.attempts {
            let marked = self.marks(&attempt.token);
            let fits = match attempt.state {
                A::Good | A::Spoiled | A::Lost => marked == 1,
                A::NotPrinted | A::Released | A::Reserved => marked == 0,
                A::Intent | A::InFlight | A::AwaitingConfirmation | A::InDoubt => marked <= 1,
            };
            assert!(
                fits,
                "{} was marked {marked} times, and is {}\n{}",
                attempt.token,
                attempt.state,
                self.weather.so_far()
            );
            marks += marked;
            decided += u32::from(attempt.reprinted);
            holding += u32::from(attempt.state.holds_sheet());
        }
        let trace = || self.weather.so_far();
        assert!(marks <= 1 + decided, "{id} {sheet:#?}\n{}", trace());
        assert!(holding <= 1, "{id} {sheet:#?}\n{}", trace());
    }

    /// Quantity and total are those of the good sheets; final is what nothing can change, and stays.
    async fn check_report(&mut self, id: &JobId, sheets: &[Sheet]) {
        let view = self.books.job(id).await;
        let view = view.unwrap_or_else(|error| panic!("{id}: {error}\n{}", self.weather.so_far()));
        let report = view.report;
        let good = sheets
            .iter()
            .filter(|sheet| sheet.state == SheetState::Good);
        let good: Sums = good.map(|sheet| sheet.plan.sums).sum();
        assert_eq!(
            (
                report.forms_printed,
                report.forms_void,
                report.sheets_printed,
                report.total
            ),
            (good.forms, good.void_forms, good.sheets, good.total),
            "{id} {}",
            self.weather.so_far()
        );
        if report.finality == Finality::Provisional {
            return;
        }
        let is_closed =
            |sheet: &Sheet| matches!(sheet.state, SheetState::Good | SheetState::Abandoned);
        assert!(
            sheets.iter().all(is_closed),
            "{id} is final, with {sheets:#?}"
        );
        let first = self
            .finals
            .entry((id.clone(), report.version))
            .or_insert_with(|| report.clone());
        assert_eq!(*first, report, "{id}: a final report changed");
    }

    pub(super) async fn all_ended(&self) -> bool {
        for id in &self.jobs {
            let view = self.books.job(id).await.expect("a job");
            if view.report.finality == Finality::Provisional {
                return false;
            }
        }
        true
    }

    /// Every mark is of an attempt that says so, and the stock is where the paper is.
    pub(super) async fn recount(&self) {
        let mut unknown: BTreeSet<String> =
            self.hardware.iter().flat_map(|it| it.tokens()).collect();
        unknown.remove("somebody else's");
        let mut used: BTreeMap<&str, StockCounts> = BTreeMap::new();
        let mut all = Vec::new();
        for id in &self.jobs {
            all.extend(self.books.sheets(id).await.expect("sheets"));
        }
        for attempt in all.iter().flat_map(|sheet| &sheet.attempts) {
            unknown.remove(&attempt.token);
            let used = used.entry(attempt.printer.as_str()).or_default();
            match attempt.state {
                A::Good => used.good += 1,
                A::Spoiled => used.spoiled += 1,
                A::Lost => used.lost += 1,
                _ => {}
            }
        }
        assert!(
            unknown.is_empty(),
            "nobody knows of {unknown:?}\n{}",
            self.weather.so_far()
        );
        for printer in self.printers.iter().filter(|it| it.as_str() != "folder") {
            let ledger = self.books.stock_ledger(printer).await.expect("a ledger");
            let totals = ledger.by_stock();
            let counts = totals.first().expect("one stock").counts;
            let used = used.remove(printer.as_str()).unwrap_or_default();
            assert_eq!(counts, used, "{printer} {}", self.weather.so_far());
        }
    }

    fn marks(&self, token: &str) -> u32 {
        self.hardware
            .iter()
            .map(|hardware| hardware.marks(token))
            .sum()
    }

    /// All there is to know.
    pub(super) async fn told(&self) -> String {
        let mut told = self.weather.so_far();
        for id in &self.jobs {
            let view = self.books.job(id).await.expect("a job");
            let sheets = self.books.sheets(id).await.expect("sheets");
            told += &format!("\n{:?} {sheets:#?}", view.job);
        }
        for printer in &self.printers {
            told += &format!("\n{:?}", self.books.printer_status(printer).await);
            told += &format!("\n{:?}", self.queue().shared().board.of(printer));
        }
        told
    }
}

/// What is known of every try of a sheet.
fn stand(sheet: &Sheet) -> Vec<String> {
    let stand = |attempt: &Attempt| {
        let (token, state, serial) = (&attempt.token, attempt.state, attempt.serial);
        let (basis, by, again) = (attempt.basis, &attempt.decided_by, attempt.reprinted);
        format!(
            "{token} {state} {serial:?} {basis:?} {by:?} {again} {}",
            attempt.evidence
        )
    };
    sheet.attempts.iter().map(stand).collect()
}
