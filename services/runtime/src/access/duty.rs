//! `duty.toml`: whether one person may do everything on this installation.

use std::{fs, io, path::PathBuf};

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use tonic::Status;

use crate::{
    data_dir, reason,
    status::{IntoStatus as _, Refusal},
};

const FILE: &str = "duty.toml";
/// Sheets of stock that one person may call spoiled or lost within a day, until somebody says otherwise.
const SHEETS_ALONE: u32 = 10;

/// How duty is separated; the default is not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Whether who calculated or edited may not print or export, and who printed may not decide.
    pub separate: bool,
    /// Sheets of stock that one person may call spoiled or lost within 24 hours where it is.
    #[serde(default = "sheets_alone")]
    pub sheets_alone: u32,
    /// Who switched it last.
    #[serde(default)]
    pub user: String,
    /// When.
    #[serde(default)]
    pub changed: Option<DateTime<Utc>>,
}

impl Default for Duty {
    fn default() -> Self {
        Self {
            separate: false,
            sheets_alone: SHEETS_ALONE,
            user: String::new(),
            changed: None,
        }
    }
}

fn sheets_alone() -> u32 {
    SHEETS_ALONE
}

/// The switch in a data directory: every service there reads it anew each time it matters.
#[derive(Debug, Clone)]
pub struct DutySwitch {
    dir: PathBuf,
}

impl DutySwitch {
    /// The switch of a data directory.
    pub fn open(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: data_dir.into(),
        }
    }

    /// How it stands.
    ///
    /// # Errors
    /// When the file cannot be read: then nobody knows.
    pub fn read(&self) -> io::Result<Duty> {
        let text = match fs::read_to_string(self.dir.join(FILE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Duty::default()),
            text => text?,
        };
        let bad = |error: toml::de::Error| {
            io::Error::new(io::ErrorKind::InvalidData, error.message().to_owned())
        };
        toml::from_str(&text).map_err(bad)
    }

    /// Switches it; without `sheets_alone` that stays as it is.
    ///
    /// # Errors
    /// When the file cannot be read or written; then it stands as before.
    pub fn set(&self, separate: bool, sheets_alone: Option<u32>, user: &str) -> io::Result<Duty> {
        let sheets_alone = match sheets_alone {
            Some(sheets) => sheets,
            None => self.read()?.sheets_alone,
        };
        let duty = Duty {
            separate,
            sheets_alone,
            user: user.to_owned(),
            changed: Some(Utc::now().trunc_subsecs(6)),
        };
        let text = toml::to_string(&duty).map_err(io::Error::other)?;
        data_dir::replace(&self.dir.join(FILE), text.as_bytes())?;
        Ok(duty)
    }

    /// Whether duty is separated.
    ///
    /// # Errors
    /// UNAVAILABLE when nobody knows: nothing is let through then.
    pub fn is_on(&self) -> Result<bool, Status> {
        self.read().map(|duty| duty.separate).map_err(unreadable)
    }

    /// Sheets of stock that one person may call spoiled or lost within 24 hours; `None` where duty is not separated.
    ///
    /// # Errors
    /// UNAVAILABLE when nobody knows: nothing is let through then.
    pub fn sheets_alone(&self) -> Result<Option<u32>, Status> {
        let duty = self.read().map_err(unreadable)?;
        Ok(duty.separate.then_some(duty.sheets_alone))
    }
}

/// UNAVAILABLE `DUTY_UNREADABLE`.
pub fn unreadable(error: io::Error) -> Status {
    tracing::error!(%error, "Cannot use the file of the separation of duty");
    let message = "the file of the separation of duty (duty.toml) cannot be read or written; an admin writes it anew with `formfeed duty set on --sheets-alone NUMBER --reason TEXT`";
    Refusal::unavailable(reason::DUTY_UNREADABLE, message).into_status()
}

/// FAILED_PRECONDITION `DUTY_NOT_SEPARATE`: `who` did the step before, and may not do this one.
pub fn not_separate(who: &str, did: &str, wanted: &str) -> Status {
    let message = format!(
        "{who} {did}, and may not {wanted}: duty is separated here; somebody else does it, or an admin switches that off (`formfeed duty set off`)"
    );
    Refusal::failed_precondition(reason::DUTY_NOT_SEPARATE, message)
        .with("user", who)
        .into_status()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_off_until_it_is_switched_on_and_a_broken_file_lets_nothing_through() {
        let folder = tempfile::tempdir().unwrap();
        let duty = DutySwitch::open(folder.path());
        assert!(!duty.is_on().unwrap());
        assert_eq!(duty.sheets_alone().unwrap(), None);
        duty.set(true, None, "ada").unwrap();
        assert!(DutySwitch::open(folder.path()).is_on().unwrap());
        assert_eq!(duty.sheets_alone().unwrap(), Some(SHEETS_ALONE));
        duty.set(true, Some(0), "ada").unwrap();
        duty.set(true, None, "ada").unwrap();
        assert_eq!(duty.sheets_alone().unwrap(), Some(0));
        assert_eq!(duty.read().unwrap().user, "ada");
        fs::write(folder.path().join(FILE), "separate = true").unwrap();
        assert_eq!(duty.sheets_alone().unwrap(), Some(SHEETS_ALONE));
        fs::write(folder.path().join(FILE), "separate = perhaps").unwrap();
        let refused = duty.is_on().unwrap_err();
        assert_eq!(refused.code(), tonic::Code::Unavailable);
    }
}
