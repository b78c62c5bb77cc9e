//! What the server does for the audit trail of its service: it serves it, tells where it ends to files outside the
//! database, and writes down calls that were refused for lack of a role.

mod handlers;
mod keeper;
mod refusals;

use std::path::PathBuf;
use std::sync::Arc;

use formfeed_store::audit::Audited;
pub use formfeed_store::audit::anchors;

use crate::{config::ServiceConfig, service::Service};

pub(crate) use handlers::AuditHandlers;
pub(crate) use keeper::Keeper;
pub(crate) use refusals::Refusals;

/// A service's trail, and the files that are told where it ends.
#[derive(Clone)]
pub(crate) struct Audit {
    pub(crate) store: Arc<dyn Audited>,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) refusals: Arc<Refusals>,
}

impl Audit {
    pub(crate) fn new(store: Arc<dyn Audited>, config: &ServiceConfig) -> Self {
        Self {
            store,
            files: files(config),
            refusals: Arc::default(),
        }
    }
}

/// The file in the data directory, and the one in the folder of the configuration.
fn files(config: &ServiceConfig) -> Vec<PathBuf> {
    let own = own_folder(config);
    let folders = std::iter::once(&own).chain(&config.audit_anchors);
    let service: Service = config.service;
    folders
        .map(|folder| anchors::path(folder, service.name()))
        .collect()
}

fn own_folder(config: &ServiceConfig) -> PathBuf {
    config.data_dir.join("audit")
}

/// Tells where the chain ends now, for work that goes on after the server has stopped.
pub async fn tell_end(config: &ServiceConfig, store: &dyn Audited) {
    let mut keeper = Keeper::new(files(config));
    keeper.compare(store.trail()).await;
    keeper.tell(store.trail()).await;
}

/// Makes the folder of the anchors in the data directory.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn prepare(config: &ServiceConfig) -> std::io::Result<()> {
    crate::data_dir::prepare(&own_folder(config))
}
