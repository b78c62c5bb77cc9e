//! `file:` puts one PDF per job into a folder, or a folder of files, whole or not at all.
//!
//! The document, or the folder with every file in it, is written under a hidden temporary name, made durable, and
//! renamed. The rename is the printing: before it nothing is printed, after it everything is, and no crash can fall
//! between.

mod stream;

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::{
    Capabilities, Context, Device, DeviceJob, DocumentFormat, DocumentSource, Evidence, FileSet,
    Finding, JobKey, NotSent, PreflightError, Progress, Readiness, SendError, Strength,
    TerminalState, Window,
};

/// Bytes written between two reports.
const CHUNK: usize = 256 * 1024;

/// A folder that stands for a page printer.
#[derive(Debug, Clone)]
pub struct FileDevice {
    folder: PathBuf,
}

impl FileDevice {
    /// A device that prints into `folder`, which is made when it is first needed.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn final_path(&self, job: &str) -> PathBuf {
        self.folder.join(format!("{job}.pdf"))
    }

    /// Where a job of files goes.
    fn final_folder(&self, job: &str) -> PathBuf {
        self.folder.join(job)
    }

    fn temporary_path(&self, job: &str, token: &str) -> PathBuf {
        self.folder.join(format!(".{job}.{token}.tmp"))
    }

    fn offline(&self, error: &io::Error) -> PreflightError {
        PreflightError::Offline {
            detail: format!(
                "the folder {} cannot be used: {error}",
                self.folder.display()
            ),
        }
    }

    fn write(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError> {
        let name = job.key.job.as_str();
        if self.final_path(name).symlink_metadata().is_ok() {
            return Err(SendError::nothing(
                NotSent::Refused,
                format!("{name}.pdf is already in the folder"),
            ));
        }
        let temporary = self.temporary_path(name, job.key.token.as_str());
        self.write_whole(&temporary, job, context)
            .inspect_err(|_| {
                let _ = fs::remove_file(&temporary);
            })?;
        let mut evidence = Evidence::of(&job.key, job.document.len());
        evidence.bytes_accepted = evidence.bytes_total;
        Ok(evidence)
    }

    fn write_folder(
        &self,
        key: &JobKey,
        files: &dyn FileSet,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        let name = key.job.as_str();
        if self.final_folder(name).symlink_metadata().is_ok() {
            return Err(SendError::nothing(
                NotSent::Refused,
                format!("{name} is already in the folder"),
            ));
        }
        let temporary = self.temporary_path(name, key.token.as_str());
        let bytes = self
            .write_files(&temporary, files, context)
            .inspect_err(|_| {
                let _ = remove(&temporary);
            })?;
        let mut evidence = Evidence::of(key, usize::try_from(bytes).unwrap_or(usize::MAX));
        evidence.bytes_accepted = bytes;
        Ok(evidence)
    }

    /// Answers the bytes of all files.
    fn write_files(
        &self,
        temporary: &Path,
        files: &dyn FileSet,
        context: &Context,
    ) -> Result<u64, SendError> {
        let failed = |error| SendError::nothing(NotSent::Offline, self.offline(&error));
        remove(temporary).map_err(failed)?;
        fs::DirBuilder::new()
            .mode(0o700)
            .create(temporary)
            .map_err(failed)?;
        let mut bytes = 0;
        for index in 0..files.count() {
            if context.stop.is_cancelled() {
                return Err(stopped());
            }
            let made = files.file(index);
            let made = made.map_err(|why| SendError::nothing(NotSent::Refused, why))?;
            let mut file = new_file(&temporary.join(made.name.as_str())).map_err(failed)?;
            file.write_all(&made.bytes).map_err(failed)?;
            file.sync_all().map_err(failed)?;
            bytes += u64::try_from(made.bytes.len()).unwrap_or_default();
            context.report(Progress::Accepted { bytes });
        }
        sync_folder(temporary).map_err(failed)?;
        Ok(bytes)
    }

    fn write_whole(
        &self,
        temporary: &Path,
        job: &DeviceJob,
        context: &Context,
    ) -> Result<(), SendError> {
        let failed = |error| SendError::nothing(NotSent::Offline, self.offline(&error));
        remove(temporary).map_err(failed)?;
        let mut file = new_file(temporary).map_err(failed)?;
        let mut bytes = 0;
        for chunk in job.document.chunks(CHUNK) {
            if context.stop.is_cancelled() {
                return Err(stopped());
            }
            file.write_all(chunk).map_err(failed)?;
            bytes += u64::try_from(chunk.len()).unwrap_or_default();
            context.report(Progress::Accepted { bytes });
        }
        file.sync_all().map_err(failed)
    }

    fn publish(&self, mut evidence: Evidence) -> Result<Evidence, SendError> {
        let temporary = self.temporary_path(&evidence.job, &evidence.token);
        let finished = match temporary.is_dir() {
            true => self.final_folder(&evidence.job),
            false => self.final_path(&evidence.job),
        };
        if let Err(error) = rename_into_place(&temporary, &finished) {
            let _ = remove(&temporary);
            let why = match error.kind() {
                ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty => NotSent::Refused,
                _ => NotSent::Offline,
            };
            return Err(SendError::nothing(why, self.offline(&error)));
        }
        match sync_folder(&self.folder) {
            Ok(()) => Ok(printed(evidence, &finished)),
            Err(error) => {
                evidence
                    .messages
                    .push(format!("folder not durable: {error}"));
                Err(SendError::doubt(
                    "the file has its name, but the folder would not become durable",
                    evidence,
                ))
            }
        }
    }

    fn look(&self, key: &JobKey, known: &Evidence) -> io::Result<Finding> {
        let temporary = self.temporary_path(key.job.as_str(), key.token.as_str());
        let folder = self.final_folder(key.job.as_str());
        let finished = match folder.symlink_metadata().is_ok() {
            true => folder,
            false => self.final_path(key.job.as_str()),
        };
        let (whole, part) = (metadata(&finished)?, metadata(&temporary)?);
        let ours = match (&whole, &part) {
            (None, _) => false,
            (Some(_), None) => true,
            // A link that was not yet unlinked; else the file is an earlier attempt's.
            (Some(whole), Some(part)) => whole.ino() == part.ino() && whole.dev() == part.dev(),
        };
        remove(&temporary)?;
        let Some(whole) = whole.filter(|_| ours) else {
            return Ok(Finding::NothingPrinted);
        };
        sync_folder(&self.folder)?;
        let bytes = match whole.is_dir() {
            true => bytes_in(&finished)?,
            false => whole.len(),
        };
        let mut evidence = Evidence {
            messages: known.messages.clone(),
            ..Evidence::of(key, usize::try_from(bytes).unwrap_or(usize::MAX))
        };
        evidence.bytes_accepted = bytes;
        Ok(Finding::Settled(printed(evidence, &finished)))
    }
}

