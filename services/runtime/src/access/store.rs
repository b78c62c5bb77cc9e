//! The tokens of a data directory, re-read when they change.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, SubsecRound, Utc};
use tonic::Status;

use super::{
    file::{self, Entry},
    permission::Permission,
    role::Role,
    secret::{Secret, SecretHash},
};
use crate::{
    reason,
    service::Service,
    stamp::Stamp,
    status::{IntoStatus, Refusal},
    tls::Fingerprint,
};

const CHECK_EVERY: Duration = Duration::from_millis(250);
/// How often a call that lasts asks whether its token is still in force.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A named token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Name of its bearer, the user of runs, edits and decisions.
    pub name: String,
    /// What its bearer may do.
    pub role: Role,
    /// When it was made.
    pub create_time: DateTime<Utc>,
    /// When it ends by itself, if it does.
    pub expire_time: Option<DateTime<Utc>>,
    /// When it was revoked, if it was.
    pub revoke_time: Option<DateTime<Utc>>,
    /// The client certificate it goes with: without it nobody is let in.
    pub certificate: Option<Fingerprint>,
    /// What its bearer may do beyond its role.
    pub permissions: Vec<Permission>,
}

/// A token to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// Name of its bearer: see [`check_name`].
    pub name: &'a str,
    /// What its bearer may do.
    pub role: Role,
    /// When it ends by itself, if it does.
    pub expires: Option<DateTime<Utc>>,
    /// The client certificate it goes with, if it does.
    pub certificate: Option<Fingerprint>,
    /// What its bearer may do beyond its role.
    pub permissions: &'a [Permission],
}

impl<'a> NewToken<'a> {
    /// One that lasts until it is revoked, by name and role alone.
    pub fn new(name: &'a str, role: Role) -> Self {
        Self {
            name,
            role,
            expires: None,
            certificate: None,
            permissions: &[],
        }
    }
}

impl Token {
    /// Neither revoked nor over.
    pub fn is_in_force(&self) -> bool {
        self.revoke_time.is_none() && !self.is_over()
    }

    /// Whether its time is over.
    pub fn is_over(&self) -> bool {
        self.expire_time.is_some_and(|end| end <= Utc::now())
    }
}

/// Why a verb on tokens failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The caller may choose another name.
    #[error("a token's name is 1 to 40 lower-case letters, digits, dots and dashes")]
    NameMalformed,
    /// The caller may choose another name: names of revoked tokens stay taken, for they stand in records.
    #[error("a token named {0} exists or existed; choose another name")]
    Exists(String),
    /// Nothing to revoke.
    #[error("there is no token named {0}")]
    NotFound(String),
    /// The caller makes another admin's token first.
    #[error("{0} is the last admin's token; make another one before revoking it")]
    LastAdmin(String),
    /// The administrator of the machine looks after the data directory.
    #[error("the file of access tokens cannot be read or written")]
    File(#[from] io::Error),
}

/// The tokens of a data directory. Cheap to clone; every clone sees changes at once,
/// other processes within a quarter of a second.
#[derive(Debug, Clone)]
pub struct TokenStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    cache: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    checked: Option<Instant>,
    stamp: Option<Stamp>,
    known: Arc<Vec<(SecretHash, Token)>>,
}

impl TokenStore {
    /// The tokens kept in a data directory; see [`super::ensure`] for the first ones.
    pub fn open(data_dir: &Path) -> Self {
        Self {
            shared: Arc::new(Shared {
                dir: data_dir.to_owned(),
                cache: Mutex::default(),
            }),
        }
    }

    /// The token of a secret, if it is in force.
    ///
    /// # Errors
    /// When the file cannot be read: then nobody is let in.
    pub fn find(&self, secret: &Secret) -> Result<Option<Token>, TokenError> {
        Ok(self.known_by(secret)?.filter(Token::is_in_force))
    }

    /// The token of a secret, in force or over; none when it is unknown or revoked.
    pub(super) fn known_by(&self, secret: &Secret) -> Result<Option<Token>, TokenError> {
        let hash = secret.hash();
        let known = self.known()?;
        let mut found = None;
        for (kept, token) in known.iter() {
            if kept.matches(&hash) && token.revoke_time.is_none() {
                found = Some(token.clone());
            }
        }
        Ok(found)
    }

