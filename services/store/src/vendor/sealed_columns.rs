//! Where the vendor service's tables hold sealed values.

use crate::keys::Sealing;
use crate::keys::columns::Column;

/// Numbers, and digests that cover numbers.
pub(crate) const SEALING: Sealing = Sealing {
    service: "vendor",
    columns: &[
        tin("payers", &[("payer_id", "TEXT")]),
        tin("transmitters", &[("transmitter_id", "TEXT")]),
        tin(
            "vendor_versions",
            &[("vendor_id", "TEXT"), ("version", "BIGINT")],
        ),
        tin(
            "import_records",
            &[("import_id", "TEXT"), ("file", "TEXT"), ("key", "TEXT")],
        ),
        digest("imports", &[("import_id", "TEXT")]),
        digest("requests", &[("request_id", "TEXT")]),
    ],
};

const fn tin(table: &'static str, key: &'static [(&'static str, &'static str)]) -> Column {
    Column {
        table,
        key,
        version: "tin_key_version",
        sealed: "tin_sealed",
    }
}

const fn digest(table: &'static str, key: &'static [(&'static str, &'static str)]) -> Column {
    Column {
        table,
        key,
        version: "digest_key_version",
        sealed: "digest_sealed",
    }
}
