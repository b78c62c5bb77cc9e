//! `vendors.csv` and `vendor_addresses.csv`.

use super::{File, Record, Row};
use crate::vendor::{Vendor, VendorAddress, W9};
use crate::{AddressCode, RelateToCode, Tin, TinKind, VendorId};

impl Record for Vendor {
    const FILE: File = File::Vendors;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let vendor_id = row.id("vendor_id", VendorId::new);
        let name = row.required_text("name");
        let short_name = row.text("short_name");
        let tin = tin(row);
        let classification = row.optional_word("classification");
        let flag_1099 = row.optional_word("flag_1099").unwrap_or_default();
        let default_income_type = row.income_type("default_income_type");
        let default_relate_to = row.optional_id("default_relate_to", RelateToCode::new);
        let pay_vendor_id = row.optional_id("pay_vendor_id", VendorId::new);
        let address_code = row.optional_id("address_code", AddressCode::new);
        let second_tin_notice = row.flag("second_tin_notice");
        let fatca = row.flag("fatca");
        let first_name = row.text("first_name");
        let middle_name = row.text("middle_name");
        let last_name = row.text("last_name");
        let suffix = row.text("suffix");
        Some(Self {
            vendor_id: vendor_id?,
            name: name?,
            short_name,
            tin,
            classification,
            flag_1099,
            default_income_type,
            default_relate_to,
            pay_vendor_id,
            address_code,
            second_tin_notice,
            fatca,
            first_name,
            middle_name,
            last_name,
            suffix,
            w9: W9::default(),
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.vendor_id.to_string()]
    }
}

/// A TIN is always kept with its kind, so a number without a type is a fault; a type without a number is nothing.
fn tin(row: &mut Row<'_>) -> Option<Tin> {
    let kind = row.optional_word::<TinKind>("tin_type");
    match kind {
        Some(kind) => row.tin("tin", kind),
        None => {
            // The shape is looked at all the same, so that both faults come out at once.
            let _ = row.tin("tin", TinKind::Ein); // the kind without numbers that are never given out
            if !row.value("tin").is_empty() && row.value("tin_type").is_empty() {
                row.fault(
                    "tin_type",
                    "is required beside a tin: use ssn, ein, itin or atin",
                );
            }
            None
        }
    }
}

impl Record for VendorAddress {
    const FILE: File = File::VendorAddresses;

    fn read(row: &mut Row<'_>) -> Option<Self> {
        let vendor_id = row.id("vendor_id", VendorId::new);
        let address_code = row.id("address_code", AddressCode::new);
        let address = row.address("line_1", "line_2");
        Some(Self {
            vendor_id: vendor_id?,
            address_code: address_code?,
            address,
        })
    }

    fn key(&self) -> Vec<String> {
        vec![self.vendor_id.to_string(), self.address_code.to_string()]
    }
}
