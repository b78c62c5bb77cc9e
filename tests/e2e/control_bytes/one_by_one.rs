//! Create and Update of the vendor service.

use formfeed_proto::vendor as pb;
use formfeed_runtime::request_id;
use formfeed_tests::status::bad_fields;
use formfeed_tests::vendor_alone::VendorAlone;
use prost_types::FieldMask;

use super::{OBEYED, with};

/// Creates and updates a resource whose every text has the character; answers the bad fields of both, but for those
/// that have nothing to do with it.
macro_rules! refused {
    ($client:expr, $create:ident, $update:ident, $resource:ident: $value:expr, [$request:ident, $change:ident]) => {{
        let value = $value;
        let create = pb::$request {
            $resource: Some(value.clone()),
            request_id: request_id::new(),
        };
        let created = $client.$create(create).await.unwrap_err();
        let change = pb::$change {
            $resource: Some(value),
            update_mask: Some(FieldMask {
                paths: vec!["*".to_owned()],
            }),
        };
        let updated = $client.$update(change).await.unwrap_err();
        let prefix = concat!(stringify!($resource), ".");
        let fields = |refused| {
            let fields = bad_fields(&refused).into_iter();
            let own = fields.filter_map(|field| Some(field.strip_prefix(prefix)?.to_owned()));
            let own = own.filter(|field| field != "name" && field != "etag");
            own.collect::<Vec<_>>()
        };
        (fields(created), fields(updated))
    }};
}

/// An address with the character in every part.
fn address(bad: &str) -> Option<pb::PostalAddress> {
    Some(pb::PostalAddress {
        line_1: bad.to_owned(),
        line_2: bad.to_owned(),
        city: bad.to_owned(),
        state: bad.to_owned(),
        postal_code: bad.to_owned(),
        country: bad.to_owned(),
    })
}

const ADDRESS: [&str; 6] = [
    "address.city",
    "address.country",
    "address.line_1",
    "address.line_2",
    "address.postal_code",
    "address.state",
];

/// What create names, and update too but for the keys, which it does not change.
fn expect(found: (Vec<String>, Vec<String>), keys: &[&str], others: &[&str], obeyed: char) {
    let mut all: Vec<_> = keys.iter().chain(others).copied().collect();
    all.sort_unstable();
    assert_eq!(found.0, all, "created with {obeyed:?}");
    let mut others = others.to_vec();
    others.sort_unstable();
    assert_eq!(found.1, others, "updated with {obeyed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_a_payer_or_a_vendor_is_taken_with_a_control_character() {
    let world = VendorAlone::on_sqlite().await;
    for obeyed in OBEYED {
        let bad = with(obeyed);
        let payer = pb::Payer {
            payer_id: bad.clone(),
            display_name: bad.clone(),
            address: address(&bad),
            phone: bad.clone(),
            contact_name: bad.clone(),
            contact_email: bad.clone(),
            contact_fax: bad.clone(),
            states: vec![pb::PayerState {
                state: "ME".to_owned(),
                state_id: bad.clone(),
            }],
            ..pb::Payer::default()
        };
        let found = refused!(
            world.payers(),
            create_payer,
            update_payer,
            payer: payer,
            [CreatePayerRequest, UpdatePayerRequest]
        );
        let own = [
            "contact_email",
            "contact_fax",
            "contact_name",
            "display_name",
            "phone",
        ];
        let others = [&own[..], &["states[0].state_id"], &ADDRESS].concat();
        expect(found, &["payer_id"], &others, obeyed);
        let vendor = pb::Vendor {
            vendor_id: bad.clone(),
            display_name: bad.clone(),
            short_name: bad.clone(),
            flag_1099: "Y".to_owned(),
            default_relate_to: bad.clone(),
            pay_vendor_id: bad.clone(),
            address_code: bad.clone(),
            first_name: bad.clone(),
            middle_name: bad.clone(),
            last_name: bad.clone(),
            suffix: bad.clone(),
            ..pb::Vendor::default()
        };
        let found = refused!(
            world.vendors(),
            create_vendor,
            update_vendor,
            vendor: vendor,
            [CreateVendorRequest, UpdateVendorRequest]
        );
        let others = [
            "address_code",
            "default_relate_to",
            "display_name",
            "first_name",
            "last_name",
            "middle_name",
            "pay_vendor_id",
            "short_name",
            "suffix",
        ];
        expect(found, &["vendor_id"], &others, obeyed);
        let found = refused!(
            world.vendors(),
            create_vendor_address,
            update_vendor_address,
            vendor_address: pb::VendorAddress {
                vendor_id: bad.clone(),
                address_code: bad.clone(),
                address: address(&bad),
                ..pb::VendorAddress::default()
            },
            [CreateVendorAddressRequest, UpdateVendorAddressRequest]
        );
        expect(found, &["address_code", "vendor_id"], &ADDRESS, obeyed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_account_organization_or_code_is_taken_with_a_control_character() {
    let world = VendorAlone::on_sqlite().await;
    for obeyed in OBEYED {
        let bad = with(obeyed);
        let found = refused!(
            world.payers(),
            create_organization,
            update_organization,
            organization: pb::Organization {
                org_id: bad.clone(),
                parent_org_id: bad.clone(),
                payer_id: bad.clone(),
                ..pb::Organization::default()
            },
            [CreateOrganizationRequest, UpdateOrganizationRequest]
        );
        let (mut created, updated) = found;
        created.dedup(); // a parent that is the organization itself is told so too
        expect(
            (created, updated),
            &["org_id"],
            &["parent_org_id", "payer_id"],
            obeyed,
        );
        let found = refused!(
            world.payers(),
            create_cash_account,
            update_cash_account,
            cash_account: pb::CashAccount {
                cash_account_id: bad.clone(),
                org_id: bad.clone(),
                description: bad.clone(),
                ..pb::CashAccount::default()
            },
            [CreateCashAccountRequest, UpdateCashAccountRequest]
        );
        expect(
            found,
            &["cash_account_id"],
            &["description", "org_id"],
            obeyed,
        );
        let found = refused!(
            world.accounts(),
            create_account,
            update_account,
            account: pb::Account {
                account_id: bad.clone(),
                description: bad.clone(),
                ..pb::Account::default()
            },
            [CreateAccountRequest, UpdateAccountRequest]
        );
        expect(found, &["account_id"], &["description"], obeyed);
        let found = refused!(
            world.accounts(),
            create_relate_to_code,
            update_relate_to_code,
            relate_to_code: pb::RelateToCode {
                position: 1,
                code: bad.clone(),
                description: bad.clone(),
                ..pb::RelateToCode::default()
            },
            [CreateRelateToCodeRequest, UpdateRelateToCodeRequest]
        );
        expect(found, &["code"], &["description"], obeyed);
    }
}
