//! What a job is at this moment: derived from its facts, its sheets and what its printer is up to.

use std::fmt;

use super::{Job, SheetState, Tally};

/// Where a job stands, after IPP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waits its turn.
    Pending,
    /// Held by an operator.
    Held,
    /// Sheets are being printed.
    Processing,
    /// Cannot go on now.
    Stopped,
    /// Ended by an operator.
    Canceled,
    /// Ended by the system.
    Aborted,
    /// Every sheet is good, or given up by decision.
    Completed,
    /// A sheet is in doubt.
    NeedsDecision,
    /// Sent; the operator's word is wanted.
    AwaitingConfirmation,
}

impl JobState {
    /// The word of lists.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Held => "held",
            Self::Processing => "processing",
            Self::Stopped => "stopped",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
            Self::Completed => "completed",
            Self::NeedsDecision => "needs-decision",
            Self::AwaitingConfirmation => "awaiting-confirmation",
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the printer of a job is up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Situation {
    /// The printer works on this very job.
    pub at_work: bool,
    /// Why the device itself does not print now, in words: it stops the sheet at work too.
    pub trouble: Vec<String>,
    /// What a person should look after although the device still prints.
    pub attention: Vec<String>,
    /// Why no further sheet of this job may be sent now, in words; the sheet at work goes on.
    pub obstacles: Vec<String>,
}

impl Situation {
    /// Of all printers of a job: one that can go on keeps it going, and what stops another wants attention.
    pub fn of_all(situations: Vec<Self>) -> Self {
        let goes_on = situations.iter().any(|it| it.stops().is_empty());
        let mut all = Self::default();
        for mut situation in situations {
            let stops = situation.stops();
            all.at_work |= situation.at_work;
            all.attention.append(&mut situation.attention);
            if goes_on {
                all.attention.extend(stops);
            } else {
                all.trouble.append(&mut situation.trouble);
                all.obstacles.append(&mut situation.obstacles);
            }
        }
        all
    }

    /// Everything that keeps the next sheet from being sent.
    pub fn stops(&self) -> Vec<String> {
        [self.obstacles.as_slice(), &self.trouble].concat()
    }
}

/// A job's state, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStanding {
    /// The state.
    pub state: JobState,
    /// Why, in words; blank where the state says it all.
    pub reasons: Vec<String>,
}

impl JobStanding {
    /// What the facts, the sheets and the printer make of a job. Doubt outweighs everything else.
    pub fn of(job: &Job, tally: &Tally, situation: &Situation) -> Self {
        let sheets = |state| tally.sheets(state);
        let (state, reasons) = if sheets(SheetState::InDoubt) > 0 {
            let reason = sheets_are(sheets(SheetState::InDoubt), "in doubt: say what became of");
            (JobState::NeedsDecision, vec![reason])
        } else if sheets(SheetState::Live) > 0 {
            under_way(job, situation)
        } else if sheets(SheetState::AwaitingConfirmation) > 0
            && (sheets(SheetState::Pending) == 0 || job.canceled.is_some())
        {
            let reason = sheets_are(
                sheets(SheetState::AwaitingConfirmation),
                "sent: confirm what became of",
            );
            (JobState::AwaitingConfirmation, vec![reason])
        } else if let Some(canceled) = &job.canceled {
            (JobState::Canceled, vec![canceled.reason.clone()])
        } else if let Some(reason) = &job.aborted {
            (JobState::Aborted, vec![reason.clone()])
        } else if tally.is_complete() {
            (JobState::Completed, vec![])
        } else if job.held {
            (JobState::Held, vec![])
        } else if sheets(SheetState::Pending) == 0 {
            (JobState::Stopped, vec![waste(tally)])
        } else if !situation.stops().is_empty() {
            (JobState::Stopped, situation.stops())
        } else if situation.at_work || tally.all().sheets > sheets(SheetState::Pending) {
            (JobState::Processing, vec![])
        } else {
            (JobState::Pending, vec![])
        };
        Self { state, reasons }
    }

