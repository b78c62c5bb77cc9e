//! `formfeed keys`: the keys that seal secrets at rest, and newer ones in their place.

use std::time::Duration;

use clap::{Args, Subcommand};
use formfeed_proto::keys as pb;
use formfeed_runtime::in_use::InUse;
use formfeed_runtime::keys::MasterSource;
use formfeed_runtime::service::Service;
use formfeed_store::StoreError;
use formfeed_store::keys::{Changed, Holder, change_master};
use pb::key_service_client::KeyServiceClient;
use serde_json::{Value, json};

use crate::connect::{ConnectArgs, Link, Services, client};
use crate::errors::{CliError, Exit, chain};
use crate::installation::DatabaseArgs;
use crate::output::Output;
use crate::progress::{Progress, Stand};
use crate::table::Table;
use crate::words::time;

/// The services that seal.
const SEALING: [Service; 2] = [Service::Vendor, Service::Spooler];
/// How often it is looked how far a rotation is.
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show the versions of the data keys, how many values each has sealed, and where the master key comes from
    Show,
    /// Make newer data keys and seal everything anew with them, while the services work
    Rotate(RotateArgs),
    /// Wrap the data keys by another master key; then set FORMFEED_MASTER_KEY and start the services again
    ChangeMaster(ChangeMasterArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RotateArgs {
    /// Only this service's: vendor or spooler
    #[arg(long, value_name = "SERVICE", value_parser = sealing)]
    service: Option<Service>,
    /// Why, kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Do not wait until everything is sealed anew
    #[arg(long)]
    no_wait: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ChangeMasterArgs {
    /// Where the new one comes from: file:PATH, env:VARIABLE or 'command:PROGRAM ARGUMENTS'; a file that is missing is made
    #[arg(long, value_name = "SOURCE")]
    to: String,
    /// Why, kept in the audit trail
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    databases: DatabaseArgs,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: KeysCommand,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    match command {
        KeysCommand::Show => show(&connect.find()?, output).await,
        KeysCommand::Rotate(args) => rotate(&args, &connect.find()?, output).await,
        KeysCommand::ChangeMaster(args) => change(args, connect, output).await,
    }
}

/// A service that seals.
fn sealing(text: &str) -> Result<Service, String> {
    let named = SEALING.iter().find(|service| service.name() == text);
    named.copied().ok_or_else(|| "vendor or spooler".to_owned())
}

async fn keys(link: &Link) -> Result<pb::GetKeysResponse, CliError> {
    let mut client = client!(KeyServiceClient, link);
    let answer = client.get_keys(pb::GetKeysRequest {}).await;
    Ok(answer.map_err(|status| link.error(status))?.into_inner())
}

async fn show(services: &Services, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let mut documents = Vec::new();
    let mut table = Table::new(&["service", "version", "made", "values", ""]);
    for service in SEALING {
        let state = keys(&services.link(service)?).await?;
        let newest = state.versions.last().map_or(0, |key| key.version);
        for key in &state.versions {
            let word = match (key.version == newest, state.resealing, key.values) {
                (true, ..) => "seals",
                (false, true, 1..) => "its values are being sealed anew",
                (false, ..) => "opens",
            };
            table.row([
                service.name(),
                &key.version.to_string(),
                &time(key.create_time.as_ref()),
                &key.values.to_string(),
                word,
            ]);
        }
        documents.push(document(service, &state));
    }
    output.table(&table)?;
    for document in &documents {
        output.line(format!(
            "{}: the master key {} is wanted at the next start; this one took its key from {}",
            text(document, "service"),
            text(document, "master_check"),
            text(document, "master_source")
        ))?;
    }
    output.document(&documents)?;
    Ok(Exit::Done)
}

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field].as_str().unwrap_or_default()
}

fn document(service: Service, state: &pb::GetKeysResponse) -> Value {
    let versions = state.versions.iter().map(|key| {
        json!({
            "version": key.version,
            "create_time": time(key.create_time.as_ref()),
            "values": key.values,
        })
    });
    json!({
        "service": service.name(),
        "master_source": state.master_source,
        "master_check": state.master_check,
        "versions": versions.collect::<Vec<_>>(),
        "resealing": state.resealing,
        "unreadable": state.unreadable,
    })
}

