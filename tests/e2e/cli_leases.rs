//! Leases and split jobs on the command line.

use formfeed_tests::command::Up;

const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");

#[test]
fn a_printer_says_who_drives_it_and_a_job_is_split_by_command() {
    let up = Up::start_with(&["--spooler-name", "hall"]);
    let folder = |name: &str| format!("file:{}", up.folder.path().join(name).display());
    for name in ["left", "right"] {
        up.run(&["printer", "add", name, &folder(name)]).ok();
    }
    let shown = up.run(&["printer", "show", "left"]).ok();
    assert!(shown.out.contains("driven by hall since 20"), "{shown:?}");
    let listed = up.run(&["--json", "printer", "list"]).ok().json();
    assert_eq!(listed[0]["spooler"], "hall");
    assert_eq!(listed[0]["lease"]["shows_life"], true);
    let unknown = up.run(&[
        "printer",
        "add",
        "far",
        &folder("far"),
        "--spooler",
        "cellar",
    ]);
    assert!(
        unknown.code != 0 && unknown.err.contains("cellar"),
        "{unknown:?}"
    );

    // Who has it takes nothing over.
    let mine = ["printer", "take-over", "left", "--reason", "a try"];
    up.run(&mine).ok();
    let leases = up.run(&["--json", "printer", "leases", "left"]).ok().json();
    assert_eq!(leases.as_array().map(Vec::len), Some(1), "{leases}");
    assert_eq!(
        (&leases[0]["epoch"], &leases[0]["spooler"]),
        (&1.into(), &"hall".into())
    );

    let (code, data) = up.stop();
    assert_eq!(code, 0);
    let up = Up::start_on(data, &["--spooler-name", "hall"]);
    let leases = up.run(&["--json", "printer", "leases", "left"]).ok().json();
    assert_eq!(
        (&leases[0]["epoch"], &leases[0]["taken_by"]),
        (&2.into(), &"spooler".into())
    );

    up.run(&["import", SMALL]).ok();
    up.run(&["calculate", "--payer", "TE1", "--tax-year", "2025"])
        .ok();
    let pause = ["printer", "pause", "left", "--reason", "until it is split"];
    up.run(&pause).ok();
    let print = [
        "--json",
        "print",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
        "--printer",
        "left",
    ];
    let queued = up.run(&print).ok().json();
    let job = queued["job"].as_str().unwrap();
    let split = [
        "--json",
        "job",
        "split",
        job,
        "--printer",
        "right",
        "--sheets",
        "2-3",
    ];
    let split = up.run(&split).ok().json();
    let both = serde_json::json!(["printers/left", "printers/right"]);
    assert_eq!(split["printers"], both);
    up.run(&["printer", "resume", "left"]).ok();
    let watched = up.run(&["job", "watch", job]).ok();
    assert!(
        watched
            .out
            .contains("right prints 2 sheets from 2 to 3 now"),
        "{watched:?}"
    );
    let done = up.run(&["--json", "job", "show", job]).ok().json();
    assert_eq!(
        (&done["sheets_printed"], &done["report"]),
        (&3.into(), &"final".into())
    );
    for (name, files) in [("left", 1), ("right", 1)] {
        let printed = std::fs::read_dir(up.folder.path().join(name)).unwrap();
        assert_eq!(printed.count(), files, "{name}");
    }
}
