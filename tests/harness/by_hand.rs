//! Tables edited and looked at by hand, as somebody with the database's password could.

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

/// The first column of what a query answers about a service's tables, as text.
///
/// # Panics
/// When the database refuses it.
pub fn look(database_url: &str, service: Service, sql: &str) -> Vec<String> {
    let output = match database_url.strip_prefix("sqlite:") {
        Some(path) => {
            let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1])\nfor r in c.execute(sys.argv[2]): print(r[0])";
            run(Command::new("python3").args(["-c", script, path, sql]))
        }
        None => {
            let path = format!("SET search_path TO formfeed_{}", service.name());
            let stop = ["-qAtX", "-v", "ON_ERROR_STOP=1", "-c", &path, "-c", sql];
            run(Command::new("psql").args(stop).arg(database_url))
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(str::to_owned).collect()
}