async fn rotate(
    args: &RotateArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let wanted = args
        .service
        .map_or(SEALING.to_vec(), |service| vec![service]);
    let mut documents = Vec::new();
    let mut unreadable = 0;
    for service in wanted {
        let link = services.link(service)?;
        let mut client = client!(KeyServiceClient, link);
        let request = pb::RotateKeyRequest {
            reason: args.reason.clone(),
        };
        let made = client.rotate_key(request).await;
        let made = made.map_err(|status| link.error(status))?.into_inner();
        let mut state = keys(&link).await?;
        if !args.no_wait {
            state = settled(&link, made.version, output).await?;
        }
        unreadable += state.unreadable;
        output.line(format!(
            "{service}: version {} seals{}",
            made.version,
            left(&state, args.no_wait)
        ))?;
        documents.push(document(service, &state));
    }
    output.document(&documents)?;
    Ok(match unreadable {
        0 => Exit::Done,
        _ => Exit::Failed,
    })
}

fn left(state: &pb::GetKeysResponse, no_wait: bool) -> String {
    match (state.unreadable, no_wait) {
        (0, false) => "; everything is sealed anew with it".to_owned(),
        (0, true) => "; the rest is sealed anew meanwhile: see formfeed keys show".to_owned(),
        (values, _) => format!(
            "; {values} values do not open and stay as they are, and the service's log names their rows: restore them from a \
             backup, or enter them again"
        ),
    }
}

/// Waits until everything is sealed anew.
async fn settled(
    link: &Link,
    version: i32,
    output: &mut Output<'_>,
) -> Result<pb::GetKeysResponse, CliError> {
    let mut progress = Progress::new(output);
    loop {
        let state = keys(link).await?;
        let (mut done, mut total) = (0, 0);
        for key in &state.versions {
            let values = u64::try_from(key.values).unwrap_or(0);
            total += values;
            if key.version >= version {
                done += values;
            }
        }
        if !state.resealing {
            return Ok(state);
        }
        let text = format!("{done} of {total} values are sealed anew");
        progress.show(output, &Stand { done, total, text })?;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn change(
    args: ChangeMasterArgs,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let data_dir = connect.data_dir()?;
    if !data_dir.join("tokens.toml").exists() {
        return Err(CliError::Refused(format!(
            "there is no installation in {}: name its data directory with --data-dir",
            data_dir.display()
        )));
    }
    let _in_use = InUse::enter(&data_dir).map_err(|error| CliError::Refused(chain(&error)))?;
    let to: Result<MasterSource, _> = args.to.parse();
    let to = to.map_err(|error| CliError::Usage(format!("--to: {error}")))?;
    let refused = |error: &dyn std::error::Error| CliError::Refused(chain(error));
    let configs = args.databases.configs(&data_dir)?;
    let mut holders = Vec::new();
    for config in configs
        .iter()
        .filter(|config| SEALING.contains(&config.service))
    {
        let url = config.database_url.parse();
        holders.push(Holder {
            service: config.service.name().to_owned(),
            url: url.map_err(|error: StoreError| refused(&error))?,
            place: config.keys(),
        });
    }
    to.make().await.map_err(|error| refused(&error))?;
    let changed = change_master(&holders, &to, &args.reason).await;
    let Changed { data_keys, check } = changed.map_err(|error| refused(&error))?;
    output.line(format!(
        "{data_keys} data keys are wrapped by the master key {check} from {to} now"
    ))?;
    output.note(format!(
        "set FORMFEED_MASTER_KEY, or master_key in formfeed.toml, to this source and start the services again; then \
         `formfeed doctor` names key files in {} that no service uses any more: they belong to older backups",
        data_dir.join("keys").display()
    ))?;
    output.document(&json!({
        "data_keys": data_keys,
        "master_source": to.to_string(),
        "master_check": check,
    }))?;
    Ok(Exit::Done)
}
