//! An operator who looks at nothing but the trays, and tells the truth.

use formfeed_domain::spool::{AttemptState, JobId, Outcome, Ruling, Sheet, SheetRange, SheetState};

use super::books::Books as _;
use super::schedule::Step;
use super::world::World;
use crate::device::DeviceKind;
use crate::queue::may_still_print;

impl World {
    /// Changes a job as a step says.
    pub(super) async fn change(&mut self, job: usize, step: &Step) {
        let Some(last) = self.jobs.len().checked_sub(1) else {
            return;
        };
        let id = self.jobs[job.min(last)].clone();
        let act = self.act("because");
        let printer = |at: usize| self.printers[at].clone();
        let done = match *step {
            Step::Hold(_) => self.books.hold(&id, &act).await,
            Step::Release(_) => self.books.release(&id, &act).await,
            Step::Cancel(_) => self.books.cancel(&id, &act).await,
            Step::Priority(_, priority) => self.books.set_priority(&id, priority, &act).await,
            Step::Move { printer: to, .. } => self.books.move_job(&id, &printer(to), &act).await,
            Step::Split { printer: to, .. } => self.books.split_job(&id, &printer(to), &act).await,
            Step::Coffee { sheet, .. } => {
                let ruling = match self.weather.draw(4) {
                    0 => Ruling::Correct(Outcome::Spoiled),
                    1 => Ruling::Correct(Outcome::Lost),
                    _ => Ruling::Reprint,
                };
                return self.rule(&id, sheet, ruling).await;
            }
            Step::Restart { sheet, .. } => return self.rule(&id, sheet, Ruling::Restart).await,
            _ => Ok(()),
        };
        self.refused_or_done(done);
        self.wake(&id).await;
    }

    /// Rules about a sheet, or about all from it on.
    pub(super) async fn rule(&mut self, id: &JobId, sheet: u32, ruling: Ruling) {
        let sheets = self.books.sheets(id).await.expect("sheets").len();
        let last = match ruling {
            Ruling::Restart => u32::try_from(sheets).expect("few"),
            _ => sheet,
        };
        let Some(range) = SheetRange::new(sheet, last, &[])
            .ok()
            .filter(|_| usize::try_from(last).is_ok_and(|last| last <= sheets))
        else {
            return;
        };
        let act = self.act("it is no good");
        let done = self.books.rule(id, &range, ruling, &act).await;
        self.weather
            .note(format!("{} {id} {sheet}..={last}", ruling.as_str()));
        self.refused_or_done(done);
        self.wake(id).await;
    }

    /// Answers what the spooler asks, by what lies in the trays. In a `hurry` the spooler's word is taken that a printer it can
    /// ask has nothing of a sheet at work; else the printers are watched until they are idle.
    pub(super) async fn answer(&mut self, hurry: bool) {
        for id in self.jobs.clone() {
            for sheet in self.books.sheets(&id).await.expect("sheets") {
                match sheet.state {
                    SheetState::InDoubt | SheetState::AwaitingConfirmation => {
                        self.look(&id, &sheet, hurry).await;
                    }
                    SheetState::Spoiled | SheetState::Lost => {
                        let ruling = match self.weather.draw(8) {
                            0 => Ruling::Abandon,
                            _ => Ruling::Reprint,
                        };
                        self.rule(&id, sheet.plan.number, ruling).await;
                    }
                    _ => {}
                }
            }
        }
    }

    async fn look(&mut self, id: &JobId, sheet: &Sheet, hurry: bool) {
        let undecided = |state: AttemptState| state.is_undecided();
        let open = sheet.attempts.iter().find(|it| undecided(it.state));
        let open = open.expect("what is undecided is of an attempt");
        let number = sheet.plan.number;
        let at = self.printers.iter().position(|it| *it == open.printer);
        let hardware = self.hardware[at.expect("one of ours")].clone();
        if hardware.marks(&open.token) == 0 {
            let asks = hurry && hardware.kind == DeviceKind::Ipp;
            let may = match asks {
                false => !hardware.is_idle(),
                true => {
                    let shared = self.queue().shared().clone();
                    let may = may_still_print(&shared, id, &[number]).await;
                    may.map_or(true, |may| may.is_some())
                }
            };
            if may {
                return; // it may still come out
            }
        }
        // He looks again: in the meantime it may have come out.
        let outcome = match (hardware.marks(&open.token), self.weather.draw(6)) {
            (0, _) => Outcome::NotPrinted,
            (_, 0) => Outcome::Spoiled,
            (_, 1) => Outcome::Lost,
            _ => Outcome::Printed,
        };
        let range = SheetRange::new(number, number, &[]).expect("one sheet");
        let act = self.act("looked in the tray");
        let done = self.books.resolve(id, &range, outcome, &act).await;
        self.weather
            .note(format!("{} is {}", open.token, outcome.as_str()));
        self.refused_or_done(done);
        self.wake(id).await;
    }

    /// Releases what is held, resumes what is paused.
    pub(super) async fn let_all_go_on(&mut self) {
        for id in self.jobs.clone() {
            let act = self.act("go on");
            let done = self.books.release(&id, &act).await;
            self.refused_or_done(done);
            self.wake(&id).await;
        }
        for at in 0..self.printers.len() {
            let (printer, act) = (self.printers[at].clone(), self.act("go on"));
            let done = self.books.resume(&printer, &act).await;
            self.refused_or_done(done);
            self.wake_printer(at);
        }
    }
}
