//! One person under several vendor ids: found without opening a number, tested together, printed apart.

use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::twin_service_client::TwinServiceClient;
use formfeed_runtime::Service;
use formfeed_tests::ledger::Ledger;
use formfeed_tests::vendor_alone::VendorAlone;
use formfeed_tests::world::World;
use serde_json::Value;
use tonic::Code;

const OF_ACME: [&str; 4] = ["--payer", "ACME", "--tax-year", "2025"];

async fn json(world: &World, line: &[&str]) -> Value {
    let whole = [&["--json"], line, &OF_ACME[..]].concat();
    serde_json::from_str(&world.done(&whole).await).unwrap()
}

/// Two ids below the threshold with one TIN, one beside them, one whose TIN changed after the run.
async fn calculated(world: &World) {
    let mut ledger = Ledger::of_acme();
    for (id, ein, amount) in [
        ("A1", "000000111", "400.00"),
        ("B1", "000000112", "599.99"),
        ("C1", "00-0000111", "200.00"),
        ("D1", "000000113", "300.00"),
        ("E1", "000000113", "299.99"),
    ] {
        ledger.vendor(id, ein).paid(id, amount);
    }
    let folder = ledger.write();
    world
        .done(&["import", folder.path().to_str().unwrap()])
        .await;
    world.calculate("ACME", "2025").await;
}

async fn tested_together_printed_apart(world: World) {
    calculated(&world).await;
    let forms = json(&world, &["forms", "list"]).await;
    let told: Vec<_> = forms
        .as_array()
        .unwrap()
        .iter()
        .map(|form| {
            (
                form["recipient_id"].as_str().unwrap(),
                form["boxes"]["1"].as_str().unwrap(),
                form["has_form"] == true,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("A1", "400.00", true),
            ("B1", "599.99", false),
            ("C1", "200.00", true),
            ("D1", "300.00", false),
            ("E1", "299.99", false),
        ]
    );
    assert_eq!(
        forms[0]["warnings"][0],
        "tested together with C1: the same TIN"
    );
    assert_eq!(
        forms[3]["explanation"],
        "below the threshold: box 1: 300.00 is less than 600.00; tested together with E1: the same TIN"
    );
    let out = format!("file:{}", world.folder().join("out").display());
    world.done(&["printer", "add", "office", &out]).await;
    let printed = json(
        &world,
        &["print", "--form", "nec", "--printer", "office", "--wait"],
    )
    .await;
    assert_eq!(
        (&printed["forms_printed"], &printed["total_amount"]),
        (&2.into(), &"600.00".into())
    );
    let job = printed["job"].as_str().unwrap();
    let shown = world
        .done(&["--json", "job", "show", job, "--sheets"])
        .await;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        shown["sheets"][0]["accounts"],
        serde_json::json!(["A1", "C1"])
    );
}

#[tokio::test]
async fn two_ids_that_reach_the_threshold_together_get_a_form_each_on_sqlite() {
    tested_together_printed_apart(World::start().await).await;
}

#[tokio::test]
async fn two_ids_that_reach_the_threshold_together_get_a_form_each_on_postgresql() {
    tested_together_printed_apart(World::on_postgres().await).await;
}

#[tokio::test]
async fn pages_of_one_decide_as_the_whole_list_does() {
    let world = World::start().await;
    calculated(&world).await;
    let whole = json(&world, &["forms", "list"]).await;
    use formfeed_proto::forms;
    let mut client =
        forms::forms_service_client::FormsServiceClient::new(world.channel(Service::Forms));
    let mut request = forms::ListFormsRequest {
        payer_id: "ACME".to_owned(),
        tax_year: 2025,
        page_size: 1,
        ..forms::ListFormsRequest::default()
    };
    for expected in whole.as_array().unwrap() {
        let page = client
            .list_forms(request.clone())
            .await
            .unwrap()
            .into_inner();
        let decision = &page.decisions[0];
        assert_eq!(
            decision.recipient_id,
            expected["recipient_id"].as_str().unwrap()
        );
        assert_eq!(decision.has_form, expected["has_form"] == true);
        request.page_token = page.next_page_token;
    }
    assert_eq!(request.page_token, "");
}

#[tokio::test]
async fn a_number_corrected_after_the_run_counts_as_the_run_saw_it_until_the_next() {
    let world = World::start().await;
    calculated(&world).await;
    let mut mended = Ledger::of_acme();
    mended.vendor("C1", "000000119");
    mended.vendor("A1", "000000111").paid("A1", "400.00");
    let folder = mended.write();
    world
        .done(&["import", folder.path().to_str().unwrap()])
        .await;
    let with_form = async || {
        let forms = json(&world, &["forms", "list"]).await;
        let forms = forms
            .as_array()
            .unwrap()
            .iter()
            .filter(|form| form["has_form"] == true);
        forms.count()
    };
    assert_eq!(with_form().await, 2);
    world.calculate("ACME", "2025").await;
    assert_eq!(with_form().await, 0);
}

