//! What is handed to a device, and its names.

use std::fmt;
use std::io::Write;
use std::str::FromStr;
use std::sync::Arc;

/// An opaque name: safe as a file name and as a job's name on any printer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobToken(String);

/// Longest token, in characters.
const TOKEN_LIMIT: usize = 100;

impl JobToken {
    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JobToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        match starts_well && text.len() <= TOKEN_LIMIT && text.chars().all(plain) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidToken),
        }
    }
}

impl fmt::Display for JobToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name that no device may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job's name has 1 to 100 letters, digits, '-', '_' or '.', the first a letter or digit")]
pub struct InvalidToken;

/// Which attempt a device job is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobKey {
    /// Name of the whole: a file device calls its file so. One that was used before is refused, so
    /// a reprint needs another.
    pub job: JobToken,
    /// Name of this attempt (job, first sheet, attempt), never used twice.
    pub token: JobToken,
    /// Sheets in it.
    pub sheets: u32,
}

/// A document on its way to a device.
#[derive(Clone)]
pub struct DeviceJob {
    /// Which attempt it is.
    pub key: JobKey,
    /// PDF or escape codes, as the device's capabilities ask.
    pub document: Arc<[u8]>,
}

/// A document that is made while it is written, so that memory holds a part of it.
pub trait DocumentSource: Send + Sync {
    /// Writes all of it; blocks meanwhile.
    ///
    /// # Errors
    /// In words, why it cannot be made or written.
    fn write_to(&self, out: &mut dyn Write) -> Result<(), String>;
}

/// The files of a device job that is a folder. Each is made when it is asked for, so that memory holds one of them.
pub trait FileSet: Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The file at `index`, counted from 0.
    ///
    /// # Errors
    /// In words, why it cannot be made.
    fn file(&self, index: usize) -> Result<NamedFile, String>;
}

/// One file of a folder.
pub struct NamedFile {
    /// What it is called.
    pub name: JobToken,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Without the document: it holds names and TINs.
impl fmt::Debug for DeviceJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceJob")
            .field("key", &self.key)
            .field("bytes", &self.document.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_the_folder_or_hide_in_it() {
        for bad in [
            "", "..", ".hidden", "a/b", "a\\b", "a\0b", "a b", "Zoë", "-x",
        ] {
            assert_eq!(bad.parse::<JobToken>(), Err(InvalidToken), "{bad:?}");
        }
        assert!("0192f3a4-1.2_x".parse::<JobToken>().is_ok());
        assert_eq!("a".repeat(101).parse::<JobToken>(), Err(InvalidToken));
    }
}
