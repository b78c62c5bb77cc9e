//! Who gets a form and why not: the small case, imported and calculated through the services.

use std::collections::BTreeSet;

use formfeed_proto::calculation::calculation_service_client::CalculationServiceClient;
use formfeed_proto::calculation::{ListInformationRequest, ListSkippedRecipientsRequest};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::forms_service_client::FormsServiceClient;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::Service;
use formfeed_tests::world::World;
use tonic::Code;
use tonic_types::StatusExt as _;

async fn calculated() -> World {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    world
}

fn of_te1() -> pb::ListFormsRequest {
    pb::ListFormsRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        page_size: 1000,
        ..pb::ListFormsRequest::default()
    }
}

async fn list(world: &World, request: pb::ListFormsRequest) -> Vec<pb::FormDecision> {
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let page = forms.list_forms(request).await.unwrap().into_inner();
    assert_eq!(page.next_page_token, "");
    page.decisions
}

/// `V000003 nec 1=1504.87` or `V000010 nec below_threshold: …`
fn in_words(decision: &pb::FormDecision) -> String {
    let form = match decision.form_type() {
        FormType::Unspecified => "none",
        FormType::Nec => "nec",
        FormType::Misc => "misc",
    };
    let boxes = decision.boxes.iter().map(|b| {
        let (sign, cents) = (b.amount_cents < 0, b.amount_cents.abs());
        let sign = if sign { "-" } else { "" };
        format!(" {}={sign}{}.{:02}", b.r#box, cents / 100, cents % 100)
    });
    let boxes: String = boxes.collect();
    let reason = match decision.has_form {
        true => String::new(),
        false => format!(" no form: {}", decision.reason),
    };
    format!("{} {form}{boxes}{reason}", decision.recipient_id)
}

#[tokio::test]
async fn every_box_over_its_threshold_comes_out_and_every_other_is_explained() {
    let world = calculated().await;
    let decisions = list(&world, of_te1()).await;
    let with_information: Vec<_> = decisions
        .iter()
        .filter(|decision| decision.form_type != 0)
        .map(in_words)
        .collect();
    assert_eq!(
        with_information,
        [
            "V000002 nec 1=1.85 no form: below_threshold",
            "V000002 misc 3=0.12 no form: below_threshold",
            "V000003 nec 1=1504.87",
            "V000003 misc 1=1618.14 2=485.44",
            "V000004 nec 1=600.00",
            "V000004 misc 8=600.00",
            "V000010 nec 1=295.76 no form: below_threshold",
            "V000012 nec 5=101.56 no form: below_threshold",
            "V000014 nec 1=1307.31",
            "V000014 misc 5=-500.01 6=-0.06 no form: nothing_to_report",
            "V000015 misc 9=2088.28",
            "V000016 nec 1=1669.41",
            "V000016 misc 5=491.33",
            "V000017 nec 1=4762.41",
            "V000023 nec 1=3577.91 5=143.11",
            "V000030 nec 4=767.32",
            "V000031 misc 10=2946.90",
            "V000035 misc 8=2000.00",
            "V000036 misc 9=1143.36 11=3586.09",
            "V000037 nec 1=0.57 no form: below_threshold",
            "V000037 misc 10=600.00",
            "V000039 misc 6=600.00 8=558.00",
        ]
    );
    let below = &decisions[..]
        .iter()
        .find(|d| d.recipient_id == "V000010")
        .unwrap();
    assert_eq!(
        below.explanation,
        "below the threshold: box 1: 295.76 is less than 600.00"
    );
    let crop = decisions
        .iter()
        .find(|d| d.recipient_id == "V000004" && d.form_type() == FormType::Misc);
    assert_eq!(
        crop.unwrap().warnings,
        ["left off: box 9: 0.70 is less than 600.00"]
    );
}

#[tokio::test]
async fn every_recipient_of_the_year_is_accounted_for_with_its_reason() {
    let world = calculated().await;
    let mut calculation = CalculationServiceClient::new(world.channel(Service::Calculation));
    let request = ListInformationRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        page_size: 1000,
        ..ListInformationRequest::default()
    };
    let rows = calculation.list_information(request).await.unwrap();
    let request = ListSkippedRecipientsRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        page_size: 1000,
        page_token: String::new(),
    };
    let skipped = calculation.list_skipped_recipients(request).await.unwrap();
    let skipped = skipped.into_inner().skipped;
    assert!(!skipped.is_empty());
    let rows = rows.into_inner().information.into_iter();
    let known: BTreeSet<_> = rows
        .map(|row| row.recipient_id)
        .chain(skipped.iter().map(|skipped| skipped.recipient_id.clone()))
        .collect();
    let decisions = list(&world, of_te1()).await;
    let listed: BTreeSet<_> = decisions.iter().map(|d| d.recipient_id.clone()).collect();
    assert_eq!(listed, known);
    for reason in skipped {
        let decision = decisions
            .iter()
            .find(|d| d.recipient_id == reason.recipient_id)
            .unwrap();
        assert_eq!(
            (&decision.reason, &decision.explanation, decision.has_form),
            (&reason.reason, &reason.explanation, false)
        );
        assert!(!decision.recipient_name.is_empty());
    }
}

#[tokio::test]
async fn pages_of_any_size_add_up_to_the_whole_list() {
    let world = calculated().await;
    let whole = list(&world, of_te1()).await;
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    for page_size in [1, 2, 7] {
        let mut request = pb::ListFormsRequest {
            page_size,
            ..of_te1()
        };
        let mut decisions = Vec::new();
        loop {
            let page = forms.list_forms(request.clone()).await.unwrap();
            let page = page.into_inner();
            assert!(page.decisions.len() <= usize::try_from(page_size).unwrap());
            decisions.extend(page.decisions);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        assert_eq!(decisions, whole, "pages of {page_size}");
    }
    let first = forms
        .list_forms(pb::ListFormsRequest {
            page_size: 1,
            ..of_te1()
        })
        .await
        .unwrap();
    let other = pb::ListFormsRequest {
        page_token: first.into_inner().next_page_token,
        tax_year: 2024,
        ..of_te1()
    };
    let refused = forms.list_forms(other).await.unwrap_err();
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "PAGE_TOKEN_INVALID"
    );
}

#[tokio::test]
async fn one_form_type_alone_and_the_payers_choices_change_the_list() {
    let world = calculated().await;
    let only_nec = pb::ListFormsRequest {
        form_type: FormType::Nec.into(),
        ..of_te1()
    };
    let nec = list(&world, only_nec).await;
    assert!(nec.iter().all(|d| d.form_type() == FormType::Nec));
    assert_eq!(nec.iter().filter(|d| d.has_form).count(), 7);
    let all_boxes = pb::ListFormsRequest {
        options: Some(pb::FormOptions {
            report_all_boxes: true,
            ..pb::FormOptions::default()
        }),
        ..of_te1()
    };
    let misc = list(&world, all_boxes).await;
    let words: Vec<_> = misc.iter().map(in_words).collect();
    assert!(words.contains(&"V000004 misc 8=600.00 9=0.70".to_owned()));
}

#[tokio::test]
async fn an_unknown_payer_is_not_found_and_an_uncalculated_year_is_an_empty_list() {
    let world = World::start().await;
    world.import_small().await;
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let unknown = pb::ListFormsRequest {
        payer_id: "NOBODY".to_owned(),
        ..of_te1()
    };
    let refused = forms.list_forms(unknown).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    assert_eq!(
        refused.get_details_error_info().unwrap().reason,
        "PAYER_NOT_FOUND"
    );
    assert!(list(&world, of_te1()).await.is_empty());
}
