//! Schemas of a PostgreSQL database: each table copied by COPY within one transaction that sees one moment of all of them.
//!
//! They are put back into schemas of another name, made by the same migrations; one transaction then moves the old ones
//! aside and gives these their names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use serde::{Deserialize, Serialize};
use tokio_postgres::Client;

use super::{BackupError, Copied, Counter, database, file, migrations};
use crate::database::make_schema;

/// Values read back as they were written, whatever the server is set to.
const SETTINGS: &str = "SET DateStyle TO ISO; SET IntervalStyle TO postgres; SET TIME ZONE 'UTC'; \
    SET extra_float_digits TO 3; SET statement_timeout TO 0; SET idle_in_transaction_session_timeout TO 0; \
    SET client_min_messages TO warning;";
/// What a copy holds beside its tables.
pub(super) const CONTENT: &str = "tables.json";
/// Bytes that are sent together.
const CHUNK: usize = 1 << 16;

/// What a copy of a schema holds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Content {
    tables: Vec<Table>,
    sequences: Vec<Sequence>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Table {
    name: String,
    columns: Vec<String>,
}

/// How far a sequence is; `None` where it was never asked.
#[derive(Debug, Serialize, Deserialize)]
struct Sequence {
    name: String,
    last: Option<i64>,
}

/// One moment of some databases.
#[derive(Default)]
pub(super) struct Snapshot {
    clients: Vec<(String, Client)>,
    services: Vec<(String, usize)>,
}

impl Snapshot {
    /// Holds a service's schema; of a database that is held already, as it was then.
    pub(super) async fn hold(&mut self, service: &str, url: &str) -> Result<(), BackupError> {
        let at = match self.clients.iter().position(|(held, _)| held == url) {
            Some(at) => at,
            None => {
                let client = connect(service, url).await?;
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1;";
                let begun = client.batch_execute(begin).await;
                begun.map_err(|error| database(service)(Box::new(error)))?;
                self.clients.push((url.to_owned(), client));
                self.clients.len() - 1
            }
        };
        self.services.push((service.to_owned(), at));
        Ok(())
    }

    /// Copies them into a folder for each service.
    pub(super) async fn copy(
        &self,
        to: &Path,
        counter: &Counter,
    ) -> Result<Vec<Copied>, BackupError> {
        let mut copied = Vec::new();
        for (service, at) in &self.services {
            let client = &self.clients[*at].1;
            copied.push(copy_schema(client, service, to, counter).await?);
        }
        Ok(copied)
    }
}

async fn copy_schema(
    client: &Client,
    service: &str,
    to: &Path,
    counter: &Counter,
) -> Result<Copied, BackupError> {
    let failed = |error: tokio_postgres::Error| database(service)(Box::new(error));
    let schema = schema_of(service);
    let content = content(client, &schema).await.map_err(failed)?;
    if content.tables.is_empty() {
        return Err(BackupError::Content(format!(
            "there is no schema {schema}: the {service} service never ran on this database"
        )));
    }
    let folder = to.join(service);
    fs::create_dir(&folder).map_err(file(&folder))?;
    let mut files = vec![PathBuf::from(service).join(CONTENT)];
    let text =
        serde_json::to_vec_pretty(&content).map_err(|error| database(service)(Box::new(error)))?;
    write(&folder.join(CONTENT), &text)?;
    for table in &content.tables {
        let name = format!("{}.copy", table.name);
        let path = folder.join(&name);
        let made = File::create_new(&path).map_err(file(&path))?;
        let mut out = BufWriter::new(made);
        let sql = format!("COPY {} TO STDOUT", table.of(&schema));
        let mut rows = Box::pin(client.copy_out(&sql).await.map_err(failed)?);
        while let Some(bytes) = rows.next().await.transpose().map_err(failed)? {
            counter.add(bytes.len() as u64);
            out.write_all(&bytes).map_err(file(&path))?;
        }
        let made = out
            .into_inner()
            .map_err(|error| file(&path)(error.into_error()))?;
        made.sync_all().map_err(file(&path))?;
        files.push(PathBuf::from(service).join(name));
    }
    let applied = applied(client, &schema).await.map_err(failed)?;
    Ok(Copied {
        service: service.to_owned(),
        migrations: applied,
        files,
    })
}

/// Whether a service's schema is there.
///
/// # Errors
/// When the database does not answer.
pub async fn exists(service: &str, url: &str) -> Result<bool, BackupError> {
    let client = connect(service, url).await?;
    let found = has_schema(&client, &schema_of(service)).await;
    found.map_err(|error| database(service)(Box::new(error)))
}

/// How many sessions of Formfeed's services there are on a database.
///
/// # Errors
/// When the database does not answer.
pub async fn sessions(service: &str, url: &str) -> Result<i64, BackupError> {
    let client = connect(service, url).await?;
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
        AND application_name LIKE 'formfeed-%' AND pid <> pg_backend_pid()";
    let found = client.query_one(sql, &[]).await;
    let found = found.map_err(|error| database(service)(Box::new(error)))?;
    Ok(found.get(0))
}

