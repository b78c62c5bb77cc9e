//! Requests that make a resource: a retry gets the first answer.

use formfeed_proto::convert::Violations;
use formfeed_runtime::{incident, request_id};
use formfeed_store::vendor::CreateRequest;
use prost::Message;
use tonic::Status;
use zeroize::Zeroizing;

/// The request as the store keeps it. `content` is the resource, without the request's id.
pub(crate) fn create_request(
    bad: &mut Violations,
    method: &str,
    id: &str,
    content: &impl Message,
) -> CreateRequest {
    request_id::require(bad, id);
    let content = Zeroizing::new(content.encode_to_vec()); // a number may be in it
    CreateRequest {
        request_id: id.to_owned(),
        fingerprint: request_id::fingerprint_bytes([method.as_bytes(), content.as_slice()]),
    }
}

/// The resource of a request; a missing one is noted and answered blank, so that the rest is looked at all the same.
pub(crate) fn present<M: Default>(bad: &mut Violations, field: &str, message: Option<M>) -> M {
    message.unwrap_or_else(|| {
        bad.add(field, "is required");
        M::default()
    })
}

/// The answer as it was kept.
pub(crate) fn answer<M: Message + Default>(bytes: &[u8]) -> Result<M, Status> {
    M::decode(bytes).map_err(|error| incident::internal(&error))
}
