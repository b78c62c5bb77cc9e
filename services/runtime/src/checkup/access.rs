//! Tokens that are about to end, and those the services call each other with.

use std::path::Path;

use chrono::{Duration, Utc};
use formfeed_store::checkup::Finding;

use crate::access::{self, Token, TokenStore};
use crate::service::Service;

const CHECK: &str = "tokens";
const SOON: Duration = Duration::days(14);

/// Looks at the tokens of a data directory.
pub(super) fn examine(data_dir: &Path) -> Vec<Finding> {
    let store = TokenStore::open(data_dir);
    let tokens = match store.list() {
        Ok(tokens) => tokens,
        Err(error) => {
            let way_out = "restore the file from the backup, or take it away: the next start makes the first tokens anew";
            return vec![Finding::fault(CHECK, "tokens", error.to_string(), way_out)];
        }
    };
    if tokens.is_empty() {
        let way_out = "the first start of the services makes the first ones";
        return vec![Finding::warning(
            CHECK,
            "tokens",
            "there are none yet",
            way_out,
        )];
    }
    let mut found: Vec<_> = tokens.iter().filter_map(ending).collect();
    for service in Service::ALL {
        found.extend(of_service(&store, data_dir, service));
    }
    if found.is_empty() {
        let in_force = tokens.iter().filter(|token| token.is_in_force()).count();
        found.push(Finding::fine(
            CHECK,
            "tokens",
            format!("{in_force} in force, none ends soon"),
        ));
    }
    found
}

fn ending(token: &Token) -> Option<Finding> {
    let end = token.expire_time.filter(|_| token.is_in_force())?;
    let left = end - Utc::now();
    let text = format!(
        "it ends in {} days, at {}",
        left.num_days(),
        end.format("%F %R UTC")
    );
    let way_out = "make another one: formfeed token add";
    (left < SOON).then(|| Finding::warning(CHECK, token.name.as_str(), text, way_out))
}

fn of_service(store: &TokenStore, data_dir: &Path, service: Service) -> Option<Finding> {
    let secret = access::read_token(&access::service_token_path(data_dir, service));
    let known = secret.map(|secret| store.find(&secret).ok().flatten());
    let text = match known {
        Ok(Some(token)) if token.name == service.name() => return None,
        Ok(_) => "its token file does not belong to its entry".to_owned(),
        Err(error) => format!("its token file cannot be read: {error}"),
    };
    let way_out = "start the services again, which makes it anew";
    Some(Finding::fault(CHECK, service.name(), text, way_out))
}
