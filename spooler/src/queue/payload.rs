//! What goes to a device: a document, or a folder of files.

use std::sync::Arc;

use crate::device::{Context, Device, DeviceJob, Evidence, FileSet, JobKey, SendError};

/// What the sheets of a job became.
pub(super) enum Composed {
    /// One document for all of them.
    Document(Vec<u8>),
    /// A file for each recipient.
    Files(Arc<dyn FileSet>),
}

/// The same, with its names.
pub(super) enum Payload {
    /// One document.
    Document(DeviceJob),
    /// A folder.
    Files(JobKey, Arc<dyn FileSet>),
}

impl Payload {
    pub(super) fn new(key: JobKey, composed: Composed) -> Self {
        match composed {
            Composed::Document(document) => Self::Document(DeviceJob {
                key,
                document: document.into(),
            }),
            Composed::Files(files) => Self::Files(key, files),
        }
    }

    pub(super) fn key(&self) -> &JobKey {
        match self {
            Self::Document(job) => &job.key,
            Self::Files(key, _) => key,
        }
    }

    /// Nothing known yet. What the files come to is known when they are written.
    pub(super) fn evidence(&self) -> Evidence {
        match self {
            Self::Document(job) => Evidence::of(&job.key, job.document.len()),
            Self::Files(key, _) => Evidence::of(key, 0),
        }
    }

    pub(super) async fn send(
        &self,
        device: &dyn Device,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        match self {
            Self::Document(job) => device.send(job, context).await,
            Self::Files(key, files) => device.send_files(key, files.clone(), context).await,
        }
    }
}
