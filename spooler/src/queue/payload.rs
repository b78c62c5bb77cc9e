//! What goes to a device: a document, made or in the making, or a folder of files.

use std::sync::Arc;

use crate::device::{
    Context, Device, DeviceJob, DocumentSource, Evidence, FileSet, JobKey, SendError,
};

/// What the sheets of a job became.
pub(super) enum Composed {
    /// One document for all of them.
    Document(Vec<u8>),
    /// The same, made while it is written.
    Stream(Arc<dyn DocumentSource>),
    /// A file for each recipient.
    Files(Arc<dyn FileSet>),
}

/// The same, with its names.
pub(super) enum Payload {
    /// One document.
    Document(DeviceJob),
    /// One document in the making.
    Stream(JobKey, Arc<dyn DocumentSource>),
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
            Composed::Stream(document) => Self::Stream(key, document),
            Composed::Files(files) => Self::Files(key, files),
        }
    }

    pub(super) fn key(&self) -> &JobKey {
        match self {
            Self::Document(job) => &job.key,
            Self::Stream(key, _) | Self::Files(key, _) => key,
        }
    }

    /// Nothing known yet. What a document in the making, and files, come to is known when they are written.
    pub(super) fn evidence(&self) -> Evidence {
        match self {
            Self::Document(job) => Evidence::of(&job.key, job.document.len()),
            Self::Stream(key, _) | Self::Files(key, _) => Evidence::of(key, 0),
        }
    }

    pub(super) async fn send(
        &self,
        device: &dyn Device,
        context: &Context,
    ) -> Result<Evidence, SendError> {
        match self {
            Self::Document(job) => device.send(job, context).await,
            Self::Stream(key, document) => device.send_stream(key, document.clone(), context).await,
            Self::Files(key, files) => device.send_files(key, files.clone(), context).await,
        }
    }
}
