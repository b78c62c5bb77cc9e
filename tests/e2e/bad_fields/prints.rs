//! Printers, stock, jobs and the wish to print: an unknown stock or a device's URI is told with everything else.

use formfeed_domain::form::FormType;
use formfeed_proto::convert::form::form_to;
use formfeed_proto::forms::PrintFormsRequest;
use formfeed_proto::forms::forms_service_client::FormsServiceClient;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::submit_job_request::Part;
use formfeed_runtime::{Service, reason};
use formfeed_tests::spool::{Left, Spool, forms, header};
use formfeed_tests::status::{bad_fields, code_and_reason};
use formfeed_tests::world::World;
use tonic::{Code, Status};

fn text(text: &str) -> String {
    text.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printer_is_refused_with_its_uri_its_dialect_and_its_stock() {
    let spool = Left::on_sqlite().start().await;
    let request = pb::CreatePrinterRequest {
        printer: Some(pb::Printer {
            printer_id: text("Laser"),
            uri: text("http://169.254.169.254/"),
            dialect: text("esc/q"),
            evidence: 9,
            stock: text("nec-9up"),
            stock_on_hand: Some(-1),
            ..pb::Printer::default()
        }),
        request_id: String::new(),
    };
    let refused = spool.printers().create_printer(request).await.unwrap_err();
    let expected = [
        "printer.dialect",
        "printer.evidence",
        "printer.printer_id",
        "printer.stock",
        "printer.stock_on_hand",
        "printer.uri",
        "request_id",
    ];
    assert_eq!(bad_fields(&refused), expected);
    let request = pb::CreatePrinterRequest::default();
    let refused = spool.printers().create_printer(request).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["printer", "request_id"]);
    let request = pb::LoadStockRequest {
        name: text("laser"),
        stock: text("nec-9up"),
        sheets: Some(-1),
        ..pb::LoadStockRequest::default()
    };
    let refused = spool.printers().load_stock(request).await.unwrap_err();
    assert_eq!(bad_fields(&refused), ["name", "sheets", "stock"]);
    let request = pb::LoadStockRequest {
        name: text("printers/laser"),
        stock: text("nec-9up"),
        sheets: None,
        ..pb::LoadStockRequest::default()
    };
    let refused = spool.printers().load_stock(request).await.unwrap_err();
    let only = (Code::InvalidArgument, reason::STOCK_UNKNOWN.to_owned());
    assert_eq!(code_and_reason(&refused), only);
    spool.stop().await;
}

async fn submit(spool: &Spool, header: &pb::JobHeader, forms: Vec<pb::JobForm>) -> Status {
    let forms = Part::Forms(pb::JobForms { forms });
    let parts = [Part::Header(header.clone()), forms];
    let parts = parts.map(|part| pb::SubmitJobRequest { part: Some(part) });
    let mut submitter = spool.submitter();
    let submitted = submitter.submit_job(tokio_stream::iter(parts)).await;
    submitted.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_refused_with_the_fields_of_its_header_and_of_all_its_forms() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let good = forms(FormType::Nec, 3);
    let mut bad: Vec<_> = good.iter().map(form_to).collect();
    bad[0].recipient_name = text("Ada\u{1b}E");
    bad[2].account_number = bad[1].account_number.clone();
    let of_forms = ["forms[0].recipient_name", "forms[2].account_number"];
    let header = pb::JobHeader {
        forms: 4,
        ..header("r1", "files", &good)
    };
    let refused = submit(&spool, &header, bad.clone()).await;
    let expected: Vec<_> = of_forms.into_iter().chain(["header.forms"]).collect();
    assert_eq!(bad_fields(&refused), expected);
    let header = pb::JobHeader {
        request_id: String::new(),
        copy: 77,
        stock: text("nec-9up"),
        ..header
    };
    let refused = submit(&spool, &header, bad.clone()).await;
    let of_header = ["header.copy", "header.forms", "header.stock", "request_id"];
    let expected: Vec<_> = of_forms.into_iter().chain(of_header).collect();
    assert_eq!(bad_fields(&refused), expected);
    let header = pb::JobHeader {
        printer: text("printers/nowhere"),
        ..formfeed_tests::spool::header("r1", "files", &good)
    };
    let refused = submit(&spool, &header, bad).await;
    assert_eq!(
        bad_fields(&refused),
        of_forms,
        "the fields come before the printer"
    );
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_hundreds_of_fields_reaches_its_caller() {
    let spool = Left::on_sqlite().start().await.with_file_printer().await;
    let good = forms(FormType::Nec, 300);
    let mut bad: Vec<_> = good.iter().map(form_to).collect();
    for form in &mut bad {
        form.recipient_name = text("Ada\u{1b}E");
    }
    let refused = submit(&spool, &header("r1", "files", &good), bad).await;
    let fields = bad_fields(&refused);
    assert!(fields.len() > 30, "the first of them: {}", fields.len());
    assert!(
        fields.contains(&text("forms[7].recipient_name")),
        "{fields:?}"
    );
    assert!(refused.message().ends_with("..."), "{refused}");
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_to_print_is_refused_with_its_stock_before_anybody_else_is_asked() {
    let world = World::start().await;
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let request = PrintFormsRequest {
        printer: text("printers/Laser"),
        stock: text("nec-9up"),
        form_type: pb::FormType::Nec.into(),
        ..PrintFormsRequest::default()
    };
    let refused = forms.print_forms(request.clone()).await.unwrap_err();
    let expected = ["payer_id", "printer", "request_id", "stock", "tax_year"];
    assert_eq!(bad_fields(&refused), expected);
    let request = PrintFormsRequest {
        stock: text("misc-2up"),
        printer: text("printers/laser"),
        ..request
    };
    let refused = forms.print_forms(request).await.unwrap_err();
    let expected = ["payer_id", "request_id", "stock", "tax_year"];
    assert_eq!(bad_fields(&refused), expected);
}
