//! Requests that make something: kept with their answer, so that a retry gets the first one again.

use chrono::{DateTime, Utc};

use super::VendorStore;
use crate::SealError;
use crate::audit::Details;
use crate::seal::{Place, Sealed};
use crate::vendor::KeepError;
use crate::vendor::rows::{RequestRow, instant};

/// A request that makes something.
#[derive(Debug, Clone)]
pub struct CreateRequest {
    /// The client's id of it.
    pub request_id: String,
    /// Digest of its method and content. It may be made of a TIN, so it is sealed.
    pub fingerprint: String,
}

impl VendorStore {
    pub(super) fn request_row(
        &self,
        request: &CreateRequest,
        answer: &[u8],
        now: DateTime<Utc>,
    ) -> Result<RequestRow, SealError> {
        let sealed = self
            .keyring
            .seal(place(&request.request_id), request.fingerprint.as_bytes())?;
        Ok(RequestRow {
            request_id: request.request_id.clone(),
            digest_key_version: sealed.key_version,
            digest_sealed: sealed.bytes,
            answer: answer.to_vec(),
            create_time: instant(now),
        })
    }

    /// The first answer, when the request comes with the content it first came with.
    pub(super) fn answer_again(
        &self,
        request: &CreateRequest,
        first: RequestRow,
    ) -> Result<Vec<u8>, KeepError> {
        let sealed = Sealed {
            key_version: first.digest_key_version,
            bytes: first.digest_sealed,
        };
        let fingerprint = self
            .keyring
            .open_sealed(place(&request.request_id), &sealed)?;
        match fingerprint.as_slice() == request.fingerprint.as_bytes() {
            true => Ok(first.answer),
            false => Err(KeepError::RequestIdReused),
        }
    }

    /// What the same request was answered before; `None` for a new one.
    ///
    /// # Errors
    /// [`KeepError::RequestIdReused`].
    pub async fn answered(&self, request: &CreateRequest) -> Result<Option<Vec<u8>>, KeepError> {
        let first = on_read!(self.database, vendor, |c, q| {
            q::requests::get(c, &request.request_id).await?
        });
        let again = |first| self.answer_again(request, first);
        first.map(again).transpose()
    }

    /// What to say when a key was taken: perhaps by this very request, a moment ago.
    pub(super) async fn taken(&self, request: &CreateRequest) -> Result<Vec<u8>, KeepError> {
        let first = on_read!(self.database, vendor, |c, q| {
            q::requests::get(c, &request.request_id).await?
        });
        match first {
            Some(first) => self.answer_again(request, first),
            None => Err(KeepError::Exists),
        }
    }
}

/// Keeps a new resource and its request in one transaction; a request known already gets its first answer.
///
/// `$insert` adds the resource on connection `$c` with queries `$q`; `$made` is the action and the subject of its entry in the audit trail.
macro_rules! create {
    ($store:expr, $request:expr, $answer:expr, $now:expr, $made:expr, |$c:ident, $q:ident| $insert:expr) => {{
        let (store, request, answer): (&VendorStore, &CreateRequest, Vec<u8>) =
            ($store, $request, $answer);
        let row = store.request_row(request, &answer, $now)?;
        let kept: Result<Vec<u8>, KeepError> = on_write!(store.database, vendor, |$c, $q| {
            if let Some(first) = $q::requests::get($c, &request.request_id).await? {
                return store.answer_again(request, first);
            }
            $insert;
            $q::requests::insert($c, &row).await?;
            let (action, subject) = &$made;
            let details = $crate::audit::Details::new();
            store.auditor.note($c, action, subject, details).await?;
            Ok(answer.clone())
        });
        match kept {
            Err(KeepError::Store($crate::StoreError::Conflict(_))) => store.taken(request).await,
            other => other,
        }
    }};
}
pub(super) use create;

fn place(request_id: &str) -> Place<'_> {
    Place {
        table: "requests",
        column: "digest_sealed",
        id: request_id,
    }
}

/// What the audit trail says of a replaced row.
pub(super) fn revision(revision: i64) -> Details {
    Details::new().number("revision", revision)
}

/// What the audit trail says of a number that is never told.
pub(super) fn tin_word(kept: bool) -> &'static str {
    match kept {
        true => "kept",
        false => "given",
    }
}

/// A replaced row, or the news that it was changed in between.
pub(super) fn replaced(done: bool) -> Result<(), KeepError> {
    match done {
        true => Ok(()),
        false => Err(KeepError::Stale),
    }
}
