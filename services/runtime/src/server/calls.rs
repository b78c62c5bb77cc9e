//! How many calls are at work: on each connection, of each token, and in all.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tonic::{Code, Status};

use super::incoming::Peer;
use crate::{
    reason,
    status::{IntoStatus, Refusal},
};

/// Calls at once on all connections together.
const MOST: usize = 2_048;
/// Of these, one token's: the others' places are not to be had by one.
const MOST_OF_ONE: usize = 1_024;
/// And those of all who have no token.
const MOST_OF_NOBODY: usize = 128;

/// Counts calls that are at work, or streams that are open.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    limit: usize,
    at_work: Arc<Mutex<HashMap<Whose, usize>>>,
}

/// Whose calls are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Whose {
    /// Those of a connection, by its remote address.
    Connection(SocketAddr),
    /// Those of a token, by its name; or of all who have none.
    Token(Option<String>),
    Everybody,
}

/// One call at work; dropping it makes room.
#[derive(Debug)]
pub(super) struct Call {
    calls: Calls,
    counted: [Whose; 3],
}

impl Calls {
    /// At most `limit` calls at once on each connection.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            at_work: Arc::default(),
        }
    }

    /// Lets a call begin, or sheds it with RESOURCE_EXHAUSTED `OVERLOADED`. A service calls for many people over one connection.
    pub(super) fn begin(
        &self,
        peer: &Option<Peer>,
        token: Option<&str>,
        is_service: bool,
    ) -> Result<Option<Call>, Status> {
        let Some(connection) = peer.as_ref().map(|peer| peer.address) else {
            return Ok(None);
        };
        let of_token = if token.is_some() {
            MOST_OF_ONE
        } else {
            MOST_OF_NOBODY
        };
        let of_connection = if is_service { MOST_OF_ONE } else { self.limit };
        let limits = [
            (Whose::Connection(connection), of_connection),
            (Whose::Token(token.map(str::to_owned)), of_token),
            (Whose::Everybody, MOST),
        ];
        self.admit(limits).map(Some)
    }

    fn admit(&self, limits: [(Whose, usize); 3]) -> Result<Call, Status> {
        let mut at_work = self.lock();
        let full = limits
            .iter()
            .find(|(whose, limit)| at_work.get(whose).is_some_and(|count| count >= limit));
        if let Some((whose, limit)) = full {
            return Err(shed(whose, *limit));
        }
        let counted = limits.map(|(whose, _)| whose);
        for whose in &counted {
            *at_work.entry(whose.clone()).or_default() += 1;
        }
        Ok(Call {
            calls: self.clone(),
            counted,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Whose, usize>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shed(whose: &Whose, limit: usize) -> Status {
    let whose = match whose {
        Whose::Connection(_) => " on this connection",
        Whose::Token(Some(_)) => " with this token",
        Whose::Token(None) => " without a token",
        Whose::Everybody => "",
    };
    let message =
        format!("more than {limit} calls at once{whose}; wait for some of them, then retry");
    Refusal::new(Code::ResourceExhausted, reason::OVERLOADED, message)
        .with("limit", limit)
        .into_status()
}

impl Drop for Call {
    fn drop(&mut self) {
        let mut at_work = self.calls.lock();
        for whose in &self.counted {
            if let Some(count) = at_work.get_mut(whose) {
                *count -= 1;
                if *count == 0 {
                    at_work.remove(whose);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::reason_of;

    /// One at once on a connection, two of a token, three in all.
    fn begin(calls: &Calls, port: u16, token: &str) -> Result<Call, Status> {
        calls.admit([
            (Whose::Connection(([127, 0, 0, 1], port).into()), 1),
            (Whose::Token(Some(token.to_owned())), 2),
            (Whose::Everybody, 3),
        ])
    }

    #[test]
    fn one_token_on_many_connections_leaves_room_for_others_and_all_have_a_limit() {
        let calls = Calls::new(1);
        let shed = |port, token| {
            let refused = begin(&calls, port, token).unwrap_err();
            assert_eq!(reason_of(&refused).unwrap(), reason::OVERLOADED);
            refused.message().to_owned()
        };
        let first = begin(&calls, 1, "mia").unwrap();
        assert!(shed(1, "ben").contains("on this connection"));
        let second = begin(&calls, 2, "mia").unwrap();
        assert!(shed(3, "mia").contains("with this token"));
        let third = begin(&calls, 3, "ben").unwrap();
        assert!(shed(4, "ida").contains("more than 3 calls at once;"));
        drop((first, second, third));
        assert!(calls.lock().is_empty(), "whoever is gone is forgotten");
    }
}
