//! `bench-spool WHAT COUNT`: a spooler daemon on SQLite beside this program, and a printer of this process. Prints JSON. What:
//!
//! - `null`: so many jobs of one sheet each to a raw TCP port that throws all away: one after the other, from the submission to
//!   completed; then all submitted and all completed;
//! - `gap`: a job of so many sheets to an IPP printer that takes 300 ms for each: how long it stands still between two;
//! - `queued`: the time of a sheet with so many jobs in line, and with hardly any.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use formfeed_domain::form::{Form, FormType};
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_runtime::client::AuthChannel;
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::spool::{Client, Left, forms, header, submit_by};
use formfeed_tests::spooler_program::SpoolerProgram;
use futures::{StreamExt as _, TryStreamExt as _};
use pb::job::State;
use pb::printer::EvidencePolicy;
use serde_json::{Value, json};
use tokio::net::TcpListener;

type Measured = Result<Value, Box<dyn Error>>;

/// What the printer takes for a sheet.
const PACE: Duration = Duration::from_millis(300);
/// Forms on a sheet of the stock.
const SLOTS: usize = 3;
/// Jobs of which the time is taken in `queued`.
const TAKEN: usize = 100;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let measured = match arguments.as_slice() {
        [what, count] => measure(what, count).await,
        _ => Err("usage: bench-spool null|gap|queued COUNT".into()),
    };
    match measured {
        Ok(measured) => {
            println!("{measured}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(what: &str, count: &str) -> Measured {
    let count: usize = count.parse()?;
    let left = Left::on_sqlite();
    let spooler = SpoolerProgram::start_with(&left, None, &["--printer-poll-milliseconds", "500"])?;
    let client = spooler.client();
    let measured = match what {
        "null" => null(client, count).await,
        "gap" => gap(client, count).await,
        "queued" => queued(client, count).await,
        other => Err(format!("{other} is nothing to measure").into()),
    };
    spooler.stop();
    measured
}

/// Adds a printer that throws all away, with paper without end; answers its name.
async fn add_null_printer(client: &Client, id: &str) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move { tokio::io::copy(&mut stream, &mut tokio::io::sink()).await });
        }
    });
    let printer = pb::Printer {
        printer_id: id.to_owned(),
        uri: format!("socket://127.0.0.1:{port}"),
        dialect: "escp".to_owned(),
        stock: "nec-3up".to_owned(),
        evidence: EvidencePolicy::Sent.into(),
        ..pb::Printer::default()
    };
    Ok(client.add_printer(printer).await?.name)
}

/// The calls about jobs, over connections that stay.
#[derive(Clone)]
struct Calls {
    submitter: JobServiceClient<AuthChannel>,
    watcher: JobServiceClient<AuthChannel>,
}

impl Calls {
    fn new(client: &Client) -> Self {
        Self {
            submitter: client.submitter(),
            watcher: client.jobs(),
        }
    }

    /// Submits a job; answers its name.
    async fn submit(
        &mut self,
        header: pb::JobHeader,
        forms: &[Form],
    ) -> Result<String, Box<dyn Error>> {
        Ok(submit_by(&mut self.submitter, header, forms).await?.name)
    }

    /// Submits jobs of a sheet; answers the name of the last.
    async fn submit_all(
        &mut self,
        (printer, request): (&str, &str),
        jobs: usize,
        sheet: &[Form],
    ) -> Result<String, Box<dyn Error>> {
        let mut last = String::new();
        for number in 0..jobs {
            let header = header(&format!("{request}-{number}"), printer, sheet);
            last = self.submit(header, sheet).await?;
        }
        Ok(last)
    }

    /// Waits for the end of a job as its events tell it.
    async fn ended(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        let request = pb::WatchJobRequest {
            name: name.to_owned(),
            after_sequence: 0,
        };
        let mut events = self.watcher.watch_job(request).await?.into_inner();
        let mut job = pb::Job::default();
        while let Some(event) = events.message().await? {
            job = event.job.unwrap_or_default();
            if job.state() == State::NeedsDecision {
                break; // nobody is here to decide
            }
        }
        match job.state() {
            State::Completed => Ok(()),
            other => Err(format!("{name} ended as {}", other.as_str_name()).into()),
        }
    }
}

async fn null(client: &Client, jobs: usize) -> Measured {
    add_null_printer(client, "null").await?;
    let mut calls = Calls::new(client);
    let sheet = forms(FormType::Nec, SLOTS);
    let mut times = Vec::new();
    for number in 0..jobs {
        let begin = Instant::now();
        let header = header(&format!("single-{number}"), "null", &sheet);
        let job = calls.submit(header, &sheet).await?;
        calls.ended(&job).await?;
        times.push(begin.elapsed());
    }
    let begin = Instant::now();
    let last = calls.submit_all(("null", "all"), jobs, &sheet).await?;
    calls.ended(&last).await?;
    let rate = jobs as f64 / begin.elapsed().as_secs_f64();
    Ok(json!({ "milliseconds": percentile(&mut times, 50), "jobs_per_second": rate }))
}

async fn gap(client: &Client, sheets: usize) -> Measured {
    let laser = LyingPrinter::start(Lie::None).await;
    laser.take_time(PACE);
    let printer = pb::Printer {
        printer_id: "laser".to_owned(),
        uri: laser.uri(),
        stock: "nec-3up".to_owned(),
        ..pb::Printer::default()
    };
    client.add_printer(printer).await?;
    let forms = forms(FormType::Nec, sheets * SLOTS);
    let mut calls = Calls::new(client);
    let job = calls.submit(header("gap", "laser", &forms), &forms).await?;
    calls.ended(&job).await?;
    // The first of them tells how long a sheet takes.
    let mut rests = laser.rests().split_off(1);
    Ok(json!({ "median": percentile(&mut rests, 50), "p99": percentile(&mut rests, 99) }))
}

async fn queued(client: &Client, jobs: usize) -> Measured {
    let sheet = forms(FormType::Nec, SLOTS);
    let mut calls = Calls::new(client);
    let mut times = Vec::new();
    for (id, in_line) in [("few", TAKEN), ("many", jobs.max(TAKEN))] {
        let name = add_null_printer(client, id).await?;
        let pause = pb::PausePrinterRequest {
            name: name.clone(),
            reason: "until all are in line".to_owned(),
        };
        client.printers().pause_printer(pause.clone()).await?;
        let last = calls.submit_all((id, id), TAKEN, &sheet).await?;
        let behind = (TAKEN..in_line).map(|number| {
            let header = header(&format!("{id}-{number}"), id, &sheet);
            let (mut calls, sheet) = (calls.clone(), &sheet);
            async move { calls.submit(header, sheet).await }
        });
        let behind = futures::stream::iter(behind).buffer_unordered(8);
        behind.try_for_each(|_| async { Ok(()) }).await?;
        let begin = Instant::now();
        let resume = pb::ResumePrinterRequest { name };
        client.printers().resume_printer(resume).await?;
        calls.ended(&last).await?;
        times.push(begin.elapsed().as_secs_f64());
        client.printers().pause_printer(pause).await?;
    }
    Ok(json!({ "few": times[0] / TAKEN as f64 * 1e3, "many": times[1] / TAKEN as f64 * 1e3 }))
}

/// In milliseconds.
fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort();
    let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}
