//! A document that is made while it is written: whole or not at all, as one that is made before.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::{CHUNK, FileDevice, new_file, remove, stopped};
use crate::device::{Context, DocumentSource, Evidence, JobKey, NotSent, Progress, SendError};

impl FileDevice {
    pub(super) fn write_stream(
        &self,
        key: &JobKey,
        document: &dyn DocumentSource,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        let name = key.job.as_str();
        if self.final_path(name).symlink_metadata().is_ok() {
            return Err(SendError::nothing(
                NotSent::Refused,
                format!("{name}.pdf is already in the folder"),
            ));
        }
        let temporary = self.temporary_path(name, key.token.as_str());
        let bytes = self
            .write_made(&temporary, document, context)
            .inspect_err(|_| {
                let _ = fs::remove_file(&temporary);
            })?;
        let mut evidence = Evidence::of(key, usize::try_from(bytes).unwrap_or(usize::MAX));
        evidence.bytes_accepted = bytes;
        Ok(evidence)
    }

    /// Answers the bytes of the document.
    fn write_made(
        &self,
        temporary: &Path,
        document: &dyn DocumentSource,
        context: &Context,
    ) -> Result<u64, SendError> {
        let failed = |error| SendError::nothing(NotSent::Offline, self.offline(&error));
        remove(temporary).map_err(failed)?;
        let watched = Watched {
            file: new_file(temporary).map_err(failed)?,
            bytes: 0,
            context,
            failed: None,
        };
        let mut out = BufWriter::with_capacity(CHUNK, watched);
        let made = document.write_to(&mut out);
        let flushed = out.flush();
        // What is still in the buffer of a document that failed is of no use.
        let (mut watched, _) = out.into_parts();
        if context.stop.is_cancelled() {
            return Err(stopped());
        }
        if let Some(error) = watched.failed.take().or(flushed.err()) {
            return Err(failed(error));
        }
        made.map_err(|why| SendError::nothing(NotSent::Refused, why))?;
        watched.file.sync_all().map_err(failed)?;
        Ok(watched.bytes)
    }
}

/// A file that tells how far it is, and takes no more once the daemon stops.
struct Watched<'a> {
    file: File,
    bytes: u64,
    context: &'a Context,
    /// Why it could not be written.
    failed: Option<io::Error>,
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.context.stop.is_cancelled() {
            return Err(io::Error::other("stopped while writing"));
        }
        let written = self.file.write(bytes).inspect_err(|error| {
            let same = error.raw_os_error().map(io::Error::from_raw_os_error);
            self.failed = same.or_else(|| Some(error.kind().into()));
        })?;
        self.bytes += u64::try_from(written).unwrap_or_default();
        self.context
            .report(Progress::Accepted { bytes: self.bytes });
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
