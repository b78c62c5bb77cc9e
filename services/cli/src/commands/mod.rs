//! One file per family of commands; each takes its arguments and says how it ended.

pub(crate) mod audit;
mod audit_file;
pub(crate) mod b_notice;
pub(crate) mod backup;
pub(crate) mod calculate;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod correct;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod duty;
pub(crate) mod export;
pub(crate) mod exports;

pub(crate) mod forms;
pub(crate) mod import;
pub(crate) mod info;
pub(crate) mod job;
pub(crate) mod job_decide;
pub(crate) mod job_history;
pub(crate) mod job_preview;
mod job_proposals;
pub(crate) mod job_view;
pub(crate) mod keys;
pub(crate) mod lab;
pub(crate) mod letter;
pub(crate) mod overview;
pub(crate) mod parameter_set;
pub(crate) mod print;
pub(crate) mod printer;
mod printer_access;
mod printer_align;
mod printer_lease;
mod printer_stock;
pub(crate) mod quick;
pub(crate) mod reconcile;
pub(crate) mod report;
mod reveal;
pub(crate) mod run_view;
pub(crate) mod runs;
pub(crate) mod tls;
pub(crate) mod token;
pub(crate) mod transmittal;
pub(crate) mod transmitter;
pub(crate) mod up;
pub(crate) mod verify;
pub(crate) mod void;

use crate::args::{Cli, Command};
use crate::errors::{CliError, Exit};
use crate::output::Output;

/// Runs one command.
///
/// # Errors
/// Why it ended early.
pub(crate) async fn run(cli: Cli, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let connect = cli.connect;
    match cli.command {
        Command::Up(args) => up::run(args, &connect, output).await,
        Command::Demo(args) => demo::run(args, output).await,
        Command::Import(args) => import::run(&args, &connect.find()?, output).await,
        Command::Check(args) => check::run(args, &connect.find()?, output).await,
        Command::Calculate(args) => calculate::run(args, &connect.find()?, output).await,
        Command::Run(command) => runs::run(command, &connect.find()?, output).await,
        Command::ParameterSet(command) => {
            parameter_set::run(command, &connect.find()?, output).await
        }
        Command::Info(command) => info::run(command, &connect.find()?, output).await,
        Command::Lab(command) => lab::run(command, &connect.find()?, output).await,
        Command::Report(command) => report::run(command, &connect.find()?, output).await,
        Command::Verify(args) => verify::run(args, &connect.find()?, output).await,
        Command::Forms(command) => forms::run(command, &connect.find()?, output).await,
        Command::Overview(args) => overview::run(args, &connect.find()?, output).await,
        Command::Print(args) => print::run(args, &connect.find()?, output).await,
        Command::Quick(args) => quick::run(args, &connect.find()?, output).await,
        Command::Transmittal(args) => transmittal::run(args, &connect.find()?, output).await,
        Command::Export(args) => export::run(args, &connect.find()?, output).await,
        Command::Exports(command) => exports::run(command, &connect.find()?, output).await,
        Command::Correct(args) => correct::run(args, &connect.find()?, output).await,
        Command::Vendor(command) => b_notice::run(command, &connect.find()?, output).await,
        Command::Letter(command) => letter::run(command, &connect.find()?, output).await,
        Command::Transmitter(command) => transmitter::run(command, &connect.find()?, output).await,
        Command::Printer(command) => printer::run(command, &connect.find()?, output).await,
        Command::Job(command) => job::run(command, &connect.find()?, output).await,
        Command::Completions(args) => completions::completions(&args, output),
        Command::Man(args) => completions::man(args, output),
        Command::Top => crate::top::run(connect, output).await,
        Command::Tls(command) => tls::run(command, &connect, output),
        Command::Doctor(args) => doctor::run(args, &connect, output).await,
        Command::Backup(args) => backup::back_up_to(args, &connect, output).await,
        Command::Restore(args) => backup::restore_from(args, &connect, output).await,
        Command::Reconcile(args) => reconcile::run(args, &connect.find()?, output).await,
        Command::Config(command) => config::run(&command, &connect, output),
        Command::Duty(command) => duty::run(command, &connect.find()?, output).await,
        Command::Keys(command) => keys::run(command, &connect, output).await,
        Command::Audit(command) => audit::run(command, &connect.find()?, output).await,
        Command::Token(command) => token::run(command, &connect.find()?, output).await,
    }
}
