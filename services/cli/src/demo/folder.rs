//! The folder the demo's printers print into.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// A folder with this file was made by a demo; the next one clears away what it printed.
const MARK: &str = ".formfeed-demo";

/// The folder the demo's printers print into.
pub(crate) struct Folder;

impl Folder {
    /// Makes the folder; what an earlier demo printed there goes, anything else stays.
    ///
    /// # Errors
    /// When it cannot be made or cleared.
    pub(crate) fn prepare(folder: &Path) -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let folder = fs::canonicalize(folder)?;
        let mark = folder.join(MARK);
        if mark.exists() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if is_print(&path) {
                    fs::remove_file(path)?;
                }
            }
        } else if fs::read_dir(&folder)?.next().is_none() {
            fs::write(
                mark,
                "Made by formfeed demo; the next demo removes *.pdf and *.prn here.\n",
            )?;
        }
        Ok(folder)
    }
}

fn is_print(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("pdf" | "prn")) && path.is_file()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_earlier_demos_prints_go_and_a_users_files_stay() {
        let outer = tempfile::tempdir().unwrap();
        let own = outer.path().join("demo");
        Folder::prepare(&own).unwrap();
        fs::write(own.join("old.pdf"), "").unwrap();
        fs::write(own.join("notes.txt"), "").unwrap();
        Folder::prepare(&own).unwrap();
        assert!(!own.join("old.pdf").exists() && own.join("notes.txt").exists());

        let users = outer.path().join("users");
        fs::create_dir(&users).unwrap();
        fs::write(users.join("mine.pdf"), "").unwrap();
        Folder::prepare(&users).unwrap();
        Folder::prepare(&users).unwrap();
        assert!(users.join("mine.pdf").exists());
    }
}
