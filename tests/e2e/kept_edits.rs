//! Kept edits: a run never overwrites what a person changed, and names each until it is dropped.

use formfeed_proto::calculation as pb;
use formfeed_proto::vendor;
use formfeed_proto::vendor::vendor_service_client::VendorServiceClient;
use formfeed_runtime::Service;
use formfeed_tests::world::World;

use crate::information_edits::desk::Desk;

const NEC: &str = "nonemployee_compensation";

/// Changes a vendor's 1099 flag.
async fn flag(world: &World, vendor_id: &str, flag: &str) {
    let mut vendors = VendorServiceClient::new(world.channel(Service::Vendor));
    let name = format!("vendors/{vendor_id}");
    let read = vendors.get_vendor(vendor::GetVendorRequest { name }).await;
    let vendor = vendor::Vendor {
        flag_1099: flag.to_owned(),
        ..read.unwrap().into_inner()
    };
    let request = vendor::UpdateVendorRequest {
        vendor: Some(vendor),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["flag_1099".to_owned()],
        }),
    };
    vendors.update_vendor(request).await.unwrap();
}

async fn an_edit_is_kept_over_recalculations_and_named_with_both_amounts(world: &World) {
    let desk = Desk::calculated(world).await;
    let exceptions = desk.last_run().await.exceptions;
    let row = desk.row("V000003", "rents").await;
    let edited = desk.send(desk.edit(&row, 2_500_00)).await.unwrap();
    let gone = desk.delete(&desk.row("V000004", NEC).await).await.unwrap();
    let added = desk.add(desk.addition("V000013", "rents", 9_00)).await;
    let added = added.unwrap();
    assert_eq!(desk.kept().await, [], "no run has come across them yet");
    let before = desk.rows().await;

    // An unchanged recalculation changes nothing but the runs named.
    desk.calculate().await;
    let run = desk.last_run().await;
    assert_eq!(run.exceptions, exceptions + 3);
    let nameless = |rows: &[pb::Information]| {
        let mut rows = rows.to_vec();
        for row in &mut rows {
            row.run = String::new();
            row.edit
                .iter_mut()
                .for_each(|edit| edit.kept_by_run.clear());
        }
        rows
    };
    let after = desk.rows().await;
    assert_eq!(nameless(&after), nameless(&before));
    let kept_row = desk.row("V000003", "rents").await;
    assert_eq!(kept_row.etag, edited.etag);
    assert_eq!(kept_row.edit.unwrap().kept_by_run, run.name);
    let kept = desk.kept().await;
    let amounts: Vec<_> = kept
        .iter()
        .map(|kept| {
            (
                kept.recipient_id.as_str(),
                kept.income_type.as_str(),
                kept.calculated_taxable_amount_cents,
                kept.edited_taxable_amount_cents,
            )
        })
        .collect();
    assert_eq!(
        amounts,
        [
            ("V000003", "rents", Some(1_618_14), Some(2_500_00)),
            ("V000004", NEC, Some(600_00), None),
            ("V000013", "rents", None, Some(9_00)),
        ]
    );
    let told = &kept[0].explanation;
    assert!(
        told.contains("1618.14") && told.contains("2500.00"),
        "{told}"
    );

    // The recipient is skipped from now on, and its rows are no longer calculated: the edit stands all the same.
    flag(world, "V000003", "D").await;
    desk.calculate().await;
    let vanished = desk.row("V000003", "rents").await;
    assert_eq!(vanished.taxable_amount_cents, 2_500_00);
    assert_eq!(vanished.calculated_taxable_amount_cents, None);
    assert_ne!(vanished.etag, edited.etag, "there is something new to read");
    let kept = desk.kept().await;
    assert_eq!(kept.len(), 3);
    assert_eq!(kept[0].calculated_taxable_amount_cents, None);
    assert_eq!(kept[0].edited_taxable_amount_cents, Some(2_500_00));
    let explain = pb::ExplainInformationRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        recipient_id: "V000003".to_owned(),
        income_type: String::new(),
        ..pb::ExplainInformationRequest::default()
    };
    let explained = desk.calculation.clone().explain_information(explain).await;
    let explained = explained.unwrap().into_inner();
    assert_eq!(explained.information, [vanished]);
    assert_eq!(explained.skipped.unwrap().reason, "flag_never");
    let told = &explained.trace_text;
    assert!(
        told.contains("edited: rents 2500.00 (not calculated), by admin on "),
        "{told}"
    );

    // A run of a range comes across the edits of its range only.
    flag(world, "V000003", "Y").await;
    let range = ["--from", "V000003", "--to", "V000004"];
    let calculate = ["calculate", "--payer", "TE1", "--tax-year", "2025"];
    world.done(&[&calculate[..], &range].concat()).await;
    let ranged = desk.last_run().await.name;
    let by = async |recipient, income_type| {
        let row = desk.row(recipient, income_type).await;
        row.edit.unwrap().kept_by_run
    };
    assert_eq!(by("V000003", "rents").await, ranged);
    assert_ne!(by("V000013", "rents").await, ranged);

    // Until it is dropped.
    let row = desk.row("V000003", "rents").await;
    assert_eq!(row.calculated_taxable_amount_cents, Some(1_618_14));
    let standing = desk.revert(&row, "rents").await.unwrap();
    assert_eq!(standing[0].taxable_amount_cents, 1_618_14);
    desk.revert(&gone, NEC).await.unwrap();
    desk.delete(&added).await.unwrap();
    assert_eq!(desk.kept().await, []);
    desk.calculate().await;
    assert_eq!(desk.last_run().await.exceptions, exceptions);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_kept_over_recalculations_on_either_database() {
    an_edit_is_kept_over_recalculations_and_named_with_both_amounts(&World::start().await).await;
    let postgres = World::on_postgres().await;
    an_edit_is_kept_over_recalculations_and_named_with_both_amounts(&postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_added_to_a_recipient_without_a_run_is_explained_by_its_edit() {
    let world = World::start().await;
    world.import_small().await;
    let desk = Desk::at(&world);
    desk.add(desk.addition("V000013", "rents", 9_00))
        .await
        .unwrap();
    let explain = pb::ExplainInformationRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        recipient_id: "V000013".to_owned(),
        income_type: String::new(),
        ..pb::ExplainInformationRequest::default()
    };
    let explained = desk.calculation.clone().explain_information(explain).await;
    let explained = explained.unwrap().into_inner();
    assert_eq!(
        (explained.run.as_str(), explained.trace_json.as_str()),
        ("", "null")
    );
    assert!(explained.trace_text.contains("added by hand: rents 9.00"));
    let text = world
        .done(&[
            "info",
            "explain",
            "--payer",
            "TE1",
            "--tax-year",
            "2025",
            "--recipient",
            "V000013",
        ])
        .await;
    assert!(text.contains("added by hand"), "{text}");
}
