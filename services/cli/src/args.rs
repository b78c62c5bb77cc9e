//! The command line as clap reads it: the families of commands and what they share.

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    audit, b_notice, backup, calculate, check, completions, config, correct, demo, doctor, duty,
    export, exports, forms, import, info, job, keys, lab, letter, overview, parameter_set, print,
    printer, quick, reconcile, report, runs, tls, token, transmittal, transmitter, up, verify,
};
use crate::connect::ConnectArgs;

/// Turns accounts-payable history into IRS Forms 1099-NEC and 1099-MISC on paper, and counts what was printed.
#[derive(Debug, Parser)]
#[command(
    name = "formfeed",
    version,
    propagate_version = true,
    after_help = "Exit status: 0 done; 1 the work failed, finished with forms in doubt, or a check found what hinders \
                  printing; 2 usage; \
                  3 refused input; 4 a service is unreachable."
)]
pub struct Cli {
    #[command(flatten)]
    pub(crate) connect: ConnectArgs,
    /// Print one JSON document to stdout and nothing else (JSON lines where the command follows something)
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start all services in this process and keep them running until SIGTERM or SIGINT
    Up(up::UpArgs),
    /// Show the whole job on a sample: import, calculate, print to a laser and an impact printer, then end
    Demo(demo::DemoArgs),
    /// Load an AP extract, a folder of CSV files: all of it or nothing
    Import(import::ImportArgs),
    /// Look for what should be mended before a year's forms are printed: status 1 when anything is blocking
    Check(check::CheckArgs),
    /// Calculate the 1099 information of a payer and year from the AP history
    Calculate(calculate::CalculateArgs),
    /// Look at the calculation runs there were, and stop one at work
    #[command(subcommand)]
    Run(runs::RunCommand),
    /// Look at saved parameters of calculations
    #[command(subcommand)]
    ParameterSet(parameter_set::ParameterSetCommand),
    /// Look at the 1099 information, and change it
    #[command(subcommand)]
    Info(info::InfoCommand),
    /// Hold methods and runs against each other, without touching what stands
    #[command(subcommand)]
    Lab(lab::LabCommand),
    /// Print reports of the 1099 information
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// Add every amount of the 1099 information up again from its proof, by code of its own
    Verify(verify::VerifyArgs),
    /// See who gets which form, and leave forms out before they are filed
    #[command(subcommand)]
    Forms(forms::FormsCommand),
    /// See how far a year is: forms to make, what is printed, who gets none, what is due and when
    Overview(overview::OverviewArgs),
    /// Print the forms of a payer, year and type as one job
    Print(print::PrintArgs),
    /// Reckon from amounts by payment method what is reportable, and whether a form is required
    Quick(quick::QuickArgs),
    /// Show the Form 1096 of the forms that were printed, and print it
    Transmittal(transmittal::TransmittalArgs),
    /// Make the electronic file of a payer's forms of a year and type
    Export(export::ExportArgs),
    /// Look at the electronic files that were made, and keep what the IRS answered
    #[command(subcommand)]
    Exports(exports::ExportsCommand),
    /// List what of a filed year has to be corrected, and correct it on paper or in an electronic file
    Correct(correct::CorrectArgs),
    /// Keep what the IRS tells about vendors
    #[command(subcommand)]
    Vendor(b_notice::VendorCommand),
    /// Write letters to recipients
    #[command(subcommand)]
    Letter(letter::LetterCommand),
    /// Set who sends electronic files to the IRS
    #[command(subcommand)]
    Transmitter(transmitter::TransmitterCommand),
    /// Set up printers and load form stock
    #[command(subcommand)]
    Printer(printer::PrinterCommand),
    /// Watch and steer print jobs, and decide about sheets in doubt
    #[command(subcommand)]
    Job(job::JobCommand),
    /// Copy the installation of this machine into a folder, while it works or while it stands
    Backup(backup::BackupArgs),
    /// Put a backup in place, here or on another machine; the services must be stopped
    Restore(backup::RestoreArgs),
    /// See what was printed that a restored database does not know, take it in, and let the printers go on
    Reconcile(reconcile::ReconcileArgs),
    /// Watch the print room on one screen, and answer its questions there
    Top,
    /// Give people and programs access
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Make certificates for encrypted connections, signed by an authority of your own
    #[command(subcommand)]
    Tls(tls::TlsCommand),
    /// See and switch whether one person may do everything
    #[command(subcommand)]
    Duty(duty::DutyCommand),
    /// See the keys that seal secrets at rest, and put newer ones in their place
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// See who did what, and whether the record of it is what was written
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Look over the installation: files, disk, databases, keys, clock, access, services, printers; status 1 when something is to be mended
    Doctor(doctor::DoctorArgs),
    /// See the configuration
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print what completes the words of these commands in a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one of every command
    Man(completions::ManArgs),
}

/// A payer's tax year.
#[derive(Debug, Clone, Args)]
pub(crate) struct PayerYear {
    /// Key of the payer, as in payers.csv
    #[arg(long, value_name = "PAYER")]
    pub(crate) payer: String,
    /// Calendar year of the payments
    #[arg(long, value_name = "YEAR")]
    pub(crate) tax_year: i32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_and_flag_has_a_help_text() {
        fn check(command: &clap::Command) {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for arg in command.get_arguments() {
                assert!(
                    arg.get_help().is_some(),
                    "{} {}",
                    command.get_name(),
                    arg.get_id()
                );
            }
            command.get_subcommands().for_each(check);
        }
        check(&Cli::command());
    }
}
