//! Etags: an opaque word that changes whenever a resource does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use formfeed_proto::convert::Violations;
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

/// Notes a blank etag of a request, so that it comes out together with the other bad fields.
pub fn require(violations: &mut Violations, field: &str, sent: &str) {
    if sent.is_empty() {
        violations.add(
            field,
            "is required: read the resource and send its etag along",
        );
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_changes_with_the_version_and_with_the_resource() {
        assert_eq!(etag("vendors/1", 1), etag("vendors/1", 1));
        assert_ne!(etag("vendors/1", 1), etag("vendors/1", 2));
        assert_ne!(etag("vendors/1", 1), etag("vendors/2", 1));
    }

    #[test]
    fn a_stale_etag_is_refused_and_a_blank_one_names_its_field() {
        assert!(check("vendors/1", "a", "a").is_ok());
        let stale = check("vendors/1", "a", "b").unwrap_err();
        assert_eq!(
            (stale.code(), stale.reason()),
            (tonic::Code::Aborted, reason::ETAG_MISMATCH)
        );
        let blank = check("vendors/1", "", "b").unwrap_err();
        assert_eq!(blank.code(), tonic::Code::InvalidArgument);
    }
}
