//! `formfeed completions` and `formfeed man`: what a shell and a reader need of the command line, made from the command line
//! itself.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use crate::args::Cli;
use crate::errors::{CliError, Exit};
use crate::output::Output;

/// The program's name.
const NAME: &str = "formfeed";

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder for a page of every command; without it the first page is printed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints the script that completes words in a shell.
pub(crate) fn completions(
    args: &CompletionsArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    output.bytes(&script)?;
    let script = String::from_utf8_lossy(&script);
    output.document(&json!({"shell": args.shell.to_string(), "script": script}))?;
    Ok(Exit::Done)
}

/// Prints the manual page, or writes one of every command.
pub(crate) fn man(args: ManArgs, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let Some(folder) = args.out else {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(Cli::command()).render(&mut page);
        rendered.map_err(|error| CliError::failed("making the page", error))?;
        output.bytes(&page)?;
        output.document(&json!({"page": String::from_utf8_lossy(&page)}))?;
        return Ok(Exit::Done);
    };
    let failed = |error| CliError::failed(format!("writing to {}", folder.display()), error);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), &folder).map_err(failed)?;
    output.line(format!("wrote the pages to {}", folder.display()))?;
    output.document(&json!({"folder": folder}))?;
    Ok(Exit::Done)
}
