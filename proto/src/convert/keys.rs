//! Keys.

use super::{Violations, text};
use crate::keys as pb;

/// Reads why a key is to be replaced.
///
/// # Errors
/// Every field that cannot be.
pub fn rotate_key_from(request: &pb::RotateKeyRequest) -> Result<String, Violations> {
    let mut bad = Violations::new();
    let reason = text::required(&mut bad, "reason", &request.reason);
    match bad.list().is_empty() {
        true => Ok(reason),
        false => Err(bad),
    }
}
