//! `formfeed doctor` on real installations: sound ones, and one for each fault it knows.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use formfeed_runtime::Service;
use formfeed_tests::by_hand;
use formfeed_tests::command::{Ran, Up, formfeed};
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::tools::run;
use ipp::model::Operation;
use serde_json::Value;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");

/// An installation at rest that has worked before.
fn at_rest() -> tempfile::TempDir {
    let up = Up::start();
    up.run(&["import", SMALL]).ok();
    let (code, folder) = up.stop();
    assert_eq!(code, 0);
    folder
}

fn doctor(folder: &Path, flags: &[&str]) -> Ran {
    let dir = ["--data-dir", folder.to_str().unwrap(), "--json", "doctor"];
    formfeed(&[&dir[..], flags].concat())
}

/// What was found of a subject by a check.
fn found(ran: &Ran, check: &str, subject: &str) -> Value {
    let all = ran.json();
    let one = all.as_array().unwrap().iter().find(|finding| {
        let of = finding["subject"].as_str().unwrap();
        finding["check"] == check && (of == subject || of.ends_with(&format!("/{subject}")))
    });
    one.unwrap_or_else(|| panic!("no {check} of {subject} in {all:#}"))
        .clone()
}

/// Asserts a fault, with a way out of it, and status 1.
#[track_caller]
fn fault(ran: &Ran, check: &str, subject: &str) -> Value {
    let finding = found(ran, check, subject);
    assert_eq!(
        (ran.code, &finding["verdict"]),
        (1, &"fault".into()),
        "{finding:#}"
    );
    assert_ne!(finding["way_out"], "", "{finding:#}");
    finding
}

#[track_caller]
fn warning(ran: &Ran, check: &str, subject: &str) -> Value {
    let finding = found(ran, check, subject);
    assert_eq!(
        (ran.code, &finding["verdict"]),
        (0, &"warning".into()),
        "{finding:#}"
    );
    assert_ne!(finding["way_out"], "", "{finding:#}");
    finding
}

