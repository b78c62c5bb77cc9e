//! What the environment says about the services' configuration.

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};
use formfeed_runtime::ServiceArgs;
use formfeed_spooler::SpoolerArgs;

use crate::errors::CliError;

/// The `FORMFEED_…` variables, as the services' own programs read them.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// Their values.
    pub(crate) args: ServiceArgs,
    /// Those of the spooler alone.
    pub(crate) spooler: SpoolerArgs,
    matches: ArgMatches,
}

#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Variables {
    #[command(flatten)]
    args: ServiceArgs,
    #[command(flatten)]
    spooler: SpoolerArgs,
}

impl Environment {
    /// Reads the variables.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub(crate) fn read() -> Result<Self, CliError> {
        let wrong = |error: clap::Error| CliError::Usage(error.render().to_string());
        let matches = Variables::command()
            .try_get_matches_from([""; 0])
            .map_err(wrong)?;
        let Variables { args, spooler } = Variables::from_arg_matches(&matches).map_err(wrong)?;
        Ok(Self {
            args,
            spooler,
            matches,
        })
    }

    /// Whether a variable sets this setting.
    pub(crate) fn sets(&self, setting: &str) -> bool {
        let known = self.matches.try_contains_id(setting).is_ok();
        known && self.matches.value_source(setting) == Some(ValueSource::EnvVariable)
    }
}

/// A database's address without its password.
pub(crate) fn no_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}{path}")
        }
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(no_password("postgres://u:p@ss@h:5/d"), "postgres://u@h:5/d");
        assert_eq!(no_password("postgres://h/d"), "postgres://h/d");
        assert_eq!(no_password("sqlite:/a@b/c.db"), "sqlite:/a@b/c.db");
    }
}
