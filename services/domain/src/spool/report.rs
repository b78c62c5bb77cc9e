//! The count that is always right: quantity and total of a job, from its sealed sheets and their attempts.

use serde::{Deserialize, Serialize};

use super::{JobKind, JobSize, SheetState, Sums, Tally};
use crate::Money;

/// Whether a report can still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Finality {
    /// Something is pending, in flight, in doubt or waits for a word.
    Provisional,
    /// Stored for ever.
    Final,
}

/// Quantity and total of a job. Sheets: good + pending + live + in doubt + abandoned are all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobReport {
    /// Whether it can still change.
    pub finality: Finality,
    /// Forms on good sheets; void forms and Form 1096 are never in it.
    pub forms_printed: u32,
    /// Void forms on good sheets.
    pub forms_void: u32,
    /// Good sheets.
    pub sheets_printed: u32,
    /// Sheets of paper marked and thrown away; one sheet of the job may use up several.
    pub sheets_spoiled: u32,
    /// Sheets of paper gone without a trace.
    pub sheets_lost: u32,
    /// Times a person let a sheet that had been marked be printed again. Reports of before that was possible lack it.
    #[serde(default)]
    pub sheets_reprinted: u32,
    /// Of the pending sheets those that are spoiled or lost: they wait for a decision, not for the printer.
    #[serde(default)]
    pub sheets_wasted: u32,
    /// Sheets nobody can prove whether they were marked.
    pub sheets_in_doubt: u32,
    /// Sheets at work, or sent and waiting for the operator's word.
    pub sheets_live: u32,
    /// Of the live sheets those that wait for the operator's word. Reports of before they were counted lack it.
    #[serde(default)]
    pub sheets_awaiting_confirmation: u32,
    /// Sheets not printed yet; spoiled and lost ones that nobody reprinted are among them while the job is open.
    pub sheets_pending: u32,
    /// Sheets the job ended without.
    pub sheets_abandoned: u32,
    /// Over the good sheets, the boxes that make Form 1096 box 5.
    pub total: Money,
    /// Over the good sheets, Form 1096 box 4.
    pub federal_withheld: Money,
    /// Over the good sheets, the state boxes.
    pub state_withheld: Money,
    /// Largest total still possible.
    pub total_at_most: Money,
    /// 1 for the first report; corrections of a final one count up.
    pub version: u32,
    /// On what grounds sheets are good, in words.
    pub evidence: String,
}

/// A report that does not add up is never given out: our bug, or rows edited by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// Sheets, forms or void forms got lost or appeared between the sealing and the report.
    #[error("the job was sealed with {sealed} sheets, but {found} are accounted for")]
    Count {
        /// When sealed.
        sealed: u32,
        /// Now.
        found: u32,
    },
    /// The amounts of all sheets are not the sealed control total.
    #[error("the amounts of the sheets are not the job's control total")]
    Control,
    /// A good sheet without a ground, or two.
    #[error("{good} sheets are good, on the grounds of {grounds}")]
    Grounds {
        /// Good sheets.
        good: u32,
        /// Grounds found.
        grounds: u32,
    },
    /// A final report while something is open.
    #[error("the job ended while a sheet was at work or in doubt")]
    Unsettled,
}

