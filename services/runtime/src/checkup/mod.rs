//! Looks at an installation without changing it: what `formfeed doctor` tells of the data directory, the disk, the clock,
//! tokens and certificates. Databases and keys are looked at by [`formfeed_store::checkup`].
//!
//! It works beside running services and without them.

mod access;
mod certificates;
mod clock;
mod disk;
mod files;
#[allow(unsafe_code, reason = "no crate asks the kernel about its clock")]
mod kernel_clock;

use std::path::Path;

use formfeed_store::checkup::Finding;

use crate::config::ServiceConfig;

/// Looks at a data directory, and at the certificates that the configurations of its services name. Takes a second or two.
pub fn installation(data_dir: &Path, configs: &[ServiceConfig]) -> Vec<Finding> {
    let mut found = files::examine(data_dir);
    if !data_dir.is_dir() {
        return found;
    }
    found.extend(disk::examine(data_dir));
    found.extend(clock::examine(data_dir));
    found.extend(access::examine(data_dir));
    found.extend(certificates::examine(configs));
    found
}
