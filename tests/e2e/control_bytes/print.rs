//! Print submission: every text of a form, of its header and of what operators say about it.

use formfeed_domain::form::FormType;
use formfeed_proto::convert::form::form_to;
use formfeed_proto::forms::PrintFormsRequest;
use formfeed_proto::forms::forms_service_client::FormsServiceClient;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::submit_job_request::Part;
use formfeed_runtime::Service;
use formfeed_tests::spool::{Left, forms, header};
use formfeed_tests::status::bad_fields;
use formfeed_tests::world::World;

use super::{OBEYED, with};

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_a_form_is_taken_with_a_control_character() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let good = forms(FormType::Nec, 1);
    for obeyed in OBEYED {
        let bad = || with(obeyed);
        let mut form = form_to(&good[0]);
        form.account_number = bad();
        form.payer_name = bad();
        form.payer_street = bad();
        form.payer_city_line = bad();
        form.payer_phone = bad();
        form.recipient_name = bad();
        form.recipient_name_2 = bad();
        form.recipient_street = bad();
        form.recipient_city_line = bad();
        let parts = || {
            Some(pb::AddressParts {
                unit: bad(),
                city: bad(),
                state: bad(),
                postal_code: bad(),
                country: bad(),
            })
        };
        form.payer_parts = parts();
        form.recipient_parts = parts();
        form.occupation_codes = vec![bad()];
        form.boxes[0].r#box = format!("1{obeyed}");
        form.states = vec![pb::StateRow {
            state_and_number: bad(),
            ..pb::StateRow::default()
        }];
        let header = pb::JobHeader {
            payer_id: bad(),
            on_behalf_of: bad(),
            stock: bad(),
            printer: format!("printers/{}", bad()),
            ..header(&bad(), "files", &good)
        };
        let forms = Part::Forms(pb::JobForms { forms: vec![form] });
        let parts = [Part::Header(header), forms];
        let parts = parts.map(|part| pb::SubmitJobRequest { part: Some(part) });
        let mut submitter = spool.submitter();
        let refused = submitter.submit_job(tokio_stream::iter(parts)).await;
        let refused = refused.unwrap_err();
        let expected = [
            "forms[0].account_number",
            "forms[0].boxes[0]",
            "forms[0].occupation_codes[0]",
            "forms[0].payer_city_line",
            "forms[0].payer_name",
            "forms[0].payer_parts.city",
            "forms[0].payer_parts.country",
            "forms[0].payer_parts.postal_code",
            "forms[0].payer_parts.state",
            "forms[0].payer_parts.unit",
            "forms[0].payer_phone",
            "forms[0].payer_street",
            "forms[0].recipient_city_line",
            "forms[0].recipient_name",
            "forms[0].recipient_name_2",
            "forms[0].recipient_parts.city",
            "forms[0].recipient_parts.country",
            "forms[0].recipient_parts.postal_code",
            "forms[0].recipient_parts.state",
            "forms[0].recipient_parts.unit",
            "forms[0].recipient_street",
            "forms[0].states[0]",
            "header.on_behalf_of",
            "header.payer_id",
            "header.printer",
            "header.stock",
            "request_id",
        ];
        assert_eq!(bad_fields(&refused), expected, "{obeyed:?}");
        assert!(!refused.message().contains(obeyed), "{refused:?}");
    }
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wish_to_print_and_no_printer_is_taken_with_a_control_character() {
    let world = World::start().await;
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let mut printers =
        pb::printer_service_client::PrinterServiceClient::new(world.channel(Service::Spooler));
    for obeyed in OBEYED {
        let bad = || with(obeyed);
        let request = PrintFormsRequest {
            request_id: bad(),
            payer_id: bad(),
            tax_year: 2025,
            form_type: pb::FormType::Nec.into(),
            printer: format!("printers/{}", bad()),
            stock: bad(),
            again_reason: bad(),
            ..PrintFormsRequest::default()
        };
        let refused = forms.print_forms(request).await.unwrap_err();
        let expected = ["again_reason", "payer_id", "printer", "request_id", "stock"];
        assert_eq!(bad_fields(&refused), expected, "{obeyed:?}");
        let request = pb::CreatePrinterRequest {
            request_id: bad(),
            printer: Some(pb::Printer {
                printer_id: bad(),
                uri: format!("file:/{}", bad()),
                dialect: bad(),
                stock: bad(),
                ..pb::Printer::default()
            }),
        };
        let refused = printers.create_printer(request).await.unwrap_err();
        let expected = [
            "printer.dialect",
            "printer.printer_id",
            "printer.stock",
            "printer.uri",
            "request_id",
        ];
        assert_eq!(bad_fields(&refused), expected, "{obeyed:?}");
        let request = pb::PausePrinterRequest {
            name: "printers/laser".to_owned(),
            reason: bad(),
        };
        let refused = printers.pause_printer(request).await.unwrap_err();
        assert_eq!(bad_fields(&refused), ["reason"], "{obeyed:?}");
    }
}
