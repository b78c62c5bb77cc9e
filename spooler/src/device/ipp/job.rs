//! What a printer says of a job, and whether that proves anything.

use ipp::model::{DelimiterTag, JobState};
use ipp::prelude::{IppAttributeGroup, IppAttributes};

use super::attributes::{first_text, group, integer, texts};
use crate::device::{Evidence, Strength, TerminalState};

/// One job as the printer shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct JobStatus {
    pub(super) id: Option<i32>,
    pub(super) uuid: Option<String>,
    pub(super) name: Option<String>,
    state: Option<i32>,
    reasons: Vec<String>,
    message: Option<String>,
    impressions: Option<i32>,
    media_sheets: Option<i32>,
}

/// What follows from a look at a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Not at its end yet.
    Running,
    /// Completed, ours, nothing contradicts it.
    Proved,
    /// Anything else, in words.
    Doubt(String),
}

impl JobStatus {
    /// Reads the first job of an answer.
    pub(super) fn read(answer: &IppAttributes) -> Self {
        Self::of(group(answer, DelimiterTag::JobAttributes))
    }

    /// Reads all jobs of an answer.
    pub(super) fn read_all(answer: &IppAttributes) -> Vec<Self> {
        answer
            .groups_of(DelimiterTag::JobAttributes)
            .map(|job| Self::of(Some(job)))
            .collect()
    }

    fn of(job: Option<&IppAttributeGroup>) -> Self {
        Self {
            id: integer(job, "job-id"),
            uuid: first_text(job, "job-uuid"),
            name: first_text(job, "job-name"),
            state: integer(job, "job-state"),
            reasons: texts(job, "job-state-reasons"),
            message: first_text(job, "job-state-message").filter(|text| !text.is_empty()),
            impressions: integer(job, "job-impressions-completed"),
            media_sheets: integer(job, "job-media-sheets-completed"),
        }
    }

    /// Completed, canceled or aborted.
    pub(super) fn has_ended(&self) -> bool {
        self.state.and_then(terminal).is_some()
    }

    /// Judges what is seen now against what was `known` of our job, and notes it there.
    pub(super) fn judge(&self, known: &mut Evidence) -> Verdict {
        if let Some(stranger) = self.stranger(known) {
            known.messages.push(stranger.clone());
            return Verdict::Doubt(stranger);
        }
        known.device_job_name.clone_from(&self.name);
        if known.device_job_uuid.is_none() {
            known.device_job_uuid.clone_from(&self.uuid);
        }
        known.state_reasons.clone_from(&self.reasons);
        known.impressions_completed = self.impressions;
        known.media_sheets_completed = self.media_sheets;
        known.terminal = self.state.and_then(terminal);
        if known.terminal.is_none() {
            return Verdict::Running;
        }
        known.messages.extend(self.message.clone());
        match known.terminal {
            Some(TerminalState::Completed) => self.judge_completed(known),
            _ => Verdict::Doubt(format!(
                "the printer ended the job before it was completed ({})",
                self.reasons.join(", ")
            )),
        }
    }

    fn judge_completed(&self, known: &mut Evidence) -> Verdict {
        let sheets = i32::try_from(known.sheets).unwrap_or(i32::MAX);
        let counters = [("sides", self.impressions), ("sheets", self.media_sheets)];
        for (what, counted) in counters {
            if let Some(counted) = counted.filter(|counted| *counted != sheets) {
                let cause = format!(
                    "the printer contradicts itself: completed, with {counted} {what} of {sheets}"
                );
                known.messages.push(cause.clone());
                return Verdict::Doubt(cause);
            }
        }
        known.strength = Strength::Device;
        Verdict::Proved
    }

    /// Numbers of jobs start anew when a printer restarts: a job is ours by name and uuid only.
    fn stranger(&self, known: &Evidence) -> Option<String> {
        if self.name.as_deref() != Some(known.token.as_str()) {
            return Some("the printer has another job under our job's number".to_owned());
        }
        match (&known.device_job_uuid, &self.uuid) {
            (Some(ours), Some(theirs)) if ours == theirs => None,
            (None, _) => None,
            _ => Some("the printer has another uuid for our job".to_owned()),
        }
    }
}

fn terminal(state: i32) -> Option<TerminalState> {
    [
        (JobState::Completed, TerminalState::Completed),
        (JobState::Canceled, TerminalState::Canceled),
        (JobState::Aborted, TerminalState::Aborted),
    ]
    .into_iter()
    .find_map(|(ipp, ours)| (ipp as i32 == state).then_some(ours))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Evidence {
        Evidence {
            token: "j-1-1".to_owned(),
            sheets: 1,
            device_job_id: Some(1),
            device_job_uuid: Some("urn:uuid:a".to_owned()),
            ..Evidence::default()
        }
    }

    fn completed() -> JobStatus {
        JobStatus {
            id: Some(1),
            uuid: Some("urn:uuid:a".to_owned()),
            name: Some("j-1-1".to_owned()),
            state: Some(9),
            ..JobStatus::default()
        }
    }

    fn doubt(status: &JobStatus) -> String {
        let mut known = known();
        match status.judge(&mut known) {
            Verdict::Doubt(cause) => {
                assert_eq!(known.strength, Strength::Partial);
                cause
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn completed_and_ours_is_proof_when_nothing_contradicts_it() {
        for impressions in [None, Some(1)] {
            let mut known = known();
            let status = JobStatus {
                impressions,
                ..completed()
            };
            assert_eq!(status.judge(&mut known), Verdict::Proved);
            assert_eq!(known.strength, Strength::Device);
        }
    }

    #[test]
    fn a_printer_that_contradicts_itself_proves_nothing() {
        for count in [0, 2] {
            let sides = JobStatus {
                impressions: Some(count),
                ..completed()
            };
            let sheets = JobStatus {
                media_sheets: Some(count),
                ..completed()
            };
            assert!(doubt(&sides).contains("contradicts itself"));
            assert!(doubt(&sheets).contains("contradicts itself"));
        }
    }

    #[test]
    fn another_jobs_completed_is_not_taken_as_ours() {
        let renamed = JobStatus {
            name: Some("other".to_owned()),
            ..completed()
        };
        let reborn = JobStatus {
            uuid: Some("urn:uuid:b".to_owned()),
            ..completed()
        };
        let vague = JobStatus {
            uuid: None,
            ..completed()
        };
        assert!(doubt(&renamed).contains("another job"));
        assert!(doubt(&reborn).contains("another uuid"));
        assert!(doubt(&vague).contains("another uuid"));
    }

    #[test]
    fn aborted_is_never_not_printed() {
        for state in [7, 8] {
            let status = JobStatus {
                state: Some(state),
                impressions: Some(0),
                ..completed()
            };
            assert!(doubt(&status).contains("before it was completed"));
        }
    }

    #[test]
    fn a_job_that_is_held_or_stopped_is_still_running() {
        for state in 3..=6 {
            let status = JobStatus {
                state: Some(state),
                ..completed()
            };
            assert_eq!(status.judge(&mut known()), Verdict::Running);
        }
    }
}
