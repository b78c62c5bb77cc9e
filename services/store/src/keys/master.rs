//! The master key, which wraps the data keys and is never in the database: where it comes from, and how it is read.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::str::FromStr;
use std::time::Duration;

use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use zeroize::Zeroizing;

use super::key_file::MOST_BYTES;
use super::{KeyBytes, digits, key_file};
use crate::SealError;
use crate::seal::key_check;

/// How long a command may take to answer the key.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);

/// Where the master key comes from. It is read when it is wanted, and not kept.
#[derive(Clone, PartialEq, Eq)]
pub enum MasterSource {
    /// A file, mode 0600: 32 bytes, or these as 64 hexadecimal digits or in base64.
    File(PathBuf),
    /// A variable of the environment that holds the digits.
    Variable(String),
    /// A program that writes bytes or digits to its standard output, and its arguments: a key management service's.
    Command(Vec<String>),
}

/// Why a text names no source.
#[derive(Debug, thiserror::Error)]
#[error("a master key is file:PATH, env:VARIABLE or command:PROGRAM ARGUMENTS")]
pub struct NoMasterSource;

/// The key, while it wraps and unwraps.
pub(crate) struct MasterKey {
    pub(super) cipher: XChaCha20Poly1305,
    /// Tells it from others.
    pub(crate) check: String,
    /// Where it is from, for errors.
    pub(super) source: String,
}

impl FromStr for MasterSource {
    type Err = NoMasterSource;

    fn from_str(text: &str) -> Result<Self, NoMasterSource> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Variable(name.to_owned())),
            Some(("command", line)) => {
                let words = shlex::split(line).filter(|words| !words.is_empty());
                words.map(Self::Command).ok_or(NoMasterSource)
            }
            _ => Err(NoMasterSource),
        }
    }
}

/// The arguments of a command are not shown: somebody may have put a secret there.
impl fmt::Display for MasterSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Variable(name) => write!(f, "env:{name}"),
            Self::Command(words) => write!(f, "command:{}", words[0]),
        }
    }
}

impl fmt::Debug for MasterSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl MasterSource {
    /// Where the key of a service is unless something else is set: `SERVICE.key` in the folder of keys.
    pub(crate) fn usual(service: &str, folder: &Path) -> Self {
        Self::File(folder.join(format!("{service}.key")))
    }

    /// Makes the key where it is a file that is missing.
    ///
    /// # Errors
    /// [`SealError::KeyFile`].
    pub async fn make(&self) -> Result<(), SealError> {
        match self {
            Self::File(path) => off_thread(path, true).await.map(drop),
            Self::Variable(_) | Self::Command(_) => Ok(()),
        }
    }

    /// The key that is to wrap from now on: read twice, for a source that answers another key each time would lose all.
    pub(crate) async fn read_to_wrap(&self) -> Result<MasterKey, SealError> {
        let (first, second) = (self.read().await?, self.read().await?);
        match first.check == second.check {
            true => Ok(second),
            false => Err(SealError::Master {
                source_name: self.to_string(),
                reason: "it answers another key each time".to_owned(),
            }),
        }
    }

    /// Tells the key from others, and gives none away: 16 hexadecimal digits.
    ///
    /// # Errors
    /// As for reading it: [`SealError::KeyFile`], [`SealError::Master`].
    pub async fn check(&self) -> Result<String, SealError> {
        Ok(self.read().await?.check)
    }

    /// Reads the key.
    pub(crate) async fn read(&self) -> Result<MasterKey, SealError> {
        let refuse = |reason| SealError::Master {
            source_name: self.to_string(),
            reason,
        };
        let bytes = match self {
            Self::File(path) => off_thread(path, false).await?,
            Self::Variable(name) => {
                let value = std::env::var(name).map_err(|_| refuse("it is not set".to_owned()))?;
                let value = Zeroizing::new(value);
                digits::key(value.trim().as_bytes()).map_err(refuse)?
            }
            Self::Command(words) => {
                let written = answer(words).await.map_err(refuse)?;
                digits::key(&written).map_err(refuse)?
            }
        };
        Ok(MasterKey::of(&self.to_string(), bytes))
    }
}

impl MasterKey {
    pub(super) fn of(source: &str, bytes: KeyBytes) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new_from_slice(bytes.as_slice())
                .expect("a key has as many bytes as the cipher takes"),
            check: key_check(bytes.as_slice()),
            source: source.to_owned(),
        }
    }
}

async fn off_thread(path: &Path, may_create: bool) -> Result<KeyBytes, SealError> {
    let owned = path.to_owned();
    let read = tokio::task::spawn_blocking(move || key_file::read(&owned, may_create));
    let failed = |error: tokio::task::JoinError| SealError::KeyFile {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    read.await.map_err(failed)?
}

/// What a command writes. What it complains of goes where the service's own lines go.
async fn answer(words: &[String]) -> Result<Zeroizing<Vec<u8>>, String> {
    let [program, arguments @ ..] = words else {
        return Err("there is no command".to_owned());
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.map_err(|error| format!("it does not start: {error}"))?;
    let output = child.stdout.take().ok_or("it has no output")?;
    let most = usize::try_from(MOST_BYTES).unwrap_or_default();
    let mut written = Zeroizing::new(Vec::with_capacity(most + 1));
    let work = async {
        output.take(MOST_BYTES).read_to_end(&mut written).await?;
        child.wait().await
    };
    match tokio::time::timeout(ANSWERS_WITHIN, work).await {
        Ok(Ok(status)) if status.success() => Ok(written),
        Ok(Ok(status)) => Err(format!("it failed: {status}")),
        Ok(Err(error)) => Err(format!("it failed: {error}")),
        Err(_) => Err(format!(
            "it took longer than {} seconds",
            ANSWERS_WITHIN.as_secs()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_or_a_file_answers_the_key_and_a_failing_one_is_named_without_arguments() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let file = MasterSource::File(path.clone());
        assert!(file.check().await.is_err());
        file.make().await.unwrap();
        let command = format!("command:cat '{}'", path.display());
        let command: MasterSource = command.parse().unwrap();
        assert_eq!(command.check().await.unwrap(), file.check().await.unwrap());
        let failing: MasterSource = "command:false secret".parse().unwrap();
        let refused = failing.check().await.unwrap_err().to_string();
        assert!(
            refused.contains("command:false") && !refused.contains("secret"),
            "{refused}"
        );
        for bad in ["", "file:", "env:", "command:", "vault:x", "command:'open"] {
            assert!(bad.parse::<MasterSource>().is_err(), "{bad}");
        }
    }
}
