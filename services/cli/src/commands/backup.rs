//! `formfeed backup` and `formfeed restore`: an installation copied while it works, and put back here or elsewhere.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use formfeed_domain::spool::PrintedSince;
use formfeed_runtime::access::RestoredTokens;
use serde_json::json;

use crate::connect::ConnectArgs;
use crate::errors::{CliError, Exit};
use crate::installation::DatabaseArgs;
use crate::installation::copy::back_up;
use crate::installation::put_back::{Restore, Restored};
use crate::output::Output;

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// Folder of the backup; it must not be there yet
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Put the keys into it too: whoever has the backup can then open every TIN in it
    #[arg(long)]
    with_keys: bool,
    #[command(flatten)]
    databases: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// Folder of the backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Move an installation that is there aside; nothing of it is deleted
    #[arg(long)]
    replace: bool,
    /// Folder of the keys, where they are neither in the backup nor in the data directory
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    /// What was printed since the backup, where no journal is here that tells, or several spoolers share the database
    #[arg(long, value_enum, value_name = "WHAT")]
    printed_since: Option<Since>,
    #[command(flatten)]
    databases: DatabaseArgs,
}

/// What a person says was printed since a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Since {
    /// Nothing: printing goes on
    None,
    /// Nobody knows: nothing is printed until somebody has looked
    Unknown,
}

/// Copies the installation of the data directory.
pub(crate) async fn back_up_to(
    args: BackupArgs,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let data_dir = connect.data_dir()?;
    let databases = args.databases.resolve(&data_dir)?;
    let made = back_up(&data_dir, &databases, &args.to, args.with_keys, output).await?;
    let bytes: u64 = made.files.iter().map(|entry| entry.bytes).sum();
    match args.with_keys {
        true => output.note(
            "THE KEYS ARE IN THE BACKUP: whoever has it can open every TIN in it; keep it as secret as the keys",
        )?,
        false => output.note(format!(
            "the keys are not in the backup: keep a copy of {} elsewhere, for nothing that is sealed opens without them",
            data_dir.join("keys").display()
        ))?,
    }
    if made
        .masters
        .as_ref()
        .is_some_and(|masters| !masters.is_empty())
    {
        output.note(
            "the master key is no file of keys/ and not in the backup: nothing that is sealed opens without it",
        )?;
    }
    let to = args.to.display();
    let files = made.files.len();
    output.line(format!(
        "backup of {files} files, {} KiB, in {to}",
        bytes >> 10
    ))?;
    output.document(&json!({
        "backup": made.id,
        "to": args.to,
        "files": files,
        "bytes": bytes,
        "database": made.database,
        "with_keys": made.with_keys,
        "made_at": made.made_at,
    }))?;
    Ok(Exit::Done)
}

/// Puts a backup in place.
pub(crate) async fn restore_from(
    args: RestoreArgs,
    connect: &ConnectArgs,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let data_dir = connect.data_dir()?;
    let databases = args.databases.resolve(&data_dir)?;
    let restore = Restore {
        from: &args.from,
        data_dir: &data_dir,
        databases: &databases,
        masters: &args.databases.masters_set(&data_dir).await?,
        replace: args.replace,
        keys: args.keys.as_deref(),
        printed_since: args.printed_since.map(|since| match since {
            Since::None => PrintedSince::None,
            Since::Unknown => PrintedSince::Unknown,
        }),
    };
    let restored = restore.run(output).await?;
    let told = match &restored {
        Restored::Finished => "the restore that was cut off is finished".to_owned(),
        Restored::Done { aside: None, .. } => "restored".to_owned(),
        Restored::Done {
            aside: Some(aside), ..
        } => format!("restored; what was there is aside, under names that end with {aside}"),
    };
    let mut document = json!({ "restored": data_dir, "aside": null });
    if let Restored::Done {
        aside,
        tokens,
        others,
    } = restored
    {
        let tokens = tokens.as_ref();
        tell_tokens(tokens, output)?;
        tell_others(&others, output)?;
        document["aside"] = json!(aside);
        document["tokens_kept_revoked"] = json!(tokens.map(|tokens| &tokens.revoked));
        document["tokens_made_anew"] = json!(tokens.map(|tokens| &tokens.made_anew));
        document["other_spoolers"] = json!(others);
    }
    output.line(format!(
        "{told}; start the services with `formfeed up`, and look with `formfeed reconcile` whether paper was printed since"
    ))?;
    output.document(&document)?;
    Ok(Exit::Done)
}

fn tell_tokens(tokens: Option<&RestoredTokens>, output: &mut Output<'_>) -> Result<(), CliError> {
    let Some(tokens) = tokens else {
        return Ok(output.note(
            "nothing here knows which tokens were revoked since the backup: those are in force again; look with `formfeed token list`, and revoke them",
        )?);
    };
    if !tokens.revoked.is_empty() {
        let names = tokens.revoked.join(", ");
        output.note(format!(
            "tokens that were revoked since the backup stay revoked: {names}"
        ))?;
    }
    if !tokens.made_anew.is_empty() {
        let names = tokens.made_anew.join(", ");
        output.note(format!(
            "tokens that were made anew since the backup stay as they are, and those of the backup open nothing: {names}"
        ))?;
    }
    Ok(())
}

fn tell_others(others: &[String], output: &mut Output<'_>) -> Result<(), CliError> {
    if others.is_empty() {
        return Ok(());
    }
    let names = others.join(", ");
    Ok(output.note(format!(
        "other spoolers print from this database ({names}): start each of them, and run `formfeed reconcile` on it, before a held job is released"
    ))?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn told(tokens: &RestoredTokens) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output::new(false, &mut out, &mut err);
        tell_tokens(Some(tokens), &mut output).unwrap();
        String::from_utf8(err).unwrap()
    }

    #[test]
    fn what_became_of_tokens_since_the_backup_is_told_by_name() {
        assert_eq!(told(&RestoredTokens::default()), "");
        let told = told(&RestoredTokens {
            revoked: vec!["ada".to_owned()],
            made_anew: vec!["bo".to_owned(), "cy".to_owned()],
            ..RestoredTokens::default()
        });
        assert!(told.contains("stay revoked: ada\n"), "{told}");
        assert!(told.contains("open nothing: bo, cy\n"), "{told}");
    }
}
