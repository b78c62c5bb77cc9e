//! A printer that tells when a job has ended need not be asked in between.

use std::time::Duration;

use formfeed_spooler::device::{self, DeviceConfig, DeviceUri, Strength};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use ipp::model::Operation;

use super::{Diary, pdf_job, print};

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_job_is_heard_although_it_is_not_asked_for() {
    let printer = LyingPrinter::start(Lie::TellsEvents).await;
    printer.take_time(Duration::from_millis(700));
    let config = DeviceConfig {
        poll_interval: Duration::from_secs(3_600),
        ..super::config()
    };
    let uri = DeviceUri::parse(&printer.uri()).unwrap();
    let device = device::open(&uri, &config).unwrap();
    let printing = async {
        for token in ["job-1", "job-2"] {
            let job = pdf_job(token);
            let ended = print(&*device, &job, &Diary::default().context()).await;
            assert_eq!(ended.unwrap().strength, Strength::Device);
        }
    };
    let printed = tokio::time::timeout(Duration::from_secs(30), printing).await;
    printed.expect("the events were heard");
    assert_eq!(printer.marked(), ["job-1", "job-2"]);
    // Before it is known that events come, and when one has come.
    let asked = printer.asked(Operation::GetJobAttributes);
    assert!(asked <= 10, "asked {asked} times");
}