impl JobReport {
    /// The report of a job of a `kind` that was sealed with `size`, whose sheets stand as `tally` says.
    ///
    /// # Errors
    /// [`ReportError`] when an equation does not hold.
    ///
    /// Source: Form 1096 instructions, boxes 3 to 5: neither void forms nor Form 1096 itself are counted.
    pub fn of(
        kind: JobKind,
        size: &JobSize,
        tally: &Tally,
        finality: Finality,
    ) -> Result<Self, ReportError> {
        let ended = finality == Finality::Final;
        if ended && !tally.is_settled() {
            return Err(ReportError::Unsettled);
        }
        check(&size.sealed, tally)?;
        let tally = match ended {
            true => tally.clone().at_end(),
            false => tally.clone(),
        };
        let sheets = |states: &[SheetState]| states.iter().map(|s| tally.sheets(*s)).sum();
        let good = tally.of(SheetState::Good);
        Ok(Self {
            finality,
            forms_printed: match kind {
                JobKind::Forms => good.forms,
                JobKind::Transmittal | JobKind::Alignment | JobKind::Calibration => 0,
            },
            forms_void: good.void_forms,
            sheets_printed: good.sheets,
            sheets_spoiled: tally.spoiled_attempts,
            sheets_lost: tally.lost_attempts,
            sheets_reprinted: tally.reprints,
            sheets_wasted: sheets(&[SheetState::Spoiled, SheetState::Lost]),
            sheets_in_doubt: sheets(&[SheetState::InDoubt]),
            sheets_live: sheets(&[SheetState::Live, SheetState::AwaitingConfirmation]),
            sheets_awaiting_confirmation: sheets(&[SheetState::AwaitingConfirmation]),
            sheets_pending: sheets(&[SheetState::Pending, SheetState::Spoiled, SheetState::Lost]),
            sheets_abandoned: sheets(&[SheetState::Abandoned]),
            total: good.total,
            federal_withheld: good.federal_withheld,
            state_withheld: good.state_withheld,
            total_at_most: tally.all().total - tally.of(SheetState::Abandoned).total,
            version: 1,
            evidence: words(&tally),
        })
    }

    /// The same as the version that comes after so many final ones.
    pub fn after(self, versions: u32) -> Self {
        Self {
            version: versions + 1,
            ..self
        }
    }
}

/// The equations: every sheet, form and cent that was sealed is accounted for once.
fn check(sealed: &Sums, tally: &Tally) -> Result<(), ReportError> {
    let all = tally.all();
    let counts = |sums: &Sums| (sums.sheets, sums.forms, sums.void_forms);
    if counts(&all) != counts(sealed) {
        return Err(ReportError::Count {
            sealed: sealed.sheets,
            found: all.sheets,
        });
    }
    if all != *sealed {
        return Err(ReportError::Control);
    }
    let (good, grounds) = (
        tally.sheets(SheetState::Good),
        tally.grounds().map(|(_, sheets)| sheets).sum(),
    );
    match good == grounds {
        true => Ok(()),
        false => Err(ReportError::Grounds { good, grounds }),
    }
}

