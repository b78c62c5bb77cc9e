//! Fault 87: an operator's token is revoked while the operator watches a job print. The operator sees and stops nothing more;
//! the job prints on.

use std::time::Duration;

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::access::Secret;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, reason};
use formfeed_tests::command::Up;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Client, forms, header};
use pb::job::State;
use pb::job_report::Finality;
use pb::job_service_client::JobServiceClient;
use pb::printer_service_client::PrinterServiceClient;
use tonic::{Code, Status, Streaming};

/// Of three forms each, and how long the printer takes for one: the job outlasts the stream.
const SHEETS: i32 = 50;
const PACE: Duration = Duration::from_millis(250);
/// Within which a stream ends whose token is revoked.
const ENDS_WITHIN: Duration = Duration::from_secs(60);
const LASER: &str = "printers/laser";

/// Makes a token for an operator.
fn operator(up: &Up, name: &str) -> Secret {
    let made = up.run(&["--json", "token", "add", name, "--role", "operator"]);
    let made = made.ok().json();
    Secret::new(made["secret"].as_str().unwrap())
}

async fn pause(up: &Up, token: &Secret) -> Result<(), Status> {
    let way = up.connector_with(Service::Spooler, token.clone());
    let request = pb::PausePrinterRequest {
        name: LASER.to_owned(),
        reason: "a word with the vendor".to_owned(),
    };
    let mut printers = PrinterServiceClient::new(way.channel());
    printers.pause_printer(request).await.map(drop)
}

/// Watches until the stream ends, which must not be as it does for a job that has ended.
async fn turned_out(mut events: Streaming<pb::JobEvent>) -> Status {
    loop {
        match events.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the job had ended"),
            Err(status) => return status,
        }
    }
}

fn printed(job: &pb::Job) -> i32 {
    let report = job.report.as_ref();
    report.map_or(0, |report| report.sheets_printed)
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_87_a_revoked_operator_sees_and_stops_nothing_more_and_the_job_ends_whole() {
    let up = Up::start_in(&[("FORMFEED_PRINTER_POLL_MILLISECONDS", "50")]);
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(PACE);
    let spooler = Client::new(up.folder.path(), &up.address(Service::Spooler));
    let printer = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: laser.uri(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    spooler.add_printer(printer).await.unwrap();
    let token = operator(&up, "olga");
    pause(&up, &token).await.expect("an operator's right");
    let resume = pb::ResumePrinterRequest {
        name: LASER.to_owned(),
    };
    spooler.printers().resume_printer(resume).await.unwrap();

    let many = forms(FormType::Nec, usize::try_from(3 * SHEETS).unwrap());
    let header = header("r1", "laser", &many);
    let total_cents = header.control_total_cents;
    let job = spooler.submit(header, &many).await.unwrap().name;
    let way = up.connector_with(Service::Spooler, token.clone());
    let watch = pb::WatchJobRequest {
        name: job.clone(),
        after_sequence: 0,
    };
    let events = JobServiceClient::new(way.channel()).watch_job(watch).await;
    let mut events = events.unwrap().into_inner();
    events.message().await.unwrap().expect("a first event");
    let has_begun = |job: &pb::Job| printed(job) > 0;
    spooler.until_job(&job, "the first sheet", has_begun).await;

    up.run(&["token", "revoke", "olga"]).ok();
    let end = tokio::time::timeout(ENDS_WITHIN, turned_out(events)).await;
    let end = end.expect("the stream goes on");
    assert_eq!(end.code(), Code::Unauthenticated, "{end:?}");
    let refused = pause(&up, &token).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated, "{refused:?}");
    let why = reason_of(&refused);
    assert_eq!(why.as_deref(), Some(reason::TOKEN_UNKNOWN));

    let so_far = printed(&spooler.job(&job).await);
    assert!(so_far < SHEETS, "it was at work: {so_far}");
    let more = |job: &pb::Job| printed(job) > SHEETS / 2;
    spooler.until_job(&job, "more than half", more).await;
    let ended = spooler.until(&job, State::Completed).await;
    let report = ended.report.unwrap();
    assert_eq!(report.finality(), Finality::Final, "{report:?}");
    assert_eq!(
        (report.sheets_printed, report.forms_printed),
        (SHEETS, 3 * SHEETS)
    );
    assert_eq!(report.total_amount_cents, total_cents);
    let mut marked = laser.marked();
    let all = marked.len();
    marked.sort();
    marked.dedup();
    let whole = usize::try_from(SHEETS).unwrap();
    assert_eq!((all, marked.len()), (whole, whole));
}
