//! `formfeed parameter-set`: saved parameters of calculations, as `formfeed calculate --save` keeps them.

use clap::{Args, Subcommand};
use formfeed_proto::calculation as pb;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::service::Service;
use pb::parameter_set_service_client::ParameterSetServiceClient;
use serde_json::{Value, json};
use tonic::Code;
use uuid::Uuid;

use super::run_view::{method_words, option};
use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{id, kebab, resource, time};

const COLLECTION: &str = "parameterSets";

#[derive(Debug, Subcommand)]
pub(crate) enum ParameterSetCommand {
    /// List the saved sets
    List(ListArgs),
    /// Show a set: payer, method, range
    Show(NameArgs),
    /// Forget a set; runs made with it stay
    Delete(NameArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only sets of this payer
    #[arg(
        long,
        value_name = "PAYER",
        default_value = "",
        hide_default_value = true
    )]
    payer: String,
}

#[derive(Debug, Args)]
pub(crate) struct NameArgs {
    /// Name of the set
    name: String,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: ParameterSetCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Calculation)?;
    match command {
        ParameterSetCommand::List(args) => list(&args, &link, output).await,
        ParameterSetCommand::Show(args) => {
            let set = get(&link, &args.name).await?;
            table(std::slice::from_ref(&set), output)?;
            output.document(&view(&set))?;
            Ok(Exit::Done)
        }
        ParameterSetCommand::Delete(args) => {
            let set = get(&link, &args.name).await?;
            let request = pb::DeleteParameterSetRequest {
                name: set.name.clone(),
                etag: set.etag.clone(),
            };
            let deleted = sets(&link).delete_parameter_set(request).await;
            deleted.map_err(|status| link.error(status))?;
            output.line(format!("deleted {}", set.name))?;
            output.document(&view(&set))?;
            Ok(Exit::Done)
        }
    }
}

/// One set.
///
/// # Errors
/// When there is none of that name.
pub(crate) async fn get(link: &Link, name: &str) -> Result<pb::ParameterSet, CliError> {
    let name = resource(COLLECTION, name);
    let request = pb::GetParameterSetRequest { name };
    let set = sets(link).get_parameter_set(request).await;
    Ok(set.map_err(|status| link.error(status))?.into_inner())
}

/// Keeps the parameters of a run under a name, in place of those that it had.
///
/// # Errors
/// When the service refuses them.
pub(crate) async fn save(
    link: &Link,
    name: &str,
    run: &pb::CalculateRequest,
) -> Result<pb::ParameterSet, CliError> {
    let mut wanted = pb::ParameterSet {
        payer_id: run.payer_id.clone(),
        method: run.method,
        basis: run.basis,
        source: run.source,
        from_recipient_id: run.from_recipient_id.clone(),
        to_recipient_id: run.to_recipient_id.clone(),
        ..pb::ParameterSet::default()
    };
    let key = resource(COLLECTION, name);
    let request = pb::GetParameterSetRequest { name: key.clone() };
    let kept = match sets(link).get_parameter_set(request).await {
        Ok(before) => {
            let before = before.into_inner();
            (wanted.name, wanted.etag) = (before.name, before.etag);
            let request = pb::UpdateParameterSetRequest {
                parameter_set: Some(wanted),
                update_mask: Some(prost_types::FieldMask {
                    paths: vec!["*".to_owned()],
                }),
            };
            sets(link).update_parameter_set(request).await
        }
        Err(status) if status.code() == Code::NotFound => {
            let request = pb::CreateParameterSetRequest {
                parameter_set_id: id(&key).to_owned(),
                parameter_set: Some(wanted),
                request_id: Uuid::now_v7().to_string(),
            };
            sets(link).create_parameter_set(request).await
        }
        Err(status) => Err(status),
    };
    Ok(kept.map_err(|status| link.error(status))?.into_inner())
}

async fn list(args: &ListArgs, link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let found = pages::all(|page_token| {
        let request = pb::ListParameterSetsRequest {
            page_size: pages::PAGE_SIZE,
            page_token,
            payer_id: args.payer.clone(),
        };
        let mut sets = sets(link);
        async move {
            let page = sets.list_parameter_sets(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.parameter_sets, page.next_page_token))
        }
    });
    let found = found.await?;
    table(&found, output)?;
    output.document(&found.iter().map(view).collect::<Vec<_>>())?;
    Ok(Exit::Done)
}

fn sets(link: &Link) -> ParameterSetServiceClient<AuthChannel> {
    client!(ParameterSetServiceClient, link)
}

fn table(sets: &[pb::ParameterSet], output: &mut Output<'_>) -> std::io::Result<()> {
    let heading = ["name", "payer", "method", "from", "to", "user", "changed"];
    let mut table = Table::new(&heading);
    for set in sets {
        table.row([
            id(&set.name),
            &set.payer_id,
            &method_words(set.method(), set.basis(), set.source()),
            &set.from_recipient_id,
            &set.to_recipient_id,
            &set.user,
            &time(set.update_time.as_ref()),
        ]);
    }
    output.table(&table)
}

fn view(set: &pb::ParameterSet) -> Value {
    json!({
        "name": id(&set.name),
        "payer": set.payer_id,
        "method": kebab(set.method().as_str_name()),
        "basis": option(set.basis().as_str_name()),
        "source": option(set.source().as_str_name()),
        "from": set.from_recipient_id,
        "to": set.to_recipient_id,
        "user": set.user,
        "create_time": time(set.create_time.as_ref()),
        "update_time": time(set.update_time.as_ref()),
        "etag": set.etag,
    })
}
