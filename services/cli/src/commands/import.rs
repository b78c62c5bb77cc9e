//! `formfeed import`: an AP extract to both services under one import id, all of it or nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use formfeed_domain::extract::{Fault, File, MAX_FAULTS, Owner};
use formfeed_proto::calculation as pb;
use formfeed_proto::vendor::vendor_import_service_client::VendorImportServiceClient;
use formfeed_proto::vendor::{FileCounts, ImportFault};
use formfeed_runtime::service::Service;
use formfeed_runtime::{reason, status::reason_of};
use futures::future::try_join;
use pb::import_service_client::ImportServiceClient;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Status};
use uuid::Uuid;

use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit, chain};
use crate::extract::{
    Extract, FaultLine, FaultList, Half, HistoryHalf, Tally, VendorHalf, read_half,
};
use crate::output::Output;
use crate::progress::{Progress, Stand};
use crate::table::Table;

/// Batches read ahead of the service.
const READ_AHEAD: usize = 4;

/// Checking and publishing a large extract takes its time.
const PUBLISH_WITHIN: Duration = Duration::from_secs(3_600);

/// Times that publication is asked for when no answer comes.
const PUBLISH_TRIES: usize = 3;

/// Warnings told one by one.
const WARNINGS_TOLD: usize = 10;

/// Between them.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Folder with payers.csv, vendors.csv, payments.csv and the other files of the AP extract
    pub(crate) dir: PathBuf,
    /// Finishes the import of this id that was cut off, from the same files; the cut-off import told it
    /// [default: a new import]
    #[arg(long, value_name = "ID")]
    pub(crate) import_id: Option<String>,
}

/// Loads an extract and prints what it changed, or every fault found.
pub(crate) async fn run(
    args: &ImportArgs,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let extract = Extract::open(&args.dir).map_err(|error| CliError::Refused(chain(&error)))?;
    for name in &extract.ignored {
        output.note(format!(
            "warning: {name} is not a file of an AP extract and is left out"
        ))?;
    }
    if !extract.faults.is_empty() {
        return refuse(local_faults(extract).await?, output);
    }
    let import = Import {
        id: args
            .import_id
            .clone()
            .unwrap_or_else(|| Uuid::now_v7().to_string()),
        vendor: services.link(Service::Vendor)?,
        calculation: services.link(Service::Calculation)?,
    };
    let mut faults = FaultList::default();
    let mut watch = Watch::new(&extract, output);
    let staged = import.stage_both(&extract, &mut faults, &mut watch, output);
    if let Err(error) = staged.await {
        import.discard().await;
        return Err(error);
    }
    let published = match faults.lines().len() >= MAX_FAULTS {
        true => Ok(None), // the list is full
        false => import.publish(&mut faults, &mut watch, output).await,
    };
    match published {
        Ok(Some(published)) if faults.is_empty() => report(&published, &watch.warned, output),
        Ok(_) => {
            import.discard().await;
            refuse(faults, output)
        }
        Err(status) => {
            let error = import.calculation.error(status.clone());
            match is_refusal(&status) {
                true => import.discard().await,
                false => output.note(format!(
                    "import {id} may be published in part; the same command with --import-id {id} finishes it",
                    id = import.id
                ))?,
            }
            Err(error)
        }
    }
}

/// Whether an answer proves that nothing was published.
fn is_refusal(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::InvalidArgument
            | Code::NotFound
            | Code::FailedPrecondition
            | Code::PermissionDenied
            | Code::Unauthenticated
    )
}

/// Whether publication was refused because a half was staged with faults.
fn is_faulty(status: &Status) -> bool {
    reason_of(status).as_deref() == Some(reason::IMPORT_HAS_FAULTS)
}

/// All of an answer; the refusal behind streamed faults adds nothing to them.
async fn gathered(
    mut answers: tonic::Streaming<pb::PublishImportResponse>,
) -> Result<pb::PublishImportResponse, Status> {
    let mut all = pb::PublishImportResponse::default();
    loop {
        match answers.message().await {
            Ok(Some(part)) => {
                all.published = part.published.or(all.published);
                all.faults.extend(part.faults);
            }
            Ok(None) => return Ok(all),
            Err(status) if is_faulty(&status) && !all.faults.is_empty() => return Ok(all),
            Err(status) => return Err(status),
        }
    }
}

/// Whether it is not known what became of a call.
fn is_unanswered(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded)
}

/// An import under way.
struct Import {
    id: String,
    vendor: Link,
    calculation: Link,
}

