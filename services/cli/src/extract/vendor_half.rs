//! Records that the vendor service keeps, as messages.

use formfeed_domain::account::Account;
use formfeed_domain::extract::{Fault, File, Header, parse};
use formfeed_domain::organization::{CashAccount, Organization};
use formfeed_domain::payer::{Payer, PayerState, PostalAddress};
use formfeed_domain::relate_to::RelateTo;
use formfeed_domain::vendor::{Vendor, VendorAddress};
use formfeed_proto::vendor as pb;
use pb::vendor_import_record::Record;

use super::Half;

/// The vendor service's half.
pub(crate) struct VendorHalf;

impl Half for VendorHalf {
    type Record = Record;
    type Request = pb::StageVendorImportRequest;

    fn parse(
        file: File,
        header: &Header,
        line: u64,
        fields: Vec<&str>,
    ) -> Result<Record, Vec<Fault>> {
        match file {
            File::Payers => parse(header, line, fields).map(payer),
            File::PayerStates => parse(header, line, fields).map(payer_state),
            File::Organizations => parse(header, line, fields).map(organization),
            File::CashAccounts => parse(header, line, fields).map(cash_account),
            File::Accounts => parse(header, line, fields).map(account),
            File::RelateToCodes => parse(header, line, fields).map(relate_to_code),
            File::Vendors => parse(header, line, fields).map(vendor),
            File::VendorAddresses => parse(header, line, fields).map(vendor_address),
            File::Vouchers | File::VoucherLines | File::Payments | File::PaymentApplications => {
                Err(vec![Fault::of_row(
                    file,
                    line,
                    "belongs to the calculation service",
                )])
            }
        }
    }

    fn unreadable(file: File, key: String) -> Record {
        Record::Unreadable(pb::UnreadableRecord {
            file: file.name().to_owned(),
            key,
        })
    }

    fn request(import_id: &str, records: Vec<(i32, Record)>) -> pb::StageVendorImportRequest {
        let record = |(line, record)| pb::VendorImportRecord {
            line,
            record: Some(record),
        };
        pb::StageVendorImportRequest {
            import_id: import_id.to_owned(),
            records: records.into_iter().map(record).collect(),
        }
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn payer(payer: Payer) -> Record {
    Record::Payer(pb::Payer {
        payer_id: payer.payer_id.to_string(),
        display_name: payer.name,
        tin: text(payer.tin.as_ref().map(|tin| tin.digits())),
        address: Some(address(payer.address)),
        phone: payer.phone,
        contact_name: payer.contact_name,
        contact_email: payer.contact_email,
        contact_fax: payer.contact_fax,
        ..pb::Payer::default()
    })
}

fn payer_state(state: PayerState) -> Record {
    Record::PayerState(pb::PayerStateRecord {
        payer_id: state.payer_id.to_string(),
        payer_state: Some(pb::PayerState {
            state: state.state,
            state_id: state.state_id,
        }),
    })
}

fn organization(organization: Organization) -> Record {
    Record::Organization(pb::Organization {
        org_id: organization.org_id.to_string(),
        parent_org_id: text(organization.parent_org_id),
        payer_id: text(organization.payer_id),
        ..pb::Organization::default()
    })
}

fn cash_account(account: CashAccount) -> Record {
    Record::CashAccount(pb::CashAccount {
        cash_account_id: account.cash_account_id.to_string(),
        org_id: account.org_id.to_string(),
        description: account.description,
        ..pb::CashAccount::default()
    })
}

fn account(account: Account) -> Record {
    Record::Account(pb::Account {
        account_id: account.account_id.to_string(),
        description: account.description,
        income_type: text(account.income_type),
        ..pb::Account::default()
    })
}

fn relate_to_code(code: RelateTo) -> Record {
    Record::RelateToCode(pb::RelateToCode {
        position: code.position.number(),
        code: code.code.to_string(),
        description: code.description,
        income_type: code.effect.as_str().to_owned(),
        ..pb::RelateToCode::default()
    })
}

fn vendor(vendor: Vendor) -> Record {
    Record::Vendor(pb::Vendor {
        vendor_id: vendor.vendor_id.to_string(),
        display_name: vendor.name,
        short_name: vendor.short_name,
        tin: text(vendor.tin.as_ref().map(|tin| tin.digits())),
        tin_type: text(vendor.tin.as_ref().map(|tin| tin.kind().as_str())),
        classification: text(vendor.classification.map(|c| c.as_str())),
        flag_1099: vendor.flag_1099.as_str().to_owned(),
        default_income_type: text(vendor.default_income_type),
        default_relate_to: text(vendor.default_relate_to),
        pay_vendor_id: text(vendor.pay_vendor_id),
        address_code: text(vendor.address_code),
        second_tin_notice: vendor.second_tin_notice,
        fatca: vendor.fatca,
        first_name: vendor.first_name,
        middle_name: vendor.middle_name,
        last_name: vendor.last_name,
        suffix: vendor.suffix,
        ..pb::Vendor::default()
    })
}

fn vendor_address(of: VendorAddress) -> Record {
    Record::VendorAddress(pb::VendorAddress {
        vendor_id: of.vendor_id.to_string(),
        address_code: of.address_code.to_string(),
        address: Some(address(of.address)),
        ..pb::VendorAddress::default()
    })
}

fn address(address: PostalAddress) -> pb::PostalAddress {
    pb::PostalAddress {
        line_1: address.line_1,
        line_2: address.line_2,
        city: address.city,
        state: address.state,
        postal_code: address.postal_code,
        country: address.country,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_vendor_row_reaches_the_service_with_every_column() {
        let columns = File::Vendors.columns();
        let header = Header::check(File::Vendors, columns.iter().copied()).unwrap();
        let fields = vec![
            "V1",
            "Élodie Ångström",
            "Elodie",
            "900-70-0001",
            "itin",
            "individual",
            "Y",
            "rents",
            "RE",
            "V2",
            "REMIT",
            "Y",
            "Y",
            "Élodie",
            "M",
            "Ångström",
            "Jr",
        ];
        let Record::Vendor(vendor) = VendorHalf::parse(File::Vendors, &header, 2, fields).unwrap()
        else {
            panic!("not a vendor");
        };
        let expected = pb::Vendor {
            vendor_id: "V1".into(),
            display_name: "Élodie Ångström".into(),
            short_name: "Elodie".into(),
            tin: "900700001".into(),
            tin_type: "itin".into(),
            classification: "individual".into(),
            flag_1099: "Y".into(),
            default_income_type: "rents".into(),
            default_relate_to: "RE".into(),
            pay_vendor_id: "V2".into(),
            address_code: "REMIT".into(),
            second_tin_notice: true,
            fatca: true,
            first_name: "Élodie".into(),
            middle_name: "M".into(),
            last_name: "Ångström".into(),
            suffix: "Jr".into(),
            ..pb::Vendor::default()
        };
        assert_eq!(vendor, expected);
    }
}
