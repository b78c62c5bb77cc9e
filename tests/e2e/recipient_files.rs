//! A file for each recipient: named safely, locked by a rule, listed for mailing, and counted like sheets whatever happens.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use formfeed_domain::form::{AddressParts, Form, FormType};
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_spooler::CrashPoint;
use formfeed_tests::command::Up;
use formfeed_tests::paper::read_pdf;
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::delivery::{PasswordRule, SplitBy};
use pb::job::State;
use tonic::Code;
use tonic_types::StatusExt as _;

/// The TIN that the harness gives form 1, and what its rule makes of it.
const TIN: &str = "900100001";

fn split(forms: &[Form], rule: PasswordRule) -> pb::JobHeader {
    pb::JobHeader {
        copy: pb::Copy::B.into(),
        delivery: Some(pb::Delivery {
            split_by: SplitBy::Recipient.into(),
            password_rule: rule.into(),
        }),
        ..header("r1", "files", forms)
    }
}

/// Forms of recipients with addresses in parts.
fn mailed(count: usize) -> Vec<Form> {
    let mut forms = forms(FormType::Nec, count);
    for form in &mut forms {
        form.recipient.parts = Some(AddressParts {
            city: "Salem".to_owned(),
            state: "OR".to_owned(),
            postal_code: "97301-1234".to_owned(),
            ..AddressParts::default()
        });
    }
    forms
}

