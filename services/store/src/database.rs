//! Opening a database, SQLite or PostgreSQL, and bringing its tables up to date.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use bb8::QueueStrategy;
use diesel::QueryResult;
use diesel::connection::AnsiTransactionManager;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_async::pooled_connection::bb8::{Pool, PooledConnection};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig};
use diesel_async::sync_connection_wrapper::SyncConnectionWrapper;
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection,
    TransactionManager as _,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use futures::FutureExt as _;
use tokio::sync::{Mutex, MutexGuard};

use crate::StoreError;
use crate::at_once::Statements;
use crate::bulk::BulkLoader;
use crate::postgres::{self, Address};

/// A connection to an SQLite file.
pub type SqliteConn = SyncConnectionWrapper<SqliteConnection, Statements>;
type SqliteTransaction = <SqliteConn as AsyncConnection>::TransactionManager;
/// A connection to PostgreSQL.
pub type PostgresConn = AsyncPgConnection;

/// How long a call waits for a free connection, or for another process's write to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a server may take to say that it is there.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);
/// Connections per service and process. SQLite readers never wait for its one writer (WAL).
const CONNECTIONS: u32 = 8;
/// Durable at every commit; a row cannot refer to nothing. At most 4 MiB of pages are held by a connection, and
/// 32 MiB are written before they are carried over into the database file: each page once for many changes.
pub(crate) const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = FILE; \
    PRAGMA cache_size = -4096; PRAGMA wal_autocheckpoint = 8192;";

/// Where a service keeps its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file, made when missing.
    Sqlite(PathBuf),
    /// A `postgres://` address; each service uses the schema `formfeed_{service}` in it.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// Reads `sqlite:PATH` or `postgres://USER@HOST:PORT/DATABASE`, with libpq's `sslmode`, `sslrootcert`, `sslcert` and `sslkey`.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            _ if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                text.parse::<Address>()
                    .map_err(|error| StoreError::Open(error.to_string()))?;
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => match text.strip_prefix("sqlite:") {
                Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path))),
                _ => Err(StoreError::Open(
                    "the address is neither sqlite:PATH nor postgres://USER@HOST/DATABASE"
                        .to_owned(),
                )),
            },
        }
    }
}

/// The migrations of one service for both databases.
pub struct Migrations {
    /// Name of the service: its schema in PostgreSQL is `formfeed_{service}`.
    pub service: &'static str,
    /// For SQLite.
    pub sqlite: EmbeddedMigrations,
    /// For PostgreSQL.
    pub postgres: EmbeddedMigrations,
}

/// An open database with its tables up to date.
pub enum Database {
    /// SQLite file.
    Sqlite(SqliteDatabase),
    /// PostgreSQL schema.
    Postgres(PostgresDatabase),
}

/// A pool of connections to an SQLite file, and the turn of its one writer.
pub struct SqliteDatabase {
    pool: Pool<SqliteConn>,
    writer: Mutex<()>,
    bulk: BulkLoader,
}

/// A pool of connections to one schema of PostgreSQL.
pub struct PostgresDatabase {
    pool: Pool<PostgresConn>,
}

impl Database {
    /// Opens the database and runs the migrations it lacks.
    ///
    /// # Errors
    /// [`StoreError::Open`] when the file is no database, was made by a newer program, or the server refuses;
    /// [`StoreError::Unavailable`] when the server is away. A damaged file is left as it is.
    pub async fn open(url: &DatabaseUrl, migrations: Migrations) -> Result<Self, StoreError> {
        Self::open_with(url, migrations, "").await
    }

    /// As [`Database::open`], with statements that begin each session of PostgreSQL.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn open_with(
        url: &DatabaseUrl,
        migrations: Migrations,
        session: &str,
    ) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::Sqlite(path) => SqliteDatabase::open(path, migrations.sqlite)
                .await
                .map(Self::Sqlite),
            DatabaseUrl::Postgres(url) => {
                PostgresDatabase::open(url, migrations.service, migrations.postgres, session)
                    .await
                    .map(Self::Postgres)
            }
        }
    }
}

