//! Backup and restore of an installation, on both databases: taken while it works, put back here and elsewhere, and never
//! against the paper.

mod at_work;
mod cut_off;
mod elsewhere;
mod older;
mod refusals;
mod several;
mod tokens;

use std::path::{Path, PathBuf};

use formfeed_runtime::Service;
use formfeed_tests::command::{Ran, Up, formfeed, formfeed_dying_at};
use formfeed_tests::postgres::fresh_postgres_url;
use serde_json::Value;

pub(crate) const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
const FORMS: [&str; 6] = ["--payer", "TE1", "--tax-year", "2025", "--form", "nec"];
/// The last line of a job of the small case's Forms 1099-NEC, however often it was interrupted.
const WHOLE: &str = "printed 7 forms, 2 void, 3 sheets, total 13421.91";

/// Where an installation keeps its tables: flags of `up`, `backup` and `restore`.
#[derive(Debug, Clone)]
struct Tables(Vec<String>);

impl Tables {
    fn sqlite() -> Self {
        Self(Vec::new())
    }

    fn postgres() -> Self {
        Self(vec!["--database-url".to_owned(), fresh_postgres_url()])
    }

    fn flags(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }

    /// The address of a service's tables.
    fn url(&self, data_dir: &Path, service: Service) -> String {
        let file = || data_dir.join(format!("{service}.db"));
        let shared = self.0.last().cloned();
        shared.unwrap_or_else(|| format!("sqlite:{}", file().display()))
    }
}

/// Services with the small case calculated.
fn calculated(tables: &Tables) -> Up {
    let up = Up::start_with(&tables.flags());
    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    up
}

/// Prints the small case's Forms 1099-NEC and answers the job.
fn print(up: &Up, more: &[&str]) -> String {
    up.run(&[&["print"], &FORMS[..], more].concat()).ok();
    newest(up)
}

fn newest(up: &Up) -> String {
    let jobs = up.run(&["--json", "job", "list"]).ok().json();
    jobs[0]["job"].as_str().expect("a job").to_owned()
}

fn backup(up: &Up, tables: &Tables, to: &Path, more: &[&str]) -> Ran {
    let to = to.display().to_string();
    up.run(&[&["backup", "--to", &to], more, &tables.flags()].concat())
}

fn restore(data_dir: &Path, tables: &Tables, from: &Path, more: &[&str]) -> Ran {
    restore_dying_at("", data_dir, tables, from, more)
}

fn restore_dying_at(
    place: &str,
    data_dir: &Path,
    tables: &Tables,
    from: &Path,
    more: &[&str],
) -> Ran {
    let (data_dir, from) = (data_dir.display().to_string(), from.display().to_string());
    let head = ["--data-dir", &data_dir, "restore", "--from", &from];
    let arguments = [&head[..], more, &tables.flags()].concat();
    match place {
        "" => formfeed(&arguments),
        place => formfeed_dying_at(place, &arguments),
    }
}

fn keys(folder: &Path) -> PathBuf {
    folder.join("keys")
}

fn stock(up: &Up, printer: &str) -> Value {
    let report = up.run(&["--json", "printer", "stock", printer]).ok().json();
    report["loads"][0].clone()
}

fn last_line(ran: &Ran) -> &str {
    ran.out.lines().last().unwrap_or_default()
}