impl Import {
    /// Stages both halves side by side, gathering faults.
    async fn stage_both(
        &self,
        extract: &Extract,
        faults: &mut FaultList,
        watch: &mut Watch,
        output: &mut Output<'_>,
    ) -> Result<(), CliError> {
        let mut vendor = client!(VendorImportServiceClient, self.vendor);
        let mut warned = Warned::default();
        let files = extract.of(Owner::Vendor);
        let vendor_half =
            self.stage::<VendorHalf, _>(files, &self.vendor, &watch.tally, async |stream| {
                let answer = vendor.stage_vendor_import(stream).await?.into_inner();
                warned.take(answer.warnings, answer.warning_count);
                Ok(answer.faults)
            });
        let mut history = client!(ImportServiceClient, self.calculation);
        let files = extract.of(Owner::Calculation);
        let history_half =
            self.stage::<HistoryHalf, _>(files, &self.calculation, &watch.tally, async |stream| {
                let answer = history.stage_history_import(stream).await?;
                Ok(answer.into_inner().faults)
            });
        let (tally, bytes, begin) = (watch.tally.clone(), watch.bytes, watch.begin);
        let staged = watch
            .progress
            .follow(output, try_join(vendor_half, history_half), || {
                rows_stand(&tally, bytes, begin)
            })
            .await?;
        let (vendor_faults, history_faults) = staged?;
        for (own, found) in [vendor_faults, history_faults] {
            faults.extend(own);
            faults.extend(found);
        }
        watch.warned = warned;
        Ok(())
    }

    /// Publishes both halves, or none when there are faults.
    ///
    /// With faults so far the services publish nothing, but still check what refers to what.
    async fn publish(
        &self,
        faults: &mut FaultList,
        watch: &mut Watch,
        output: &mut Output<'_>,
    ) -> Result<Option<pb::Import>, Status> {
        let rows = watch.tally.rows();
        let stand = || Stand {
            done: 1,
            total: 1,
            text: format!("{rows} rows read; checking and publishing"),
        };
        let publishing = self.try_to_publish();
        let shown = watch.progress.follow(output, publishing, stand).await;
        let published = shown.map_err(|error| Status::unknown(error.to_string()))?;
        let published = match published {
            // It says no more than that there are faults, which we know.
            Err(status) if !faults.is_empty() && is_faulty(&status) => return Ok(None),
            published => published?,
        };
        faults.extend(published.faults);
        Ok(published.published)
    }

    /// Asks for publication, some times where no answer comes: asking again finishes what was begun.
    async fn try_to_publish(&self) -> Result<pb::PublishImportResponse, Status> {
        let mut history = client!(ImportServiceClient, self.calculation);
        let mut tries = 1;
        loop {
            let mut request = Request::new(pb::PublishImportRequest {
                import_id: self.id.clone(),
            });
            request.set_timeout(PUBLISH_WITHIN);
            let asked = match history.publish_import(request).await {
                Ok(answers) => gathered(answers.into_inner()).await,
                Err(status) => Err(status),
            };
            match asked {
                Err(status) if tries < PUBLISH_TRIES && is_unanswered(&status) => {
                    tries += 1;
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
                answered => return answered,
            }
        }
    }

    /// Reads one half on a thread of its own and streams it; answers the faults found here and there.
    async fn stage<H: Half, F>(
        &self,
        files: Vec<(File, PathBuf)>,
        link: &Link,
        tally: &Arc<Tally>,
        send: F,
    ) -> Result<(Vec<Fault>, Vec<ImportFault>), CliError>
    where
        F: AsyncFnOnce(RequestStream<H>) -> Result<Vec<ImportFault>, Status>,
    {
        let (sender, receiver) = mpsc::channel(READ_AHEAD);
        let (import_id, tally) = (self.id.clone(), tally.clone());
        let reading = tokio::task::spawn_blocking(move || {
            read_half::<H>(&files, &tally, |batch| {
                sender.blocking_send(H::request(&import_id, batch)).is_ok()
            })
        });
        let sent = send(ReceiverStream::new(receiver)).await;
        let read = reading
            .await
            .map_err(|error| CliError::failed("reading the extract", error))?;
        let found = sent.map_err(|status| link.error(status))?;
        let own = read.map_err(|error| CliError::Refused(chain(&error)))?;
        Ok((own, found))
    }

    /// Leaves nothing behind. What cannot be reached now is forgotten by the services in time.
    async fn discard(&self) {
        let mut history = client!(ImportServiceClient, self.calculation);
        let request = pb::DiscardImportRequest {
            import_id: self.id.clone(),
        };
        if let Err(status) = history.discard_import(request).await {
            tracing::debug!(import = %self.id, code = ?status.code(), "Could not discard the import");
        }
    }
}

type RequestStream<H> = ReceiverStream<<H as Half>::Request>;

/// What is unlikely but allowed.
#[derive(Default)]
struct Warned {
    lines: FaultList,
    count: i64,
}

impl Warned {
    fn take(&mut self, warnings: Vec<ImportFault>, count: i64) {
        self.lines.extend(warnings);
        self.count = count;
    }

