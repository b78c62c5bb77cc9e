//! A year's honest work with canaries in it: imported, calculated, changed, shown, printed, exported, backed up.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use formfeed_tests::ipp_printer::{ABORTS, IppPrinter, PRINTS};
use formfeed_tests::serial_printer::SerialPrinter;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::needles::{MADE, TRANSMITTER, VENDORS};
use super::run::{Run, extract, told};

/// Printers and files that hold numbers in full because it is their purpose.
pub(super) struct Made {
    pub(super) laser: IppPrinter,
    pub(super) broken: IppPrinter,
    pub(super) matrix: SerialPrinter,
    /// Printed PDF files, electronic files.
    pub(super) folder: TempDir,
    /// The file of a token that may see numbers.
    pub(super) mia: PathBuf,
}

/// Does it all.
pub(super) fn done(run: &Run) -> Made {
    let extract = extract();
    run.does(&format!("import {}", extract.path().display()));
    let made = Made {
        laser: IppPrinter::start(PRINTS),
        broken: IppPrinter::start(ABORTS),
        matrix: SerialPrinter::start(),
        folder: tempfile::tempdir().unwrap(),
        mia: token(run),
    };
    run.does("calculate YEAR");
    changed(run);
    people(run, &made);
    printed(run, &made);
    keep_ipp(run, &made);
    told_in_reasons(run);
    decided(run, &made);
    shown(run, &made);
    exported(run, &made);
    made
}

/// A token whose holder may see numbers.
fn token(run: &Run) -> PathBuf {
    let add = ["--json", "token", "add", "mia", "--role", "clerk"];
    let add = [&add[..], &["--may", "reveal-tin"]].concat();
    let secret = run.up.run(&add).ok().json()["secret"].clone();
    let file = run.up.folder.path().join("mia.token");
    fs::write(&file, secret.as_str().unwrap()).unwrap();
    file
}

/// Vendors made and changed by calls, and the transmitter.
fn changed(run: &Run) {
    let admin = run.admin();
    let mut vendor = json!({"vendor_id": "MADE", "display_name": "Ada Pump", "tin": MADE[0]});
    vendor["tin_type"] = "itin".into();
    vendor["flag_1099"] = "Y".into();
    let create = json!({"vendor": vendor, "request_id": "make"});
    let (ok, said) = run.asks(&admin, "vendor.VendorService/CreateVendor", &create);
    assert!(ok, "{said}");
    let made: Value = serde_json::from_str(&said).unwrap();
    let dashed = [&MADE[1][..3], &MADE[1][3..5], &MADE[1][5..]].join("-");
    vendor["name"] = "vendors/MADE".into();
    vendor["etag"] = made["etag"].clone();
    vendor["tin"] = dashed.into();
    let update = json!({"vendor": vendor, "update_mask": {"paths": ["tin", "tin_type"]}});
    let (ok, said) = run.asks(&admin, "vendor.VendorService/UpdateVendor", &update);
    assert!(ok, "{said}");
    run.does_with_input(
        "transmitter set --tcc 1AB2C --tin - --name Harbor~Bureau --contact Ada~Quay --phone 207-555-0100 \
         --email ap@example.com --street 1~Quay~St --city Portland --state ME --zip 04101 --software-id 25A0000001",
        TRANSMITTER,
    );
    run.does("transmitter show");
}

/// One number seen by who may, and one looked for.
fn people(run: &Run, made: &Made) {
    let (vendor, tin, _) = VENDORS[0];
    let reveal = json!({"name": format!("vendors/{vendor}"), "reason": told()});
    let (ok, seen) = run.calls(&made.mia, "vendor.TinService/RevealTin", &reveal, &[]);
    assert!(
        ok && seen.contains(tin),
        "the one answer that holds it: {seen}"
    );
    let find = format!(
        "--token-file {} vendor find-tin",
        made.mia.to_str().unwrap()
    );
    let found = run.does_with_input(&find, tin);
    assert!(found.out.contains(vendor), "{found:?}");
}

/// On a laser printer, a line and a folder; on one that breaks, and on one that is not there.
fn printed(run: &Run, made: &Made) {
    for (name, printer) in [("laser", &made.laser), ("broken", &made.broken)] {
        let uri = printer.uri();
        run.does(&format!(
            "printer add {name} {uri} --stock nec-3up --sheets 500"
        ));
    }
    let (line, folder) = (made.matrix.uri(), made.folder.path().display());
    run.does(&format!(
        "printer add matrix {line} --dialect escp --stock nec-3up"
    ));
    run.does(&format!("printer add office file:{folder}"));
    run.does("printer add nowhere ipp://localhost:9/ipp/print --stock nec-3up");
    run.does("print YEAR --form nec --printer laser --wait");
    for printer in ["broken", "matrix"] {
        let again = format!("print YEAR --form nec --printer {printer} --again elsewhere --wait");
        let ran = run.tries(&again);
        assert_eq!(ran.code, 1, "sheets wait for a person: {ran:?}");
    }
    run.does("print YEAR --form nec --printer nowhere --again elsewhere");
    run.does("print YEAR --form misc --printer office --wait");
    for copy in ["b", "c", "1", "2"] {
        run.does(&format!(
            "print YEAR --form nec --copy {copy} --printer office --wait"
        ));
    }
    let split =
        "print YEAR --form nec --copy b --printer office --wait --again apart --split-by recipient";
    run.does(split);
    let locked = run.tries(&format!("{split} --password-rule tin"));
    assert_eq!(locked.code, 3, "one of them has no number: {locked:?}");
    run.does("transmittal YEAR --form misc --printer office --wait");
}

