//! What a spooler is on its database: the same after a restart, another run each time.

use std::fs;
use std::io;
use std::path::Path;

use formfeed_store::spooler::Identity;
use uuid::Uuid;

use crate::config::SpoolerConfig;

/// The file with the id of a data directory.
pub const HOME_FILE: &str = "spooler.id";
/// Longest name.
pub(crate) const NAME_MOST: usize = 60;

/// The identity of a new run. Whoever calls has the data directory to itself.
///
/// # Errors
/// When the file with the directory's id cannot be read or made.
pub(crate) fn identity(data_dir: &Path, config: &SpoolerConfig) -> io::Result<Identity> {
    let home = home(&data_dir.join(HOME_FILE))?;
    let usual = || format!("{}-{}", host(), &home[..8]);
    Ok(Identity {
        name: config.name.clone().unwrap_or_else(usual),
        instance: Uuid::now_v7().to_string(),
        life: config.lease_life,
        home,
    })
}

/// Whether a word can be a spooler's name: letters, digits, dashes and dots.
pub(crate) fn is_name(word: &str) -> bool {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || "-.".contains(letter);
    !word.is_empty() && word.len() <= NAME_MOST && word.chars().all(letter)
}

fn home(file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Ok(text) => match Uuid::parse_str(text.trim()) {
            Ok(id) => Ok(id.simple().to_string()),
            Err(error) => Err(io::Error::other(format!("{}: {error}", file.display()))),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let id = Uuid::new_v4();
            let (text, whole) = (format!("{id}\n"), file.with_extension("id.new"));
            fs::write(&whole, text)?;
            fs::File::open(&whole)?.sync_all()?;
            fs::rename(&whole, file)?;
            Ok(id.simple().to_string())
        }
        Err(error) => Err(error),
    }
}

/// The host's name, as far as a spooler's may have it.
fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname");
    let name = name.or_else(|_| fs::read_to_string("/etc/hostname"));
    let name = name.unwrap_or_default();
    let short = name.trim().split('.').next().unwrap_or_default();
    match is_name(short) && short.len() + 9 <= NAME_MOST {
        true => short.to_owned(),
        false => "spooler".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_has_the_same_name_and_another_run() {
        let folder = tempfile::tempdir().unwrap();
        let usual = SpoolerConfig::default();
        let first = identity(folder.path(), &usual).unwrap();
        let again = identity(folder.path(), &usual).unwrap();
        assert_eq!(
            (&first.name, &first.home),
            (&again.name, &again.home),
            "the same daemon"
        );
        assert_ne!(first.instance, again.instance);
        assert!(is_name(&first.name), "{}", first.name);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(identity(other.path(), &usual).unwrap().name, first.name);
    }
}
