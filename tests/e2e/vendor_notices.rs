//! B-notices and what they come to, on both databases.

use formfeed_proto::{Date, vendor as pb};
use formfeed_runtime::request_id;
use formfeed_tests::vendor_alone::VendorAlone;
use pb::b_notice::Kind;
use tonic::Status;

use crate::vendor_resources::{mask, told, vendor};

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

fn notice(id: &str, received: Option<Date>, tax_year: i32) -> pb::BNotice {
    pb::BNotice {
        vendor_id: "V1".to_owned(),
        b_notice_id: id.to_owned(),
        payer_id: "TE1".to_owned(),
        notice_date: received,
        tax_year,
        ..pb::BNotice::default()
    }
}

async fn create(world: &VendorAlone, notice: pb::BNotice) -> Result<pb::BNotice, Status> {
    let request = pb::CreateBNoticeRequest {
        b_notice: Some(notice),
        request_id: request_id::new(),
    };
    let made = world.notices().create_b_notice(request).await;
    made.map(tonic::Response::into_inner)
}

async fn standing(world: &VendorAlone, on: Option<Date>) -> pb::BNoticeStanding {
    let request = pb::GetBNoticeStandingRequest {
        vendor: "vendors/V1".to_owned(),
        date: on,
    };
    let answered = world.notices().get_b_notice_standing(request).await;
    answered.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_notice_suggests_the_mark_until_the_number_is_confirmed_and_a_person_sets_it() {
    for world in VendorAlone::on_both().await {
        world.create_payer("TE1").await;
        let made = world.create_vendor(vendor("V1")).await;
        assert_eq!((made.w9_status.as_str(), made.w9_date), ("none", None));
        let first = create(&world, notice("1", date(2024, 9, 3), 2022)).await;
        let first = first.unwrap();
        assert_eq!(
            (first.kind(), first.received_date),
            (Kind::First, date(2024, 9, 3))
        );
        assert_eq!(first.send_by, date(2024, 9, 24));
        assert_eq!(first.withhold_from, date(2024, 10, 17));
        let same_year = create(&world, notice("2", date(2024, 10, 1), 2023)).await;
        assert_eq!(same_year.unwrap().kind(), Kind::Repeated);
        let now = standing(&world, date(2025, 9, 1)).await;
        assert!(!now.suggested_second_tin_notice);
        assert!(now.payers[0].withholding && !now.payers[0].cured);
        let second = create(&world, notice("3", date(2025, 9, 2), 2024)).await;
        let second = second.unwrap();
        assert_eq!(
            (second.kind(), second.withhold_from),
            (Kind::Second, date(2025, 9, 2))
        );
        let now = standing(&world, date(2025, 9, 2)).await;
        assert!(now.suggested_second_tin_notice && !now.second_tin_notice);
        let payer = &now.payers[0];
        assert_eq!(
            (payer.kind(), payer.latest_notice.as_str()),
            (Kind::Second, "vendors/V1/bNotices/3")
        );

        let confirmed = pb::Vendor {
            w9_status: "confirmed".to_owned(),
            w9_date: date(2025, 10, 6),
            second_tin_notice: true,
            ..made
        };
        let request = pb::UpdateVendorRequest {
            vendor: Some(confirmed),
            update_mask: mask(&["w9_status", "w9_date", "second_tin_notice"]),
        };
        let confirmed = world.vendors().update_vendor(request).await.unwrap();
        let confirmed = confirmed.into_inner();
        assert_eq!(
            (confirmed.w9_status.as_str(), confirmed.version),
            ("confirmed", 2)
        );
        assert!(
            standing(&world, date(2025, 10, 5))
                .await
                .suggested_second_tin_notice
        );
        let now = standing(&world, date(2025, 10, 6)).await;
        assert!(!now.suggested_second_tin_notice && now.second_tin_notice);
        assert!(now.payers[0].cured && !now.payers[0].withholding);
        assert!(standing(&world, None).await.date.is_some(), "today");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_entered_wrongly_goes_and_the_others_are_counted_anew() {
    for world in VendorAlone::on_both().await {
        world.create_payer("TE1").await;
        world.create_vendor(vendor("V1")).await;
        let first = create(&world, notice("1", date(2024, 9, 3), 2022)).await;
        create(&world, notice("2", date(2025, 9, 2), 2023))
            .await
            .unwrap();
        let request = pb::DeleteBNoticeRequest {
            name: "vendors/V1/bNotices/1".to_owned(),
            etag: first.unwrap().etag,
        };
        world
            .notices()
            .delete_b_notice(request.clone())
            .await
            .unwrap();
        let gone = world.notices().delete_b_notice(request).await.unwrap_err();
        assert_eq!(told(&gone).1, "B_NOTICE_NOT_FOUND");
        let request = pb::GetBNoticeRequest {
            name: "vendors/V1/bNotices/2".to_owned(),
        };
        let left = world.notices().get_b_notice(request).await.unwrap();
        assert_eq!(left.into_inner().kind(), Kind::First);
        let request = pb::ListBNoticesRequest {
            vendor_id: "V1".to_owned(),
            ..pb::ListBNoticesRequest::default()
        };
        let listed = world.notices().list_b_notices(request).await.unwrap();
        assert_eq!(listed.into_inner().b_notices.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_with_everything_wrong_is_told_everything_at_once() {
    for world in VendorAlone::on_both().await {
        let wrong = pb::BNotice {
            received_date: date(2024, 1, 1),
            ..notice("1", date(2025, 1, 1), 1989)
        };
        let refused = create(&world, wrong).await.unwrap_err();
        let expected = [
            "b_notice.received_date",
            "b_notice.tax_year",
            "b_notice.vendor_id",
            "b_notice.payer_id",
        ];
        assert_eq!(told(&refused).2, expected);
    }
}
