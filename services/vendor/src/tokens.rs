//! Access tokens: made, listed and revoked over the runtime's store of them.

use std::sync::Arc;

use chrono::Utc;
use formfeed_proto::convert::{self, TokenOrder};
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::token_service_server::TokenService;
use formfeed_runtime::access::{self, NewToken, Permission, Token, TokenError};
use formfeed_runtime::tls::Fingerprint;
use formfeed_runtime::{IntoStatus as _, Role, TokenStore, detached};
use formfeed_store::audit::{Audited as _, Details};
use formfeed_store::vendor::VendorStore;
use tonic::{Request, Response, Status};

use crate::refusal::{invalid, store};

/// The handlers of the token service.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) tokens: TokenStore,
    /// Keeps the audit trail: what is done to a token stands there before it takes effect.
    pub(crate) store: Arc<VendorStore>,
}

impl Tokens {
    async fn note(&self, action: &str, name: &str, details: Details) -> Result<(), Status> {
        let (trail, subject) = (self.store.trail(), resource(name));
        let noted = trail.note(action, &subject, details);
        noted.await.map_err(store)
    }

    /// Writes down that what stands in the audit trail was not done after all.
    async fn failed(&self, action: &str, name: &str, error: TokenError) -> Status {
        let details = Details::new().word("action", action).word("error", &error);
        match self.note("token.fail", name, details).await {
            Ok(()) => error.into_status(),
            Err(status) => status,
        }
    }

    async fn create(
        &self,
        order: TokenOrder<Fingerprint>,
    ) -> Result<pb::CreateTokenResponse, Status> {
        const ACTION: &str = "token.create";
        let role = Role::from_message(order.role).unwrap_or(Role::Auditor);
        let known = order.permissions.iter();
        let permissions: Vec<_> = known.filter_map(|p| Permission::from_message(*p)).collect();
        let may: Vec<_> = permissions.iter().map(|it| it.name()).collect();
        let ends = order.expires.map(|end| end.to_rfc3339());
        let certificate = order.certificate.map(|it| it.to_string());
        let details = Details::new()
            .word("role", role)
            .word("may", may.join(" "))
            .word("expires", ends.unwrap_or_default())
            .word("certificate_sha256", certificate.unwrap_or_default());
        self.note(ACTION, &order.name, details).await?;
        let made = self.tokens.make(NewToken {
            name: &order.name,
            role,
            expires: order.expires,
            certificate: order.certificate,
            permissions: &permissions,
        });
        match made {
            Ok((token, secret)) => Ok(pb::CreateTokenResponse {
                token: Some(message(&token)),
                secret: secret.expose().to_owned(),
            }),
            Err(error) => Err(self.failed(ACTION, &order.name, error).await),
        }
    }

    async fn revoke(&self, name: &str) -> Result<pb::Token, Status> {
        const ACTION: &str = "token.revoke";
        self.note(ACTION, name, Details::new()).await?;
        match self.tokens.revoke(name) {
            Ok(revoked) => Ok(message(&revoked)),
            Err(error) => Err(self.failed(ACTION, name, error).await),
        }
    }
}

#[tonic::async_trait]
impl TokenService for Tokens {
    async fn create_token(
        &self,
        request: Request<pb::CreateTokenRequest>,
    ) -> Result<Response<pb::CreateTokenResponse>, Status> {
        let (check, fingerprint) = (access::check_name, Fingerprint::from_text);
        let request = request.into_inner();
        let read = convert::create_token_from(request, check, fingerprint, Utc::now());
        let order = read.map_err(|bad| invalid(&bad))?;
        let this = self.clone();
        let made = detached::finish(async move { this.create(order).await });
        made.await.map(Response::new)
    }

    async fn list_tokens(
        &self,
        _: Request<pb::ListTokensRequest>,
    ) -> Result<Response<pb::ListTokensResponse>, Status> {
        let tokens = self.tokens.list().map_err(|error| error.into_status())?;
        let tokens = tokens.iter().map(message).collect();
        Ok(Response::new(pb::ListTokensResponse { tokens }))
    }

    async fn revoke_token(
        &self,
        request: Request<pb::RevokeTokenRequest>,
    ) -> Result<Response<pb::Token>, Status> {
        let name = convert::token_id_from(&request.get_ref().name, access::check_name);
        let name = name.map_err(|bad| invalid(&bad))?;
        let this = self.clone();
        let revoked = detached::finish(async move { this.revoke(&name).await });
        revoked.await.map(Response::new)
    }
}

fn resource(name: &str) -> String {
    format!("tokens/{name}")
}

fn message(token: &Token) -> pb::Token {
    pb::Token {
        name: resource(&token.name),
        role: pb::token::Role::from(token.role).into(),
        create_time: Some(convert::timestamp_to(token.create_time)),
        revoke_time: token.revoke_time.map(convert::timestamp_to),
        expire_time: token.expire_time.map(convert::timestamp_to),
        certificate_sha256: token
            .certificate
            .map(|it| it.to_string())
            .unwrap_or_default(),
        permissions: token
            .permissions
            .iter()
            .map(|it| pb::token::Permission::from(*it).into())
            .collect(),
    }
}
