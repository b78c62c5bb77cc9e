//! The forms service while no other service runs: what it refuses by itself, and whom it names when it needs one.

use formfeed_proto::forms as pb;
use formfeed_proto::forms::forms_service_client::FormsServiceClient;
use formfeed_proto::spooler::FormType;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::{Connector, Service, ServiceConfig, access};
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

type Client = FormsServiceClient<AuthChannel>;

/// The service on a free port, called by the admin; it ends with the guard.
async fn forms_alone() -> (Client, (DropGuard, tempfile::TempDir)) {
    let folder = tempfile::tempdir().unwrap();
    let tokens = access::ensure(folder.path()).unwrap();
    let mut config = ServiceConfig::local(Service::Forms, folder.path());
    config.listen = "127.0.0.1:0".parse().unwrap();
    for peer in [Service::Vendor, Service::Calculation, Service::Spooler] {
        config.peers.set(peer, "http://127.0.0.1:9"); // nobody listens on discard
    }
    let stop = CancellationToken::new();
    let running = formfeed_forms::start(&config, tokens, stop.clone())
        .await
        .unwrap();
    let token = access::read_token(&access::admin_token_path(folder.path())).unwrap();
    let connector = Connector::new(Service::Forms, running.url(), token, None).unwrap();
    let forms = FormsServiceClient::new(connector.channel());
    (forms, (stop.drop_guard(), folder))
}

fn order(tax_year: i32, form_type: FormType) -> pb::PrintFormsRequest {
    pb::PrintFormsRequest {
        request_id: "r1".to_owned(),
        payer_id: "TE1".to_owned(),
        tax_year,
        form_type: form_type.into(),
        printer: "printers/file".to_owned(),
        ..pb::PrintFormsRequest::default()
    }
}

/// Code, reason, and the metadata of that key.
fn told(status: &Status, key: &str) -> (Code, String, String) {
    let info = status.get_details_error_info().unwrap();
    let value = info.metadata.get(key).cloned();
    (status.code(), info.reason, value.unwrap_or_default())
}

fn expect(code: Code, reason: &str, value: &str) -> (Code, String, String) {
    (code, reason.to_owned(), value.to_owned())
}

#[tokio::test]
async fn a_year_without_rules_is_refused_and_never_served_by_another_years() {
    let (mut forms, _guard) = forms_alone().await;
    let no_rule = expect(Code::FailedPrecondition, "NO_RULE_FOR_YEAR", "2018");
    let list = pb::ListFormsRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2018,
        ..pb::ListFormsRequest::default()
    };
    let refused = forms.list_forms(list).await.unwrap_err();
    assert_eq!(told(&refused, "tax_year"), no_rule);
    let refused = forms
        .print_forms(order(2018, FormType::Misc))
        .await
        .unwrap_err();
    assert_eq!(told(&refused, "tax_year"), no_rule);
    assert!(refused.message().contains("2019 to 2026"), "{refused}");
    let rules = pb::GetTaxYearRulesRequest { tax_year: 2018 };
    let refused = forms.get_tax_year_rules(rules).await.unwrap_err();
    assert_eq!(told(&refused, "tax_year"), no_rule);
    let refused = forms
        .print_forms(order(2019, FormType::Nec))
        .await
        .unwrap_err();
    assert_eq!(
        told(&refused, "tax_year"),
        expect(Code::FailedPrecondition, "NO_SUCH_FORM", "2019")
    );
}

#[tokio::test]
async fn a_service_that_is_away_is_named_and_nothing_is_recorded() {
    let (mut forms, _guard) = forms_alone().await;
    let list = pb::ListFormsRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        ..pb::ListFormsRequest::default()
    };
    let refused = forms.list_forms(list).await.unwrap_err();
    assert_eq!(
        told(&refused, "service"),
        expect(Code::Unavailable, "SERVICE_UNAVAILABLE", "vendor")
    );
    let refused = forms
        .print_forms(order(2025, FormType::Nec))
        .await
        .unwrap_err();
    assert_eq!(
        told(&refused, "service"),
        expect(Code::Unavailable, "SERVICE_UNAVAILABLE", "spooler")
    );
    let printings = forms
        .list_printings(pb::ListPrintingsRequest::default())
        .await;
    assert!(printings.unwrap().into_inner().printings.is_empty());
}

#[tokio::test]
async fn a_request_to_print_is_refused_with_every_bad_field_named() {
    let (mut forms, _guard) = forms_alone().await;
    let nothing = pb::PrintFormsRequest::default();
    let refused = forms.print_forms(nothing).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let bad = refused.get_details_bad_request().unwrap();
    let fields: Vec<_> = bad
        .field_violations
        .iter()
        .map(|v| v.field.as_str())
        .collect();
    assert_eq!(
        fields,
        ["payer_id", "tax_year", "form_type", "printer", "request_id"]
    );
}

#[tokio::test]
async fn a_printing_that_never_was_is_not_found() {
    let (mut forms, _guard) = forms_alone().await;
    let name = pb::GetPrintingRequest {
        name: "printings/0198".to_owned(),
    };
    let refused = forms.get_printing(name).await.unwrap_err();
    assert_eq!(
        told(&refused, "printing"),
        expect(Code::NotFound, "PRINTING_NOT_FOUND", "printings/0198")
    );
    let page = pb::ListPrintingsRequest {
        page_token: "bm9uc2Vuc2U".to_owned(),
        ..pb::ListPrintingsRequest::default()
    };
    let refused = forms.list_printings(page).await.unwrap_err();
    assert_eq!(
        told(&refused, ""),
        expect(Code::InvalidArgument, "PAGE_TOKEN_INVALID", "")
    );
}

#[tokio::test]
async fn the_rules_of_a_year_name_box_threshold_and_source() {
    let (mut forms, _guard) = forms_alone().await;
    let request = pb::GetTaxYearRulesRequest { tax_year: 2026 };
    let rules = forms
        .get_tax_year_rules(request)
        .await
        .unwrap()
        .into_inner();
    let of = |income_type: &str| {
        let rule = rules
            .boxes
            .iter()
            .find(|rule| rule.income_type == income_type);
        rule.map(|rule| (rule.r#box.as_str(), rule.threshold_cents))
            .unwrap()
    };
    assert_eq!(of("nonemployee_compensation"), ("1a", 2_000_00));
    assert_eq!(of("attorney_gross_proceeds"), ("10", 600_00));
    assert!(rules.boxes.iter().all(|rule| !rule.source.is_empty()));
    assert!(rules.due_dates.iter().any(|due| due.date == "2027-02-01"));
}
