//! Names of jobs and printers.

use std::fmt;

/// Why a name is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolIdError {
    /// A job's name is made by the spooler.
    #[error("is not the name of a job")]
    Job,
    /// A printer's name is chosen by an administrator.
    #[error(
        "a printer's name has 1 to 40 lower-case letters, digits and dashes, and starts with a letter or digit"
    )]
    Printer,
}

/// A job: a UUID in small letters, in order of submission.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(String);

/// A printer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PrinterId(String);

impl JobId {
    /// Checks the shape `8-4-4-4-12` of hexadecimal digits.
    ///
    /// # Errors
    /// [`SpoolIdError::Job`].
    pub fn new(text: impl Into<String>) -> Result<Self, SpoolIdError> {
        let text = text.into();
        let shape = |(at, c): (usize, char)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => matches!(c, '0'..='9' | 'a'..='f'),
        };
        match text.len() == 36 && text.chars().enumerate().all(shape) {
            true => Ok(Self(text)),
            false => Err(SpoolIdError::Job),
        }
    }

    /// The UUID.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PrinterId {
    /// Checks the shape.
    ///
    /// # Errors
    /// [`SpoolIdError::Printer`].
    pub fn new(text: impl Into<String>) -> Result<Self, SpoolIdError> {
        let text = text.into();
        let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-');
        let starts_well = !text.is_empty() && !text.starts_with('-');
        match starts_well && text.len() <= 40 && text.chars().all(plain) {
            true => Ok(Self(text)),
            false => Err(SpoolIdError::Printer),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    /// As a resource: `jobs/{id}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "jobs/{}", self.0)
    }
}

impl fmt::Display for PrinterId {
    /// The bare name, as operators say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_leave_its_path_is_refused() {
        for text in [
            "",
            "..",
            "-x",
            "Laser",
            "a b",
            "a/b",
            "a\n",
            &"a".repeat(41),
        ] {
            assert!(PrinterId::new(text).is_err(), "{text:?}");
            assert!(JobId::new(text).is_err(), "{text:?}");
        }
        assert!(PrinterId::new("laser-2").is_ok());
        assert!(JobId::new("0192f3a4-0000-7000-8000-000000000001").is_ok());
        assert!(JobId::new("0192F3A4-0000-7000-8000-000000000001").is_err());
    }
}
