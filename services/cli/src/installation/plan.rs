//! What a restore puts where, written down before the first file moves: whoever is cut off is finished by who comes next.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use formfeed_runtime::data_dir;
use formfeed_runtime::in_use::plan_path;
use serde::{Deserialize, Serialize};

use super::{crash, files};

/// Moves that are repeated until all are done. Nothing is deleted: what was there goes aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The backup.
    pub(super) backup: String,
    /// End of the names of what goes aside.
    pub(super) suffix: String,
    /// Services whose filled schemas get their names.
    pub(super) schemas: Vec<String>,
    /// Files and folders, in order.
    pub(super) moves: Vec<Move>,
}

/// One file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Move {
    /// What takes the place; nothing where it only becomes free.
    pub(super) staged: Option<PathBuf>,
    /// The place.
    pub(super) place: PathBuf,
}

impl Move {
    /// Where the new content of a place lies until it moves.
    pub(super) fn staged_for(place: &Path) -> PathBuf {
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        place.with_file_name(format!(".{name}.restoring"))
    }

    /// Where the old content of a place goes.
    fn aside(&self, suffix: &str) -> PathBuf {
        let name = self.place.file_name().unwrap_or_default();
        let folder = self.place.parent().unwrap_or(Path::new("."));
        let mut aside = folder.join(format!("replaced-{suffix}")).join(name);
        while aside.exists() {
            aside = aside.with_added_extension("again");
        }
        aside
    }

    /// Moves; where it is done already, nothing does.
    fn make(&self, suffix: &str) -> io::Result<()> {
        if self.staged.as_ref().is_some_and(|staged| !staged.exists()) {
            return Ok(());
        }
        let folder = self.place.parent().unwrap_or(Path::new("."));
        if self.place.exists() {
            let aside = self.aside(suffix);
            files::folder(aside.parent().unwrap_or(folder))?;
            fs::rename(&self.place, &aside)?;
            files::sync_folder(aside.parent().unwrap_or(folder))?;
            files::sync_folder(folder)?;
        }
        crash::pass("restore-between");
        if let Some(staged) = &self.staged {
            fs::rename(staged, &self.place)?;
            files::sync_folder(folder)?;
        }
        Ok(())
    }
}

impl Plan {
    /// The plan of a restore that was cut off, if there is one.
    pub(super) fn read(data_dir: &Path) -> io::Result<Option<Self>> {
        match fs::read(plan_path(data_dir)) {
            Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// From here on there is no way back, and nobody starts before all is done.
    pub(super) fn write(&self, data_dir: &Path) -> io::Result<()> {
        data_dir::replace(&plan_path(data_dir), &serde_json::to_vec_pretty(self)?)
    }

    /// Moves the files.
    pub(super) fn move_files(&self) -> io::Result<()> {
        for one in &self.moves {
            one.make(&self.suffix)?;
            crash::pass("restore-moved");
        }
        Ok(())
    }

    /// All is done.
    pub(super) fn remove(data_dir: &Path) -> io::Result<()> {
        fs::remove_file(plan_path(data_dir))?;
        files::sync_folder(data_dir)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_plan_is_carried_out_from_wherever_it_was_cut_off_and_deletes_nothing() {
        let read = |path: &Path| fs::read_to_string(path).ok();
        // Before the old one went aside, between, and after the new one took its place.
        for cut in 0..3 {
            let folder = tempfile::tempdir().unwrap();
            let place = folder.path().join("a.db");
            let log = folder.path().join("a.db-wal");
            let aside = folder.path().join("replaced-x");
            let staged = Move::staged_for(&place);
            fs::write(&staged, "new").unwrap();
            fs::write(&place, "old").unwrap();
            fs::write(&log, "old log").unwrap();
            if cut > 0 {
                files::folder(&aside).unwrap();
                fs::rename(&log, aside.join("a.db-wal")).unwrap();
                fs::rename(&place, aside.join("a.db")).unwrap();
            }
            if cut > 1 {
                fs::rename(&staged, &place).unwrap();
            }
            let plan = Plan {
                backup: "b".to_owned(),
                suffix: "x".to_owned(),
                schemas: vec![],
                moves: vec![
                    Move {
                        staged: None,
                        place: log.clone(),
                    },
                    Move {
                        staged: Some(staged),
                        place: place.clone(),
                    },
                ],
            };
            plan.write(folder.path()).unwrap();
            let found = Plan::read(folder.path()).unwrap().unwrap();
            assert_eq!(found, plan);
            found.move_files().unwrap();
            found.move_files().unwrap();
            Plan::remove(folder.path()).unwrap();
            assert_eq!(read(&place).as_deref(), Some("new"), "{cut}");
            assert_eq!(read(&aside.join("a.db")).as_deref(), Some("old"), "{cut}");
            assert_eq!(
                read(&aside.join("a.db-wal")).as_deref(),
                Some("old log"),
                "{cut}"
            );
            assert!(!log.exists());
        }
    }
}
