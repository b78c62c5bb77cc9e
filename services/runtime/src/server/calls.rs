//! How many calls are at work on each connection.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use http::Extensions;
use tonic::{Code, Status};

use super::incoming::Peer;
use crate::{
    reason,
    status::{IntoStatus, Refusal},
};

/// Counts the calls whose handlers have not answered yet, by the connection's remote address.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    limit: usize,
    at_work: Arc<Mutex<HashMap<SocketAddr, usize>>>,
}

/// One call at work; dropping it makes room.
#[derive(Debug)]
pub(super) struct Call {
    calls: Calls,
    connection: SocketAddr,
}

impl Calls {
    /// At most `limit` calls at once on each connection.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            at_work: Arc::default(),
        }
    }

    /// Lets a call begin, or sheds it with RESOURCE_EXHAUSTED `OVERLOADED`.
    pub(super) fn begin(&self, extensions: &Extensions) -> Result<Option<Call>, Status> {
        let Some(connection) = extensions.get().map(|peer: &Peer| peer.address) else {
            return Ok(None);
        };
        let mut at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        let count = at_work.entry(connection).or_default();
        if *count >= self.limit {
            return Err(self.shed());
        }
        *count += 1;
        Ok(Some(Call {
            calls: self.clone(),
            connection,
        }))
    }

    fn shed(&self) -> Status {
        let message = format!(
            "more than {} calls at once on this connection; wait for some of them, then retry",
            self.limit
        );
        Refusal::new(Code::ResourceExhausted, reason::OVERLOADED, message)
            .with("limit", self.limit)
            .into_status()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut at_work = self
            .calls
            .at_work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = at_work.get_mut(&self.connection) {
            *count -= 1;
            if *count == 0 {
                at_work.remove(&self.connection);
            }
        }
    }
}
