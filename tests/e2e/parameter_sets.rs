//! Saved parameters of runs, and the runs there were.

use formfeed::errors::Exit;
use formfeed_proto::calculation as pb;
use formfeed_runtime::{Service, reason, request_id};
use formfeed_tests::world::World;
use pb::parameter_set_service_client::ParameterSetServiceClient;
use prost_types::FieldMask;
use serde_json::Value;
use tonic::Code;

use crate::information_edits::desk::{expect, told};

fn wanted(payer_id: &str) -> pb::ParameterSet {
    pb::ParameterSet {
        payer_id: payer_id.to_owned(),
        method: pb::Method::IncomeFirst.into(),
        to_recipient_id: "V000009".to_owned(),
        ..pb::ParameterSet::default()
    }
}

fn new(id: &str, payer_id: &str) -> pb::CreateParameterSetRequest {
    pb::CreateParameterSetRequest {
        parameter_set_id: id.to_owned(),
        parameter_set: Some(wanted(payer_id)),
        request_id: request_id::new(),
    }
}

async fn a_set_is_made_once_and_changed_only_by_who_has_read_it(world: &World) {
    let mut sets = ParameterSetServiceClient::new(world.channel(Service::Calculation));
    let asked = new("year-end", "TE1");
    let made = sets.create_parameter_set(asked.clone()).await;
    let made = made.unwrap().into_inner();
    assert_eq!(
        (made.name.as_str(), made.user.as_str()),
        ("parameterSets/year-end", "admin")
    );
    let again = sets.create_parameter_set(asked.clone()).await;
    assert_eq!(again.unwrap().into_inner(), made);
    let reused = pb::CreateParameterSetRequest {
        parameter_set: Some(wanted("TE2")),
        ..asked
    };
    assert_eq!(
        told(sets.create_parameter_set(reused).await),
        expect(Code::AlreadyExists, reason::REQUEST_ID_REUSED)
    );
    assert_eq!(
        told(sets.create_parameter_set(new("year-end", "TE1")).await),
        expect(Code::AlreadyExists, reason::RESOURCE_EXISTS)
    );
    let name = |name: &str| pb::GetParameterSetRequest {
        name: format!("parameterSets/{name}"),
    };
    let read = sets.get_parameter_set(name("year-end")).await.unwrap();
    assert_eq!(read.into_inner(), made);
    assert_eq!(
        told(sets.get_parameter_set(name("none")).await),
        expect(Code::NotFound, reason::PARAMETER_SET_NOT_FOUND)
    );

    let change = |set: &pb::ParameterSet| pb::UpdateParameterSetRequest {
        parameter_set: Some(pb::ParameterSet {
            payer_id: "TE2".to_owned(),
            to_recipient_id: String::new(),
            ..set.clone()
        }),
        update_mask: Some(FieldMask {
            paths: vec!["to_recipient_id".to_owned()],
        }),
    };
    let changed = sets.update_parameter_set(change(&made)).await;
    let changed = changed.unwrap().into_inner();
    assert_eq!(
        (changed.payer_id.as_str(), changed.to_recipient_id.as_str()),
        ("TE1", "")
    );
    assert_eq!(
        told(sets.update_parameter_set(change(&made)).await),
        expect(Code::Aborted, reason::ETAG_MISMATCH)
    );

    sets.create_parameter_set(new("a first", "TE2"))
        .await
        .unwrap();
    let mut listing = pb::ListParameterSetsRequest {
        page_size: 1,
        ..pb::ListParameterSetsRequest::default()
    };
    let first = sets.list_parameter_sets(listing.clone()).await.unwrap();
    let first = first.into_inner();
    assert_eq!(first.parameter_sets[0].name, "parameterSets/a first");
    listing.page_token = first.next_page_token;
    let second = sets
        .list_parameter_sets(listing)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(second.parameter_sets, std::slice::from_ref(&changed));
    assert_eq!(second.next_page_token, "");

    let delete = |etag: &str| pb::DeleteParameterSetRequest {
        name: made.name.clone(),
        etag: etag.to_owned(),
    };
    assert_eq!(
        told(sets.delete_parameter_set(delete(&made.etag)).await),
        expect(Code::Aborted, reason::ETAG_MISMATCH)
    );
    let deleted = sets.delete_parameter_set(delete(&changed.etag)).await;
    deleted.unwrap();
    assert_eq!(
        told(sets.delete_parameter_set(delete(&changed.etag)).await),
        expect(Code::NotFound, reason::PARAMETER_SET_NOT_FOUND)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_is_made_once_and_changed_only_by_who_has_read_it_on_either_database() {
    a_set_is_made_once_and_changed_only_by_who_has_read_it(&World::start().await).await;
    a_set_is_made_once_and_changed_only_by_who_has_read_it(&World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calculation_is_repeated_by_the_name_of_its_parameters() {
    let world = World::start().await;
    world.import_small().await;
    let json = async |line: &[&str]| -> Value {
        let out = world.done(&[&["--json"], line].concat()).await;
        serde_json::from_str(&out).unwrap()
    };
    let range = [
        "--from",
        "V000003",
        "--to",
        "V000004",
        "--save",
        "two",
        "--method",
        "prorated",
        "--basis",
        "as-documented",
    ];
    let calculate = ["calculate", "--payer", "TE1", "--tax-year", "2025"];
    let first = json(&[&calculate[..], &range].concat()).await;
    assert_eq!(
        (&first["recipients"], &first["to"]),
        (&2.into(), &"V000004".into())
    );
    let saved = json(&["parameter-set", "show", "two"]).await;
    assert_eq!(
        (&saved["payer"], &saved["from"]),
        (&"TE1".into(), &"V000003".into())
    );
    let again = json(&["calculate", "--saved", "two", "--tax-year", "2025"]).await;
    assert_eq!(saved["basis"], "as-documented");
    for field in [
        "payer",
        "method",
        "basis",
        "from",
        "to",
        "rows",
        "taxable_amount",
    ] {
        assert_eq!(again[field], first[field], "{field}");
    }
    // Saving under the same name replaces what it was.
    json(&[&calculate[..], &["--save", "two"]].concat()).await;
    let saved = json(&["parameter-set", "list"]).await;
    assert_eq!(saved.as_array().map(Vec::len), Some(1));
    assert_eq!(saved[0]["from"], "");

    let runs = json(&["run", "list", "--payer", "TE1", "--tax-year", "2025"]).await;
    assert_eq!(runs.as_array().map(Vec::len), Some(3));
    assert_eq!(runs[2]["from"], "V000003");
    let shown = json(&["run", "show", first["run"].as_str().unwrap()]).await;
    assert_eq!(shown, runs[2]);
    assert_eq!(shown["user"], "admin");
    let cancel = ["run", "cancel", first["run"].as_str().unwrap()];
    let (exit, _, err) = world.cli(&cancel).await;
    assert_eq!(exit, Exit::Refused);
    assert!(err.contains("RUN_ENDED"), "{err}");

    json(&["parameter-set", "delete", "two"]).await;
    let (exit, _, err) = world
        .cli(&["calculate", "--saved", "two", "--tax-year", "2025"])
        .await;
    assert_eq!(exit, Exit::Refused);
    assert!(err.contains("PARAMETER_SET_NOT_FOUND"), "{err}");
    let both = [
        "calculate",
        "--saved",
        "two",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
    ];
    assert_eq!(world.cli(&both).await.0, Exit::Usage);
}
