//! A backup: everything an installation needs elsewhere, taken while it works; whole, or not there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, Utc};
use formfeed_runtime::in_use::InUse;
use formfeed_spooler::{HOME_FILE, journal_path, journal_position};
use formfeed_store::backup::{Copied, Counter, Snapshots};
use formfeed_store::keys::wanted_master;

use super::manifest::{Entry, MANIFEST, MANIFEST_HASH, Manifest, checks};
use super::{Databases, FILES, KEYS, Masters, OWN_RULES, crash, failed, files};
use crate::errors::{CliError, chain};
use crate::output::Output;
use crate::progress::{Progress, Stand};

/// Copies the installation of a data directory into a folder that is not there yet.
///
/// # Errors
/// When there is no installation, the folder is there, or something cannot be read or written; then there is no backup.
pub(crate) async fn back_up(
    data_dir: &Path,
    databases: &Databases,
    to: &Path,
    with_keys: bool,
    output: &mut Output<'_>,
) -> Result<Manifest, CliError> {
    if !data_dir.join(FILES[0]).exists() {
        return Err(CliError::Refused(format!(
            "there is no installation in {}: name its data directory with --data-dir",
            data_dir.display()
        )));
    }
    if to.exists() {
        return Err(CliError::Refused(format!(
            "{} is there already; a backup never takes another's place",
            to.display()
        )));
    }
    let in_use = InUse::enter(data_dir).map_err(|error| CliError::Refused(chain(&error)))?;
    let partial = partial(to);
    files::folder(&partial).map_err(failed(format!("making {}", partial.display())))?;
    let made = fill(data_dir, databases, &partial, with_keys, output).await;
    let made = made.and_then(|manifest| {
        crash::pass("backup-copied");
        let parent = to.parent().unwrap_or(Path::new("."));
        fs::rename(&partial, to)
            .and_then(|()| files::sync_folder(parent))
            .map_err(failed(format!("making {}", to.display())))?;
        Ok(manifest)
    });
    if made.is_err() {
        fs::remove_dir_all(&partial).ok();
    }
    drop(in_use);
    made
}

/// Beside its place, under a name that is no backup's.
fn partial(to: &Path) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let id = uuid::Uuid::new_v4().simple();
    to.with_file_name(format!(".{name}.partial-{id}"))
}

async fn fill(
    data_dir: &Path,
    databases: &Databases,
    partial: &Path,
    with_keys: bool,
    output: &mut Output<'_>,
) -> Result<Manifest, CliError> {
    // Before the databases: what is printed meanwhile counts as printed since.
    let journal =
        journal_position(&journal_path(data_dir)).map_err(failed("reading the journal"))?;
    let copied = copy_databases(databases, partial, output).await?;
    crash::pass("backup-databases");
    let mut paths: Vec<PathBuf> = copied
        .iter()
        .flat_map(|copied| copied.files.clone())
        .collect();
    for name in FILES {
        let from = data_dir.join(name);
        if from.exists() {
            files::copy(&from, &partial.join(name)).map_err(failed(format!("copying {name}")))?;
            paths.push(PathBuf::from(name));
        }
    }
    paths.extend(copy_folder(data_dir, partial, OWN_RULES)?);
    if with_keys {
        paths.extend(copy_folder(data_dir, partial, KEYS)?);
    }
    let home = fs::read_to_string(data_dir.join(HOME_FILE)).unwrap_or_default();
    let wanted = wanted(databases).await;
    let keys = checks(data_dir, &wanted)?;
    let manifest = Manifest {
        format: Manifest::FORMAT,
        id: uuid::Uuid::now_v7().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
        database: databases.kind()?.to_owned(),
        services: migrations(copied),
        masters: Some(elsewhere(wanted, &keys)),
        keys,
        with_keys,
        home: home.trim().to_owned(),
        journal,
        files: entries(partial, paths)?,
    };
    write(&manifest, partial)?;
    Ok(manifest)
}

/// What tells the master keys that the databases want; a service that seals nothing wants none.
async fn wanted(databases: &Databases) -> Masters {
    let mut wanted = Masters::new();
    for (service, url) in &databases.0 {
        if let Some(check) = wanted_master(service, url).await {
            wanted.insert(service.clone(), check);
        }
    }
    wanted
}

/// Those of them that are in no key file.
fn elsewhere(mut wanted: Masters, keys: &BTreeMap<String, String>) -> Masters {
    wanted.retain(|_, check| !keys.values().any(|key| key == check));
    wanted
}

async fn copy_databases(
    databases: &Databases,
    partial: &Path,
    output: &mut Output<'_>,
) -> Result<Vec<Copied>, CliError> {
    let counter = Counter::default();
    let copying = async {
        let held = Snapshots::take(&databases.0).await?;
        held.copy(partial, &counter).await
    };
    let stand = || Stand {
        done: counter.bytes(),
        total: 0,
        text: format!("{} KiB of the databases are copied", counter.bytes() >> 10),
    };
    let mut progress = Progress::new(output);
    let copied = progress.follow(output, copying, stand).await?;
    copied.map_err(|error| CliError::failed("copying the databases", error))
}

fn copy_folder(
    data_dir: &Path,
    partial: &Path,
    (folder, ending): (&str, &str),
) -> Result<Vec<PathBuf>, CliError> {
    let what = || failed(format!("copying {folder}"));
    let mut copied = Vec::new();
    let found = files::of_ending(&data_dir.join(folder), ending).map_err(what())?;
    for from in found {
        let name = Path::new(folder).join(from.file_name().unwrap_or_default());
        files::folder(&partial.join(folder)).map_err(what())?;
        files::copy(&from, &partial.join(&name)).map_err(what())?;
        copied.push(name);
    }
    Ok(copied)
}

fn migrations(copied: Vec<Copied>) -> BTreeMap<String, Vec<String>> {
    let of = |copied: Copied| (copied.service, copied.migrations);
    copied.into_iter().map(of).collect()
}

fn entries(partial: &Path, mut paths: Vec<PathBuf>) -> Result<Vec<Entry>, CliError> {
    paths.sort();
    let entry = |path: PathBuf| {
        let hashed = files::hash(&partial.join(&path));
        let (sha256, bytes) = hashed.map_err(failed("reading the backup"))?;
        Ok(Entry {
            path,
            bytes,
            sha256,
        })
    };
    paths.into_iter().map(entry).collect()
}

/// The manifest and its hash; then the names of all files.
fn write(manifest: &Manifest, partial: &Path) -> Result<(), CliError> {
    let text = serde_json::to_vec_pretty(manifest).unwrap_or_default();
    let hash = format!("{}\n", files::hash_of(&text));
    let written = files::write(&partial.join(MANIFEST_HASH), hash.as_bytes())
        .and_then(|()| files::write(&partial.join(MANIFEST), &text));
    written.map_err(failed("writing the manifest"))?;
    let folders: std::collections::BTreeSet<PathBuf> = manifest
        .files
        .iter()
        .filter_map(|entry| entry.path.parent().map(|folder| partial.join(folder)))
        .collect();
    for folder in folders {
        files::sync_folder(&folder).map_err(failed("writing the backup"))?;
    }
    files::sync_folder(partial).map_err(failed("writing the backup"))
}
