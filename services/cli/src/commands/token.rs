//! `formfeed token`: who may do what.

use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use clap::{Args, Subcommand};
use formfeed_proto::convert::timestamp_to;
use formfeed_proto::vendor as pb;
use formfeed_runtime::access::{Permission, Role};
use formfeed_runtime::config::ConfigError;
use formfeed_runtime::service::Service;
use formfeed_runtime::tls::Fingerprint;
use pb::token_service_client::TokenServiceClient;
use serde_json::{Value, json};

use crate::connect::{Services, client};
use crate::errors::{CliError, Exit, chain};
use crate::output::Output;
use crate::table::Table;
use crate::words::{id, kebab, resource, time};

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and show its secret, this once; its name is the user of runs, edits and decisions
    Add(AddArgs),
    /// List the tokens, without their secrets
    List,
    /// End a token at once
    Revoke(RevokeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Name of its bearer: lower-case letters, digits, dots, dashes
    name: String,
    /// What its bearer may do
    #[arg(long, value_enum)]
    role: Role,
    /// Days after which it ends by itself; without them it lasts until it is revoked
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: Option<u16>,
    /// Certificate of a client, PEM, which its bearer must show from then on: `formfeed tls issue` makes one
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// What its bearer may do beyond the role; may be repeated
    #[arg(long, value_enum, value_name = "PERMISSION")]
    may: Vec<Permission>,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// Name of its bearer
    name: String,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: TokenCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Vendor)?;
    let mut tokens = client!(TokenServiceClient, link);
    match command {
        TokenCommand::Add(args) => {
            let role = pb::token::Role::from(args.role).into();
            let certificate = args.certificate.as_deref().map(fingerprint).transpose()?;
            let after = |days: u16| timestamp_to(Utc::now() + TimeDelta::days(days.into()));
            let request = pb::CreateTokenRequest {
                token_id: args.name,
                role,
                expire_time: args.days.map(after),
                certificate_sha256: certificate.unwrap_or_default(),
                permissions: args
                    .may
                    .into_iter()
                    .map(|it| pb::token::Permission::from(it).into())
                    .collect(),
            };
            let answer = tokens.create_token(request).await;
            let answer = answer.map_err(|status| link.error(status))?.into_inner();
            let token = answer.token.unwrap_or_default();
            output.note(format!(
                "the secret of {}; it is not shown again:",
                token.name
            ))?;
            output.line(&answer.secret)?;
            let mut document = view(&token);
            document["secret"] = answer.secret.into();
            output.document(&document)?;
        }
        TokenCommand::List => {
            let answer = tokens.list_tokens(pb::ListTokensRequest {}).await;
            let tokens = answer
                .map_err(|status| link.error(status))?
                .into_inner()
                .tokens;
            let columns = [
                "name",
                "role",
                "may",
                "made",
                "expires",
                "revoked",
                "certificate",
            ];
            let mut table = Table::new(&columns);
            for token in &tokens {
                let times = [token.create_time, token.expire_time, token.revoke_time];
                let [made, expires, revoked] = times.map(|at| time(at.as_ref()));
                let role = kebab(token.role().as_str_name());
                let may = may(token).join(" ");
                let certificate = token.certificate_sha256.get(..16).unwrap_or_default();
                table.row([
                    id(&token.name),
                    &role,
                    &may,
                    &made,
                    &expires,
                    &revoked,
                    certificate,
                ]);
            }
            output.table(&table)?;
            output.document(&tokens.iter().map(view).collect::<Vec<_>>())?;
        }
        TokenCommand::Revoke(args) => {
            let request = pb::RevokeTokenRequest {
                name: resource("tokens", &args.name),
            };
            let answer = tokens.revoke_token(request).await;
            let token = answer.map_err(|status| link.error(status))?.into_inner();
            output.line(format!("revoked {}", token.name))?;
            output.document(&view(&token))?;
        }
    }
    Ok(Exit::Done)
}

fn fingerprint(path: &Path) -> Result<String, CliError> {
    let read = Fingerprint::of_file(path);
    let refused =
        |error: ConfigError| CliError::Refused(format!("--certificate: {}", chain(&error)));
    read.map(|it| it.to_string()).map_err(refused)
}

fn may(token: &pb::Token) -> Vec<String> {
    let names = token.permissions().map(|it| kebab(it.as_str_name()));
    names.collect()
}

fn view(token: &pb::Token) -> Value {
    let set = |at: Option<&prost_types::Timestamp>| at.map(|at| time(Some(at)));
    json!({
        "token": token.name,
        "role": kebab(token.role().as_str_name()),
        "may": may(token),
        "create_time": time(token.create_time.as_ref()),
        "expire_time": set(token.expire_time.as_ref()),
        "revoke_time": set(token.revoke_time.as_ref()),
        "certificate_sha256": Some(&token.certificate_sha256).filter(|text| !text.is_empty()),
    })
}
