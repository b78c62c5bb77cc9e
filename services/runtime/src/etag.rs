//! Etags: an opaque word that changes whenever a resource does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{reason, status::Refusal};

/// The etag of a resource at a version or update time: anything that changes with it.
pub fn etag(name: &str, version: impl ToString) -> String {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update([0]);
    hash.update(version.to_string().as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..12])
}

/// Lets an update pass when the caller has read what is stored.
///
/// # Errors
/// FIELDS_INVALID for a blank etag; ABORTED `ETAG_MISMATCH` for a stale one.
pub fn check(name: &str, sent: &str, stored: &str) -> Result<(), Refusal> {
    if sent.is_empty() {
        let message = format!("etag is required: read {name} and send its etag along");
        return Err(Refusal::invalid(reason::FIELDS_INVALID, &message).field("etag", message));
    }
    if sent != stored {
        return Err(mismatch(name));
    }
    Ok(())
}

/// ABORTED `ETAG_MISMATCH`: for an update that matched no row of that etag.
pub fn mismatch(name: &str) -> Refusal {
    Refusal::aborted(
        reason::ETAG_MISMATCH,
        format!("{name} was changed since you read it; read it again and repeat the change"),
    )
    .with("name", name)
}
