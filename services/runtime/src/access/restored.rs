//! The tokens of a backup, in the place of newer ones: what was revoked since stays revoked, whatever is restored next.

use std::io;
use std::path::Path;

use super::file::{self, Entry};

/// What a backup's tokens become where newer ones are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoredTokens {
    /// The content of the file.
    pub text: String,
    /// Those that the backup has in force and that were revoked since: they stay so.
    pub revoked: Vec<String>,
    /// Those that got another secret since: the one of the backup opens nothing any more.
    pub made_anew: Vec<String>,
}

/// The tokens of the folder of a backup, with what the data directory knows of what became of them since.
///
/// # Errors
/// When either file cannot be read: then nobody knows what was revoked.
pub fn restored_tokens(backup: &Path, data_dir: &Path) -> io::Result<RestoredTokens> {
    let (mut entries, known) = (file::read(backup)?, file::read(data_dir)?);
    let mut restored = RestoredTokens::default();
    for entry in &mut entries {
        let Some(now) = known.iter().find(|now| now.name == entry.name) else {
            continue;
        };
        if !is_same(entry, now) {
            restored.made_anew.push(now.name.clone());
            *entry = now.clone();
        } else if entry.revoked.is_none() && now.revoked.is_some() {
            restored.revoked.push(now.name.clone());
            entry.revoked = now.revoked;
        }
    }
    // A revocation that this backup knows nothing of is remembered for the next one, which may have the token in force.
    let is_in_backup = |now: &Entry| entries.iter().any(|entry| entry.name == now.name);
    let only_here = known.iter().filter(|now| !is_in_backup(now));
    let remembered: Vec<_> = only_here
        .filter(|now| now.revoked.is_some())
        .cloned()
        .collect();
    entries.extend(remembered);
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    restored.text = file::toml_text(&entries)?;
    Ok(restored)
}

fn is_same(entry: &Entry, now: &Entry) -> bool {
    (&entry.sha256, entry.created) == (&now.sha256, now.created)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Role, ensure};

    #[test]
    fn a_revocation_outlives_a_restore_of_a_backup_from_before_its_token() {
        let dirs = [(); 3].map(|()| tempfile::tempdir().unwrap());
        let [dir, early, late] = dirs.each_ref().map(tempfile::TempDir::path);
        let copy = |to: &Path| std::fs::copy(dir.join(file::FILE), to.join(file::FILE)).unwrap();
        let store = ensure(dir).unwrap();
        copy(early);
        let mia = store.create("mia", Role::Clerk, None).unwrap().1;
        store.create("since", Role::Clerk, None).unwrap();
        copy(late);
        store.revoke("mia").unwrap();

        let restored = restored_tokens(early, dir).unwrap();
        assert_eq!(restored.revoked, [""; 0], "the backup has none of them");
        std::fs::write(dir.join(file::FILE), &restored.text).unwrap();
        let kept = file::read(dir).unwrap();
        let names: Vec<_> = kept.iter().map(|entry| entry.name.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(names.contains(&"mia"), "{names:?}");
        assert!(!names.contains(&"since"), "{names:?}");

        let restored = restored_tokens(late, dir).unwrap();
        assert_eq!(restored.revoked, ["mia"]);
        std::fs::write(dir.join(file::FILE), &restored.text).unwrap();
        let tokens = crate::TokenStore::open(dir);
        assert_eq!(tokens.find(&mia).unwrap(), None);
        let listed = tokens.list().unwrap();
        assert!(listed.iter().any(|token| token.name == "since"));
    }

    #[test]
    fn what_was_revoked_or_made_anew_since_the_backup_stays_so() {
        let (dir, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = ensure(dir.path()).unwrap();
        let make = |name: &str| store.create(name, Role::Clerk, None).unwrap().1;
        let (ada, bo, old) = (make("ada"), make("bo"), make("old"));
        store.revoke("old").unwrap();
        let copy =
            |from: &Path, to: &Path| std::fs::copy(from.join(file::FILE), to.join(file::FILE));
        copy(dir.path(), backup.path()).unwrap();
        store.revoke("ada").unwrap();
        make("since");

        let restored = restored_tokens(backup.path(), dir.path()).unwrap();
        assert_eq!(restored.revoked, ["ada"]);
        assert_eq!(restored.made_anew, [""; 0]);
        std::fs::write(backup.path().join(file::FILE), &restored.text).unwrap();
        let tokens = crate::TokenStore::open(backup.path());
        assert_eq!(tokens.find(&ada).unwrap(), None);
        assert_eq!(tokens.find(&old).unwrap(), None);
        assert!(tokens.find(&bo).unwrap().is_some());
        let listed = tokens.list().unwrap();
        assert!(!listed.iter().any(|token| token.name == "since"));

        // The file was lost, and a name given again: the secret of the backup is another's.
        std::fs::remove_file(dir.path().join(file::FILE)).unwrap();
        let bo_again = store.create("bo", Role::Clerk, None).unwrap().1;
        let restored = restored_tokens(backup.path(), dir.path()).unwrap();
        assert_eq!(restored.made_anew, ["bo"]);
        std::fs::write(backup.path().join(file::FILE), &restored.text).unwrap();
        let tokens = crate::TokenStore::open(backup.path());
        assert_eq!(tokens.find(&bo).unwrap(), None);
        assert!(tokens.find(&bo_again).unwrap().is_some());

        std::fs::write(dir.path().join(file::FILE), "not toml").unwrap();
        assert!(restored_tokens(backup.path(), dir.path()).is_err());
    }
}
