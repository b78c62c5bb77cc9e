//! Changes and imports: what the mask names is looked at before the resource is, and an import id with its records.

use formfeed_proto::calculation as calc;
use formfeed_proto::calculation::import_service_client::ImportServiceClient;
use formfeed_proto::vendor as pb;
use formfeed_runtime::{Service, request_id};
use formfeed_tests::status::bad_fields;
use formfeed_tests::vendor_alone::VendorAlone;
use formfeed_tests::world::World;
use prost_types::FieldMask;

fn mask(paths: &[&str]) -> Option<FieldMask> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    Some(FieldMask { paths })
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_refused_with_every_bad_field_the_etag_and_the_references_too() {
    for world in VendorAlone::on_both().await {
        let vendor = pb::Vendor {
            name: text("vendors/V/1"),
            display_name: text("Ada\u{1b}"),
            tin: text("1234"),
            flag_1099: text("X"),
            pay_vendor_id: text("V404"),
            default_relate_to: text("ZZ"),
            suffix: text("\u{7}"),
            ..pb::Vendor::default()
        };
        let request = pb::UpdateVendorRequest {
            vendor: Some(vendor),
            update_mask: mask(&[
                "display_name",
                "tin",
                "flag_1099",
                "pay_vendor_id",
                "default_relate_to",
                "colour",
            ]),
        };
        let refused = world.vendors().update_vendor(request).await.unwrap_err();
        let expected = [
            "update_mask",
            "vendor.default_relate_to",
            "vendor.display_name",
            "vendor.etag",
            "vendor.flag_1099",
            "vendor.name",
            "vendor.pay_vendor_id",
            "vendor.tin",
            "vendor.tin_type",
        ];
        assert_eq!(bad_fields(&refused), expected, "the suffix stays as it is");
        let request = pb::DeactivateVendorRequest::default();
        let refused = world.vendors().deactivate_vendor(request).await;
        assert_eq!(bad_fields(&refused.unwrap_err()), ["etag", "name"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_resource_is_refused_whole_too() {
    let world = VendorAlone::on_sqlite().await;
    macro_rules! refused {
        ($client:expr, $method:ident, $request:ident, $resource:ident: $value:expr, $expected:expr) => {{
            let request = pb::$request {
                $resource: Some($value),
                update_mask: mask(&["*"]),
            };
            let refused = $client.$method(request).await.unwrap_err();
            assert_eq!(bad_fields(&refused), $expected);
        }};
    }
    let payer = pb::Payer {
        name: text("payers/TE1"),
        tin: text("12"),
        phone: text("\u{9b}"),
        ..pb::Payer::default()
    };
    let expected = [
        "payer.display_name",
        "payer.etag",
        "payer.phone",
        "payer.tin",
    ];
    refused!(world.payers(), update_payer, UpdatePayerRequest, payer: payer, expected);
    let organization = pb::Organization {
        name: text("organizations/1"),
        parent_org_id: text("1"),
        payer_id: text("TE404"),
        ..pb::Organization::default()
    };
    let expected = [
        "organization.etag",
        "organization.parent_org_id",
        "organization.payer_id",
    ];
    refused!(
        world.payers(),
        update_organization,
        UpdateOrganizationRequest,
        organization: organization,
        expected
    );
    let account = pb::CashAccount {
        name: text("cashAccounts/C"),
        org_id: text("404"),
        description: text("\n"),
        ..pb::CashAccount::default()
    };
    let expected = [
        "cash_account.description",
        "cash_account.etag",
        "cash_account.org_id",
    ];
    refused!(
        world.payers(),
        update_cash_account,
        UpdateCashAccountRequest,
        cash_account: account,
        expected
    );
    let account = pb::Account {
        name: text("accounts/6100"),
        income_type: text("state_tax_withheld"),
        description: text("\u{0}"),
        ..pb::Account::default()
    };
    let expected = ["account.description", "account.etag", "account.income_type"];
    refused!(world.accounts(), update_account, UpdateAccountRequest, account: account, expected);
    let code = pb::RelateToCode {
        name: text("relateToCodes/3-CC"),
        income_type: text("rent"),
        ..pb::RelateToCode::default()
    };
    let expected = [
        "relate_to_code.etag",
        "relate_to_code.income_type",
        "relate_to_code.name",
    ];
    refused!(
        world.accounts(),
        update_relate_to_code,
        UpdateRelateToCodeRequest,
        relate_to_code: code,
        expected
    );
    let address = pb::VendorAddress {
        name: text("vendors/V1"),
        address: Some(pb::PostalAddress {
            city: text("Sa\u{1b}lem"),
            ..pb::PostalAddress::default()
        }),
        ..pb::VendorAddress::default()
    };
    let expected = [
        "vendor_address.address.city",
        "vendor_address.etag",
        "vendor_address.name",
    ];
    refused!(
        world.vendors(),
        update_vendor_address,
        UpdateVendorAddressRequest,
        vendor_address: address,
        expected
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_etag_is_told_with_the_name_of_what_is_changed_or_deleted() {
    let world = VendorAlone::on_sqlite().await;
    macro_rules! refused {
        ($client:expr, $method:ident, $request:expr, $expected:expr) => {{
            let refused = $client.$method($request).await.unwrap_err();
            assert_eq!(bad_fields(&refused), $expected);
        }};
    }
    let request = pb::UpdateBoxDefinitionRequest::default();
    let expected = [
        "box_definition",
        "box_definition.etag",
        "box_definition.name",
        "update_mask",
    ];
    refused!(world.boxes(), update_box_definition, request, expected);
    let request = pb::DeleteBoxDefinitionRequest::default();
    let expected = ["etag", "name"];
    refused!(world.boxes(), delete_box_definition, request, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_that_closes_a_cycle_is_told_so_with_its_other_bad_fields() {
    let world = VendorAlone::on_sqlite().await;
    let mut etags = Vec::new();
    for (org_id, parent) in [("1", ""), ("2", "1")] {
        let organization = pb::Organization {
            org_id: text(org_id),
            parent_org_id: text(parent),
            ..pb::Organization::default()
        };
        let request = pb::CreateOrganizationRequest {
            organization: Some(organization),
            request_id: request_id::new(),
        };
        let made = world.payers().create_organization(request).await.unwrap();
        etags.push(made.into_inner().etag);
    }
    let organization = pb::Organization {
        name: text("organizations/1"),
        parent_org_id: text("2"),
        payer_id: text("TE404"),
        etag: etags.remove(0),
        ..pb::Organization::default()
    };
    let request = pb::UpdateOrganizationRequest {
        organization: Some(organization),
        update_mask: mask(&["*"]),
    };
    let refused = world.payers().update_organization(request).await;
    let expected = ["organization.parent_org_id", "organization.payer_id"];
    assert_eq!(bad_fields(&refused.unwrap_err()), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_id_is_told_with_the_first_messages_records_by_both_halves() {
    let world = World::start().await;
    let vendor = pb::StageVendorImportRequest {
        import_id: text("a b"),
        records: vec![pb::VendorImportRecord::default()],
    };
    let mut client = pb::vendor_import_service_client::VendorImportServiceClient::new(
        world.channel(Service::Vendor),
    );
    let refused = client
        .stage_vendor_import(tokio_stream::iter([vendor]))
        .await;
    let expected = ["import_id", "records[0]", "records[0].line"];
    assert_eq!(bad_fields(&refused.unwrap_err()), expected);
    let history = calc::StageHistoryImportRequest {
        import_id: text("a b"),
        records: vec![calc::HistoryImportRecord::default()],
    };
    let mut client = ImportServiceClient::new(world.channel(Service::Calculation));
    let refused = client
        .stage_history_import(tokio_stream::iter([history]))
        .await;
    let fields = bad_fields(&refused.unwrap_err());
    assert!(
        fields[0] == "import_id" && fields[1].starts_with("records[0]"),
        "{fields:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tokens_name_is_told_with_its_role() {
    let world = VendorAlone::on_sqlite().await;
    let request = pb::CreateTokenRequest {
        token_id: text("Ada\u{1b}"),
        certificate_sha256: text("ab:cd"),
        ..pb::CreateTokenRequest::default()
    };
    let refused = world.tokens().create_token(request).await.unwrap_err();
    assert_eq!(
        bad_fields(&refused),
        ["certificate_sha256", "role", "token_id"]
    );
    let name = text("tokens/\u{1b}");
    let request = pb::RevokeTokenRequest { name };
    let refused = world.tokens().revoke_token(request).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["name"]);
}
