//! The vendor service's resources: made, read, changed, listed, refused, on both databases.

use formfeed_proto::vendor as pb;
use formfeed_runtime::request_id;
use formfeed_tests::vendor_alone::VendorAlone;
use prost_types::FieldMask;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

mod beside_vendors;

/// An ITIN, which no test needs to be anybody's.
const FAKE_TIN: &str = "900-70-0001";

pub(crate) fn vendor(id: &str) -> pb::Vendor {
    pb::Vendor {
        vendor_id: id.to_owned(),
        display_name: format!("Vendor {id}"),
        tin: FAKE_TIN.to_owned(),
        tin_type: "itin".to_owned(),
        flag_1099: "Y".to_owned(),
        ..pb::Vendor::default()
    }
}

pub(crate) fn mask(paths: &[&str]) -> Option<FieldMask> {
    Some(FieldMask {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    })
}

/// Code, reason and bad fields.
pub(crate) fn told(status: &Status) -> (Code, String, Vec<String>) {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| info.reason.clone());
    let fields = details.bad_request().map(|bad| bad.field_violations.iter());
    let fields = fields
        .into_iter()
        .flatten()
        .map(|violation| violation.field.clone());
    (status.code(), reason.unwrap_or_default(), fields.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_changed_twice_keeps_its_first_version_and_shows_no_full_number() {
    for world in VendorAlone::on_both().await {
        let made = world.create_vendor(vendor("V1")).await;
        assert_eq!((made.version, made.state()), (1, pb::vendor::State::Active));
        assert_eq!(made.truncated_tin, "XXX-XX-0001");
        assert_eq!((made.tin.as_str(), made.tin_type.as_str()), ("", "itin"));
        let mut sent = made.clone();
        sent.short_name = "One".to_owned();
        let request = pb::UpdateVendorRequest {
            vendor: Some(sent),
            update_mask: mask(&["*"]),
        };
        let changed = world
            .vendors()
            .update_vendor(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!((changed.version, changed.short_name.as_str()), (2, "One"));
        assert_eq!(
            changed.truncated_tin, "XXX-XX-0001",
            "a blank tin under * keeps the number"
        );
        let refs = [1, 2, 0].map(|version| pb::VendorVersionRef {
            vendor_id: "V1".to_owned(),
            version,
            address_code: String::new(),
        });
        let request = pb::BatchGetVendorVersionsRequest {
            refs: refs.to_vec(),
        };
        let versions = world
            .vendors()
            .batch_get_vendor_versions(request)
            .await
            .unwrap();
        let names: Vec<_> = versions
            .into_inner()
            .versions
            .into_iter()
            .map(|v| v.vendor.unwrap().short_name)
            .collect();
        assert_eq!(names, ["", "One", "One"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_etag_changes_nothing() {
    for world in VendorAlone::on_both().await {
        let made = world.create_vendor(vendor("V1")).await;
        let mut request = pb::UpdateVendorRequest {
            vendor: Some(pb::Vendor {
                short_name: "first".to_owned(),
                ..made.clone()
            }),
            update_mask: mask(&["short_name"]),
        };
        world
            .vendors()
            .update_vendor(request.clone())
            .await
            .unwrap();
        request.vendor = Some(pb::Vendor {
            short_name: "second".to_owned(),
            ..made.clone()
        });
        let refused = world
            .vendors()
            .update_vendor(request.clone())
            .await
            .unwrap_err();
        assert_eq!(
            told(&refused),
            (Code::Aborted, "ETAG_MISMATCH".to_owned(), vec![])
        );
        request.vendor = Some(pb::Vendor {
            etag: String::new(),
            ..made.clone()
        });
        let refused = world.vendors().update_vendor(request).await.unwrap_err();
        assert_eq!(told(&refused).0, Code::InvalidArgument);
        let name = made.name;
        let kept = world
            .vendors()
            .get_vendor(pb::GetVendorRequest { name })
            .await
            .unwrap();
        assert_eq!(kept.into_inner().short_name, "first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_create_gets_the_first_answer_and_other_content_is_refused() {
    for world in VendorAlone::on_both().await {
        let request = pb::CreateVendorRequest {
            vendor: Some(vendor("V1")),
            request_id: request_id::new(),
        };
        let first = world
            .vendors()
            .create_vendor(request.clone())
            .await
            .unwrap()
            .into_inner();
        let again = world
            .vendors()
            .create_vendor(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert!(first == again);
        let mut other = request.clone();
        other.vendor.as_mut().unwrap().tin = "900-70-0002".to_owned();
        let refused = world.vendors().create_vendor(other).await.unwrap_err();
        assert_eq!(told(&refused).0, Code::AlreadyExists);
        assert_eq!(told(&refused).1, "REQUEST_ID_REUSED");
        let fresh = pb::CreateVendorRequest {
            request_id: request_id::new(),
            ..request
        };
        let refused = world.vendors().create_vendor(fresh).await.unwrap_err();
        assert_eq!(told(&refused).1, "RESOURCE_EXISTS");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_retries_at_once_make_one_vendor() {
    for world in VendorAlone::on_both().await {
        let request = pb::CreateVendorRequest {
            vendor: Some(vendor("V1")),
            request_id: request_id::new(),
        };
        let calls = (0..10).map(|_| {
            let (mut client, request) = (world.vendors(), request.clone());
            async move {
                client
                    .create_vendor(request)
                    .await
                    .map(|made| made.into_inner())
            }
        });
        let answers = futures::future::join_all(calls).await;
        let first = answers[0].clone().unwrap();
        assert!(answers.into_iter().all(|answer| answer.unwrap() == first));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_is_told_at_once_references_too() {
    for world in VendorAlone::on_both().await {
        let request = pb::CreateVendorRequest {
            vendor: Some(pb::Vendor {
                display_name: "Ada\u{1b}".to_owned(),
                tin: "1234".to_owned(),
                default_income_type: "state_tax_withheld".to_owned(),
                default_relate_to: "ZZ".to_owned(),
                pay_vendor_id: "V404".to_owned(),
                ..vendor("V1")
            }),
            request_id: String::new(),
        };
        let refused = world.vendors().create_vendor(request).await.unwrap_err();
        let (code, reason, fields) = told(&refused);
        assert_eq!(
            (code, reason.as_str()),
            (Code::InvalidArgument, "FIELDS_INVALID")
        );
        let expected = [
            "request_id",
            "vendor.display_name",
            "vendor.tin",
            "vendor.default_income_type",
            "vendor.default_relate_to",
            "vendor.pay_vendor_id",
        ];
        assert_eq!(fields, expected);
        assert!(
            refused.message().contains("CC, "),
            "the defined codes are listed: {refused}"
        );
        let request = pb::CreateVendorRequest {
            vendor: Some(pb::Vendor {
                tin: "98765432".to_owned(),
                ..vendor("V1")
            }),
            request_id: request_id::new(),
        };
        let refused = world.vendors().create_vendor(request).await.unwrap_err();
        assert_eq!(told(&refused).1, "TIN_MALFORMED");
        assert!(!format!("{refused:?}").contains("98765432"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_without_gap_and_a_token_keeps_to_its_query() {
    for world in VendorAlone::on_both().await {
        for id in ["V1", "V2", "V3", "a1", "Z9"] {
            world.create_vendor(vendor(id)).await;
        }
        let mut request = pb::ListVendorsRequest {
            page_size: 2,
            ..pb::ListVendorsRequest::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = world
                .vendors()
                .list_vendors(request.clone())
                .await
                .unwrap()
                .into_inner();
            seen.extend(page.vendors.into_iter().map(|vendor| vendor.vendor_id));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(
            seen,
            ["V1", "V2", "V3", "Z9", "a1"],
            "in order of bytes on both databases"
        );
        request.name_contains = "v".to_owned();
        let refused = world.vendors().list_vendors(request).await.unwrap_err();
        assert_eq!(told(&refused).1, "PAGE_TOKEN_INVALID");
        let filtered = pb::ListVendorsRequest {
            name_contains: "vendor v".to_owned(),
            ..pb::ListVendorsRequest::default()
        };
        let found = world
            .vendors()
            .list_vendors(filtered)
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found.vendors.len(), 3);
        let percent = pb::ListVendorsRequest {
            name_contains: "%".to_owned(),
            ..pb::ListVendorsRequest::default()
        };
        let found = world
            .vendors()
            .list_vendors(percent)
            .await
            .unwrap()
            .into_inner();
        assert!(found.vendors.is_empty(), "a percent sign means itself");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deactivated_vendor_leaves_the_list_and_stays_readable() {
    for world in VendorAlone::on_both().await {
        let made = world.create_vendor(vendor("V1")).await;
        let request = pb::DeactivateVendorRequest {
            name: made.name.clone(),
            etag: made.etag.clone(),
        };
        let gone = world
            .vendors()
            .deactivate_vendor(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert_eq!(
            (gone.state(), gone.version),
            (pb::vendor::State::Inactive, 1)
        );
        let refused = world
            .vendors()
            .deactivate_vendor(request)
            .await
            .unwrap_err();
        assert_eq!(told(&refused).1, "ETAG_MISMATCH");
        let list = pb::ListVendorsRequest::default();
        let listed = world
            .vendors()
            .list_vendors(list)
            .await
            .unwrap()
            .into_inner();
        assert!(listed.vendors.is_empty());
        let mut all = world
            .vendors()
            .stream_vendors(pb::StreamVendorsRequest {})
            .await
            .unwrap()
            .into_inner();
        assert_eq!(all.message().await.unwrap().unwrap().vendors.len(), 1);
        assert!(all.message().await.unwrap().is_none());
    }
}
