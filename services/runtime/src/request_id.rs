//! Request ids: those of calls (`x-request-id`), and those that make a retry safe.

use formfeed_domain::text::is_written_as_tin;
use formfeed_proto::convert::Violations;
use prost::Message;
use sha2::{Digest, Sha256};

use crate::{reason, status::Refusal};

/// The header of a call's id.
pub const HEADER: &str = "x-request-id";

/// An id as 1 to 64 letters, digits, dots, dashes, underscores, and not written as a TIN is: ids stand in log lines, in rows and in
/// the audit trail.
pub fn is_safe(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && !is_written_as_tin(id)
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

/// A new id for a call.
pub fn new() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Notes a blank or malformed `request_id` of a request.
pub fn require(violations: &mut Violations, request_id: &str) {
    if !is_safe(request_id) {
        violations.add(
            "request_id",
            "is required: 1 to 64 letters, digits, dots, dashes, underscores, and no TIN; a fresh one for each new request",
        );
    }
}

/// What a request asks for, as 64 hexadecimal digits: kept beside its `request_id`.
/// Blank the message's own `request_id` first where the content alone should count;
/// since it is equal in a true retry, leaving it in does no harm.
pub fn fingerprint(request: &impl Message) -> String {
    fingerprint_bytes([request.encode_to_vec().as_slice()])
}

/// As [`fingerprint`], for content that came in parts, such as a stream.
pub fn fingerprint_bytes<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Lets a known request id pass when it comes with the content it first came with.
///
/// # Errors
/// ALREADY_EXISTS `REQUEST_ID_REUSED` with other content.
pub fn check(request_id: &str, fingerprint: &str, first: &str) -> Result<(), Refusal> {
    match fingerprint == first {
        true => Ok(()),
        false => Err(reused(request_id)),
    }
}

/// ALREADY_EXISTS `REQUEST_ID_REUSED`.
pub fn reused(request_id: &str) -> Refusal {
    Refusal::already_exists(
        reason::REQUEST_ID_REUSED,
        format!(
            "request id {request_id} was used with other content; send a fresh id for a new request"
        ),
    )
    .with("request_id", request_id)
}

#[cfg(test)]
mod tests {
    use formfeed_proto::forms::PrintFormsRequest;

    use super::*;

    fn request(payer_id: &str) -> PrintFormsRequest {
        PrintFormsRequest {
            request_id: "r1".to_owned(),
            payer_id: payer_id.to_owned(),
            ..PrintFormsRequest::default()
        }
    }

    #[test]
    fn a_request_id_comes_back_with_the_same_content_only() {
        let first = fingerprint(&request("A"));
        assert!(check("r1", &fingerprint(&request("A")), &first).is_ok());
        let reused = check("r1", &fingerprint(&request("B")), &first).unwrap_err();
        assert_eq!(reused.code(), tonic::Code::AlreadyExists);
        assert_eq!(reused.reason(), reason::REQUEST_ID_REUSED);
    }

    #[test]
    fn unsafe_ids_are_recognised() {
        assert!(is_safe("0198-a_b.C"));
        for bad in [
            "",
            "a b",
            "a\n",
            "é",
            &"x".repeat(65),
            "900-70-0001",
            "900700001",
        ] {
            assert!(!is_safe(bad), "{bad:?}");
        }
    }
}