    /// Notes the first of them, and how many more there are.
    fn tell(&self, output: &mut Output<'_>) -> Result<(), CliError> {
        let lines = self.lines.lines();
        for line in lines.iter().take(WARNINGS_TOLD) {
            output.note(format!("warning: {line}"))?;
        }
        let told = i64::try_from(lines.len().min(WARNINGS_TOLD)).unwrap_or_default();
        if self.count > told {
            let more = self.count - told;
            output.note(format!(
                "warning: {more} more; --json lists the first {MAX_FAULTS}"
            ))?;
        }
        Ok(())
    }
}

/// Who looks on while the rows are read.
struct Watch {
    tally: Arc<Tally>,
    progress: Progress,
    bytes: u64,
    begin: Instant,
    warned: Warned,
}

impl Watch {
    fn new(extract: &Extract, output: &Output<'_>) -> Self {
        Self {
            tally: Arc::new(Tally::default()),
            progress: Progress::new(output),
            bytes: extract.bytes,
            begin: Instant::now(),
            warned: Warned::default(),
        }
    }
}

fn rows_stand(tally: &Tally, total: u64, begin: Instant) -> Stand {
    let (rows, millis) = (tally.rows(), begin.elapsed().as_millis().max(1));
    let rate = u128::from(rows) * 1_000 / millis;
    Stand {
        done: tally.bytes(),
        total,
        text: format!("{rows} rows read, {rate} rows/s"),
    }
}

/// When files as such are wrong nothing is sent, and the rest is read for its faults.
async fn local_faults(extract: Extract) -> Result<FaultList, CliError> {
    let reading = tokio::task::spawn_blocking(move || {
        let tally = Tally::default();
        let mut faults = FaultList::default();
        let vendor = read_half::<VendorHalf>(&extract.of(Owner::Vendor), &tally, |_| true)?;
        let history = read_half::<HistoryHalf>(&extract.of(Owner::Calculation), &tally, |_| true)?;
        faults.extend(extract.faults);
        faults.extend(vendor);
        faults.extend(history);
        Ok(faults)
    });
    let read = reading
        .await
        .map_err(|error| CliError::failed("reading the extract", error))?;
    read.map_err(|error: crate::extract::ExtractError| CliError::Refused(chain(&error)))
}

#[derive(Serialize)]
struct Refused<'a> {
    faults: Vec<&'a FaultLine>,
}

fn refuse(faults: FaultList, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let faults = faults.lines();
    for fault in &faults {
        output.line(fault)?;
    }
    let more = match faults.len() >= MAX_FAULTS {
        true => " or more",
        false => "",
    };
    output.note(format!(
        "refused: {}{more} faults; nothing was stored",
        faults.len()
    ))?;
    output.document(&Refused { faults })?;
    Ok(Exit::Refused)
}

#[derive(Serialize)]
struct Published<'a> {
    import: String,
    sequence: i64,
    files: Vec<Counts>,
    warnings: Vec<&'a FaultLine>,
    warning_count: i64,
}

#[derive(Serialize)]
struct Counts {
    file: String,
    new: i64,
    changed: i64,
    same: i64,
}

impl From<&FileCounts> for Counts {
    fn from(counts: &FileCounts) -> Self {
        Self {
            file: counts.file.clone(),
            new: counts.new_records,
            changed: counts.changed_records,
            same: counts.same_records,
        }
    }
}

/// What was published, the files in order of import.
fn report(import: &pb::Import, warned: &Warned, output: &mut Output<'_>) -> Result<Exit, CliError> {
    warned.tell(output)?;
    let place = |counts: &Counts| File::ALL.iter().position(|file| file.name() == counts.file);
    let mut files: Vec<Counts> = import.files.iter().map(Counts::from).collect();
    files.sort_by_key(place);
    let mut table = Table::new(&["file", ">new", ">changed", ">same"]);
    for Counts {
        file,
        new,
        changed,
        same,
    } in &files
    {
        table.row([
            file,
            &new.to_string(),
            &changed.to_string(),
            &same.to_string(),
        ]);
    }
    output.table(&table)?;
    let (import, sequence) = (import.name.clone(), import.sequence);
    output.document(&Published {
        import,
        sequence,
        files,
        warnings: warned.lines.lines(),
        warning_count: warned.count,
    })?;
    Ok(Exit::Done)
}
