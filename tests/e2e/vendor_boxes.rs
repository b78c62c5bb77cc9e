//! Box definitions: which code feeds which box in a tax year, on both databases.

use formfeed_proto::vendor as pb;
use formfeed_runtime::request_id;
use formfeed_tests::vendor_alone::VendorAlone;
use tonic::{Code, Status};

use crate::vendor_resources::{mask, told};

fn definition(tax_year: i32, code: &str, income_type: &str) -> pb::BoxDefinition {
    pb::BoxDefinition {
        tax_year,
        code: code.to_owned(),
        income_type: income_type.to_owned(),
        group: "RELATE01".to_owned(),
        ..pb::BoxDefinition::default()
    }
}

async fn create(
    world: &VendorAlone,
    definition: pb::BoxDefinition,
) -> Result<pb::BoxDefinition, Status> {
    let request = pb::CreateBoxDefinitionRequest {
        box_definition: Some(definition),
        request_id: request_id::new(),
    };
    let made = world.boxes().create_box_definition(request).await;
    made.map(tonic::Response::into_inner)
}

/// Effective income types of the codes of position 1 among these, in a year.
async fn effective(world: &VendorAlone, tax_year: i32, codes: &[&str]) -> Vec<String> {
    let request = pb::ListRelateToCodesRequest {
        position: 1,
        tax_year,
        ..pb::ListRelateToCodesRequest::default()
    };
    let page = world.accounts().list_relate_to_codes(request).await;
    let page = page.unwrap().into_inner().relate_to_codes;
    let of = |code: &&str| page.iter().find(|known| known.code == *code).unwrap();
    let word = |code| of(code).effective_income_type.clone();
    codes.iter().map(word).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_years_definition_stands_before_the_codes_own_income_type_until_it_is_gone() {
    for world in VendorAlone::on_both().await {
        let code = pb::RelateToCode {
            position: 1,
            code: "ZZ".to_owned(),
            ..pb::RelateToCode::default()
        };
        let request = pb::CreateRelateToCodeRequest {
            relate_to_code: Some(code),
            request_id: request_id::new(),
        };
        world
            .accounts()
            .create_relate_to_code(request)
            .await
            .unwrap();
        let made = create(&world, definition(2025, "PA", "royalties")).await;
        let made = made.unwrap();
        assert_eq!(
            (made.name.as_str(), made.position),
            ("boxDefinitions/2025-PA", 0)
        );
        assert_eq!(made.boxes, ["1099-MISC 2"]);
        create(&world, definition(2025, "RE", "exclude"))
            .await
            .unwrap();
        let codes = ["PA", "RE", "EX", "ZZ", "FW"];
        assert_eq!(
            effective(&world, 2025, &codes).await,
            [
                "royalties",
                "exclude",
                "exclude",
                "",
                "federal_income_tax_withheld"
            ]
        );
        for other_year in [2024, 0] {
            assert_eq!(
                effective(&world, other_year, &codes).await,
                [
                    "other_income",
                    "rents",
                    "exclude",
                    "",
                    "federal_income_tax_withheld"
                ]
            );
        }
        let changed = pb::BoxDefinition {
            position: 2,
            ..made.clone()
        };
        let request = pb::UpdateBoxDefinitionRequest {
            box_definition: Some(changed),
            update_mask: mask(&["position"]),
        };
        let changed = world.boxes().update_box_definition(request.clone()).await;
        let changed = changed.unwrap().into_inner();
        assert_eq!(effective(&world, 2025, &["PA"]).await, ["other_income"]);
        let refused = world.boxes().update_box_definition(request).await;
        assert_eq!(told(&refused.unwrap_err()).1, "ETAG_MISMATCH");
        let mut request = pb::DeleteBoxDefinitionRequest {
            name: made.name.clone(),
            etag: made.etag,
        };
        let refused = world.boxes().delete_box_definition(request.clone()).await;
        assert_eq!(told(&refused.unwrap_err()).0, Code::Aborted);
        request.etag = changed.etag;
        world.boxes().delete_box_definition(request).await.unwrap();
        let request = pb::GetBoxDefinitionRequest { name: made.name };
        let gone = world.boxes().get_box_definition(request).await;
        assert_eq!(told(&gone.unwrap_err()).1, "BOX_DEFINITION_NOT_FOUND");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_of_an_undefined_code_or_of_two_boxes_is_refused_with_every_fault() {
    for world in VendorAlone::on_both().await {
        let wrong = pb::BoxDefinition {
            position: 3,
            ..definition(1989, "Q1", "rent")
        };
        let refused = create(&world, wrong).await.unwrap_err();
        let (code, reason, fields) = told(&refused);
        assert_eq!(
            (code, reason.as_str()),
            (Code::InvalidArgument, "FIELDS_INVALID")
        );
        let expected = [
            "box_definition.tax_year",
            "box_definition.position",
            "box_definition.income_type",
            "box_definition.code",
        ];
        assert_eq!(fields, expected);
        assert!(
            refused.message().contains("use one of AF, CC, "),
            "{refused}"
        );

        let request = pb::CreateBoxDefinitionRequest {
            box_definition: Some(definition(2025, "CC", "other_income")),
            request_id: request_id::new(),
        };
        let first = world.boxes().create_box_definition(request.clone()).await;
        let first = first.unwrap().into_inner();
        let again = world.boxes().create_box_definition(request.clone()).await;
        assert_eq!(again.unwrap().into_inner(), first, "a retry");
        let refused = create(&world, definition(2025, "CC", "rents")).await;
        let refused = refused.unwrap_err();
        assert_eq!(told(&refused).2, ["box_definition.code"]);
        assert!(
            refused
                .message()
                .contains("CC feeds other_income in 2025 already")
        );
        let refused = create(&world, definition(2025, "CC", "other_income")).await;
        assert_eq!(told(&refused.unwrap_err()).1, "RESOURCE_EXISTS");
        create(&world, definition(2026, "CC", "rents"))
            .await
            .unwrap();
        let request = pb::CreateBoxDefinitionRequest {
            box_definition: Some(definition(2025, "RE", "rents")),
            ..request
        };
        let refused = world.boxes().create_box_definition(request).await;
        assert_eq!(told(&refused.unwrap_err()).1, "REQUEST_ID_REUSED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_are_listed_by_year_and_code_without_gap() {
    for world in VendorAlone::on_both().await {
        for (year, code) in [(2026, "CC"), (2025, "RE"), (2025, "CC"), (2024, "EX")] {
            create(&world, definition(year, code, "rents"))
                .await
                .unwrap();
        }
        let list = async |tax_year| {
            let mut request = pb::ListBoxDefinitionsRequest {
                page_size: 1,
                tax_year,
                ..pb::ListBoxDefinitionsRequest::default()
            };
            let mut seen = Vec::new();
            loop {
                let page = world.boxes().list_box_definitions(request.clone()).await;
                let page = page.unwrap().into_inner();
                seen.extend(page.box_definitions.into_iter().map(|d| d.name));
                request.page_token = page.next_page_token;
                if request.page_token.is_empty() {
                    return seen;
                }
            }
        };
        let names = |keys: &[&str]| -> Vec<String> {
            keys.iter()
                .map(|key| format!("boxDefinitions/{key}"))
                .collect()
        };
        assert_eq!(
            list(0).await,
            names(&["2024-EX", "2025-CC", "2025-RE", "2026-CC"])
        );
        assert_eq!(list(2025).await, names(&["2025-CC", "2025-RE"]));
    }
}
