//! Who is signed in. What a browser keeps is a random number of which only the hash is here; the access token itself is kept
//! nowhere. What is to outlive a restart, `signed_in` keeps beside.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use formfeed_runtime::access::{Role, Token};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::page::Notice;

/// Random bytes of a session's number.
const RANDOM_BYTES: usize = 32;
/// Sessions at once; who comes then takes the place of the one that was idle longest.
pub(super) const MOST: usize = 1_000;
/// Sessions of one token at once: nobody pushes others out.
const MOST_OF_ONE: usize = 50;
/// What makes the number of a session's forms of its own.
const OF_FORMS: &[u8] = b"formfeed console form ";

/// The hash of a session's number.
pub(super) type Key = [u8; 32];

/// One signed-in person in one browser, as a request finds it.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// The token that was shown.
    pub(super) token: Token,
    /// What every form of this session carries.
    csrf: String,
}

/// An open session.
struct Open {
    token: Token,
    used: Instant,
    /// As of when its use is kept.
    kept: Instant,
    notice: Option<Notice>,
}

/// Everybody who is signed in.
pub(super) struct Sessions {
    idle: Duration,
    open: Mutex<HashMap<Key, Open>>,
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

    /// Time without use after which a session ends.
    pub(super) fn idle(&self) -> Duration {
        self.idle
    }