fn words(tally: &Tally) -> String {
    let grounds: Vec<_> = tally
        .grounds()
        .filter(|(_, sheets)| *sheets > 0)
        .map(|(evidence, sheets)| format!("{sheets} good {}", evidence.words()))
        .collect();
    match grounds.is_empty() {
        true => "no sheet is good".to_owned(),
        false => grounds.join("; "),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spool::{AttemptState, EvidencePolicy};

    /// A sheet of one form and two voids, worth `cents`.
    fn sheet(cents: i64) -> Sums {
        Sums {
            sheets: 1,
            forms: 1,
            void_forms: 2,
            total: Money::from_cents(cents),
            ..Sums::default()
        }
    }

    fn tally_of(sheets: &[(i64, Vec<AttemptState>)]) -> (JobSize, Tally) {
        let mut tally = Tally::new();
        for (cents, attempts) in sheets {
            let state = SheetState::of(attempts.iter().copied(), false);
            tally.add(state, sheet(*cents));
            let count = |of| attempts.iter().filter(|a| **a == of).count() as u32;
            tally.spoiled_attempts += count(AttemptState::Spoiled);
            tally.lost_attempts += count(AttemptState::Lost);
            if state == SheetState::Good {
                tally.add_good(EvidencePolicy::Device, 1);
            }
        }
        let sealed = sheets.iter().map(|(cents, _)| sheet(*cents)).sum();
        (JobSize { sealed }, tally)
    }

    #[test]
    fn a_lost_cent_or_sheet_stops_the_report() {
        let (mut size, tally) = tally_of(&[(100, vec![AttemptState::Good])]);
        size.sealed.total += Money::from_cents(1);
        assert_eq!(
            JobReport::of(JobKind::Forms, &size, &tally, Finality::Provisional),
            Err(ReportError::Control)
        );
        size.sealed.sheets = 2;
        assert_eq!(
            JobReport::of(JobKind::Forms, &size, &tally, Finality::Provisional),
            Err(ReportError::Count {
                sealed: 2,
                found: 1
            })
        );
    }

    #[test]
    fn sheets_that_wait_for_a_word_are_told_from_those_at_work() {
        let (size, tally) = tally_of(&[
            (100, vec![AttemptState::AwaitingConfirmation]),
            (100, vec![AttemptState::InFlight]),
            (100, vec![]),
        ]);
        let report = JobReport::of(JobKind::Forms, &size, &tally, Finality::Provisional).unwrap();
        assert_eq!(
            (report.sheets_live, report.sheets_awaiting_confirmation),
            (2, 1)
        );
    }

    #[test]
    fn a_report_stored_before_they_were_counted_is_read() {
        let (size, tally) = tally_of(&[(100, vec![AttemptState::Good])]);
        let report = JobReport::of(JobKind::Forms, &size, &tally, Finality::Final).unwrap();
        let mut stored = serde_json::to_value(&report).unwrap();
        stored
            .as_object_mut()
            .unwrap()
            .remove("sheets_awaiting_confirmation");
        assert_eq!(serde_json::from_value::<JobReport>(stored).unwrap(), report);
    }

    #[test]
    fn form_1096_is_a_sheet_and_no_form() {
        let (size, tally) = tally_of(&[(0, vec![AttemptState::Good])]);
        let report = JobReport::of(JobKind::Transmittal, &size, &tally, Finality::Final).unwrap();
        assert_eq!((report.sheets_printed, report.forms_printed), (1, 0));
    }

    #[test]
    fn a_report_is_not_final_while_a_sheet_is_in_doubt() {
        let (size, tally) = tally_of(&[(100, vec![AttemptState::InDoubt])]);
        assert_eq!(
            JobReport::of(JobKind::Forms, &size, &tally, Finality::Final),
            Err(ReportError::Unsettled)
        );
    }

    /// Any life an attempt can have, as far as it went.
    fn life() -> impl Strategy<Value = AttemptState> {
        prop::collection::vec(any::<prop::sample::Index>(), 0..5).prop_map(|choices| {
            choices
                .into_iter()
                .fold(AttemptState::Reserved, |state, choice| match state.next() {
                    [] => state,
                    next => *choice.get(next),
                })
        })
    }

    /// Lives one after the other; the next starts only where the one before no longer holds the sheet.
    fn lives() -> impl Strategy<Value = Vec<AttemptState>> {
        prop::collection::vec(life(), 0..4).prop_map(|lives| {
            let mut kept = Vec::new();
            for life in lives {
                kept.push(life);
                if life.holds_sheet() {
                    break;
                }
            }
            kept
        })
    }

    proptest! {
        #[test]
        fn every_sheet_and_cent_is_accounted_for_whatever_happens(
            sheets in prop::collection::vec((0_i64..1_000_000, lives()), 0..40),
        ) {
            let (size, tally) = tally_of(&sheets);
            let finality = match tally.is_settled() {
                true => Finality::Final,
                false => Finality::Provisional,
            };
            let report = JobReport::of(JobKind::Forms, &size, &tally, finality).unwrap();
            let classes = report.sheets_printed + report.sheets_pending + report.sheets_live
                + report.sheets_in_doubt + report.sheets_abandoned;
            prop_assert_eq!(classes as usize, sheets.len());
            prop_assert!(report.sheets_awaiting_confirmation <= report.sheets_live);
            prop_assert_eq!(report.forms_printed + report.forms_void, 3 * report.sheets_printed);
            prop_assert!(report.total <= report.total_at_most);
            prop_assert!(report.total_at_most <= size.sealed.total);
            let good: i64 = sheets.iter()
                .filter(|(_, lives)| lives.contains(&AttemptState::Good))
                .map(|(cents, _)| cents).sum();
            prop_assert_eq!(report.total.cents(), good);
            if finality == Finality::Final {
                prop_assert_eq!(report.total, report.total_at_most);
                prop_assert_eq!(report.sheets_pending, 0);
            }
        }
    }
}
