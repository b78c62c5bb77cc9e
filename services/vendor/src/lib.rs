//! The vendor service: payers, organizations, cash accounts, accounts, Relate To codes and the boxes
//! they feed by tax year, vendors with their addresses, W-9 and B-notices with their letters, backup withholding, the
//! vendor half of an AP extract, and the access tokens.
//!
//! It is the one place that knows a full TIN: it keeps it sealed, answers it truncated, and releases
//! it to the forms service alone, for a form. It knows no voucher, no payment and no form, and
//! calls no other service.
//!
//! Start at [`start()`] for how it is put together, at `vendors.rs` for the handlers of a resource
//! (parse, load, decide, keep), and at `import/` for the bulk way in.

mod account_service;
mod accounts;
mod b_notice_letters;
mod b_notice_service;
mod b_notices;
mod box_definition_service;
mod box_definitions;
mod cash_accounts;
mod create;
mod duty;
mod import;
mod organizations;
mod payer_service;
mod payers;
mod references;
mod refusal;
mod relate_to_codes;
mod reveal;
mod stamp;
mod start;
mod tins;
mod tokens;
mod transmitter;
mod transmitter_service;
mod twins;
mod vendor_addresses;
mod vendor_service;
mod vendors;
mod versions;
mod withholding;
mod withholding_configurations;
mod withholding_orders;
mod withholding_service;

use std::sync::Arc;

use formfeed_runtime::mask;
use formfeed_store::vendor::VendorStore;

pub use start::{Running, StartError, start};

/// What every handler works with.
#[derive(Clone)]
struct Handlers {
    store: Arc<VendorStore>,
}
