//! What is in a backup: written last, so that a backup without it is none.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use formfeed_store::backup::known_migrations;
use formfeed_store::check_of_key_file;
use serde::{Deserialize, Serialize};

use super::{KEYS, Masters, files};
use crate::errors::{CliError, chain};

/// The file.
pub(super) const MANIFEST: &str = "manifest.json";
/// Its hash.
pub(super) const MANIFEST_HASH: &str = "manifest.sha256";
/// The only form of it so far.
const FORMAT: u32 = 1;
/// Services that have a master key.
const SEALING: [&str; 2] = ["vendor", "spooler"];

/// What is in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The form of this document.
    pub(crate) format: u32,
    /// Name of the backup, never given twice.
    pub(crate) id: String,
    /// Version of the program that made it.
    pub(crate) version: String,
    /// When, RFC 3339.
    pub(crate) made_at: String,
    /// `sqlite` or `postgres`.
    pub(crate) database: String,
    /// The migrations of each service's tables, in order.
    pub(crate) services: BTreeMap<String, Vec<String>>,
    /// The keys that open what is sealed in it, by file; each tells itself from others and nothing more.
    pub(crate) keys: BTreeMap<String, String>,
    /// What tells the master keys of services from others that are in none of those files; none in backups of programs that
    /// had no others.
    #[serde(default)]
    pub(crate) masters: Option<Masters>,
    /// Whether the keys themselves are in it.
    pub(crate) with_keys: bool,
    /// Id of the data directory, as the spooler's database knows it; blank before the first start.
    pub(crate) home: String,
    /// The last line of the spooler's journal before the databases were held.
    pub(crate) journal: u64,
    /// Its files, by path.
    pub(crate) files: Vec<Entry>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Path below the backup's folder.
    pub(crate) path: PathBuf,
    /// Size.
    pub(crate) bytes: u64,
    /// Hash, hexadecimal.
    pub(crate) sha256: String,
}

impl Manifest {
    /// The only form of it so far.
    pub(super) const FORMAT: u32 = FORMAT;

    /// Reads the manifest of a backup.
    ///
    /// # Errors
    /// [`CliError::Refused`] when there is none, or it is not as it was written, or of a newer program.
    pub(crate) fn read(backup: &Path) -> Result<Self, CliError> {
        let path = backup.join(MANIFEST);
        let refused = |why: String| CliError::Refused(format!("{}: {why}", path.display()));
        let text = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                refused("there is none: this is no backup, or one that was cut off".to_owned())
            }
            _ => refused(error.to_string()),
        })?;
        let hash = fs::read_to_string(backup.join(MANIFEST_HASH));
        let hash = hash.map_err(|error| refused(format!("{MANIFEST_HASH}: {error}")))?;
        if hash.trim() != files::hash_of(&text) {
            return Err(refused("it is not as it was written".to_owned()));
        }
        let manifest: Self = serde_json::from_slice(&text)
            .map_err(|error| refused(format!("it cannot be read: {error}")))?;
        match manifest.format {
            FORMAT => Ok(manifest),
            other => Err(refused(format!(
                "it has form {other}, and this program reads form {FORMAT}: restore with version {}",
                manifest.version
            ))),
        }
    }

    /// Refuses a backup whose files are not as they were written, or lie elsewhere than below it.
    pub(crate) fn check_files(
        &self,
        backup: &Path,
        mut told: impl FnMut(&Path) -> io::Result<()>,
    ) -> Result<(), CliError> {
        for entry in &self.files {
            let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
            let path = backup.join(&entry.path);
            let refused = |why: String| CliError::Refused(format!("{}: {why}", path.display()));
            if !entry.path.components().all(plain) {
                return Err(refused("it lies outside of the backup".to_owned()));
            }
            told(&entry.path)?;
            let (hash, bytes) = files::hash(&path).map_err(|error| refused(error.to_string()))?;
            if (hash, bytes) != (entry.sha256.clone(), entry.bytes) {
                return Err(refused(
                    "it is not as it was written: take another backup".to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// Refuses tables that a newer program made.
    pub(crate) fn check_migrations(&self) -> Result<(), CliError> {
        for (service, migrations) in &self.services {
            let known = known_migrations(service);
            let known = known.map_err(|error| CliError::Refused(chain(&error)))?;
            if let Some(newer) = migrations.iter().find(|name| !known.contains(name)) {
                return Err(CliError::Refused(format!(
                    "the {service} tables of the backup were made by version {}, whose migration {newer} is not known here: \
                     restore with that version",
                    self.version
                )));
            }
        }
        Ok(())
    }

    /// Refuses master keys, as they are set here, that are not those of the backup.
    pub(crate) fn check_masters(&self, set: &Masters) -> Result<(), CliError> {
        let Some(masters) = &self.masters else {
            return Ok(());
        };
        for (service, check) in masters {
            if !set.contains_key(service) {
                return Err(CliError::Refused(format!(
                    "the backup was made with a master key of the {service} service that is no file of it (its check is \
                     {check}): set FORMFEED_MASTER_KEY, or master_key in formfeed.toml, to where it comes from"
                )));
            }
        }
        for (service, found) in set {
            let fits = match masters.get(service) {
                Some(check) => check == found,
                None => self.keys.values().any(|check| check == found),
            };
            let seals = self.services.contains_key(service) && SEALING.contains(&service.as_str());
            if seals && !fits {
                return Err(CliError::Refused(format!(
                    "FORMFEED_MASTER_KEY is not the master key that the {service} service had when the backup was made (its \
                     check is {found}): set it to that one, or not at all where the keys are files of the backup; what is \
                     sealed would not open"
                )));
            }
        }
        Ok(())
    }

    /// Refuses keys that are not those of the backup.
    pub(crate) fn check_keys(&self, folder: &Path) -> Result<(), CliError> {
        for (name, check) in &self.keys {
            let path = folder.join(name);
            let found = check_of_key_file(&path).map_err(|error| {
                CliError::Refused(format!(
                    "{}; the backup was made without its keys: put them into {} first, or name their folder with --keys",
                    chain(&error),
                    folder.display()
                ))
            })?;
            if found != *check {
                return Err(CliError::Refused(format!(
                    "{} is not the key that this backup was sealed with (its check is {found}, and {check} is wanted): \
                     what is sealed would not open",
                    path.display()
                )));
            }
        }
        Ok(())
    }
}

/// The keys of a folder, told from others; without `SERVICE.key` of services that want another master key.
pub(super) fn checks(
    data_dir: &Path,
    wanted: &Masters,
) -> Result<BTreeMap<String, String>, CliError> {
    let keys = files::of_ending(&data_dir.join(KEYS.0), KEYS.1);
    let keys = keys.map_err(|error| CliError::failed("reading the keys", error))?;
    let mut checks = BTreeMap::new();
    for path in keys {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let check = check_of_key_file(&path);
        let check = check.map_err(|error| CliError::Refused(chain(&error)))?;
        let service = path.file_stem().unwrap_or_default().to_string_lossy();
        if wanted.get(&*service).is_some_and(|wanted| *wanted != check) {
            continue;
        }
        checks.insert(name.into_owned(), check);
    }
    Ok(checks)
}
