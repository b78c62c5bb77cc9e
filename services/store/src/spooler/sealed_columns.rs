//! Where the spooler's tables hold sealed values.

use crate::keys::Sealing;
use crate::keys::columns::Column;

/// Forms, what tells a request from another of its name, and passwords of printers.
pub(crate) const SEALING: Sealing = Sealing {
    service: "spooler",
    columns: &[
        Column {
            table: "jobs",
            key: &[("job_id", "TEXT")],
            version: "fingerprint_key_version",
            sealed: "fingerprint",
        },
        Column {
            table: "job_forms",
            key: &[("job_id", "TEXT"), ("place", "INTEGER")],
            version: "key_version",
            sealed: "sealed",
        },
        Column {
            table: "printer_access",
            key: &[("printer_id", "TEXT")],
            version: "key_version",
            sealed: "sealed",
        },
    ],
};
