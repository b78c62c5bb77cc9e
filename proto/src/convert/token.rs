//! Access tokens.

use std::fmt;

use chrono::{DateTime, Utc};

use super::date::timestamp_from;
use super::{Violations, read};
use crate::vendor as pb;

/// What token is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOrder<C> {
    /// The bearer's name.
    pub name: String,
    /// What its bearer may do.
    pub role: pb::token::Role,
    /// When it is to end by itself.
    pub expires: Option<DateTime<Utc>>,
    /// The client certificate it is to go with.
    pub certificate: Option<C>,
    /// What its bearer may do beyond its role.
    pub permissions: Vec<pb::token::Permission>,
}

/// Reads what token is wanted, by someone for whom it is `now`; the keeper of the tokens knows the shape of names and of
/// certificates' fingerprints.
///
/// # Errors
/// Every bad field.
pub fn create_token_from<E: fmt::Display, C>(
    message: pb::CreateTokenRequest,
    check: impl FnOnce(&str) -> Result<(), E>,
    fingerprint: impl FnOnce(&str) -> Option<C>,
    now: DateTime<Utc>,
) -> Result<TokenOrder<C>, Violations> {
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
    let mut permissions = Vec::new();
    for sent in &message.permissions {
        match pb::token::Permission::try_from(*sent) {
            Ok(known) if known != pb::token::Permission::Unspecified => permissions.push(known),
            _ => bad.add("permissions", "holds what is none: REVEAL_TIN"),
        }
    }
    let ahead = |time: &prost_types::Timestamp| match timestamp_from(time) {
        Ok(time) if time <= now => Err("lies behind: give a time ahead, or none"),
        read => read,
    };
    let expires = message.expire_time.as_ref();
    let expires = expires.and_then(|time| read(&mut bad, "expire_time", ahead(time)));
    let certificate = Some(message.certificate_sha256.as_str()).filter(|text| !text.is_empty());
    let fingerprint = |text: &str| fingerprint(text).ok_or("is a SHA-256: 64 hex digits");
    let certificate =
        certificate.and_then(|text| read(&mut bad, "certificate_sha256", fingerprint(text)));
    let token = role.map(|role| TokenOrder {
        name: message.token_id,
        role,
        expires,
        certificate,
        permissions,
    });
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
