//! Who may read the files: databases hold names and amounts, keys open TINs, tokens open doors.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use formfeed_store::checkup::Finding;

/// Looks at the data directory and what lies in it.
pub(super) fn examine(data_dir: &Path) -> Vec<Finding> {
    const CHECK: &str = "files";
    let shown = data_dir.display().to_string();
    let folder = match fs::metadata(data_dir) {
        Ok(folder) if folder.is_dir() => folder,
        Ok(_) => {
            let way_out = "give a folder with --data-dir";
            return vec![Finding::fault(CHECK, shown, "it is no folder", way_out)];
        }
        Err(error) => {
            let way_out = "`formfeed up` makes it; run as who owns it, or name it with --data-dir";
            return vec![Finding::fault(CHECK, shown, error.to_string(), way_out)];
        }
    };
    let mut found = Vec::new();
    if folder.mode() & 0o077 != 0 {
        let text = format!(
            "others may look into it (mode {:03o})",
            folder.mode() & 0o777
        );
        let way_out = format!("chmod 700 {shown}");
        found.push(Finding::warning(CHECK, shown.as_str(), text, way_out));
    }
    let files = secrets(data_dir);
    for (path, file) in files.iter().flatten() {
        found.extend(of_one(CHECK, path, file, folder.uid()));
    }
    if let Err(error) = files {
        let way_out = "run as the user the services run as";
        found.push(Finding::fault(
            CHECK,
            shown.as_str(),
            error.to_string(),
            way_out,
        ));
    }
    if found.is_empty() {
        let text = "only its owner reads what lies in it";
        found.push(Finding::fine(CHECK, shown, text));
    }
    found
}

fn of_one(check: &'static str, path: &Path, file: &Metadata, owner: u32) -> Vec<Finding> {
    let shown = path.display().to_string();
    let mut found = Vec::new();
    if file.mode() & 0o077 != 0 {
        let text = format!("others may read it (mode {:03o})", file.mode() & 0o777);
        let mode = if file.is_dir() { 700 } else { 600 };
        let way_out = format!("chmod {mode} {shown}; what it holds may be known to others by now");
        found.push(Finding::fault(check, shown.as_str(), text, way_out));
    }
    if file.uid() != owner {
        let text = format!("it belongs to user {}, the folder to {owner}", file.uid());
        let way_out = format!("chown {owner} {shown}");
        found.push(Finding::fault(check, shown, text, way_out));
    }
    found
}

/// What nobody else may read: everything beside the folders of forms and rules.
fn secrets(data_dir: &Path) -> io::Result<Vec<(PathBuf, Metadata)>> {
    let mut all = Vec::new();
    for folder in [
        data_dir.to_owned(),
        data_dir.join("keys"),
        data_dir.join("tokens"),
    ] {
        if !folder.is_dir() {
            continue;
        }
        if folder != data_dir {
            all.push((folder.clone(), fs::metadata(&folder)?));
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            match fs::symlink_metadata(&path) {
                Ok(file) if file.is_file() && is_secret(&path) => all.push((path, file)),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {} // gone since, or a folder
            }
        }
    }
    Ok(all)
}

/// The configuration is the administrator's, who may let others read it, and certificates are shown to everybody.
fn is_secret(path: &Path) -> bool {
    let is_certificate = path.extension() == Some(OsStr::new("crt"));
    !is_certificate && path.file_name() != Some(OsStr::new("formfeed.toml"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use formfeed_store::checkup::Verdict;

    use super::*;

    #[test]
    fn a_key_that_others_may_read_is_a_fault_and_the_way_out_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let key = keys.join("vendor.key");
        crate::data_dir::prepare(&keys).unwrap();
        fs::write(&key, "secret").unwrap();
        let mode = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(folder.path(), 0o700);
        mode(&key, 0o600);
        let found = examine(folder.path());
        assert_eq!(found[0].verdict, Verdict::Fine, "{found:?}");
        mode(&key, 0o644);
        let found = examine(folder.path());
        assert_eq!((found.len(), found[0].verdict), (1, Verdict::Fault));
        assert!(found[0].way_out.starts_with("chmod 600"), "{found:?}");
    }
}