fn vendor(id: &str, tin: &str) -> pb::Vendor {
    pb::Vendor {
        vendor_id: id.to_owned(),
        display_name: format!("Vendor {id}"),
        tin: tin.to_owned(),
        tin_type: if tin.is_empty() { "" } else { "ein" }.to_owned(),
        ..pb::Vendor::default()
    }
}

fn asked(refs: &[(&str, i64)]) -> pb::BatchGetTwinsRequest {
    let refs = refs
        .iter()
        .map(|(vendor_id, version)| pb::VendorVersionRef {
            vendor_id: (*vendor_id).to_owned(),
            version: *version,
            ..pb::VendorVersionRef::default()
        });
    pb::BatchGetTwinsRequest {
        refs: refs.collect(),
    }
}

/// `A2@1,2`: the twins of each version asked for.
async fn twins(world: &VendorAlone, refs: &[(&str, i64)]) -> Vec<Vec<String>> {
    let mut client = TwinServiceClient::new(world.service(Service::Forms));
    let found = client
        .batch_get_twins(asked(refs))
        .await
        .unwrap()
        .into_inner();
    let word = |twin: pb::Twin| {
        let versions: Vec<_> = twin.versions.iter().map(i64::to_string).collect();
        format!("{}@{}", twin.vendor_id, versions.join(","))
    };
    let words = |twins: pb::Twins| twins.others.into_iter().map(word).collect();
    found.twins.into_iter().map(words).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn vendors_with_the_same_number_are_found_by_version_and_after_an_older_program_too() {
    for mut world in VendorAlone::on_both().await {
        for (id, tin) in [
            ("A", "000000111"),
            ("B", "00-0000111"),
            ("C", "000000112"),
            ("D", ""),
        ] {
            world.create_vendor(vendor(id, tin)).await;
        }
        let name = "vendors/B".to_owned();
        let b = world
            .vendors()
            .get_vendor(pb::GetVendorRequest { name })
            .await
            .unwrap();
        let request = pb::UpdateVendorRequest {
            vendor: Some(pb::Vendor {
                tin: "000000112".to_owned(),
                ..b.into_inner()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["tin".into(), "tin_type".into()],
            }),
        };
        world.vendors().update_vendor(request).await.unwrap();
        let all = [("A", 1), ("B", 1), ("B", 0), ("C", 0), ("D", 0)];
        let expected: [&[&str]; 5] = [&["B@1"], &["A@1"], &["C@1"], &["B@2"], &[]];
        assert_eq!(twins(&world, &all).await, expected);
        world.edit("UPDATE vendor_versions SET tin_digest = NULL");
        assert_eq!(twins(&world, &[("A", 1)]).await, [&[] as &[&str]]);
        world.restart().await;
        assert_eq!(
            twins(&world, &all).await,
            expected,
            "filled at the next start"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_forms_service_may_ask_and_every_version_must_exist() {
    let world = VendorAlone::on_sqlite().await;
    world.create_vendor(vendor("A", "000000111")).await;
    for channel in [world.admin(), world.service(Service::Calculation)] {
        let mut client = TwinServiceClient::new(channel);
        let refused = client
            .batch_get_twins(asked(&[("A", 1)]))
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
    }
    let mut client = TwinServiceClient::new(world.service(Service::Forms));
    let refused = client
        .batch_get_twins(asked(&[("A", 2)]))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = client.batch_get_twins(asked(&[])).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_of_the_digests_stops_the_start_and_is_never_replaced() {
    let world = VendorAlone::on_sqlite().await;
    world.create_vendor(vendor("A", "000000111")).await;
    world.edit("DELETE FROM data_keys WHERE purpose = 'index'");
    let started = || {
        let tokens = formfeed_runtime::TokenStore::open(world.folder());
        let stop = tokio_util::sync::CancellationToken::new();
        formfeed_vendor::start(world.config(), tokens, stop)
    };
    let key = world.folder().join("keys/vendor-index.key");
    let refused = started().await.unwrap_err().to_string();
    assert!(refused.contains("vendor-index.key"), "{refused}");
    assert!(!key.exists());

    // The key file of an older program, but of another installation's.
    std::fs::write(&key, [7; 32]).unwrap();
    std::fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let refused = started().await.unwrap_err().to_string();
    assert!(
        refused.contains("key of the digests is not the one"),
        "{refused}"
    );
}
