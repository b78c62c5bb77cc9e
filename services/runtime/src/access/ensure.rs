//! The first tokens: the admin's, and one for each service.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    file::Entry,
    role::Role,
    secret::Secret,
    store::{TokenError, TokenStore, is_active, issue},
};
use crate::{data_dir, service::Service};

const ADMIN: &str = "admin";

/// Makes the data directory and its first tokens unless they are there, and opens them.
/// Safe with several processes starting at once.
///
/// The admin's is made when no admin's token is in force. A service's is made whenever its
/// file and its entry do not belong together: revoking one and starting again renews it.
///
/// # Errors
/// When the data directory cannot be written.
pub fn ensure(data_dir: &Path) -> Result<TokenStore, TokenError> {
    data_dir::prepare(data_dir)?;
    data_dir::prepare(&data_dir.join("tokens"))?;
    let store = TokenStore::open(data_dir);
    store.change(|entries| {
        if !entries
            .iter()
            .any(|e| is_active(e) && e.role == Role::Admin)
        {
            make(entries, ADMIN, Role::Admin, &admin_token_path(data_dir))?;
        }
        for service in Service::ALL {
            let path = service_token_path(data_dir, service);
            if !belongs(entries, service.name(), &path) {
                make(entries, service.name(), Role::Service, &path)?;
            }
        }
        Ok(())
    })?;
    Ok(store)
}

/// File of the first admin's secret.
pub fn admin_token_path(data_dir: &Path) -> PathBuf {
    data_dir.join("admin.token")
}

/// File of a service's secret.
pub fn service_token_path(data_dir: &Path, service: Service) -> PathBuf {
    data_dir.join("tokens").join(format!("{service}.token"))
}

/// The secret in a token file.
///
/// # Errors
/// When the file cannot be read or is empty.
pub fn read_token(path: &Path) -> io::Result<Secret> {
    let secret = Secret::new(&fs::read_to_string(path)?);
    match secret.expose().is_empty() {
        true => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the token file is empty",
        )),
        false => Ok(secret),
    }
}

// The secret is written first: a crash in between leaves a file without an entry, which the next start replaces.
fn make(entries: &mut Vec<Entry>, name: &str, role: Role, path: &Path) -> Result<(), TokenError> {
    let (_, secret) = issue(entries, name, role)?;
    data_dir::replace(path, format!("{}\n", secret.expose()).as_bytes())?;
    Ok(())
}

fn belongs(entries: &[Entry], name: &str, path: &Path) -> bool {
    let Ok(secret) = read_token(path) else {
        return false;
    };
    let hash = secret.hash().to_text();
    entries
        .iter()
        .any(|entry| entry.name == name && is_active(entry) && entry.sha256 == hash)
}