#[async_trait]
impl Device for FileDevice {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            format: DocumentFormat::Pdf,
            window: Window::WholeJob,
        }
    }

    async fn preflight(&self) -> Result<Readiness, PreflightError> {
        let device = self.clone();
        blocking(move || {
            fs::create_dir_all(&device.folder).map_err(|error| device.offline(&error))?;
            Ok(Readiness {
                attention: Vec::new(),
                description: format!("folder {}", device.folder.display()),
            })
        })
        .await
    }

    async fn send(&self, job: &DeviceJob, context: &Context) -> Result<Evidence, SendError> {
        let (device, job, context) = (self.clone(), job.clone(), context.clone());
        blocking(move || device.write(&job, &context)).await
    }

    async fn send_stream(
        &self,
        key: &JobKey,
        document: Arc<dyn DocumentSource>,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        let (device, key, context) = (self.clone(), key.clone(), context.clone());
        blocking(move || device.write_stream(&key, document.as_ref(), &context)).await
    }

    async fn send_files(
        &self,
        key: &JobKey,
        files: Arc<dyn FileSet>,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        let (device, key, context) = (self.clone(), key.clone(), context.clone());
        blocking(move || device.write_folder(&key, files.as_ref(), &context)).await
    }

    async fn settle(&self, evidence: Evidence, _: &Context) -> Result<Evidence, SendError> {
        let device = self.clone();
        blocking(move || device.publish(evidence)).await
    }

    async fn find(&self, key: &JobKey, known: &Evidence) -> Result<Finding, PreflightError> {
        let (device, key, known) = (self.clone(), key.clone(), known.clone());
        blocking(move || {
            device
                .look(&key, &known)
                .map_err(|error| device.offline(&error))
        })
        .await
    }

    async fn cancel(&self, _: &Evidence) -> Result<(), PreflightError> {
        Err(PreflightError::Unsuitable {
            problems: vec!["a file is written at once and cannot be canceled".to_owned()],
        })
    }
}

