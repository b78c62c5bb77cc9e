//! The first tokens: the admin's, and one for each service.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    file::Entry,
    role::Role,
    secret::Secret,
    store::{NewToken, TokenError, TokenStore, is_active, issue},
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

/// Makes the admin's token anew where the one in its file is not in force: after a restore on another machine, whose tokens
/// are known by their hashes alone. Who may write the data directory may do so anyway.
///
/// # Errors
/// When the data directory cannot be written.
pub fn let_in(data_dir: &Path) -> Result<(), TokenError> {
    let path = admin_token_path(data_dir);
    let store = TokenStore::open(data_dir);
    store.change(|entries| {
        if !belongs(entries, ADMIN, &path) {
            make(entries, ADMIN, Role::Admin, &path)?;
        }
        Ok(())
    })
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
    let (_, secret) = issue(entries, NewToken::new(name, role))?;
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn the_first_start_makes_an_admin_and_a_token_for_each_service() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = dir.path().join("data");
        let store = ensure(&data_dir).unwrap();
        let admin = read_token(&admin_token_path(&data_dir)).unwrap();
        assert_eq!(store.find(&admin).unwrap().unwrap().role, Role::Admin);
        for service in Service::ALL {
            let secret = read_token(&service_token_path(&data_dir, service)).unwrap();
            assert!(secret.expose().starts_with("ff_"));
            let token = store.find(&secret).unwrap().unwrap();
            assert_eq!(
                (token.role, token.name.as_str()),
                (Role::Service, service.name())
            );
            assert_eq!(mode(&service_token_path(&data_dir, service)), 0o600);
        }
        assert_eq!(mode(&admin_token_path(&data_dir)), 0o600);
        assert_eq!(mode(&data_dir.join("tokens.toml")), 0o600);
        assert_eq!(mode(&data_dir), 0o700);
    }

    #[test]
    fn the_file_of_tokens_holds_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        ensure(dir.path()).unwrap();
        let admin = read_token(&admin_token_path(dir.path())).unwrap();
        let kept = fs::read_to_string(dir.path().join("tokens.toml")).unwrap();
        assert!(!kept.contains("ff_") && !kept.contains(admin.expose()));
    }

    #[test]
    fn a_second_start_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        ensure(dir.path()).unwrap();
        let before = fs::read(dir.path().join("tokens.toml")).unwrap();
        ensure(dir.path()).unwrap();
        assert_eq!(fs::read(dir.path().join("tokens.toml")).unwrap(), before);
    }

    #[test]
    fn many_starts_at_once_agree_on_the_tokens() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| ensure(dir.path()).unwrap());
            }
        });
        let store = TokenStore::open(dir.path());
        assert_eq!(store.list().unwrap().len(), 5);
        for service in Service::ALL {
            let secret = read_token(&service_token_path(dir.path(), service)).unwrap();
            assert!(store.find(&secret).unwrap().is_some(), "{service}");
        }
    }

    #[test]
    fn a_revoked_services_token_is_renewed_by_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let store = ensure(dir.path()).unwrap();
        let path = service_token_path(dir.path(), Service::Forms);
        let old = read_token(&path).unwrap();
        store.revoke("forms").unwrap();
        assert!(store.find(&old).unwrap().is_none());
        ensure(dir.path()).unwrap();
        let renewed = TokenStore::open(dir.path())
            .find(&read_token(&path).unwrap())
            .unwrap();
        assert_eq!(renewed.unwrap().name, "forms");
    }

    #[test]
    fn an_admin_that_was_revoked_for_another_does_not_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = ensure(dir.path()).unwrap();
        store.create("root", Role::Admin, None).unwrap();
        store.revoke("admin").unwrap();
        ensure(dir.path()).unwrap();
        let admin = read_token(&admin_token_path(dir.path())).unwrap();
        assert!(TokenStore::open(dir.path()).find(&admin).unwrap().is_none());
    }
}
