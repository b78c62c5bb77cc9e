//! Access tokens: made, listed and revoked over the runtime's store of them.

use chrono::Utc;
use formfeed_proto::convert;
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::token_service_server::TokenService;
use formfeed_runtime::access::{self, NewToken, Token};
use formfeed_runtime::tls::Fingerprint;
use formfeed_runtime::{IntoStatus as _, Role, TokenStore, detached};
use tonic::{Request, Response, Status};

use crate::refusal::invalid;

/// The handlers of the token service.
#[derive(Debug)]
pub(crate) struct Tokens(pub(crate) TokenStore);

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
        let tokens = self.0.clone();
        detached::finish(async move {
            let role = Role::from_message(order.role).unwrap_or(Role::Auditor);
            let made = tokens.make(NewToken {
                name: &order.name,
                role,
                expires: order.expires,
                certificate: order.certificate,
            });
            let (token, secret) = made.map_err(|error| error.into_status())?;
            Ok(Response::new(pb::CreateTokenResponse {
                token: Some(message(&token)),
                secret: secret.expose().to_owned(),
            }))
        })
        .await
    }

    async fn list_tokens(
        &self,
        _: Request<pb::ListTokensRequest>,
    ) -> Result<Response<pb::ListTokensResponse>, Status> {
        let tokens = self.0.list().map_err(|error| error.into_status())?;
        let tokens = tokens.iter().map(message).collect();
        Ok(Response::new(pb::ListTokensResponse { tokens }))
    }

    async fn revoke_token(
        &self,
        request: Request<pb::RevokeTokenRequest>,
    ) -> Result<Response<pb::Token>, Status> {
        let name = convert::token_id_from(&request.get_ref().name, access::check_name);
        let name = name.map_err(|bad| invalid(&bad))?;
        let tokens = self.0.clone();
        detached::finish(async move {
            let revoked = tokens.revoke(&name).map_err(|error| error.into_status())?;
            Ok(Response::new(message(&revoked)))
        })
        .await
    }
}

fn message(token: &Token) -> pb::Token {
    pb::Token {
        name: format!("tokens/{}", token.name),
        role: pb::token::Role::from(token.role).into(),
        create_time: Some(convert::timestamp_to(token.create_time)),
        revoke_time: token.revoke_time.map(convert::timestamp_to),
        expire_time: token.expire_time.map(convert::timestamp_to),
        certificate_sha256: token
            .certificate
            .map(|it| it.to_string())
            .unwrap_or_default(),
    }
}
