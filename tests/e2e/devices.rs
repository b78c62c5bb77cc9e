//! Sheets on real devices: a folder, a real IPP printer, a real serial line, a pipe for a parallel port, a raw connection.

mod cut_lines;
mod events;
mod ipp;
mod ipp_faults;
mod parallel;
mod serial;
mod socket;

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::points::Points;
use formfeed_domain::spool::PrinterAccess;
use formfeed_spooler::device::{
    self, Context, Device, DeviceConfig, DeviceJob, DeviceUri, Evidence, JobKey, Progress, Reason,
    SendError,
};
use formfeed_spooler::render::{DialectName, impact, pdf};
use tokio_util::sync::CancellationToken;

/// Short limits, so that a test of a time-out is a quick one.
fn config() -> DeviceConfig {
    DeviceConfig {
        connect_limit: Duration::from_secs(2),
        request_limit: Duration::from_secs(5),
        unreachable_limit: Duration::from_secs(1),
        stall_notice: Duration::from_millis(200),
        poll_interval: Duration::from_millis(50),
        access: PrinterAccess {
            address: Some(Ipv4Addr::LOCALHOST.into()), // of localhost, which no device asks for itself
            ..PrinterAccess::default()
        },
        ..DeviceConfig::default()
    }
}

fn open(uri: &str) -> Arc<dyn Device> {
    let uri = DeviceUri::parse(uri).unwrap();
    device::open(&uri, &config()).unwrap()
}

/// One sheet with two texts.
fn sheet() -> Vec<PlacedText> {
    [(10, 8, "Ada's Pump"), (20, 40, "1234.56")]
        .map(|(line, column, text)| PlacedText {
            field: format!("line {line}"),
            text: text.to_owned(),
            left: Pitch::Ten.advance().times(column),
            baseline: Points::from_thousandths(12_000 * line - 3_000),
            line,
            pitch: Pitch::Ten,
        })
        .to_vec()
}

fn pdf_job(token: &str) -> DeviceJob {
    job(token, pdf::render_sheets([sheet().as_slice()]).unwrap())
}

fn escp_job(token: &str) -> DeviceJob {
    let escp = DialectName::Escp.dialect();
    job(
        token,
        impact::render_sheets(escp, [sheet().as_slice()]).unwrap(),
    )
}

fn job(token: &str, document: Vec<u8>) -> DeviceJob {
    let key = JobKey {
        job: "job".parse().unwrap(),
        token: token.parse().unwrap(),
        sheets: 1,
    };
    DeviceJob {
        key,
        document: document.into(),
    }
}

/// Writes down all that a device tells.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<Progress>>>);

impl Diary {
    fn context(&self) -> Context {
        let diary = self.clone();
        Context {
            watcher: Arc::new(move |progress| diary.0.lock().unwrap().push(progress)),
            stop: CancellationToken::new(),
        }
    }

    /// The troubles shown so far, in order; an empty one says that all is well again.
    fn attention(&self) -> Vec<Vec<Reason>> {
        let entries = self.0.lock().unwrap();
        let shown = entries.iter().filter_map(|entry| match entry {
            Progress::Attention(reasons) => Some(reasons.clone()),
            _ => None,
        });
        shown.collect()
    }

    /// The job as it was known before a byte of the document left.
    fn known(&self) -> Evidence {
        let entries = self.0.lock().unwrap();
        let known = entries.iter().find_map(|entry| match entry {
            Progress::Known(evidence) => Some(evidence.clone()),
            _ => None,
        });
        known.expect("the device made the job known")
    }

    async fn wait_for_attention(&self) -> Vec<Reason> {
        for _ in 0..1_000 {
            if let Some(reasons) = self.attention().pop() {
                return reasons;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no trouble was shown")
    }
}

/// Pre-flight, send, settle: what the queue does for one device job.
async fn print(
    device: &dyn Device,
    job: &DeviceJob,
    context: &Context,
) -> Result<Evidence, SendError> {
    device.preflight().await.expect("the device is ready");
    let sent = device.send(job, context).await?;
    device.settle(sent, context).await
}

fn doubt(result: Result<Evidence, SendError>) -> (String, Evidence) {
    match result {
        Err(SendError::InDoubt(doubt)) => (doubt.cause, *doubt.evidence),
        other => panic!("no doubt: {other:?}"),
    }
}

/// Send and settle, while the test does something else.
fn print_beside(
    device: Arc<dyn Device>,
    job: &DeviceJob,
    context: Context,
) -> tokio::task::JoinHandle<Result<Evidence, SendError>> {
    let job = job.clone();
    tokio::spawn(async move {
        let sent = device.send(&job, &context).await?;
        device.settle(sent, &context).await
    })
}
