//! Whether the keys are there, and are those that the tables were sealed with.

use super::{Facts, Finding};
use crate::SealError;
use crate::keys::data_key::{DataKey, DataKeyRow, SEAL};
use crate::keys::{KeyPlace, Keyring, MasterSource, key_file};
use crate::seal::Place;

/// A sealed number, the same question on both databases.
pub(super) const SAMPLE: &str = "SELECT payer_id, tin_key_version, tin_sealed FROM payers \
    WHERE tin_sealed IS NOT NULL ORDER BY payer_id LIMIT 1";
/// The wrapped keys.
pub(super) const DATA_KEYS: &str =
    "SELECT purpose, version, wrapped, master_check FROM data_keys ORDER BY purpose, version";
const CHECK: &str = "key";
const RESTORE: &str = "restore the folder keys from the backup made together with this database, or set FORMFEED_MASTER_KEY \
    to where the master key is";

/// Looks at the keys of a service.
pub(super) async fn examine(
    service: &str,
    place: &KeyPlace,
    facts: Option<&Facts>,
) -> Vec<Finding> {
    if !matches!(service, "vendor" | "spooler") {
        return Vec::new();
    }
    let mut found = vec![audit(service, place, facts)];
    match facts.filter(|facts| !facts.data_keys.is_empty()) {
        Some(facts) => {
            found.push(wrapped(service, place, facts).await);
            found.extend(left_behind(service, place));
        }
        None => found.push(before(service, place, facts)),
    }
    found
}

/// The keys of the table, by the master key.
async fn wrapped(service: &str, place: &KeyPlace, facts: &Facts) -> Finding {
    let subject = match place.source(service) {
        MasterSource::File(path) => path.file_name().unwrap_or_default().display().to_string(),
        other => other.to_string(),
    };
    match unwrapped(service, place, facts).await {
        Ok(keys) => {
            let opens = match facts.sample {
                Some(_) => ", and they open what is sealed there",
                None => "",
            };
            let text = format!("it unwraps the {keys} keys of the {service} database{opens}");
            Finding::fine(CHECK, subject, text)
        }
        Err(error) => Finding::fault(CHECK, subject, error.to_string(), RESTORE),
    }
}

async fn unwrapped(service: &str, place: &KeyPlace, facts: &Facts) -> Result<usize, SealError> {
    let master = place.source(service).read().await?;
    let unwrap = |row: &DataKeyRow| row.unwrap_with(service, &master);
    let keys: Vec<_> = facts
        .data_keys
        .iter()
        .map(unwrap)
        .collect::<Result<_, _>>()?;
    let number = keys.len();
    opens(&Keyring::of(keys), facts)?;
    Ok(number)
}

fn opens(keyring: &Keyring, facts: &Facts) -> Result<(), SealError> {
    let Some((payer, sealed)) = &facts.sample else {
        return Ok(());
    };
    let place = Place {
        table: "payers",
        column: "tin_sealed",
        id: payer,
    };
    keyring.open_sealed(place, sealed).map(drop)
}

/// The key file of a program that sealed by the file itself, or of none yet.
fn before(service: &str, place: &KeyPlace, facts: Option<&Facts>) -> Finding {
    let name = format!("{service}.key");
    let path = place.file(service);
    let begun = facts.is_some_and(|facts| !facts.applied.is_empty());
    if !path.exists() && !begun {
        let way_out =
            "the first start of the service makes it; if there was one, restore it from the backup";
        return Finding::warning(CHECK, name, "there is none yet", way_out);
    }
    let tried = key_file::read(&path, false).and_then(|bytes| {
        let key = DataKey {
            purpose: SEAL.to_owned(),
            version: 1,
            bytes,
        };
        facts.map_or(Ok(()), |facts| opens(&Keyring::of(vec![key]), facts))
    });
    match tried {
        Ok(()) => Finding::fine(CHECK, name, "it can be read"),
        Err(error) => Finding::fault(CHECK, name, error.to_string(), RESTORE),
    }
}

/// The key of the audit trail.
fn audit(service: &str, place: &KeyPlace, facts: Option<&Facts>) -> Finding {
    let name = format!("{service}-audit.key");
    let path = place.file(&format!("{service}-audit"));
    // The program that made the first data keys began the trail too.
    let begun = facts.is_some_and(|facts| !facts.data_keys.is_empty());
    match key_file::read(&path, false) {
        Ok(_) => Finding::fine(CHECK, name, "it can be read"),
        Err(_) if !path.exists() && !begun => {
            let way_out = "the first start of the service makes it";
            Finding::warning(CHECK, name, "there is none yet", way_out)
        }
        Err(error) => Finding::fault(CHECK, name, error.to_string(), RESTORE),
    }
}

/// Key files that lie in clear though the master key is elsewhere.
fn left_behind(service: &str, place: &KeyPlace) -> Vec<Finding> {
    let names = [service.to_owned(), format!("{service}-index")];
    let used = match place.source(service) {
        MasterSource::File(path) => path.canonicalize().ok(),
        MasterSource::Variable(_) | MasterSource::Command(_) => None,
    };
    let unused = names.iter().filter(|name| {
        let file = place.file(name).canonicalize().ok();
        file.is_some() && file != used
    });
    let tell = |name: &String| {
        Finding::warning(
            CHECK,
            format!("{name}.key"),
            "it lies in clear and no service uses it any more",
            "move it to where the backups are that were made while it was used",
        )
    };
    unused.map(tell).collect()
}
