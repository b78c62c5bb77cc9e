//! `tokens.toml`: the tokens of a data directory, without their secrets.

use std::{fs, io, os::unix::fs::OpenOptionsExt, path::Path};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{permission::Permission, role::Role};
use crate::{
    data_dir,
    stamp::{self, Stamp},
    tls::Fingerprint,
};

pub(super) const FILE: &str = "tokens.toml";
const LOCK: &str = "tokens.lock";

/// One token as kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) sha256: String,
    /// SHA-256 of the client certificate it goes with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) certificate: Option<Fingerprint>,
    pub(super) created: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) revoked: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) may: Vec<Permission>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Content {
    #[serde(default)]
    token: Vec<Entry>,
}

/// The file's stamp; none when there is no file.
pub(super) fn stamp(dir: &Path) -> io::Result<Option<Stamp>> {
    stamp::of(&dir.join(FILE))
}

/// Every token, by name; empty when there is no file.
pub(super) fn read(dir: &Path) -> io::Result<Vec<Entry>> {
    let text = match fs::read_to_string(dir.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let content: Content = toml::from_str(&text)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.message().to_owned()))?;
    Ok(content.token)
}

/// Reads, changes and replaces the file while no other process does.
pub(super) fn change<T, E: From<io::Error>>(
    dir: &Path,
    change: impl FnOnce(&mut Vec<Entry>) -> Result<T, E>,
) -> Result<T, E> {
    let lock = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(dir.join(LOCK))?;
    lock.lock()?; // released when `lock` is closed
    let mut token = read(dir)?;
    let before = toml_text(&token)?;
    let answer = change(&mut token)?;
    token.sort_by(|a, b| a.name.cmp(&b.name));
    let after = toml_text(&token)?;
    if before != after || stamp(dir)?.is_none() {
        data_dir::replace(&dir.join(FILE), after.as_bytes())?;
    }
    Ok(answer)
}

pub(super) fn toml_text(token: &[Entry]) -> io::Result<String> {
    let content = Content {
        token: token.to_vec(),
    };
    toml::to_string(&content).map_err(io::Error::other)
}
