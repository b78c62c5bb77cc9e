//! Several spoolers on one PostgreSQL database: who they are, and jobs that none of them prints until a person has looked.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fmt, fs};

use tokio_postgres::Client;

use super::postgres::{CONTENT, Content, connect, has_schema, quoted, schema_of, staged};
use super::{BackupError, database, file};

/// The service whose tables name the spoolers.
const SERVICE: &str = "spooler";
/// The table.
const TABLE: &str = "spoolers";

/// What COPY writes for nothing.
const NULL: &str = "\\N";

/// The spoolers that ever ran on a database, by the id of the data directory.
pub type Spoolers = BTreeMap<String, Spooler>;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spooler {
    /// Its name.
    pub name: String,
    /// Its last sign of life, in UTC to the second; `None` once it stopped in good order.
    pub seen: Option<String>,
}

impl fmt::Display for Spooler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.seen {
            Some(seen) => write!(f, "{}, last seen {seen} UTC", self.name),
            None => write!(f, "{}, stopped in good order", self.name),
        }
    }
}

/// Those that the database knows now; none where it has no tables of a spooler.
///
/// # Errors
/// When the database does not answer.
pub async fn spoolers_there(url: &str) -> Result<Spoolers, BackupError> {
    let failed = |error: tokio_postgres::Error| database(SERVICE)(Box::new(error));
    let client = connect(SERVICE, url).await?;
    let schema = schema_of(SERVICE);
    if !has_schema(&client, &schema).await.map_err(failed)? || !has_table(&client, &schema).await? {
        return Ok(Spoolers::new());
    }
    let sql = format!(
        "SELECT home, spooler, to_char(seen_at, 'YYYY-MM-DD HH24:MI:SS') FROM {}.{TABLE}",
        quoted(&schema)
    );
    let rows = client.query(&sql, &[]).await.map_err(failed)?;
    let named = rows.into_iter().map(|row| {
        let (name, seen) = (row.get(1), row.get(2));
        (row.get(0), Spooler { name, seen })
    });
    Ok(named.collect())
}

async fn has_table(client: &Client, schema: &str) -> Result<bool, BackupError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = $1 AND c.relname = $2)";
    let found = client.query_one(sql, &[&schema, &TABLE]).await;
    let found = found.map_err(|error| database(SERVICE)(Box::new(error)))?;
    Ok(found.get(0))
}

/// Those that a copy knows; none in one from before spoolers had names.
///
/// # Errors
/// When the copy cannot be read.
pub fn spoolers_in(copy: &Path) -> Result<Spoolers, BackupError> {
    let folder = copy.join(SERVICE);
    let path = folder.join(CONTENT);
    let text = fs::read(&path).map_err(file(&path))?;
    let content: Content = serde_json::from_slice(&text)
        .map_err(|error| BackupError::Content(format!("{}: {error}", path.display())))?;
    let Some(columns) = content.columns_of(TABLE) else {
        return Ok(Spoolers::new());
    };
    let path = folder.join(format!("{TABLE}.copy"));
    let rows = fs::read_to_string(&path).map_err(file(&path))?;
    Ok(read_rows(columns, &rows))
}

/// Names and ids have nothing in them that COPY would write another way.
fn read_rows(columns: &[String], rows: &str) -> Spoolers {
    let at = |name: &str| columns.iter().position(|column| column == name);
    let Some((home, name)) = at("home").zip(at("spooler")) else {
        return Spoolers::new();
    };
    let seen = at("seen_at");
    let read = |row: &str| {
        let fields: Vec<_> = row.split('\t').collect();
        let field = |at: usize| fields.get(at).map(|field| (*field).to_owned());
        let seen = seen.and_then(field).filter(|seen| seen != NULL);
        let spooler = Spooler {
            name: field(name)?,
            seen: seen.map(|seen| to_the_second(&seen).to_owned()),
        };
        Some((field(home)?, spooler))
    };
    rows.lines().filter_map(read).collect()
}

/// A time as COPY writes it, without what is after its point.
fn to_the_second(time: &str) -> &str {
    time.split_once('.').map_or(time, |(whole, _)| whole)
}

/// Holds every open job of the tables that were laid ready; answers how many. Nobody prints of them, whichever spooler
/// starts first.
///
/// # Errors
/// When the database does not answer.
pub async fn hold_open_jobs(url: &str, message: &str) -> Result<u64, BackupError> {
    let failed = |error: tokio_postgres::Error| database(SERVICE)(Box::new(error));
    let client = connect(SERVICE, url).await?;
    let schema = quoted(&staged(SERVICE));
    let path = format!("SET search_path TO {schema}");
    client.batch_execute(&path).await.map_err(failed)?;
    let sql = "WITH held AS (UPDATE jobs SET held = true WHERE ended_at IS NULL AND canceled_at IS NULL AND NOT held \
            RETURNING job_id) \
        INSERT INTO job_events (job_id, at, kind, message, sequence) \
        SELECT h.job_id, now() AT TIME ZONE 'UTC', 'held', $1, \
            COALESCE((SELECT MAX(e.sequence) FROM job_events e WHERE e.job_id = h.job_id), 0) + 1 FROM held h";
    client.execute(sql, &[&message]).await.map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spoolers_of_a_copy_are_read_by_their_columns() {
        let columns = ["spooler", "home", "seen_at"].map(str::to_owned);
        let rows = "hall\taa11\t2026-01-15 09:30:00.123456\ncellar\tbb22\t\\N\n";
        let told = |columns: &[String]| -> Vec<(String, String)> {
            let found = read_rows(columns, rows).into_iter();
            let told = found.map(|(home, spooler)| (home, spooler.to_string()));
            told.collect()
        };
        let expected = [
            ("aa11", "hall, last seen 2026-01-15 09:30:00 UTC"),
            ("bb22", "cellar, stopped in good order"),
        ];
        let owned = |(home, told): (&str, &str)| (home.to_owned(), told.to_owned());
        assert_eq!(told(&columns), expected.map(owned));
        assert_eq!(to_the_second("2026-01-15 09:30:00"), "2026-01-15 09:30:00");
        assert!(read_rows(&columns[..1], rows).is_empty());
    }
}
