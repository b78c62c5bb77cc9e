//! Tables edited by hand, as somebody with the database's password could.

use std::process::Command;

use formfeed_runtime::Service;

use crate::tools::run;

/// Runs one statement on a service's tables, on SQLite or PostgreSQL.
///
/// # Panics
/// When the database refuses it.
pub fn edit(database_url: &str, service: Service, sql: &str) {
    match database_url.strip_prefix("sqlite:") {
        Some(path) => {
            let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
            run(Command::new("python3").args(["-c", script, path, sql]));
        }
        None => {
            let sql = format!("SET search_path TO formfeed_{}; {sql}", service.name());
            let stop = ["-v", "ON_ERROR_STOP=1", "-c", &sql, database_url];
            run(Command::new("psql").args(stop));
        }
    }
}
