//! What a check found: where, by which rule, and the way out.

use std::collections::HashSet;
use std::fmt;

/// What the IRS does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Rejects the file, or would be misled by it. Nothing is written.
    Reject,
    /// Takes the file and reports an error back. The file is written.
    Report,
}

/// Where a fault lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The transmitter, the software or the transmission as a whole.
    Transmission,
    /// One payer with its forms of one type.
    Payer {
        /// Position in [`crate::Transmission::payers`], counted from 1.
        number: usize,
    },
    /// One form.
    Form {
        /// Position of its payer, counted from 1.
        payer: usize,
        /// Position among the payer's entries, counted from 1.
        number: usize,
        /// Its account number; truncated like a TIN where it holds the recipient's.
        account_number: String,
    },
}

/// One thing that is wrong. Never repeats a TIN, a name or any other value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Fault {
    /// Where.
    pub about: About,
    /// Field, such as `recipient ZIP`.
    pub field: String,
    /// Rule: the IRS's number where it has one (`SMF027`), else the type of its schema (`ZIPCodeType`), else ours
    /// (`FORMFEED-VOID`).
    pub rule: &'static str,
    /// What the IRS does about it.
    pub weight: Weight,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub way_out: String,
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transmission => f.write_str("transmission"),
            Self::Payer { number } => write!(f, "payer {number}"),
            Self::Form {
                payer,
                number,
                account_number,
            } => match account_number.is_empty() {
                true => write!(f, "payer {payer}, form {number}"),
                false => write!(f, "payer {payer}, form {number}, account {account_number}"),
            },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            about,
            field,
            rule,
            problem,
            way_out,
            ..
        } = self;
        write!(f, "{about}: {field} {problem}; {way_out} ({rule})")
    }
}

/// Collects the faults of one place at a time.
pub(crate) struct Finder {
    pub(crate) about: About,
    found: Vec<Fault>,
}

impl Finder {
    pub(crate) fn new() -> Self {
        Self {
            about: About::Transmission,
            found: Vec::new(),
        }
    }

    pub(crate) fn add(
        &mut self,
        weight: Weight,
        rule: &'static str,
        field: impl Into<String>,
        problem: impl Into<String>,
        way_out: impl Into<String>,
    ) {
        self.found.push(Fault {
            about: self.about.clone(),
            field: field.into(),
            rule,
            weight,
            problem: problem.into(),
            way_out: way_out.into(),
        });
    }

    pub(crate) fn reject(
        &mut self,
        rule: &'static str,
        field: impl Into<String>,
        problem: impl Into<String>,
        way_out: impl Into<String>,
    ) {
        self.add(Weight::Reject, rule, field, problem, way_out);
    }

    pub(crate) fn report(
        &mut self,
        rule: &'static str,
        field: impl Into<String>,
        problem: impl Into<String>,
        way_out: impl Into<String>,
    ) {
        self.add(Weight::Report, rule, field, problem, way_out);
    }

    /// Faults that keep the file from being written.
    pub(crate) fn rejects(&self) -> bool {
        self.found
            .iter()
            .any(|fault| fault.weight == Weight::Reject)
    }

    /// All that was found, each once: a payer is looked at anew for each of its submissions.
    pub(crate) fn into_found(self) -> Vec<Fault> {
        let mut seen = HashSet::new();
        let is_new = |fault: &Fault| seen.insert(fault.clone());
        self.found.into_iter().filter(is_new).collect()
    }
}
