//! Who acts, when and why.

use chrono::Utc;
use formfeed_domain::text::without_tins;
use formfeed_runtime::access::caller;
use formfeed_store::spooler::Act;
use tonic::Request;
use uuid::Uuid;

/// The act of a request's caller. The reason may be blank where the verb needs none; a TIN in it is hidden.
pub(super) fn act<T>(request: &Request<T>, reason: &str) -> Act {
    Act {
        id: Uuid::now_v7().to_string(),
        by: caller(request).acting_user().to_owned(),
        reason: without_tins(reason),
        at: Utc::now(),
    }
}
