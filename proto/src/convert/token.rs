//! Access tokens.

use std::fmt;

use super::{Violations, read};
use crate::vendor as pb;

/// Reads what token is wanted: the bearer's name, whose shape the keeper of the tokens knows, and the role.
///
/// # Errors
/// Every bad field.
pub fn create_token_from<E: fmt::Display>(
    message: pb::CreateTokenRequest,
    check: impl FnOnce(&str) -> Result<(), E>,
) -> Result<(String, pb::token::Role), Violations> {
    let mut bad = Violations::new();
    read(&mut bad, "token_id", check(&message.token_id));
    let role = pb::token::Role::try_from(message.role).ok();
    let role = role.filter(|role| *role != pb::token::Role::Unspecified);
    if role.is_none() {
        bad.add(
            "role",
            "is required: ADMIN, CLERK, OPERATOR, AUDITOR or SERVICE",
        );
    }
    let token = role.map(|role| (message.token_id, role));
    bad.finish(token)
}

/// Reads the bearer's name in a token's name.
///
/// # Errors
/// The bad field.
pub fn token_id_from<E: fmt::Display>(
    name: &str,
    check: impl FnOnce(&str) -> Result<(), E>,
) -> Result<String, Violations> {
    let mut bad = Violations::new();
    let key = super::name::key_in(&mut bad, "name", "tokens", name, |key| {
        check(key).map(|()| key.to_owned())
    });
    bad.finish(key)
}