/// Fills a new schema beside the service's own with a copy, by the migrations it was made with.
///
/// # Errors
/// When the copy is damaged, or the database refuses it.
pub async fn stage(
    service: &str,
    url: &str,
    copy: &Path,
    versions: &[String],
    counter: &Counter,
) -> Result<(), BackupError> {
    let schema = staged(service);
    let migrations = migrations(service)?.postgres;
    make_schema(url, &schema, migrations, versions).await?;
    let folder = copy.join(service);
    let path = folder.join(CONTENT);
    let text = fs::read(&path).map_err(file(&path))?;
    let content: Content = serde_json::from_slice(&text)
        .map_err(|error| BackupError::Content(format!("{}: {error}", path.display())))?;
    let client = connect(service, url).await?;
    let failed = |error: tokio_postgres::Error| database(service)(Box::new(error));
    client.batch_execute("BEGIN").await.map_err(failed)?;
    let order = in_order(&client, &schema, &content).await?;
    let names: Vec<_> = content.tables.iter().map(|it| it.named(&schema)).collect();
    // What the triggers guard and count was guarded and counted when it was written.
    for name in &names {
        let off = format!("ALTER TABLE {name} DISABLE TRIGGER USER");
        client.batch_execute(&off).await.map_err(failed)?;
    }
    let empty = format!("TRUNCATE {}", names.join(", "));
    client.batch_execute(&empty).await.map_err(failed)?;
    for table in order {
        let path = folder.join(format!("{}.copy", table.name));
        fill(&client, &table.of(&schema), &path, counter)
            .await
            .map_err(|source| match source {
                Filling::File(error) => file(&path)(error),
                Filling::Database(error) => failed(error),
            })?;
    }
    for sequence in &content.sequences {
        if let Some(last) = sequence.last {
            let name = format!("{}.{}", quoted(&schema), quoted(&sequence.name));
            let sql = "SELECT setval($1::text::regclass, $2)";
            client.query(sql, &[&name, &last]).await.map_err(failed)?;
        }
    }
    // What refers to rows of its own table is looked up now, not at the commit.
    let settle = "SET CONSTRAINTS ALL IMMEDIATE";
    client.batch_execute(settle).await.map_err(failed)?;
    for name in &names {
        let on = format!("ALTER TABLE {name} ENABLE TRIGGER USER");
        client.batch_execute(&on).await.map_err(failed)?;
    }
    client.batch_execute("COMMIT").await.map_err(failed)
}

/// Gives the filled schemas of these services their names, in one transaction; what has the names goes aside under others,
/// which end with `suffix`. Where it is done already, nothing is.
///
/// # Errors
/// When the database does not answer.
pub async fn put_in_place(services: &[String], url: &str, suffix: &str) -> Result<(), BackupError> {
    let first = services.first().map_or("", String::as_str);
    let client = connect(first, url).await?;
    let failed = |error: tokio_postgres::Error| database(first)(Box::new(error));
    client.batch_execute("BEGIN").await.map_err(failed)?;
    for service in services {
        let (schema, staged) = (schema_of(service), staged(service));
        if !has_schema(&client, &staged).await.map_err(failed)? {
            continue;
        }
        if has_schema(&client, &schema).await.map_err(failed)? {
            let aside = format!("{schema}_{suffix}");
            let sql = format!(
                "ALTER SCHEMA {} RENAME TO {}",
                quoted(&schema),
                quoted(&aside)
            );
            client.batch_execute(&sql).await.map_err(failed)?;
        }
        let sql = format!(
            "ALTER SCHEMA {} RENAME TO {}",
            quoted(&staged),
            quoted(&schema)
        );
        client.batch_execute(&sql).await.map_err(failed)?;
    }
    client.batch_execute("COMMIT").await.map_err(failed)
}

/// Drops what a restore that was cut off has filled.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_staged(service: &str, url: &str) -> Result<(), BackupError> {
    let client = connect(service, url).await?;
    let sql = format!("DROP SCHEMA IF EXISTS {} CASCADE", quoted(&staged(service)));
    let dropped = client.batch_execute(&sql).await;
    dropped.map_err(|error| database(service)(Box::new(error)))
}

enum Filling {
    File(std::io::Error),
    Database(tokio_postgres::Error),
}

async fn fill(client: &Client, table: &str, path: &Path, counter: &Counter) -> Result<(), Filling> {
    let mut rows = File::open(path).map_err(Filling::File)?;
    let sql = format!("COPY {table} FROM STDIN");
    let sink = client.copy_in::<_, Bytes>(&sql).await;
    let mut sink = Box::pin(sink.map_err(Filling::Database)?);
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = rows.read(&mut chunk).map_err(Filling::File)?;
        if read == 0 {
            break;
        }
        counter.add(read as u64);
        let bytes = Bytes::copy_from_slice(&chunk[..read]);
        sink.send(bytes).await.map_err(Filling::Database)?;
    }
    sink.as_mut().finish().await.map_err(Filling::Database)?;
    Ok(())
}

