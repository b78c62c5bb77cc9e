//! Looks at a service's tables without changing them: what `formfeed doctor` tells of a database and its key.
//!
//! It works beside running services and without them. Start at [`database`].

mod finding;
mod key;
mod postgres;
mod sqlite;

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;

use crate::database::Migrations;
use crate::keys::KeyPlace;
use crate::keys::data_key::DataKeyRow;
use crate::seal::Sealed;
use crate::{DatabaseUrl, calculation, forms, spooler, vendor};

pub use finding::{Finding, Verdict};

/// What was read of the tables themselves.
#[derive(Debug, Default)]
struct Facts {
    /// Versions of the migrations that were run.
    applied: Vec<String>,
    /// The keys, wrapped; none before the program that made them.
    data_keys: Vec<DataKeyRow>,
    /// A sealed number and the payer it is of.
    sample: Option<(String, Sealed)>,
}

/// Everything about the database of a service, and about its keys. `service` is one of Formfeed's.
pub async fn database(service: &str, url: &DatabaseUrl, keys: &KeyPlace) -> Vec<Finding> {
    let Some(migrations) = migrations(service) else {
        return Vec::new();
    };
    let (known, (facts, mut found)) = match url {
        DatabaseUrl::Sqlite(path) => (
            versions::<Sqlite>(&migrations.sqlite),
            sqlite::examine(service, path).await,
        ),
        DatabaseUrl::Postgres(url) => (
            versions::<Pg>(&migrations.postgres),
            postgres::examine(service, url).await,
        ),
    };
    if let Some(facts) = &facts {
        found.push(schema(service, &facts.applied, &known));
    }
    found.extend(key::examine(service, keys, facts.as_ref()).await);
    found
}

/// The wrapped keys of a service's database; none where there are none, or it cannot be read.
pub(crate) async fn data_keys(service: &str, url: &DatabaseUrl) -> Vec<DataKeyRow> {
    match url {
        DatabaseUrl::Sqlite(path) => sqlite::data_keys_of(path).await,
        DatabaseUrl::Postgres(url) => postgres::data_keys_of(service, url).await,
    }
}

/// Whether the tables are those of this program.
fn schema(service: &str, applied: &[String], known: &[String]) -> Finding {
    const CHECK: &str = "database.schema";
    let newer = applied.iter().filter(|one| !known.contains(one)).count();
    let missing = known.iter().filter(|one| !applied.contains(one)).count();
    match (newer, missing) {
        (0, 0) => Finding::fine(CHECK, service, format!("all {} steps", known.len())),
        (0, missing) => Finding::warning(
            CHECK,
            service,
            format!("{missing} steps of this program's schema are not done yet"),
            "make a backup; the next start of the service does them",
        ),
        (newer, _) => Finding::fault(
            CHECK,
            service,
            format!("{newer} steps were done by a newer program, which this one does not know"),
            "install the newer program again, or restore the backup from before it",
        ),
    }
}

fn migrations(service: &str) -> Option<Migrations> {
    match service {
        "vendor" => Some(vendor::VendorStore::MIGRATIONS),
        "calculation" => Some(calculation::MIGRATIONS),
        "forms" => Some(forms::MIGRATIONS),
        "spooler" => Some(spooler::MIGRATIONS),
        _ => None,
    }
}

fn versions<DB: diesel::backend::Backend>(source: &impl MigrationSource<DB>) -> Vec<String> {
    let migrations = source.migrations().unwrap_or_default();
    let versions = migrations
        .iter()
        .map(|migration| migration.name().version().to_string());
    versions.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_a_newer_program_are_a_fault_and_older_ones_are_not() {
        let all = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let known = all(&["1", "2"]);
        let verdict = |applied: &[&str]| schema("forms", &all(applied), &known).verdict;
        assert_eq!(verdict(&["1", "2"]), Verdict::Fine);
        assert_eq!(verdict(&["1"]), Verdict::Warning);
        assert_eq!(verdict(&["1", "2", "3"]), Verdict::Fault);
    }
}