#[test]
fn a_sound_installation_has_no_fault_at_work_or_at_rest() {
    let up = Up::start();
    up.run(&["import", SMALL]).ok();
    let out = format!("file:{}", up.folder.path().join("out").display());
    up.run(&["printer", "add", "office", &out]).ok();
    let ran = up.run(&["--json", "doctor"]).ok();
    for (check, subject) in [
        ("database.integrity", "calculation"),
        ("database.settings", "spooler"),
        ("database.schema", "forms"),
        ("key", "vendor.key"),
        ("key", "vendor-audit.key"),
        ("key", "spooler.key"),
        ("tokens", "tokens"),
        ("clock", "past"),
        ("services", "forms"),
        ("printers", "office"),
    ] {
        assert_eq!(
            found(&ran, check, subject)["verdict"],
            "fine",
            "{check} {subject}"
        );
    }
    let told = found(&ran, "key", "vendor.key")["text"].to_string();
    assert!(told.contains("they open what is sealed there"), "{told}");
    let version = format!("version {} answers", env!("CARGO_PKG_VERSION"));
    assert!(
        found(&ran, "services", "vendor")["text"]
            .to_string()
            .contains(&version)
    );
    up.run(&["printer", "pause", "office", "--reason", "lunch"])
        .ok();
    warning(
        &up.run(&["--json", "doctor", "--live"]),
        "printers",
        "office",
    );
    let (_, folder) = up.stop();
    let resting = doctor(folder.path(), &[]).ok();
    assert_eq!(found(&resting, "services", "all")["verdict"], "warning");
    fault(&doctor(folder.path(), &["--live"]), "services", "all");
    drop(Up::start_on(folder, &[])); // nothing was changed that a start minds
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_that_is_off_silent_or_gone_is_told_before_there_is_work_for_it() {
    let up = Up::start();
    let laser = LyingPrinter::start(Lie::None).await;
    let silent = LyingPrinter::start(Lie::None).await;
    let off = format!("ipp://127.0.0.1:{}/ipp/print", free_port());
    for (name, uri) in [
        ("laser", laser.uri()),
        ("silent", silent.uri()),
        ("off", off),
    ] {
        up.run(&["printer", "add", name, &uri]).ok();
    }
    let missing = "serial:/dev/no-such-line-of-formfeed";
    up.run(&["printer", "add", "matrix", missing, "--dialect", "escp"])
        .ok();
    silent.now(Lie::Hangs(Operation::GetPrinterAttributes));
    let begin = Instant::now();
    let ran = up.run(&["--json", "doctor"]).ok();
    assert!(
        begin.elapsed() < Duration::from_secs(15),
        "{:?}",
        begin.elapsed()
    );
    let reached = found(&ran, "printers", "laser");
    assert_eq!(reached["verdict"], "fine", "{reached:#}");
    for (name, words) in [
        ("off", "not reached"),
        ("silent", "no answer within"),
        ("matrix", "/dev/no-such-line-of-formfeed"),
    ] {
        let told = warning(&ran, "printers", name);
        assert!(told["text"].as_str().unwrap().contains(words), "{told:#}");
        assert!(told["way_out"].as_str().unwrap().contains(name), "{told:#}");
    }
    assert_eq!(laser.asked(Operation::CreateJob), 0);

    // Who looks every half minute whether the services live asks no device.
    let asked = laser.asked(Operation::GetPrinterAttributes);
    let live = up.run(&["--json", "doctor", "--live"]).ok();
    assert_eq!(found(&live, "printers", "laser")["text"], "idle");
    assert_eq!(laser.asked(Operation::GetPrinterAttributes), asked);
}

#[test]
fn secrets_that_others_may_read_are_a_fault() {
    let folder = at_rest();
    for (name, mode) in [
        ("keys/vendor.key", 0o640),
        ("vendor.db", 0o644),
        ("admin.token", 0o604),
    ] {
        let path = folder.path().join(name);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let finding = fault(&doctor(folder.path(), &[]), "files", name);
        assert!(
            finding["way_out"].as_str().unwrap().contains("chmod 600"),
            "{finding:#}"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    doctor(folder.path(), &[]).ok();
}

#[test]
fn a_key_that_is_lost_or_another_ones_is_a_fault() {
    let folder = at_rest();
    let other = at_rest();
    for name in ["vendor.key", "spooler.key"] {
        let key = folder.path().join("keys").join(name);
        let right = fs::read(&key).unwrap();
        fs::copy(other.path().join("keys").join(name), &key).unwrap();
        fault(&doctor(folder.path(), &[]), "key", name);
        fs::remove_file(&key).unwrap();
        let finding = fault(&doctor(folder.path(), &[]), "key", name);
        assert!(
            finding["way_out"].as_str().unwrap().contains("backup"),
            "{finding:#}"
        );
        fs::write(&key, right).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }
    doctor(folder.path(), &[]).ok();
}

#[test]
fn a_damaged_database_and_one_that_is_none_are_faults() {
    let folder = at_rest();
    let path = folder.path().join("calculation.db");
    let sound = fs::read(&path).unwrap();
    let mut damaged = sound.clone();
    let url = format!("sqlite:{}", path.display());
    let root = "SELECT max(rootpage) FROM sqlite_master WHERE type = 'table'";
    let page: usize = by_hand::look(&url, Service::Calculation, root)[0]
        .parse()
        .unwrap();
    damaged[(page - 1) * 4096..][..64].fill(0xa5);
    fs::write(&path, &damaged).unwrap();
    fault(
        &doctor(folder.path(), &[]),
        "database.integrity",
        "calculation",
    );
    fs::write(
        &path,
        b"this is no database, and was never one: it is a text of some length",
    )
    .unwrap();
    fault(&doctor(folder.path(), &[]), "database.open", "calculation");
    fs::write(&path, sound).unwrap();
    doctor(folder.path(), &[]).ok();
}

#[test]
fn settings_and_schema_that_are_not_this_programs_are_faults() {
    let folder = at_rest();
    let url = format!("sqlite:{}", folder.path().join("forms.db").display());
    let edit = |sql: &str| by_hand::edit(&url, Service::Forms, sql);
    by_hand::look(&url, Service::Forms, "PRAGMA journal_mode = DELETE");
    let finding = fault(&doctor(folder.path(), &[]), "database.settings", "forms");
    assert!(
        finding["text"].as_str().unwrap().contains("not wal"),
        "{finding:#}"
    );
    by_hand::look(&url, Service::Forms, "PRAGMA journal_mode = WAL");
    edit("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')");
    let finding = fault(&doctor(folder.path(), &[]), "database.schema", "forms");
    assert!(
        finding["text"].as_str().unwrap().contains("newer program"),
        "{finding:#}"
    );
    edit(
        "DELETE FROM __diesel_schema_migrations WHERE version IN \
          ('99990101000000', (SELECT max(version) FROM __diesel_schema_migrations WHERE version < '9'))",
    );
    warning(&doctor(folder.path(), &[]), "database.schema", "forms");
}

#[test]
fn a_clock_that_was_set_back_shows_by_what_was_written_before() {
    let folder = at_rest();
    let file = folder.path().join("vendor.db");
    run(Command::new("touch").args(["-d", "2 days"]).arg(&file));
    let finding = fault(&doctor(folder.path(), &[]), "clock", "past");
    assert!(
        finding["text"].as_str().unwrap().contains("vendor.db"),
        "{finding:#}"
    );
}

#[test]
fn tokens_and_certificates_that_end_soon_are_told() {
    let up = Up::start();
    up.run(&["token", "add", "mia", "--role", "clerk", "--days", "3"])
        .ok();
    let (_, folder) = up.stop();
    warning(&doctor(folder.path(), &[]), "tokens", "mia");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let certificate = |days: &str| {
        let mut make = Command::new("openssl");
        make.args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=localhost",
        ]);
        make.args([
            "-days",
            days,
            "-keyout",
            &file("tls.key"),
            "-out",
            &file("tls.pem"),
        ]);
        run(&mut make);
        let settings = format!(
            "tls_cert = '{}'\ntls_key = '{}'\n",
            file("tls.pem"),
            file("tls.key")
        );
        fs::write(folder.path().join("formfeed.toml"), settings).unwrap();
        fs::set_permissions(file("tls.pem"), fs::Permissions::from_mode(0o600)).unwrap();
    };
    certificate("90");
    assert_eq!(
        found(&doctor(folder.path(), &[]), "certificates", "tls.pem")["verdict"],
        "fine"
    );
    certificate("20");
    warning(&doctor(folder.path(), &[]), "certificates", "tls.pem");
    fs::write(file("tls.pem"), "no certificate").unwrap();
    fault(&doctor(folder.path(), &[]), "certificates", "tls.pem");
}

#[test]
fn a_service_token_that_fits_no_entry_is_a_fault_until_the_next_start() {
    let folder = at_rest();
    fs::write(folder.path().join("tokens/forms.token"), "another one").unwrap();
    fault(&doctor(folder.path(), &[]), "tokens", "forms");
    let up = Up::start_on(folder, &[]);
    up.run(&["doctor"]).ok();
}

#[test]
fn memory_in_the_place_of_a_disk_is_told() {
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    warning(
        &doctor(folder.path(), &[]),
        "disk.kind",
        folder.path().to_str().unwrap(),
    );
}

#[test]
fn a_data_directory_that_is_not_there_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere");
    let finding = fault(&doctor(&missing, &[]), "files", "nowhere");
    assert!(
        finding["way_out"].as_str().unwrap().contains("formfeed up"),
        "{finding:#}"
    );
}