impl Database {
    /// Asks for a sign of life, and has an answer or an error within some twenty seconds. The disk is not asked: a slow one
    /// is alive.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server is away or no connection is free in time.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(database) => {
                let mut connection = database.connection().await?;
                Ok(connection.batch_execute("SELECT 1").await?)
            }
            Self::Postgres(database) => {
                let mut connection = database.connection().await?;
                let asked =
                    tokio::time::timeout(ANSWER_WITHIN, connection.batch_execute("SELECT 1"));
                let answered = asked.await;
                Ok(answered.map_err(|late| StoreError::Unavailable(Box::new(late)))??)
            }
        }
    }
}

/// Begins a transaction that writes, so that it need not wait for another one later.
pub(crate) async fn begin(connection: &mut SqliteConn) -> QueryResult<()> {
    begin_by(connection, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE").await
}

/// The same with a commit that does not wait for the disk.
pub(crate) async fn begin_light(connection: &mut SqliteConn) -> QueryResult<()> {
    begin_by(connection, "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE").await
}

async fn begin_by(connection: &mut SqliteConn, sql: &'static str) -> QueryResult<()> {
    let begin = |connection: &mut SqliteConnection| {
        AnsiTransactionManager::begin_transaction_sql(connection, sql)
    };
    connection.spawn_blocking(begin).await
}

/// Lets the commit of a transaction not wait for the disk.
pub(crate) async fn lighten(connection: &mut PostgresConn) -> QueryResult<()> {
    connection
        .batch_execute("SET LOCAL synchronous_commit TO off")
        .await
}

/// Ends a transaction: commits what is done, and takes back what failed.
pub(crate) async fn end<T, E: From<diesel::result::Error>>(
    connection: &mut SqliteConn,
    done: Result<T, E>,
) -> Result<T, E> {
    match done {
        Ok(answer) => {
            SqliteTransaction::commit_transaction(connection).await?;
            Ok(answer)
        }
        Err(failed) => match SqliteTransaction::rollback_transaction(connection).await {
            Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(failed),
            Err(error) => Err(error.into()),
        },
    }
}

impl SqliteDatabase {
    async fn open(path: &Path, migrations: EmbeddedMigrations) -> Result<Self, StoreError> {
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::Open(error.to_string()))?;
        }
        let mut config = ManagerConfig::default();
        config.custom_setup = Box::new(|url| {
            let url = url.to_owned();
            async move {
                let mut connection = SqliteConn::establish(&url).await?;
                connection
                    .batch_execute(SQLITE_SETTINGS)
                    .await
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(connection)
            }
            .boxed()
        });
        let url = path
            .to_str()
            .ok_or_else(|| StoreError::Open("the path is not UTF-8".to_owned()))?;
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let first = SqliteConn::establish(url).await;
        let mut first = first.map_err(|error| StoreError::Open(error.to_string()))?;
        first
            .batch_execute(SQLITE_SETTINGS)
            .await
            .map_err(|error| StoreError::Open(error.to_string()))?;
        migrate::<SqliteConn, Sqlite, _>(first, migrations, None).await?;
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .connection_timeout(PATIENCE)
            .test_on_check_out(false) // a file does not hang up
            .queue_strategy(QueueStrategy::Lifo) // who wrote last knows its pages; others read them anew
            .build_unchecked(manager);
        Ok(Self {
            pool,
            writer: Mutex::new(()),
            bulk: BulkLoader::new(path),
        })
    }

    /// A connection of the pool.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none is free in time.
    pub async fn connection(&self) -> Result<PooledConnection<'_, SqliteConn>, StoreError> {
        self.pool
            .get()
            .await
            .map_err(|error| StoreError::Unavailable(Box::new(error)))
    }

    /// Waits until no other task of this process writes.
    pub async fn writers_turn(&self) -> MutexGuard<'_, ()> {
        self.writer.lock().await
    }

    /// Writes many rows in one transaction, at the full speed of prepared statements.
    ///
    /// # Errors
    /// See [`StoreError`]; then nothing is written.
    pub(crate) async fn load<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _turn = self.writers_turn().await;
        self.bulk.load(work).await
    }
}

