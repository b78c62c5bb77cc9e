//! One file per table. Compiled twice: `Conn` is the connection of the database at hand.

use super::{Backend, Conn, ONE_WRITER, insert_each, run_batch};

pub(crate) mod accounts;
pub(crate) mod b_notices;
pub(crate) mod box_definitions;
pub(crate) mod cash_accounts;
pub(crate) mod import_files;
pub(crate) mod import_records;
pub(crate) mod imports;
pub(crate) mod organizations;
pub(crate) mod payer_states;
pub(crate) mod payers;
pub(crate) mod publish;
pub(crate) mod relate_to_codes;
pub(crate) mod requests;
pub(crate) mod tin_digests;
pub(crate) mod transmitters;
pub(crate) mod vendor_addresses;
pub(crate) mod vendor_versions;
pub(crate) mod vendors;
pub(crate) mod withholding_configurations;
pub(crate) mod withholding_orders;