#[test]
fn what_a_postgresql_server_may_lose_is_told_by_setting() {
    let database = fresh_postgres_url();
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("database_url = '{database}'\n");
    fs::write(folder.path().join("formfeed.toml"), settings).unwrap();
    let up = Up::start_on(folder, &[]);
    up.run(&["import", SMALL]).ok();
    let ran = up.run(&["--json", "doctor"]);
    // The tests' server is told to forget: its data outlive nobody.
    let finding = fault(&ran, "database.settings", "vendor");
    assert!(
        finding["text"].as_str().unwrap().contains("fsync is off"),
        "{finding:#}"
    );
    for (check, subject) in [
        ("database.encryption", "vendor"),
        ("database.version", "vendor"),
        ("database.schema", "spooler"),
        ("clock.database", "forms"),
        ("key", "vendor.key"),
        ("key", "spooler.key"),
    ] {
        assert_eq!(
            found(&ran, check, subject)["verdict"],
            "fine",
            "{check} {subject}"
        );
    }
    let told = |ran: &Ran| ran.out.contains("synchronous_commit is off");
    assert!(!told(&ran), "{ran:?}");
    let name = database.rsplit('/').next().unwrap();
    let off = format!("ALTER DATABASE \"{name}\" SET synchronous_commit TO off");
    run(Command::new("psql").args(["-qc", &off, &database]));
    assert!(told(&up.run(&["--json", "doctor"])));
}
