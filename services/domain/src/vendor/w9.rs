//! Form W-9: what a vendor has certified of its TIN.

use std::str::FromStr;

use chrono::NaiveDate;

/// How far the certification of a vendor's TIN has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum W9Status {
    /// Nobody has asked for a Form W-9.
    #[default]
    None,
    /// Asked for, not yet here.
    Requested,
    /// On file, without a signature that certifies the TIN.
    OnFile,
    /// On file, the TIN certified under penalties of perjury.
    Certified,
    /// The SSA or the IRS has confirmed name and number (SSA printout, IRS Letter 147C): what a second B-notice wants.
    Confirmed,
    /// The vendor will not give one.
    Refused,
}

/// Not one of the words of the contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown W-9 status: use one of {}", W9Status::ALL.map(W9Status::as_str).join(", "))]
pub struct UnknownW9Status;

impl W9Status {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Requested,
        Self::OnFile,
        Self::Certified,
        Self::Confirmed,
        Self::Refused,
    ];

    /// The word of the contract and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Requested => "requested",
            Self::OnFile => "on_file",
            Self::Certified => "certified",
            Self::Confirmed => "confirmed",
            Self::Refused => "refused",
        }
    }
}

impl FromStr for W9Status {
    type Err = UnknownW9Status;

    /// Blank is `none`.
    fn from_str(word: &str) -> Result<Self, UnknownW9Status> {
        match word {
            "" => Ok(Self::None),
            _ => Self::ALL
                .into_iter()
                .find(|status| status.as_str() == word)
                .ok_or(UnknownW9Status),
        }
    }
}

/// What is on file of a vendor's Form W-9.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct W9 {
    status: W9Status,
    date: Option<NaiveDate>,
}

/// A status and a date that do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum W9Error {
    /// Every status but `none` has its day.
    #[error("is required: the day the W-9 was asked for, received, confirmed or refused")]
    DateMissing,
    /// There is no W-9 to have a day.
    #[error("belongs to no W-9: leave it blank, or name a status")]
    DateWithoutStatus,
}

impl W9 {
    /// A status with the day it is of.
    ///
    /// # Errors
    /// [`W9Error`] unless there is a date exactly when the status is not `none`.
    pub fn new(status: W9Status, date: Option<NaiveDate>) -> Result<Self, W9Error> {
        match (status, date) {
            (W9Status::None, Some(_)) => Err(W9Error::DateWithoutStatus),
            (W9Status::None, None) => Ok(Self::default()),
            (_, None) => Err(W9Error::DateMissing),
            (status, date) => Ok(Self { status, date }),
        }
    }

    /// How far it has come.
    pub fn status(&self) -> W9Status {
        self.status
    }

    /// The day the status is of.
    pub fn date(&self) -> Option<NaiveDate> {
        self.date
    }

    /// The day from which on the TIN counts as certified by the vendor, or confirmed by the office that gave it out.
    pub fn certified_on(&self) -> Option<NaiveDate> {
        self.date
            .filter(|_| matches!(self.status, W9Status::Certified | W9Status::Confirmed))
    }

    /// The day from which on the TIN counts as confirmed by the office that gave it out.
    pub fn confirmed_on(&self) -> Option<NaiveDate> {
        self.date.filter(|_| self.status == W9Status::Confirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_but_none_has_a_day() {
        let day = NaiveDate::from_ymd_opt(2025, 3, 1);
        for status in W9Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            let is_none = status == W9Status::None;
            assert_eq!(W9::new(status, day).is_err(), is_none, "{status:?}");
            assert_eq!(W9::new(status, None).is_ok(), is_none, "{status:?}");
        }
        assert!("lost".parse::<W9Status>().is_err());
    }

    #[test]
    fn only_a_certified_or_confirmed_w9_certifies() {
        let day = NaiveDate::from_ymd_opt(2025, 3, 1);
        let certified = |status| W9::new(status, day).unwrap().certified_on().is_some();
        assert!(certified(W9Status::Certified) && certified(W9Status::Confirmed));
        assert!(!certified(W9Status::OnFile) && !certified(W9Status::Requested));
        assert!(
            W9::new(W9Status::Certified, day)
                .unwrap()
                .confirmed_on()
                .is_none()
        );
    }
}
