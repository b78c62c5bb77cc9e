//! The folder: which of the extract's files are there, and whether their headers can be read.

use std::path::{Path, PathBuf};
use std::{fs, io};

use formfeed_domain::extract::{Fault, File, Owner};

use super::csv_file::CsvFile;

/// The files of an extract, in order of import.
#[derive(Debug)]
pub(crate) struct Extract {
    /// Files that are there and whose headers are right.
    pub(crate) files: Vec<(File, PathBuf)>,
    /// What is wrong with the files as such: missing, or with a header that cannot be used.
    pub(crate) faults: Vec<Fault>,
    /// CSV files that are no part of an extract.
    pub(crate) ignored: Vec<String>,
    /// Size of the files, in bytes.
    pub(crate) bytes: u64,
}

/// Why a folder cannot be looked into.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExtractError {
    /// The folder, or a file in it.
    #[error("{} cannot be read", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ExtractError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::Unreadable { path, source }
    }
}

impl Extract {
    /// Looks at every file's header; no row is read yet.
    ///
    /// # Errors
    /// When the folder cannot be read. Faults of the files are collected instead.
    pub(crate) fn open(folder: &Path) -> Result<Self, ExtractError> {
        let mut extract = Self {
            files: Vec::new(),
            faults: Vec::new(),
            ignored: other_csv_files(folder).map_err(ExtractError::at(folder))?,
            bytes: 0,
        };
        for file in File::ALL {
            let path = folder.join(file.name());
            match fs::metadata(&path) {
                Ok(metadata) => extract.admit(file, path, metadata.len())?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => extract.miss(file),
                Err(error) => return Err(ExtractError::at(&path)(error)),
            }
        }
        Ok(extract)
    }

    /// The files of one service.
    pub(crate) fn of(&self, owner: Owner) -> Vec<(File, PathBuf)> {
        let of_owner = self.files.iter().filter(|(file, _)| file.owner() == owner);
        of_owner.cloned().collect()
    }

    fn admit(&mut self, file: File, path: PathBuf, bytes: u64) -> Result<(), ExtractError> {
        match CsvFile::open(file, &path)? {
            Ok(_) => {
                self.files.push((file, path));
                self.bytes += bytes;
            }
            Err(faults) => self.faults.extend(faults),
        }
        Ok(())
    }

    fn miss(&mut self, file: File) {
        if file.is_required() {
            let message = "this file is required in every extract, if only with its header";
            self.faults.push(Fault::of_row(file, 1, message));
        }
    }
}

/// Names are shown with escapes: a file name may be anything.
fn other_csv_files(folder: &Path) -> io::Result<Vec<String>> {
    let mut others = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let is_csv = name.to_ascii_lowercase().ends_with(".csv");
        if is_csv && name.parse::<File>().is_err() {
            others.push(name.escape_debug().to_string());
        }
    }
    others.sort();
    Ok(others)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_missing_required_file_and_a_wrong_header_are_faults_and_other_files_are_passed_over() {
        let folder = folder(&[
            ("payers.csv", "payer_id,name\n"),
            ("vendors.csv", "vendor_id,colour\n"),
            ("notes.csv", "whatever"),
            ("readme.txt", "whatever"),
        ]);
        let extract = Extract::open(folder.path()).unwrap();
        let faults: Vec<_> = extract.faults.iter().map(ToString::to_string).collect();
        assert_eq!(extract.files.len(), 1);
        assert_eq!(extract.ignored, ["notes.csv"]);
        assert!(faults[0].starts_with("vendors.csv:1: colour: unknown column"));
        assert_eq!(
            faults[1..],
            [
                "vendors.csv:1: name: this column is required",
                "payments.csv:1: this file is required in every extract, if only with its header",
            ]
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(Extract::open(Path::new("/nowhere/at/all")).is_err());
    }
}
