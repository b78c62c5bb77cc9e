//! Every RPC with no token, with a wrong one, and with one of every role, at running servers: the descriptors say which
//! there are, `tests/fixtures/access.tsv` who may call which.

use std::collections::BTreeMap;
use std::time::Duration;

use formfeed_runtime::access::{NewToken, Permission, Secret, read_token, service_token_path};
use formfeed_runtime::{Role, Service, TokenStore, access, methods, reason, status::reason_of};
use formfeed_tests::command::Up;
use formfeed_tests::tools::workspace;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

/// A caller of the matrix, and the token it shows.
struct Bearer {
    who: &'static str,
    token: Option<Secret>,
}

/// Who may call a method, by the words of the fixture.
type Matrix = BTreeMap<String, Vec<String>>;

fn matrix() -> Matrix {
    let text = std::fs::read_to_string(workspace().join("tests/fixtures/access.tsv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let method = format!("/{}", cells.next().unwrap());
        let may = cells.flat_map(|cell| cell.split(' ')).map(str::to_owned);
        (method, may.collect())
    };
    rows.map(row).collect()
}

#[test]
fn the_matrix_has_every_method_of_the_contract() {
    let in_contract: Vec<_> = methods::all().keys().collect();
    let matrix = matrix();
    assert_eq!(matrix.keys().collect::<Vec<_>>(), in_contract);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rpc_lets_in_whom_the_matrix_names_and_nobody_else() {
    let up = Up::start();
    let elsewhere = tempfile::tempdir().unwrap();
    access::ensure(elsewhere.path()).unwrap();
    let bearers = bearers(&up, elsewhere.path()).await;
    let channels = channels(&up);
    let mut wrong = Vec::new();
    for (method, may) in matrix() {
        // What every service offers is asked of one.
        let service = Service::ALL
            .into_iter()
            .find(|service| method.starts_with(&format!("/formfeed.{service}.")))
            .unwrap_or(Service::Vendor);
        for bearer in &bearers {
            let answer = call(&channels[service.name()], &method, bearer.token.as_ref()).await;
            if let Some(why) = fault(&answer, bearer, &may) {
                wrong.push(format!("{method} as {}: {why}", bearer.who));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is wrong with an answer, if anything.
fn fault(answer: &Result<(), Status>, bearer: &Bearer, may: &[String]) -> Option<String> {
    let told = answer.as_ref().err();
    let why = told.and_then(reason_of).unwrap_or_default();
    let code = told.map_or(Code::Ok, Status::code);
    let expected = match bearer.who {
        "nobody" => (Code::Unauthenticated, reason::TOKEN_MISSING),
        "a stranger" | "another installation" | "the revoked" => {
            (Code::Unauthenticated, reason::TOKEN_UNKNOWN)
        }
        "the expired" => (Code::Unauthenticated, reason::TOKEN_EXPIRED),
        who if is_let_in(who, may) => {
            let turned_away = matches!(code, Code::Unauthenticated | Code::PermissionDenied);
            return turned_away.then(|| format!("turned away, {why}"));
        }
        "admin" | "clerk" if may.iter().any(|allowed| allowed == "revealer") => {
            (Code::PermissionDenied, reason::PERMISSION_MISSING)
        }
        _ => (Code::PermissionDenied, reason::ROLE_NOT_ALLOWED),
    };
    (expected != (code, why.as_str())).then(|| format!("{code:?} {why}, not {expected:?}"))
}

fn is_let_in(who: &str, may: &[String]) -> bool {
    may.iter()
        .any(|allowed| allowed == who || (allowed == "clerk" && who == "revealer"))
}

/// Methods about one thing, something that is there, and what is not. Its name is the first field of each message.
const NAMED: [(&str, &str, &str); 8] = [
    (
        "vendor.v1.VendorService/GetVendor",
        "vendors/V000000",
        "vendors/V999999",
    ),
    (
        "vendor.v1.VendorService/DeactivateVendor",
        "vendors/V000000",
        "vendors/V999999",
    ),
    (
        "vendor.v1.TinService/RevealTin",
        "vendors/V000000",
        "vendors/V999999",
    ),
    (
        "vendor.v1.PayerService/GetPayer",
        "payers/TE1",
        "payers/TE9",
    ),
    (
        "spooler.v1.PrinterService/GetPrinter",
        "printers/desk",
        "printers/nowhere",
    ),
    (
        "spooler.v1.PrinterService/DeletePrinter",
        "printers/desk",
        "printers/nowhere",
    ),
    (
        "spooler.v1.JobService/GetJob",
        "JOB",
        "jobs/01890000-0000-7000-8000-000000000000",
    ),
    (
        "spooler.v1.JobService/CancelJob",
        "JOB",
        "jobs/01890000-0000-7000-8000-000000000000",
    ),
];

/// A vendor, a payer, a printer and a job, whose name is answered.
fn with_one_of_each(up: &Up) -> String {
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/small/extract");
    let year = ["--payer", "TE1", "--tax-year", "2025"];
    up.run(&["import", small]).ok();
    up.run(&[&["calculate"], &year[..]].concat()).ok();
    let uri = format!("file:{}/out", up.folder.path().display());
    up.run(&["printer", "add", "desk", &uri]).ok();
    let print = ["--form", "nec", "--printer", "desk"];
    let job = up.run(&[&["--json", "print"], &year[..], &print].concat());
    job.ok().json()["job"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_85_who_is_refused_is_told_the_same_of_what_there_is_and_of_what_there_is_not() {
    let up = Up::start();
    let job = with_one_of_each(&up);
    let elsewhere = tempfile::tempdir().unwrap();
    access::ensure(elsewhere.path()).unwrap();
    let bearers = bearers(&up, elsewhere.path()).await;
    let (channels, matrix) = (channels(&up), matrix());
    for (method, there, not_there) in NAMED {
        let there = there.replace("JOB", &job);
        let channel = &channels[method.split('.').next().unwrap()];
        let path = format!("/formfeed.{method}");
        let told = async |name: &str, bearer: &Bearer| {
            let refused = ask(channel, &path, name, bearer.token.as_ref()).await;
            let status = refused.err()?;
            let reason = reason_of(&status);
            Some((status.code(), status.message().to_owned(), reason))
        };
        let mut refused = 0;
        for bearer in &bearers {
            if bearer.who == "admin" && method.contains("/Get") {
                // Who may ask is told which of them there is.
                assert_eq!(told(&there, bearer).await, None, "{method}");
                let (code, ..) = told(not_there, bearer).await.unwrap();
                assert_eq!(code, Code::NotFound, "{method}");
            }
            if is_let_in(bearer.who, &matrix[&path]) {
                continue;
            }
            let of_it = told(&there, bearer).await;
            assert!(of_it.is_some(), "{method} as {}", bearer.who);
            let of_nothing = told(not_there, bearer).await;
            assert_eq!(of_it, of_nothing, "{method} as {}", bearer.who);
            refused += 1;
        }
        assert!(refused > 4, "{method}: {refused} are refused");
    }
}

/// One call with an empty message: whoever is let in is told what is missing, and changes nothing.
async fn call(channel: &Channel, method: &str, token: Option<&Secret>) -> Result<(), Status> {
    ask(channel, method, "", token).await
}

/// One call whose message has a text for its first field, and nothing else.
async fn ask(
    channel: &Channel,
    method: &str,
    first: &str,
    token: Option<&Secret>,
) -> Result<(), Status> {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let path = PathAndQuery::try_from(method).unwrap();
    let codec = ProstCodec::<String, ()>::default(); // a text alone is field 1, as in google.protobuf.StringValue
    let mut request = Request::new(tokio_stream::once(first.to_owned()));
    request.set_timeout(Duration::from_secs(30));
    if let Some(token) = token {
        let bearer = format!("Bearer {}", token.expose());
        let metadata = request.metadata_mut();
        metadata.insert("authorization", bearer.parse().unwrap());
    }
    let mut answers = client.streaming(request, path, codec).await?.into_inner();
    // A stream that has nothing to tell yet has let its caller in.
    match tokio::time::timeout(Duration::from_millis(300), answers.message()).await {
        Ok(first) => first.map(|_| ()),
        Err(_) => Ok(()),
    }
}

async fn bearers(up: &Up, elsewhere: &std::path::Path) -> Vec<Bearer> {
    let folder = up.folder.path();
    let tokens = TokenStore::open(folder);
    let made = |name: &str, role| tokens.create(name, role, None).unwrap().1;
    let soon = chrono::Utc::now() + chrono::TimeDelta::milliseconds(500);
    let (_, over) = tokens.create("over", Role::Admin, Some(soon)).unwrap();
    let revealer = NewToken {
        permissions: &[Permission::RevealTin],
        ..NewToken::new("mia", Role::Clerk)
    };
    let (_, revealer) = tokens.make(revealer).unwrap();
    let revoked = made("gone", Role::Admin);
    tokens.revoke("gone").unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let admin = |folder| read_token(&access::admin_token_path(folder)).unwrap();
    let mut bearers = vec![
        ("nobody", None),
        ("a stranger", Some(Secret::generate().unwrap())),
        ("another installation", Some(admin(elsewhere))),
        ("the revoked", Some(revoked)),
        ("the expired", Some(over)),
        ("admin", Some(admin(folder))),
        ("clerk", Some(made("ines", Role::Clerk))),
        ("revealer", Some(revealer)),
        ("operator", Some(made("jo", Role::Operator))),
        ("auditor", Some(made("mae", Role::Auditor))),
        ("a program", Some(made("erp", Role::Service))),
    ];
    for service in Service::ALL {
        let token = read_token(&service_token_path(folder, service)).unwrap();
        bearers.push((service.name(), Some(token)));
    }
    bearers
        .into_iter()
        .map(|(who, token)| Bearer { who, token })
        .collect()
}

fn channels(up: &Up) -> BTreeMap<String, Channel> {
    let told = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    Service::ALL
        .into_iter()
        .map(|service| {
            let address = told[service.name()].as_str().unwrap().to_owned();
            let endpoint = Endpoint::from_shared(address).unwrap();
            (service.name().to_owned(), endpoint.connect_lazy())
        })
        .collect()
}
