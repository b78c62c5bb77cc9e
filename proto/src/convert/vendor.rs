//! Vendors and their addresses.

use formfeed_domain::vendor::{Classification, Flag1099, Vendor, VendorAddress, W9, W9Status};
use formfeed_domain::{AddressCode, RelateToCode, Tin, TinKind, TinWarning, VendorId};

use super::address::{address_from, address_to};
use super::date::entered_date;
use super::income_type::income_type_from;
use super::{Stamp, Violations, date_to, name, read, read_optional, text, timestamp_to};
use crate::vendor as pb;

/// Reads a vendor. As an answer carries no `tin`, a vendor read from one has none; `truncated_tin` tells whether it has.
///
/// # Errors
/// Every bad field, by its path within the vendor.
pub fn vendor_from(message: &pb::Vendor) -> Result<Vendor, Violations> {
    let mut bad = Violations::new();
    let vendor_id = read(&mut bad, "vendor_id", VendorId::new(&message.vendor_id));
    name::agree(
        &mut bad,
        &message.name,
        &format!("vendors/{}", message.vendor_id),
    );
    let display_name = text::required(&mut bad, "display_name", &message.display_name);
    let short_name = text::optional(&mut bad, "short_name", &message.short_name);
    let tin = tin_from(&mut bad, &message.tin, &message.tin_type);
    let parse = str::parse::<Classification>;
    let classification = read_optional(&mut bad, "classification", &message.classification, parse);
    let flag_1099 = read(&mut bad, "flag_1099", message.flag_1099.parse::<Flag1099>());
    let income_type = income_type_from(
        &mut bad,
        "default_income_type",
        &message.default_income_type,
    );
    let code = &message.default_relate_to;
    let relate_to = read_optional(&mut bad, "default_relate_to", code, RelateToCode::new);
    let pay_vendor = read_optional(
        &mut bad,
        "pay_vendor_id",
        &message.pay_vendor_id,
        VendorId::new,
    );
    let address_code = read_optional(
        &mut bad,
        "address_code",
        &message.address_code,
        AddressCode::new,
    );
    let first_name = text::optional(&mut bad, "first_name", &message.first_name);
    let middle_name = text::optional(&mut bad, "middle_name", &message.middle_name);
    let last_name = text::optional(&mut bad, "last_name", &message.last_name);
    let suffix = text::optional(&mut bad, "suffix", &message.suffix);
    let w9 = w9_from(&mut bad, message);
    let vendor = vendor_id.map(|vendor_id| Vendor {
        vendor_id,
        name: display_name,
        short_name,
        tin,
        classification: classification.flatten(),
        flag_1099: flag_1099.unwrap_or_default(),
        default_income_type: income_type,
        default_relate_to: relate_to.flatten(),
        pay_vendor_id: pay_vendor.flatten(),
        address_code: address_code.flatten(),
        second_tin_notice: message.second_tin_notice,
        fatca: message.fatca,
        first_name,
        middle_name,
        last_name,
        suffix,
        w9,
    });
    bad.finish(vendor)
}

fn w9_from(bad: &mut Violations, message: &pb::Vendor) -> W9 {
    let status = read(bad, "w9_status", message.w9_status.parse::<W9Status>());
    let before = bad.list().len();
    let date = entered_date(bad, "w9_date", message.w9_date.as_ref());
    let Some(status) = status.filter(|_| bad.list().len() == before) else {
        return W9::default();
    };
    read(bad, "w9_date", W9::new(status, date)).unwrap_or_default()
}

/// A TIN is always kept with its kind, so a number without a type is a fault; a type without a number is nothing.
fn tin_from(bad: &mut Violations, tin: &str, tin_type: &str) -> Option<Tin> {
    let kind = read_optional(bad, "tin_type", tin_type, str::parse::<TinKind>);
    if tin.is_empty() {
        return None;
    }
    if tin_type.is_empty() {
        bad.add(
            "tin_type",
            "is required beside a tin: use ssn, ein, itin or atin",
        );
    }
    // Without a readable kind the shape is looked at all the same, so that both faults come out at once.
    let kind = kind.flatten();
    read(bad, "tin", Tin::enter(kind.unwrap_or(TinKind::Ein), tin)).filter(|_| kind.is_some())
}

/// What an answer tells of a vendor beside its own fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorStanding {
    /// Kind and truncated form of its number, if it has one.
    pub tin: Option<(TinKind, String)>,
    /// Why its number is probably wrong.
    pub tin_warnings: Vec<TinWarning>,
    /// Which version the fields are.
    pub version: i64,
    /// Whether the vendor is in use.
    pub is_active: bool,
}

/// A vendor as it is answered: its number truncated.
pub fn vendor_to(vendor: &Vendor, standing: VendorStanding, stamp: Stamp) -> pb::Vendor {
    let (tin_type, truncated_tin) = match standing.tin {
        Some((kind, truncated)) => (kind.as_str().to_owned(), truncated),
        None => Default::default(),
    };
    let state = match standing.is_active {
        true => pb::vendor::State::Active,
        false => pb::vendor::State::Inactive,
    };
    pb::Vendor {
        name: format!("vendors/{}", vendor.vendor_id),
        tin: String::new(),
        tin_type,
        truncated_tin,
        tin_warnings: standing
            .tin_warnings
            .iter()
            .map(|warning| warning.as_str().to_owned())
            .collect(),
        version: standing.version,
        state: state.into(),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
        ..vendor_input(vendor)
    }
}

