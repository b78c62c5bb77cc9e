//! Sessions outlive a restart of the daemon: of each, its hash, its token's name and its last use are kept in the database.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use formfeed_runtime::access::Token;
use formfeed_store::spooler::{ConsoleSession, SpoolError};
use tracing::warn;

use super::Console;
use super::session::{Key, MOST, Session};

/// Use is kept once in so much time, or in a tenth of the idle time: after a restart one is signed out so much too early.
const KEPT_EVERY: Duration = Duration::from_secs(30);

/// Why nobody can be signed in or out now.
#[derive(Debug, thiserror::Error)]
pub(super) enum SignedInError {
    /// The operating system has no randomness.
    #[error("no random number could be had")]
    Random(#[from] std::io::Error),
    /// Storage.
    #[error(transparent)]
    Store(#[from] SpoolError),
}

impl Console {
    /// Signs a token's bearer in; answers the number that the browser keeps.
    ///
    /// # Errors
    /// [`SignedInError`].
    pub(super) async fn open_session(&self, token: Token) -> Result<String, SignedInError> {
        let (token_name, token_made) = (token.name.clone(), token.create_time);
        let (number, key, gone) = self.sessions.open(token)?;
        let store = self.handlers.store();
        for key in &gone {
            store.end_console_session(&in_text(key)).await?;
        }
        let kept = ConsoleSession {
            session: in_text(&key),
            spooler: self.handlers.shared().me.name.clone(),
            token_name,
            token_made,
            used_at: Utc::now(),
        };
        store.keep_console_session(&kept).await?;
        // What ended by idling is forgotten on this occasion; last uses are kept a little late.
        let since = self.idle_since(2);
        store.console_sessions(&kept.spooler, since, 0).await?;
        Ok(number)
    }

    /// The session of a number that a browser sent. `acts` counts as use.
    pub(super) async fn find_session(&self, number: &str, acts: bool) -> Option<(Key, Session)> {
        let found = self.sessions.find(number, acts)?;
        self.keep_use(&found.0).await;
        Some(found)
    }

    /// The token of a session that is open, as [`super::session::Sessions::watches`].
    pub(super) async fn watches(&self, key: &Key) -> Option<Token> {
        let token = self.sessions.watches(key)?;
        self.keep_use(key).await;
        Some(token)
    }

    async fn keep_use(&self, key: &Key) {
        let every = KEPT_EVERY.min(self.sessions.idle() / 10);
        if !self.sessions.is_due(key, every) {
            return;
        }
        let (store, session) = (self.handlers.store(), in_text(key));
        if let Err(error) = store.use_console_session(&session, Utc::now()).await {
            warn!(%error, "The use of a session cannot be kept");
        }
    }

    /// Signs out, for ever.
    ///
    /// # Errors
    /// Storage: the session is still open then.
    pub(super) async fn close_session(&self, key: &Key) -> Result<(), SpoolError> {
        let store = self.handlers.store();
        store.end_console_session(&in_text(key)).await?;
        self.sessions.close(key);
        Ok(())
    }

    /// So many idle times ago.
    fn idle_since(&self, times: u32) -> DateTime<Utc> {
        let idle = self.sessions.idle().saturating_mul(times);
        let idle = TimeDelta::from_std(idle).unwrap_or(TimeDelta::MAX);
        Utc::now().checked_sub_signed(idle).unwrap_or_default()
    }

    /// Opens the sessions of the run before, those whose token is in force.
    pub(super) async fn restore_sessions(&self) {
        let store = self.handlers.store();
        let name = &self.handlers.shared().me.name;
        let kept = match store.console_sessions(name, self.idle_since(1), MOST).await {
            Ok(kept) => kept,
            Err(error) => {
                warn!(%error, "The sessions of the run before cannot be read; everybody signs in anew");
                return;
            }
        };
        let tokens = self.tokens.list().unwrap_or_default();
        for session in kept {
            let token = tokens.iter().find(|token| {
                token.name == session.token_name
                    && token.create_time.trunc_subsecs(6) == session.token_made
                    && token.is_in_force()
            });
            let (Some(token), Some(key)) = (token, from_text(&session.session)) else {
                continue;
            };
            let ago = (Utc::now() - session.used_at).to_std().unwrap_or_default();
            self.sessions.restore(key, token.clone(), ago);
        }
    }
}

fn in_text(key: &Key) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

fn from_text(text: &str) -> Option<Key> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
