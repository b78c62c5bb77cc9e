//! A printer that one person set up.

use std::time::Duration;

use formfeed::errors::Exit;
use formfeed_tests::ipp_printer::{IppPrinter, PRINTS};
use formfeed_tests::world::World;
use serde_json::Value;

use super::{OF, SWITCH_ON, by, done, people, print, refused_as, until};

#[tokio::test(flavor = "multi_thread")]
async fn fault_94_a_printer_that_one_person_set_up_prints_nothing_until_another_approves() {
    for world in [World::start().await, World::on_postgres().await] {
        world.import_small().await;
        world.calculate("TE1", "2025").await;
        people(
            &world,
            &[
                ("ada", "admin"),
                ("rita", "admin"),
                ("olga", "operator"),
                ("edda", "clerk"),
            ],
        )
        .await;
        done(&world, "rita", &SWITCH_ON).await;
        let laser = IppPrinter::start(PRINTS);
        let add = [
            "printer",
            "add",
            "laser",
            &laser.uri(),
            "--stock",
            "nec-3up",
        ];
        let added = done(&world, "ada", &add).await;
        assert_eq!(added["waits_for_approval"], true, "{added}");
        assert_eq!(added["state"], "stopped", "{added}");
        let words = "formfeed printer approve laser --change 1";
        assert!(added["state_reasons"][0].as_str().unwrap().contains(words));

        // Nothing is sent to it, by nobody, in no way.
        let told = refused_as(
            &world,
            "rita",
            &print("nec", "laser"),
            "PRINTER_NOT_APPROVED",
        )
        .await;
        assert!(told.contains(words) && told.contains("ada"), "{told}");
        let transmittal = ["--form", "nec", "--printer", "laser"];
        let transmittal = [&["transmittal"], &OF[..], &transmittal].concat();
        let align = ["printer", "align", "laser"];
        refused_as(&world, "olga", &align, "PRINTER_NOT_APPROVED").await;

        let approve = ["printer", "approve", "laser", "--change", "1"];
        refused_as(&world, "ada", &approve, "DUTY_NOT_SEPARATE").await;
        let (exit, told) = by(&world, "edda", &approve).await;
        assert_eq!(exit, Exit::Refused, "{told}");
        assert_eq!(told["error"]["code"], "PERMISSION_DENIED", "{told}");
        let other = ["printer", "approve", "laser", "--change", "7"];
        refused_as(&world, "olga", &other, "ETAG_MISMATCH").await;
        let approved = done(&world, "olga", &approve).await;
        assert_eq!(approved["approved_by"], "olga", "{approved}");
        assert_eq!(approved["waits_for_approval"], false, "{approved}");
        let wait = [&print("nec", "laser")[..], &["--wait"]].concat();
        let printed = done(&world, "rita", &wait).await;
        let marked = laser.marked().len();
        assert!(marked > 0, "{printed}");
        // On a printer of two names a Form 1096 is asked for as well: its stock is not in there.
        refused_as(&world, "rita", &transmittal, "STOCK_NOT_LOADED").await;

        // What waits in its line waits on when it is changed.
        done(
            &world,
            "olga",
            &["printer", "pause", "laser", "--reason", "toner"],
        )
        .await;
        let again = [&print("nec", "laser")[..], &["--again", "more"]].concat();
        let job = done(&world, "rita", &again).await["job"].clone();
        let look = ["printer", "access", "laser", "--resolve-again"];
        let changed = done(&world, "ada", &look).await;
        assert_eq!(changed["set_up_change"], 2, "{changed}");
        assert_eq!(changed["waits_for_approval"], true, "{changed}");
        done(&world, "olga", &["printer", "resume", "laser"]).await;
        let show = ["job", "show", job.as_str().unwrap()];
        let waits = until(&world, &show, |job| job["state"] == "stopped").await;
        assert!(
            waits["state_reasons"].to_string().contains("--change 2"),
            "{waits}"
        );
        refused_as(&world, "olga", &approve, "ETAG_MISMATCH").await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(laser.marked().len(), marked, "nothing was sent meanwhile");
        let approve = ["printer", "approve", "laser", "--change", "2"];
        done(&world, "olga", &approve).await;
        until(&world, &show, |job| job["state"] == "completed").await;
        assert!(laser.marked().len() > marked);

        // Another printer does not take what waits either, and one that was removed does not come back approved.
        let uri = format!("file://{}", world.folder().join("printed").display());
        done(&world, "ada", &["printer", "add", "files", &uri]).await;
        done(
            &world,
            "olga",
            &["printer", "pause", "laser", "--reason", "toner"],
        )
        .await;
        let more = [&print("nec", "laser")[..], &["--again", "yet more"]].concat();
        let job = done(&world, "rita", &more).await["job"].clone();
        let job = job.as_str().unwrap();
        let moves = ["job", "move", job, "--printer", "files"];
        refused_as(&world, "olga", &moves, "PRINTER_NOT_APPROVED").await;
        let splits = ["job", "split", job, "--printer", "files"];
        refused_as(&world, "olga", &splits, "PRINTER_NOT_APPROVED").await;
        let approve = ["printer", "approve", "files", "--change", "1"];
        done(&world, "olga", &approve).await;
        done(&world, "olga", &["printer", "remove", "files"]).await;
        let again = done(&world, "ada", &["printer", "add", "files", &uri]).await;
        assert_eq!(again["waits_for_approval"], true, "{again}");
        assert_eq!(again["set_up_change"], 2, "{again}");

        // Both names stand in the trail.
        let trail = ["audit", "list", "--action", "printer.approve"];
        let trail = done(&world, "rita", &trail).await;
        let told = |entry: &Value| {
            let details = &entry["details"];
            [
                &entry["subject"],
                &entry["user"],
                &details["set_up_by"],
                &details["change"],
            ]
            .map(|it| it.to_string().replace('"', ""))
        };
        let told: Vec<_> = trail.as_array().unwrap().iter().map(told).collect();
        assert_eq!(
            told,
            [
                ["printers/files", "olga", "ada", "1"],
                ["printers/laser", "olga", "ada", "2"],
                ["printers/laser", "olga", "ada", "1"]
            ]
        );

        // Where one person may do everything nobody is waited for.
        let off = ["duty", "set", "off", "--reason", "ada is alone"];
        done(&world, "rita", &off).await;
        done(&world, "olga", &moves).await;
        until(&world, &["job", "show", job], |job| {
            job["state"] == "completed"
        })
        .await;
    }
}
