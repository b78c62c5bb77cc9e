//! What the server does for the keys of its service: it serves them, learns those that other daemons of the same database
//! make, and seals anew what older ones sealed, beside all other work.

mod handlers;
mod resealing;

use std::sync::Arc;

use formfeed_proto::keys::key_service_server::KeyServiceServer;
pub use formfeed_store::keys::{KeyPlace, Keyed, MasterSource};
use tokio_util::sync::CancellationToken;

pub use handlers::KeyHandlers;
use resealing::Work;

/// Serves the keys of a store, and keeps them until `stop`.
pub fn keep<S: Keyed + 'static>(
    store: Arc<S>,
    stop: CancellationToken,
) -> KeyServiceServer<KeyHandlers> {
    let work = Arc::new(Work::default());
    let handlers = KeyHandlers {
        store: store.clone(),
        work: work.clone(),
    };
    tokio::spawn(resealing::keep(store, work, stop));
    KeyServiceServer::new(handlers)
}
