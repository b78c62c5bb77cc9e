//! Whether the keys are there, and are those that the tables were sealed with.

use std::path::Path;

use super::{Facts, Finding};
use crate::Keyring;
use crate::seal::Place;

/// A sealed number, the same question on both databases.
pub(super) const SAMPLE: &str = "SELECT payer_id, tin_key_version, tin_sealed FROM payers \
    WHERE tin_sealed IS NOT NULL ORDER BY payer_id LIMIT 1";
/// What tells the keys of spoolers from each other.
pub(super) const CHECKS: &str = "SELECT key_check AS word FROM spoolers";
const CHECK: &str = "key";
const RESTORE: &str = "restore the folder keys from the backup made together with this database";

/// Looks at the keys of a service.
pub(super) fn examine(service: &str, keys: &Path, facts: Option<&Facts>) -> Vec<Finding> {
    let names: &[&str] = match service {
        "vendor" => &["vendor.key", "vendor-index.key"],
        "spooler" => &["spooler.key"],
        _ => &[],
    };
    let begun = facts.is_some_and(|facts| !facts.applied.is_empty());
    let look = |name: &&str| {
        let path = keys.join(name);
        match Keyring::open(&path, false) {
            Err(_) if !path.exists() && !begun => {
                let way_out = "the first start of the service makes it; if there was one, restore it from the backup";
                Finding::warning(CHECK, *name, "there is none yet", way_out)
            }
            Err(error) => Finding::fault(CHECK, *name, error.to_string(), RESTORE),
            Ok(keyring) => fits(name, &keyring, facts),
        }
    };
    names.iter().map(look).collect()
}

fn fits(name: &str, keyring: &Keyring, facts: Option<&Facts>) -> Finding {
    let other = |text: &str| Finding::fault(CHECK, name, text, RESTORE);
    let Some(facts) = facts else {
        return Finding::fine(CHECK, name, "it can be read; there is nothing to try it on");
    };
    match (name, &facts.sample) {
        ("vendor.key", Some((payer, sealed))) => {
            let place = Place {
                table: "payers",
                column: "tin_sealed",
                id: payer,
            };
            match keyring.open_sealed(place, sealed) {
                Ok(_) => Finding::fine(CHECK, name, "it opens what the database has sealed"),
                Err(error) => other(&error.to_string()),
            }
        }
        ("spooler.key", _) if !facts.key_checks.is_empty() => {
            match facts.key_checks.iter().all(|check| *check == keyring.check) {
                true => Finding::fine(
                    CHECK,
                    name,
                    "it is the one that the database's spoolers use",
                ),
                false => other("it is another one than the database's spoolers use"),
            }
        }
        _ => Finding::fine(CHECK, name, "it can be read"),
    }
}
