//! Who calls.

use tonic::Request;

use super::role::Role;

/// Who calls: the token's name and role, and the user a service acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token's name.
    pub name: String,
    /// The token's role.
    pub role: Role,
    /// The user a service acts for, from `x-formfeed-user`.
    pub on_behalf_of: Option<String>,
}

impl Caller {
    /// The user that runs, edits and decisions record: whom a service acts for, else the token's name.
    pub fn acting_user(&self) -> &str {
        self.on_behalf_of.as_deref().unwrap_or(&self.name)
    }
}

/// Who makes a call. Behind the server's guard it is always known; a handler called
/// without one (as in a unit test) sees a caller that may do nothing.
pub fn caller<T>(request: &Request<T>) -> Caller {
    request.extensions().get().cloned().unwrap_or(Caller {
        name: "nobody".to_owned(),
        role: Role::Auditor,
        on_behalf_of: None,
    })
}
