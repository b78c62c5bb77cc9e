//! A schema of PostgreSQL, and the settings of its server that everything durable rests on.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Binary, Integer, Text};
use diesel::{QueryDsl as _, SelectableHelper as _};
use diesel::{QueryResult, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection as _};

use super::{Facts, Finding};
use crate::keys::data_key::DataKeyRow;
use crate::keys::schema::data_keys;
use crate::postgres::{self, Address};
use crate::seal::Sealed;

/// For a server that does not answer.
const WITHIN: Duration = Duration::from_secs(10);
/// The oldest version that its makers still mended when this was written, as the server numbers it.
const OLDEST: i64 = 140_000;
/// The clocks of server and machine may be apart by so much before somebody should know, and before it is a fault.
const APART_MS: i64 = 2_000;
const TOO_FAR_MS: i64 = 60_000;
/// What must not be off, and what happens then.
const SETTINGS: [(&str, &str); 3] = [
    ("fsync", "after a power cut the database may be destroyed"),
    ("full_page_writes", "after a power cut pages may be torn"),
    (
        "synchronous_commit",
        "after a power cut sheets that were printed may look unprinted",
    ),
];

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Sample {
    #[diesel(sql_type = Text)]
    payer_id: String,
    #[diesel(sql_type = Integer)]
    tin_key_version: i32,
    #[diesel(sql_type = Binary)]
    tin_sealed: Vec<u8>,
}

/// Looks at the schema of a service.
pub(super) async fn examine(service: &str, url: &str) -> (Option<Facts>, Vec<Finding>) {
    const OPEN: &str = "database.open";
    let way_out = "see that the server runs and takes this user (FORMFEED_DATABASE_URL)";
    let connected = tokio::time::timeout(WITHIN, postgres::establish(url)).await;
    let mut connection = match connected {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            let text = format!("the server refuses: {error}");
            return (None, vec![Finding::fault(OPEN, service, text, way_out)]);
        }
        Err(_) => {
            let text = "the server does not answer";
            return (None, vec![Finding::fault(OPEN, service, text, way_out)]);
        }
    };
    let mut found = vec![Finding::fine(OPEN, service, "PostgreSQL answers")];
    for (setting, what) in SETTINGS {
        found.push(setting_is_on(&mut connection, service, setting, what).await);
    }
    found.push(encryption(&mut connection, service, url).await);
    found.push(version(&mut connection, service).await);
    found.push(clock(&mut connection, service).await);
    let facts = match facts(&mut connection, service).await {
        Ok(facts) => Some(facts),
        Err(error) => {
            let text = format!("the schema formfeed_{service} cannot be read: {error}");
            let way_out = "`formfeed up` makes it; if there was one, restore it from the backup";
            found.push(Finding::warning("database.schema", service, text, way_out));
            None
        }
    };
    (facts, found)
}

async fn word(connection: &mut AsyncPgConnection, sql: &str) -> QueryResult<String> {
    let answered: Word = sql_query(sql).get_result(connection).await?;
    Ok(answered.word)
}

async fn setting_is_on(
    connection: &mut AsyncPgConnection,
    service: &str,
    setting: &str,
    what: &str,
) -> Finding {
    const CHECK: &str = "database.settings";
    let asked = format!("SELECT current_setting('{setting}') AS word");
    match word(connection, &asked).await {
        Ok(value) if value != "off" => {
            Finding::fine(CHECK, service, format!("{setting} is {value}"))
        }
        Ok(_) => Finding::fault(
            CHECK,
            service,
            format!("{setting} is off: {what}"),
            format!(
                "ALTER SYSTEM SET {setting} TO on; SELECT pg_reload_conf(); and see that no role or database sets it off"
            ),
        ),
        Err(error) => Finding::fault(
            CHECK,
            service,
            format!("{setting}: {error}"),
            "see the server's log",
        ),
    }
}

/// Whether anybody on the way can read what is said. A way that does not leave the machine is nobody's.
async fn encryption(connection: &mut AsyncPgConnection, service: &str, url: &str) -> Finding {
    // A pooler in between has a connection of its own to the server: this is what the server sees.
    let asked =
        "SELECT coalesce(version, '') AS word FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let protocol = word(connection, asked).await.unwrap_or_default();
    let address = url.parse::<Address>();
    let is_encrypted = address.as_ref().is_ok_and(Address::is_encrypted);
    let leads_away = address.is_ok_and(|address| address.leads_away());
    judged(is_encrypted, leads_away, service, &protocol)
}

