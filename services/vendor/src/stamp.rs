//! The output-only fields at the end of every resource.

use formfeed_proto::convert;
use formfeed_runtime::etag;
use formfeed_store::vendor::Stamp;

/// The output-only fields of a resource of that name.
pub(crate) fn stamp(name: &str, stamp: &Stamp) -> convert::Stamp {
    convert::Stamp {
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        etag: etag::etag(name, stamp.revision),
    }
}
