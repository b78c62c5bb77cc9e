//! The command line: every client verb, and `up` and `demo`, which run the services in one process.
//!
//! Nothing here goes around the services but `backup` and `restore` (`installation`): all else speaks gRPC. It keeps no
//! state, decides nothing about 1099s, and never sees a full TIN but those in
//! an AP extract on their way in. Start at [`run`], then at [`args`] for the
//! commands; each family of them has its file in `commands`.

pub mod args;
mod commands;
mod configured;
pub mod connect;
mod demo;
mod environment;
pub mod errors;
mod extract;
mod host;
mod installation;

pub mod output;
mod pages;
mod progress;
mod shown;
mod table;
mod top;
mod words;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser as _;

use args::Cli;
use errors::{CliError, Exit};
use output::Output;

/// Runs one command line, the program's name first. Results go to `out`, remarks and errors to `err`.
pub async fn run<A>(
    line: impl IntoIterator<Item = A>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Exit
where
    A: Into<OsString> + Clone,
{
    let cli = match Cli::try_parse_from(line) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, out, err),
    };
    let mut output = Output::new(cli.json, out, err);
    let ended = commands::run(cli, &mut output).await;
    ended.unwrap_or_else(|error| tell(&error, &mut output))
}

fn usage(error: &clap::Error, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let text = error.render();
    // Nobody reads: there is nobody to tell.
    let _ = match error.use_stderr() {
        true => write!(err, "{text}"),
        false => write!(out, "{text}"),
    };
    match error.use_stderr() {
        true => Exit::Usage,
        false => Exit::Done,
    }
}

fn tell(error: &CliError, output: &mut Output<'_>) -> Exit {
    // Nobody reads: there is nobody to tell.
    let _ = output.document(&error.document());
    let _ = output.note(error.text());
    error.exit()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    async fn ran(line: &[&str]) -> (Exit, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = run(line, &mut out, &mut err).await;
        (
            exit,
            String::from_utf8(out).unwrap(),
            String::from_utf8(err).unwrap(),
        )
    }

    #[tokio::test]
    async fn a_wrong_command_line_is_usage_and_asking_for_help_is_not() {
        let (exit, out, err) = ran(&["formfeed", "prnt"]).await;
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""));
        assert!(err.contains("unrecognized subcommand"), "{err}");
        let (exit, out, _) = ran(&["formfeed", "--help"]).await;
        assert_eq!(exit, Exit::Done);
        assert!(out.contains("calculate"), "{out}");
    }

    #[tokio::test]
    async fn with_json_an_error_is_a_document_too() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().to_str().unwrap();
        let (exit, out, err) = ran(&["formfeed", "--data-dir", dir, "--json", "job", "list"]).await;
        assert_eq!(exit, Exit::Unreachable);
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert!(
            document["error"]["message"]
                .as_str()
                .unwrap()
                .contains("formfeed up")
        );
        assert!(err.starts_with("error: no services run on"), "{err}");
    }
}
