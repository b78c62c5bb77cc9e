//! `formfeed duty`: whether one person may do everything.

use clap::{Args, Subcommand, ValueEnum};
use formfeed_proto::vendor as pb;
use formfeed_runtime::service::Service;
use pb::duty_service_client::DutyServiceClient;
use serde_json::json;

use crate::connect::{Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words::time;

#[derive(Debug, Subcommand)]
pub(crate) enum DutyCommand {
    /// Show whether duty is separated, and who switched it
    Show,
    /// Switch the separation of duty: who calculated or edited may not print or export, who printed may not decide about sheets,
    /// and a printer, or more than a few sheets called spoiled or lost, take a second person
    Set(SetArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SetArgs {
    /// Whether duty is to be separated
    #[arg(value_enum)]
    to: Switch,
    /// Why, kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Sheets of stock that one person may call spoiled or lost, or withdraw, within 24 hours; more take a second person [default: as
    /// it is; at first 10]
    #[arg(long, value_name = "NUMBER")]
    sheets_alone: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// Each step takes another person
    On,
    /// One person may do everything
    Off,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: DutyCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Vendor)?;
    let mut duties = client!(DutyServiceClient, link);
    let answer = match command {
        DutyCommand::Show => duties.get_duty(pb::GetDutyRequest {}).await,
        DutyCommand::Set(args) => {
            let request = pb::SetDutyRequest {
                separate: args.to == Switch::On,
                reason: args.reason,
                sheets_alone: args.sheets_alone,
            };
            duties.set_duty(request).await
        }
    };
    let duty = answer.map_err(|status| link.error(status))?.into_inner();
    let at = time(duty.update_time.as_ref());
    match duty.separate {
        true => {
            output.line(
                "on: who calculated or edited may not print or export, who printed may not decide about sheets",
            )?;
            output.line(format!(
                "a printer takes a second person, and so do more than {} sheets that one leaves out of what is good within 24 hours",
                duty.sheets_alone
            ))?;
        }
        false => output.line("off: one person may do everything")?,
    }
    if !duty.user.is_empty() {
        output.line(format!("by {} at {at}", duty.user))?;
    }
    output.document(&json!({
        "separate": duty.separate,
        "sheets_alone": duty.sheets_alone,
        "user": duty.user,
        "update_time": at,
    }))?;
    Ok(Exit::Done)
}