/// The folder of a job, and the names of what is in it.
fn folder(spool: &Spool, job: &pb::Job) -> (PathBuf, Vec<String>) {
    // A folder of a second try, where the first left nothing, has a number behind the job's name.
    let [name] = <[String; 1]>::try_from(names(&spool.out())).unwrap();
    assert!(
        name.starts_with(job.name.trim_start_matches("jobs/")),
        "{name}"
    );
    let folder = spool.out().join(name);
    let names = names(&folder);
    (folder, names)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The rows of the list, by file name.
fn index(folder: &Path) -> BTreeMap<String, csv::StringRecord> {
    let mut reader = csv::Reader::from_path(folder.join("index.csv")).unwrap();
    assert_eq!(&reader.headers().unwrap()[9], "file_name");
    let rows = reader.records().map(|row| row.unwrap());
    rows.map(|row| (row[9].to_owned(), row)).collect()
}

/// What a reader with this password makes of a file.
fn opened(path: &Path, password: &str) -> Option<String> {
    let mut reader = Command::new("pdftotext");
    let read = reader.args(["-upw", password]).arg(path).arg("-").output();
    let read = read.unwrap();
    let text = String::from_utf8(read.stdout).unwrap();
    read.status.success().then_some(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recipient_has_a_file_and_a_row_and_whatever_the_keys_hold_stays_in_the_folder() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let mut forms = mailed(7);
        forms[0].account_number = r"..\..\x".to_owned();
        forms[1].account_number = "=cmd|' C calc'!A0".to_owned();
        forms[1].recipient.name = "=1+1".to_owned();
        forms[2].account_number = "V-900-10-0003".to_owned();
        forms[3].account_number = "a\"b,c".to_owned();
        forms[3].recipient.name = "Bo \"Pipe\", Jr".to_owned();
        // The same person and address: one file.
        forms[5].recipient = forms[4].recipient.clone();
        let job = spool.submit(split(&forms, PasswordRule::Unspecified), &forms);
        let job = job.await.unwrap();
        let done = spool.until(&job.name, State::Completed).await;
        let report = done.report.unwrap();
        let counted = (report.forms_printed, report.sheets_printed);
        assert_eq!((counted, report.total_amount_cents), ((7, 7), 7_000_28));
        assert_eq!(done.delivery.unwrap().split_by(), SplitBy::Recipient);

        let (folder, found) = folder(&spool, &job);
        let expected = [
            "000001-x.pdf",
            "000002-cmd___C_calc__A0.pdf",
            "000003.pdf",
            "000004-a_b_c.pdf",
            "000005-R0005.pdf",
            "000007-R0007.pdf",
            "index.csv",
        ];
        assert_eq!(found, expected);
        assert_eq!(names(&spool.out()).len(), 1, "nothing beside the folder");
        for (path, mode) in [(folder.clone(), 0o700), (folder.join(&found[0]), 0o600)] {
            let found = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{}", path.display());
        }
        let rows = index(&folder);
        assert_eq!(rows.len(), 6);
        let row = |name: &str| rows[name].iter().collect::<Vec<_>>();
        let address = ["1 Elm Ave", "", "Salem", "OR", "97301-1234", ""];
        let begin = [r"..\..\x", "Ada Pump 1", ""];
        let end = ["000001-x.pdf", "1000.01"];
        let first: Vec<_> = [&begin[..], &address[..], &end[..]].concat();
        assert_eq!(row("000001-x.pdf"), first);
        assert_eq!(row(expected[1])[..2], ["'=cmd|' C calc'!A0", "'=1+1"]);
        assert_eq!(row(expected[2])[0], "XXX-XX-0003");
        assert_eq!(row(expected[3])[1], "Bo \"Pipe\", Jr");
        assert_eq!(row(expected[4])[0], "R0005; R0006");
        assert_eq!(row(expected[4])[10], "2000.11");
        let text = fs::read_to_string(folder.join("index.csv")).unwrap();
        assert!(
            !text.contains("90010") && !text.contains("900-10"),
            "{text}"
        );

        let pages = read_pdf(&folder.join("000005-R0005.pdf"));
        assert_eq!(pages.len(), 2);
        for (page, account) in pages.iter().zip(["R0005", "R0006"]) {
            page.word(account);
            page.word("XXX-XX-0005");
        }
        // Nothing of one recipient in another's file.
        let other = opened(&folder.join("000007-R0007.pdf"), "").unwrap();
        assert!(
            other.contains("Ada Pump 7") && !other.contains("Ada Pump 5"),
            "{other}"
        );
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_opens_with_what_its_recipient_knows_and_with_nothing_else() {
    for (rule, password) in [
        (PasswordRule::LastFourZip, "000197301"),
        (PasswordRule::Tin, TIN),
    ] {
        let spool = Left::on_sqlite().start().await.with_file_printer().await;
        let forms = mailed(2);
        let job = spool.submit(split(&forms, rule), &forms).await.unwrap();
        let done = spool.until(&job.name, State::Completed).await;
        let (folder, names) = folder(&spool, &job);
        let file = folder.join(&names[0]);
        let text = opened(&file, password).unwrap();
        assert!(
            text.contains("Ada Pump 1") && text.contains("1000.01"),
            "{text}"
        );
        let (of_other, of_owner) = (password.replace('1', "2"), "");
        for wrong in [of_owner, of_other.as_str(), "R0001", "0001", "97301"] {
            assert_eq!(opened(&file, wrong), None, "{wrong:?}");
        }
        let mut qpdf = Command::new("qpdf");
        let shown = qpdf.arg(format!("--password={password}"));
        let shown = shown
            .args(["--show-encryption"])
            .arg(&file)
            .output()
            .unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        assert!(
            shown.contains("R = 6") && shown.contains("AESv3"),
            "{shown}"
        );
        let checked = Command::new("qpdf")
            .arg(format!("--password={password}"))
            .arg("--check")
            .arg(&file)
            .output()
            .unwrap();
        assert!(checked.status.success(), "{checked:?}");
        let bytes = fs::read(&file).unwrap();
        let clear = String::from_utf8_lossy(&bytes);
        assert!(
            !clear.contains("Ada") && !clear.contains("1099"),
            "the title too"
        );
        // No password in the list, the job, its sheets or its events.
        let list = fs::read_to_string(folder.join("index.csv")).unwrap();
        let sheets = spool.sheets(&job.name).await;
        let told = format!("{list}{done:?}{sheets:?}");
        assert!(
            !told.contains(password) && !told.contains("900-10-0001"),
            "{told}"
        );
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_without_a_password_is_named_and_nothing_is_sealed() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let mut forms = mailed(4);
        forms[1].recipient.tin = None;
        forms[3].recipient.parts = None;
        let header = split(&forms, PasswordRule::LastFourZip);
        let refused = spool.submit(header, &forms).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert_eq!(reason_of(&refused).as_deref(), Some("NO_PASSWORD"));
        let failure = refused.get_details_precondition_failure().unwrap();
        let violations = failure.violations.iter();
        let told: Vec<_> = violations
            .map(|it| (it.subject.as_str(), it.description.as_str()))
            .collect();
        let expected = [
            ("R0002", "has no TIN, of which the password is made"),
            ("R0004", "has no whole ZIP, of which the password is made"),
        ];
        assert_eq!(told, expected);
        let list = pb::ListJobsRequest::default();
        let jobs = spool.jobs().list_jobs(list).await.unwrap().into_inner();
        assert!(jobs.jobs.is_empty() && !spool.out().exists());
        // Without a lock nothing is missing.
        let open = split(&forms, PasswordRule::Unspecified);
        let job = spool.submit(open, &forms).await.unwrap();
        spool.until(&job.name, State::Completed).await;
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_recipients_copies_on_plain_paper_into_a_folder_are_split() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: "ipp://127.0.0.1:9/ipp/print".to_owned(),
        stock: "blank".to_owned(),
        ..pb::Printer::default()
    };
    spool.add_printer(laser).await.unwrap();
    let forms = mailed(1);
    let good = split(&forms, PasswordRule::Unspecified);
    for copy in [
        pb::Copy::A,
        pb::Copy::C,
        pb::Copy::State,
        pb::Copy::Unspecified,
    ] {
        let header = pb::JobHeader {
            copy: copy.into(),
            ..good.clone()
        };
        let refused = spool.submit(header, &forms).await.unwrap_err();
        let fields = refused.get_details_bad_request().unwrap().field_violations;
        assert_eq!(fields[0].field, "header.delivery.split_by", "{copy:?}");
        let said = &fields[0].description;
        assert!(said.contains("Copies B and 2"), "{said}");
    }
    let lock_alone = pb::JobHeader {
        delivery: Some(pb::Delivery {
            split_by: SplitBy::Job.into(),
            password_rule: PasswordRule::Tin.into(),
        }),
        ..good.clone()
    };
    let refused = spool.submit(lock_alone, &forms).await.unwrap_err();
    let fields = refused.get_details_bad_request().unwrap().field_violations;
    assert_eq!(fields[0].field, "header.delivery.password_rule");
    for header in [
        pb::JobHeader {
            printer: "printers/laser".to_owned(),
            ..good.clone()
        },
        pb::JobHeader {
            stock: "nec-3up".to_owned(),
            ..good.clone()
        },
    ] {
        let refused = spool.submit(header, &forms).await.unwrap_err();
        let reason = reason_of(&refused);
        assert_eq!(
            reason.as_deref(),
            Some("SPLIT_NOT_FOR_PRINTER"),
            "{refused:?}"
        );
    }
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_written_once_and_whole_wherever_the_spooler_dies() {
    for point in CrashPoint::OF_AN_ATTEMPT {
        for left in Left::on_both() {
            let spool = left.start_and_freeze(point, 1).await;
            let spool = spool.with_file_printer().await;
            let forms = mailed(5);
            let header = split(&forms, PasswordRule::LastFourZip);
            let job = spool.submit(header, &forms).await.unwrap();
            let stands = |attempt: &pb::Attempt| attempt.state() != pb::attempt::State::Unspecified;
            let begin = std::time::Instant::now();
            while !spool
                .sheets(&job.name)
                .await
                .iter()
                .flat_map(|it| &it.attempts)
                .any(stands)
            {
                assert!(begin.elapsed().as_secs() < 20, "{point:?}");
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
            let spool = spool.crash().await.start().await;
            let done = spool.until(&job.name, State::Completed).await;
            let report = done.report.unwrap();
            let counted = (report.forms_printed, report.total_amount_cents);
            assert_eq!(counted, (5, 5_000_15), "{point:?}");
            // The one folder, whole, and no remains of another try.
            assert_eq!(
                names(&spool.out()).len(),
                1,
                "{point:?}: {:?}",
                names(&spool.out())
            );
            let (folder, names) = folder(&spool, &job);
            assert_eq!(names.len(), 6, "{point:?}");
            assert_eq!(index(&folder).len(), 5);
            assert!(opened(&folder.join(&names[4]), "000597301").is_some());
            spool.stop().await;
        }
    }
}

/// The small case calculated, and a folder to print into.
fn ready(up: &Up) -> PathBuf {
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
    up.run(&["import", small]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let out = up.folder.path().join("out");
    let uri = format!("file:{}", out.display());
    up.run(&["printer", "add", "desk", &uri]).ok();
    out
}

const PRINT: [&str; 10] = [
    "--json",
    "print",
    "--payer",
    "TE1",
    "--tax-year",
    "2025",
    "--form",
    "nec",
    "--printer",
    "desk",
];

#[test]
fn kill_9_between_the_files_and_their_count_loses_and_repeats_nothing() {
    for at in ["after-send:1", "after-settle:1"] {
        let up = Up::start_doomed(at);
        ready(&up);
        up.run(&["printer", "pause", "desk", "--reason", "until it is queued"])
            .ok();
        let split = [
            "--copy",
            "b",
            "--split-by",
            "recipient",
            "--password-rule",
            "tin",
        ];
        let queued = up.run(&[&PRINT[..], &split].concat()).ok().json();
        let job = queued["job"].as_str().unwrap().to_owned();
        up.run(&["printer", "resume", "desk"]);
        let up = Up::start_on(up.die(), &[]);
        let out = up.folder.path().join("out");
        let begin = std::time::Instant::now();
        let ended = loop {
            let shown = up.run(&["--json", "job", "show", &job]).json();
            if shown["report"] == "final" {
                break shown;
            }
            assert!(begin.elapsed().as_secs() < 60, "{shown}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        };
        assert_eq!(ended["state"], "completed", "{at}");
        assert_eq!(ended["forms_printed"], ended["forms_in_job"], "{at}");
        let found = names(&out);
        assert_eq!(found.len(), 1, "{at}: {found:?}");
        assert!(
            found[0].starts_with(job.trim_start_matches("jobs/")),
            "{at}"
        );
        let files = names(&out.join(&found[0])).len();
        let forms = usize::try_from(ended["forms_in_job"].as_u64().unwrap()).unwrap();
        assert_eq!(files, forms + 1, "{at}");
    }
}

#[test]
fn the_command_line_splits_a_copy_and_says_why_another_is_not_split() {
    let up = Up::start();
    let out = ready(&up);
    let print = |flags: &[&str]| up.run(&[&PRINT[..], &["--wait"], flags].concat());
    let refused = print(&["--copy", "c", "--split-by", "recipient"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    let said = &refused.out;
    assert!(
        said.contains("Copy C does not go to recipients"),
        "{refused:?}"
    );
    let done = print(&["--copy", "b", "--split-by", "recipient"])
        .ok()
        .json();
    assert_eq!(done["report"], "final");
    let job = done["job"].as_str().unwrap().trim_start_matches("jobs/");
    let files = names(&out.join(job));
    let forms = usize::try_from(done["forms_printed"].as_u64().unwrap()).unwrap();
    assert_eq!(files.len(), forms + 1, "{files:?}");
}
