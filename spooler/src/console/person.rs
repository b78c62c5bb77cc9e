//! The person who is signed in, and how a page asks the spooler's services as that person.

use std::sync::Arc;

use formfeed_runtime::access::{Caller, Token, roles};
use formfeed_runtime::{Refusal, reason};
use tonic::{Request, Status};

use super::Console;
use super::page::Notice;
use super::session::{Key, Session};

/// Before the name of each service.
const PACKAGE: &str = "formfeed.spooler.v1.";

/// Who is signed in.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) key: Key,
    pub(super) session: Session,
    console: Arc<Console>,
}

impl Person {
    pub(super) fn new(console: Arc<Console>, key: Key, session: Session) -> Self {
        Self {
            key,
            session,
            console,
        }
    }

    pub(super) fn token(&self) -> &Token {
        &self.session.token
    }

    /// What every form carries.
    pub(super) fn csrf(&self) -> &str {
        self.session.csrf()
    }

    /// A path of the console as the browser has it.
    pub(super) fn path(&self, path: impl std::fmt::Display) -> String {
        format!("{}{path}", self.console.base)
    }

    /// Whether a method, such as `JobService/HoldJob`, is theirs to call: one table for all services.
    pub(super) fn may(&self, method: &str) -> bool {
        let Token { role, name, .. } = self.token();
        roles::access(&format!("{PACKAGE}{method}")).allows(*role, name)
    }

    /// Whether they decide anything at all.
    pub(super) fn is_operator(&self) -> bool {
        self.may("JobService/ResolveSheet")
    }

    /// A request to a method as this person.
    ///
    /// # Errors
    /// PERMISSION_DENIED when it is not theirs to call.
    pub(super) fn asks<T>(&self, method: &str, message: T) -> Result<Request<T>, Status> {
        let Token { role, name, .. } = self.token();
        if !self.may(method) {
            let who = roles::access(&format!("{PACKAGE}{method}")).who();
            let message = format!("role {role} may only look here; allowed: {who}");
            return Err(Refusal::denied(reason::ROLE_NOT_ALLOWED, message).into());
        }
        let mut request = Request::new(message);
        request.extensions_mut().insert(Caller {
            name: name.clone(),
            role: *role,
            on_behalf_of: None,
        });
        Ok(request)
    }

    /// Keeps what the next page is to say.
    pub(super) fn tell(&self, notice: Notice) {
        self.console.sessions.tell(&self.key, notice);
    }

    /// What this page is to say.
    pub(super) fn told(&self) -> Option<Notice> {
        self.console.sessions.told(&self.key)
    }

    pub(super) fn console(&self) -> &Console {
        &self.console
    }
}