/// A vendor as it is sent in, with its full number.
pub fn vendor_input(vendor: &Vendor) -> pb::Vendor {
    let tin = vendor.tin.as_ref();
    pb::Vendor {
        vendor_id: vendor.vendor_id.to_string(),
        display_name: vendor.name.clone(),
        short_name: vendor.short_name.clone(),
        tin: tin.map(|tin| tin.digits().to_owned()).unwrap_or_default(),
        tin_type: tin
            .map(|tin| tin.kind().as_str().to_owned())
            .unwrap_or_default(),
        classification: word(vendor.classification.map(Classification::as_str)),
        flag_1099: vendor.flag_1099.as_str().to_owned(),
        default_income_type: word(vendor.default_income_type.map(|t| t.as_str())),
        default_relate_to: word(vendor.default_relate_to.as_ref().map(RelateToCode::as_str)),
        pay_vendor_id: word(vendor.pay_vendor_id.as_ref().map(VendorId::as_str)),
        address_code: word(vendor.address_code.as_ref().map(AddressCode::as_str)),
        second_tin_notice: vendor.second_tin_notice,
        fatca: vendor.fatca,
        first_name: vendor.first_name.clone(),
        middle_name: vendor.middle_name.clone(),
        last_name: vendor.last_name.clone(),
        suffix: vendor.suffix.clone(),
        w9_status: vendor.w9.status().as_str().to_owned(),
        w9_date: vendor.w9.date().map(date_to),
        ..pb::Vendor::default()
    }
}

fn word(word: Option<&str>) -> String {
    word.unwrap_or_default().to_owned()
}

/// Reads a vendor's address.
///
/// # Errors
/// Every bad field, by its path within the address.
pub fn vendor_address_from(message: &pb::VendorAddress) -> Result<VendorAddress, Violations> {
    let mut bad = Violations::new();
    let vendor_id = read(&mut bad, "vendor_id", VendorId::new(&message.vendor_id));
    let code = read(
        &mut bad,
        "address_code",
        AddressCode::new(&message.address_code),
    );
    let derived = address_name(&message.vendor_id, &message.address_code);
    name::agree(&mut bad, &message.name, &derived);
    let address = address_from(&mut bad, "address", message.address.as_ref());
    let address = vendor_id
        .zip(code)
        .map(|(vendor_id, address_code)| VendorAddress {
            vendor_id,
            address_code,
            address,
        });
    bad.finish(address)
}

/// Reads the key of an address's name, such as `V1/addresses/REMIT`.
///
/// # Errors
/// A sentence for the field's violation.
pub fn vendor_address_key(key: &str) -> Result<(VendorId, AddressCode), String> {
    let (vendor, code) = key
        .split_once("/addresses/")
        .ok_or("is not a name of the shape vendors/KEY/addresses/CODE")?;
    let vendor = VendorId::new(vendor).map_err(|error| error.to_string())?;
    AddressCode::new(code)
        .map(|code| (vendor, code))
        .map_err(|error| error.to_string())
}

/// A vendor's address as it is answered.
pub fn vendor_address_to(address: &VendorAddress, stamp: Stamp) -> pb::VendorAddress {
    pb::VendorAddress {
        name: address_name(address.vendor_id.as_str(), address.address_code.as_str()),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
        ..vendor_address_input(address)
    }
}

/// A vendor's address as it is sent in.
pub fn vendor_address_input(address: &VendorAddress) -> pb::VendorAddress {
    pb::VendorAddress {
        vendor_id: address.vendor_id.to_string(),
        address_code: address.address_code.to_string(),
        address: Some(address_to(&address.address)),
        ..pb::VendorAddress::default()
    }
}

fn address_name(vendor_id: &str, address_code: &str) -> String {
    format!("vendors/{vendor_id}/addresses/{address_code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_a_vendor_is_named_at_once_and_no_tin_repeated() {
        let message = pb::Vendor {
            vendor_id: String::new(),
            display_name: " ".to_owned(),
            tin: "90070001".to_owned(),
            classification: "company".to_owned(),
            flag_1099: "X".to_owned(),
            default_income_type: "state_tax_withheld".to_owned(),
            default_relate_to: "C/C".to_owned(),
            suffix: "Jr\u{1b}".to_owned(),
            w9_status: "on_file".to_owned(),
            ..pb::Vendor::default()
        };
        let bad = vendor_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        let expected = [
            "vendor_id",
            "display_name",
            "tin_type",
            "tin",
            "classification",
            "flag_1099",
            "default_income_type",
            "default_relate_to",
            "suffix",
            "w9_date",
        ];
        assert_eq!(fields, expected);
        assert!(!bad.to_string().contains("90070001"));
        assert!(!format!("{message:?}").contains("90070001"));
    }

    #[test]
    fn a_vendor_sent_in_is_the_vendor_that_was_meant() {
        let message = pb::Vendor {
            vendor_id: "V1".to_owned(),
            display_name: "Ada Pump".to_owned(),
            tin: "900-70-0001".to_owned(),
            tin_type: "itin".to_owned(),
            flag_1099: "Y".to_owned(),
            default_relate_to: "RE".to_owned(),
            fatca: true,
            w9_status: "certified".to_owned(),
            w9_date: Some(crate::Date {
                year: 2025,
                month: 3,
                day: 1,
            }),
            ..pb::Vendor::default()
        };
        let vendor = vendor_from(&message).unwrap();
        assert_eq!(vendor_from(&vendor_input(&vendor)).unwrap(), vendor);
    }
}
