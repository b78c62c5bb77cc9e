//! What a refusal tells.

use formfeed_runtime::status::reason_of;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// The bad fields of a refused request, sorted.
///
/// # Panics
/// When it is refused for anything but its fields.
#[track_caller]
pub fn bad_fields(refused: &Status) -> Vec<String> {
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    let bad = refused.get_details_bad_request().expect("bad fields");
    let mut fields: Vec<_> = bad.field_violations.into_iter().map(|v| v.field).collect();
    fields.sort();
    fields
}

/// Code and reason word.
pub fn code_and_reason(refused: &Status) -> (Code, String) {
    (refused.code(), reason_of(refused).unwrap_or_default())
}
