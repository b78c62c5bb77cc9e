//! How a service's own program ends: what it says, and what its exit code tells a service manager.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::{config::ConfigError, incident, server::ServerError};

/// What is wrong with a configuration stays wrong: a service manager need not start the program again.
const OF_CONFIGURATION: u8 = 2;

/// The exit code of a program that ended: 0, or 2 when its configuration cannot be used and 1 for all else. Why, with all
/// causes, is told on stderr.
pub fn exit_code(ended: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = ended else {
        return ExitCode::SUCCESS;
    };
    // Nobody reads: there is nobody to tell.
    let _ = writeln!(io::stderr(), "error: {}", chain(error.as_ref()));
    match is_of_configuration(error.as_ref()) {
        true => OF_CONFIGURATION.into(),
        false => ExitCode::FAILURE,
    }
}

/// An error with its causes, each once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = incident::one(error);
    let mut source = error.source();
    while let Some(cause) = source {
        let told = incident::one(cause);
        if !text.ends_with(&told) {
            text = format!("{text}: {told}");
        }
        source = cause.source();
    }
    text
}

fn is_of_configuration(error: &(dyn Error + 'static)) -> bool {
    let of_server = match error.downcast_ref::<ServerError>() {
        Some(ServerError::Config(config)) => Some(config),
        _ => None,
    };
    match of_server.or_else(|| error.downcast_ref()) {
        // A restore at work ends.
        Some(ConfigError::InUse(_)) => false,
        Some(_) => true,
        None => error.source().is_some_and(is_of_configuration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct NotStarted(#[from] ServerError);

    fn taken() -> ServerError {
        ServerError::Bind {
            address: "127.0.0.1:7010".parse().unwrap(),
            source: io::Error::other("the address is in use"),
        }
    }

    #[test]
    fn what_the_configuration_is_to_blame_for_is_known_however_deep_it_lies() {
        let deep = NotStarted(ConfigError::NoDataDir.into());
        assert!(is_of_configuration(&ConfigError::NoDataDir));
        assert!(is_of_configuration(&deep));
        assert!(!is_of_configuration(&NotStarted(taken())));
    }

    #[test]
    fn every_cause_is_told_once() {
        let deep = NotStarted(ConfigError::NoDataDir.into());
        assert_eq!(chain(&deep), ConfigError::NoDataDir.to_string());
        let told = "cannot listen on 127.0.0.1:7010: the address is in use";
        assert_eq!(chain(&NotStarted(taken())), told);
    }
}
