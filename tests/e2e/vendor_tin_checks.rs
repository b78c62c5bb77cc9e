//! TINs that their kind never has, TINs that are unlikely, and the W-9 beside them, on both databases.

use formfeed_proto::{Date, vendor as pb};
use formfeed_runtime::request_id;
use formfeed_tests::vendor_alone::VendorAlone;
use pb::vendor_import_record::Record;

use crate::vendor_resources::{mask, told, vendor};

fn with_tin(id: &str, tin: &str, tin_type: &str) -> pb::Vendor {
    pb::Vendor {
        tin: tin.to_owned(),
        tin_type: tin_type.to_owned(),
        ..vendor(id)
    }
}

async fn stage(world: &VendorAlone, vendors: &[pb::Vendor]) -> pb::StageVendorImportResponse {
    let record = |(line, vendor): (i32, &pb::Vendor)| pb::VendorImportRecord {
        line,
        record: Some(Record::Vendor(vendor.clone())),
    };
    let message = pb::StageVendorImportRequest {
        import_id: "I1".to_owned(),
        records: (2..).zip(vendors).map(record).collect(),
    };
    let staged = world
        .imports()
        .stage_vendor_import(tokio_stream::iter([message]))
        .await;
    staged.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_its_kind_never_has_is_refused_and_an_unlikely_one_comes_in_with_a_warning() {
    for world in VendorAlone::on_both().await {
        for (tin, tin_type) in [
            ("900-12-3456", "ssn"),
            ("123-00-6789", "ssn"),
            ("900-66-0001", "itin"),
            ("900-92-0001", "atin"),
        ] {
            let request = pb::CreateVendorRequest {
                vendor: Some(with_tin("V1", tin, tin_type)),
                request_id: request_id::new(),
            };
            let refused = world.vendors().create_vendor(request).await.unwrap_err();
            let (_, reason, fields) = told(&refused);
            assert_eq!(
                (reason.as_str(), fields[0].as_str()),
                ("TIN_MALFORMED", "vendor.tin")
            );
            assert!(!format!("{refused:?}").contains(tin));
        }
        let made = world
            .create_vendor(with_tin("V1", "00-1234567", "ein"))
            .await;
        assert_eq!(made.tin_warnings, ["ein_prefix_never_issued"]);
        let twice = world
            .create_vendor(with_tin("V2", "111-11-1111", "ssn"))
            .await;
        assert_eq!(twice.tin_warnings, ["digits_all_equal"]);
        let clean = world.create_vendor(vendor("V3")).await;
        assert!(clean.tin_warnings.is_empty());

        let renamed = pb::Vendor {
            short_name: "One".to_owned(),
            ..made
        };
        let mut request = pb::UpdateVendorRequest {
            vendor: Some(renamed),
            update_mask: mask(&["short_name"]),
        };
        let kept = world.vendors().update_vendor(request.clone()).await;
        let kept = kept.unwrap().into_inner();
        assert_eq!(
            kept.tin_warnings,
            ["ein_prefix_never_issued"],
            "the number stays"
        );
        request.vendor = Some(pb::Vendor {
            tin: "12-0000017".to_owned(),
            ..kept
        });
        request.update_mask = mask(&["tin", "tin_type"]);
        let mended = world.vendors().update_vendor(request).await.unwrap();
        assert!(mended.into_inner().tin_warnings.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_lists_unlikely_numbers_and_is_published_all_the_same_and_leaves_the_w9() {
    for world in VendorAlone::on_both().await {
        let day = Date {
            year: 2025,
            month: 3,
            day: 1,
        };
        let first = pb::Vendor {
            w9_status: "certified".to_owned(),
            w9_date: Some(day),
            ..with_tin("V1", "12-0000017", "ein")
        };
        world.create_vendor(first).await;
        let extract = [
            with_tin("V1", "97-0000017", "ein"),
            with_tin("V2", "123-45-6789", "ssn"),
            vendor("V3"),
        ];
        let staged = stage(&world, &extract).await;
        assert!(staged.faults.is_empty(), "{:?}", staged.faults);
        let places = staged.warnings.iter();
        let places: Vec<_> = places
            .map(|w| (w.file.as_str(), w.line, w.column.as_str()))
            .collect();
        assert_eq!(
            places,
            [("vendors.csv", 2, "tin"), ("vendors.csv", 3, "tin")]
        );
        assert_eq!(staged.warning_count, 2);
        assert!(!format!("{staged:?}").contains("6789"));
        let request = pb::PublishVendorImportRequest {
            import_id: "I1".to_owned(),
        };
        world
            .publication()
            .publish_vendor_import(request)
            .await
            .unwrap();
        let get = async |id: &str| {
            let request = pb::GetVendorRequest {
                name: format!("vendors/{id}"),
            };
            world
                .vendors()
                .get_vendor(request)
                .await
                .unwrap()
                .into_inner()
        };
        let first = get("V1").await;
        assert_eq!(
            (first.version, first.tin_warnings),
            (2, vec!["ein_prefix_never_issued".to_owned()])
        );
        assert_eq!(
            (first.w9_status.as_str(), first.w9_date),
            ("certified", Some(day))
        );
        assert_eq!(get("V2").await.tin_warnings, ["ssn_placeholder"]);
        let third = get("V3").await;
        assert_eq!(
            (third.w9_status.as_str(), third.tin_warnings.len()),
            ("none", 0)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_w9_without_its_day_and_one_in_an_extract_are_refused() {
    let world = VendorAlone::on_sqlite().await;
    let request = pb::CreateVendorRequest {
        vendor: Some(pb::Vendor {
            w9_status: "certified".to_owned(),
            ..vendor("V1")
        }),
        request_id: request_id::new(),
    };
    let refused = world.vendors().create_vendor(request).await.unwrap_err();
    assert_eq!(told(&refused).2, ["vendor.w9_date"]);
    let brought = pb::Vendor {
        w9_status: "requested".to_owned(),
        w9_date: Some(Date {
            year: 2025,
            month: 3,
            day: 1,
        }),
        ..vendor("V1")
    };
    let staged = stage(&world, &[brought]).await;
    assert_eq!(staged.faults[0].column, "w9_status");
}