/// The tables so that none comes before one that its rows refer to.
async fn in_order<'a>(
    client: &Client,
    schema: &str,
    content: &'a Content,
) -> Result<Vec<&'a Table>, BackupError> {
    let sql = "SELECT c.relname, r.relname FROM pg_constraint k \
        JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
        JOIN pg_namespace n ON n.oid = c.relnamespace \
        WHERE k.contype = 'f' AND n.nspname = $1 AND k.conrelid <> k.confrelid";
    let found = client.query(sql, &[&schema]).await;
    let found = found.map_err(|error| database(schema)(Box::new(error)))?;
    let mut refers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in found {
        refers.entry(row.get(0)).or_default().insert(row.get(1));
    }
    let mut left: Vec<&Table> = content.tables.iter().collect();
    let mut order: Vec<&Table> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &&Table| {
            let to = refers.get(&table.name);
            to.is_some_and(|to| left.iter().any(|other| to.contains(&other.name)))
        };
        let (later, now): (Vec<&Table>, Vec<&Table>) =
            left.iter().copied().partition(|table| waits(table));
        if now.is_empty() {
            let names: Vec<_> = later.iter().map(|table| table.name.as_str()).collect();
            let names = names.join(", ");
            return Err(BackupError::Content(format!(
                "tables that refer to each other in a circle: {names}"
            )));
        }
        order.extend(now);
        left = later;
    }
    Ok(order)
}

impl Content {
    /// The columns of a table, in the order of its rows; `None` where the copy has no such table.
    pub(super) fn columns_of(&self, name: &str) -> Option<&[String]> {
        let table = self.tables.iter().find(|table| table.name == name);
        table.map(|table| table.columns.as_slice())
    }
}

impl Table {
    fn named(&self, schema: &str) -> String {
        format!("{}.{}", quoted(schema), quoted(&self.name))
    }

    fn of(&self, schema: &str) -> String {
        let columns: Vec<_> = self.columns.iter().map(|column| quoted(column)).collect();
        format!("{} ({})", self.named(schema), columns.join(", "))
    }
}

async fn content(client: &Client, schema: &str) -> Result<Content, tokio_postgres::Error> {
    let sql = "SELECT c.relname, a.attname FROM pg_class c \
        JOIN pg_namespace n ON n.oid = c.relnamespace \
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
        WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY c.relname, a.attnum";
    let mut tables: Vec<Table> = Vec::new();
    for row in client.query(sql, &[&schema]).await? {
        let (name, column): (String, String) = (row.get(0), row.get(1));
        match tables.last_mut().filter(|table| table.name == name) {
            Some(table) => table.columns.push(column),
            None => tables.push(Table {
                name,
                columns: vec![column],
            }),
        }
    }
    let sql =
        "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = $1 ORDER BY 1";
    let sequences = client.query(sql, &[&schema]).await?;
    let sequences = sequences.into_iter().map(|row| Sequence {
        name: row.get(0),
        last: row.get(1),
    });
    Ok(Content {
        tables,
        sequences: sequences.collect(),
    })
}

async fn applied(client: &Client, schema: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let table = format!("{}.__diesel_schema_migrations", quoted(schema));
    let sql = format!("SELECT version::text FROM {table} ORDER BY 1");
    let rows = client.query(&sql, &[]).await?;
    Ok(rows.into_iter().map(|row| row.get(0)).collect())
}

pub(super) async fn has_schema(
    client: &Client,
    schema: &str,
) -> Result<bool, tokio_postgres::Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1)";
    Ok(client.query_one(sql, &[&schema]).await?.get(0))
}

pub(super) async fn connect(service: &str, url: &str) -> Result<Client, BackupError> {
    let failed = |error: tokio_postgres::Error| database(service)(Box::new(error));
    let connected = crate::postgres::connect(url).await;
    let (client, carrier) = connected.map_err(|error| database(service)(Box::new(error)))?;
    tokio::spawn(async move {
        if let Err(error) = carrier.await {
            tracing::debug!(error = %error, "The connection for a copy ended");
        }
    });
    client.batch_execute(SETTINGS).await.map_err(failed)?;
    Ok(client)
}

fn write(path: &Path, text: &[u8]) -> Result<(), BackupError> {
    let written = File::create_new(path).and_then(|mut made| {
        made.write_all(text)?;
        made.sync_all()
    });
    written.map_err(file(path))
}

pub(super) fn schema_of(service: &str) -> String {
    format!("formfeed_{service}")
}

/// The name of a schema that is being filled.
pub(super) fn staged(service: &str) -> String {
    format!("formfeed_{service}_restoring")
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
