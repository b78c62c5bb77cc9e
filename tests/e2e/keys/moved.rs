//! Fault 99: values moved between rows or columns. Nothing opens in another place, and no form shows another's number.

use formfeed_runtime::Service;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};

use super::{calculated, edit, folder_printer, print};
use crate::power_cut;

#[test]
fn fault_99_a_number_of_another_vendor_is_never_printed() {
    for change in [
        // Rows of two vendors changed places.
        "UPDATE vendor_versions SET tin_sealed = (SELECT other.tin_sealed FROM vendor_versions other \
         WHERE other.vendor_id = CASE vendor_versions.vendor_id WHEN 'V000003' THEN 'V000004' ELSE 'V000003' END) \
         WHERE vendor_id IN ('V000003', 'V000004')",
        // The payer's number in a vendor's place.
        "UPDATE vendor_versions SET tin_sealed = (SELECT tin_sealed FROM payers LIMIT 1) WHERE tin_sealed IS NOT NULL",
        // The version of a key that is not there.
        "UPDATE vendor_versions SET tin_key_version = 7 WHERE tin_sealed IS NOT NULL",
    ] {
        let up = calculated(&[]);
        folder_printer(&up);
        edit(up.folder.path(), Service::Vendor, change);
        let refused = print(&up, &["--printer", "office"]);
        assert_ne!(refused.code, 0, "{change}: {refused:?}");
        let out = up.folder.path().join("out");
        let files = std::fs::read_dir(&out).map_or(0, Iterator::count);
        assert_eq!(files, 0, "{change}: nothing was printed");
        let jobs = up.run(&["--json", "job", "list"]).ok().json();
        assert_eq!(jobs.as_array().map(Vec::len), Some(0), "{jobs}");
    }
}

#[test]
fn fault_99_a_form_of_another_place_in_the_job_stops_it_before_any_paper() {
    let laser = IppPrinter::start(PRINTS);
    let up = calculated(&[]);
    up.run(&[
        "printer",
        "add",
        "laser",
        &laser.uri(),
        "--stock",
        "nec-3up",
    ])
    .ok();
    up.run(&["printer", "pause", "laser", "--reason", "not yet"])
        .ok();
    let job = print(&up, &["--printer", "laser"]);
    assert_eq!(job.code, 0, "{job:?}");
    let jobs = up.run(&["--json", "job", "list"]).ok().json();
    let job = jobs[0]["job"].as_str().unwrap().to_owned();
    let swap = "UPDATE job_forms SET sealed = (SELECT other.sealed FROM job_forms other \
        WHERE other.place = 1 - job_forms.place) WHERE place IN (0, 1)";
    edit(up.folder.path(), Service::Spooler, swap);
    up.run(&["printer", "resume", "laser"]).ok();
    let stopped = power_cut::until(&up, &job, |shown| {
        let state = shown["state"].as_str().unwrap_or_default();
        state == "stopped" || state == "aborted"
    });
    assert!(stopped.to_string().contains("does not open"), "{stopped}");
    assert_eq!(laser.marked().len(), 0);
}
