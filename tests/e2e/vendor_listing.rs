//! Small resources of the vendor service, listed and changed, on both databases.

use formfeed_proto::vendor as pb;
use formfeed_runtime::request_id;
use formfeed_tests::vendor_alone::VendorAlone;
use prost_types::FieldMask;

fn mask(path: &str) -> Option<FieldMask> {
    Some(FieldMask {
        paths: vec![path.to_owned()],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_and_cash_accounts_are_listed_and_renamed() {
    for world in VendorAlone::on_both().await {
        let mut payers = world.payers();
        for (org_id, parent_org_id) in [("1", ""), ("1.1", "1"), ("1.2", "1")] {
            let organization = pb::Organization {
                org_id: org_id.to_owned(),
                parent_org_id: parent_org_id.to_owned(),
                ..pb::Organization::default()
            };
            let request = pb::CreateOrganizationRequest {
                organization: Some(organization),
                request_id: request_id::new(),
            };
            payers.create_organization(request).await.unwrap();
        }
        let request = pb::ListOrganizationsRequest {
            parent_org_id: "1".to_owned(),
            ..pb::ListOrganizationsRequest::default()
        };
        let children = payers
            .list_organizations(request)
            .await
            .unwrap()
            .into_inner()
            .organizations;
        let ids: Vec<_> = children.iter().map(|child| child.org_id.as_str()).collect();
        assert_eq!(ids, ["1.1", "1.2"]);

        let account = pb::CashAccount {
            cash_account_id: "BANK".to_owned(),
            org_id: "1.1".to_owned(),
            ..pb::CashAccount::default()
        };
        let request = pb::CreateCashAccountRequest {
            cash_account: Some(account),
            request_id: request_id::new(),
        };
        let mut account = payers
            .create_cash_account(request)
            .await
            .unwrap()
            .into_inner();
        account.description = "Operating".to_owned();
        let request = pb::UpdateCashAccountRequest {
            cash_account: Some(account),
            update_mask: mask("description"),
        };
        payers.update_cash_account(request).await.unwrap();
        let request = pb::ListCashAccountsRequest {
            org_id: "1.1".to_owned(),
            ..pb::ListCashAccountsRequest::default()
        };
        let listed = payers
            .list_cash_accounts(request)
            .await
            .unwrap()
            .into_inner()
            .cash_accounts;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].description, "Operating");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_relate_to_codes_are_made_and_read_back() {
    for world in VendorAlone::on_both().await {
        let mut accounts = world.accounts();
        let account = pb::Account {
            account_id: "6100".to_owned(),
            description: "Rent".to_owned(),
            income_type: "rents".to_owned(),
            ..pb::Account::default()
        };
        let request = pb::CreateAccountRequest {
            account: Some(account),
            request_id: request_id::new(),
        };
        let made = accounts.create_account(request).await.unwrap().into_inner();
        let read = accounts
            .get_account(pb::GetAccountRequest {
                name: made.name.clone(),
            })
            .await;
        assert_eq!(read.unwrap().into_inner(), made);

        let code = pb::RelateToCode {
            position: 1,
            code: "PZ".to_owned(),
            description: "prizes".to_owned(),
            income_type: "other_income".to_owned(),
            ..pb::RelateToCode::default()
        };
        let request = pb::CreateRelateToCodeRequest {
            relate_to_code: Some(code),
            request_id: request_id::new(),
        };
        let made = accounts
            .create_relate_to_code(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(made.name, "relateToCodes/1-PZ");
        let read = accounts
            .get_relate_to_code(pb::GetRelateToCodeRequest {
                name: made.name.clone(),
            })
            .await;
        assert_eq!(read.unwrap().into_inner(), made);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendors_addresses_are_listed_and_mended() {
    for world in VendorAlone::on_both().await {
        let vendor = pb::Vendor {
            vendor_id: "V1".to_owned(),
            display_name: "Ada Pump".to_owned(),
            ..pb::Vendor::default()
        };
        world.create_vendor(vendor).await;
        let mut vendors = world.vendors();
        for address_code in ["HQ", "REMIT"] {
            let address = pb::VendorAddress {
                vendor_id: "V1".to_owned(),
                address_code: address_code.to_owned(),
                address: Some(pb::PostalAddress {
                    city: "Portland".to_owned(),
                    ..pb::PostalAddress::default()
                }),
                ..pb::VendorAddress::default()
            };
            let request = pb::CreateVendorAddressRequest {
                vendor_address: Some(address),
                request_id: request_id::new(),
            };
            vendors.create_vendor_address(request).await.unwrap();
        }
        let list = pb::ListVendorAddressesRequest {
            vendor_id: "V1".to_owned(),
            ..pb::ListVendorAddressesRequest::default()
        };
        let mut listed = vendors
            .list_vendor_addresses(list.clone())
            .await
            .unwrap()
            .into_inner()
            .vendor_addresses;
        let mut remit = listed.pop().unwrap();
        assert_eq!((listed.len(), remit.address_code.as_str()), (1, "REMIT"));
        remit.address.as_mut().unwrap().city = "Bangor".to_owned();
        let request = pb::UpdateVendorAddressRequest {
            vendor_address: Some(remit),
            update_mask: mask("*"),
        };
        vendors.update_vendor_address(request).await.unwrap();
        let listed = vendors
            .list_vendor_addresses(list)
            .await
            .unwrap()
            .into_inner()
            .vendor_addresses;
        assert_eq!(listed[1].address.as_ref().unwrap().city, "Bangor");
    }
}
