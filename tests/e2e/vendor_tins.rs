//! TINs at rest and on their way out: sealed, truncated, released to the forms service alone.

use std::path::Path;

use formfeed_proto::vendor as pb;
use formfeed_runtime::{Service, request_id};
use formfeed_tests::by_hand::edit;
use formfeed_tests::vendor_alone::VendorAlone;
use tonic::Code;
use tonic_types::StatusExt as _;

/// ITINs, which no test needs to be anybody's.
const ADA: &str = "900700001";
const BO: &str = "900700002";

fn vendor(id: &str, tin: &str) -> pb::Vendor {
    pb::Vendor {
        vendor_id: id.to_owned(),
        display_name: format!("Vendor {id}"),
        tin: tin.to_owned(),
        tin_type: if tin.is_empty() { "" } else { "itin" }.to_owned(),
        ..pb::Vendor::default()
    }
}

fn release(refs: &[(&str, i64)]) -> pb::ReleaseTinsRequest {
    let refs = refs
        .iter()
        .map(|(vendor_id, version)| pb::VendorVersionRef {
            vendor_id: (*vendor_id).to_owned(),
            version: *version,
            ..pb::VendorVersionRef::default()
        });
    pb::ReleaseTinsRequest {
        vendors: refs.collect(),
        payer_id: "TE1".to_owned(),
        purpose: "prints/1".to_owned(),
        transmitter: false,
    }
}

async fn with_payer_and_vendors(world: &VendorAlone) {
    let payer = pb::Payer {
        payer_id: "TE1".to_owned(),
        display_name: "Acme Water District".to_owned(),
        tin: "00-0000017".to_owned(),
        ..pb::Payer::default()
    };
    let request = pb::CreatePayerRequest {
        payer: Some(payer),
        request_id: request_id::new(),
    };
    world.payers().create_payer(request).await.unwrap();
    world.create_vendor(vendor("ADA", ADA)).await;
    world.create_vendor(vendor("BO", BO)).await;
    world.create_vendor(vendor("CY", "")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forms_service_gets_the_numbers_of_the_versions_it_names_and_nobody_else_any() {
    for world in VendorAlone::on_both().await {
        with_payer_and_vendors(&world).await;
        let name = "vendors/ADA".to_owned();
        let ada = world
            .vendors()
            .get_vendor(pb::GetVendorRequest { name })
            .await
            .unwrap();
        let changed = pb::Vendor {
            tin: BO.to_owned(),
            ..ada.into_inner()
        };
        let update_mask = Some(prost_types::FieldMask {
            paths: vec!["tin".into(), "tin_type".into()],
        });
        let request = pb::UpdateVendorRequest {
            vendor: Some(changed),
            update_mask,
        };
        world.vendors().update_vendor(request).await.unwrap();
        let asked = release(&[("ADA", 1), ("ADA", 2), ("ADA", 0), ("CY", 1)]);
        let released = world
            .releases()
            .release_tins(asked.clone())
            .await
            .unwrap()
            .into_inner();
        let digits: Vec<_> = released
            .vendors
            .iter()
            .map(|tin| tin.digits.as_str())
            .collect();
        assert_eq!(digits, [ADA, BO, BO, ""]);
        assert_eq!(released.vendors[0].tin_type, "itin");
        assert_eq!(released.payer.unwrap().digits, "000000017");
        let refused = world.vendors().release_tins(asked).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied, "not even the admin");
        let refused = world
            .releases()
            .release_tins(release(&[("ADA", 3)]))
            .await
            .unwrap_err();
        assert_eq!(
            refused.get_details_error_info().unwrap().reason,
            "VENDOR_NOT_FOUND"
        );
        let nameless = pb::ReleaseTinsRequest {
            purpose: String::new(),
            ..release(&[])
        };
        let refused = world.releases().release_tins(nameless).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_byte_of_the_data_directory_holds_a_number() {
    let mut world = VendorAlone::on_sqlite().await;
    with_payer_and_vendors(&world).await;
    assert!(files_without_tin(world.folder()) > 0);
    world.restart().await;
    assert!(files_without_tin(world.folder()) > 0);
}

/// The files below a folder, none of which holds a number.
fn files_without_tin(folder: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += files_without_tin(&path);
            continue;
        }
        files += 1;
        let bytes = std::fs::read(&path).unwrap();
        for tin in [ADA, BO, "000000017", "900-70-0001", "00-0000017"] {
            let found = bytes
                .windows(tin.len())
                .any(|window| window == tin.as_bytes());
            assert!(!found, "{} holds a number", path.display());
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_moved_to_another_vendors_row_does_not_open() {
    for world in VendorAlone::on_both().await {
        with_payer_and_vendors(&world).await;
        let swap = "UPDATE vendor_versions SET tin_sealed = \
            (SELECT other.tin_sealed FROM vendor_versions other WHERE other.vendor_id = 'BO') \
            WHERE vendor_id = 'ADA'";
        edit(&world.config().database_url, Service::Vendor, swap);
        let refused = world
            .releases()
            .release_tins(release(&[("ADA", 1)]))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::Internal);
        assert!(!format!("{refused:?}").contains(BO));
        let released = world
            .releases()
            .release_tins(release(&[("BO", 1)]))
            .await
            .unwrap();
        assert_eq!(released.into_inner().vendors[0].digits, BO);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_stops_the_start_and_is_never_replaced() {
    let world = VendorAlone::on_sqlite().await;
    with_payer_and_vendors(&world).await;
    let key = world.folder().join("keys/vendor.key");
    std::fs::remove_file(&key).unwrap();
    let tokens = formfeed_runtime::TokenStore::open(world.folder());
    let stop = tokio_util::sync::CancellationToken::new();
    let error = formfeed_vendor::start(world.config(), tokens, stop)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("vendor.key"), "{error}");
    assert!(!key.exists());
}