    /// Whether a token is still in force: for who showed its secret before.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn in_force(&self, shown: &Token) -> Result<bool, TokenError> {
        let same =
            |token: &Token| (&token.name, token.create_time) == (&shown.name, shown.create_time);
        let known = self.known()?;
        Ok(known
            .iter()
            .any(|(_, token)| same(token) && token.is_in_force()))
    }

    /// Waits until a token that was shown is in force no more. It is looked for every few seconds; while the file cannot be
    /// read nobody is let in, and nobody is turned out.
    pub async fn ended(&self, shown: &Token) {
        loop {
            tokio::time::sleep(LOOK_AGAIN).await;
            if let Ok(false) = self.in_force(shown) {
                return;
            }
        }
    }

    /// Makes a token and answers its secret, this once. It lasts until `expires`, or until it is revoked.
    ///
    /// # Errors
    /// As [`TokenStore::make`].
    pub fn create(
        &self,
        name: &str,
        role: Role,
        expires: Option<DateTime<Utc>>,
    ) -> Result<(Token, Secret), TokenError> {
        self.make(NewToken {
            expires,
            ..NewToken::new(name, role)
        })
    }

    /// Makes a token and answers its secret, this once.
    ///
    /// # Errors
    /// When the name is malformed or taken, or the file cannot be written.
    pub fn make(&self, new: NewToken<'_>) -> Result<(Token, Secret), TokenError> {
        let (name, role) = (new.name, new.role);
        check_name(name)?;
        let is_service = Service::ALL.iter().any(|service| service.name() == name);
        let made = self.change(|entries| {
            if is_service || entries.iter().any(|entry| entry.name == name) {
                return Err(TokenError::Exists(name.to_owned()));
            }
            issue(entries, new)
        })?;
        tracing::info!(token.name = name, %role, "Made token {name} for role {role}");
        Ok(made)
    }

    /// Every token, revoked ones too, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self) -> Result<Vec<Token>, TokenError> {
        Ok(file::read(&self.shared.dir)?.iter().map(token).collect())
    }

    /// Ends a token at once. Doing so again changes nothing.
    ///
    /// # Errors
    /// When there is none of that name, it is the last admin's, or the file cannot be written.
    pub fn revoke(&self, name: &str) -> Result<Token, TokenError> {
        let revoked = self.change(|entries| {
            let mut admins = entries
                .iter()
                .filter(|e| is_active(e) && e.role == Role::Admin);
            let last_admin = admins.next().filter(|_| admins.next().is_none());
            if last_admin.is_some_and(|entry| entry.name == name) {
                return Err(TokenError::LastAdmin(name.to_owned()));
            }
            let entry = entries
                .iter_mut()
                .find(|entry| entry.name == name)
                .ok_or_else(|| TokenError::NotFound(name.to_owned()))?;
            entry.revoked.get_or_insert_with(now);
            Ok(token(entry))
        })?;
        tracing::info!(token.name = name, "Revoked token {name}");
        Ok(revoked)
    }

    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Vec<Entry>) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let answer = file::change(&self.shared.dir, change);
        self.lock().checked = None;
        answer
    }

    fn known(&self) -> Result<Arc<Vec<(SecretHash, Token)>>, TokenError> {
        let mut cache = self.lock();
        if cache.checked.is_some_and(|at| at.elapsed() < CHECK_EVERY) {
            return Ok(cache.known.clone());
        }
        let stamp = file::stamp(&self.shared.dir)?;
        if stamp != cache.stamp || stamp.is_none() {
            let entries = file::read(&self.shared.dir)?;
            let hashed = entries
                .iter()
                .filter_map(|entry| Some((SecretHash::from_text(&entry.sha256)?, token(entry))));
            cache.known = Arc::new(hashed.collect());
            cache.stamp = stamp;
        }
        cache.checked = Some(Instant::now());
        Ok(cache.known.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.shared
            .cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl IntoStatus for TokenError {
    fn into_status(self) -> Status {
        let message = self.to_string();
        match self {
            Self::NameMalformed => {
                Refusal::invalid(reason::FIELDS_INVALID, &message).field("token_id", message)
            }
            Self::Exists(name) => {
                Refusal::already_exists(reason::TOKEN_EXISTS, message).with("token", name)
            }
            Self::NotFound(name) => {
                Refusal::not_found(reason::TOKEN_NOT_FOUND, message).with("token", name)
            }
            Self::LastAdmin(name) => {
                Refusal::failed_precondition(reason::LAST_ADMIN_TOKEN, message).with("token", name)
            }
            Self::File(source) => {
                tracing::error!(error = %source, "Cannot use the file of access tokens");
                Refusal::unavailable(reason::TOKENS_UNREADABLE, message)
            }
        }
        .into_status()
    }
}

/// Puts a new token in the place of any of its name.
pub(super) fn issue(
    entries: &mut Vec<Entry>,
    new: NewToken<'_>,
) -> Result<(Token, Secret), TokenError> {
    let secret = Secret::generate()?;
    let entry = Entry {
        name: new.name.to_owned(),
        role: new.role,
        sha256: secret.hash().to_text(),
        certificate: new.certificate,
        created: now(),
        expires: new.expires,
        revoked: None,
        may: new.permissions.to_vec(),
    };
    let made = token(&entry);
    entries.retain(|entry| entry.name != new.name);
    entries.push(entry);
    Ok((made, secret))
}

pub(super) fn is_active(entry: &Entry) -> bool {
    token(entry).is_in_force()
}

fn token(entry: &Entry) -> Token {
    Token {
        name: entry.name.clone(),
        role: entry.role,
        create_time: entry.created,
        expire_time: entry.expires,
        revoke_time: entry.revoked,
        certificate: entry.certificate,
        permissions: entry.may.clone(),
    }
}

/// Lets the name of a token pass.
///
/// # Errors
/// [`TokenError::NameMalformed`].
pub fn check_name(name: &str) -> Result<(), TokenError> {
    let fits =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    match (1..=40).contains(&name.len()) && name.bytes().all(fits) {
        true => Ok(()),
        false => Err(TokenError::NameMalformed),
    }
}

fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::ensure;

    #[test]
    fn a_token_is_found_by_its_secret_until_it_is_revoked() {
        let dir = tempfile::tempdir().unwrap();
        let store = ensure(dir.path()).unwrap();
        let (made, secret) = store.create("ada.b-1", Role::Clerk, None).unwrap();
        assert_eq!(store.find(&secret).unwrap(), Some(made));
        let revoked = store.revoke("ada.b-1").unwrap();
        assert!(revoked.revoke_time.is_some());
        assert_eq!(
            store.revoke("ada.b-1").unwrap(),
            revoked,
            "again changes nothing"
        );
        assert_eq!(store.find(&secret).unwrap(), None);
        assert!(store.list().unwrap().contains(&revoked));
    }

    #[test]
    fn names_are_taken_for_good_and_those_of_services_from_the_start() {
        let dir = tempfile::tempdir().unwrap();
        let store = ensure(dir.path()).unwrap();
        store.create("ada", Role::Clerk, None).unwrap();
        store.revoke("ada").unwrap();
        for taken in ["ada", "forms"] {
            let refused = store.create(taken, Role::Clerk, None).unwrap_err();
            assert!(
                matches!(refused, TokenError::Exists(_)),
                "{taken}: {refused}"
            );
        }
        for bad in ["", "Ada", "a b", &"a".repeat(41)] {
            let refused = store.create(bad, Role::Clerk, None).unwrap_err();
            assert!(
                matches!(refused, TokenError::NameMalformed),
                "{bad}: {refused}"
            );
        }
    }

    #[test]
    fn the_last_admins_token_cannot_be_revoked() {
        let dir = tempfile::tempdir().unwrap();
        let store = ensure(dir.path()).unwrap();
        assert!(matches!(
            store.revoke("admin").unwrap_err(),
            TokenError::LastAdmin(_)
        ));
        store.create("root", Role::Admin, None).unwrap();
        store.revoke("admin").unwrap();
    }

    #[test]
    fn a_token_ends_by_itself_and_an_admins_that_is_over_is_no_admins() {
        let dir = tempfile::tempdir().unwrap();
        let store = ensure(dir.path()).unwrap();
        let at = |seconds| Some(now() + chrono::TimeDelta::seconds(seconds));
        let (lasts, secret) = store.create("lasts", Role::Admin, at(600)).unwrap();
        assert!(store.in_force(&lasts).unwrap());
        assert_eq!(store.find(&secret).unwrap(), Some(lasts));
        let (over, secret) = store.create("over", Role::Admin, at(-1)).unwrap();
        assert!(!store.in_force(&over).unwrap());
        assert_eq!(store.find(&secret).unwrap(), None);
        assert_eq!(store.known_by(&secret).unwrap(), Some(over));
        store.revoke("admin").unwrap();
        assert!(matches!(
            store.revoke("lasts").unwrap_err(),
            TokenError::LastAdmin(_)
        ));
    }

    #[test]
    fn a_damaged_file_lets_nobody_in_and_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let store = ensure(dir.path()).unwrap();
        let (_, secret) = store.create("ada", Role::Clerk, None).unwrap();
        let path = dir.path().join(file::FILE);
        std::fs::write(&path, "not toml").unwrap();
        assert!(TokenStore::open(dir.path()).find(&secret).is_err());
        assert!(store.create("bo", Role::Clerk, None).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "not toml");
    }

    #[test]
    fn no_secret_shows_in_debug_output() {
        let secret = Secret::generate().unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
