//! A panic on each layer, with a number in its message wherever there is one at hand: what guards a call has not read it yet, and
//! the calculation knows recipients by their keys.

use std::process::Command;
use std::time::{Duration, Instant};

use formfeed_tests::command::{Ran, program};
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::postgres::fresh_postgres_url;
use formfeed_tests::serial_printer::SerialPrinter;
use serde_json::{Value, json};

use super::needles::{MADE, Needles, VENDORS};
use super::run::{Run, extract};
use super::wait_for_spans;

/// How long a job may take to come to where it is waited for.
const PATIENCE: Duration = Duration::from_secs(150);

/// Every place, and the file where it is.
const PLACES: [(&str, &str); 12] = [
    ("formfeed.vendor.v1.VendorService/GetVendor", "guard.rs"),
    ("vendor-seal", "sealed_tin.rs"),
    ("vendor-open", "sealed_tin.rs"),
    ("vendor-transaction", "transmitters.rs"),
    ("calculation-page", "calculation/src/page.rs"),
    ("forms-hand-over", "draft.rs"),
    ("forms-export", "write_files.rs"),
    ("spooler-seal", "snapshot.rs"),
    ("spooler-render", "compose.rs"),
    ("spooler-ipp", "device/ipp/mod.rs"),
    ("spooler-impact", "render/impact.rs"),
    ("spooler-preview", "preview.rs"),
];
const CONSOLE: (&str, &str) = ("console", "console/guard.rs");

/// Runs a command until it ends well; answers how often it did not, each time without a word of why.
fn tries_until_done(run: &Run, line: &str) -> usize {
    let mut failed = 0;
    for _ in 0..50 {
        let ran = run.tries(line);
        if ran.code == 0 {
            return failed;
        }
        let said = [ran.out, ran.err].concat();
        match said.contains("[IMPORT_IN_PROGRESS]") {
            // The call before has told of its incident, and lets go of the import in a moment.
            true => std::thread::sleep(Duration::from_millis(100)),
            false => {
                assert!(said.contains("under incident"), "{line}: {said}");
                failed += 1;
            }
        }
    }
    panic!("{line} never ends well");
}

fn asks_twice(run: &Run, token: &std::path::Path, method: &str, message: &Value) {
    let (ok, said) = run.calls(token, method, message, &[]);
    assert!(!ok && said.contains("under incident"), "{method}: {said}");
    run.keep(format!("{method} panicked"), said);
    let (ok, said) = run.calls(token, method, message, &[]);
    assert!(ok, "{method}: {said}");
}

#[test]
fn fault_97_a_panic_on_any_layer_tells_no_number_and_the_services_go_on() {
    panics_tell_no_number(None);
}

#[test]
fn fault_97_the_same_panics_on_postgresql() {
    panics_tell_no_number(Some(fresh_postgres_url()));
}

fn panics_tell_no_number(database: Option<String>) {
    let places: Vec<_> = PLACES.iter().chain([&CONSOLE]).collect();
    let named: Vec<_> = places.iter().map(|(place, _)| *place).collect();
    let run = Run::start(database, &named.join(","));
    let (extract, folder) = (extract(), tempfile::tempdir().unwrap());
    // By one name: a try that ended while it was being published is finished by the next.
    let import = format!(
        "import --import-id 01920000-0000-7000-8000-000000000097 {}",
        extract.path().display()
    );
    assert_eq!(tries_until_done(&run, &import), 2, "sealed, then opened");
    assert_eq!(tries_until_done(&run, "calculate YEAR"), 1);
    let name = json!({"name": "vendors/V001"});
    asks_twice(&run, &run.admin(), "vendor.VendorService/GetVendor", &name);
    let uri = format!("file:{}", folder.path().display());
    run.does(&format!("printer add office {uri}"));
    let print = "print YEAR --form nec --printer office --request-id one";
    assert_eq!(tries_until_done(&run, print), 2, "handed over, sealed");
    let job = printed(&run);
    let out = run.file(&folder, "preview");
    let preview = format!("job preview {job} --out {out}");
    assert_eq!(tries_until_done(&run, &preview), 1);
    let _printers = (laser(&run), matrix(&run)); // on until the services stop
    transmitter(&run);
    let file = run.file(&folder, "efile");
    let export = format!("export YEAR --form nec --format fire --again electronic --out {file}");
    assert_eq!(tries_until_done(&run, &export), 1);
    console(&run);
    let told = find_tin_panics(&run);
    assert!(
        told.err.contains("Panicked at") && told.err.contains("reveal.rs"),
        "{told:?}"
    );
    run.keep("a command that panics", [told.out, told.err].concat());
    all_told_and_none_of_it_a_number(run, &places);
}

/// Waits until the job is printed, its worker once broken; answers its id.
fn printed(run: &Run) -> String {
    let jobs = run.does("--json job list").json();
    let job = id(&jobs[0]);
    until(run, &job, "completed", Some("office"));
    job
}

fn id(job: &Value) -> String {
    let name = job["job"].as_str().unwrap();
    name.trim_start_matches("jobs/").to_owned()
}

