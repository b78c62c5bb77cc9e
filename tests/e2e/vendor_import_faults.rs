//! Faults of the vendor half of an AP extract: all listed, and nothing published.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_record::Record;
use formfeed_tests::vendor_alone::VendorAlone;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::vendor_import::records::{lines, organization, payer, vendor};
use super::vendor_import::{stage, try_stage};

async fn refused_publication(world: &VendorAlone, import_id: &str) -> String {
    let request = pb::PublishVendorImportRequest {
        import_id: import_id.to_owned(),
    };
    let refused = world
        .publication()
        .publish_vendor_import(request)
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    refused.get_details_error_info().unwrap().reason
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_listed_by_file_line_and_column_and_nothing_is_published() {
    for world in VendorAlone::on_both().await {
        let bad = pb::Vendor {
            display_name: String::new(),
            tin: "90070".to_owned(),
            default_relate_to: "ZZ".to_owned(),
            pay_vendor_id: "V404".to_owned(),
            ..vendor("V1")
        };
        let te9 = pb::Payer {
            payer_id: "TE9".to_owned(),
            address: Some(pb::PostalAddress {
                line_1: "1 Main\u{7}".to_owned(),
                ..Default::default()
            }),
            ..pb::Payer::default()
        };
        let records = lines(vec![
            payer("TE1"),
            Record::Payer(te9),
            organization("a", "b", ""),
            organization("b", "a", "TE404"),
            organization("c", "z", "TE9"),
            Record::Vendor(bad),
            Record::Vendor(vendor("V2")),
            Record::Vendor(vendor("V2")),
            Record::VendorAddress(pb::VendorAddress {
                vendor_id: "V9".to_owned(),
                address_code: "R".to_owned(),
                ..Default::default()
            }),
        ]);
        let faults = stage(&world, "i1", records).await;
        let places: Vec<_> = faults
            .iter()
            .map(|f| f.splitn(4, ':').take(3).collect::<Vec<_>>().join(":"))
            .collect();
        let expected = [
            "payers.csv:3: address_line_1",
            "payers.csv:3: name",
            "organizations.csv:2: parent_org_id",
            "organizations.csv:3: parent_org_id",
            "organizations.csv:3: payer_id",
            "organizations.csv:4: parent_org_id",
            "vendors.csv:2: default_relate_to",
            "vendors.csv:2: name",
            "vendors.csv:2: pay_vendor_id",
            "vendors.csv:2: tin",
            "vendors.csv:4: vendor_id",
            "vendor_addresses.csv:2: vendor_id",
        ];
        assert_eq!(places, expected, "{faults:#?}");
        assert!(faults.iter().all(|fault| !fault.contains("90070")));
        assert!(
            faults
                .iter()
                .any(|fault| fault.contains("stands on line 3 already"))
        );
        assert_eq!(refused_publication(&world, "i1").await, "IMPORT_HAS_FAULTS");
        let list = pb::ListVendorsRequest::default();
        let listed = world
            .vendors()
            .list_vendors(list)
            .await
            .unwrap()
            .into_inner();
        assert!(listed.vendors.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_the_client_could_not_read_exists_for_references_and_bars_publication() {
    for world in VendorAlone::on_both().await {
        let unreadable = pb::UnreadableRecord {
            file: "vendors.csv".to_owned(),
            key: "V9".to_owned(),
        };
        let records = lines(vec![
            Record::Unreadable(unreadable),
            Record::Vendor(pb::Vendor {
                pay_vendor_id: "V9".to_owned(),
                ..vendor("V1")
            }),
        ]);
        assert!(stage(&world, "i1", records).await.is_empty());
        let references = pb::CheckReferencesRequest {
            import_id: "i1".to_owned(),
            vendor_ids: vec!["V9".to_owned()],
            ..pb::CheckReferencesRequest::default()
        };
        let unknown = world
            .publication()
            .check_references(references)
            .await
            .unwrap()
            .into_inner();
        assert!(unknown.vendor_ids.is_empty());
        assert_eq!(refused_publication(&world, "i1").await, "IMPORT_HAS_FAULTS");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_without_end_are_faults_that_do_not_repeat_them_and_are_kept_nowhere() {
    for world in VendorAlone::on_both().await {
        let long = "V".repeat(100_000);
        let of_long_key = || pb::Vendor {
            display_name: "Ada Pump".to_owned(),
            ..vendor(&long)
        };
        let named = pb::Vendor {
            name: "vendors/V1".to_owned(),
            ..of_long_key()
        };
        let refers = pb::Vendor {
            pay_vendor_id: long.clone(),
            default_relate_to: long.clone(),
            ..vendor("V1")
        };
        let unreadable = pb::UnreadableRecord {
            file: "vendors.csv".to_owned(),
            key: long.clone(),
        };
        let records = lines(vec![
            Record::Vendor(of_long_key()),
            Record::Vendor(named),
            Record::Vendor(refers),
            Record::Unreadable(unreadable),
        ]);
        let faults = stage(&world, "i1", records).await;
        let expected = [
            "vendors.csv:2: vendor_id: ",
            "vendors.csv:3: name: ",
            "vendors.csv:3: vendor_id: ",
            "vendors.csv:4: default_relate_to: ",
            "vendors.csv:4: pay_vendor_id: ",
        ];
        let lengths: Vec<_> = faults.iter().map(String::len).collect();
        assert!(lengths.iter().all(|length| *length < 300), "{lengths:?}");
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, place) in faults.iter().zip(expected) {
            assert!(fault.starts_with(place), "{fault}");
        }
        let references = pb::CheckReferencesRequest {
            import_id: "i1".to_owned(),
            vendor_ids: vec![long.clone(), "V1".to_owned()],
            ..pb::CheckReferencesRequest::default()
        };
        let unknown = world.publication().check_references(references).await;
        let unknown = unknown.unwrap().into_inner().vendor_ids;
        assert!(unknown == [long], "{} keys are unknown", unknown.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_end_at_a_thousand_and_a_mended_extract_is_published_under_the_same_id() {
    for world in VendorAlone::on_both().await {
        let bad = |n: i32| {
            Record::Vendor(pb::Vendor {
                flag_1099: "X".to_owned(),
                ..vendor(&format!("V{n:05}"))
            })
        };
        let faults = stage(&world, "i1", lines((0..1_300).map(bad).collect())).await;
        assert_eq!(faults.len(), 1_000);
        assert!(
            stage(&world, "i1", lines(vec![Record::Vendor(vendor("V1"))]))
                .await
                .is_empty()
        );
        let request = pb::PublishVendorImportRequest {
            import_id: "i1".to_owned(),
        };
        world
            .publication()
            .publish_vendor_import(request)
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn references_may_point_at_what_is_stored_and_a_cycle_over_stored_organizations_is_found() {
    for world in VendorAlone::on_both().await {
        let first = lines(vec![
            payer("TE1"),
            organization("1", "", "TE1"),
            organization("2", "1", ""),
        ]);
        assert!(stage(&world, "i1", first).await.is_empty());
        let request = pb::PublishVendorImportRequest {
            import_id: "i1".to_owned(),
        };
        world
            .publication()
            .publish_vendor_import(request)
            .await
            .unwrap();
        assert!(
            stage(&world, "i2", lines(vec![organization("3", "2", "TE1")]))
                .await
                .is_empty()
        );
        let faults = stage(&world, "i3", lines(vec![organization("1", "2", "TE1")])).await;
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0].starts_with("organizations.csv:2: parent_org_id: "),
            "{faults:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_without_an_import_id_or_with_a_foreign_file_is_refused() {
    let world = VendorAlone::on_sqlite().await;
    for id in ["", "a b", "x/y"] {
        let refused = try_stage(&world, id, vec![]).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{id:?}");
    }
    let unreadable = pb::UnreadableRecord {
        file: "vouchers.csv".to_owned(),
        key: "1".to_owned(),
    };
    let refused = try_stage(&world, "i1", lines(vec![Record::Unreadable(unreadable)]))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(
        refused_publication(&world, "i1").await,
        "IMPORT_HAS_FAULTS",
        "an unended staging"
    );
}
