//! One body, two databases: the macros that choose the compiled set of queries.

/// Runs `$body` on a connection of the open database, outside any transaction.
///
/// `$c` is the connection and `$q` the service's query modules for that database:
///
/// ```text
/// on_read!(self.database, vendor, |c, q| q::accounts::get(c, id).await)
/// ```
macro_rules! on_read {
    ($database:expr, $service:ident, |$c:ident, $q:ident| $body:expr) => {
        match &$database {
            $crate::Database::Sqlite(database) => {
                #[allow(unused_imports, reason = "a body may need no query module")]
                use $crate::$service::sqlite as $q;
                let mut connection = database.connection().await?;
                let $c = &mut *connection;
                $body
            }
            $crate::Database::Postgres(database) => {
                #[allow(unused_imports, reason = "a body may need no query module")]
                use $crate::$service::postgres as $q;
                let mut connection = database.connection().await?;
                let $c = &mut *connection;
                $body
            }
        }
    };
}

/// As [`on_read`], for several statements, or one that is waited for by who wants to go on at once: `$body` answers a
/// `Result`, and its `?` and `return` leave the body alone.
/// On SQLite they run [at once](crate::at_once::at_once).
macro_rules! on_reads {
    ($database:expr, $service:ident, |$c:ident, $q:ident| $body:expr) => {
        match &$database {
            $crate::Database::Sqlite(database) => {
                use $crate::$service::sqlite as $q;
                let mut connection = database.connection().await?;
                let $c = &mut *connection;
                $crate::at_once::at_once(async { $body }).await
            }
            $crate::Database::Postgres(database) => {
                use $crate::$service::postgres as $q;
                let mut connection = database.connection().await?;
                let $c = &mut *connection;
                async { $body }.await
            }
        }
    };
}

/// Runs `$body` in one writing transaction: committed when it answers `Ok`, rolled back when it answers `Err`.
///
/// On SQLite it is an immediate transaction, its statements run [at once](crate::at_once::at_once), and writers take turns,
/// so that none meets a busy database. The error type
/// of `$body` must be `From<diesel::result::Error>`. Call it from a task that is not dropped half-way: dropping leaves
/// the connection to be closed by the pool.
macro_rules! on_write {
    ($database:expr, $service:ident, |$c:ident, $q:ident| $body:expr) => {
        match &$database {
            $crate::Database::Sqlite(database) => {
                #[allow(unused_imports, reason = "a body may need no query module")]
                use $crate::$service::sqlite as $q;
                let _turn = database.writers_turn().await;
                let mut connection = database.connection().await?;
                let $c = &mut *connection;
                $crate::at_once::at_once(async {
                    $crate::database::begin($c).await?;
                    let done = async { $body }.await;
                    $crate::database::end($c, done).await
                })
                .await
            }
            $crate::Database::Postgres(database) => {
                use diesel_async::AsyncConnection as _;
                #[allow(unused_imports, reason = "a body may need no query module")]
                use $crate::$service::postgres as $q;
                let mut connection = database.connection().await?;
                connection
                    .transaction(async |$c| {
                        let $c: &mut $crate::database::PostgresConn = &mut **$c;
                        $body
                    })
                    .await
            }
        }
    };
}

/// As [`on_write`], for what may be forgotten when the power fails, but never what was written before it, and never by a
/// process that dies: its commit does not wait for the disk, and the next one that does carries it along.
macro_rules! on_light_write {
    ($database:expr, $service:ident, |$c:ident, $q:ident| $body:expr) => {
        match &$database {
            $crate::Database::Sqlite(database) => {
                use $crate::$service::sqlite as $q;
                let _turn = database.writers_turn().await;
                let mut connection = database.connection().await?;
                let $c = &mut *connection;
                $crate::at_once::at_once(async {
                    $crate::database::begin_light($c).await?;
                    let done = async { $body }.await;
                    $crate::database::end($c, done).await
                })
                .await
            }
            $crate::Database::Postgres(database) => {
                use diesel_async::AsyncConnection as _;
                use $crate::$service::postgres as $q;
                let mut connection = database.connection().await?;
                connection
                    .transaction(async |$c| {
                        $crate::database::lighten($c).await?;
                        $body
                    })
                    .await
            }
        }
    };
}

/// Runs an insert of many rows on SQLite. `$statement` owns its rows: `insert_into(table).values(rows.to_vec())`.
///
/// Diesel writes SQLite's multi-row inserts by its synchronous connection only. A twin of query modules names the macro
/// for its own database: `pub(crate) use crate::dispatch::batch_on_sqlite as run_batch;`
macro_rules! batch_on_sqlite {
    ($connection:expr, $statement:expr) => {{
        let statement = $statement;
        $connection
            .spawn_blocking(move |connection| diesel::RunQueryDsl::execute(statement, connection))
            .await
    }};
}
pub(crate) use batch_on_sqlite;

/// Runs an insert of many rows on PostgreSQL; see [`batch_on_sqlite`].
macro_rules! batch_on_postgres {
    ($connection:expr, $statement:expr) => {
        diesel_async::RunQueryDsl::execute($statement, $connection).await
    };
}
pub(crate) use batch_on_postgres;

/// Inserts rows one by one on SQLite, by one statement that is prepared once: a statement of many rows is as long as they
/// are many, and read anew each time. `$rows` is owned; see [`batch_on_sqlite`].
macro_rules! each_on_sqlite {
    ($connection:expr, $table:expr, $rows:expr) => {{
        let rows = $rows;
        $connection
            .spawn_blocking(move |connection| {
                for row in rows {
                    let insert = diesel::insert_into($table).values(row);
                    diesel::RunQueryDsl::execute(insert, connection)?;
                }
                Ok(())
            })
            .await
    }};
}
pub(crate) use each_on_sqlite;

/// Inserts rows by one statement on PostgreSQL; see [`each_on_sqlite`].
macro_rules! each_on_postgres {
    ($connection:expr, $table:expr, $rows:expr) => {
        diesel_async::RunQueryDsl::execute(diesel::insert_into($table).values($rows), $connection)
            .await
            .map(drop)
    };
}
pub(crate) use each_on_postgres;

/// Loads many rows on SQLite, each turned into a domain type as it is read. `$query` owns its values.
///
/// Diesel's asynchronous connection copies every value of every row of SQLite first; its synchronous one does not.
macro_rules! rows_on_sqlite {
    ($connection:expr, $query:expr, $row:ty => $item:ty) => {{
        let query = $query;
        $connection
            .spawn_blocking(move |connection| {
                let rows = diesel::RunQueryDsl::load_iter::<
                    $row,
                    diesel::connection::DefaultLoadingMode,
                >(query, connection)?;
                Ok(rows
                    .map(|row| <$item>::try_from(row?))
                    .collect::<Result<Vec<$item>, $crate::StoreError>>())
            })
            .await
            .map_err($crate::StoreError::from)
            .flatten()
    }};
}
pub(crate) use rows_on_sqlite;

/// Loads many rows on PostgreSQL; see [`rows_on_sqlite`].
macro_rules! rows_on_postgres {
    ($connection:expr, $query:expr, $row:ty => $item:ty) => {{
        let rows: Vec<$row> = diesel_async::RunQueryDsl::load($query, $connection).await?;
        rows.into_iter()
            .map(<$item>::try_from)
            .collect::<Result<Vec<$item>, $crate::StoreError>>()
    }};
}
pub(crate) use rows_on_postgres;
