//! Backup withholding: configured, ordered and computed, on both databases.

use formfeed_proto::{Date, vendor as pb};
use formfeed_runtime::request_id;
use formfeed_tests::vendor_alone::VendorAlone;
use tonic::Code;

use crate::vendor_resources::{mask, told, vendor};

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

/// A payer, the vendor IRS that is remitted to, ADA with a TIN and BO without.
async fn people(world: &VendorAlone) {
    world.create_payer("TE1").await;
    for id in ["IRS", "ADA"] {
        world.create_vendor(vendor(id)).await;
    }
    let without = pb::Vendor {
        tin: String::new(),
        tin_type: String::new(),
        ..vendor("BO")
    };
    world.create_vendor(without).await;
}

fn configuration(from: Option<Date>) -> pb::WithholdingConfiguration {
    pb::WithholdingConfiguration {
        effective_date: from,
        remit_to_vendor_id: "IRS".to_owned(),
        posting_code: "BWH".to_owned(),
        object_code: "2190".to_owned(),
        further_types: vec![pb::FurtherWithholdingType {
            further_type_id: "CA".to_owned(),
            rate_basis_points: 700,
            ..pb::FurtherWithholdingType::default()
        }],
        ..pb::WithholdingConfiguration::default()
    }
}

async fn configure(
    world: &VendorAlone,
    configuration: pb::WithholdingConfiguration,
) -> pb::WithholdingConfiguration {
    let request = pb::CreateWithholdingConfigurationRequest {
        withholding_configuration: Some(configuration),
        request_id: request_id::new(),
    };
    let made = world
        .withholding()
        .create_withholding_configuration(request)
        .await;
    made.unwrap().into_inner()
}

fn paying(vendor_id: &str, gross_cents: i64, on: Option<Date>) -> pb::ComputeWithholdingRequest {
    pb::ComputeWithholdingRequest {
        payer_id: "TE1".to_owned(),
        vendor_id: vendor_id.to_owned(),
        gross_cents,
        payment_date: on,
        ..pb::ComputeWithholdingRequest::default()
    }
}

async fn compute(world: &VendorAlone, request: pb::ComputeWithholdingRequest) -> pb::Withholding {
    let answered = world.withholding().compute_withholding(request).await;
    answered.unwrap().into_inner()
}

