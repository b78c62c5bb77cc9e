//! Payers, organizations, cash accounts, accounts, Relate To codes and addresses.

use formfeed_proto::vendor as pb;
use formfeed_runtime::request_id;
use formfeed_tests::vendor_alone::VendorAlone;

use super::{mask, told, vendor};

#[tokio::test(flavor = "multi_thread")]
async fn a_cash_account_answers_the_payer_above_it_and_a_cycle_is_refused() {
    for world in VendorAlone::on_both().await {
        let payer = pb::Payer {
            payer_id: "TE1".to_owned(),
            display_name: "Acme Water District".to_owned(),
            tin: "00-0000001".to_owned(),
            states: vec![pb::PayerState {
                state: "ME".to_owned(),
                state_id: "17".to_owned(),
            }],
            ..pb::Payer::default()
        };
        let request = pb::CreatePayerRequest {
            payer: Some(payer),
            request_id: request_id::new(),
        };
        let payer = world
            .payers()
            .create_payer(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (payer.truncated_tin.as_str(), payer.states.len()),
            ("XX-XXX0001", 1)
        );
        for (org_id, parent, payer_id) in [("1", "", "TE1"), ("1.1", "1", "")] {
            let organization = pb::Organization {
                org_id: org_id.to_owned(),
                parent_org_id: parent.to_owned(),
                payer_id: payer_id.to_owned(),
                ..pb::Organization::default()
            };
            let request = pb::CreateOrganizationRequest {
                organization: Some(organization),
                request_id: request_id::new(),
            };
            world.payers().create_organization(request).await.unwrap();
        }
        let account = pb::CashAccount {
            cash_account_id: "CASH1".to_owned(),
            org_id: "1.1".to_owned(),
            ..pb::CashAccount::default()
        };
        let request = pb::CreateCashAccountRequest {
            cash_account: Some(account),
            request_id: request_id::new(),
        };
        let account = world
            .payers()
            .create_cash_account(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(account.payer_id, "TE1");
        let name = "organizations/1".to_owned();
        let root = world
            .payers()
            .get_organization(pb::GetOrganizationRequest { name })
            .await;
        let mut root = root.unwrap().into_inner();
        root.parent_org_id = "1.1".to_owned();
        let request = pb::UpdateOrganizationRequest {
            organization: Some(root),
            update_mask: mask(&["parent_org_id"]),
        };
        let refused = world
            .payers()
            .update_organization(request)
            .await
            .unwrap_err();
        assert_eq!(told(&refused).2, ["organization.parent_org_id"]);
        let mut sent = payer.clone();
        sent.tin = String::new();
        let request = pb::UpdatePayerRequest {
            payer: Some(sent),
            update_mask: mask(&["tin", "states"]),
        };
        let changed = world
            .payers()
            .update_payer(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            changed.truncated_tin, "",
            "tin named and blank removes the number"
        );
        let listed = world
            .payers()
            .list_payers(pb::ListPayersRequest::default())
            .await
            .unwrap();
        assert!(listed.into_inner().payers == [changed]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_codes_exist_from_the_first_start_and_a_changed_one_stays_changed() {
    for mut world in VendorAlone::on_both().await {
        let name = "relateToCodes/1-CC".to_owned();
        let get = pb::GetRelateToCodeRequest { name };
        let mut code = world
            .accounts()
            .get_relate_to_code(get.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(code.income_type, "nonemployee_compensation");
        code.income_type = "exclude".to_owned();
        let request = pb::UpdateRelateToCodeRequest {
            relate_to_code: Some(code),
            update_mask: mask(&["income_type"]),
        };
        world
            .accounts()
            .update_relate_to_code(request)
            .await
            .unwrap();
        world.restart().await;
        let code = world
            .accounts()
            .get_relate_to_code(get)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(code.income_type, "exclude");
        let list = pb::ListRelateToCodesRequest {
            position: 2,
            ..Default::default()
        };
        let listed = world
            .accounts()
            .list_relate_to_codes(list)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(listed.relate_to_codes.len(), 17);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_never_reports_tax_withheld_and_an_unknown_mask_path_is_named() {
    for world in VendorAlone::on_both().await {
        let account = |income_type: &str| pb::CreateAccountRequest {
            account: Some(pb::Account {
                account_id: "6100".to_owned(),
                income_type: income_type.to_owned(),
                ..pb::Account::default()
            }),
            request_id: request_id::new(),
        };
        let refused = world
            .accounts()
            .create_account(account("federal_income_tax_withheld"))
            .await;
        assert_eq!(told(&refused.unwrap_err()).2, ["account.income_type"]);
        let made = world
            .accounts()
            .create_account(account("rents"))
            .await
            .unwrap()
            .into_inner();
        let request = pb::UpdateAccountRequest {
            account: Some(made),
            update_mask: mask(&["account_id", "colour"]),
        };
        let refused = world.accounts().update_account(request).await.unwrap_err();
        assert_eq!(told(&refused).2, ["update_mask", "update_mask"]);
        let unmapped = pb::ListAccountsRequest {
            unmapped_only: true,
            ..Default::default()
        };
        let listed = world
            .accounts()
            .list_accounts(unmapped)
            .await
            .unwrap()
            .into_inner();
        assert!(listed.accounts.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_belongs_to_a_vendor_that_exists_and_comes_with_its_version() {
    for world in VendorAlone::on_both().await {
        let address = |vendor_id: &str| pb::CreateVendorAddressRequest {
            vendor_address: Some(pb::VendorAddress {
                vendor_id: vendor_id.to_owned(),
                address_code: "REMIT".to_owned(),
                address: Some(pb::PostalAddress {
                    city: "Salem".to_owned(),
                    ..Default::default()
                }),
                ..pb::VendorAddress::default()
            }),
            request_id: request_id::new(),
        };
        let refused = world
            .vendors()
            .create_vendor_address(address("V1"))
            .await
            .unwrap_err();
        assert_eq!(told(&refused).2, ["vendor_address.vendor_id"]);
        world
            .create_vendor(pb::Vendor {
                address_code: "REMIT".to_owned(),
                ..vendor("V1")
            })
            .await;
        let made = world
            .vendors()
            .create_vendor_address(address("V1"))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(made.name, "vendors/V1/addresses/REMIT");
        let reference = pb::VendorVersionRef {
            vendor_id: "V1".to_owned(),
            ..Default::default()
        };
        let request = pb::BatchGetVendorVersionsRequest {
            refs: vec![reference],
        };
        let versions = world
            .vendors()
            .batch_get_vendor_versions(request)
            .await
            .unwrap()
            .into_inner();
        assert!(versions.versions[0].address.as_ref() == Some(&made));
        let unknown = pb::VendorVersionRef {
            vendor_id: "V1".to_owned(),
            version: 9,
            ..Default::default()
        };
        let request = pb::BatchGetVendorVersionsRequest {
            refs: vec![unknown],
        };
        let refused = world
            .vendors()
            .batch_get_vendor_versions(request)
            .await
            .unwrap_err();
        assert_eq!(told(&refused).1, "VENDOR_NOT_FOUND");
    }
}
