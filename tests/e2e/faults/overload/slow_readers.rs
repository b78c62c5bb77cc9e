//! Who follows a job and does not read what is told.

use std::time::Duration;

use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{Secret, admin_token_path, read_token};
use formfeed_tests::connections::allow_many;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::Left;
use formfeed_tests::spooler_program::SpoolerProgram;
use pb::job_service_client::JobServiceClient;
use tonic::transport::Endpoint;
use tonic::{Request, Streaming};

use super::{PATIENCE, add, is_printed, pace, report_of, submit};

const READERS: usize = 100;
/// What each of them lets come before it reads, bytes: less than one event.
const WINDOW: u32 = 256;
/// Sheets of each job, and what the printer takes for one.
const SHEETS: usize = 100;
const OWN: Duration = Duration::from_millis(100);
/// Of them, those until which every reader has been told as much as is kept ready for it.
const FIRST: usize = 20;
/// By how much the spooler may grow then, KiB. All that the readers are not told would be more.
const GROWTH: u64 = 16 * 1024;

/// Follows a job on a connection of its own, which lets little come until it is read.
async fn follow_unread(address: &str, token: &Secret, job: &str) -> Streaming<pb::JobEvent> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    let endpoint = endpoint.initial_stream_window_size(WINDOW);
    let channel = endpoint.connect().await.unwrap();
    let mut request = Request::new(pb::WatchJobRequest {
        name: job.to_owned(),
        after_sequence: 0,
    });
    let bearer = format!("Bearer {}", token.expose()).parse().unwrap();
    request.metadata_mut().insert("authorization", bearer);
    let events = JobServiceClient::new(channel).watch_job(request).await;
    events.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_62_who_follows_a_job_and_does_not_read_delays_nobody_and_still_sees_its_end() {
    allow_many();
    let left = Left::on_sqlite();
    let program = SpoolerProgram::try_start(&left, None).expect("it lives");
    let client = program.client();
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(OWN);
    add(&program, "laser", &laser).await;
    let alone = submit(&program, "r1", "laser", SHEETS).await;
    client.until_job(&alone, "printed", is_printed).await;

    let token = read_token(&admin_token_path(left.folder())).unwrap();
    let job = submit(&program, "r2", "laser", SHEETS).await;
    let mut unread = Vec::new();
    for _ in 0..READERS {
        unread.push(follow_unread(program.address(), &token, &job).await);
    }
    let is_begun = |job: &pb::Job| {
        let printed = job.report.as_ref().map(|report| report.sheets_printed);
        printed >= i32::try_from(FIRST).ok()
    };
    client.until_job(&job, "begun", is_begun).await;
    let before = program.most_memory();
    client.until_job(&job, "printed", is_printed).await;
    let grown = program.most_memory() - before;
    assert!(grown < GROWTH, "grown by {grown} KiB");

    let rests = laser.rests();
    let alone = pace(OWN, &rests[FIRST..SHEETS - 1]);
    let followed = pace(OWN, &rests[SHEETS + FIRST..]);
    println!("{alone:?} for a sheet alone, {followed:?} with readers who do not read");
    assert!(followed < alone * 3 / 2, "{alone:?}, then {followed:?}");

    for events in unread.into_iter().step_by(10) {
        let report = tokio::time::timeout(PATIENCE, report_of(events)).await;
        let report = report.expect("the end of the job");
        assert_eq!(usize::try_from(report.sheets_printed), Ok(SHEETS));
    }
    program.stop();
}