    /// Whether the job is at its end: nothing open, and every sheet good or the rest given up.
    pub fn ends(job: &Job, tally: &Tally) -> bool {
        let given_up = job.canceled.is_some() || job.aborted.is_some();
        tally.is_settled() && (given_up || tally.is_complete())
    }
}

/// A sheet is at the device; trouble there stops the job without any doubt.
fn under_way(job: &Job, situation: &Situation) -> (JobState, Vec<String>) {
    if !situation.trouble.is_empty() {
        return (JobState::Stopped, situation.trouble.clone());
    }
    let at_the_border = |verb| Some(format!("{verb} when the sheet at work is done"));
    let border = match job {
        Job {
            canceled: Some(_), ..
        } => at_the_border("ends"),
        Job { held: true, .. } => at_the_border("is held"),
        _ => None,
    };
    let reasons = border.into_iter().chain(situation.attention.clone());
    (JobState::Processing, reasons.collect())
}

fn sheets_are(count: u32, what: &str) -> String {
    match count {
        1 => format!("1 sheet is {what} it"),
        _ => format!("{count} sheets are {what} them"),
    }
}

fn waste(tally: &Tally) -> String {
    let (spoiled, lost) = (
        tally.sheets(SheetState::Spoiled),
        tally.sheets(SheetState::Lost),
    );
    let words: Vec<_> = [(spoiled, "spoiled"), (lost, "lost")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    format!(
        "{} of {} sheets: reprint them by decision, or abandon them to end the job without them",
        words.join(" and "),
        tally.all().sheets
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::form::{Copy, FormType};
    use crate::spool::{Decision, Delivery, JobId, JobKind, JobSize, JobSpec, PrinterId, Sums};
    use crate::{PayerId, TaxYear};

    fn job() -> Job {
        Job {
            id: JobId::new("0192f3a4-0000-7000-8000-000000000001").unwrap(),
            spec: JobSpec {
                kind: JobKind::Forms,
                payer: PayerId::new("TE1").ok(),
                tax_year: TaxYear::new(2025).unwrap(),
                format_year: TaxYear::new(2025).unwrap(),
                form_type: FormType::Nec,
                copy: Copy::A,
                stock: "nec-3up".to_owned(),
                printer: PrinterId::new("laser").unwrap(),
                priority: 50,
                delivery: Delivery::Job,
            },
            size: JobSize::default(),
            request_id: "r".to_owned(),
            user: "ada".to_owned(),
            notes: vec![],
            held: false,
            canceled: None,
            aborted: None,
            ended_at: None,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            version: 1,
        }
    }

    fn canceled() -> Job {
        Job {
            canceled: Some(Decision {
                by: "bo".to_owned(),
                reason: "wrong year".to_owned(),
                at: DateTime::UNIX_EPOCH,
            }),
            ..job()
        }
    }

    fn tally(sheets: &[SheetState]) -> Tally {
        let mut tally = Tally::new();
        for state in sheets {
            let one = Sums {
                sheets: 1,
                ..Sums::default()
            };
            tally.add(*state, one);
        }
        tally
    }

    fn state(job: &Job, sheets: &[SheetState], obstacles: &[&str]) -> JobState {
        let situation = Situation {
            obstacles: obstacles.iter().map(|text| (*text).to_owned()).collect(),
            ..Situation::default()
        };
        JobStanding::of(job, &tally(sheets), &situation).state
    }

    use SheetState::{AwaitingConfirmation, Good, InDoubt, Live, Lost, Pending, Spoiled};

    #[test]
    fn doubt_outweighs_every_other_state() {
        let held = Job {
            held: true,
            ..job()
        };
        for job in [job(), held, canceled()] {
            let state = state(&job, &[Good, InDoubt, Live], &["offline"]);
            assert_eq!(state, JobState::NeedsDecision);
        }
        assert!(!JobStanding::ends(&canceled(), &tally(&[Good, InDoubt])));
    }

    #[test]
    fn a_job_walks_from_pending_to_completed() {
        assert_eq!(state(&job(), &[Pending, Pending], &[]), JobState::Pending);
        assert_eq!(state(&job(), &[Live, Pending], &[]), JobState::Processing);
        assert_eq!(state(&job(), &[Good, Pending], &[]), JobState::Processing);
        assert_eq!(
            state(&job(), &[Good, Pending], &["load stock nec-3up on laser"]),
            JobState::Stopped
        );
        assert_eq!(
            state(&job(), &[Good, AwaitingConfirmation], &[]),
            JobState::AwaitingConfirmation
        );
        assert_eq!(state(&job(), &[Good, Good], &[]), JobState::Completed);
        assert!(JobStanding::ends(&job(), &tally(&[Good, Good])));
    }

    #[test]
    fn only_trouble_at_the_device_stops_a_sheet_at_work() {
        let words = || vec!["out of paper".to_owned()];
        let standing = |situation| JobStanding::of(&job(), &tally(&[Live, Pending]), &situation);
        let trouble = standing(Situation {
            trouble: words(),
            ..Situation::default()
        });
        assert_eq!(
            (trouble.state, trouble.reasons),
            (JobState::Stopped, words())
        );
        let obstacle = standing(Situation {
            obstacles: words(),
            ..Situation::default()
        });
        assert_eq!(obstacle.state, JobState::Processing);
        let attention = standing(Situation {
            attention: words(),
            ..Situation::default()
        });
        assert_eq!(
            (attention.state, attention.reasons),
            (JobState::Processing, words())
        );
    }

    #[test]
    fn a_job_on_two_printers_stops_only_with_both() {
        let stopped = |words: &str| Situation {
            trouble: vec![words.to_owned()],
            ..Situation::default()
        };
        let one = Situation::of_all(vec![stopped("out of paper"), Situation::default()]);
        assert!(one.stops().is_empty() && one.attention == ["out of paper"]);
        let both = Situation::of_all(vec![stopped("out of paper"), stopped("jam")]);
        assert_eq!(both.stops(), ["out of paper", "jam"]);
        let only = stopped("jam");
        assert_eq!(Situation::of_all(vec![only.clone()]), only);
        assert_eq!(Situation::of_all(vec![]), Situation::default());
    }

    #[test]
    fn a_spoiled_sheet_neither_completes_a_job_nor_prints_again_by_itself() {
        assert_eq!(state(&job(), &[Good, Spoiled], &[]), JobState::Stopped);
        assert_eq!(state(&job(), &[Lost, Good], &[]), JobState::Stopped);
        assert!(!JobStanding::ends(&job(), &tally(&[Good, Spoiled])));
        assert_eq!(
            state(&canceled(), &[Good, Spoiled], &[]),
            JobState::Canceled
        );
        assert!(JobStanding::ends(&canceled(), &tally(&[Good, Spoiled])));
    }

    #[test]
    fn a_sheet_given_up_by_decision_lets_its_job_end() {
        use SheetState::Abandoned;
        assert!(JobStanding::ends(&job(), &tally(&[Good, Abandoned])));
        assert!(!JobStanding::ends(&job(), &tally(&[Pending, Abandoned])));
        assert_eq!(state(&job(), &[Good, Abandoned], &[]), JobState::Completed);
    }

    #[test]
    fn a_canceled_job_ends_at_the_border_of_the_sheet() {
        assert_eq!(
            state(&canceled(), &[Good, Live, Pending], &[]),
            JobState::Processing
        );
        assert!(!JobStanding::ends(
            &canceled(),
            &tally(&[Good, Live, Pending])
        ));
        assert_eq!(
            state(&canceled(), &[Good, Good, Pending], &[]),
            JobState::Canceled
        );
    }
}
