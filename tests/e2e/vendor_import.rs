//! The vendor half of an AP extract: staged unseen, published at once, and again without effect.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::vendor_import_record::Record;
use formfeed_tests::vendor_alone::VendorAlone;
use tonic::Code;
use tonic_types::StatusExt as _;

pub(crate) mod records;

use records::{lines, vendor, whole_extract};

/// Stages records under an import id and answers the faults as `file:line: column: message`.
pub(crate) async fn stage(
    world: &VendorAlone,
    import_id: &str,
    records: Vec<pb::VendorImportRecord>,
) -> Vec<String> {
    try_stage(world, import_id, records).await.unwrap()
}

pub(crate) async fn try_stage(
    world: &VendorAlone,
    import_id: &str,
    records: Vec<pb::VendorImportRecord>,
) -> Result<Vec<String>, tonic::Status> {
    let mut messages = vec![pb::StageVendorImportRequest {
        import_id: import_id.to_owned(),
        records: vec![],
    }];
    for part in records.chunks(2000) {
        messages.push(pb::StageVendorImportRequest {
            import_id: String::new(),
            records: part.to_vec(),
        });
    }
    let staged = world
        .imports()
        .stage_vendor_import(futures::stream::iter(messages))
        .await?;
    let fault = |f: &pb::ImportFault| format!("{}:{}: {}: {}", f.file, f.line, f.column, f.message);
    Ok(staged.into_inner().faults.iter().map(fault).collect())
}

/// New, changed and same records of each file that has any.
async fn publish(world: &VendorAlone, import_id: &str) -> Vec<(String, i64, i64, i64)> {
    let request = pb::PublishVendorImportRequest {
        import_id: import_id.to_owned(),
    };
    let published = world
        .publication()
        .publish_vendor_import(request)
        .await
        .unwrap();
    let counts = published.into_inner().files.into_iter();
    let counts = counts.map(|f| (f.file, f.new_records, f.changed_records, f.same_records));
    counts
        .filter(|(_, new, changed, same)| new + changed + same > 0)
        .collect()
}

fn counts(files: &[(&str, i64, i64, i64)]) -> Vec<(String, i64, i64, i64)> {
    files
        .iter()
        .map(|(file, new, changed, same)| ((*file).to_owned(), *new, *changed, *same))
        .collect()
}

const ALL_NEW: [(&str, i64, i64, i64); 8] = [
    ("payers.csv", 1, 0, 0),
    ("payer_states.csv", 1, 0, 0),
    ("organizations.csv", 2, 0, 0),
    ("cash_accounts.csv", 1, 0, 0),
    ("accounts.csv", 1, 0, 0),
    ("relate_to_codes.csv", 1, 0, 0),
    ("vendors.csv", 2, 0, 0),
    ("vendor_addresses.csv", 2, 0, 0),
];