fn words(answer: &pb::Withholding) -> Vec<&str> {
    let words = answer.reasons.iter();
    words.map(|reason| reason.reason.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_without_a_tin_is_withheld_from_as_configured_on_the_day_of_payment() {
    for world in VendorAlone::on_both().await {
        people(&world).await;
        let bare = compute(&world, paying("BO", 1_000_00, date(2026, 1, 31))).await;
        assert_eq!((bare.withheld_cents, bare.net_cents), (240_00, 760_00));
        assert_eq!(
            words(&bare),
            ["NO_TIN", "AGGREGATE_UNKNOWN", "NOT_CONFIGURED"]
        );
        let made = configure(&world, configuration(date(2026, 2, 1))).await;
        assert_eq!(made.name, "withholdingConfigurations/2026-02-01");
        let before = compute(&world, paying("BO", 1_000_00, date(2026, 1, 31))).await;
        assert_eq!(before, bare, "not yet in force");
        let answer = compute(&world, paying("BO", 1_000_01, date(2026, 2, 1))).await;
        assert!(answer.due);
        assert_eq!(
            (answer.rate_basis_points, answer.withheld_cents),
            (2_400, 240_00)
        );
        assert_eq!(
            (answer.further[0].withheld_cents, answer.net_cents),
            (70_00, 690_01)
        );
        assert_eq!(
            (
                answer.remit_to_vendor_id.as_str(),
                answer.posting_code.as_str()
            ),
            ("IRS", "BWH")
        );
        assert_eq!(
            (answer.object_code.as_str(), answer.configuration.as_str()),
            ("2190", made.name.as_str())
        );
        assert_eq!(answer.further[0].remit_to_vendor_id, "IRS");
        let spared = compute(&world, paying("ADA", 1_000_00, date(2026, 2, 1))).await;
        assert!(!spared.due && spared.net_cents == 1_000_00);
        assert_eq!(words(&spared), ["NO_CAUSE"]);

        let changed = pb::WithholdingConfiguration {
            rate_basis_points: 3_000,
            further_types: Vec::new(),
            ..made
        };
        let request = pb::UpdateWithholdingConfigurationRequest {
            withholding_configuration: Some(changed),
            update_mask: mask(&["rate_basis_points", "further_types"]),
        };
        let changed = world
            .withholding()
            .update_withholding_configuration(request)
            .await;
        let changed = changed.unwrap().into_inner();
        let request = pb::GetWithholdingConfigurationRequest {
            name: changed.name.clone(),
        };
        let read = world
            .withholding()
            .get_withholding_configuration(request)
            .await;
        assert_eq!(read.unwrap().into_inner(), changed);
        let answer = compute(&world, paying("BO", 1_000_00, date(2026, 2, 1))).await;
        assert_eq!((answer.withheld_cents, answer.further.len()), (300_00, 0));
        configure(&world, configuration(date(2027, 1, 1))).await;
        let request = pb::ListWithholdingConfigurationsRequest {
            page_size: 1,
            ..pb::ListWithholdingConfigurationsRequest::default()
        };
        let page = world
            .withholding()
            .list_withholding_configurations(request.clone())
            .await;
        let page = page.unwrap().into_inner();
        assert_eq!(page.withholding_configurations, [changed]);
        let request = pb::ListWithholdingConfigurationsRequest {
            page_token: page.next_page_token,
            ..request
        };
        let page = world
            .withholding()
            .list_withholding_configurations(request)
            .await;
        let page = page.unwrap().into_inner();
        assert_eq!(page.withholding_configurations[0].further_types.len(), 1);
        assert!(page.next_page_token.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_withholds_from_its_first_day_until_it_is_ended() {
    for world in VendorAlone::on_both().await {
        people(&world).await;
        let order = pb::WithholdingOrder {
            vendor_id: "ADA".to_owned(),
            order_id: "1".to_owned(),
            from_date: date(2026, 2, 1),
            why: "IRS notice of 2026-01-12".to_owned(),
            ..pb::WithholdingOrder::default()
        };
        let request = pb::CreateWithholdingOrderRequest {
            withholding_order: Some(order),
            request_id: request_id::new(),
        };
        let made = world
            .withholding()
            .create_withholding_order(request.clone())
            .await;
        let made = made.unwrap().into_inner();
        let again = world.withholding().create_withholding_order(request).await;
        assert_eq!(again.unwrap().into_inner(), made, "a retry");
        assert!(
            !compute(&world, paying("ADA", 100_00, date(2026, 1, 31)))
                .await
                .due
        );
        let answer = compute(&world, paying("ADA", 100_00, date(2026, 2, 1))).await;
        assert_eq!(words(&answer)[0], "WITHHOLDING_ORDER");
        let ended = pb::WithholdingOrder {
            until_date: date(2026, 3, 31),
            ..made.clone()
        };
        let request = pb::UpdateWithholdingOrderRequest {
            withholding_order: Some(ended),
            update_mask: mask(&["until_date"]),
        };
        let ended = world
            .withholding()
            .update_withholding_order(request.clone())
            .await;
        let ended = ended.unwrap().into_inner();
        let stale = world.withholding().update_withholding_order(request).await;
        assert_eq!(told(&stale.unwrap_err()).1, "ETAG_MISMATCH");
        assert!(
            compute(&world, paying("ADA", 100_00, date(2026, 3, 31)))
                .await
                .due
        );
        assert!(
            !compute(&world, paying("ADA", 100_00, date(2026, 4, 1)))
                .await
                .due
        );
        let request = pb::GetWithholdingOrderRequest { name: made.name };
        let read = world.withholding().get_withholding_order(request).await;
        assert_eq!(read.unwrap().into_inner(), ended);
        let request = pb::ListWithholdingOrdersRequest {
            vendor_id: "BO".to_owned(),
            ..pb::ListWithholdingOrdersRequest::default()
        };
        let none = world.withholding().list_withholding_orders(request).await;
        assert!(none.unwrap().into_inner().withholding_orders.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_2026_a_small_aggregate_and_a_clean_year_before_spare_a_payment() {
    for world in VendorAlone::on_both().await {
        people(&world).await;
        let asked = |on, before, last_year| pb::ComputeWithholdingRequest {
            paid_before_cents: Some(before),
            required_last_year: last_year,
            withheld_last_year: last_year,
            ..paying("BO", 500_00, on)
        };
        let (last, first) = (date(2025, 12, 31), date(2026, 1, 1));
        for (on, before, last_year, due, word) in [
            (first, 1_499_99, Some(false), false, "AGGREGATE_NOT_REACHED"),
            (first, 1_500_00, Some(false), true, "AGGREGATE_REACHED"),
            (first, 0, Some(true), true, "REQUIRED_LAST_YEAR"),
            (first, 0, None, true, "LAST_YEAR_UNKNOWN"),
            (last, 99_99, Some(false), false, "AGGREGATE_NOT_REACHED"),
            (last, 100_00, Some(false), true, "AGGREGATE_REACHED"),
        ] {
            let answer = compute(&world, asked(on, before, last_year)).await;
            assert_eq!(
                (answer.due, words(&answer)[1]),
                (due, word),
                "{on:?} {before}"
            );
        }
        let beyond = world
            .withholding()
            .compute_withholding(asked(date(2027, 1, 4), 0, None))
            .await;
        assert_eq!(told(&beyond.unwrap_err()).1, "NO_RULE_FOR_YEAR");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_withheld_is_refused_with_every_fault() {
    for world in VendorAlone::on_both().await {
        people(&world).await;
        let wrong = pb::WithholdingConfiguration {
            effective_date: date(1989, 1, 1),
            remit_to_vendor_id: "NOBODY".to_owned(),
            ..configuration(None)
        };
        let request = pb::CreateWithholdingConfigurationRequest {
            withholding_configuration: Some(wrong),
            request_id: request_id::new(),
        };
        let refused = world
            .withholding()
            .create_withholding_configuration(request)
            .await;
        let expected = [
            "withholding_configuration.effective_date",
            "withholding_configuration.remit_to_vendor_id",
        ];
        assert_eq!(told(&refused.unwrap_err()).2, expected);
        let order = pb::WithholdingOrder {
            vendor_id: "NOBODY".to_owned(),
            order_id: "1".to_owned(),
            payer_id: "TE9".to_owned(),
            ..pb::WithholdingOrder::default()
        };
        let request = pb::CreateWithholdingOrderRequest {
            withholding_order: Some(order),
            request_id: request_id::new(),
        };
        let refused = world.withholding().create_withholding_order(request).await;
        let expected = [
            "withholding_order.from_date",
            "withholding_order.why",
            "withholding_order.vendor_id",
            "withholding_order.payer_id",
        ];
        assert_eq!(told(&refused.unwrap_err()).2, expected);
        let mut request = paying("NOBODY", 100_00, date(2026, 1, 1));
        let refused = world
            .withholding()
            .compute_withholding(request.clone())
            .await;
        assert_eq!(told(&refused.unwrap_err()).1, "VENDOR_NOT_FOUND");
        request.payer_id = "TE9".to_owned();
        let refused = world.withholding().compute_withholding(request).await;
        assert_eq!(told(&refused.unwrap_err()).0, Code::InvalidArgument);
    }
}