fn judged(is_encrypted: bool, leads_away: bool, service: &str, protocol: &str) -> Finding {
    const CHECK: &str = "database.encryption";
    match (is_encrypted, leads_away) {
        (true, _) if protocol.is_empty() => Finding::fine(CHECK, service, "TLS"),
        (true, _) => Finding::fine(CHECK, service, protocol),
        (false, false) => Finding::fine(CHECK, service, "in clear, on this machine"),
        (false, true) => Finding::warning(
            CHECK,
            service,
            "names, amounts and sealed TINs go in clear to another machine",
            "set ssl = on at the server, and sslmode=verify-full in FORMFEED_DATABASE_URL",
        ),
    }
}

async fn version(connection: &mut AsyncPgConnection, service: &str) -> Finding {
    const CHECK: &str = "database.version";
    let asked = word(
        connection,
        "SELECT current_setting('server_version_num') AS word",
    )
    .await;
    let number: i64 = asked.ok().and_then(|word| word.parse().ok()).unwrap_or(0);
    let text = format!("PostgreSQL {}.{}", number / 10_000, number % 10_000);
    match number >= OLDEST {
        true => Finding::fine(CHECK, service, text),
        false => Finding::warning(
            CHECK,
            service,
            text,
            "upgrade the server: nobody mends this version any more",
        ),
    }
}

async fn clock(connection: &mut AsyncPgConnection, service: &str) -> Finding {
    const CHECK: &str = "clock.database";
    let before = Utc::now();
    let asked = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS word";
    let told = word(connection, asked).await;
    let took = Utc::now() - before;
    let told = told
        .ok()
        .and_then(|word| DateTime::parse_from_rfc3339(&word).ok());
    let Some(told) = told else {
        return Finding::warning(
            CHECK,
            service,
            "the server does not tell its time",
            "see the server's log",
        );
    };
    let apart = (told.to_utc() - (before + took / 2)).num_milliseconds();
    let text = format!("the server's clock is {apart} ms ahead of this machine's");
    let way_out = "set both clocks by the same time server (NTP)";
    match apart.abs() {
        far if far > TOO_FAR_MS => Finding::fault(CHECK, service, text, way_out),
        far if far > APART_MS => Finding::warning(CHECK, service, text, way_out),
        _ => Finding::fine(CHECK, service, text),
    }
}

async fn facts(connection: &mut AsyncPgConnection, service: &str) -> QueryResult<Facts> {
    let path =
        format!("SET search_path TO formfeed_{service}; SET default_transaction_read_only TO on");
    connection.batch_execute(&path).await?;
    let words = |rows: Vec<Word>| rows.into_iter().map(|row| row.word).collect();
    let applied = sql_query("SELECT version::text AS word FROM __diesel_schema_migrations");
    let mut facts = Facts {
        applied: words(applied.load(connection).await?),
        ..Facts::default()
    };
    facts.data_keys = data_keys(connection).await.unwrap_or_default();
    if service == "vendor" {
        let rows: Vec<Sample> = sql_query(super::key::SAMPLE)
            .load(connection)
            .await
            .unwrap_or_default();
        facts.sample = rows.into_iter().next().map(|row| {
            let (key_version, bytes) = (row.tin_key_version, row.tin_sealed);
            (row.payer_id, Sealed { key_version, bytes })
        });
    }
    Ok(facts)
}

/// The wrapped keys of a schema.
pub(super) async fn data_keys_of(service: &str, url: &str) -> Vec<DataKeyRow> {
    let read = async {
        let mut connection = postgres::establish(url).await.ok()?;
        let path = format!("SET search_path TO formfeed_{service}");
        connection.batch_execute(&path).await.ok()?;
        data_keys(&mut connection).await.ok()
    };
    let read = tokio::time::timeout(WITHIN, read).await;
    read.ok().flatten().unwrap_or_default()
}

async fn data_keys(connection: &mut AsyncPgConnection) -> QueryResult<Vec<DataKeyRow>> {
    data_keys::table
        .select(DataKeyRow::as_select())
        .order((data_keys::purpose, data_keys::version))
        .load(connection)
        .await
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::judged;

    #[test]
    fn what_goes_in_clear_to_another_machine_is_warned_of() {
        // However the last stretch of the way, from a pooler to the server, is encrypted.
        for protocol in ["", "TLSv1.3"] {
            let found = judged(false, true, "vendor", protocol);
            assert_eq!(found.verdict, Verdict::Warning);
            assert!(found.way_out.contains("verify-full"), "{found:?}");
            for (is_encrypted, leads_away) in [(true, true), (true, false), (false, false)] {
                let found = judged(is_encrypted, leads_away, "vendor", protocol);
                assert_eq!(found.verdict, Verdict::Fine, "{found:?}");
            }
        }
    }
}
