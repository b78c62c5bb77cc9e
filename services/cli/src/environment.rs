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

/// A database's address without its password, wherever it stands in it. A `?` before the first `@` is the password's.
pub(crate) fn no_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let host = rest.find('@').unwrap_or(0);
    let mark = rest[host..].find('?').map_or(rest.len(), |at| host + at);
    let (place, query) = rest.split_at(mark);
    let place = match place.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => place.to_owned(),
    };
    // A name may be written with percent signs: only one of letters is known to be another.
    let shown = query.split('&').map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let bare = name.trim_start_matches('?').to_ascii_lowercase();
        match bare == "password" || bare.contains('%') {
            true => format!("{name}=…"),
            false if value.is_empty() => name.to_owned(),
            false => format!("{name}={value}"),
        }
    });
    let shown: Vec<String> = shown.collect();
    format!("{scheme}://{place}{}", shown.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(no_password("postgres://u:p@ss@h:5/d"), "postgres://u@h:5/d");
        assert_eq!(no_password("postgres://h/d"), "postgres://h/d");
        assert_eq!(no_password("sqlite:/a@b/c.db"), "sqlite:/a@b/c.db");
        assert_eq!(no_password("postgres://u:pa/ss@h/d"), "postgres://u@h/d");
        assert_eq!(no_password("postgres://u:a?b@h/d"), "postgres://u@h/d");
        assert_eq!(
            no_password("postgres://h/d?user=u&password=secret&sslmode=verify-full"),
            "postgres://h/d?user=u&password=…&sslmode=verify-full"
        );
        assert_eq!(
            no_password("postgres://h/d?p%61ssword=secret"),
            "postgres://h/d?p%61ssword=…"
        );
    }
}