/// Reasons and remarks that people write.
fn told_in_reasons(run: &Run) {
    run.does("info edit YEAR --recipient V001 --income-type nonemployee_compensation --amount 4800 --reason TOLD");
    run.does("info history YEAR");
    run.does("printer pause laser --reason TOLD");
    run.does("printer show laser");
    run.does("printer resume laser");
    run.does("forms void YEAR --form nec --recipient V004 --reason TOLD");
    run.does("forms restore YEAR --form nec --recipient V004");
    run.does("vendor b-notice add --vendor V001 --payer HARBOR --date 2026-01-15 --tax-year 2024 --note TOLD");
    run.does("vendor b-notice list --vendor V001");
    run.does("print YEAR --form nec --printer laser --again TOLD --wait");
}

/// Sheets in doubt, jobs that are ended, and what is shown of them.
fn decided(run: &Run, made: &Made) {
    let jobs = run.does("--json job list").json();
    let mut shown = 0;
    for job in jobs.as_array().unwrap() {
        let job = job["job"].as_str().unwrap();
        let id = job.trim_start_matches("jobs/");
        run.tries(&format!("job resolve {id} --sheet 1 lost --reason TOLD"));
        run.tries(&format!("job cancel {id} --reason TOLD"));
        run.does(&format!("job show {id} --sheets"));
        for format in ["pdf", "png"] {
            let out = run.file(&made.folder, "preview");
            let ran = run.tries(&format!("job preview {id} --format {format} --out {out}"));
            if ran.code == 0 {
                // A picture has no text that could be searched: its sheet is, as the PDF.
                if format == "pdf" {
                    run.keep("preview of a pdf", fs::read(&out).unwrap());
                    shown += 1;
                }
                fs::remove_file(out).unwrap();
            }
        }
    }
    assert!(shown > 3, "{shown} previews");
}

/// What is listed and reported.
fn shown(run: &Run, made: &Made) {
    for line in [
        "info list",
        "forms list",
        "check",
        "overview",
        "verify",
        "correct",
    ] {
        run.tries(&format!("{line} YEAR"));
        run.tries(&format!("--json {line} YEAR"));
    }
    run.does("info explain YEAR --recipient V001");
    run.does("report edit YEAR");
    for format in ["pdf", "csv"] {
        let out = run.file(&made.folder, "report");
        run.does(&format!("report edit YEAR --format {format} --out {out}"));
        run.keep(format!("report as {format}"), fs::read(&out).unwrap());
        fs::remove_file(out).unwrap();
    }
    let letter = run.file(&made.folder, "letter");
    run.does(&format!(
        "letter b-notice --payer HARBOR --vendor V001 --out {letter}"
    ));
    run.keep("a letter", fs::read(&letter).unwrap());
    run.does("printer list");
    run.does("--json printer stock laser");
    run.does("config show");
    run.tries("doctor");
}

/// The audit trail's files, electronic files, a copy of the installation.
fn exported(run: &Run, made: &Made) {
    for format in ["iris-xml", "fire"] {
        let out = run.file(&made.folder, &format!("efile.{format}"));
        run.does(&format!(
            "export YEAR --form nec --format {format} --again electronic --out {out}"
        ));
    }
    run.does("audit list");
    run.does("audit verify");
    for format in ["csv", "jsonl"] {
        let out = run.file(&made.folder, "trail");
        run.does(&format!("audit export --format {format} --out {out}"));
        run.keep(format!("audit trail as {format}"), fs::read(&out).unwrap());
        fs::remove_file(out).unwrap();
    }
    let backup = run.file(&made.folder, "backup");
    let database = match run.database.starts_with("postgres") {
        true => format!("--database-url {}", run.database),
        false => String::new(),
    };
    run.does(&format!("backup --to {backup} --with-keys {database}"));
    run.seen.borrow_mut().keep_folder("backup", backup.as_ref());
}

/// What the printers tell of their jobs, which ippeveprinter forgets after a minute.
fn keep_ipp(run: &Run, made: &Made) {
    const ALL: &str = r#"{ NAME "all" OPERATION Get-Jobs GROUP operation-attributes-tag
        ATTR charset attributes-charset utf-8 ATTR naturalLanguage attributes-natural-language en
        ATTR uri printer-uri $uri ATTR keyword which-jobs WHICH
        ATTR keyword requested-attributes all STATUS successful-ok }"#;
    let script = made.folder.path().join("jobs.test");
    for (printer, uri) in [("laser", made.laser.uri()), ("broken", made.broken.uri())] {
        for which in ["completed", "not-completed"] {
            fs::write(&script, ALL.replace("WHICH", which)).unwrap();
            let mut tool = Command::new("ipptool");
            let told = formfeed_tests::tools::run(tool.args(["-tv", &uri]).arg(&script));
            let text = String::from_utf8(told.stdout).unwrap();
            let has_jobs = text.contains("job-name");
            assert!(has_jobs || which == "not-completed", "{printer}: {text}");
            run.keep(format!("IPP attributes of {printer}, {which}"), text);
        }
    }
}
