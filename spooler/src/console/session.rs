//! Who is signed in. Sessions live in memory: a restart signs everybody out. What a browser keeps is a random number of
//! which only the hash is here; the access token itself is kept nowhere.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use formfeed_runtime::access::{Role, Token};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::page::Notice;

/// Random bytes of a session's number, and of its forms.
const RANDOM_BYTES: usize = 32;
/// Sessions at once; who comes then takes the place of the one that was idle longest.
const MOST: usize = 1_000;

/// The hash of a session's number.
pub(super) type Key = [u8; 32];

/// One signed-in person in one browser.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The token that was shown.
    pub(super) token: Token,
    /// What every form of this session carries.
    csrf: String,
    used: Instant,
    notice: Option<Notice>,
}

/// Everybody who is signed in.
pub(super) struct Sessions {
    idle: Duration,
    open: Mutex<HashMap<Key, Session>>,
}

impl Session {
    /// What every form of this session carries.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether a form is of this session.
    pub(super) fn owns(&self, csrf: &str) -> bool {
        self.csrf.as_bytes().ct_eq(csrf.as_bytes()).into()
    }
}

impl Sessions {
    /// Nobody yet; who does nothing for `idle` is signed out.
    pub(super) fn new(idle: Duration) -> Self {
        Self {
            idle,
            open: Mutex::default(),
        }
    }

    /// Signs a token's bearer in; answers the number that the browser keeps.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub(super) fn open(&self, token: Token) -> std::io::Result<String> {
        let number = random()?;
        let session = Session {
            token,
            csrf: random()?,
            used: Instant::now(),
            notice: None,
        };
        let mut open = self.lock();
        open.retain(|_, session| session.used.elapsed() < self.idle);
        if open.len() >= MOST {
            let idlest = open.iter().min_by_key(|(_, session)| session.used);
            if let Some(key) = idlest.map(|(key, _)| *key) {
                open.remove(&key);
            }
        }
        open.insert(key(&number), session);
        Ok(number)
    }

    /// The session of a number that a browser sent. `acts` counts as use.
    pub(super) fn find(&self, number: &str, acts: bool) -> Option<(Key, Session)> {
        let key = key(number);
        let session = self.touch(&key, acts)?;
        Some((key, session))
    }

    /// Whether a session is still open. Who may only look counts as using it while a page is open: a screen on the wall.
    pub(super) fn watches(&self, key: &Key) -> Option<Session> {
        let looks_only =
            |session: &Session| !matches!(session.token.role, Role::Admin | Role::Operator);
        let open = self.lock();
        let acts = open.get(key).is_some_and(looks_only);
        drop(open);
        self.touch(key, acts)
    }

    fn touch(&self, key: &Key, acts: bool) -> Option<Session> {
        let mut open = self.lock();
        let session = open.get_mut(key)?;
        if session.used.elapsed() >= self.idle {
            open.remove(key);
            return None;
        }
        if acts {
            session.used = Instant::now();
        }
        Some(session.clone())
    }

    /// Signs out.
    pub(super) fn close(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Keeps what the next page is to say.
    pub(super) fn tell(&self, key: &Key, notice: Notice) {
        if let Some(session) = self.lock().get_mut(key) {
            session.notice = Some(notice);
        }
    }

    /// What this page is to say, once.
    pub(super) fn told(&self, key: &Key) -> Option<Notice> {
        self.lock().get_mut(key)?.notice.take()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(number: &str) -> Key {
    Sha256::digest(number.as_bytes()).into()
}

/// A fresh number that nobody guesses.
pub(super) fn random() -> std::io::Result<String> {
    let mut bytes = [0_u8; RANDOM_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn token(role: Role) -> Token {
        Token {
            name: "ada".to_owned(),
            role,
            create_time: Utc::now(),
            expire_time: None,
            revoke_time: None,
        }
    }

    #[test]
    fn a_session_is_found_by_its_number_until_it_is_closed_or_idle() {
        let sessions = Sessions::new(Duration::from_millis(40));
        let number = sessions.open(token(Role::Operator)).unwrap();
        let (key, session) = sessions.find(&number, true).unwrap();
        assert_eq!(session.token.name, "ada");
        assert!(session.owns(session.csrf()) && !session.owns(&number));
        assert!(sessions.find("another", true).is_none());
        std::thread::sleep(Duration::from_millis(60));
        assert!(sessions.watches(&key).is_none(), "watching is no use");
        assert!(sessions.find(&number, true).is_none());
        let number = sessions.open(token(Role::Admin)).unwrap();
        let (key, _) = sessions.find(&number, true).unwrap();
        sessions.close(&key);
        assert!(sessions.find(&number, true).is_none());
    }

    #[test]
    fn a_screen_on_the_wall_stays_signed_in_while_it_may_only_look() {
        let sessions = Sessions::new(Duration::from_millis(60));
        let number = sessions.open(token(Role::Auditor)).unwrap();
        let (key, _) = sessions.find(&number, false).unwrap();
        for _ in 0..4 {
            std::thread::sleep(Duration::from_millis(25));
            assert!(sessions.watches(&key).is_some());
        }
    }

    #[test]
    fn what_a_page_is_to_say_it_says_once() {
        let sessions = Sessions::new(Duration::from_secs(60));
        let number = sessions.open(token(Role::Operator)).unwrap();
        let (key, _) = sessions.find(&number, true).unwrap();
        sessions.tell(&key, Notice::done("held"));
        assert!(sessions.told(&key).is_some());
        assert!(sessions.told(&key).is_none());
    }
}