async fn version_of(world: &VendorAlone, id: &str) -> i64 {
    let name = format!("vendors/{id}");
    world
        .vendors()
        .get_vendor(pb::GetVendorRequest { name })
        .await
        .unwrap()
        .into_inner()
        .version
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_seen_before_publication_and_everything_after() {
    for world in VendorAlone::on_both().await {
        let faults = stage(&world, "i1", whole_extract("900700001", "Salem")).await;
        assert!(faults.is_empty(), "{faults:?}");
        let name = "vendors/V1".to_owned();
        let get = pb::GetVendorRequest { name };
        let refused = world.vendors().get_vendor(get.clone()).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound);
        assert_eq!(publish(&world, "i1").await, counts(&ALL_NEW));
        let seen = world.vendors().get_vendor(get).await.unwrap().into_inner();
        assert_eq!(
            (seen.version, seen.truncated_tin.as_str()),
            (1, "XXX-XX-0001")
        );
        let name = "cashAccounts/CASH1".to_owned();
        let cash = world
            .payers()
            .get_cash_account(pb::GetCashAccountRequest { name })
            .await
            .unwrap();
        assert_eq!(cash.into_inner().payer_id, "TE1");
        let name = "payers/TE1".to_owned();
        let payer = world
            .payers()
            .get_payer(pb::GetPayerRequest { name })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(payer.states.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_extract_again_changes_nothing() {
    for world in VendorAlone::on_both().await {
        stage(&world, "i1", whole_extract("900700001", "Salem")).await;
        publish(&world, "i1").await;
        stage(&world, "i2", whole_extract("900-70-0001", "Salem")).await;
        let same: Vec<_> = ALL_NEW
            .iter()
            .map(|(file, new, _, _)| (*file, 0, 0, *new))
            .collect();
        assert_eq!(
            publish(&world, "i2").await,
            counts(&same),
            "dashes in a TIN are no change"
        );
        assert_eq!(version_of(&world, "V1").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_vendor_becomes_a_new_version_even_when_the_last_four_digits_stay() {
    for world in VendorAlone::on_both().await {
        stage(&world, "i1", whole_extract("900700001", "Salem")).await;
        publish(&world, "i1").await;
        stage(&world, "i2", whole_extract("900710001", "Bend")).await;
        let published = publish(&world, "i2").await;
        assert!(
            published.contains(&("vendors.csv".to_owned(), 0, 1, 1)),
            "{published:?}"
        );
        assert!(
            published.contains(&("vendor_addresses.csv".to_owned(), 0, 1, 1)),
            "{published:?}"
        );
        assert_eq!(
            (
                version_of(&world, "V1").await,
                version_of(&world, "V2").await
            ),
            (2, 1)
        );
        let refs = [1, 2].map(|version| pb::VendorVersionRef {
            vendor_id: "V1".to_owned(),
            version,
            ..pb::VendorVersionRef::default()
        });
        let request = pb::ReleaseTinsRequest {
            vendors: refs.to_vec(),
            payer_id: "TE1".to_owned(),
            purpose: "test".to_owned(),
            transmitter: false,
        };
        let released = world
            .releases()
            .release_tins(request)
            .await
            .unwrap()
            .into_inner();
        let digits: Vec<_> = released
            .vendors
            .iter()
            .map(|tin| tin.digits.as_str())
            .collect();
        assert_eq!(digits, ["900700001", "900710001"]);
        let name = "vendors/V1/addresses/REMIT".to_owned();
        let moved = world
            .vendors()
            .get_vendor_address(pb::GetVendorAddressRequest { name })
            .await
            .unwrap();
        assert_eq!(moved.into_inner().address.unwrap().city, "Bend");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_repeated_after_a_crash_answers_the_same_counts() {
    for mut world in VendorAlone::on_both().await {
        stage(&world, "i1", whole_extract("900700001", "Salem")).await;
        let first = publish(&world, "i1").await;
        world.restart().await;
        let faults = stage(&world, "i1", whole_extract("900700001", "Salem")).await;
        assert!(
            faults.is_empty(),
            "repeating the whole import is safe: {faults:?}"
        );
        assert_eq!(publish(&world, "i1").await, first);
        assert_eq!(version_of(&world, "V1").await, 1);
        let other = try_stage(&world, "i1", whole_extract("900700001", "Bend"))
            .await
            .unwrap_err();
        assert_eq!(
            other.get_details_error_info().unwrap().reason,
            "REQUEST_ID_REUSED"
        );
        let discard = pb::DiscardVendorImportRequest {
            import_id: "i1".to_owned(),
        };
        let refused = world
            .imports()
            .discard_vendor_import(discard)
            .await
            .unwrap_err();
        assert_eq!(
            refused.get_details_error_info().unwrap().reason,
            "IMPORT_PUBLISHED"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_staged_anew_replaces_what_was_staged_and_discarded_is_gone() {
    for world in VendorAlone::on_both().await {
        stage(&world, "i1", lines(vec![Record::Vendor(vendor("OLD"))])).await;
        stage(&world, "i1", lines(vec![Record::Vendor(vendor("NEW"))])).await;
        let references = pb::CheckReferencesRequest {
            import_id: "i1".to_owned(),
            vendor_ids: vec!["OLD".to_owned(), "NEW".to_owned()],
            relate_to_1_codes: vec!["CC".to_owned(), "ZZ".to_owned()],
            ..pb::CheckReferencesRequest::default()
        };
        let unknown = world
            .publication()
            .check_references(references)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (unknown.vendor_ids, unknown.relate_to_1_codes),
            (vec!["OLD".to_owned()], vec!["ZZ".to_owned()])
        );
        assert!(unknown.defined_relate_to_codes.contains(&"EX".to_owned()));
        let discard = pb::DiscardVendorImportRequest {
            import_id: "i1".to_owned(),
        };
        world
            .imports()
            .discard_vendor_import(discard)
            .await
            .unwrap();
        let request = pb::PublishVendorImportRequest {
            import_id: "i1".to_owned(),
        };
        let refused = world
            .publication()
            .publish_vendor_import(request.clone())
            .await
            .unwrap_err();
        assert_eq!(
            refused.get_details_error_info().unwrap().reason,
            "IMPORT_NOT_FOUND"
        );
        let refused = world
            .imports()
            .publish_vendor_import(request)
            .await
            .unwrap_err();
        assert_eq!(
            refused.code(),
            Code::PermissionDenied,
            "publication is the calculation service's"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn some_thousand_vendors_come_in_and_out_again_in_order() {
    for world in VendorAlone::on_both().await {
        let records = |name: &str| {
            let one = |n: i32| pb::Vendor {
                display_name: name.to_owned(),
                ..vendor(&format!("V{n:06}"))
            };
            lines((0..2_600).map(one).map(Record::Vendor).collect())
        };
        assert!(stage(&world, "i1", records("first")).await.is_empty());
        assert_eq!(
            publish(&world, "i1").await,
            counts(&[("vendors.csv", 2_600, 0, 0)])
        );
        assert!(stage(&world, "i2", records("second")).await.is_empty());
        assert_eq!(
            publish(&world, "i2").await,
            counts(&[("vendors.csv", 0, 2_600, 0)])
        );
        let mut stream = world
            .vendors()
            .stream_vendors(pb::StreamVendorsRequest {})
            .await
            .unwrap()
            .into_inner();
        let mut ids = Vec::new();
        while let Some(message) = stream.message().await.unwrap() {
            assert!(
                message
                    .vendors
                    .iter()
                    .all(|vendor| vendor.version == 2 && vendor.tin.is_empty())
            );
            ids.extend(message.vendors.into_iter().map(|vendor| vendor.vendor_id));
        }
        assert_eq!(ids.len(), 2_600);
        assert!(ids.is_sorted());
    }
}