/// Waits until a job is in a state. Whoever resumes its printer meanwhile wakes a worker that broke; that is refused once the worker
/// has found a sheet in doubt.
fn until(run: &Run, job: &str, state: &str, printer: Option<&str>) {
    let begin = Instant::now();
    loop {
        let shown = run.does(&format!("--json job show {job}")).json();
        if shown["state"] == state {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "never {state}: {shown}");
        if let Some(printer) = printer {
            run.tries(&format!("printer resume {printer}"));
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Prints the same forms once more; answers the job's id.
fn printing(run: &Run, printer: &str) -> String {
    let again = format!("--json print YEAR --form nec --printer {printer} --again after~a~panic");
    id(&run.does(&again).json())
}

/// A worker breaks with a page printer's document in hand: what became of the sheet is for a person to say.
fn laser(run: &Run) -> IppPrinter {
    let laser = IppPrinter::start(PRINTS);
    let uri = laser.uri();
    run.does(&format!(
        "printer add laser {uri} --stock nec-3up --sheets 500"
    ));
    let job = printing(run, "laser");
    until(run, &job, "needs-decision", Some("laser"));
    assert!(laser.marked().is_empty(), "no byte of it has left");
    run.does(&format!("job show {job} --sheets --history"));
    let decide = "--sheet 1 not-printed --device-restarted --reason the~worker~broke";
    run.does(&format!("job resolve {job} {decide}"));
    until(run, &job, "completed", None);
    assert!(!laser.marked().is_empty());
    laser
}

/// An impact printer's sheet breaks while it is made, and is made again.
fn matrix(run: &Run) -> SerialPrinter {
    let matrix = SerialPrinter::start();
    let line = matrix.uri();
    run.does(&format!(
        "printer add matrix {line} --dialect escp --stock nec-3up"
    ));
    let job = printing(run, "matrix");
    until(run, &job, "awaiting-confirmation", None);
    assert!(!matrix.received().is_empty());
    run.does(&format!("job show {job} --sheets --history"));
    matrix
}

/// A transaction breaks off after its first statement: nothing of it stays, and the same again ends well.
fn transmitter(run: &Run) {
    let set = "transmitter set --tcc 1AB2C --tin - --name Harbor~Bureau --contact Ada~Quay --phone 207-555-0100 \
         --email ap@example.com --street 1~Quay~St --city Portland --state ME --zip 04101 --software-id 25A0000001";
    let broken = run.tries_with_input(set, MADE[0]);
    let said = [broken.out, broken.err].concat();
    assert!(said.contains("under incident"), "{said}");
    let none = run.tries("transmitter show");
    assert_ne!(none.code, 0, "{none:?}");
    run.does_with_input(set, MADE[0]);
}

/// A page that panics tells an incident and nothing else.
fn console(run: &Run) {
    let folder = tempfile::tempdir().unwrap();
    let (url, jar) = (run.endpoint("console"), run.file(&folder, "jar"));
    let token = std::fs::read_to_string(run.admin()).unwrap();
    let origin = format!("Origin: {url}");
    let sign_in = format!("{url}/sign-in");
    let token = format!("token={}", token.trim());
    let form = [
        "-sS",
        "-c",
        &jar,
        "-H",
        &origin,
        "--data-urlencode",
        &token,
        &sign_in,
    ];
    formfeed_tests::tools::run(Command::new("curl").args(form));
    let page = |address: &str| {
        let mut curl = Command::new("curl");
        let page = formfeed_tests::tools::run(curl.args(["-sS", "-i", "-b", &jar, address]));
        String::from_utf8(page.stdout).unwrap()
    };
    let broken = page(&format!("{url}/?printer={}", VENDORS[0].1));
    assert!(
        broken.contains("500 ") && broken.contains("under incident"),
        "{broken}"
    );
    run.keep("a page that panics", broken);
    assert!(page(&url).contains("200 OK"));
}

/// The command line with a number typed in.
fn find_tin_panics(run: &Run) -> Ran {
    let input = run.runs_in.path().join("typed");
    std::fs::write(&input, VENDORS[0].1).unwrap();
    let typed = std::fs::File::open(&input).unwrap();
    std::fs::remove_file(input).unwrap(); // the test's own
    let mut find = Command::new(program());
    find.arg("--data-dir").arg(run.up.folder.path());
    find.args(["vendor", "find-tin"]).stdin(typed);
    find.env("FORMFEED_PANIC_AT", "cli-find-tin");
    let output = find.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn all_told_and_none_of_it_a_number(run: Run, places: &[&(&str, &str)]) {
    let log = std::fs::read_to_string(run.runs_in.path().join("stderr")).unwrap();
    let panics: Vec<_> = log
        .lines()
        .filter(|line| line.contains("Panicked at"))
        .collect();
    for (place, file) in places {
        let told = panics
            .iter()
            .any(|line| line.contains(file) && line.contains("not told"));
        assert!(told, "{place}: {panics:#?}");
    }
    assert_eq!(panics.len(), places.len(), "{panics:#?}");
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
    run.keep_metrics();
    let kept = run.keep_data();
    let Run {
        up,
        seen,
        runs_in,
        collector,
        ..
    } = run;
    let mut seen = seen.into_inner();
    let (code, folder) = up.stop();
    assert_eq!(code, 0);
    seen.keep_folder("data after the end", folder.path());
    seen.keep_folder("where it ran", runs_in.path());
    wait_for_spans(&collector);
    seen.keep("traces", collector.raw());
    for place in ["where it ran/stderr", "traces", "metrics", kept] {
        assert!(seen.has(place), "{place} was looked at");
    }
    let found = seen.search(&Needles::all());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