/// Runs blocking file work off the runtime's threads; a panic in it goes on here.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(value) => value,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// A file that was not there, for its owner alone.
fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Removes a file, or a folder with what is in it; none is fine.
fn remove(path: &Path) -> io::Result<()> {
    let removed = match metadata(path)? {
        None => return Ok(()),
        Some(found) if found.is_dir() => fs::remove_dir_all(path),
        Some(_) => fs::remove_file(path),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn bytes_in(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes)
}

fn stopped() -> SendError {
    SendError::nothing(NotSent::Stopping, "stopped while writing")
}

/// Gives the file its name unless another has it.
fn rename_into_place(temporary: &Path, finished: &Path) -> io::Result<()> {
    match renameat_with(CWD, temporary, CWD, finished, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        // A folder never replaces one that has something in it.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if temporary.is_dir() => {
            fs::rename(temporary, finished)
        }
        // File systems that cannot refuse to replace can still refuse to link.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            fs::hard_link(temporary, finished)?;
            fs::remove_file(temporary)
        }
        Err(error) => Err(error.into()),
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn metadata(path: &Path) -> io::Result<Option<fs::Metadata>> {
    match path.symlink_metadata() {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn printed(mut evidence: Evidence, finished: &Path) -> Evidence {
    evidence.terminal = Some(TerminalState::Completed);
    evidence.strength = Strength::Device;
    evidence
        .messages
        .push(format!("written to {}", finished.display()));
    evidence
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Printer {
        folder: tempfile::TempDir,
        device: FileDevice,
    }

    impl Printer {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let device = FileDevice::new(folder.path().join("out"));
            Self { folder, device }
        }

        fn job(token: &str) -> DeviceJob {
            DeviceJob {
                key: JobKey {
                    job: "job1".parse().unwrap(),
                    token: token.parse().unwrap(),
                    sheets: 2,
                },
                document: Arc::from(b"%PDF".as_slice()),
            }
        }

        fn names(&self) -> Vec<String> {
            let mut names: Vec<_> = fs::read_dir(self.folder.path().join("out"))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        }
    }

    #[tokio::test]
    async fn a_job_is_in_the_folder_only_when_it_is_whole() {
        let printer = Printer::new();
        printer.device.preflight().await.unwrap();
        let context = Context::unwatched();
        let job = Printer::job("job1-1-1");
        let sent = printer.device.send(&job, &context).await.unwrap();
        assert_eq!(printer.names(), [".job1.job1-1-1.tmp"]);
        assert_eq!(sent.strength, Strength::Partial);
        let settled = printer.device.settle(sent, &context).await.unwrap();
        assert_eq!(printer.names(), ["job1.pdf"]);
        assert_eq!(settled.strength, Strength::Device);
        assert_eq!(settled.bytes_accepted, 4);
    }

    #[tokio::test]
    async fn a_crash_before_the_rename_proves_that_nothing_was_printed() {
        let printer = Printer::new();
        printer.device.preflight().await.unwrap();
        let job = Printer::job("job1-1-1");
        let known = printer
            .device
            .send(&job, &Context::unwatched())
            .await
            .unwrap();
        let found = printer.device.find(&job.key, &known).await.unwrap();
        assert_eq!(found, Finding::NothingPrinted);
        assert!(printer.names().is_empty(), "the remains are removed");
    }

    #[tokio::test]
    async fn a_crash_after_the_rename_is_a_printed_job() {
        let printer = Printer::new();
        printer.device.preflight().await.unwrap();
        let context = Context::unwatched();
        let job = Printer::job("job1-1-1");
        let known = printer.device.send(&job, &context).await.unwrap();
        printer
            .device
            .settle(known.clone(), &context)
            .await
            .unwrap();
        let found = printer.device.find(&job.key, &known).await.unwrap();
        let Finding::Settled(evidence) = found else {
            panic!("{found:?}");
        };
        assert_eq!(evidence.strength, Strength::Device);
    }

    #[tokio::test]
    async fn a_finished_file_is_never_overwritten() {
        let printer = Printer::new();
        printer.device.preflight().await.unwrap();
        let context = Context::unwatched();
        let late = Printer::job("job1-1-2");
        let sent = printer.device.send(&late, &context).await.unwrap();
        let finished = printer.folder.path().join("out/job1.pdf");
        fs::write(&finished, "earlier").unwrap();
        for error in [
            printer.device.settle(sent, &context).await.unwrap_err(),
            printer.device.send(&late, &context).await.unwrap_err(),
        ] {
            let refused = matches!(
                &error,
                SendError::NothingSent {
                    why: NotSent::Refused,
                    ..
                }
            );
            assert!(refused, "{error}");
        }
        assert_eq!(fs::read(&finished).unwrap(), b"earlier");
        assert_eq!(printer.names(), ["job1.pdf"]);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_is_offline_and_no_doubt() {
        let printer = Printer::new();
        fs::write(printer.folder.path().join("out"), "a file").unwrap();
        let error = printer.device.preflight().await.unwrap_err();
        assert!(matches!(error, PreflightError::Offline { .. }), "{error}");
        let error = printer
            .device
            .send(&Printer::job("job1-1-1"), &Context::unwatched())
            .await
            .unwrap_err();
        assert!(matches!(error, SendError::NothingSent { .. }), "{error}");
    }
}
