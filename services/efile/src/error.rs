//! Why there is no file.

use formfeed_domain::TaxYear;
use formfeed_domain::form::FormType;

use crate::fault::{Fault, Weight};

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EfileError {
    /// The format's description for this year is not held here.
    #[error("there is no verified {format} for tax year {year}; there is one for {known}")]
    NoSchema {
        /// Which format, such as `IRIS XML schema`.
        format: &'static str,
        /// The year asked for.
        year: TaxYear,
        /// What there is.
        known: String,
    },
    /// The year is held, but not for this form.
    #[error(
        "there is no verified {format} for Form {form_type} of tax year {year}; there is one for {known}"
    )]
    NoMapping {
        /// Which format.
        format: &'static str,
        /// The form asked for.
        form_type: FormType,
        /// The year asked for.
        year: TaxYear,
        /// What there is.
        known: String,
    },
    /// FIRE takes nothing of this year any more.
    #[error(
        "FIRE is retired: tax year {last} was the last it took, and {year} goes through IRIS only"
    )]
    FireRetired {
        /// The year asked for.
        year: TaxYear,
        /// The last year that FIRE took.
        last: i32,
    },
    /// The checks found what the IRS would reject. Holds what it only reports, too.
    #[error("{}", say(.0))]
    Faults(Vec<Fault>),
    /// A value outgrew its field although the checks let it pass: a mistake of this crate, nothing is cut.
    #[error("the field {field} has no room for its value; this is a mistake in Formfeed")]
    NoRoom {
        /// Which field.
        field: String,
    },
    /// The file could not be written.
    #[error("the file could not be written")]
    Write(#[from] std::io::Error),
    /// The CSV rows could not be written.
    #[error("the CSV file could not be written")]
    Csv(#[from] ::csv::Error),
}

impl EfileError {
    /// The stable word for clients.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoSchema { .. } => "NO_SCHEMA",
            Self::NoMapping { .. } => "NO_EFILE_MAPPING",
            Self::FireRetired { .. } => "FIRE_RETIRED",
            Self::Faults(_) => "EFILE_FAULTS",
            Self::NoRoom { .. } => "INTERNAL",
            Self::Write(_) | Self::Csv(_) => "EFILE_NOT_WRITTEN",
        }
    }
}

fn say(faults: &[Fault]) -> String {
    let rejected: Vec<_> = faults
        .iter()
        .filter(|fault| fault.weight == Weight::Reject)
        .collect();
    let first = rejected
        .first()
        .map_or_else(String::new, |fault| format!("; first: {fault}"));
    format!("{} faults, nothing was written{first}", rejected.len())
}

/// Years as people say them: `2022 to 2024`, `2022, 2025`.
pub(crate) fn years_in_words(years: impl IntoIterator<Item = i32>) -> String {
    let mut years: Vec<_> = years.into_iter().collect();
    years.sort_unstable();
    years.dedup();
    let is_run = years.windows(2).all(|pair| pair[1] == pair[0] + 1);
    match (years.as_slice(), is_run) {
        ([], _) => "no year".to_owned(),
        ([first, .., last], true) => format!("{first} to {last}"),
        (some, _) => {
            let some: Vec<_> = some.iter().map(ToString::to_string).collect();
            some.join(", ")
        }
    }
}