impl PostgresDatabase {
    async fn open(
        url: &str,
        service: &str,
        migrations: EmbeddedMigrations,
        session: &str,
    ) -> Result<Self, StoreError> {
        let mut config = ManagerConfig::default();
        let settings = format!(
            "SET search_path TO formfeed_{service}; SET TIME ZONE 'UTC'; SET client_min_messages TO warning; SET application_name TO 'formfeed-{service}'; {session}"
        );
        let setup = settings.clone();
        config.custom_setup = Box::new(move |url| {
            let (url, setup) = (url.to_owned(), setup.clone());
            async move {
                let mut connection = postgres::establish(&url).await?;
                connection
                    .batch_execute(&setup)
                    .await
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(connection)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        let mut first = postgres::establish(url).await?;
        let schema = format!(
            "SELECT pg_advisory_lock(7010); CREATE SCHEMA IF NOT EXISTS formfeed_{service}; {settings}"
        );
        first.batch_execute(&schema).await?;
        // The advisory lock ends with this session, which `migrate` consumes: two processes never migrate at once.
        migrate::<PostgresConn, Pg, _>(first, migrations, None).await?;
        let pool = Pool::builder()
            .max_size(CONNECTIONS)
            .connection_timeout(PATIENCE)
            .error_sink(Box::new(postgres::Log::of(service)))
            .build_unchecked(manager);
        Ok(Self { pool })
    }

    /// A connection of the pool.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the server is away or none is free in time.
    pub async fn connection(&self) -> Result<PooledConnection<'_, PostgresConn>, StoreError> {
        self.pool
            .get()
            .await
            .map_err(|error| StoreError::Unavailable(Box::new(error)))
    }
}

/// Makes a new schema of PostgreSQL by these migrations, in the place of one that is there.
///
/// # Errors
/// [`StoreError::Unavailable`] when the server is away, [`StoreError::Open`] when a migration is not known or refused.
pub(crate) async fn make_schema(
    url: &str,
    schema: &str,
    migrations: EmbeddedMigrations,
    versions: &[String],
) -> Result<(), StoreError> {
    let mut first = postgres::establish(url).await?;
    let make = format!(
        "SET client_min_messages TO warning; SELECT pg_advisory_lock(7010); DROP SCHEMA IF EXISTS {schema} CASCADE; \
         CREATE SCHEMA {schema}; SET search_path TO {schema}; SET TIME ZONE 'UTC';"
    );
    first.batch_execute(&make).await?;
    migrate::<PostgresConn, Pg, _>(first, migrations, Some(versions.to_vec())).await
}

/// Runs pending migrations on a connection of their own, away from the async workers; only some of them where they are named.
/// Tables that a newer program made are left as they are.
async fn migrate<C, DB, M>(
    connection: C,
    migrations: M,
    only: Option<Vec<String>>,
) -> Result<(), StoreError>
where
    C: AsyncConnection<Backend = DB> + 'static,
    DB: diesel::backend::Backend,
    M: MigrationSource<DB> + Send + 'static,
    AsyncMigrationHarness<C>: MigrationHarness<DB>,
{
    let run = move || {
        let mut harness = AsyncMigrationHarness::new(connection);
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
            StoreError::Open(format!("the tables cannot be brought up to date: {error}"))
        };
        let mut known = migrations.migrations().map_err(failed)?;
        known.sort_by(|one, other| one.name().version().cmp(&other.name().version()));
        let applied = harness.applied_migrations().map_err(failed)?;
        let is_known =
            |version: &MigrationVersion<'_>| known.iter().any(|it| it.name().version() == *version);
        if let Some(newer) = applied.iter().find(|version| !is_known(version)) {
            return Err(StoreError::Open(format!(
                "its tables were made by a newer version of the program: migration {newer} is not known here; \
                 start that version, or restore a backup of this one"
            )));
        }
        let pending = known.iter().filter(|migration| {
            let name = migration.name();
            let wanted = only
                .as_ref()
                .is_none_or(|only| only.contains(&name.version().to_string()));
            wanted && !applied.contains(&name.version().as_owned())
        });
        let mut done = 0;
        for migration in pending {
            harness.run_migration(migration).map_err(failed)?;
            done += 1;
        }
        Ok(done)
    };
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        let _inside = runtime.enter();
        run()
    })
    .await
    .map_err(|error| StoreError::Open(error.to_string()))??;
    tracing::debug!(migrations = done, "Tables are up to date");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_no_database_says_what_would_be_one() {
        assert_eq!(
            "sqlite:/tmp/a.db".parse::<DatabaseUrl>().unwrap(),
            DatabaseUrl::Sqlite("/tmp/a.db".into())
        );
        assert!("postgres://u@h/d".parse::<DatabaseUrl>().is_ok());
        let error = "mysql://h".parse::<DatabaseUrl>().unwrap_err();
        assert!(error.to_string().contains("sqlite:PATH"));
    }
}
