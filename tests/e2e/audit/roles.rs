//! What is beyond a role is refused, and stands in the trail with the name of who tried.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use formfeed::errors::Exit;
use formfeed_proto::vendor::RevealTinRequest;
use formfeed_proto::vendor::tin_service_client::TinServiceClient;
use formfeed_runtime::Service;
use formfeed_runtime::status::reason_of;
use formfeed_tests::world::World;
use serde_json::Value;
use tonic::Code;

use super::{asked, entries, worlds};

const OF: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];
const ADA: [&str; 2] = ["--recipient", "V000004"];

/// A command, and the method of a service that it is refused at.
type Beyond = (Vec<&'static str>, Service, &'static str);

/// Makes a token and answers the file that it is in.
async fn person(world: &World, name: &str, role: &str) -> PathBuf {
    let made = asked(world, &["token", "add", name, "--role", role]).await;
    let file = world.folder().join(format!("{name}.token"));
    std::fs::write(&file, made["secret"].as_str().unwrap()).unwrap();
    file
}

/// Runs a command line as whose token is in a file: how it ended, and its document.
async fn by(world: &World, token: &Path, line: &[&str]) -> (Exit, Value) {
    let token = token.to_str().unwrap();
    let whole = [&["--json", "--token-file", token], line].concat();
    let (exit, out, err) = world.cli(&whole).await;
    let document = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{line:?}: {err}"));
    (exit, document)
}

/// What changes something.
fn changes() -> Vec<Beyond> {
    let compensation = ["--income-type", "nonemployee_compensation"];
    let edit = ["--amount", "700.10", "--reason", "a better figure"];
    vec![
        (
            [&["info", "edit"], &OF[..], &ADA, &compensation, &edit].concat(),
            Service::Calculation,
            "calculation.v1.InformationEditService/EditInformation",
        ),
        (
            vec!["printer", "pause", "files", "--reason", "quiet"],
            Service::Spooler,
            "spooler.v1.PrinterService/PausePrinter",
        ),
        (
            vec!["token", "revoke", "olga"],
            Service::Vendor,
            "vendor.v1.TokenService/RevokeToken",
        ),
    ]
}

/// What lists amounts of recipients.
fn amounts() -> Vec<Beyond> {
    let of = |command: &[&'static str]| [command, &OF[..]].concat();
    vec![
        (
            of(&["info", "list"]),
            Service::Calculation,
            "calculation.v1.CalculationService/ListInformation",
        ),
        (
            [of(&["info", "explain"]), ADA.to_vec()].concat(),
            Service::Calculation,
            "calculation.v1.CalculationService/ExplainInformation",
        ),
        (
            of(&["forms", "list"]),
            Service::Forms,
            "forms.v1.FormsService/ListForms",
        ),
        (
            of(&["report", "edit"]),
            Service::Forms,
            "forms.v1.ReportService/GetEditReport",
        ),
    ]
}

/// Asserts that each is refused for the role.
async fn are_refused(world: &World, token: &Path, beyond: &[Beyond]) {
    for (line, ..) in beyond {
        let (exit, told) = by(world, token, line).await;
        let error = &told["error"];
        assert_eq!(exit, Exit::Refused, "{line:?}: {told}");
        assert_eq!(error["code"], "PERMISSION_DENIED", "{line:?}: {told}");
        assert_eq!(error["reason"], "ROLE_NOT_ALLOWED", "{line:?}: {told}");
    }
}

/// Waits until these methods stand in the trail as refused to somebody.
async fn are_in_the_trail(world: &World, user: &str, service: Service, methods: &[&str]) {
    let wanted: BTreeSet<_> = methods.iter().map(|it| format!("formfeed.{it}")).collect();
    let begin = Instant::now();
    loop {
        let all = entries(world, service).await.into_iter();
        let refused = all.filter(|it| it.action == "call.refuse" && it.user == user);
        let found: BTreeSet<_> = refused.map(|it| it.subject).collect();
        if found == wanted {
            return;
        }
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{found:?}, not {wanted:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_89_an_auditor_who_changes_and_an_operator_who_reads_amounts_are_refused_and_named() {
    for world in worlds().await {
        world.import_small().await;
        world.calculate("TE1", "2025").await;
        let uri = format!("file://{}", world.folder().join("printed").display());
        world.done(&["printer", "add", "files", &uri]).await;
        let audrey = person(&world, "audrey", "auditor").await;
        let olga = person(&world, "olga", "operator").await;

        are_refused(&world, &audrey, &changes()).await;
        are_refused(&world, &olga, &amounts()).await;
        let connector = world.connector_of(Service::Vendor, &olga);
        let request = RevealTinRequest {
            name: "vendors/V000004".to_owned(),
            reason: "I should like to know".to_owned(),
        };
        let mut tins = TinServiceClient::new(connector.channel());
        let refused = tins.reveal_tin(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert_eq!(reason_of(&refused).as_deref(), Some("ROLE_NOT_ALLOWED"));

        let reveal = "vendor.v1.TinService/RevealTin";
        are_in_the_trail(&world, "olga", Service::Vendor, &[reveal]).await;
        for (user, beyond) in [("audrey", changes()), ("olga", amounts())] {
            for service in Service::ALL {
                let there = beyond.iter().filter(|(_, of, _)| *of == service);
                let methods: Vec<_> = there.map(|(.., method)| *method).collect();
                if !methods.is_empty() {
                    are_in_the_trail(&world, user, service, &methods).await;
                }
            }
        }

        // Each does what its role is for.
        let (exit, rows) = by(&world, &audrey, &[&["info", "list"], &OF[..]].concat()).await;
        assert_eq!(exit, Exit::Done, "{rows}");
        for line in [
            &["printer", "pause", "files", "--reason", "toner"][..],
            &["printer", "resume", "files"],
            &["job", "list"],
            &["doctor", "--live"],
        ] {
            let (exit, told) = by(&world, &olga, line).await;
            assert_eq!(exit, Exit::Done, "{line:?}: {told}");
        }
    }
}
