//! What is known about an attempt: kept with it for ever.

use serde::{Deserialize, Serialize};

use super::JobKey;

/// What a device showed of one device job. Holds no data of any form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Our name for the attempt, the job's name on the device.
    pub token: String,
    /// The final name of a file device's document, without its ending.
    pub job: String,
    /// Sheets in the device job.
    pub sheets: u32,
    /// Bytes of the document.
    pub bytes_total: u64,
    /// Bytes that left us at most: taken by the file, the connection or the kernel.
    pub bytes_accepted: u64,
    /// The device's number for the job; numbers are used again after a restart of the device.
    pub device_job_id: Option<i32>,
    /// The device's unique name for the job.
    pub device_job_uuid: Option<String>,
    /// The job's name as the device gives it back.
    pub device_job_name: Option<String>,
    /// How the device says the job ended.
    pub terminal: Option<TerminalState>,
    /// The device's reasons for the state of the job, as it names them.
    pub state_reasons: Vec<String>,
    /// Sides marked, where the device counts.
    pub impressions_completed: Option<i32>,
    /// Sheets of paper used, where the device counts.
    pub media_sheets_completed: Option<i32>,
    /// What else the device or we have to say, in words.
    pub messages: Vec<String>,
    /// What all this amounts to.
    pub strength: Strength,
}

/// How a device says that a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TerminalState {
    /// Printed, it says.
    Completed,
    /// Canceled; part of it may be printed.
    Canceled,
    /// Aborted; part of it may be printed.
    Aborted,
}

/// How much the evidence proves.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Less than that every byte was taken.
    #[default]
    Partial,
    /// Every byte was taken and left the machine, without anomaly. Enough for the policy `sent`.
    Sent,
    /// The device itself says completed, for this very job, and nothing contradicts it. Enough for
    /// the policy `device`.
    Device,
}

impl Evidence {
    /// Nothing known yet.
    pub fn of(key: &JobKey, bytes_total: usize) -> Self {
        Self {
            token: key.token.to_string(),
            job: key.job.to_string(),
            sheets: key.sheets,
            bytes_total: u64::try_from(bytes_total).unwrap_or(u64::MAX),
            ..Self::default()
        }
    }
}
