//! `formfeed transmitter`: who sends electronic files.

use std::io::BufRead as _;

use clap::{Args, Subcommand};
use formfeed_proto::vendor as pb;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::service::Service;
use pb::transmitter_service_client::TransmitterServiceClient;
use serde_json::{Value, json};
use tonic::{Code, Response, Status};

use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::table::Table;
use crate::words::time;

/// Stands for the first line of the input: a number on the command line is seen by everybody on the machine.
const FROM_INPUT: &str = "-";

#[derive(Debug, Subcommand)]
pub(crate) enum TransmitterCommand {
    /// Set the transmitter, or change what is named of it
    Set(Box<SetArgs>),
    /// Show the transmitter, its number truncated
    Show,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SetArgs {
    /// Transmitter Control Code: five letters or digits
    #[arg(long, value_name = "CODE")]
    tcc: Option<String>,
    /// Its own number, nine digits: - reads it from standard input; it is sealed at rest
    #[arg(long, value_name = "-")]
    tin: Option<String>,
    /// Name, as the IRS knows the holder of the code
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Street
    #[arg(long, value_name = "STREET")]
    street: Option<String>,
    /// City
    #[arg(long, value_name = "CITY")]
    city: Option<String>,
    /// State, two letters
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// ZIP code
    #[arg(long, value_name = "ZIP")]
    zip: Option<String>,
    /// Person the IRS may ask about a file
    #[arg(long, value_name = "PERSON")]
    contact: Option<String>,
    /// Telephone of that person, such as 207-555-0100 or "207-555-0100 x12"
    #[arg(long, value_name = "PHONE")]
    phone: Option<String>,
    /// Electronic mail address of that person
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// What the IRS registered the sending program under; IRIS XML needs it
    #[arg(long, value_name = "ID")]
    software_id: Option<String>,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: TransmitterCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Vendor)?;
    let transmitter = match command {
        TransmitterCommand::Set(args) => set(*args, &link).await?,
        TransmitterCommand::Show => get(&link).await.map_err(|status| link.error(status))?,
    };
    show(&transmitter, output)?;
    output.document(&view(&transmitter))?;
    Ok(Exit::Done)
}

async fn set(mut args: SetArgs, link: &Link) -> Result<pb::Transmitter, CliError> {
    args.tin = args.tin.map(number).transpose()?;
    let before = match get(link).await {
        Ok(found) => found,
        Err(status) if status.code() == Code::NotFound => pb::Transmitter::default(),
        Err(status) => return Err(link.error(status)),
    };
    let (transmitter, paths) = changed(before, args);
    let request = pb::UpdateTransmitterRequest {
        transmitter: Some(transmitter),
        update_mask: Some(prost_types::FieldMask { paths }),
    };
    let made = client(link).update_transmitter(request).await;
    Ok(made.map_err(|status| link.error(status))?.into_inner())
}

async fn get(link: &Link) -> Result<pb::Transmitter, Status> {
    let mut client = client(link);
    let found = client.get_transmitter(pb::GetTransmitterRequest {}).await;
    found.map(Response::into_inner)
}

/// The transmitter with what is named put in, and the fields that are.
fn changed(mut transmitter: pb::Transmitter, args: SetArgs) -> (pb::Transmitter, Vec<String>) {
    let mut paths = Vec::new();
    let mut put = |path: &str, place: &mut String, value: Option<String>| {
        if let Some(value) = value {
            *place = value;
            paths.push(path.to_owned());
        }
    };
    put("control_code", &mut transmitter.control_code, args.tcc);
    put("tin", &mut transmitter.tin, args.tin);
    put("display_name", &mut transmitter.display_name, args.name);
    put("contact_name", &mut transmitter.contact_name, args.contact);
    put("contact_phone", &mut transmitter.contact_phone, args.phone);
    put("contact_email", &mut transmitter.contact_email, args.email);
    put(
        "software_id",
        &mut transmitter.software_id,
        args.software_id,
    );
    let address = transmitter.address.get_or_insert_default();
    put("address", &mut address.line_1, args.street);
    put("address", &mut address.city, args.city);
    put("address", &mut address.state, args.state);
    put("address", &mut address.postal_code, args.zip);
    paths.dedup();
    (transmitter, paths)
}

/// The first line of the input; a number that was given instead is refused and not repeated.
fn number(given: String) -> Result<String, CliError> {
    if given != FROM_INPUT {
        return Err(CliError::Usage(
            "a TIN is not given on the command line, where everybody on the machine can read it: write --tin - and give it on standard input".to_owned(),
        ));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn client(link: &Link) -> TransmitterServiceClient<AuthChannel> {
    client!(TransmitterServiceClient, link)
}

fn show(transmitter: &pb::Transmitter, output: &mut Output<'_>) -> std::io::Result<()> {
    let mut table = Table::new(&["transmitter", ""]);
    for (name, value) in [
        ("name", transmitter.display_name.clone()),
        ("TIN", transmitter.truncated_tin.clone()),
        ("control code", transmitter.control_code.clone()),
        ("address", address(transmitter)),
        ("contact", transmitter.contact_name.clone()),
        ("phone", transmitter.contact_phone.clone()),
        ("email", transmitter.contact_email.clone()),
        ("software id", transmitter.software_id.clone()),
        ("changed", time(transmitter.update_time.as_ref())),
    ] {
        table.row([name, value.as_str()]);
    }
    output.table(&table)
}

/// On one line.
fn address(transmitter: &pb::Transmitter) -> String {
    let address = transmitter.address.clone().unwrap_or_default();
    let region = format!("{} {}", address.state, address.postal_code);
    let parts = [&address.line_1, &address.city, region.trim()].map(str::to_owned);
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn view(transmitter: &pb::Transmitter) -> Value {
    let address = transmitter.address.clone().unwrap_or_default();
    json!({
        "name": transmitter.display_name,
        "truncated_tin": transmitter.truncated_tin,
        "tcc": transmitter.control_code,
        "street": address.line_1,
        "city": address.city,
        "state": address.state,
        "zip": address.postal_code,
        "contact": transmitter.contact_name,
        "phone": transmitter.contact_phone,
        "email": transmitter.contact_email,
        "software_id": transmitter.software_id,
        "create_time": time(transmitter.create_time.as_ref()),
        "update_time": time(transmitter.update_time.as_ref()),
        "etag": transmitter.etag,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_on_the_command_line_is_refused_and_not_repeated() {
        for given in ["12-0000009", "120000009", "--", ""] {
            let refused = number(given.to_owned()).unwrap_err();
            assert!(matches!(refused, CliError::Usage(_)), "{refused:?}");
            let told = refused.to_string();
            assert!(told.contains("--tin -") && !told.contains("0000009"));
        }
    }
}
