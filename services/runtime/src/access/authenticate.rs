//! From a call's headers to its caller, or to a refusal.

use http::{HeaderMap, header::AUTHORIZATION};
use tonic::Status;

use super::{
    caller::Caller,
    permission::Permission,
    role::Role,
    roles::{self, Access},
    secret::Secret,
    store::{Token, TokenStore},
};
use crate::{
    reason, request_id,
    service::Service,
    status::{IntoStatus, Refusal},
    tls::{self, Shown},
};

/// The user a service acts for.
pub const USER_HEADER: &str = "x-formfeed-user";

/// Where a call came in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Door<'a> {
    /// The server listens on loopback only, where reflection is open.
    pub loopback: bool,
    /// The server asks clients for certificates: services must show theirs.
    pub asks_certificates: bool,
    /// The certificate the client showed.
    pub shown: Option<&'a Shown>,
}

/// Finds who calls a method, by which token, and whether they may; none for what is open to all.
///
/// # Errors
/// UNAUTHENTICATED without a token in force, PERMISSION_DENIED when its role may not call the method.
pub fn authenticate(
    tokens: &TokenStore,
    path: &str,
    headers: &HeaderMap,
    door: &Door<'_>,
) -> Result<Option<(Caller, Token)>, Status> {
    let access = roles::access(path);
    match access {
        Access::Open => return Ok(None),
        Access::OpenOnLoopback if door.loopback => return Ok(None),
        _ => {}
    }
    let secret = bearer(headers)?;
    let token = tokens.known_by(&secret).map_err(IntoStatus::into_status)?;
    let token = token.ok_or_else(|| {
        Refusal::unauthenticated(
            reason::TOKEN_UNKNOWN,
            "the access token is unknown or revoked; ask an admin for another one (`formfeed token add`)",
        )
    })?;
    if token.is_over() {
        let message = format!(
            "the access token of {} has expired; ask an admin for another one (`formfeed token add`)",
            token.name
        );
        return Err(Refusal::unauthenticated(reason::TOKEN_EXPIRED, message).into_status());
    }
    door.check_certificate(&token)?;
    if !access.allows(token.role, &token.name) {
        return Err(denied(path, access, token.role).into_status());
    }
    if let Some(needed) = roles::permission(path).filter(|it| !token.permissions.contains(it)) {
        return Err(not_permitted(path, needed, &token.name).into_status());
    }
    let on_behalf_of = acting_user(headers, token.role)?;
    let caller = Caller {
        name: token.name.clone(),
        role: token.role,
        on_behalf_of,
    };
    Ok(Some((caller, token)))
}

impl Door<'_> {
    /// A token that is bound to a certificate goes with that one only, a service's with the service's own.
    fn check_certificate(&self, token: &Token) -> Result<(), Refusal> {
        let refused = |message: String| {
            Err(Refusal::unauthenticated(
                reason::CERTIFICATE_REQUIRED,
                message,
            ))
        };
        let shown = self.shown.map(|shown| shown.fingerprint);
        if token.certificate.is_some() && token.certificate != shown {
            return refused(format!(
                "the access token of {} goes with a client certificate that was not shown; \
                 show it (FORMFEED_TLS_CLIENT_CERT, FORMFEED_TLS_CLIENT_KEY), or ask an admin for another token",
                token.name
            ));
        }
        let service = Service::ALL
            .into_iter()
            .find(|service| token.role == Role::Service && service.name() == token.name);
        let Some(service) = service.filter(|_| self.asks_certificates) else {
            return Ok(());
        };
        match self.shown.is_some_and(|shown| shown.is_of(service)) {
            true => Ok(()),
            false => refused(format!(
                "the {service} service must show a certificate with the DNS name {}",
                tls::service_dns_name(service)
            )),
        }
    }
}

/// The token in force that a call came with, whatever it may do.
pub(crate) fn bearer_of(tokens: &TokenStore, headers: &HeaderMap) -> Option<Token> {
    let secret = bearer(headers).ok()?;
    tokens.find(&secret).ok().flatten()
}

fn bearer(headers: &HeaderMap) -> Result<Secret, Refusal> {
    headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, secret)| Secret::new(secret))
        .ok_or_else(|| {
            Refusal::unauthenticated(
                reason::TOKEN_MISSING,
                "an access token is required: send `authorization: Bearer …`",
            )
        })
}

fn acting_user(headers: &HeaderMap, role: Role) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get(USER_HEADER) else {
        return Ok(None);
    };
    if role != Role::Service {
        return Err(Refusal::denied(
            reason::USER_NOT_ALLOWED,
            format!("only services may send {USER_HEADER}; your token names you already"),
        ));
    }
    let user = value.to_str().unwrap_or_default();
    match request_id::is_safe(user) {
        true => Ok(Some(user.to_owned())),
        false => Err(Refusal::invalid(
            reason::HEADER_INVALID,
            format!("{USER_HEADER} is no user's name"),
        )),
    }
}

fn not_permitted(path: &str, needed: Permission, token: &str) -> Refusal {
    let method = path.trim_start_matches('/');
    Refusal::denied(
        reason::PERMISSION_MISSING,
        format!("{method} takes a token with the permission {needed}, which {token} is not; an admin makes one: `formfeed token add NAME --role clerk --may {needed}`"),
    )
    .with("permission", needed)
    .with("method", method)
}

fn denied(path: &str, access: Access, role: Role) -> Refusal {
    let method = path.trim_start_matches('/');
    let allowed = access.who();
    Refusal::denied(
        reason::ROLE_NOT_ALLOWED,
        format!("role {role} may not call {method}; allowed: {allowed}"),
    )
    .with("role", role)
    .with("allowed", allowed)
    .with("method", method)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFLECTION: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

    #[test]
    fn reflection_wants_a_token_beyond_loopback() {
        let dir = tempfile::tempdir().unwrap();
        let tokens = crate::access::ensure(dir.path()).unwrap();
        let mut headers = HeaderMap::new();
        let beyond = Door::default();
        let on_loopback = Door {
            loopback: true,
            ..beyond
        };
        assert!(
            authenticate(&tokens, REFLECTION, &headers, &on_loopback)
                .unwrap()
                .is_none()
        );
        assert!(authenticate(&tokens, REFLECTION, &headers, &beyond).is_err());
        let (_, secret) = tokens.create("audit", Role::Auditor, None).unwrap();
        let bearer = format!("bearer {}", secret.expose());
        headers.insert(AUTHORIZATION, bearer.parse().unwrap());
        assert!(
            authenticate(&tokens, REFLECTION, &headers, &beyond)
                .unwrap()
                .is_some()
        );
    }
}