    /// Signs a token's bearer in; answers the number that the browser keeps, its key, and the sessions that end for it.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub(super) fn open(&self, token: Token) -> std::io::Result<(String, Key, Vec<Key>)> {
        let number = random()?;
        let mut open = self.lock();
        let idle = |session: &Open| session.used.elapsed() >= self.idle;
        let mut gone: Vec<_> = open.iter().filter(|(_, it)| idle(it)).map(key_of).collect();
        open.retain(|_, session| !idle(session));
        let same = |session: &Open| is_same(&session.token, &token);
        let idlest = if open.values().filter(|it| same(it)).count() >= MOST_OF_ONE {
            let of_it = open.iter().filter(|(_, it)| same(it));
            of_it.min_by_key(|(_, it)| it.used).map(key_of)
        } else if open.len() >= MOST {
            open.iter().min_by_key(|(_, it)| it.used).map(key_of)
        } else {
            None
        };
        if let Some(key) = idlest {
            open.remove(&key);
            gone.push(key);
        }
        let key = key(&number);
        open.insert(key, fresh(token, Instant::now()));
        Ok((number, key, gone))
    }

    /// Opens a session of before a restart, that was used so long ago.
    pub(super) fn restore(&self, key: Key, token: Token, ago: Duration) {
        if let Some(used) = Instant::now().checked_sub(ago) {
            self.lock().insert(key, fresh(token, used));
        }
    }

    /// The session of a number that a browser sent. `acts` counts as use.
    pub(super) fn find(&self, number: &str, acts: bool) -> Option<(Key, Session)> {
        let key = key(number);
        let token = self.touch(&key, acts)?;
        let csrf = Sha256::new().chain_update(OF_FORMS).chain_update(number);
        let csrf = URL_SAFE_NO_PAD.encode(csrf.finalize());
        Some((key, Session { token, csrf }))
    }

    /// The token of a session that is still open. Who may only look counts as using it while a page is open: a screen on the
    /// wall.
    pub(super) fn watches(&self, key: &Key) -> Option<Token> {
        let looks_only = |it: &Open| !matches!(it.token.role, Role::Admin | Role::Operator);
        let open = self.lock();
        let acts = open.get(key).is_some_and(looks_only);
        drop(open);
        self.touch(key, acts)
    }

    fn touch(&self, key: &Key, acts: bool) -> Option<Token> {
        let mut open = self.lock();
        let session = open.get_mut(key)?;
        if session.used.elapsed() >= self.idle {
            open.remove(key);
            return None;
        }
        if acts {
            session.used = Instant::now();
        }
        Some(session.token.clone())
    }

    /// Whether the use of a session is to be kept anew, so long after it was; it then counts as kept.
    pub(super) fn is_due(&self, key: &Key, after: Duration) -> bool {
        let mut open = self.lock();
        let due = |it: &&mut Open| it.used.saturating_duration_since(it.kept) >= after;
        match open.get_mut(key).filter(due) {
            Some(session) => {
                session.kept = session.used;
                true
            }
            None => false,
        }
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

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fresh(token: Token, used: Instant) -> Open {
    Open {
        token,
        used,
        kept: used,
        notice: None,
    }
}

fn key_of((key, _): (&Key, &Open)) -> Key {
    *key
}

fn is_same(one: &Token, other: &Token) -> bool {
    one.name == other.name && one.create_time == other.create_time
}

fn key(number: &str) -> Key {
    Sha256::digest(number.as_bytes()).into()
}

/// A fresh number that nobody guesses.
fn random() -> std::io::Result<String> {
    let mut bytes = [0_u8; RANDOM_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn token(role: Role) -> Token {
        token_of("ada", role)
    }

    fn token_of(name: &str, role: Role) -> Token {
        Token {
            name: name.to_owned(),
            role,
            create_time: Utc::now(),
            expire_time: None,
            revoke_time: None,
            certificate: None,
            permissions: Vec::new(),
        }
    }

    #[test]
    fn a_session_is_found_by_its_number_until_it_is_closed_or_idle() {
        let sessions = Sessions::new(Duration::from_millis(40));
        let (number, ..) = sessions.open(token(Role::Operator)).unwrap();
        let (key, session) = sessions.find(&number, true).unwrap();
        assert_eq!(session.token.name, "ada");
        assert!(session.owns(session.csrf()) && !session.owns(&number));
        assert!(sessions.find("another", true).is_none());
        std::thread::sleep(Duration::from_millis(60));
        assert!(sessions.watches(&key).is_none(), "watching is no use");
        assert!(sessions.find(&number, true).is_none());
        let (number, ..) = sessions.open(token(Role::Admin)).unwrap();
        let (key, _) = sessions.find(&number, true).unwrap();
        sessions.close(&key);
        assert!(sessions.find(&number, true).is_none());
    }

    #[test]
    fn a_screen_on_the_wall_stays_signed_in_while_it_may_only_look() {
        let sessions = Sessions::new(Duration::from_secs(2));
        let (number, ..) = sessions.open(token(Role::Auditor)).unwrap();
        let (key, _) = sessions.find(&number, false).unwrap();
        for _ in 0..4 {
            std::thread::sleep(Duration::from_millis(600));
            assert!(sessions.watches(&key).is_some());
        }
    }

    #[test]
    fn what_a_page_is_to_say_it_says_once() {
        let sessions = Sessions::new(Duration::from_secs(60));
        let (number, ..) = sessions.open(token(Role::Operator)).unwrap();
        let (key, _) = sessions.find(&number, true).unwrap();
        sessions.tell(&key, Notice::done("held"));
        assert!(sessions.told(&key).is_some());
        assert!(sessions.told(&key).is_none());
    }

    #[test]
    fn nobody_pushes_others_out_by_signing_in_again_and_again() {
        let sessions = Sessions::new(Duration::from_secs(60));
        let (olga, ..) = sessions.open(token_of("olga", Role::Operator)).unwrap();
        let wall = token_of("wall", Role::Auditor);
        let mut gone = 0;
        for _ in 0..MOST + 10 {
            gone += sessions.open(wall.clone()).unwrap().2.len();
        }
        assert_eq!(
            gone,
            MOST + 10 - MOST_OF_ONE,
            "each took a place of its own"
        );
        assert!(sessions.find(&olga, true).is_some());
    }

    #[test]
    fn a_session_of_before_a_restart_goes_on_with_its_forms_and_its_idle_time() {
        let before = Sessions::new(Duration::from_secs(60));
        let (number, key, _) = before.open(token(Role::Operator)).unwrap();
        let (_, session) = before.find(&number, true).unwrap();
        let after = Sessions::new(Duration::from_secs(60));
        after.restore(key, token(Role::Operator), Duration::from_secs(61));
        assert!(after.find(&number, true).is_none(), "idle too long");
        after.restore(key, token(Role::Operator), Duration::from_secs(30));
        let (_, again) = after.find(&number, true).unwrap();
        assert!(again.owns(session.csrf()), "a form that was open");
    }
}
