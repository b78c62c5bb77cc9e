//! What was never filed cannot be corrected; what is not to be filed is left out before.

use formfeed::errors::Exit;
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::reason;
use formfeed_tests::world::World;
use serde_json::{Value, json};
use tonic::Code;

use super::{OF, WHY, calculated, client, correct, edit, filed, list, listed, parsed};
use crate::vendor_resources::told;

const NEC: &str = "nonemployee_compensation";
const FORM: [&str; 4] = ["--form", "nec", "--recipient", "V000003"];

fn void() -> pb::VoidFormRequest {
    pb::VoidFormRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        form_type: FormType::Nec.into(),
        recipient_id: "V000003".to_owned(),
        reason: "reported by the parent company".to_owned(),
    }
}

async fn print_nec(world: &World, more: &[&str]) -> Value {
    let line = [
        "--json",
        "print",
        "--form",
        "nec",
        "--printer",
        "file",
        "--wait",
    ];
    parsed(&world.done(&[&line[..], &OF, more].concat()).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_filed_is_not_corrected() {
    let world = calculated(World::start().await).await;
    for more in [&[][..], &["--printer", "file", "--form", "nec"]] {
        let (exit, _, said) = correct(&world, more).await;
        assert_eq!(exit, Exit::Refused);
        assert!(said.contains(reason::NOTHING_FILED), "{said}");
    }
    let line = [
        "print",
        "--form",
        "nec",
        "--copy",
        "b",
        "--printer",
        "file",
        "--wait",
    ];
    world.done(&[&line[..], &OF].concat()).await;
    let (_, _, said) = correct(&world, &[]).await;
    assert!(
        said.contains(reason::NOTHING_FILED),
        "Copy B files nothing: {said}"
    );
    print_nec(&world, &[]).await;
    let misc = pb::ListCorrectionsRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        form_type: FormType::Misc.into(),
        ..pb::ListCorrectionsRequest::default()
    };
    let refused = list(&world, misc).await.unwrap_err();
    assert_eq!(told(&refused).1, reason::NOTHING_FILED, "another form was");
    let (exit, _, said) = correct(
        &world,
        &["--printer", "file", "--form", "nec", "--copy", "b"],
    )
    .await;
    assert_eq!(exit, Exit::Refused);
    assert!(
        said.contains(reason::NOTHING_FILED),
        "no corrections to copy: {said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_left_out_is_not_printed_exported_or_counted_until_it_is_taken_in_again() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = calculated(world).await;
        let voided = client(&world).void_form(void()).await.unwrap().into_inner();
        assert_eq!(
            (voided.reason.as_str(), voided.user.as_str()),
            ("reported by the parent company", "admin")
        );
        let again = pb::VoidFormRequest {
            reason: "another".to_owned(),
            ..void()
        };
        let again = client(&world).void_form(again).await.unwrap().into_inner();
        assert_eq!(again, voided, "the first word stays");

        let line = [&["--json", "forms", "list", "--form", "nec"], &OF[..]].concat();
        let forms = parsed(&world.done(&line).await);
        let own = forms
            .as_array()
            .unwrap()
            .iter()
            .find(|form| form["recipient_id"] == "V000003");
        let own = own.unwrap();
        assert_eq!(
            (&own["has_form"], &own["reason"]),
            (&false.into(), &"voided".into())
        );
        let line = [&["--json", "overview"], &OF[..]].concat();
        let seen = parsed(&world.done(&line).await);
        let nec = &seen["forms"][0];
        assert_eq!((&nec["forms"], &nec["voided"]), (&6.into(), &1.into()));
        let job = print_nec(&world, &[]).await;
        assert_eq!(job["forms_printed"], 6);
        assert_eq!(listed(&world).await, json!([]));

        let line = [&["forms", "restore"], &OF[..], &FORM].concat();
        world.done(&line).await;
        assert_eq!(listed(&world).await[0]["action"], "late-original");
        let (exit, _, said) = world.cli(&line).await;
        assert_eq!(exit, Exit::Refused);
        assert!(said.contains(reason::FORM_NOT_VOIDED), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filed_form_is_corrected_instead_of_left_out_unless_it_was_never_sent() {
    let world = filed(World::start().await, &["nec"]).await;
    let refused = client(&world).void_form(void()).await.unwrap_err();
    assert_eq!(
        (refused.code(), told(&refused).1.as_str()),
        (Code::FailedPrecondition, reason::FORM_FILED)
    );
    assert!(refused.message().contains("formfeed correct"), "{refused}");
    let unknown = pb::MarkNotSentRequest {
        name: "printings/0198".to_owned(),
        reason: "torn".to_owned(),
    };
    let refused = client(&world).mark_not_sent(unknown).await.unwrap_err();
    assert_eq!(told(&refused).1, reason::FILING_NOT_FOUND);

    edit(&world, "V000003", NEC, "9999.99").await;
    let printing = listed(&world).await[0]["filed_as"]
        .as_str()
        .unwrap()
        .to_owned();
    let line = [
        "forms",
        "not-sent",
        "--printing",
        &printing,
        "--reason",
        "torn up",
    ];
    world.done(&line).await;
    let (exit, _, said) = correct(&world, &[]).await;
    assert_eq!(exit, Exit::Refused);
    assert!(said.contains(reason::NOTHING_FILED), "{said}");
    world
        .done(&[&["forms", "void"], &OF[..], &FORM, &WHY].concat())
        .await;
    let job = print_nec(&world, &["--again", "the first was torn up"]).await;
    assert_eq!(job["forms_printed"], 6);
    assert_eq!(listed(&world).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_wish_to_correct_or_void_is_told() {
    let world = World::start().await;
    let asked = pb::ListCorrectionsRequest {
        form_type: 9,
        ..pb::ListCorrectionsRequest::default()
    };
    let refused = list(&world, asked).await.unwrap_err();
    assert_eq!(told(&refused).2, ["payer_id", "tax_year", "form_type"]);
    let restored = pb::RestoreFormRequest::default();
    let refused = client(&world).restore_form(restored).await.unwrap_err();
    assert_eq!(
        told(&refused).2,
        ["payer_id", "tax_year", "form_type", "recipient_id"]
    );
    let refused = client(&world)
        .void_form(pb::VoidFormRequest::default())
        .await
        .unwrap_err();
    assert_eq!(told(&refused).2.last().unwrap(), "reason");
    let refused = client(&world)
        .mark_not_sent(pb::MarkNotSentRequest::default())
        .await
        .unwrap_err();
    assert_eq!(told(&refused).2, ["name", "reason"]);
    let printed = pb::PrintCorrectionsRequest {
        recipients: vec!["V/1".to_owned()],
        ..pb::PrintCorrectionsRequest::default()
    };
    let refused = client(&world).print_corrections(printed).await.unwrap_err();
    let fields = [
        "payer_id",
        "tax_year",
        "form_type",
        "recipients[0]",
        "printer",
        "reason",
        "request_id",
    ];
    assert_eq!(told(&refused).2, fields);
    let exported = pb::ExportCorrectionsRequest {
        receipts: vec![pb::Receipt::default()],
        ..pb::ExportCorrectionsRequest::default()
    };
    let refused = client(&world)
        .export_corrections(exported)
        .await
        .unwrap_err();
    let fields = [
        "payer_id",
        "tax_year",
        "form_type",
        "format",
        "reason",
        "receipts[0]",
        "request_id",
    ];
    assert_eq!(told(&refused).2, fields);
}
