//! The queue: stock, trouble, hold, cancel, printers that do not wait for each other.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_tests::ipp_printer::free_port;
use formfeed_tests::spool::{Left, Spool, forms, header};
use pb::job::State;

async fn with_dead_laser(spool: Spool, stock: &str) -> Spool {
    let laser = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: format!("ipp://127.0.0.1:{}/ipp/print", free_port()),
        stock: stock.to_owned(),
        ..pb::Printer::default()
    };
    spool.add_printer(laser).await.unwrap();
    spool
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_for_other_stock_waits_and_says_what_to_load() {
    for left in Left::on_both() {
        let spool = with_dead_laser(left.start().await, "").await;
        let forms = forms(FormType::Nec, 3);
        let mut header = header("r1", "laser", &forms);
        let refused = spool.submit(header.clone(), &forms).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("STOCK_NOT_LOADED"));
        assert!(refused.message().contains("load nec-3up"));

        header.stock = "nec-3up".to_owned();
        let job = spool.submit(header, &forms).await.unwrap();
        assert_eq!(job.state(), State::Stopped);
        assert_eq!(job.state_reasons, ["load stock nec-3up on laser"]);
        let load = pb::LoadStockRequest {
            name: "printers/laser".to_owned(),
            stock: "nec-3up".to_owned(),
            sheets: Some(20),
        };
        let loaded = spool.printers().load_stock(load).await.unwrap();
        assert_eq!(loaded.into_inner().stock_on_hand, Some(20));
        let offline = |job: &pb::Job| {
            job.state() == State::Stopped
                && job.state_reasons.iter().any(|it| it.contains("offline"))
        };
        spool.until_job(&job.name, "offline", offline).await;
        let sheets = spool.sheets(&job.name).await;
        assert!(sheets[0].attempts.is_empty(), "a dead printer is no doubt");
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_printer_delays_no_other() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let spool = with_dead_laser(spool, "nec-3up").await;
    let forms = forms(FormType::Nec, 3);
    let dead = header("r1", "laser", &forms);
    let dead = spool.submit(dead, &forms).await.unwrap();
    let alive = header("r2", "files", &forms);
    let alive = spool.submit(alive, &forms).await.unwrap();
    spool.until(&alive.name, State::Completed).await;
    spool.until(&dead.name, State::Stopped).await;
    let delete = pb::DeletePrinterRequest {
        name: "printers/laser".to_owned(),
    };
    let refused = spool.printers().delete_printer(delete.clone()).await;
    assert_eq!(
        reason_of(&refused.unwrap_err()).as_deref(),
        Some("PRINTER_IN_USE")
    );
    let cancel = pb::CancelJobRequest {
        name: dead.name,
        reason: "the printer is dead".to_owned(),
    };
    let ended = spool.jobs().cancel_job(cancel).await.unwrap().into_inner();
    assert_eq!(ended.state(), State::Canceled);
    assert_eq!(ended.report.unwrap().sheets_abandoned, 1);
    spool.printers().delete_printer(delete).await.unwrap();
    let list = pb::ListPrintersRequest::default();
    let printers = spool.printers().list_printers(list).await.unwrap();
    let names: Vec<_> = printers.into_inner().printers;
    assert_eq!(names.len(), 1);
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_job_waits_until_it_is_released_and_a_paused_printer_until_it_is_resumed() {
    for left in Left::on_both() {
        let spool = left.start().await.with_file_printer().await;
        let name = "printers/files".to_owned();
        let pause = pb::PausePrinterRequest {
            name: name.clone(),
            reason: "toner".to_owned(),
        };
        spool.printers().pause_printer(pause).await.unwrap();
        let forms = forms(FormType::Nec, 3);
        let header = header("r1", "files", &forms);
        let job = spool.submit(header, &forms).await.unwrap();
        assert_eq!(job.state(), State::Stopped);
        assert_eq!(job.state_reasons, ["printer files is paused: toner"]);
        let hold = pb::HoldJobRequest {
            name: job.name.clone(),
        };
        let held = spool.jobs().hold_job(hold).await.unwrap().into_inner();
        assert_eq!(held.state(), State::Held);
        let resume = pb::ResumePrinterRequest { name };
        spool.printers().resume_printer(resume).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(spool.job(&job.name).await.state(), State::Held);
        let release = pb::ReleaseJobRequest {
            name: job.name.clone(),
        };
        spool.jobs().release_job(release).await.unwrap();
        spool.until(&job.name, State::Completed).await;
        let hold = pb::HoldJobRequest { name: job.name };
        let refused = spool.jobs().hold_job(hold).await.unwrap_err();
        assert_eq!(reason_of(&refused).as_deref(), Some("JOB_STATE"));
        spool.stop().await;
    }
}
